"""What cards are learned from: a study that was brought in, or the bank's own book."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.core.management.base import OutputWrapper

from lending.credit.learning import doing
from lending.credit.learning.rows import LabeledRow, LearningRefused, too_telling
from lending.portfolio import queries
from lending.portfolio.queries import Scope

BOOK: Final = "book"
_EVER: Final = date(2000, 1, 1)


def rows_of(options: Mapping[str, Any], *, on: date) -> list[LabeledRow]:
    """Measure the cases of a study, or take those of the book, by the name "book", as they were decided.

    :raises LearningRefused: when there are none.
    """
    if options["dataset"] != BOOK:
        return doing.rows_of(options)
    scope = Scope(_EVER, options["as_of"] or on)
    rows = [
        LabeledRow(each.case, each.features, each.is_bad, each.as_of, each.segments)
        for each in queries.labeled_rows(scope, on=on)
    ]
    if not rows:
        raise LearningRefused("dataset_unknown", name=BOOK)
    return rows


def warn(rows: Sequence[LabeledRow], to: OutputWrapper) -> None:
    """Say which figures look as if the outcome had made them."""
    for code in too_telling(rows):
        to.write(
            f"{code} parts good from bad without an exception. Was it known on the day, and not made by the outcome?"
        )
