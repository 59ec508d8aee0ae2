"""Statements and receipts as files: CSV for a spreadsheet, PDF for people, camt.053 for machines."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.identity.queries import name_on
from accounts.settlement.models import PaymentBatchLine, PaymentRequest
from accounts.settlement.queries import Statement, StatementLine
from accounts.statements import writing as camt
from accounts.statements.parsing import ParsedLine, ParsedStatement
from accounts.statements.parsing.statement import MAX_NAME, plain
from portal.core import formats, pdf
from portal.core.language import bank_name

# A spreadsheet runs what begins like a formula; a text that does is told apart by an apostrophe.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MEDIA_TYPES: Final = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8", "xml": "application/xml"}
BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel misreads Chinese


def safe(text: str) -> str:
    """Keep a spreadsheet from taking someone's text for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def as_file(statement: Statement, kind: str, *, language: str, at: datetime) -> bytes:
    """Write a statement as one of the kinds in ``MEDIA_TYPES``; ``xml`` is camt.053."""
    if kind == "csv":
        return as_csv(statement, language=language)
    if kind == "xml":
        return as_camt053(statement, language=language, at=at)
    return as_pdf(statement, language=language)


def file_name(statement: Statement, kind: str) -> str:
    """Name the file of a statement."""
    return f"statement-{statement.account.number}-{statement.first:%Y%m%d}-{statement.last:%Y%m%d}.{kind}"


def as_csv(statement: Statement, *, language: str) -> bytes:
    """Write a statement for a spreadsheet: a header, the opening balance, every line, the closing balance."""
    with override(language):
        header = [
            _("Date"),
            _("Reference"),
            _("What"),
            _("With whom"),
            _("Text"),
            _("Amount"),
            _("Balance"),
            _("Currency"),
        ]
        currency = statement.account.currency
        opening = [statement.first, "", _("Opening balance"), "", "", "", statement.opening_balance, currency]
        closing = [statement.last, "", _("Closing balance"), "", "", "", statement.closing_balance, currency]
        rows = [[*_csv_cells(line), currency] for line in statement.lines]
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([header, opening, *rows, closing])
    return (BYTE_ORDER_MARK + written.getvalue()).encode()


def _csv_cells(line: StatementLine) -> Sequence[object]:
    return [
        line.booked_on,
        line.reference,
        line.words,
        safe(line.counterparty),
        safe(line.told),
        line.amount,
        line.balance_after,
    ]


def as_pdf(statement: Statement, *, language: str) -> bytes:
    """Write a statement on paper, in the language asked for."""
    with override(language):
        return pdf.render("statement", _paper(statement), language=language)


def _paper(statement: Statement) -> dict[str, object]:
    account = statement.account
    holder = name_on(account.enterprise, statement.last)

    def money(amount: object) -> str:
        return formats.money(amount, account.currency) if amount is not None else ""  # type: ignore[arg-type]

    return {
        "title": _("Account statement"),
        "bank": bank_name(),
        "facts": [
            [_("Account holder"), holder],
            [_("Account number"), account.grouped_number],
            [_("Currency"), account.currency],
            [_("From"), formats.day(statement.first)],
            [_("To"), formats.day(statement.last)],
        ],
        "sums": [
            [_("Opening balance"), money(statement.opening_balance)],
            [_("Money in"), money(statement.total_in)],
            [_("Money out"), money(statement.total_out)],
            [_("Closing balance"), money(statement.closing_balance)],
        ],
        "columns": [_("Date"), _("What"), _("Money in"), _("Money out"), _("Balance")],
        "rows": [
            [
                formats.day(line.booked_on),
                line.words,
                line.details,
                money(line.amount_in),
                money(line.amount_out),
                money(line.balance_after),
            ]
            for line in statement.lines
        ],
        "nothing": _("Nothing moved in this period."),
        "again": [bank_name(), holder, account.grouped_number, formats.period(statement.first, statement.last)],
        "page": _("Page %(number)s of %(total)s"),
    }


def own_codes() -> list[tuple[str, str]]:
    """Name the codes by which other banks find this one, those that it has."""
    codes = [(_("CNAPS code of the bank"), settings.BANK_CNAPS), (_("BIC"), settings.BANK_BIC)]
    return [(label, code) for label, code in codes if code]


def payment_slip(request: PaymentRequest, *, code: str, language: str) -> bytes:
    """Write a request for payment on paper: what is asked for, the code, and what a payer elsewhere writes."""
    account = request.settlement_account
    with override(language):
        amount = formats.money(request.open_amount, account.currency) if request.amount else ""
        paper = {
            "title": _("Request for payment"),
            "bank": bank_name(),
            "payee": account.enterprise.legal_name,
            "amount": amount or _("The payer says how much"),
            "facts": [
                [_("Account holder"), account.enterprise.legal_name],
                [_("Account number"), account.grouped_number],
                [_("Bank"), bank_name()],
                *([label, code] for label, code in own_codes()),
                [_("Reference for the transfer"), request.grouped_reference],
                [_("To be paid by"), formats.day(request.due_date)],
                [_("What for"), request.text or formats.NOTHING],
            ],
            "scan": _("Scan the code, or open"),
            "address": request.address,
            "qr": code,
            "note": _("From another bank, transfer the amount and write the reference exactly as it stands here."),
        }
        return pdf.render("slip", paper, language=language)


def batch_template(*, language: str) -> bytes:
    """Write an empty workbook with the columns of a batch; as text, or account numbers would be rounded."""
    import openpyxl

    with override(language):
        head = [_("Name of the payee"), _("Account number"), _("Bank of the payee"), _("Amount"), _("What for")]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(head)
    for column, width in zip("ABCDE", (28, 28, 16, 14, 28), strict=True):
        sheet.column_dimensions[column].width = width
        for row in range(1, 201):
            sheet[f"{column}{row}"].number_format = "@" if column != "D" else "0.00"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def batch_report(lines: Sequence[PaymentBatchLine], *, currency: str) -> bytes:
    """Write what became of each line of a batch for a spreadsheet, in the active language."""
    header = [
        _("Line"),
        _("Payee"),
        _("Account number"),
        _("Bank of the payee"),
        _("Amount"),
        _("Currency"),
        _("What for"),
        _("Status"),
        _("Reference"),
    ]
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(header)
    for line in lines:
        amount = safe(line.written_amount) if line.amount is None else line.amount
        paid = line.instruction
        rows.writerow(
            [
                line.line,
                safe(line.name),
                safe(line.number),
                safe(line.bank_code),
                amount,
                currency,
                safe(line.text),
                line.problem or (paid.state.label if paid else ""),
                paid.reference if paid else "",
            ]
        )
    return (BYTE_ORDER_MARK + written.getvalue()).encode()


def as_parsed(statement: Statement) -> ParsedStatement:
    """Tell a statement as a reader of its file would have it: what happened stands before what was written."""
    account = statement.account
    lines = [
        ParsedLine(
            number=number,
            booked_on=line.booked_on,
            amount=line.amount,
            currency=account.currency,
            counterparty_name=plain(line.counterparty, MAX_NAME),
            description=plain(line.text or line.words),
            reference=line.reference,
        )
        for number, line in enumerate(statement.lines, start=1)
    ]
    return ParsedStatement(
        format="camt053",
        account_identifier=account.number,
        holder_name=plain(name_on(account.enterprise, statement.last), MAX_NAME),
        currency=account.currency,
        opening_balance=statement.opening_balance,
        closing_balance=statement.closing_balance,
        lines=lines,
    )


def as_camt053(statement: Statement, *, language: str, at: datetime) -> bytes:
    """Write a statement as camt.053 version 8, which reads back as the same statement."""
    with override(language):
        told = as_parsed(statement)
    message_id = f"{statement.account.reference}-{statement.first:%y%m%d}-{statement.last:%y%m%d}"
    return camt.as_camt053(told, message_id=message_id, created_at=at)
