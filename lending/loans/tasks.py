"""The loans' regular work, and what it does in the background."""

from functools import partial

import structlog
from celery import shared_task
from django.utils import timezone

from lending.loans import operations, queries
from lending.loans.losses import operations as losses
from lending.loans.losses.queries import months_to_post
from lending.loans.proposals import operations as proposals
from lending.loans.proposals.lapsing import with_overdue
from portal.core import jobs

log = structlog.get_logger(__name__)


@shared_task(name="lending.check_loans")
def check_loans() -> None:
    """Tie the loans to the ledger and raise the alarm on the least difference."""
    for found in operations.check_loans(at=timezone.now()):
        log.error(
            "lending.loans_wrong",
            kind=found.kind,
            loan=found.subject,
            kept=str(found.kept),
            booked=str(found.recomputed),
        )


@shared_task(name="lending.weigh_again")
def weigh_again() -> None:
    """Let the next judgments see what every loan weighs by this version of the portal, moved or not."""
    again = partial(operations.weigh_again, at=timezone.now(), on=timezone.localdate())
    jobs.each_alone(operations.weighed_otherwise(), again, failed="lending.not_weighed")


@shared_task(name="lending.post_allowances")
def post_allowances() -> None:
    """Post the allowance of each month that is over and has none, once."""
    for last_date in months_to_post(timezone.localdate()):
        losses.post_allowances(last_date, at=timezone.now())


@shared_task(name="lending.lapse_proposals")
def lapse_proposals() -> None:
    """End what was proposed for loans and whose days are over; one that fails, fails alone."""
    now, today = timezone.now(), timezone.localdate()
    jobs.each_alone(with_overdue(today), partial(proposals.lapse, at=now, on=today), failed="lending.not_lapsed")


@jobs.task(name="lending.claim_receipt")
def claim_receipt(reference: str) -> None:
    """Repay a loan with money that came in under its reference."""
    operations.claim_receipt(reference, at=timezone.now(), on=timezone.localdate())


@shared_task(name="lending.collect_due")
def collect_due() -> None:
    """Take what came in for loans and could not be taken then, and collect what is due; one that fails, fails alone."""
    now, today = timezone.now(), timezone.localdate()
    claim = partial(operations.claim_receipt, at=now, on=today)
    collect = partial(operations.collect_due, at=now, on=today)
    receipts = list(queries.receipts_to_claim().values_list("reference", flat=True))
    jobs.each_alone(receipts, claim, failed="lending.not_claimed")
    jobs.each_alone(queries.due(today), collect, failed="lending.not_collected")
