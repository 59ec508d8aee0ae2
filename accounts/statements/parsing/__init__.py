"""Reading statement files: bytes in, finished statements out, or a refusal that says what is wrong and where. Pure."""

from accounts.statements.parsing.door import parse
from accounts.statements.parsing.invoice import ParsedInvoice
from accounts.statements.parsing.invoices import parse_invoices
from accounts.statements.parsing.questions import Answers, Question
from accounts.statements.parsing.refusals import StatementRefused
from accounts.statements.parsing.statement import BalanceBreak, ParsedLine, ParsedStatement

__all__ = [
    "Answers",
    "BalanceBreak",
    "ParsedInvoice",
    "ParsedLine",
    "ParsedStatement",
    "Question",
    "StatementRefused",
    "parse",
    "parse_invoices",
]
