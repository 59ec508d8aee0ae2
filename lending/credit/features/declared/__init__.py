"""Every feature, in the order in which pages show them."""

from lending.credit.features.declared import (
    bank_duties,
    bank_flow,
    bank_parties,
    bank_years,
    invoice_order,
    invoice_parties,
    invoice_rhythm,
    invoice_sales,
    invoice_years,
)
from lending.credit.features.declared.request import OF_REQUEST, REQUESTED, requested
from lending.credit.features.vocabulary import Feature

FEATURES: tuple[Feature, ...] = (  # measured of evidence
    *bank_flow.FLOW,
    *bank_flow.VOLATILITY,
    *bank_flow.BUFFERS,
    *bank_parties.PARTIES,
    *bank_duties.DUTIES,
    *bank_duties.TENURE,
    *bank_years.YEARS,
    *invoice_sales.SALES,
    *invoice_parties.PARTIES,
    *invoice_order.ORDER,
    *invoice_rhythm.RHYTHM,
    *invoice_parties.HABITS,
    *invoice_order.CORRECTIONS,
    *invoice_years.YEARS,
)
ALL_FEATURES: tuple[Feature, ...] = (*FEATURES, *REQUESTED)  # what a card may read
_BY_CODE = {feature.code: feature for feature in ALL_FEATURES}

__all__ = ["ALL_FEATURES", "FEATURES", "OF_REQUEST", "named", "requested"]


def named(code: str) -> Feature:
    """Find the feature of a code.

    :raises KeyError: when no feature has it.
    """
    return _BY_CODE[code]
