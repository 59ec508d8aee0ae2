"""Questions about a file as people see them: words, choices, and whether an answer is one. Pure but for the words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.statements.parsing.questions import AMOUNTS, COLUMNS, DATES, FIRST_ROW
from portal.core import formats
from portal.core.refusals import Refusal, register

WORDS: Final[dict[str, dict[str, str | Promise]]] = {
    DATES: {
        "dmy": _("Day, month, year"),
        "mdy": _("Month, day, year"),
        "short": _("Year, month, day"),
        "ymd": _("Year, month, day"),
        "compact": _("Year, month, day"),
    },
    AMOUNTS: {
        "point": _("The point stands before the cents: 1,234.50"),
        "comma": _("The comma stands before the cents: 1.234,50"),
    },
}


@dataclass(frozen=True)
class Columns:
    """What the columns of a kind of file can hold, and which of them must be told (one of the sets)."""

    first_row: str | Promise
    roles: Mapping[str, str | Promise]
    needed: tuple[frozenset[str], ...]
    refusal: str

    @property
    def always_needed(self) -> frozenset[str]:
        """The roles without which no such file can be read."""
        return frozenset.intersection(*self.needed)


_STATEMENT_ROLES: Final[dict[str, str | Promise]] = {
    "date": _("Date"),
    "amount": _("Amount, with a minus for money out"),
    "direction": _("Whether it is money in or out"),
    "kind": _("Kind of payment, or debit and credit"),
    "inflow": _("Money in"),
    "outflow": _("Money out"),
    "balance": _("Balance after the payment"),
    "counterparty": _("With whom"),
    "description": _("What for"),
    "reference": _("Reference"),
}
_LEDGER_ROLES: Final[dict[str, str | Promise]] = {
    "number": _("Invoice number"),
    "date": _("Date"),
    "counterparty": _("With whom"),
    "seller": _("Seller"),
    "buyer": _("Buyer"),
    "net": _("Net amount"),
    "tax": _("Tax"),
    "gross": _("Total with tax"),
    "direction": _("Whether it is a sale or a purchase"),
    "valid": _("Whether it is valid"),
}
STATEMENT_COLUMNS: Final = Columns(
    _("In which line does the first payment stand?"),
    _STATEMENT_ROLES,
    (frozenset({"date", "amount"}), frozenset({"date", "inflow", "outflow"})),
    "answer_columns",
)
LEDGER_COLUMNS: Final = Columns(
    _("In which line does the first invoice stand?"),
    _LEDGER_ROLES,
    (frozenset({"number", "date", "gross"}), frozenset({"number", "date", "net", "tax"})),
    "answer_ledger_columns",
)
_LARGEST: Final = 2**31
register(
    {
        "answer_unknown": _("Choose one of the answers shown."),
        "answer_columns": _("Say which column holds the date, and which the amount, or money in and money out."),
        "answer_ledger_columns": _(
            "Say which columns hold the invoice number and the date, "
            "and which the total, or the net amount and the tax."
        ),
        "answer_not_recalled": _("This file was not read by an earlier answer."),
        "answer_columns_twice": _("Each column can be one thing only."),
    }
)


class AnswerRefused(Refusal):
    """The answer is none of those that the question allows."""

    code = "answer_unknown"


def kept(question: Mapping[str, Any], told: Mapping[str, Any], *, columns: Columns) -> tuple[str, Any]:
    """Give the kind of a question and what is kept of its answer.

    :param columns: what those of such a file can hold.
    :raises AnswerRefused: when it is no answer to the question.
    """
    kind = question["kind"]
    if kind == COLUMNS:
        return kind, _columns_of(question, told.get(COLUMNS), columns)
    allowed = {option["answer"] for option in question.get("options", ())}
    answer = told.get(kind)
    if not isinstance(answer, str) or answer not in allowed:
        raise AnswerRefused
    return kind, answer


def _columns_of(question: Mapping[str, Any], told: object, columns: Columns) -> dict[str, int]:
    if not isinstance(told, Mapping) or not told.keys() <= {*columns.roles, FIRST_ROW}:
        raise AnswerRefused
    if not all(type(value) is int and 0 <= value < _LARGEST for value in told.values()):
        raise AnswerRefused
    named = {role: value for role, value in told.items() if role != FIRST_ROW}
    width = max(len(row["cells"]) for row in question["rows"])
    if any(value >= width for value in named.values()):
        raise AnswerRefused
    if not any(needed <= named.keys() for needed in columns.needed):
        raise AnswerRefused(columns.refusal)
    if len(set(named.values())) < len(named):
        raise AnswerRefused("answer_columns_twice")
    return dict(told)


def readings(question: Mapping[str, Any]) -> list[str]:
    """Name the readings of a question, in the active language."""
    return [str(WORDS[question["kind"]][option["answer"]]) for option in question["options"]]


def compared(question: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the lines that a question shows: the line's number, what stands there, and how each reading reads it."""
    kind, examples = question["kind"], [option["examples"] for option in question["options"]]
    return [
        {"line": same[0]["line"], "written": same[0]["written"], "read": [_said(kind, each["read"]) for each in same]}
        for same in zip(*examples, strict=True)
    ]


def _said(kind: str, read: str) -> str:
    return formats.day(date.fromisoformat(read)) if kind == DATES else formats.number(Decimal(read))
