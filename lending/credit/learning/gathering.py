"""From labeled cases to rows: features by the one definition, as a decision would have seen them."""

from lending.credit import queries
from lending.credit.learning.rows import LabeledRow
from lending.credit.models import LabeledCase


def rows_of(dataset: str) -> list[LabeledRow]:
    """Measure every case of a data set that has an outcome, on its day."""
    cases = LabeledCase.objects.filter(dataset=dataset, is_bad__isnull=False).exclude(evidence_read_at=None)
    return [
        LabeledRow(
            case=each.case,
            features=queries.features_of(each.enterprise, as_of=each.as_of),
            is_bad=bool(each.is_bad),
            as_of=each.as_of,
            segments=each.segments,
        )
        for each in cases.select_related("enterprise").order_by("pk")
    ]
