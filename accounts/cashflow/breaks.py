"""Breaks between balances and lines: as they are kept beside a statement, and as sentences for whoever reads it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.statements.parsing import BalanceBreak
from portal.core import formats

MOST_KEPT: Final = 20
SENTENCES: Final[dict[str, str | Promise]] = {
    "after_line": _(
        "Line %(line)s: after this payment the balance should be %(expected)s, but the file says %(stated)s."
    ),
    "closing_on_line": _(
        "Line %(line)s: from %(opening)s the payments lead to %(expected)s, but the file closes with %(stated)s."
    ),
    "closing_of_statement": _(
        "Statement %(statement)s of the file: from %(opening)s the payments lead to %(expected)s, "
        "but it closes with %(stated)s."
    ),
}


def as_data(found: Sequence[BalanceBreak], *, file_format: str) -> list[dict[str, Any]]:
    """Write the first breaks of a file as plain JSON: a code, the place, and the amounts as text."""
    return [_datum(each, is_numbered=file_format.startswith("camt")) for each in found[:MOST_KEPT]]


def _datum(each: BalanceBreak, *, is_numbered: bool) -> dict[str, Any]:
    amounts = {"expected": str(each.expected), "stated": str(each.stated)}
    if each.opening is None:
        return {"code": "after_line", "line": each.place, **amounts}
    amounts["opening"] = str(each.opening)
    if is_numbered:
        return {"code": "closing_of_statement", "statement": each.place, **amounts}
    return {"code": "closing_on_line", "line": each.place, **amounts}


def sentence(datum: Mapping[str, Any], *, currency: str) -> str:
    """Say one break in the active language."""
    amounts = {
        name: formats.money(Decimal(datum[name]), currency)
        for name in ("opening", "expected", "stated")
        if name in datum
    }
    return str(SENTENCES[datum["code"]]) % {**datum, **amounts}
