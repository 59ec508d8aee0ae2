"""Taking an invoice ledger in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cashflow.categories import counterparty_key
from accounts.cashflow.models import Invoice
from accounts.cashflow.operations.naming import names_of, stand_for
from accounts.identity.models import Enterprise
from accounts.statements.confined import invoices_of_file
from accounts.statements.parsing import ParsedInvoice, StatementRefused
from portal.core import audit, files
from portal.core.models import StoredFile
from portal.core.refusals import register

BATCH: Final = 2_000

register({"invoice_direction_missing": _("Say whether the file lists your sales or your purchases.")})


@dataclass(frozen=True)
class InvoicesReceived:
    """What an invoice ledger brought: invoices unknown before, known ones that changed, and known ones."""

    new: int
    changed: int
    known: int


@transaction.atomic(durable=True)
def receive_invoices(
    enterprise: Enterprise, upload: UploadedFile, *, by: str, at: datetime, direction: str = ""
) -> InvoicesReceived:
    """Keep an invoice ledger and what it tells; an invoice that changed supersedes what was known of it.

    :param direction: ``sale`` or ``purchase``, for invoices of which the file does not say it.
    :raises FileRefused: when the file is empty or too large.
    :raises StatementRefused: when it cannot be read for certain; nothing is kept then.
    """
    content = upload.read()
    upload.seek(0)
    parsed = invoices_of_file(content, name=upload.name or "", currency=settings.BANK_CURRENCY)
    told = _told(parsed, direction, own_keys=names_of(enterprise))
    stored = files.keep(upload, kind="evidence", by=by, at=at)
    Enterprise.objects.locked().get(pk=enterprise.pk)
    outcome = _record_invoices(enterprise, told, stored, by=by, at=at)
    details = {"sha256": stored.sha256, "new": outcome.new, "changed": outcome.changed, "known": outcome.known}
    audit.record("cashflow.invoices_received", subject=enterprise.reference, by=by, at=at, details=details)
    return outcome


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


def _record_invoices(
    enterprise: Enterprise, told: dict[InvoiceKey, ParsedInvoice], stored: StoredFile, *, by: str, at: datetime
) -> InvoicesReceived:
    days = [invoice.issued_on for invoice in told.values()]
    current = Invoice.objects.current().filter(enterprise=enterprise, issued_on__range=(min(days), max(days)))
    known = {(each.direction, each.number, each.issued_on, each.counterparty_key): each for each in current}
    rows = {key: _invoice(enterprise, key, invoice, stored, by=by, at=at) for key, invoice in told.items()}
    changed = [key for key in rows if key in known and _content(rows[key]) != _content(known[key])]
    new = [key for key in rows if key not in known]
    Invoice.objects.filter(pk__in=[known[key].pk for key in changed]).update(superseded_at=at)
    Invoice.objects.bulk_create([rows[key] for key in (*changed, *new)], batch_size=BATCH)
    return InvoicesReceived(len(new), len(changed), len(rows) - len(new) - len(changed))


def _invoice(
    enterprise: Enterprise, key: InvoiceKey, told: ParsedInvoice, stored: StoredFile, *, by: str, at: datetime
) -> Invoice:
    return Invoice(
        enterprise=enterprise,
        file=stored,
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
