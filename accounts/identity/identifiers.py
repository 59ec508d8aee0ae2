"""How an enterprise is identified: the Unified Social Credit Code of a firm, the number of a farm household.

A farm household's number has eighteen digits: twelve of the village (the national division code of statistics: six of
the county, three of the town, three of the village), five that count the households of that village, and one check
digit by ISO 7064 MOD 11,10 over the seventeen before it.
"""

import re
import unicodedata
from typing import Any, Final

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

USCC: Final = "uscc"
FARM_HOUSEHOLD: Final = "farm_household"
LENGTH: Final = 18
_DIGITS: Final = "0123456789"
_USCC_DIGITS: Final = 8  # authority, kind and region come first
_USCC_SIGNS: Final = _DIGITS + "ABCDEFGHJKLMNPQRTUWXY"
_HOUSEHOLD: Final = re.compile(r"[1-9][0-9]{17}")
_CARD: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
_PASSPORT: Final = re.compile(r"[A-Z0-9]{5,17}")
_BETWEEN: Final = re.compile(r"[\s.·_-]+")


def normalized(kind: str, text: str) -> str | None:
    """Write an identifier in its one form, or none when it is not one: full-width signs, spaces and hyphens may occur.

    :param kind: ``"uscc"`` or ``"farm_household"``.
    """
    told = compact(text)
    if kind == USCC:
        return _uscc(told)
    return told if is_household_number(told) else None


def compact(text: str) -> str:
    """Drop what people put between digits and letters, and make full-width ones plain."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def _uscc(told: str) -> str | None:
    try:
        return str(uscc.validate(told))
    except ValidationError:
        return None


def is_household_number(digits: str) -> bool:
    """Tell whether this is a farm household's number: eighteen digits whose last one checks the others."""
    return bool(_HOUSEHOLD.fullmatch(digits)) and bool(mod_11_10.is_valid(digits))


def fault_in(kind: str, text: str) -> tuple[str, dict[str, Any]]:
    """Say what is surely wrong with what is no identifier: its length, or a character that cannot stand at its place.

    A check digit that does not fit tells of no character, for any of them may be the wrong one.
    """
    told = compact(text)
    if len(told) != LENGTH:
        return "identifier_length", {"typed": len(told), "needed": LENGTH}
    for place, sign in enumerate(told, start=1):
        if sign not in (_USCC_SIGNS if kind == USCC and place > _USCC_DIGITS else _DIGITS):
            return "identifier_character", {"place": place, "sign": sign}
    return "identifier_invalid", {}


def household_number(village: str, household: int) -> str:
    """Make the number of a household.

    :param village: the twelve digits of the village's division code.
    :param household: its place among the village's households, 1 to 99999.
    """
    body = f"{village}{household:05d}"
    assert len(body) == 17, "a village has twelve digits and at most 99999 households"
    return body + str(mod_11_10.calc_check_digit(body))


def normalized_person(text: str) -> str | None:
    """Write a person's number in its one form: a resident identity card's eighteen signs, or that of a passport."""
    told = compact(text)
    if _CARD.fullmatch(told):
        return told if ric.is_valid(told) else None
    return told if _PASSPORT.fullmatch(told) else None


def birth_year_of(number: str) -> int | None:
    """Read the year of birth from an identity card's number; a passport's tells none."""
    return int(number[6:10]) if _CARD.fullmatch(number) else None
