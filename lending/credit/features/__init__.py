"""What the bank measures of an enterprise: each feature declared once, compiled to every engine."""

from lending.credit.features.compiled import (
    FEATURES_VERSION,
    book_sql,
    cases_sql,
    compiled_sql,
    tables_sql,
)
from lending.credit.features.declared import ALL_FEATURES, FEATURES, named, requested
from lending.credit.features.reading import Features, read
from lending.credit.features.vocabulary import Direction, Family, Feature, Topic

__all__ = [
    "ALL_FEATURES",
    "FEATURES",
    "FEATURES_VERSION",
    "Direction",
    "Family",
    "Feature",
    "Features",
    "Topic",
    "book_sql",
    "cases_sql",
    "compiled_sql",
    "named",
    "read",
    "requested",
    "tables_sql",
]
