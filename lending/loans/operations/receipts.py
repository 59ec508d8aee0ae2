"""Money that names a loan: it repays the loan, and is given up again where it was booked wrongly."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_DOWN
from functools import partial

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry
from accounts.settlement import operations as settlement
from accounts.settlement.models import Receipt
from accounts.settlement.operations.receipts import cannot_give_up
from lending.loans.losses.models import RebookedRecovery
from lending.loans.models import Loan, Repayment, UndoneRepayment
from lending.loans.operations.binding import SYSTEM, bind, register_mandate
from lending.loans.operations.repay import book_repayment, end, if_it_can_pay, keep_saved
from lending.loans.queries import has_held, owing_of
from lending.loans.states import OWING, TRANSITIONS, LoanEvent, LoanStatus
from portal.core import audit
from portal.core.money import contracted
from portal.core.refusals import register
from portal.core.transitions import target_of

register(
    {
        "rescheduled_since": _(
            "The loan was rescheduled after this money repaid it, so the repayment stands. Put the money right between"
            " the accounts."
        ),
        "written_off_since": _(
            "The loan was written off after this money repaid it, so the repayment stands. Put the money right between"
            " the accounts."
        ),
    }
)


class RescheduledSince(settlement.ReceiptClaimed):
    """A new schedule stands on the repayment."""

    code = "rescheduled_since"


class WrittenOffSince(settlement.ReceiptClaimed):
    """What was open after the repayment was written off."""

    code = "written_off_since"


@transaction.atomic(durable=True)
def claim_receipt(reference: str, *, at: datetime, on: date) -> Repayment | None:
    """Repay a loan with money that came in under its reference; claimed once, at most what pays it off is taken.

    It counts from the day on which the money came, if the account held it ever since: no slip that was entered late and
    no mistake of the bank's makes anybody late; but not from before the schedule that it pays. Where the account no
    longer holds it, or may not pay, nothing is taken and the receipt stays unclaimed; nor is anything taken where its
    cash was corrected meanwhile.
    """
    receipt = Receipt.objects.get(reference=reference)
    loan = Loan.objects.locked().filter(reference=receipt.subject, status__in=OWING).first()
    if loan is None or receipt.settlement_account_id != loan.settlement_account_id:
        return None
    paid_on = _paid_on(receipt, on=on)
    agreed_on = loan.installments.filter(superseded_on__gt=paid_on).aggregate(on=Max("superseded_on"))["on"]
    paid_on = agreed_on or paid_on
    received = contracted(receipt.amount, loan.currency, rounding=ROUND_DOWN)
    amount = min(received, owing_of(loan, on=paid_on).payoff_amount)

    def take() -> Repayment | None:
        if not settlement.claim_receipt(receipt, purpose="loan", subject=loan.reference, at=at, by=SYSTEM):
            return None
        return book_repayment(loan, amount, by=SYSTEM, at=at, on=on, paid_on=paid_on, receipt=receipt)

    return if_it_can_pay(take) if amount else None


def _paid_on(receipt: Receipt, *, on: date) -> date:
    """Tell on which day money repays that came with a receipt and is taken on a later one."""
    came_on = min(receipt.received_on, on)
    return came_on if has_held(receipt.settlement_account, receipt.amount, since=came_on, on=on) else on


def give_up_receipt(receipt: Receipt) -> Callable[[Callable[[date], date], datetime, str], JournalEntry]:
    """Lock the loan that a receipt repaid, and give what undoes it, its money being booked wrongly; an inner step.

    :raises ReceiptClaimed: when no repayment is known by it, as from before they were kept together.
    :raises RescheduledSince: when the borrower agreed to a new schedule for what was open after it.
    :raises WrittenOffSince: when what was open after it was written off.
    """
    loan = Loan.objects.locked().select_related("settlement_account", "enterprise").get(reference=receipt.claimed_for)
    repayment = loan.repayments.filter(receipt=receipt, undone=None).select_related("entry").first()
    if repayment is None:
        raise cannot_give_up(receipt)
    if repayment.allocations.exclude(installment__superseded_on=None).exists():
        raise RescheduledSince
    if repayment.late_interest_amount and loan.reschedulings.filter(agreed_at__gt=repayment.paid_at).exists():
        raise RescheduledSince
    rebooked = RebookedRecovery.objects.filter(repayment=repayment).select_related("entry").first()
    if loan.is_written_off and (rebooked or not repayment.is_recovery):
        raise WrittenOffSince
    return partial(_undo, loan, repayment, rebooked)


def _undo(
    loan: Loan,
    repayment: Repayment,
    rebooked: RebookedRecovery | None,
    day_of: Callable[[date], date],
    at: datetime,
    by: str,
) -> JournalEntry:
    """Open the installments again, and a loan that the repayment had ended.

    What the loan binds is told as of the day of the repayment: money that came instead is claimed at once, and until
    then nobody is late by a mistake of the bank's.
    """
    key, day = f"loans.undo:{repayment.reference}", day_of(repayment.entry.effective_date)
    entry = ledger.reverse(repayment.entry, key=key, at=at, by=by, on=day)
    if rebooked:
        on = day_of(rebooked.entry.effective_date)
        ledger.reverse(rebooked.entry, key=f"loans.undo_rebooked:{repayment.reference}", at=at, by=by, on=on)
    UndoneRepayment.objects.create(repayment=repayment, entry=entry, undone_at=at, undone_by=by)
    for share in repayment.allocations.select_related("installment"):
        share.installment.interest_paid_amount -= share.interest_amount
        share.installment.principal_paid_amount -= share.principal_amount
        share.installment.save(update_fields=["interest_paid_amount", "principal_paid_amount"])
    owing = owing_of(loan, on=repayment.paid_on)
    keep_saved(owing)
    is_over = all(row.is_paid for row in owing.rows)  # where the interest that it paid is saved now
    if loan.is_owed and is_over:
        end(loan, by=by, at=at)
    elif not loan.is_owed and not is_over:
        event = LoanEvent.UNSETTLE if loan.status == LoanStatus.SETTLED else LoanEvent.REOPEN
        loan.status = target_of(TRANSITIONS, event, loan.status)
        loan.save(update_fields=["status"])
        register_mandate(loan, by=by, at=at)
    bind(loan, on=repayment.paid_on, at=at)
    details = {"repayment": repayment.reference, "amount": repayment.amount, "entry": entry.reference}
    audit.record("loans.undo", subject=loan.reference, by=by, at=at, details=details)
    return entry


settlement.offer_giving_up("loan", give_up_receipt)
