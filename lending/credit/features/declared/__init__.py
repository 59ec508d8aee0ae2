"""Every feature, in the order in which pages show them."""

from lending.credit.features.declared import bank, invoices
from lending.credit.features.vocabulary import Feature

FEATURES: tuple[Feature, ...] = (*bank.FEATURES, *invoices.FEATURES)
_BY_CODE = {feature.code: feature for feature in FEATURES}


def named(code: str) -> Feature:
    """Find the feature of a code.

    :raises KeyError: when no feature has it.
    """
    return _BY_CODE[code]
