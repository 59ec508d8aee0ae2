"""Questions about what the bank checked: what is missing or expired, who belongs together."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import (
    ACTING,
    BeneficialOwner,
    CheckKind,
    CheckResult,
    Consent,
    Enterprise,
    IdentifierKind,
    IdentityCheck,
    Membership,
    Paper,
    PaperQuerySet,
    RelatedParty,
    User,
)
from portal.core.badges import Badge

EXPIRES_SOON: Final = timedelta(days=30)
CONTROLS_FROM: Final = Decimal("0.25")  # a smaller share does not join what two enterprises owe
PAPER_OF: Final = {
    IdentifierKind.USCC: CheckKind.BUSINESS_LICENSE,
    IdentifierKind.FARM_HOUSEHOLD: CheckKind.HOUSEHOLD_CERTIFICATE,
}
MISSING: Final = "missing"
FAILED: Final = "failed"
EXPIRED: Final = "expired"
FORMER: Final = "former"
EXPIRING: Final = "expiring"
GOOD: Final = "good"
BADGES: Final = {
    MISSING: Badge(_("Not checked"), "warning"),
    FAILED: Badge(_("Failed"), "danger"),
    EXPIRED: Badge(_("Expired"), "warning"),
    FORMER: Badge(_("Of the former name or number"), "warning"),
    EXPIRING: Badge(_("Expires soon"), "info"),
    GOOD: Badge(_("Checked"), "success"),
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A check that an enterprise needs, and the newest one there is of it."""

    kind: CheckKind
    person: User | None  # whose document; none: the enterprise's own paper
    check: IdentityCheck | None
    state: str

    @property
    def label(self) -> str:
        """Name it."""
        return IdentityCheck(kind=self.kind, person=self.person).label

    @property
    def badge(self) -> Badge:
        """Say how it stands."""
        return BADGES[self.state]

    @property
    def holds(self) -> bool:
        """Tell whether somebody checked it and it is still good."""
        return self.state in {GOOD, EXPIRING}


def requirements_of(enterprises: Sequence[Enterprise], *, on: date) -> dict[int, list[Requirement]]:
    """List what each enterprise needs: its paper, and the identity document of every owner; in three queries."""
    owners = Membership.objects.owning().filter(enterprise__in=enterprises)
    owners_by: dict[int, list[User]] = {enterprise.pk: [] for enterprise in enterprises}
    for membership in owners.select_related("user").order_by("pk"):
        owners_by[membership.enterprise_id].append(membership.user)
    people = {person.pk for each in owners_by.values() for person in each}
    newest = _newest_checks(Q(enterprise__in=enterprises) | Q(person__in=people))
    return {
        enterprise.pk: [
            _requirement(PAPER_OF[IdentifierKind(enterprise.identifier_kind)], enterprise, None, newest, on=on),
            *(
                _requirement(CheckKind.IDENTITY_DOCUMENT, enterprise, person, newest, on=on)
                for person in owners_by[enterprise.pk]
            ),
        ]
        for enterprise in enterprises
    }


Newest = dict[tuple[int | None, int | None, str], IdentityCheck]


def _newest_checks(whose: Q) -> Newest:
    checks = IdentityCheck.objects.filter(whose).select_related("by", "enterprise", "person").order_by("pk")
    return {(check.enterprise_id, check.person_id, check.kind): check for check in checks}


def _requirement(
    kind: CheckKind, enterprise: Enterprise, person: User | None, newest: Newest, *, on: date
) -> Requirement:
    check = newest.get((None, person.pk, kind) if person else (enterprise.pk, None, kind))
    return Requirement(kind, person, check, state_of(check, on=on))


def state_of(check: IdentityCheck | None, *, on: date) -> str:
    """Tell how the newest check of a kind stands on a day."""
    if check is None:
        return MISSING
    if check.is_of_former:
        return FORMER
    if check.result == CheckResult.FAILED:
        return FAILED
    assert check.expires_on is not None
    if check.expires_on < on:
        return EXPIRED
    return EXPIRING if check.expires_on < on + EXPIRES_SOON else GOOD


def identity_verified(enterprise: Enterprise, *, on: date) -> bool | None:
    """Tell whether everything was checked: no when a check failed, not known when one is missing or has expired."""
    return verified(requirements_of([enterprise], on=on)[enterprise.pk])


def verified(needed: Collection[Requirement]) -> bool | None:
    """Tell whether all that is needed was checked: no when a check failed, not known when one is lacking."""
    if any(each.state == FAILED for each in needed):
        return False
    return True if all(each.holds for each in needed) else None


def document_ending(person: User, *, on: date) -> str:
    """Tell how the number of a person's document ends, by the newest check of it; empty where that is not good."""
    newest = person.identity_checks.filter(kind=CheckKind.IDENTITY_DOCUMENT).order_by("-pk").first()
    return newest.number_ending if newest and state_of(newest, on=on) in {GOOD, EXPIRING} else ""


def checks_of(enterprise: Enterprise, *, with_former: bool = False) -> QuerySet[IdentityCheck]:
    """List all checks of an enterprise and of those who act for it, or ever did, newest first."""
    people = Membership.objects.filter(enterprise=enterprise, role__in=ACTING)
    people = people if with_former else people.filter(ended_at=None)
    found = IdentityCheck.objects.filter(Q(enterprise=enterprise) | Q(person__in=people.values("user")))
    return found.select_related("by", "enterprise", "person", "file__paper").order_by("-pk")


def lacking_of(enterprise: Enterprise, *, on: date) -> list[Requirement]:
    """List the checks that are missing, failed or expired."""
    return [each for each in requirements_of([enterprise], on=on)[enterprise.pk] if not each.holds]


def papers_of(enterprise: Enterprise) -> PaperQuerySet:
    """List the papers on file of an enterprise and of those who act for it, newest first."""
    people = Membership.objects.acting().filter(enterprise=enterprise).values("user")
    found = Paper.objects.on_file().filter(Q(enterprise=enterprise) | Q(person__in=people))
    return found.select_related("file", "person", "added_by").order_by("-pk")


def papers_taken_back(enterprise: Enterprise) -> QuerySet[Paper]:
    """List the papers of an enterprise that were taken back before anybody looked, newest first."""
    found = enterprise.papers.exclude(taken_back_at=None)
    return found.select_related("person", "taken_back_by").order_by("-taken_back_at", "-pk")


def papers_waiting(user: User) -> QuerySet[Paper]:
    """List the papers that a member of staff sees and nobody has looked at, those waiting longest first."""
    waiting = Paper.objects.visible_to(user).waiting()
    return waiting.select_related("enterprise__branch", "person", "added_by").order_by("added_at", "pk")


def consent_of(enterprise: Enterprise, *, purpose: str) -> Consent | None:
    """Find the newest consent of a present owner to a purpose."""
    owners = Membership.objects.owning().filter(enterprise=enterprise).values("user")
    given = Consent.objects.filter(enterprise=enterprise, purpose=purpose, user__in=owners)
    return given.order_by("-pk").first()


def checks_due(user: User, *, on: date) -> QuerySet[Enterprise]:
    """List the enterprises that a member of staff sees and that lack a check, or soon will; the newest first."""
    horizon = on + EXPIRES_SOON
    paper = IdentityCheck.objects.filter(enterprise=OuterRef("pk"), kind=OuterRef("paper_kind")).order_by("-pk")
    document = IdentityCheck.objects.filter(person=OuterRef("user"), kind=CheckKind.IDENTITY_DOCUMENT).order_by("-pk")
    lacking = Q(good_until=None) | Q(good_until__lt=horizon)
    owners = Membership.objects.owning().filter(enterprise=OuterRef("pk"))
    owners_lacking = owners.annotate(good_until=_good_until(document, since="user__name_corrected_at")).filter(lacking)
    kinds = [When(identifier_kind=kind, then=Value(paper.value)) for kind, paper in PAPER_OF.items()]
    seen = Enterprise.objects.visible_to(user).annotate(paper_kind=Case(*kinds))
    seen = seen.annotate(good_until=_good_until(paper, since="identity_corrected_at"))
    return seen.filter(lacking | Q(Exists(owners_lacking))).select_related("branch").order_by("-pk")


def _good_until(newest_first: QuerySet[IdentityCheck], *, since: str) -> Subquery:
    """Until when the newest check is good; nothing when it failed, is of a former name, or there is none."""
    holds = Q(result=CheckResult.PASSED, checked_at__gte=Coalesce(OuterRef(since), F("checked_at")))
    good = Case(When(holds, then=F("expires_on")))
    return Subquery(newest_first.annotate(good=good).values("good")[:1])


def group_of(enterprise: Enterprise) -> frozenset[int]:
    """Find all enterprises that stand or fall with one, itself included, however many steps apart, by their keys.

    Two belong together when they have an owner in common, when somebody with a quarter or more stands behind both, or
    when one is the other's parent, subsidiary or sister, or of its owner's family. Only a number joins; a name alone
    does not.
    """
    known: set[int] = set()
    fresh = {enterprise.pk}
    while fresh:
        known |= fresh
        fresh = (_with_owners_of(fresh) | _with_numbers_of(fresh)) - known
    return frozenset(known)


def _with_owners_of(enterprises: Iterable[int]) -> set[int]:
    owners = Membership.objects.owning()
    people = owners.filter(enterprise__in=list(enterprises)).values("user")
    return set(owners.filter(user__in=people).values_list("enterprise_id", flat=True))


def _with_numbers_of(enterprises: Iterable[int]) -> set[int]:
    chosen = {"enterprise__in": list(enterprises)}
    own = Enterprise.objects.filter(pk__in=chosen["enterprise__in"]).values_list("identifier_hash", flat=True)
    numbers = {number for number in own.union(*(_joining(**chosen, column="identifier_hash"))) if number}
    same = {"identifier_hash__in": numbers}
    named = Enterprise.objects.filter(**same).values_list("pk", flat=True)
    return set(named.union(*(_joining(**same, column="enterprise_id"))))


def _joining(*, column: str, **chosen: Any) -> list[QuerySet[Any]]:
    owners = BeneficialOwner.objects.current().filter(Q(share=None) | Q(share__gte=CONTROLS_FROM), **chosen)
    parties = RelatedParty.objects.current().filter(relation__in=RelatedParty.JOINING, **chosen)
    return [owners.values_list(column, flat=True), parties.values_list(column, flat=True)]
