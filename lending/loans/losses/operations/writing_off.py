"""Writing a loan off: one person proposes with grounds, another approves within a limit; the debt stands."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import MembershipRole, User
from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry, LedgerAccount
from lending.applications.operations import FourEyesRefused, approval_limit
from lending.loans.allocation import PRINCIPAL, open_part
from lending.loans.lines.operations.keep import suspend_of
from lending.loans.losses.classes import RiskClass, bad_from_days
from lending.loans.losses.models import WriteOff
from lending.loans.losses.operations.judging import check_not_own
from lending.loans.losses.queries import ZERO, Split, class_of, split_of
from lending.loans.losses.states import TRANSITIONS, Event, Status
from lending.loans.models import Loan
from lending.loans.operations.binding import bind
from lending.loans.states import TRANSITIONS as OF_LOAN
from lending.loans.states import LoanEvent, LoanStatus
from portal.core import audit, files, idempotency
from portal.core.models import Channel
from portal.core.notices import operations as notices
from portal.core.refusals import Refusal, register
from portal.core.seen import check_seen
from portal.core.transitions import target_of

MOVING: Final = ["status", "decided_by", "decided_at", "note", "written_off_on", "allowance_amount", "entry"]

events.register({"loan_written_off": _("Loan written off")})

register(
    {
        "write_off_grounds_missing": _("Say why nobody expects this money any more, and what was tried."),
        "write_off_note_missing": _("Say why, in a sentence."),
        "write_off_open": _("Another proposal to write this loan off waits. Withdraw it first."),
        "write_off_not_loss": _(
            "Only a loan of the class Loss that has been late for %(days)s days at least is written off. Its class may"
            " be judged."
        ),
        "write_off_of_nothing": _(
            "Only interest of this loan is open. It was never in the books: nothing is written off."
        ),
        "write_off_outdated": _("What is open of the loan has changed since this was proposed. Propose it anew."),
    }
)


class WriteOffRefused(Refusal):
    """The loan cannot be written off this way."""


@transaction.atomic(durable=True)
def propose(
    loan: Loan, *, grounds: str, key: str, by: User, at: datetime, on: date, upload: UploadedFile | None = None
) -> WriteOff:
    """Propose to write off what is open of a loan's principal, with grounds and, if there is one, a document.

    :raises WriteOffRefused: without grounds; of a loan that is not lost and bad by its days; while another waits.
    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    :raises FileRefused: when the document is no picture or PDF.
    """
    loan.refresh_from_db(from_queryset=Loan.objects.locked())
    check_not_own(loan, by)
    if not grounds.strip():
        raise WriteOffRefused("write_off_grounds_missing")
    fingerprint = idempotency.fingerprint_of([loan.reference, grounds, upload.name if upload else ""])

    def make() -> str:
        if loan.write_offs.filter(status=Status.PROPOSED).exists():
            raise WriteOffRefused("write_off_open")
        _check_loss(loan, on=on)
        if not _open_principal(loan):
            raise WriteOffRefused("write_off_of_nothing")
        kept = files.keep(upload, kind="document", by=by.reference, at=at) if upload else None
        made = WriteOff.objects.create(
            loan=loan,
            principal_amount=_open_principal(loan),
            grounds=grounds.strip(),
            file=kept,
            proposed_by=by,
            proposed_at=at,
        )
        _record("propose", made, by=by, at=at, reason=made.grounds)
        return made.reference

    scope = f"loans.write_off:{loan.reference}"
    return WriteOff.objects.get(reference=idempotency.answer_once(scope, key, fingerprint=fingerprint, make=make))


@transaction.atomic(durable=True)
def approve(write_off: WriteOff, *, seen: str, note: str, by: User, at: datetime, on: date) -> None:
    """Write off what another person proposed, within one's limit for the principal; the owners are told.

    The principal leaves the books: the allowance bears what it kept for the loan, expense the rest. The loan goes on
    to be owed, collected and counted. From a credit line of the enterprise nothing more is drawn: it is suspended.

    :param seen: the ``shown`` of the split that was read.
    :raises FourEyesRefused: by who proposed it, by a member of the enterprise, or above the limit.
    :raises WriteOffRefused: without a note; once what is open, or the class, has changed.
    :raises TransitionRefused: when it does not wait for approval, or the loan runs no more.
    :raises ChangedSince: when something else was read.
    """
    _lock(write_off)
    loan = write_off.loan
    status = target_of(TRANSITIONS, Event.APPROVE, write_off.status)
    loan_status = target_of(OF_LOAN, LoanEvent.WRITE_OFF, loan.status)
    _check_second_person(write_off, note, by)
    limit = approval_limit(by, loan.offer.application)
    if write_off.principal_amount > limit:
        raise FourEyesRefused("above_approval_limit", amount=write_off.principal_amount, limit=limit)
    _check_unchanged(write_off, on=on)
    split = split_of(loan, write_off.principal_amount)
    check_seen(seen, shown=split.shown)
    write_off.entry = _book(write_off, split, by=by, at=at, on=on)
    write_off.allowance_amount, write_off.written_off_on = split.allowance_amount, on
    _decide(write_off, status, note=note, by=by, at=at)
    loan.status = loan_status
    loan.save(update_fields=["status"])
    bind(loan, on=on, at=at)
    suspend_of(loan.enterprise, reason=f"{write_off.reference}: {write_off.note}", by=by, at=at)
    _record(Event.APPROVE, write_off, by=by, at=at, entry=write_off.entry.reference)
    _tell_owners(write_off, at=at)


@transaction.atomic(durable=True)
def decline(write_off: WriteOff, *, note: str, by: User, at: datetime) -> None:
    """Decline what another person proposed.

    :raises FourEyesRefused: by who proposed it, or by a member of the enterprise.
    :raises WriteOffRefused: without a note.
    :raises TransitionRefused: when it does not wait for approval.
    """
    _lock(write_off)
    status = target_of(TRANSITIONS, Event.DECLINE, write_off.status)
    _check_second_person(write_off, note, by)
    _decide(write_off, status, note=note, by=by, at=at)
    _record(Event.DECLINE, write_off, by=by, at=at)


@transaction.atomic(durable=True)
def withdraw(write_off: WriteOff, *, by: User, at: datetime) -> None:
    """Take a proposal back on which nobody has decided.

    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    :raises TransitionRefused: when it does not wait any more.
    """
    _lock(write_off)
    check_not_own(write_off.loan, by)
    write_off.status = target_of(TRANSITIONS, Event.WITHDRAW, write_off.status)
    write_off.save(update_fields=["status"])
    _record(Event.WITHDRAW, write_off, by=by, at=at)


def _lock(write_off: WriteOff) -> None:
    """Lock the loan first, as whoever repays it does, then what is proposed for it."""
    write_off.loan.refresh_from_db(from_queryset=Loan.objects.locked())
    write_off.refresh_from_db(from_queryset=WriteOff.objects.locked(), fields=MOVING)


def _open_principal(loan: Loan) -> Decimal:
    return sum((open_part(row, PRINCIPAL) for row in loan.installments.current()), ZERO)


def _check_loss(loan: Loan, *, on: date) -> None:
    found, days = class_of(loan, on=on), bad_from_days(on)
    is_lost = found is not None and found.risk_class == RiskClass.LOSS and found.days_past_due >= days
    if loan.status != LoanStatus.ACTIVE or not is_lost:
        raise WriteOffRefused("write_off_not_loss", days=days)


def _check_unchanged(write_off: WriteOff, *, on: date) -> None:
    loan = write_off.loan
    is_rescheduled = loan.reschedulings.filter(agreed_at__gt=write_off.proposed_at).exists()
    if is_rescheduled or _open_principal(loan) != write_off.principal_amount:
        raise WriteOffRefused("write_off_outdated")
    _check_loss(loan, on=on)


def _check_second_person(write_off: WriteOff, note: str, by: User) -> None:
    if by == write_off.proposed_by:
        raise FourEyesRefused("same_person_twice")
    check_not_own(write_off.loan, by)
    if not note.strip():
        raise WriteOffRefused("write_off_note_missing")


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


def _decide(write_off: WriteOff, status: str, *, note: str, by: User, at: datetime) -> None:
    write_off.status, write_off.note = status, note.strip()
    write_off.decided_by, write_off.decided_at = by, at
    write_off.save(update_fields=MOVING)


def _tell_owners(write_off: WriteOff, *, at: datetime) -> None:
    loan = write_off.loan
    memberships = loan.enterprise.memberships.filter(role=MembershipRole.OWNER, ended_at=None)
    for membership in memberships.exclude(user__phone="").select_related("user").order_by("pk"):
        address = notices.Address(Channel.SMS, membership.user.phone)
        params = {"loan": loan.reference}
        notices.send("loan_written_off", address=address, language=membership.user.language, params=params, at=at)


def _record(verb: str, write_off: WriteOff, *, by: User, at: datetime, **details: object) -> None:
    told = {"write_off": write_off.reference, "principal": write_off.principal_amount, **details}
    subject = write_off.loan.reference
    audit.record(f"loans.{verb}_write_off", subject=subject, by=by.reference, at=at, details=told)
