"""Which bank a code belongs to: BICs, and the twelve digits of China's payment system (CNAPS). Pure but for a table.

The table holds banks that people in China pay at; the names of others come from the registry that ``schwifty`` keeps,
which has none of China's. The first three digits of a CNAPS code name the bank, or the kind of bank where many share
them; the last one checks the others by ISO 7064 MOD 11,10, as the published codes of head offices show.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.translation import get_language
from schwifty import BIC
from schwifty.exceptions import InvalidCountryCode, SchwiftyException
from stdnum import iban
from stdnum.iso7064 import mod_11_10

FILE: Final = Path(__file__).parent / "banks.csv"
CNAPS_DIGITS: Final = 12
OF_A_BANK: Final = 6  # letters of a BIC that name the bank and its country; the rest is a place and a branch
PLACE: Final = re.compile(r"[A-Z2-9][A-NP-Z0-9]")  # the next two of it, as pain.001 in version 3 takes them
OUTSIDE_ISO: Final = frozenset({"XK"})  # Kosovo has BICs and IBANs, and no code of ISO 3166
UNDER_IBANS_OF: Final = {  # banks of places whose accounts bear another country's IBAN (EPC409-09)
    "FR": frozenset({"BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"}),
    "GB": frozenset({"GG", "IM", "JE"}),
    "FI": frozenset({"AX"}),
}


@dataclass(frozen=True)
class Bank:
    """A bank, or a kind of banks that has no code of its own, in both languages."""

    bic: str
    cnaps: str
    name_en: str
    name_zh: str
    short_zh: str

    @property
    def name(self) -> str:
        """Its name in the active language."""
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


@cache
def _table() -> tuple[Bank, ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Bank(**row) for row in csv.DictReader(file))


@cache
def _codes() -> dict[str, str]:
    return {
        _plain(name): bank.bic for bank in offered() for name in (bank.name_en, bank.name_zh, bank.short_zh) if name
    }


def offered() -> list[Bank]:
    """List the banks that can be chosen by name."""
    return [bank for bank in _table() if bank.bic]


def _plain(text: str) -> str:
    return "".join(text.casefold().split()).replace("-", "")


def code_of(text: str) -> str:
    """Give the code of the bank that a text names, or the text itself as a code would be written; empty is empty."""
    return _codes().get(_plain(text)) or "".join(text.split()).replace("-", "").upper()


def is_valid(code: str) -> bool:
    """Tell whether a code may be a BIC, by its form and country, or is a CNAPS code by its form and check digit."""
    return is_cnaps(code) or _is_bic(code)


def _is_bic(code: str) -> bool:
    if not PLACE.match(code, OF_A_BANK):
        return False
    try:
        BIC(code, enforce_swift_compliance=True)
    except InvalidCountryCode:
        return code[OF_A_BANK - 2 : OF_A_BANK] in OUTSIDE_ISO
    except SchwiftyException:
        return False
    return True


def agrees(code: str, number: str) -> bool:
    """Tell whether a bank and an account may be one country's: a BIC and an IBAN, of which each names its country."""
    if is_cnaps(code) or not iban.is_valid(number):
        return True
    of_bank, of_account = code[OF_A_BANK - 2 : OF_A_BANK], number[:2]
    return of_bank == of_account or of_bank in UNDER_IBANS_OF.get(of_account, ())


def is_cnaps(code: str) -> bool:
    """Tell whether a code is one of China's payment system."""
    return len(code) == CNAPS_DIGITS and code.isascii() and code.isdigit() and bool(mod_11_10.is_valid(code))


def name_of(code: str) -> str:
    """Name the bank of a code in the active language; empty if nobody knows it."""
    if is_cnaps(code):
        return next((bank.name for bank in _table() if bank.cnaps and code.startswith(bank.cnaps)), "")
    known = next((bank.name for bank in offered() if bank.bic[:OF_A_BANK] == code[:OF_A_BANK]), "")
    return known or _registered(code)


def _registered(code: str) -> str:
    try:
        names: list[str] = BIC(code).bank_names
    except SchwiftyException:
        return ""
    return names[0] if names else ""


def told(code: str) -> str:
    """Write a bank as people read it: its name with its code, or the code alone."""
    name = name_of(code)
    return f"{name} · {code}" if name else code
