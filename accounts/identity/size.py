"""The size class of an enterprise by China's statistical standard for small and medium enterprises.

Source: Regulations on the standards for classifying small and medium enterprises (MIIT 2011 No. 300), section 4.
An enterprise is of a class when it reaches the class's floor in every measure the standard names for its industry; it
is micro when it misses either floor of "small". Revenue is in yuan a year. Industry groups are ISIC sections,
agriculture by revenue alone. Larger ones are outside this bank's customers and are shown as medium.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

MILLION: Final = Decimal(1_000_000)


class SizeClass(StrEnum):
    """How large an enterprise is."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"


class Floors(NamedTuple):
    """Least employees and yearly revenue (millions of yuan) to be small, and to be medium."""

    small_employees: int
    small_revenue: Decimal
    medium_employees: int
    medium_revenue: Decimal


def _floors(small_employees: int, small_revenue: str, medium_employees: int, medium_revenue: str) -> Floors:
    return Floors(small_employees, Decimal(small_revenue), medium_employees, Decimal(medium_revenue))


BY_SECTION: Final = {
    "A": _floors(0, "0.5", 0, "5"),
    "C": _floors(20, "3", 300, "20"),
    "F": _floors(0, "3", 0, "60"),
    "G": _floors(10, "1", 50, "5"),
    "H": _floors(20, "2", 300, "30"),
    "I": _floors(10, "1", 100, "20"),
    "J": _floors(10, "0.5", 100, "10"),
}
WHOLESALE: Final = _floors(5, "10", 20, "50")
INDUSTRIAL: Final = BY_SECTION["C"]
OTHERS: Final = _floors(10, "0", 100, "0")  # by employees alone


def size_class(*, section: str, division: str, employees: int, annual_revenue: Decimal) -> SizeClass:
    """Classify an enterprise.

    :param section: ISIC section letter, e.g. ``"G"``.
    :param division: ISIC division, two digits; ``"46"`` is wholesale.
    :param employees: people who work there, the owner included.
    :param annual_revenue: yuan a year.
    """
    floors = floors_of(section, division)
    if _reaches(floors.medium_employees, floors.medium_revenue, employees, annual_revenue):
        return SizeClass.MEDIUM
    if _reaches(floors.small_employees, floors.small_revenue, employees, annual_revenue):
        return SizeClass.SMALL
    return SizeClass.MICRO


def floors_of(section: str, division: str) -> Floors:
    """Tell the floors that hold for an industry."""
    if division == "46":
        return WHOLESALE
    if section in {"B", "D", "E"}:
        return INDUSTRIAL
    return BY_SECTION.get(section, OTHERS)


def _reaches(employees_floor: int, revenue_floor: Decimal, employees: int, revenue: Decimal) -> bool:
    return employees >= employees_floor and revenue >= revenue_floor * MILLION
