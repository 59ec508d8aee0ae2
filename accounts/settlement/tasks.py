"""Settlement's regular work, and what it does in the background."""

import contextlib
from datetime import timedelta
from typing import Final

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.ledger import queries as ledger
from accounts.settlement import operations
from accounts.settlement.batching import BatchStatus
from accounts.settlement.models import BillPlan, PaymentBatch, PaymentRequest, StandingOrder
from accounts.settlement.queries import nostro as nostro_queries
from accounts.settlement.requesting import FIRST_REMINDER, PlanStatus
from accounts.statements.parsing import StatementRefused
from portal.core import jobs
from portal.core.transitions import TransitionRefused

MOST_ATTEMPTS: Final = 3

log = structlog.get_logger(__name__)


@shared_task(name="settlement.end_day")
def end_day() -> None:
    """Accrue interest, book the months that are over, and raise the alarm where the two do not tie."""
    today = timezone.localdate()
    operations.end_day(on=today, at=timezone.now())
    for found in operations.check_interest(on=today, at=timezone.now()):
        log.error(
            "settlement.interest_untied",
            subject=found.subject,
            kept=str(found.kept),
            recomputed=str(found.recomputed),
        )


@shared_task(name="settlement.announce")
def announce() -> None:
    """Tell owners and their programs what was sealed since the last time."""
    while operations.announce_next(at=timezone.now()):
        pass
    operations.tell_of_silent_webhooks(at=timezone.now())


@jobs.task(name="settlement.announce_again")
def announce_again(reference: str) -> None:
    """Tell what could not be told when it was sealed."""
    operations.announce_again(reference, at=timezone.now())


@shared_task(name="settlement.send_payments")
def send_payments() -> None:
    """Write the payments that wait into files for the other banks."""

    def send(currency: str) -> None:
        operations.send_payments(currency=currency, on=timezone.localdate(), at=timezone.now(), by="system")

    jobs.each_alone(ledger.currencies(), send, failed="settlement.payments_not_sent")


@jobs.task(name="settlement.rename_holder")
def rename_holder(reference: str) -> None:
    """Call an enterprise, whose name was corrected, by its new one."""
    operations.rename_holder(reference)


@jobs.task(name="settlement.read_nostro")
def read_nostro(reference: str) -> None:
    """Read a file from the other bank; what fails through a fault of ours three times is refused, and logged."""
    attempts = jobs.attempts("settlement.read_nostro", reference)
    try:
        operations.read_nostro(reference, on=timezone.localdate(), at=timezone.now())
    except Exception:
        if attempts >= MOST_ATTEMPTS:
            operations.refuse_nostro(reference, StatementRefused("nostro_unreadable"), at=timezone.now())
        raise


@jobs.task(name="settlement.reconcile")
def reconcile(reference: str) -> None:
    """Do what a file tells that was agreed to; one line that fails through a fault of ours does not keep the others."""
    operations.act_on_report(reference, on=timezone.localdate(), at=timezone.now())
    failure = jobs.each_alone(
        nostro_queries.lines_to_book(reference),
        lambda line: operations.reconcile_line(line, at=timezone.now()),
        failed="settlement.line_not_booked",
    )
    if failure:
        raise failure


@shared_task(name="settlement.carry_out_standing_orders")
def carry_out_standing_orders() -> None:
    """Pay what standing orders have due, each date once; one that fails does not keep the others back."""
    on = timezone.localdate()

    def carry_out(order: StandingOrder) -> None:
        while operations.carry_out(order, on=on, at=timezone.now()):
            continue

    jobs.each_alone(StandingOrder.objects.due(on).order_by("pk"), carry_out, failed="settlement.standing_order_failed")


@shared_task(name="settlement.collect")
def collect() -> None:
    """Make the bills whose time has come, remind who has not paid, and end what is too old; each once."""
    on, at = timezone.localdate(), timezone.now()

    def make_bills(plan: BillPlan) -> None:
        while operations.make_next_bill(plan, on=on, at=at):
            continue

    def expire(request: PaymentRequest) -> None:
        with contextlib.suppress(TransitionRefused):  # paid or canceled a moment ago
            operations.expire_request(request, on=on, at=at)

    def remind(request: PaymentRequest) -> None:
        operations.remind_in_time(request, on=on, at=at)

    ahead = on + timedelta(days=settings.BILL_AHEAD_DAYS)
    plans = BillPlan.objects.filter(status=PlanStatus.ACTIVE, next_due_date__lte=ahead).order_by("pk")
    jobs.each_alone(plans, make_bills, failed="settlement.bill_not_made")
    payable = PaymentRequest.objects.payable().select_related("settlement_account").order_by("pk")
    jobs.each_alone(payable.filter(expires_on__lt=on), expire, failed="settlement.request_not_ended")
    soon = payable.filter(due_date__lte=on + FIRST_REMINDER)
    jobs.each_alone(soon, remind, failed="settlement.request_not_reminded")


@jobs.task(name="settlement.pay_batch")
def pay_batch(reference: str) -> None:
    """Pay one batch."""
    batch = PaymentBatch.objects.get(reference=reference)
    operations.pay_batch(batch, on=timezone.localdate(), at=timezone.now())


@shared_task(name="settlement.pay_due_batches")
def pay_due_batches() -> None:
    """Pay the batches whose new payees have cooled off; one that fails does not keep the others back."""

    def pay(batch: PaymentBatch) -> None:
        operations.pay_batch(batch, on=timezone.localdate(), at=timezone.now())

    due = PaymentBatch.objects.filter(status=BatchStatus.APPROVED, pay_at__lte=timezone.now()).order_by("pk")
    jobs.each_alone(due, pay, failed="settlement.batch_failed")
