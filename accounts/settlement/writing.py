"""Statements and receipts as files: CSV for a spreadsheet, PDF for people."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.settlement.models import CashMovement
from accounts.settlement.queries import Statement, StatementLine
from accounts.settlement.states import Way
from portal.core import formats, pdf

# A spreadsheet runs what begins like a formula; a text that does is told apart by an apostrophe.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel misreads Chinese


def safe(text: str) -> str:
    """Keep a spreadsheet from taking someone's text for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


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
        safe(line.text),
        line.amount,
        line.balance_after,
    ]


def as_pdf(statement: Statement, *, language: str, bank_name: str) -> bytes:
    """Write a statement on paper, in the language asked for."""
    with override(language):
        return pdf.render("statement", _paper(statement, bank_name), language=language)


def _paper(statement: Statement, bank_name: str) -> dict[str, object]:
    account = statement.account

    def money(amount: object) -> str:
        return formats.money(amount, account.currency) if amount is not None else ""  # type: ignore[arg-type]

    return {
        "title": _("Account statement"),
        "bank": bank_name,
        "facts": [
            [_("Account holder"), account.enterprise.legal_name],
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
        "page": _("Page"),
    }


def cash_receipt(movement: CashMovement, *, language: str, bank_name: str, branch: str, teller: str) -> bytes:
    """Write the receipt for cash at the counter: one page, two places to sign."""
    account = movement.settlement_account
    with override(language):
        paper = {
            "title": _("Receipt for cash paid in") if movement.way == Way.IN else _("Receipt for cash paid out"),
            "bank": bank_name,
            "amount": formats.money(movement.amount, account.currency),
            "facts": [
                [_("Reference"), movement.reference],
                [_("Account holder"), account.enterprise.legal_name],
                [_("Account number"), account.grouped_number],
                [_("Date"), formats.day(movement.effective_date)],
                [_("Branch"), branch],
                [_("Served by"), teller],
                [_("What for"), movement.text or "–"],
            ],
            "signatures": [_("For the bank"), _("Customer")],
        }
        return pdf.render("receipt", paper, language=language)
