"""Taking an invoice ledger in: read at once, or asked about."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cashflow.categories import counterparty_key
from accounts.cashflow.models import Invoice, InvoiceLedger
from accounts.cashflow.operations.naming import names_of, stand_for
from accounts.cashflow.questions import kept
from accounts.cashflow.states import LEDGER_TRANSITIONS, Event, Status
from accounts.identity.models import Enterprise
from accounts.statements.confined import invoices_of_file
from accounts.statements.parsing import Answers, ParsedInvoice, Question, StatementRefused
from portal.core import audit, files
from portal.core.copying import copy_in
from portal.core.refusals import register
from portal.core.transitions import target_of

Reader = Callable[..., list[ParsedInvoice]]

register({"invoice_direction_missing": _("Say whether the file lists your sales or your purchases.")})


@transaction.atomic(durable=True)
def receive_invoices(
    enterprise: Enterprise,
    upload: UploadedFile,
    *,
    by: str,
    at: datetime,
    direction: str = "",
    reader: Reader = invoices_of_file,
) -> InvoiceLedger:
    """Keep an invoice ledger and what it tells; an invoice that changed supersedes what was known of it.

    What it leaves open is asked, and nothing of it counts until then; the same file sent again asks the same.

    :param direction: ``sale`` or ``purchase``, for invoices of which the file does not say it.
    :param reader: ``parse_invoices`` itself for files that we wrote ourselves.
    :raises FileRefused: when the file is empty or too large.
    :raises StatementRefused: when it cannot be read for certain and no answer would settle it; nothing is kept then.
    """
    content = upload.read()
    upload.seek(0)
    parsed = _parsed(content, name=upload.name or "", answers=Answers(), reader=reader)
    Enterprise.objects.locked().get(pk=enterprise.pk)
    asking = InvoiceLedger.objects.filter(enterprise=enterprise, status=Status.ASKS)
    ledger = asking.filter(file__sha256=hashlib.sha256(content).hexdigest()).first()
    if ledger is not None:
        ledger.direction = direction
        ledger.save(update_fields=["direction"])
        return ledger
    stored = files.keep(upload, kind="evidence", by=by, at=at)
    ledger = InvoiceLedger(enterprise=enterprise, file=stored, direction=direction, uploaded_at=at, uploaded_by=by)
    _take(ledger, parsed, by=by, at=at)
    return ledger


@transaction.atomic(durable=True)
def answer_ledger(ledger: InvoiceLedger, told: Mapping[str, Any], *, by: str, at: datetime) -> None:
    """Answer what an invoice ledger asks and read it; the answer is kept beside it. The same answer twice is one.

    :param told: as for ``answer``; columns have the roles of an invoice ledger.
    :raises AnswerRefused: when it is no answer to the question.
    :raises StatementRefused: when the file cannot be read that way; it goes on asking.
    :raises TransitionRefused: when nothing is asked any more.
    """
    Enterprise.objects.locked().get(pk=ledger.enterprise_id)
    ledger.refresh_from_db(from_queryset=InvoiceLedger.objects.locked())
    if ledger.status == Status.READ and told and told.items() <= ledger.answers.items():
        return
    status = target_of(LEDGER_TRANSITIONS, Event.ANSWER, ledger.status)
    kind, answered = kept(ledger.question, told, columns=ledger.columns)
    answers = {**ledger.answers, kind: answered}
    with ledger.file.open() as content:
        parsed = _parsed(content.read(), name=ledger.file.original_name, answers=Answers.of_data(answers))
    ledger.status, ledger.answers = status, answers
    details = {"kind": kind, "answer": answered}
    audit.record("cashflow.ledger_answered", subject=ledger.reference, by=by, at=at, details=details)
    _take(ledger, parsed, by=by, at=at)


@transaction.atomic(durable=True)
def withdraw_ledger(ledger: InvoiceLedger, *, by: str, at: datetime) -> None:
    """Take back an invoice ledger that asks, instead of answering it.

    :raises TransitionRefused: when nothing is asked any more.
    """
    Enterprise.objects.locked().get(pk=ledger.enterprise_id)
    ledger.refresh_from_db(from_queryset=InvoiceLedger.objects.locked())
    ledger.status = target_of(LEDGER_TRANSITIONS, Event.WITHDRAW, ledger.status)
    ledger.save(update_fields=["status"])
    audit.record("cashflow.ledger_withdrawn", subject=ledger.reference, by=by, at=at, details={})


def _parsed(
    content: bytes, *, name: str, answers: Answers, reader: Reader = invoices_of_file
) -> list[ParsedInvoice] | Question:
    try:
        return reader(content, name=name, currency=settings.BANK_CURRENCY, answers=answers)
    except StatementRefused as refusal:
        if refusal.question is None:
            raise
        return refusal.question


def _take(ledger: InvoiceLedger, parsed: list[ParsedInvoice] | Question, *, by: str, at: datetime) -> None:
    """Record what a ledger tells, or what it asks."""
    if isinstance(parsed, Question):
        ledger.status = target_of(LEDGER_TRANSITIONS, Event.ASK, ledger.status)
        ledger.question = parsed.as_data()
        ledger.save()
        details: dict[str, Any] = {"kind": parsed.kind}
        audit.record("cashflow.ledger_asks", subject=ledger.reference, by=None, at=at, details=details)
        return
    told = _told(parsed, ledger.direction, own_keys=names_of(ledger.enterprise))
    ledger.status, ledger.question = target_of(LEDGER_TRANSITIONS, Event.READ, ledger.status), {}
    _record_invoices(ledger, told, by=by, at=at)
    ledger.save()
    counts = {"new": ledger.new_count, "changed": ledger.changed_count, "known": ledger.known_count}
    details = {"ledger": ledger.reference, "sha256": ledger.file.sha256, **counts}
    audit.record("cashflow.invoices_received", subject=ledger.enterprise.reference, by=by, at=at, details=details)


InvoiceKey = tuple[str, str, date, str]


def _told(
    parsed: Sequence[ParsedInvoice], direction: str, *, own_keys: Collection[str]
) -> dict[InvoiceKey, ParsedInvoice]:
    """Join the rows of one invoice: its items are added up, and a row that is there twice counts once."""
    joined: dict[InvoiceKey, ParsedInvoice] = {}
    for each in dict.fromkeys(parsed):
        invoice = _seen_by(each, direction, own_keys)
        if not invoice.direction:
            raise StatementRefused("invoice_direction_missing")
        key = (invoice.direction, invoice.number, invoice.issued_on, counterparty_key(invoice.counterparty_name))
        before = joined.get(key)
        joined[key] = _added(before, invoice) if before else invoice
    return joined


def _seen_by(told: ParsedInvoice, direction: str, own_keys: Collection[str]) -> ParsedInvoice:
    """Tell which side of an invoice is the enterprise's, and name the other one as the counterparty."""
    if told.seller_name and stand_for(told.seller_name, own_keys):
        side = "sale"
    elif told.buyer_name and stand_for(told.buyer_name, own_keys):
        side = "purchase"
    else:
        side = told.direction or direction
    other = told.buyer_name if side == "sale" else told.seller_name
    return replace(told, direction=side, counterparty_name=told.counterparty_name or other)


def _added(one: ParsedInvoice, two: ParsedInvoice) -> ParsedInvoice:
    gross = one.gross_amount + two.gross_amount
    return replace(
        one,
        net_amount=one.net_amount + two.net_amount,
        tax_amount=one.tax_amount + two.tax_amount,
        gross_amount=gross,
        is_valid=one.is_valid and two.is_valid,
        is_credit_note=gross < 0,
    )


def _record_invoices(ledger: InvoiceLedger, told: dict[InvoiceKey, ParsedInvoice], *, by: str, at: datetime) -> None:
    days = [invoice.issued_on for invoice in told.values()]
    current = Invoice.objects.current().filter(enterprise=ledger.enterprise, issued_on__range=(min(days), max(days)))
    known = {(each.direction, each.number, each.issued_on, each.counterparty_key): each for each in current}
    rows = {key: _invoice(ledger, key, invoice, by=by, at=at) for key, invoice in told.items()}
    changed = [key for key in rows if key in known and _content(rows[key]) != _content(known[key])]
    new = [key for key in rows if key not in known]
    Invoice.objects.filter(pk__in=[known[key].pk for key in changed]).update(superseded_at=at)
    copy_in([rows[key] for key in (*changed, *new)])
    ledger.new_count, ledger.changed_count = len(new), len(changed)
    ledger.known_count = len(rows) - len(new) - len(changed)


def _invoice(ledger: InvoiceLedger, key: InvoiceKey, told: ParsedInvoice, *, by: str, at: datetime) -> Invoice:
    return Invoice(
        enterprise=ledger.enterprise,
        file=ledger.file,
        direction=told.direction,
        number=told.number,
        issued_on=told.issued_on,
        counterparty_name=told.counterparty_name,
        counterparty_key=key[3],
        net_amount=told.net_amount,
        tax_amount=told.tax_amount,
        gross_amount=told.gross_amount,
        currency=told.currency,
        is_valid=told.is_valid,
        is_credit_note=told.is_credit_note,
        recorded_at=at,
        recorded_by=by,
    )


def _content(invoice: Invoice) -> tuple[Decimal, Decimal, str, bool, bool]:
    return (invoice.net_amount, invoice.tax_amount, invoice.currency, invoice.is_valid, invoice.is_credit_note)
