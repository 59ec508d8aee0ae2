"""Questions about a file as people see them: words, choices, and whether an answer is one. Pure but for the words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.statements.parsing.questions import AMOUNTS, COLUMNS, DATES, FIRST_ROW
from portal.core import formats

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
ROLES: Final[dict[str, str | Promise]] = {
    "date": _("Date"),
    "amount": _("Amount, with a minus for money out"),
    "direction": _("Whether it is money in or out"),
    "inflow": _("Money in"),
    "outflow": _("Money out"),
    "balance": _("Balance after the payment"),
    "counterparty": _("With whom"),
    "description": _("What for"),
    "reference": _("Reference"),
}
_LARGEST: Final = 2**31


def checked(question: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[str, Any]:
    """Tell what is wrong with an answer (a code, empty if nothing) and what is kept of it."""
    kind = question["kind"]
    if kind == COLUMNS:
        return _checked_columns(question, told.get(COLUMNS))
    allowed = {option["answer"] for option in question["options"]}
    answer = told.get(kind)
    return ("", answer) if isinstance(answer, str) and answer in allowed else ("answer_unknown", "")


def _checked_columns(question: Mapping[str, Any], told: object) -> tuple[str, dict[str, int]]:
    if not isinstance(told, Mapping) or not told.keys() <= {*ROLES, FIRST_ROW}:
        return "answer_unknown", {}
    if not all(type(value) is int and 0 <= value < _LARGEST for value in told.values()):
        return "answer_unknown", {}
    columns = {role: value for role, value in told.items() if role != FIRST_ROW}
    width = max(len(row["cells"]) for row in question["rows"])
    if any(value >= width for value in columns.values()):
        return "answer_unknown", {}
    if "date" not in columns or not ("amount" in columns or {"inflow", "outflow"} <= columns.keys()):
        return "answer_columns", {}
    if len(set(columns.values())) < len(columns):
        return "answer_columns_twice", {}
    return "", dict(told)


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
