"""Writing a loan off: one person proposes with grounds, another approves within a limit; the debt stands."""

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from accounts.identity.operations.telling import tell_owners
from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry, LedgerAccount
from lending.loans.lines.operations.keep import suspend_of
from lending.loans.losses.models import WriteOff
from lending.loans.losses.queries import Split, bad_from_days, is_lost, split_of
from lending.loans.models import Loan
from lending.loans.operations.binding import bind
from lending.loans.proposals import operations as proposals
from lending.loans.proposals.states import Event
from lending.loans.queries import open_principal_of
from lending.loans.states import TRANSITIONS as OF_LOAN
from lending.loans.states import LoanEvent
from portal.core import files
from portal.core.refusals import Refusal, register
from portal.core.seen import check_seen
from portal.core.transitions import target_of

events.register({"loan_written_off": _("Loan written off")})

register(
    {
        "write_off_grounds_missing": _("Say why nobody expects this money any more, and what was tried."),
        "write_off_not_loss": _(
            "Only a loan of the class Loss that has been late for %(days)s days at least is written off. Its class may"
            " be judged."
        ),
        "write_off_of_nothing": _(
            "Only interest of this loan is open. It was never in the books: nothing is written off."
        ),
    }
)


class WriteOffRefused(Refusal):
    """The loan cannot be written off this way."""


@transaction.atomic(durable=True)
def propose(
    loan: Loan, *, grounds: str, key: str, by: User, at: datetime, on: date, upload: UploadedFile | None = None
) -> WriteOff:
    """Propose to write off what is open of a loan's principal, with grounds and, if there is one, a document.

    :raises WriteOffRefused: without grounds; of a loan that is not lost and bad by its days.
    :raises ProposalRefused: while another is open.
    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    :raises FileRefused: when the document is no picture or PDF.
    """
    if not grounds.strip():
        raise WriteOffRefused("write_off_grounds_missing")

    def make() -> WriteOff:
        if not is_lost(loan, on=on):
            raise WriteOffRefused("write_off_not_loss", days=bad_from_days(on))
        if not (principal := open_principal_of(loan)):
            raise WriteOffRefused("write_off_of_nothing")
        kept = files.keep(upload, kind="document", by=by.reference, at=at) if upload else None
        return WriteOff(principal_amount=principal, grounds=grounds.strip(), file=kept)

    name = upload.name if upload else ""
    return proposals.propose(loan, WriteOff, name, reason=grounds, make=make, key=key, by=by, at=at, on=on)


@transaction.atomic(durable=True)
def approve(write_off: WriteOff, *, seen: str, note: str, by: User, at: datetime, on: date) -> None:
    """Write off what another person proposed, within one's limit for the principal; the owners are told.

    The principal leaves the books: the allowance bears what it kept for the loan, expense the rest. The loan goes on
    to be owed, collected and counted. From a credit line of the enterprise nothing more is drawn: it is suspended.

    :param seen: the ``shown`` of the split that was read.
    :raises FourEyesRefused: by who proposed it, by a member of the enterprise, or above the limit.
    :raises ProposalRefused: without a note; once what is open, or the class, has changed.
    :raises TransitionRefused: when it does not wait for approval, or the loan runs no more.
    :raises ChangedSince: when something else was read.
    """
    proposals.check_approving(write_off, note=note, by=by, on=on)
    loan = write_off.loan
    loan_status = target_of(OF_LOAN, LoanEvent.WRITE_OFF, loan.status)
    split = split_of(loan, write_off.principal_amount)
    check_seen(seen, shown=split.shown)
    write_off.entry = _book(write_off, split, by=by, at=at, on=on)
    write_off.allowance_amount, write_off.written_off_on = split.allowance_amount, on
    proposals.decide(write_off, Event.APPROVE, note=note, by=by, at=at, entry=write_off.entry.reference)
    loan.status = loan_status
    loan.save(update_fields=["status"])
    bind(loan, on=on, at=at)
    suspend_of(loan.enterprise, reason=f"{write_off.reference}: {write_off.note}", by=by, at=at)
    tell_owners(loan.enterprise, "loan_written_off", params=lambda: {"loan": loan.reference}, at=at)


def _book(write_off: WriteOff, split: Split, *, by: User, at: datetime, on: date) -> JournalEntry:
    currency = write_off.loan.currency
    borne = [("loan_loss_provision", split.allowance_amount), ("write_off_expense", split.expense_amount)]
    lines = [ledger.debit(LedgerAccount.objects.named(name, currency), amount) for name, amount in borne if amount]
    principal = LedgerAccount.objects.named("loans_principal", currency)
    return ledger.post(
        key=f"loans.write_off:{write_off.reference}",
        event="loan_written_off",
        subject=write_off.loan.reference,
        lines=[*lines, ledger.credit(principal, write_off.principal_amount)],
        effective_date=on,
        at=at,
        by=by.reference,
    )
