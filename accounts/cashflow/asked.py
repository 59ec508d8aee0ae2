"""What a file asks, as a page shows it: the form to answer, and the table of what stands in the file."""

from typing import Any

from django.urls import reverse

from accounts.cashflow.forms import ColumnsForm, PasswordForm, ReadingForm, column_name
from accounts.cashflow.models import InvoiceLedger, StatementImport
from accounts.cashflow.questions import compared, readings
from accounts.statements.parsing.questions import COLUMNS, PASSWORD

Asking = StatementImport | InvoiceLedger


def form_of(asking: Asking, *data: Any) -> ColumnsForm | PasswordForm | ReadingForm:
    """Make the form that answers the question of a file."""
    action = reverse(f"{asking.page}_answer", args=[asking.enterprise.reference, asking.reference])
    if asking.question["kind"] == PASSWORD:
        return PasswordForm(*data, action=action)
    if asking.question["kind"] == COLUMNS:
        return ColumnsForm(asking.question, *data, columns=asking.columns, action=action)
    return ReadingForm(asking.question, *data, action=action)


def table_of(asking: Asking) -> dict[str, Any]:
    """Give a question's table: the first rows under the names of their columns, or the lines under each reading.

    A question about a password has none.
    """
    question = asking.question
    if question["kind"] == PASSWORD:
        return {"kind": PASSWORD}
    if question["kind"] == COLUMNS:
        width = max(len(row["cells"]) for row in question["rows"])
        rows = [(row["line"], [*row["cells"], *[""] * (width - len(row["cells"]))]) for row in question["rows"]]
        return {"kind": COLUMNS, "heads": [column_name(index) for index in range(width)], "rows": rows}
    heads = readings(question)
    lines = [row | {"read": list(zip(heads, row["read"], strict=True))} for row in compared(question)]
    return {"kind": question["kind"], "heads": heads, "rows": lines}
