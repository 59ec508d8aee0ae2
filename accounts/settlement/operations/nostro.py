"""Files from the other bank: received, read by a worker, each booking of our account there kept once."""

import hashlib
from dataclasses import asdict
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import LedgerAccount
from accounts.settlement import numbers, pain_report
from accounts.settlement.models import NostroLine, NostroStatement
from accounts.settlement.nostro_states import STATEMENT_TRANSITIONS, StatementEvent, StatementStatus
from accounts.settlement.operations.foreseeing import foresee_nostro
from accounts.statements import joining
from accounts.statements.confined import statements_of_file
from accounts.statements.parsing import ParsedLine, ParsedStatement, StatementRefused, kinds
from portal.core import audit, files, jobs
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.money import is_exact
from portal.core.refusals import register
from portal.core.transitions import target_of

BATCH: Final = 2_000

register(
    {
        "nostro_several": _("The file tells of more than one account or currency. Ask for each in a file of its own."),
        "nostro_other_account": _("The file is of account %(number)s, which is not ours at the other bank."),
        "nostro_currency": _("The books are not open in %(currency)s."),
        "nostro_amount": _("Line %(line)s: %(amount)s has more decimals than the currency."),
        "nostro_future": _("Line %(line)s is dated after today."),
        "nostro_does_not_roll": _(
            "Opening balance and lines do not make the closing balance: %(expected)s is expected, %(stated)s is stated."
        ),
        "nostro_pdf": _("Our books do not rest on a PDF. Ask the other bank for camt.053, MT940 or CSV."),
        "nostro_unreadable": _("The file could not be read; we were told and look into it."),
    }
)


@transaction.atomic(durable=True)
def receive_nostro(upload: UploadedFile, *, key: str, by: str, at: datetime) -> NostroStatement:
    """Keep a file from the other bank as it came and ask for it to be read; the same key receives it once.

    :raises FileRefused: when it is empty or too large.
    :raises KeyReused: when the key brought another file before.
    """
    files.check_size(upload)
    content = upload.read()
    upload.seek(0)
    reference = answer_once(
        f"settlement.nostro {by}",
        key,
        fingerprint=fingerprint_of(hashlib.sha256(content).hexdigest()),
        make=lambda: _received(upload, by=by, at=at).reference,
    )
    return NostroStatement.objects.get(reference=reference)


def _received(upload: UploadedFile, *, by: str, at: datetime) -> NostroStatement:
    stored = files.keep(upload, kind="evidence", by=by, at=at)
    statement = NostroStatement.objects.create(file=stored, uploaded_at=at, uploaded_by=by)
    details = {"sha256": stored.sha256}
    audit.record("settlement.nostro_received", subject=statement.reference, by=by, at=at, details=details)
    jobs.ask("settlement.read_nostro", statement.reference, at=at)
    return statement


def read_nostro(reference: str, *, on: date, at: datetime) -> None:
    """Read a received file whole, or refuse it whole; run twice, it is read once.

    What it would do is foreseen then, and nothing is done before another person agrees.
    """
    statement = NostroStatement.objects.select_related("file").get(reference=reference)
    if statement.status != StatementStatus.READING:
        return
    with statement.file.open() as content:
        raw = content.read()
    try:
        if pain_report.is_report(raw):
            _keep_report(statement, pain_report.read(raw), at=at)
        else:
            _keep(statement, _whole(raw, name=statement.file.original_name, on=on), at=at)
    except StatementRefused as refusal:
        refuse_nostro(reference, refusal, at=at)
    else:
        foresee_nostro(reference, at=at)


def _whole(raw: bytes, *, name: str, on: date) -> ParsedStatement:
    """Parse a file and check all that could keep it from being booked.

    :raises StatementRefused: when anything in it is wrong.
    """
    if kinds.is_pdf(raw):
        raise StatementRefused("nostro_pdf")
    joined = joining.by_account(statements_of_file(raw, name=name, currency=settings.BANK_CURRENCY))
    if len(joined) != 1:
        raise StatementRefused("nostro_several")
    (whole,) = joined
    number = numbers.compact(whole.account_identifier)
    if number and numbers.bare(number) != numbers.bare(settings.NOSTRO_NUMBER):
        raise StatementRefused("nostro_other_account", number=number)
    if not LedgerAccount.objects.filter(purpose="nostro", currency=whole.currency).exists():
        raise StatementRefused("nostro_currency", currency=whole.currency)
    _check_lines(whole, on=on)
    for gap in whole.breaks:
        raise StatementRefused("nostro_does_not_roll", expected=str(gap.expected), stated=str(gap.stated))
    return whole


def _check_lines(whole: ParsedStatement, *, on: date) -> None:
    for line in whole.lines:
        if line.currency != whole.currency:
            raise StatementRefused("statement_currencies_mixed")
        if not is_exact(line.amount, line.currency):
            raise StatementRefused("nostro_amount", line=line.number, amount=str(line.amount))
        if line.booked_on > on:
            raise StatementRefused("nostro_future", line=line.number)


@transaction.atomic(durable=True)
def _keep(statement: NostroStatement, whole: ParsedStatement, *, at: datetime) -> None:
    """Record what a statement tells, once."""
    if not _is_unread(statement):
        return
    moving = [line for line in whole.lines if line.amount]
    NostroLine.objects.bulk_create([_row(statement, line) for line in moving], batch_size=BATCH)
    statement.format, statement.currency = whole.format, whole.currency
    statement.period_first, statement.period_last = whole.first_day, whole.last_day
    statement.opening_balance, statement.closing_balance = whole.opening_balance, whole.closing_balance
    _set_read(statement, lines=len(moving), at=at)


def _row(statement: NostroStatement, line: ParsedLine) -> NostroLine:
    return NostroLine(
        statement=statement,
        line_number=line.number,
        booked_on=line.booked_on,
        amount=line.amount,
        currency=line.currency,
        counterparty_name=line.counterparty_name,
        counterparty_number=line.counterparty_number,
        description=line.description,
        bank_reference=line.reference,
        end_to_end=line.end_to_end,
        return_reason=line.return_reason,
    )


@transaction.atomic(durable=True)
def _keep_report(statement: NostroStatement, verdicts: list[pain_report.Verdict], *, at: datetime) -> None:
    """Record what a report says of payments and files, once."""
    if not _is_unread(statement):
        return
    statement.format, statement.verdicts = "pain002", [asdict(each) for each in verdicts]
    _set_read(statement, lines=len(verdicts), at=at)


def _is_unread(statement: NostroStatement) -> bool:
    statement.refresh_from_db(from_queryset=NostroStatement.objects.locked())
    return statement.status == StatementStatus.READING and statement.read_at is None


def _set_read(statement: NostroStatement, *, lines: int, at: datetime) -> None:
    statement.line_count, statement.read_at = lines, at
    statement.save()
    details = {"format": statement.format, "lines": lines}
    audit.record("settlement.nostro_read", subject=statement.reference, by=None, at=at, details=details)


@transaction.atomic(durable=True)
def refuse_nostro(reference: str, refusal: StatementRefused, *, at: datetime) -> None:
    """Refuse a file with the reason; nothing of it is booked."""
    statement = NostroStatement.objects.locked().get(reference=reference)
    if statement.status != StatementStatus.READING:
        return
    statement.status = target_of(STATEMENT_TRANSITIONS, StatementEvent.REFUSE, statement.status)
    statement.read_at, statement.refusal_code, statement.refusal_params = at, refusal.code, refusal.params
    statement.save()
    details = {"code": refusal.code}
    audit.record("settlement.nostro_refused", subject=statement.reference, by=None, at=at, details=details)
