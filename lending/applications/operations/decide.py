"""The machine's decision."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from accounts.cashflow import operations as evidence
from accounts.cashflow import queries as cashflow
from accounts.identity import operations as identity
from accounts.identity.models import Enterprise
from accounts.identity.queries import group_of
from lending.applications import judgment
from lending.applications.models import Application, CreditDecision
from lending.applications.operations import steps
from lending.applications.operations.offer import make_offer
from lending.applications.states import Event, Status
from lending.credit.verdicts import Outcome, Verdict
from portal.core import jobs

PATIENCE: Final = timedelta(days=1)  # with an owner who has not answered what a file asks
EVENTS: Final = {
    Outcome.APPROVED: Event.APPROVE,
    Outcome.REFERRED: Event.REFER,
    Outcome.DECLINED: Event.DECLINE,
}


@transaction.atomic(durable=True)
def decide(reference: str, *, at: datetime, on: date) -> None:
    """Judge a submitted application by policy and scorecard; judged twice, it has one decision.

    :raises NotYet: while a statement is still being read, and for a day while a file has a question; after that the
        case is judged without it, and the open question makes a person look.
    :raises RulesMissing: when the bank has no rules in force; the case waits.
    """
    application = Application.objects.select_related("enterprise").get(reference=reference)
    if application.status != Status.SUBMITTED:
        return
    _lock_group(application.enterprise)
    steps.lock(application)
    if application.status != Status.SUBMITTED:
        return  # and takes nothing in: it would bear a moment before the verdict that came meanwhile
    if cashflow.behind().filter(enterprise=application.enterprise).exists():
        at = identity.lock_to_change(application.enterprise_id, at=at)  # it may supersede what came since the clock's
        evidence.absorb(application.enterprise, at=at)
    if cashflow.is_reading(application.enterprise):
        raise jobs.NotYet(seconds=1)
    if _waits_for_an_answer(application, at=at):
        raise jobs.NotYet(seconds=10)
    identity.bring_up_to_date([application.enterprise], at=at)
    judged = judgment.judge(application, on=on, at=at)
    identity.note_judged(application.enterprise, at=at)
    verdict = judged.verdict
    CreditDecision.objects.create(
        application=application,
        outcome=verdict.outcome.value,
        grade=verdict.grade,
        points=verdict.points,
        probability_of_default=verdict.probability_of_default,
        limit_amount=verdict.limit_amount,
        annual_rate=verdict.annual_rate,
        as_of=on,
        decided_at=at,
        **judged.record(),
    )
    event = EVENTS[verdict.outcome]
    if event == Event.APPROVE:
        amount, annual_rate = _approved(application, verdict)
        make_offer(application, amount=amount, annual_rate=annual_rate, at=at, on=on)
    steps.move(application, event, by=None, at=at)
    steps.tell(application, at=at)


def _lock_group(enterprise: Enterprise) -> None:
    """Let related enterprises be decided one after the other, so that each sees what the others bind."""
    list(Enterprise.objects.filter(pk__in=group_of(enterprise)).locked())


def _waits_for_an_answer(application: Application, *, at: datetime) -> bool:
    """Tell whether a file's question is worth waiting for."""
    since = application.submitted_at or at
    return at - since < PATIENCE and bool(cashflow.asking(application.enterprise))


def _approved(application: Application, verdict: Verdict) -> tuple[Decimal, Decimal]:
    assert verdict.limit_amount is not None
    assert verdict.annual_rate is not None
    return min(application.requested_amount, verdict.limit_amount), verdict.annual_rate
