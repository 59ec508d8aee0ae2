"""Account numbers: fourteen digits and two that check them (ISO 7064 MOD 97-10); and how any is written. Pure."""

import re
import secrets
import unicodedata
from typing import Final

from schwifty import IBAN
from schwifty.exceptions import InvalidCountryCode
from stdnum.iso7064 import mod_97_10

BODY_DIGITS: Final = 14
_BETWEEN: Final = re.compile(r"[\s\u2010-\u2015\u2212\u200b-]+")


def new_number() -> str:
    """Make a random number that does not begin with zero, its check digits at the end."""
    body = str(10 ** (BODY_DIGITS - 1) + secrets.randbelow(9 * 10 ** (BODY_DIGITS - 1)))
    return body + str(mod_97_10.calc_check_digits(body))


def iban_of(serial: int, *, country: str, bank_code: str) -> str:
    """Give an account its IBAN by its serial number in the bank; none where the country has none, as China.

    The national account number is the serial number, filled up with zeros to the country's length.
    """
    try:
        return str(IBAN.generate(country, bank_code=bank_code, account_code=str(serial)))
    except InvalidCountryCode:
        return ""


def compact(text: str) -> str:
    """Drop the blanks and hyphens that people put between the digits; letters are large."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def bare(text: str) -> str:
    """Write a number in the one form in which two are compared, and ours are kept.

    Zeros at the beginning are left out: a spreadsheet drops them, and a bank fills numbers up with them.
    """
    number = compact(text)
    return number.lstrip("0") if number.isdigit() else number


def is_valid(number: str) -> bool:
    """Tell whether a number is of our form and its check digits fit: every single slip and swap is noticed."""
    return len(number) == BODY_DIGITS + 2 and number.isascii() and number.isdigit() and mod_97_10.is_valid(number)


def grouped(number: str) -> str:
    """Write a number in groups of four, as people read it."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
