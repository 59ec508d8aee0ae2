"""Questions about applications."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Clearance, Enterprise, Membership, Paper, Role, User
from accounts.identity.queries import (
    Dealing,
    Kind,
    corrected_since,
    enterprises_matching,
    offer_finding,
    offer_telling,
    stands_in_the_way,
)
from lending.applications.models import (
    Application,
    ApplicationDocument,
    CreditDecision,
    Offer,
    Review,
    ReviewKind,
    Revocation,
    RevocationOutcome,
)
from lending.applications.states import OPEN, WAITING_FOR_STAFF, Status
from portal.core import formats
from portal.core.language import localized

offer_finding(lambda asked: Q(pk__in=Application.objects.filter(reference__iexact=asked).values("enterprise")))


def of_owner(user: User) -> QuerySet[Application]:
    """List the applications of a member's enterprises, newest first."""
    mine = Application.objects.of_member(user).select_related("enterprise", "product")
    return mine.prefetch_related("revocations").order_by("-pk")


def open_of(enterprise: Enterprise) -> Application | None:
    """Find the enterprise's open application, or none."""
    return Application.objects.filter(enterprise=enterprise, status__in=OPEN).select_related("product").first()


def documents_of(application: Application) -> QuerySet[ApplicationDocument]:
    """List the documents that were not removed, in the order in which they were added."""
    return application.documents.filter(removed_at=None).select_related("file").order_by("pk")


def removable(application: Application, user: User) -> set[int]:
    """Name the documents that a member may take out of a draft, or back while nobody of the bank has looked at them."""
    kept = documents_of(application)
    if application.status != Status.DRAFT:
        unseen = Paper.objects.of_member(user).waiting().values("file")
        kept = kept.none() if application.reviews.exists() else kept.filter(file__in=unseen)
    return set(kept.values_list("pk", flat=True))


def queue(user: User, *, status: str = "", asked: str = "") -> QuerySet[Application]:
    """List the cases a member of staff may see, those waiting longest first; by default those that wait for people.

    :param asked: a case's reference or what finds its enterprise; finds cases that were sent, whatever became of them.
    """
    asked_back = Revocation.objects.filter(application=OuterRef("pk"), outcome="")
    seen = Application.objects.visible_to(user).annotate(
        revocation_waits=Q(status=Status.APPROVED) & Exists(asked_back)
    )
    if asked:
        found = enterprises_matching(asked, user=user).order_by()
        seen = seen.filter(Q(reference__iexact=asked) | Q(enterprise__in=found)).exclude(submitted_at=None)
    elif status in set(Status):
        seen = seen.filter(status=status)
    else:
        seen = seen.filter(Q(status__in=WAITING_FOR_STAFF) | Q(revocation_waits=True))
    related = ("enterprise__industry", "product", "branch", "decision")
    return seen.select_related(*related).prefetch_related("revocations").order_by("submitted_at", "pk")


def recommendation_of(application: Application) -> Review | None:
    """Find the newest recommendation, or none."""
    return application.reviews.filter(kind=ReviewKind.RECOMMENDATION).select_related("by").order_by("pk").last()


def revocation_of(application: Application) -> Revocation | None:
    """Find the revocation by which an offer ended, or none."""
    return application.revocations.filter(outcome=RevocationOutcome.CONFIRMED).first()


def is_on_hold(application: Application) -> bool:
    """Tell whether nobody can sign an offer now: a revocation waits, a hit stands in the way, or it is overtaken."""
    waits = application.revocations.filter(outcome="").exists()
    return waits or stands_in_the_way(application.enterprise) or is_overtaken(application.offer)


def is_suspended(application: Application) -> bool:
    """Tell whether a line is offered while the enterprise's own is suspended: until it is resumed, none is signed."""
    if not application.product.is_line:
        return False
    return bool(application.enterprise.credit_lines.exclude(suspended_at=None).exists())


def is_overtaken(offer: Offer) -> bool:
    """Tell whether details that the offer rests on were corrected since: it is not signed, but asked for anew."""
    return corrected_since(offer.application.enterprise, offer.made_at).exists()


def revocations_for(user: User) -> QuerySet[Application]:
    """List the offers of which this approver is asked whether they are revoked: at nobody's own asking."""
    if not user.has_role(Role.APPROVER):
        return Application.objects.none()
    asked = Revocation.objects.filter(outcome="").exclude(asked_by=user)
    waiting = Application.objects.visible_to(user).filter(status=Status.APPROVED, pk__in=asked.values("application"))
    return waiting.exclude(enterprise__memberships__user=user)


def others_of(application: Application) -> QuerySet[Application]:
    """List what the same enterprise sent before and after, newest first."""
    sent = Application.objects.filter(enterprise=application.enterprise_id, submitted_at__isnull=False)
    others = sent.exclude(pk=application.pk).select_related("product").prefetch_related("revocations")
    return others.order_by("-submitted_at")


def judged_at(enterprise: Enterprise) -> list[datetime]:
    """Tell when the bank's rules judged an enterprise."""
    decisions = CreditDecision.objects.filter(application__enterprise=enterprise)
    return list(decisions.values_list("decided_at", flat=True))


def clearances_of(enterprise: Enterprise) -> list[str]:
    """List what anyone who acts for the enterprise has shown to know."""
    acting = Membership.objects.acting().filter(enterprise=enterprise)
    held = Clearance.objects.filter(user__in=acting.values("user"))
    return sorted(set(held.values_list("code", flat=True)))


def has_clearance(application: Application) -> bool:
    """Tell whether a member holds the clearance that the product asks for, if it asks for one."""
    needed = application.product.requires_clearance
    return not needed or needed in clearances_of(application.enterprise)


def missing_documents(application: Application) -> list[str]:
    """Name the kinds of documents that the product asks for and that are not there."""
    there = set(documents_of(application).values_list("kind", flat=True))
    return [kind for kind in application.product.documents if kind not in there]


def proposal_of(application: Application) -> tuple[Decimal, Decimal]:
    """Tell the amount and rate that the rules would offer: no more than was asked for, at the grade's rate."""
    decision = getattr(application, "decision", None)
    limit = (decision and decision.limit_amount) or application.requested_amount
    rate = decision.annual_rate if decision else None
    return min(application.requested_amount, limit), application.product.max_annual_rate if rate is None else rate


def share_of_income(decision: CreditDecision, amount: Decimal) -> Decimal | None:
    """Set an amount against what the enterprise earns in an average month, as the decision measured it."""
    earned = decision.features.get("monthly_inflow")
    return amount / Decimal(str(earned)) if earned else None


def ended_offers(*, on: date) -> list[str]:
    """Name the applications whose offer was good until before a day and was not signed."""
    over = Application.objects.filter(status=Status.APPROVED, offer__expires_on__lt=on)
    return list(over.order_by("pk").values_list("reference", flat=True))


def _told(enterprise: Enterprise, user: User, _on: date) -> Iterator[Dealing]:
    seen = Application.objects.visible_to(user).filter(enterprise=enterprise).exclude(submitted_at=None)
    for each in seen.select_related("product").prefetch_related("revocations").order_by("-submitted_at", "-pk"):
        name = f"{localized(each.product, 'name')} · {formats.day(each.submitted_at)}"
        yield Dealing(each.reference, name, each.requested_amount, None, each.badge)


offer_telling(Kind(_("Applications"), "applications:queue", "applications:detail", _told))
