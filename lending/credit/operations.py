"""Verbs of judging: propose, approve and activate what decides, and keep what an enterprise owes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Consent, Enterprise
from lending.credit import challenger, policy, scorecards, shipped, standards
from lending.credit.features import ALL_FEATURES, FEATURES
from lending.credit.models import (
    TRANSITIONS,
    Challenger,
    Exposure,
    IndustryStandard,
    Policy,
    RegisterAnswer,
    RuleEvent,
    RuleSet,
    RuleStatus,
    Scorecard,
    StandardEdition,
)
from lending.credit.register import Told as RegisterTold
from portal.core import audit
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

Rules = TypeVar("Rules", bound=RuleSet)
KNOWN: Final = frozenset(feature.code for feature in ALL_FEATURES)  # to cards
MEASURED: Final = frozenset(feature.code for feature in FEATURES)  # to policies and standards, which bound the request
# Who proposed what comes with the portal; a person of the bank approves it.
SHIPPED_BY: Final = "portal"


class RulesRefused(Refusal):
    """A table or a policy that cannot decide anything."""

    code = "rules_refused"


class SameActor(Refusal):
    """Whoever proposed rules cannot approve them."""

    code = "same_actor"


class TooEarly(Refusal):
    """Rules cannot decide before the day on which they were approved."""

    code = "activated_before_approval"


register(
    {
        "rules_refused": _("This cannot be used for decisions: %(why)s (%(place)s)."),
        "same_actor": _("Whoever proposed this cannot approve it. Ask a colleague."),
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
    try:
        challenger.check(table, known=KNOWN)
    except scorecards.TableRefused as refusal:
        raise _refused(refusal.code, refusal.params) from refusal
    return _drafted(Challenger(source=source), table, by=by, at=at)


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
    :raises TooEarly: when the day lies before the approval.
    """
    _activate(rules, on=on, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Binding:
    """What an offer or a loan binds at this moment."""

    reserved_amount: Decimal = Decimal(0)
    drawn_amount: Decimal = Decimal(0)
    monthly_payment_amount: Decimal = Decimal(0)
    days_past_due: int = 0


def keep_exposure(enterprise: Enterprise, *, subject: str, binding: Binding, at: datetime) -> Exposure:
    """Write what an offer or loan binds now; the worst days past due are remembered. An inner step."""
    assert connection.in_atomic_block, "an exposure belongs to the movement that changes it"
    Exposure.objects.get_or_create(subject=subject, defaults={"enterprise": enterprise, "changed_at": at})
    exposure = Exposure.objects.locked().get(subject=subject)
    assert exposure.enterprise_id == enterprise.pk
    exposure.reserved_amount = binding.reserved_amount
    exposure.drawn_amount = binding.drawn_amount
    exposure.monthly_payment_amount = binding.monthly_payment_amount
    exposure.worst_days_past_due = max(exposure.worst_days_past_due, binding.days_past_due)
    exposure.changed_at = at
    exposure.save()
    return exposure


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
    newest = model.objects.filter(code=table["code"]).order_by("-version").first()
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
    table = _table_of(document)
    try:
        scorecards.check(table, known=KNOWN)
    except scorecards.TableRefused as refusal:
        raise _refused(refusal.code, refusal.params) from refusal
    draft = Scorecard(sections=list(table.get("industries", [])), card=document.get("card", {}), source=source)
    return _drafted(draft, table, by=by, at=at)


def _table_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Leave the model card out: the table alone decides."""
    return {name: part for name, part in document.items() if name != "card"}


def _propose_policy(table: Mapping[str, Any], *, by: str, at: datetime, source: str) -> Policy:
    try:
        policy.check(table, known=MEASURED)
    except policy.PolicyRefused as refusal:
        raise _refused(refusal.code, refusal.params) from refusal
    return _drafted(Policy(source=source), table, by=by, at=at)


def _propose_standards(document: Mapping[str, Any], *, by: str, at: datetime) -> StandardEdition:
    try:
        rows = standards.rows_of(document, known=MEASURED)
    except standards.StandardRefused as refusal:
        raise _refused(refusal.code, refusal.params) from refusal
    draft = StandardEdition(source=document["source"], as_of=date.fromisoformat(document["as_of"]))
    edition = _drafted(draft, document, by=by, at=at)
    IndustryStandard.objects.bulk_create(
        IndustryStandard(
            edition=edition, industry=row.industry, feature=row.feature, percentiles=row.percentiles, n=row.n
        )
        for row in rows
    )
    return edition


def _refused(code: str, params: Mapping[str, Any]) -> RulesRefused:
    return RulesRefused(why=code, place=", ".join(str(value) for value in params.values()) or "–")


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
    rules.refresh_from_db(from_queryset=type(rules).objects.locked())
    status = target_of(TRANSITIONS, RuleEvent.APPROVE, rules.status)
    if by == rules.proposed_by:
        raise SameActor
    rules.status, rules.approved_by, rules.approved_at = status, by, at
    rules.save(update_fields=["status", "approved_by", "approved_at"])
    details = {"fingerprint": rules.fingerprint}
    audit.record(f"{rules.word}.approved", subject=rules.reference, by=by, at=at, details=details)


def _activate(rules: RuleSet, *, on: date, by: str, at: datetime) -> None:
    rules.refresh_from_db(from_queryset=type(rules).objects.locked())
    status = target_of(TRANSITIONS, RuleEvent.ACTIVATE, rules.status)
    assert rules.approved_at is not None
    if on < timezone.localtime(rules.approved_at).date():
        raise TooEarly
    type(rules).objects.active().filter(code=rules.code).update(status=RuleStatus.RETIRED, retired_on=on)
    rules.status, rules.activated_on = status, on
    rules.save(update_fields=["status", "activated_on"])
    audit.record(f"{rules.word}.activated", subject=rules.reference, by=by, at=at, details={"on": on})
