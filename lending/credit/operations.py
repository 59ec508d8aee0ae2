"""Verbs of judging: propose, approve and activate what decides, and keep what an enterprise owes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Consent, Enterprise
from lending.credit import challenger, policy_check, readable, scorecards, shapes, shipped, standards
from lending.credit.documents import changes
from lending.credit.features import ALL_FEATURES, FEATURES
from lending.credit.models import (
    TRANSITIONS,
    Challenger,
    Exposure,
    IndustryStandard,
    LateMonth,
    Policy,
    RegisterAnswer,
    RuleEvent,
    RuleSet,
    RuleStatus,
    Scorecard,
    StandardEdition,
)
from lending.credit.refusals import RulesRefused, told
from lending.credit.register import Told as RegisterTold
from portal.core import audit
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

Rules = TypeVar("Rules", bound=RuleSet)
KNOWN: Final = frozenset(feature.code for feature in ALL_FEATURES)  # to cards
MEASURED: Final = frozenset(feature.code for feature in FEATURES)  # to policies and standards, which bound the request
# Who proposed what comes with the portal; a person of the bank approves it.
SHIPPED_BY: Final = "portal"


PROPOSALS_LOCK: Final = 7_203_041  # a code's first version has no row yet that could be locked


class SameActor(Refusal):
    """Whoever proposed rules cannot approve them."""

    code = "same_actor"


class AloneWithPortal(Refusal):
    """What a program proposed takes two people: one approves it, another puts it in force."""

    code = "alone_with_portal"


class TooEarly(Refusal):
    """Rules cannot decide before the day on which they were approved."""

    code = "activated_before_approval"


register(
    {
        "same_actor": _("Whoever proposed this cannot approve it. Ask a colleague."),
        "alone_with_portal": _("A program proposed this and you approved it. Ask a colleague to put it in force."),
        "activated_before_approval": _("It cannot decide before the day on which it was approved."),
    }
)


@transaction.atomic(durable=True)
def propose_scorecard(table: Mapping[str, Any], *, by: str, at: datetime, source: str = "") -> Scorecard:
    """Write the next version of a scorecard as a draft.

    Its model card may stand in the table under "card"; it is kept beside the table, which alone decides.

    :raises RulesRefused: when the table cannot score.
    """
    return _propose_scorecard(table, by=by, at=at, source=source)


@transaction.atomic(durable=True)
def propose_challenger(table: Mapping[str, Any], *, by: str, at: datetime, source: str = "") -> Challenger:
    """Write the next version of a challenger as a draft; in force, it is scored beside the card and decides nothing.

    :raises RulesRefused: when the table cannot score.
    """
    return _propose_challenger(table, by=by, at=at, source=source)


@transaction.atomic(durable=True)
def propose_policy(table: Mapping[str, Any], *, by: str, at: datetime, source: str = "") -> Policy:
    """Write the next version of a policy as a draft.

    :raises RulesRefused: when the policy cannot judge.
    """
    return _propose_policy(table, by=by, at=at, source=source)


@transaction.atomic(durable=True)
def propose_standards(document: Mapping[str, Any], *, by: str, at: datetime) -> StandardEdition:
    """Write the next edition of industry standards as a draft.

    :raises RulesRefused: when a standard names no known feature or its percentiles fall.
    """
    return _propose_standards(document, by=by, at=at)


@transaction.atomic(durable=True)
def propose(document: Any, *, by: str, at: datetime) -> RuleSet:
    """Write the next version of whatever a document is, told by its parts.

    :raises RulesRefused: when it cannot decide anything, or is the newest version already.
    """
    parts = document if isinstance(document, dict) else {}
    verbs: dict[str, Callable[..., RuleSet]] = {
        "characteristics": _propose_scorecard,
        "knock_outs": _propose_policy,
        "trees": _propose_challenger,
        "standards": _propose_standards,
    }
    verb = next((verb for part, verb in verbs.items() if part in parts), None)
    if verb is None:
        raise RulesRefused("kind_unknown")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PROPOSALS_LOCK])
    draft = verb(document, by=by, at=at, source=str(parts.get("source", "")))
    before = type(draft).objects.filter(code=draft.code, version__lt=draft.version).order_by("-version").first()
    if before and before.status != RuleStatus.DISCARDED and not changes(before, draft):
        raise RulesRefused("nothing_new", version=before.version)
    return draft


@transaction.atomic(durable=True)
def approve(rules: RuleSet, *, by: str, at: datetime) -> None:
    """Approve a draft with a second pair of eyes.

    :raises TransitionRefused: when it is no draft.
    :raises SameActor: when the proposer approves.
    """
    _approve(rules, by=by, at=at)


@transaction.atomic(durable=True)
def activate(rules: RuleSet, *, on: date, by: str, at: datetime) -> None:
    """Let approved rules decide from a day on; the version that decided before retires and stays replayable.

    :raises TransitionRefused: when they are not approved.
    :raises AloneWithPortal: when whoever approved what a program proposed would be the only person.
    :raises TooEarly: when the day lies before the approval.
    """
    list(type(rules).objects.locked().filter(code=rules.code))  # two versions put in force at once follow each other
    rules.refresh_from_db()
    if is_alone_with_portal(rules, by=by):
        raise AloneWithPortal
    _activate(rules, on=on, by=by, at=at)


def is_alone_with_portal(rules: RuleSet, *, by: str) -> bool:
    """Tell whether somebody alone approved what no person proposed."""
    return rules.status == RuleStatus.APPROVED and (rules.proposed_by, rules.approved_by) == (SHIPPED_BY, by)


@transaction.atomic(durable=True)
def discard(rules: RuleSet, *, by: str, at: datetime) -> None:
    """Drop a draft; it stays readable and never decides.

    :raises TransitionRefused: when it is no draft.
    """
    _move(rules, RuleEvent.DISCARD)
    rules.save(update_fields=["status"])
    audit.record(f"{rules.word}.discarded", subject=rules.reference, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Binding:
    """What an offer or a loan binds at this moment."""

    reserved_amount: Decimal = Decimal(0)
    drawn_amount: Decimal = Decimal(0)
    monthly_payment_amount: Decimal = Decimal(0)


def keep_exposure(enterprise: Enterprise, *, subject: str, binding: Binding, at: datetime) -> Exposure:
    """Write what an offer or loan binds now. An inner step."""
    assert connection.in_atomic_block, "an exposure belongs to the movement that changes it"
    Exposure.objects.get_or_create(subject=subject, defaults={"enterprise": enterprise, "changed_at": at})
    exposure = Exposure.objects.locked().get(subject=subject)
    assert exposure.enterprise_id == enterprise.pk
    exposure.reserved_amount = binding.reserved_amount
    exposure.drawn_amount = binding.drawn_amount
    exposure.monthly_payment_amount = binding.monthly_payment_amount
    exposure.changed_at = at
    exposure.save()
    return exposure


def keep_lateness(exposure: Exposure, days_past_due: int, *, on: date) -> None:
    """Remember how late a loan is on a day, if it was not in that month yet; an inner step on a locked exposure."""
    if not days_past_due:
        return
    worst = {"worst_days_past_due": days_past_due}
    month, is_new = LateMonth.objects.get_or_create(exposure=exposure, month=on.replace(day=1), defaults=worst)
    if not is_new and month.worst_days_past_due < days_past_due:
        LateMonth.objects.filter(pk=month.pk).update(**worst)


@transaction.atomic(durable=True)
def keep_register_answer(
    enterprise: Enterprise, told: RegisterTold, *, consent: Consent, source: str, at: datetime
) -> RegisterAnswer:
    """Keep what the credit register said of an enterprise, by whose consent it was asked, and when."""
    assert consent.enterprise_id == enterprise.pk
    answer: RegisterAnswer = RegisterAnswer.objects.create(
        enterprise=enterprise,
        consent=consent,
        source=source,
        source_reference=told.reference,
        is_known=told.is_known,
        lender_count=told.lender_count,
        outstanding_amount=told.outstanding_amount,
        overdue_amount=told.overdue_amount,
        worst_days_past_due=told.worst_days_past_due,
        as_of=told.as_of,
        fetched_at=at,
    )
    details = {"source": source, "consent": consent.pk, "as_of": told.as_of}
    audit.record("credit.register_answered", subject=enterprise.reference, by=None, at=at, details=details)
    return answer


@transaction.atomic(durable=True)
def propose_shipped_policy(*, at: datetime) -> Policy | None:
    """Propose the policy that comes with this version of the portal, where it is not the bank's newest already.

    Two people then approve it and put it in force, as any other; none where there is nothing new.
    """
    for table in shipped.documents("policies"):
        if _is_new(Policy, table):
            return _propose_policy(table, by=SHIPPED_BY, at=at, source=table.get("source", ""))
    return None


@transaction.atomic(durable=True)
def propose_shipped_scorecards(*, at: datetime) -> list[Scorecard]:
    """Propose each expert card that comes with this version of the portal and is not the newest of its name already."""
    return [
        _propose_scorecard(each, by=SHIPPED_BY, at=at, source=each.get("source", ""))
        for each in shipped.documents("cards")
        if _is_new(Scorecard, _table_of(each))
    ]


def _is_new(model: type[Scorecard | Policy], table: Mapping[str, Any]) -> bool:
    kept = model.objects.exclude(status=RuleStatus.DISCARDED).filter(code=table["code"])
    newest = kept.order_by("-version").first()
    return newest is None or dict(newest.table) | {"version": 0} != dict(table) | {"version": 0}


@transaction.atomic(durable=True)
def install_shipped(*, approved_by: str, on: date, at: datetime) -> None:
    """Install the expert cards, the policy and the standards that come with the portal, once, and let them decide.

    They were proposed by the portal's authors; the person who installs them answers for their approval.
    """
    if Scorecard.objects.exists() or Policy.objects.exists() or StandardEdition.objects.exists():
        return
    drafts: list[RuleSet] = [
        *(
            _propose_scorecard(each, by=SHIPPED_BY, at=at, source=each.get("source", ""))
            for each in shipped.documents("cards")
        ),
        *(
            _propose_policy(each, by=SHIPPED_BY, at=at, source=each.get("source", ""))
            for each in shipped.documents("policies")
        ),
        *(_propose_standards(each, by=SHIPPED_BY, at=at) for each in shipped.documents("defaults")),
    ]
    for rules in drafts:
        _approve(rules, by=approved_by, at=at)
        _activate(rules, on=on, by=approved_by, at=at)


def _propose_scorecard(document: Mapping[str, Any], *, by: str, at: datetime, source: str) -> Scorecard:
    with told():
        shapes.check(document, shapes.SCORECARD)
        table = _table_of(document)
        scorecards.check(table, known=KNOWN)
    draft = Scorecard(sections=list(table.get("industries", [])), card=document.get("card", {}), source=source)
    return _drafted(draft, table, by=by, at=at)


def _table_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Leave the model card out: the table alone decides."""
    return {name: part for name, part in document.items() if name != "card"}


def _propose_policy(table: Mapping[str, Any], *, by: str, at: datetime, source: str) -> Policy:
    with told():
        shapes.check(table, shapes.POLICY)
        policy_check.check(table, known=MEASURED)
    for rule in (*table["knock_outs"], *table["referrals"]):
        if not readable.can_be_said(rule):
            raise RulesRefused("rule_unsayable", rule=rule["code"])
    return _drafted(Policy(source=source), table, by=by, at=at)


def _propose_challenger(table: Mapping[str, Any], *, by: str, at: datetime, source: str) -> Challenger:
    with told():
        shapes.check(table, shapes.CHALLENGER)
        challenger.check(table, known=KNOWN)
    return _drafted(Challenger(source=source), table, by=by, at=at)


def _propose_standards(document: Mapping[str, Any], *, by: str, at: datetime, source: str = "") -> StandardEdition:
    with told():
        shapes.check(document, shapes.STANDARDS)
        rows = standards.rows_of(document, known=MEASURED)
    draft = StandardEdition(source=source or document["source"], as_of=date.fromisoformat(document["as_of"]))
    edition = _drafted(draft, document, by=by, at=at)
    IndustryStandard.objects.bulk_create(
        IndustryStandard(
            edition=edition, industry=row.industry, feature=row.feature, percentiles=row.percentiles, n=row.n
        )
        for row in rows
    )
    return edition


def _drafted(draft: Rules, table: Mapping[str, Any], *, by: str, at: datetime) -> Rules:
    """Number the draft after the versions of its code and write it."""
    newest = type(draft).objects.filter(code=table["code"]).aggregate(newest=Max("version"))["newest"]
    draft.code, draft.version = table["code"], (newest or 0) + 1
    numbered = dict(table) | {"version": draft.version}
    draft.name_en, draft.name_zh_hans = table.get("name_en", draft.code), table.get("name_zh_hans", draft.code)
    if isinstance(draft, Scorecard | Policy | Challenger):
        draft.table = numbered
    draft.fingerprint = scorecards.fingerprint(numbered)
    draft.proposed_by, draft.proposed_at = by, at
    draft.save()
    details = {"fingerprint": draft.fingerprint}
    audit.record(f"{draft.word}.proposed", subject=draft.reference, by=by, at=at, details=details)
    return draft


def _approve(rules: RuleSet, *, by: str, at: datetime) -> None:
    _move(rules, RuleEvent.APPROVE)
    if by == rules.proposed_by:
        raise SameActor
    rules.approved_by, rules.approved_at = by, at
    rules.save(update_fields=["status", "approved_by", "approved_at"])
    details = {"fingerprint": rules.fingerprint}
    audit.record(f"{rules.word}.approved", subject=rules.reference, by=by, at=at, details=details)


def _activate(rules: RuleSet, *, on: date, by: str, at: datetime) -> None:
    _move(rules, RuleEvent.ACTIVATE)
    assert rules.approved_at is not None
    if on < timezone.localtime(rules.approved_at).date():
        raise TooEarly
    type(rules).objects.active().filter(code=rules.code).update(status=RuleStatus.RETIRED, retired_on=on)
    rules.activated_on = on
    rules.save(update_fields=["status", "activated_on"])
    audit.record(f"{rules.word}.activated", subject=rules.reference, by=by, at=at, details={"on": on})


def _move(rules: RuleSet, event: RuleEvent) -> None:
    rules.refresh_from_db(from_queryset=type(rules).objects.locked())
    rules.status = target_of(TRANSITIONS, event, rules.status)
