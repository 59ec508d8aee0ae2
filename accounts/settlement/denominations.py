"""The notes and coins that cash is counted in: pure data, and the sum over it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from portal.core.money import rounded

# What is legal tender, largest first; the coins of a fen and a fils too, so that every amount can be counted.
DENOMINATIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "CNY": ("100", "50", "20", "10", "5", "1", "0.50", "0.10", "0.05", "0.02", "0.01"),
    "EUR": ("500", "200", "100", "50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05", "0.02", "0.01"),
    "JPY": ("10000", "5000", "2000", "1000", "500", "100", "50", "10", "5", "1"),
    "KWD": ("20", "10", "5", "1", "0.500", "0.250", "0.100", "0.050", "0.020", "0.010", "0.005", "0.001"),
}


def total(pieces: Mapping[str, int], currency: str) -> Decimal:
    """Sum what was counted, in the currency's smallest unit.

    :raises ValueError: when a piece is none of the currency's, or a number of pieces is negative.
    """
    known = DENOMINATIONS.get(currency, ())
    if any(face not in known or number < 0 for face, number in pieces.items()):
        raise ValueError(f"{dict(pieces)} are not pieces of {currency}")
    return rounded(sum((Decimal(face) * number for face, number in pieces.items()), Decimal(0)), currency)
