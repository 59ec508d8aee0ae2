"""Money is ``Decimal``, and this is the only place that rounds it."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final

DEFAULT_CURRENCY: Final = "CNY"
CONTRACT_DIGITS: Final = 2  # no contract is finer, whatever the currency: what it owes is kept in hundredths
# ISO 4217 minor units where they are not two.
MINOR_DIGITS: Final = {
    "BHD": 3, "CLP": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0,
    "RWF": 0, "TND": 3, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip


def digits(currency: str = DEFAULT_CURRENCY) -> int:
    """Tell how many decimal digits the currency's minor unit has."""
    return MINOR_DIGITS.get(currency, 2)


def rounded(amount: Decimal, currency: str = DEFAULT_CURRENCY, *, halves: str = ROUND_HALF_UP) -> Decimal:
    """Round an amount to the currency's minor unit; halves go away from zero unless a contract says otherwise."""
    return amount.quantize(_unit(digits(currency)), rounding=halves)


def contracted(amount: Decimal, currency: str = DEFAULT_CURRENCY, *, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Round an amount that a loan's contract asks for, or that is paid on it: as ``rounded``, in hundredths at most."""
    return amount.quantize(_unit(min(digits(currency), CONTRACT_DIGITS)), rounding=rounding)


@cache
def _unit(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def is_exact(amount: Decimal, currency: str = DEFAULT_CURRENCY) -> bool:
    """Tell whether an amount has no part smaller than the minor unit."""
    return amount.is_finite() and amount == amount.quantize(_unit(digits(currency)))


def minor_units(amount: Decimal, currency: str = DEFAULT_CURRENCY) -> int:
    """Express an amount as a whole number of minor units.

    :raises ValueError: when the amount has a part smaller than the minor unit.
    """
    if not is_exact(amount, currency):
        raise ValueError(f"{amount} is not a whole number of {currency} minor units")
    return int(amount.scaleb(digits(currency)))


def from_minor(minor: int, currency: str = DEFAULT_CURRENCY) -> Decimal:
    """Express a whole number of minor units as an amount."""
    return Decimal(minor).scaleb(-digits(currency))
