"""Reversing a write-off that was a mistake: one person proposes, another approves; the loan is in the books again."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from accounts.identity.operations.telling import tell_owners
from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry, LedgerAccount
from lending.loans.losses.models import RebookedRecovery, WriteOff, WriteOffReversal
from lending.loans.losses.operations.writing_off import WriteOffRefused
from lending.loans.losses.queries import ZERO, recoveries_of, shown_of
from lending.loans.losses.states import REVERSE
from lending.loans.models import Repayment
from lending.loans.operations.binding import bind
from lending.loans.proposals import operations as proposals
from lending.loans.proposals.states import Event, Status
from lending.loans.states import TRANSITIONS as OF_LOAN
from lending.loans.states import LoanEvent, LoanStatus
from portal.core.refusals import register
from portal.core.seen import check_seen
from portal.core.transitions import target_of

events.register(
    {
        "loan_written_off_reversed": _("Write-off reversed"),
        "recovery_rebooked": _("Recovery booked as a repayment"),
        "recovery_rebooked_reversed": _("Recovery booked as a repayment, reversed"),
    }
)
register({"write_off_not_booked": _("This write-off does not stand: there is nothing to reverse.")})


@transaction.atomic(durable=True)
def propose_reversal(
    write_off: WriteOff, *, reason: str, key: str, by: User, at: datetime, on: date
) -> WriteOffReversal:
    """Propose to reverse a write-off that was a mistake; the same key proposes once.

    :raises WriteOffRefused: of one that was not booked, or is reversed already.
    :raises ProposalRefused: without a reason; while another is open.
    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    """

    def make() -> WriteOffReversal:
        write_off.refresh_from_db(fields=["status"])
        if write_off.status != Status.APPROVED:
            raise WriteOffRefused("write_off_not_booked")
        return WriteOffReversal(write_off=write_off, reason=reason.strip())

    loan, asked = write_off.loan, write_off.reference
    return proposals.propose(loan, WriteOffReversal, asked, reason=reason, make=make, key=key, by=by, at=at, on=on)


@transaction.atomic(durable=True)
def approve_reversal(reversal: WriteOffReversal, *, seen: str, note: str, by: User, at: datetime, on: date) -> None:
    """Reverse a write-off as another person proposed, within one's limit for its principal; the owners are told.

    Its entry is undone by the mirror image, dated today. What was recovered since becomes the repayments it would have
    been, each by an entry of its own. The loan runs again, or is repaid; a credit line that was suspended with the
    write-off stays so until an approver resumes it.

    :param seen: the `shown_of` the write-off that was read.
    :raises FourEyesRefused: by who proposed it, by a member of the enterprise, or above the limit.
    :raises ProposalRefused: without a note; once its days are over, or the write-off stands no more.
    :raises TransitionRefused: when it does not wait for approval.
    :raises ChangedSince: when something else was read, as before another recovery.
    """
    proposals.check_approving(reversal, note=note, by=by, on=on)
    loan, write_off = reversal.loan, WriteOff.objects.locked().select_related("entry").get(pk=reversal.write_off_id)
    write_off.loan, reversal.write_off = loan, write_off
    check_seen(seen, shown=shown_of(write_off))
    event = LoanEvent.REVERSE_SETTLED if loan.status == LoanStatus.SETTLED else LoanEvent.REVERSE_WRITE_OFF
    loan.status = target_of(OF_LOAN, event, loan.status)
    write_off.status = target_of(WriteOff.TRANSITIONS, REVERSE, write_off.status)
    assert write_off.entry is not None
    key = f"loans.reverse_write_off:{reversal.reference}"
    reversal.entry = ledger.reverse(write_off.entry, key=key, at=at, by=by.reference, on=on)
    recoveries = list(recoveries_of(loan))
    proposals.decide(reversal, Event.APPROVE, note=note, by=by, at=at, entry=reversal.entry.reference)
    write_off.reversed_on = on
    write_off.save(update_fields=["status", "reversed_on"])
    for each in recoveries:
        entry = _rebook(each, by=by, at=at, on=on)
        RebookedRecovery.objects.create(reversal=reversal, repayment=each, entry=entry)
    loan.save(update_fields=["status"])
    bind(loan, on=on, at=at)
    tell_owners(loan.enterprise, "write_off_reversed", params=lambda: {"loan": loan.reference}, at=at)


def _rebook(recovery: Repayment, *, by: User, at: datetime, on: date) -> JournalEntry:
    """Book a recovery to what it would have paid had the loan never left the books."""
    paid: dict[str, Decimal | None] = recovery.allocations.aggregate(
        principal=Sum("principal_amount"), interest=Sum("interest_amount")
    )
    parts = {
        "loans_principal": paid["principal"] or ZERO,
        "interest_income": paid["interest"] or ZERO,
        "penalty_income": recovery.late_interest_amount,
    }
    currency = recovery.loan.currency
    income = LedgerAccount.objects.named("recovery_income", currency)
    lines = [ledger.credit(LedgerAccount.objects.named(name, currency), part) for name, part in parts.items() if part]
    return ledger.post(
        key=f"loans.rebook:{recovery.reference}",
        event="recovery_rebooked",
        subject=recovery.loan.reference,
        lines=[ledger.debit(income, recovery.amount), *lines],
        effective_date=on,
        at=at,
        by=by.reference,
    )
