"""Paying what a request for payment asks, from an account of this bank."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.ledger import operations as ledger
from accounts.settlement.models import PaymentRequest, SettlementAccount, Transfer
from accounts.settlement.operations import limits
from accounts.settlement.operations.confirming import LeavingPayment, PaymentReview, confirm_by_code, review
from accounts.settlement.operations.receiving import RequestNotOpen, check_fits
from accounts.settlement.operations.transfers import TransferToItself, leaving_for, locked_pair, move
from portal.core.idempotency import answer_once, fingerprint_of, refuse_answered


@transaction.atomic(durable=True)
def pay_request(
    request: PaymentRequest,
    source: SettlementAccount,
    amount: Decimal,
    *,
    key: str,
    on: date,
    at: datetime,
    by: str,
    code: str | None = None,
) -> Transfer:
    """Pay a request from an account of this bank: one transfer with the request's reference; the same key pays once.

    The limits, and what needs a code, are those of a transfer that one person makes.

    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises RequestNotOpen, RequestOverpaid, RequestPartRefused: when it cannot be paid so, decided under lock.
    :raises: as ``transfer``.
    """

    def made() -> str:
        _check(request, source, amount, on=on, at=at)
        leaving = _leaving(request, source, amount, key=key)
        confirm_by_code(leaving, code, at=at, by=by)
        destination = request.settlement_account
        moved = move(source, destination, amount, text=leaving.text, on=on, at=at, by=by)  # which marks the request
        request.refresh_from_db(fields=["status", "received_amount", "ended_at"])
        return moved.reference

    fingerprint = fingerprint_of([request.reference, source.reference, str(amount.normalize())])
    reference = answer_once(_scope(by), key, fingerprint=fingerprint, make=made)
    return Transfer.objects.select_related("source", "destination__enterprise", "entry").get(reference=reference)


@transaction.atomic(durable=True)
def review_request(
    request: PaymentRequest,
    source: SettlementAccount,
    amount: Decimal,
    *,
    key: str,
    on: date,
    at: datetime,
    by: str,
) -> PaymentReview[LeavingPayment]:
    """Ask everything that paying a request would ask, and change nothing.

    :raises KeyReused: when the key paid already.
    :raises: as ``pay_request``, all but the code.
    """
    refuse_answered(_scope(by), key)
    _check(request, source, amount, on=on, at=at)
    return review(_leaving(request, source, amount, key=key), at=at)


def _scope(by: str) -> str:
    return f"settlement.pay_request {by}"


def _leaving(request: PaymentRequest, source: SettlementAccount, amount: Decimal, *, key: str) -> LeavingPayment:
    text = f"{request.grouped_reference} {request.text}".strip()[:140]
    return leaving_for(source, request.settlement_account, amount, text=text, key=key)


def _check(request: PaymentRequest, source: SettlementAccount, amount: Decimal, *, on: date, at: datetime) -> None:
    """Check all but the money, the accounts locked before the request as whoever receives does."""
    destination = request.settlement_account
    if source.pk == destination.pk:
        raise TransferToItself
    ledger.check_amount(amount, destination.currency)
    limits.claim_for_one(source, destination, amount, on=on, at=at)
    locked_pair(source, destination)
    rows = PaymentRequest.objects.locked().select_related("settlement_account__enterprise")
    request.refresh_from_db(from_queryset=rows)
    if not request.is_payable or request.expires_on < on:
        raise RequestNotOpen
    check_fits(request, amount)
