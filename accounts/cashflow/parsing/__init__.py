"""Reading statement files: bytes in, finished statements out, or a refusal that says what is wrong and where. Pure."""

from accounts.cashflow.parsing.door import parse
from accounts.cashflow.parsing.invoices import ParsedInvoice, parse_invoices
from accounts.cashflow.parsing.refusals import StatementRefused
from accounts.cashflow.parsing.statement import BalanceBreak, ParsedLine, ParsedStatement

__all__ = [
    "BalanceBreak",
    "ParsedInvoice",
    "ParsedLine",
    "ParsedStatement",
    "StatementRefused",
    "parse",
    "parse_invoices",
]
