"""From labeled cases to rows: features by the one definition, as a decision would have seen them."""

from datetime import UTC, date, datetime
from typing import Final

from lending.credit import queries
from lending.credit.features import Features, requested
from lending.credit.learning.rows import LabeledRow, LearningRefused
from lending.credit.models import LabeledCase

_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
BATCH: Final = 100


def rows_of(dataset: str, *, as_of: date | None = None) -> list[LabeledRow]:
    """Measure every case of a data set that has an outcome, on its own day or on one day for all.

    :raises LearningRefused: when there is no such data set.
    """
    held = LabeledCase.objects.filter(dataset=dataset, is_bad__isnull=False).exclude(evidence_read_at=None)
    cases = list(held.order_by("pk"))
    if not cases:
        raise LearningRefused("dataset_unknown", name=dataset)
    features: dict[int, Features] = {}
    for start in range(0, len(cases), BATCH):
        some = cases[start : start + BATCH]
        asked = [queries.Case(each.pk, each.enterprise_id, as_of or each.as_of, _EVER) for each in some]
        features |= queries.features_of_cases(asked)
    for each in cases:
        terms = {"amount": each.requested_amount, "term_months": each.term_months}
        features[each.pk] |= requested(features[each.pk], **terms)
    return [
        LabeledRow(each.case, features[each.pk], bool(each.is_bad), as_of or each.as_of, each.segments)
        for each in cases
    ]
