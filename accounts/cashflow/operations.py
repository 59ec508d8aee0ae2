"""What can be done with evidence: receive it, read it, withdraw it. Evidence is never deleted."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cashflow import breaks, gathering
from accounts.cashflow.categories import categorize, counterparty_key
from accounts.cashflow.gathering import Period
from accounts.cashflow.models import BankTransaction, Invoice, StatementImport
from accounts.cashflow.states import TRANSITIONS, Event, Status
from accounts.identity.models import Enterprise
from accounts.statements import joining
from accounts.statements.parsing import (
    ParsedInvoice,
    ParsedLine,
    ParsedStatement,
    StatementRefused,
    parse,
    parse_invoices,
)
from portal.core import audit, files, jobs
from portal.core.fields import lookup_hash
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.models import StoredFile
from portal.core.refusals import register
from portal.core.transitions import target_of

BATCH: Final = 2_000
SHORTEST_FORM: Final = 4  # a shorter piece of a name may be anybody's

register(
    {
        "invoice_direction_missing": _("Say whether the file lists your sales or your purchases."),
        "statement_unreadable": _(
            "The file could not be read; we were told and look into it. "
            "Until then you can bring the same statement in another format."
        ),
    }
)


@transaction.atomic(durable=True)
def receive(enterprise: Enterprise, upload: UploadedFile, *, by: str, at: datetime, key: str = "") -> StatementImport:
    """Keep a statement file as it came and ask for it to be read; a key makes sending twice one statement.

    :raises FileRefused: when it is empty or too large.
    :raises KeyReused: when the key brought another file before.
    """
    if not key:
        return _received(enterprise, upload, by=by, at=at)
    reference = answer_once(
        f"cashflow.receive {by}",
        key,
        fingerprint=fingerprint_of([enterprise.reference, _digest(upload)]),
        make=lambda: _received(enterprise, upload, by=by, at=at).reference,
    )
    return StatementImport.objects.get(reference=reference)


def _digest(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _received(enterprise: Enterprise, upload: UploadedFile, *, by: str, at: datetime) -> StatementImport:
    stored = files.keep(upload, kind="evidence", by=by, at=at)
    statement = StatementImport.objects.create(enterprise=enterprise, file=stored, uploaded_at=at, uploaded_by=by)
    details = {"enterprise": enterprise.reference, "sha256": stored.sha256}
    audit.record("cashflow.statement_received", subject=statement.reference, by=by, at=at, details=details)
    jobs.ask("cashflow.read", statement.reference, at=at)
    return statement


def read(reference: str, *, at: datetime) -> None:
    """Read a received statement whole, or refuse it whole; run twice, it is read once.

    The file is parsed before anything is locked, because that takes seconds where the rest takes less.
    """
    statement = StatementImport.objects.select_related("file", "enterprise").get(reference=reference)
    if statement.status != Status.READING:
        return
    with statement.file.open() as content:
        raw = content.read()
    try:
        parsed = joining.by_account(parse(raw, name=statement.file.original_name, currency=settings.BANK_CURRENCY))
        if len(parsed) > gathering.MAX_ACCOUNTS:
            raise StatementRefused("statement_too_many", most=gathering.MAX_ACCOUNTS)
    except StatementRefused as refusal:
        _refuse(statement, refusal, at=at)
    else:
        _keep(statement, parsed, at=at)


@transaction.atomic(durable=True)
def _refuse(statement: StatementImport, refusal: StatementRefused, *, at: datetime) -> None:
    if not _is_still_reading(statement):
        return
    _set_refused(statement, refusal, at=at)
    audit.record(
        "cashflow.statement_refused", subject=statement.reference, by=None, at=at, details={"code": refusal.code}
    )


@transaction.atomic(durable=True)
def give_up(reference: str, *, error: str, attempts: int, at: datetime) -> None:
    """Refuse a statement whose reading failed again and again through a fault of ours; given up twice, it is once.

    ``error`` is the kind of the last failure, empty where the worker died of it; what it said may be a customer's.
    """
    statement = StatementImport.objects.get(reference=reference)
    if not _is_still_reading(statement):
        return
    _set_refused(statement, StatementRefused("statement_unreadable"), at=at)
    details = {"error": error, "attempts": attempts, "sha256": statement.file.sha256}
    audit.record("cashflow.statement_unreadable", subject=statement.reference, by=None, at=at, details=details)


def _set_refused(statement: StatementImport, refusal: StatementRefused, *, at: datetime) -> None:
    """Keep why; lines of an earlier reading, from before another file was withdrawn, no longer count."""
    statement.status = target_of(TRANSITIONS, Event.REFUSE, statement.status)
    statement.refusal_code, statement.refusal_params = refusal.code, refusal.params
    statement.read_at = at
    statement.save()
    BankTransaction.objects.current().filter(statement=statement).update(superseded_at=at)


@transaction.atomic(durable=True)
def _keep(statement: StatementImport, parsed: Sequence[ParsedStatement], *, at: datetime) -> None:
    """Record what is new; statements of one enterprise wait for each other, so that each line is recorded once."""
    if not _is_still_reading(statement):
        return
    own_keys = _own_keys(statement.enterprise)
    for part, whole in enumerate(parsed, start=1):
        _keep_account(_part(statement, part), whole, own_keys=own_keys, at=at)


def _is_still_reading(statement: StatementImport) -> bool:
    Enterprise.objects.locked().get(pk=statement.enterprise_id)
    statement.refresh_from_db(from_queryset=StatementImport.objects.locked())
    return statement.status == Status.READING


def _part(statement: StatementImport, part: int) -> StatementImport:
    """Find the statement of one bank account in a file; the file's first is the one that was received."""
    if part == statement.part:
        return statement
    found = StatementImport.objects.locked().filter(file=statement.file_id, part=part).first()
    return found or StatementImport.objects.create(
        enterprise=statement.enterprise,
        file=statement.file,
        part=part,
        uploaded_at=statement.uploaded_at,
        uploaded_by=statement.uploaded_by,
    )


def _own_keys(enterprise: Enterprise) -> frozenset[str]:
    people = enterprise.memberships.filter(ended_at=None).values_list("user__full_name", flat=True)
    return frozenset(counterparty_key(name) for name in (enterprise.legal_name, *people)) - {""}


def _keep_account(
    statement: StatementImport, whole: ParsedStatement, *, own_keys: frozenset[str], at: datetime
) -> None:
    if statement.status != Status.READING:
        return
    _describe(statement, whole, own_keys=own_keys)
    marked = [(line, gathering.fingerprint(line, account_key=statement.account_key)) for line in whole.lines]
    recorded = list(_recorded(statement))
    own = frozenset(number for _day, _mark, owner, number in recorded if owner == statement.pk)
    statement.contradiction_count = _contradictions(
        statement, marked, recorded, is_first_time=statement.read_at is None
    )
    fresh = gathering.new_lines(marked, known=Counter(mark for _day, mark, *_ in recorded), kept_numbers=own)
    names = own_keys | {counterparty_key(whole.holder_name)}
    rows = [_row(statement, line, mark, own_keys=names, at=at) for line, mark in fresh]
    BankTransaction.objects.bulk_create(rows, batch_size=BATCH)
    statement.line_count = len(marked)
    statement.known_count = len(marked) - len(own) - len(fresh)
    statement.status = target_of(TRANSITIONS, Event.READ, statement.status)
    statement.read_at = at
    statement.save()
    details = {
        "lines": len(marked),
        "new": len(fresh),
        "contradictions": statement.contradiction_count,
        "breaks": statement.break_count,
    }
    audit.record("cashflow.statement_read", subject=statement.reference, by=None, at=at, details=details)


def _describe(statement: StatementImport, whole: ParsedStatement, *, own_keys: frozenset[str]) -> None:
    account = "".join(whole.account_identifier.split())
    statement.format = whole.format
    statement.holder_name = whole.holder_name
    statement.is_foreign_holder = _is_foreign(whole.holder_name, own_keys)
    statement.account_masked = f"•••• {account[-4:]}" if len(account) > 5 else account
    statement.account_key = lookup_hash(account) if account else ""
    statement.currency = whole.currency
    statement.period_first, statement.period_last = whole.first_day, whole.last_day
    statement.opening_balance, statement.closing_balance = whole.opening_balance, whole.closing_balance
    statement.break_count = len(whole.breaks)
    statement.balance_breaks = breaks.as_data(whole.breaks, file_format=whole.format)


def _is_foreign(holder_name: str, own_keys: frozenset[str]) -> bool:
    """Tell whether a holder is somebody else; a longer or shorter form of a name of ours is ours."""
    key = counterparty_key(holder_name)
    return bool(key) and key not in own_keys and not any(_is_form_of(key, own) for own in own_keys)


def _is_form_of(one: str, two: str) -> bool:
    shorter, longer = sorted((one, two), key=len)
    return len(shorter) >= SHORTEST_FORM and shorter in longer


Recorded = tuple[date, str, int, int]


def _recorded(statement: StatementImport) -> Any:
    """Fetch day, mark, statement and number of what is evidence in the statement's days."""
    days = (statement.period_first, statement.period_last)
    if None in days:
        return []
    rows = BankTransaction.objects.current().filter(enterprise=statement.enterprise_id, booked_on__range=days)
    return rows.values_list("booked_on", "fingerprint", "statement_id", "line_number")


def _contradictions(
    statement: StatementImport,
    marked: Sequence[tuple[ParsedLine, str]],
    recorded: Sequence[Recorded],
    *,
    is_first_time: bool,
) -> int:
    """Compare with files of the same bank account; read again after a withdrawal, what was found stands or falls."""
    if not statement.account_key or statement.period_first is None or statement.period_last is None:
        return 0
    others = StatementImport.objects.filter(
        enterprise=statement.enterprise_id,
        account_key=statement.account_key,
        currency=statement.currency,
        status=Status.READ,
    ).exclude(pk=statement.pk)
    ends = others.values_list("period_first", "period_last")
    periods = [Period(first, last) for first, last in ends if first and last]
    if not is_first_time:
        return statement.contradiction_count if periods else 0
    of_account = set(others.values_list("pk", flat=True))
    known = [(day, mark) for day, mark, owner, _number in recorded if owner in of_account]
    period = Period(statement.period_first, statement.period_last)
    return gathering.contradictions(marked, known=known, period=period, others=periods)


def _row(
    statement: StatementImport, line: ParsedLine, mark: str, *, own_keys: frozenset[str], at: datetime
) -> BankTransaction:
    return BankTransaction(
        statement=statement,
        enterprise_id=statement.enterprise_id,
        line_number=line.number,
        booked_on=line.booked_on,
        amount=line.amount,
        currency=line.currency,
        balance_after=line.balance_after,
        counterparty_name=line.counterparty_name,
        counterparty_key=counterparty_key(line.counterparty_name),
        description=line.description,
        bank_reference=line.reference,
        category=categorize(
            amount=line.amount,
            description=line.description,
            counterparty_name=line.counterparty_name,
            own_keys=own_keys,
        ),
        is_counted=line.currency == settings.BANK_CURRENCY and not statement.is_foreign_holder,
        fingerprint=mark,
        recorded_at=at,
    )


@transaction.atomic(durable=True)
def withdraw(statement: StatementImport, *, by: str, at: datetime) -> None:
    """Take a statement out of the evidence; what it shared with other files is read from those again.

    :raises TransitionRefused: when it is still being read or was withdrawn before.
    """
    Enterprise.objects.locked().get(pk=statement.enterprise_id)
    statement.refresh_from_db(from_queryset=StatementImport.objects.locked())
    was_read = statement.status == Status.READ
    statement.status = target_of(TRANSITIONS, Event.WITHDRAW, statement.status)
    statement.superseded_at = at
    statement.save(update_fields=["status", "superseded_at"])
    withdrawn = BankTransaction.objects.current().filter(statement=statement).update(superseded_at=at)
    audit.record(
        "cashflow.statement_withdrawn", subject=statement.reference, by=by, at=at, details={"lines": withdrawn}
    )
    if was_read:
        _read_again(statement, at=at)


def _read_again(withdrawn: StatementImport, *, at: datetime) -> None:
    others = StatementImport.objects.locked().filter(
        enterprise=withdrawn.enterprise_id,
        account_key=withdrawn.account_key,
        status=Status.READ,
        period_first__lte=withdrawn.period_last,
        period_last__gte=withdrawn.period_first,
    )
    for other in others if withdrawn.period_first else ():
        other.status = target_of(TRANSITIONS, Event.READ_AGAIN, other.status)
        other.save(update_fields=["status"])
        jobs.ask("cashflow.read", other.reference, at=at)


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
    told = _told(parse_invoices(content, name=upload.name or "", currency=settings.BANK_CURRENCY), direction)
    stored = files.keep(upload, kind="evidence", by=by, at=at)
    Enterprise.objects.locked().get(pk=enterprise.pk)
    outcome = _record_invoices(enterprise, told, stored, by=by, at=at)
    details = {"sha256": stored.sha256, "new": outcome.new, "changed": outcome.changed, "known": outcome.known}
    audit.record("cashflow.invoices_received", subject=enterprise.reference, by=by, at=at, details=details)
    return outcome


InvoiceKey = tuple[str, str, date, str]


def _told(parsed: Sequence[ParsedInvoice], direction: str) -> dict[InvoiceKey, ParsedInvoice]:
    """Join the rows of one invoice: its items are added up, and a row that is there twice counts once."""
    joined: dict[InvoiceKey, ParsedInvoice] = {}
    for each in dict.fromkeys(parsed):
        invoice = replace(each, direction=each.direction or direction)
        if not invoice.direction:
            raise StatementRefused("invoice_direction_missing")
        key = (invoice.direction, invoice.number, invoice.issued_on, counterparty_key(invoice.counterparty_name))
        before = joined.get(key)
        joined[key] = _added(before, invoice) if before else invoice
    return joined


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
