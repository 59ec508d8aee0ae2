"""Marking a request paid by money that came with its structured reference."""

from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import JournalEntry
from accounts.settlement.models import PaymentRequest, RequestReceipt, SettlementAccount
from accounts.settlement.requesting import PAYABLE, REQUEST_TRANSITIONS, RequestEvent, RequestStatus, reference_in
from portal.core import audit
from portal.core.money import is_exact
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

register(
    {
        "request_unknown": _("No request for payment has this reference."),
        "request_not_open": _("This request was already paid, canceled, or is too old."),
        "request_overpaid": _("This is more than is asked for: %(open)s is open."),
        "request_part_refused": _("This request is paid in one sum: %(open)s."),
    }
)


class RequestUnknown(Refusal):
    """The reference is nobody's, or its check digits are wrong, or the money went to another account."""

    code = "request_unknown"


class RequestNotOpen(Refusal):
    """The request is paid, expired or canceled."""

    code = "request_not_open"


class RequestOverpaid(Refusal):
    """More than what is open."""

    code = "request_overpaid"


class RequestPartRefused(Refusal):
    """Less than what is open, and the request takes no parts."""

    code = "request_part_refused"


def receive(
    reference: str,
    amount: Decimal,
    *,
    entry: JournalEntry,
    account: SettlementAccount,
    on: date,
    at: datetime,
    by: str,
) -> PaymentRequest:
    """Mark a request paid, in part or whole, by an entry that credited its account; an inner step.

    The same entry again changes nothing. What is refused concerns the request alone: the money stays where the entry
    put it, and the caller decides what becomes of it.

    :param reference: a text that holds the structured reference (``RF…``), as a payer wrote it.
    :param account: the account that the entry credited.
    :raises RequestUnknown: when no request to this account has the reference.
    :raises RequestNotOpen: when it was paid, canceled, or expired.
    :raises RequestOverpaid, RequestPartRefused: when the amount does not fit.
    """
    assert connection.in_atomic_block, "a receipt belongs to the transaction of its entry"
    rows = PaymentRequest.objects.locked().select_related("settlement_account")
    found = rows.filter(reference=reference_in(reference), settlement_account=account).first()
    if found is None:
        raise RequestUnknown
    if RequestReceipt.objects.filter(entry=entry).exists():
        return found
    check_fits(found, amount)
    _mark(found, amount, entry=entry, on=on, at=at, by=by)
    return found


def check_fits(request: PaymentRequest, amount: Decimal) -> None:
    """Refuse an amount that a request, held under its lock, cannot take; an inner step.

    :raises RequestNotOpen, RequestOverpaid, RequestPartRefused: see ``receive``.
    """
    if request.status not in PAYABLE:
        raise RequestNotOpen
    currency = request.settlement_account.currency
    assert is_exact(amount, currency), "an entry has no part of a minor unit"
    left = request.open_amount
    if left is not None and amount > left:
        raise RequestOverpaid(open=left, currency=currency)
    if left is not None and amount < left and not request.allows_parts:
        raise RequestPartRefused(open=left, currency=currency)


def _mark(request: PaymentRequest, amount: Decimal, *, entry: JournalEntry, on: date, at: datetime, by: str) -> None:
    part = request.open_amount is not None and amount < request.open_amount
    event = RequestEvent.RECEIVE_PART if part else RequestEvent.RECEIVE_REST
    request.status = target_of(REQUEST_TRANSITIONS, event, request.status)
    request.received_amount += amount
    request.ended_at = at if request.status == RequestStatus.PAID else None
    request.save(update_fields=["status", "received_amount", "ended_at"])
    RequestReceipt.objects.create(
        payment_request=request, amount=amount, entry=entry, received_on=on, received_at=at, received_by=by
    )
    details = {"amount": str(amount), "entry": entry.reference, "status": request.status}
    audit.record("settlement.request_received", subject=request.reference, by=by, at=at, details=details)


def withdraw(entry: JournalEntry, *, at: datetime, by: str) -> None:
    """Take back that an entry paid a request, because its cash was booked wrongly; an inner step.

    What was paid or paid in part can be paid again; a request that ended otherwise stays as it is.
    """
    assert connection.in_atomic_block, "what was received falls with its entry"
    received = RequestReceipt.objects.filter(entry=entry, withdrawn_at=None).first()
    if received is None:
        return
    request = PaymentRequest.objects.locked().get(pk=received.payment_request_id)
    request.received_amount -= received.amount
    if request.status in {RequestStatus.PARTLY, RequestStatus.PAID}:
        event = RequestEvent.WITHDRAW_PART if request.received_amount else RequestEvent.WITHDRAW_ALL
        request.status, request.ended_at = target_of(REQUEST_TRANSITIONS, event, request.status), None
    request.save(update_fields=["status", "received_amount", "ended_at"])
    received.withdrawn_at = at
    received.save(update_fields=["withdrawn_at"])
    details = {"amount": str(received.amount), "entry": entry.reference, "status": request.status}
    audit.record("settlement.request_withdrawn", subject=request.reference, by=by, at=at, details=details)


def note(
    text: str, amount: Decimal, *, entry: JournalEntry, account: SettlementAccount, on: date, at: datetime, by: str
) -> None:
    """Mark the request that a transfer's text names, where there is one and the amount fits; an inner step."""
    if not reference_in(text):
        return
    try:
        with transaction.atomic():
            receive(text, amount, entry=entry, account=account, on=on, at=at, by=by)
    except Refusal:
        return  # the money has come all the same; the enterprise sees it on its account
