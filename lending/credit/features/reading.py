"""What the engines return, as figures that people and tables use. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from lending.credit.features.declared import FEATURES
from lending.credit.features.vocabulary import Unit

Reading = int | float | None
Features = dict[str, Reading]  # by code; plain JSON, so that a decision can store and replay it


def read(row: Mapping[str, float | None], *, minor_per_unit: int) -> Features:
    """Turn a row of minor units and floating numbers into figures: money in whole units and cents, counts whole."""
    return {
        feature.code: _figure(
            row[feature.code], is_money=feature.unit == Unit.MONEY, digits=feature.digits, per=minor_per_unit
        )
        for feature in FEATURES
    }


def _figure(value: float | None, *, is_money: bool, digits: int, per: int) -> Reading:
    if value is None:
        return None
    if is_money:
        return float(Decimal(int(value)) / per)
    return value if digits else int(value)
