"""Invoice ledgers: lists as CSV or XLSX, as accounting programs and the tax office export them; invoices themselves."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

from accounts.statements.parsing import kinds, lists, spreadsheet, table
from accounts.statements.parsing.delimited import currency_of
from accounts.statements.parsing.documents import door
from accounts.statements.parsing.figures import Told, amount_reader, dates
from accounts.statements.parsing.headers import (
    CREDITED,
    INVOICES,
    NOT_POSITIVE,
    PURCHASES,
    SALES,
    STATEMENT,
    VALID,
    VOID,
    squeezed,
)
from accounts.statements.parsing.invoice import YEARS, ParsedInvoice, coded, credit_code, number_of
from accounts.statements.parsing.questions import NOTHING_ANSWERED, Answers
from accounts.statements.parsing.refusals import refused
from accounts.statements.parsing.statement import MAX_BYTES, MAX_NAME, plain
from accounts.statements.parsing.table import Row, Table

_NEEDED: Final = tuple(
    frozenset({number, "date", *amounts})
    for number in ("number", "e_number")
    for amounts in (("net", "tax"), ("gross",))
)
# what heads a bank statement and no list of invoices
_STATEMENT: Final = (frozenset({"date", "inflow", "outflow"}), frozenset({"date", "amount", "balance"}))


def parse_invoices(
    content: bytes, *, name: str, currency: str = "CNY", answers: Answers = NOTHING_ANSWERED
) -> list[ParsedInvoice]:
    """Read a list of invoices, one invoice, or a ZIP of them; ``name`` is for the records only.

    :raises StatementRefused: when the heading, a date, an amount or a state cannot be read for certain. Where an answer
        would settle it, it has a question.
    """
    if len(content) > MAX_BYTES:
        raise refused("statement_too_large")
    if not content.strip():
        raise refused("statement_empty", name=name)
    if door.recognizes(content):
        return door.read(content)
    if not spreadsheet.is_spreadsheet(content) and kinds.why_refused(content) not in {"", "statement_spreadsheet"}:
        raise refused("invoice_wrong_type")
    found = _table(content, answers)
    days = dates([(row.line, row.get("date")) for row in found.rows], order=answers.dates)
    figures = ((row.line, row.get(role)) for row in found.rows for role in ("net", "tax", "gross") if row.get(role))
    read_amount = amount_reader(figures, mark=answers.amounts)
    return [_invoice(row, day, read_amount, currency) for row, day in zip(found.rows, days, strict=True)]


def _table(content: bytes, answers: Answers) -> Table:
    with table.unless("invoices_are_statement", STATEMENT, _STATEMENT):
        return lists.read(content, INVOICES, needed=_NEEDED, headless="ledger_no_header", answers=answers)


def _invoice(row: Row, day: date, read_amount: Callable[[Told], Decimal], currency: str) -> ParsedInvoice:
    number, code = number_of(row.get("e_number")), ""
    if not number:
        code, number = coded(row.get("code"), number_of(row.get("number")))
    if not number:
        raise refused("invoice_number_missing", line=row.line)
    if day.year not in YEARS:
        raise refused("date_wrong", line=row.line, value=row.get("date"))
    net, tax, gross = _amounts(row, read_amount)
    is_valid, is_credited = _state(row)
    if is_credited:
        net, tax, gross = -abs(net), -abs(tax), -abs(gross)
    return ParsedInvoice(
        number=number,
        issued_on=day,
        counterparty_name=_only_other(row),
        net_amount=net,
        tax_amount=tax,
        gross_amount=gross,
        currency=currency_of((row.line, row.get("currency"))) if row.get("currency") else currency,
        direction=_direction(row),
        is_valid=is_valid,
        is_credit_note=is_credited or gross < 0,
        seller_name=plain(row.get("seller"), MAX_NAME),
        buyer_name=plain(row.get("buyer"), MAX_NAME),
        seller_number=credit_code(row.get("seller_number")),
        buyer_number=credit_code(row.get("buyer_number")),
        code=code,
        is_tax_assumed=not row.get("tax") and not (row.get("net") and row.get("gross")),
    )


def _only_other(row: Row) -> str:
    """Name the counterparty where the file names no more than one side."""
    sides = [row.get(role) for role in ("seller", "buyer") if row.get(role)]
    other = row.get("counterparty") or (sides[0] if len(sides) == 1 else "")
    return plain(other, MAX_NAME)


def _amounts(row: Row, read_amount: Callable[[Told], Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    told = {role: read_amount((row.line, row.get(role))) for role in ("net", "tax", "gross") if row.get(role)}
    if "gross" not in told and "net" not in told:
        raise refused("amount_missing", line=row.line)
    tax = told.get("tax")
    if tax is None:
        tax = told["gross"] - told["net"] if {"gross", "net"} <= told.keys() else Decimal(0)
    net = told.get("net", told.get("gross", tax) - tax)
    gross = told.get("gross", net + tax)
    if net + tax != gross:
        raise refused("invoice_does_not_add_up", line=row.line, expected=f"{net + tax:,.2f}", found=f"{gross:,.2f}")
    return net, tax, gross


def _state(row: Row) -> tuple[bool, bool]:
    told = squeezed(row.get("valid"))
    is_red = squeezed(row.get("positive")) in NOT_POSITIVE
    if told in CREDITED:
        return True, True
    if not told or told in VALID:
        return True, is_red
    if told in VOID:
        return False, False
    raise refused("invoice_validity_wrong", line=row.line, value=row.get("valid"))


def _direction(row: Row) -> str:
    told = squeezed(row.get("direction"))
    if told in SALES:
        return "sale"
    if told in PURCHASES:
        return "purchase"
    if told:
        raise refused("direction_wrong", line=row.line, value=row.get("direction"))
    return ""
