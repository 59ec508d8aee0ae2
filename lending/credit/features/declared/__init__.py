"""Every feature, in the order in which pages show them."""

from lending.credit.features.declared import bank, invoices
from lending.credit.features.declared.request import OF_REQUEST, REQUESTED, requested
from lending.credit.features.vocabulary import Feature

FEATURES: tuple[Feature, ...] = (*bank.FEATURES, *invoices.FEATURES)  # measured of evidence
ALL_FEATURES: tuple[Feature, ...] = (*FEATURES, *REQUESTED)  # what a card may read
_BY_CODE = {feature.code: feature for feature in ALL_FEATURES}

__all__ = ["ALL_FEATURES", "FEATURES", "OF_REQUEST", "named", "requested"]


def named(code: str) -> Feature:
    """Find the feature of a code.

    :raises KeyError: when no feature has it.
    """
    return _BY_CODE[code]
