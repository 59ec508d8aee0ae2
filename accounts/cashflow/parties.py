"""Who stands on the other side of payments: whose account it is, otherwise whose name. Pure.

An account's number tells better than a name who somebody is: one name is spelled in many ways, and many share one. So
payments with one number are one party's, whatever each calls it, and where a payment tells only a name, it is the party
whose number goes with that name, if exactly one does. A number that goes with many names is nobody's own but a way
station, as of a wallet or of a bank's clearing; payments through it are told apart by name.

``lending.credit.features.parties`` declares the same for every engine; a test holds the two together.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from stdnum import iban

from accounts.settlement import numbers

MOST_NAMES: Final = 3  # spellings of one holder; more are several people's
FEWEST_DIGITS: Final = 6
_HIDDEN: Final = re.compile(
    r"[*•●#?]|x{2}|…|\.{2}|\d[.,]\d+e\+?\d", re.IGNORECASE
)  # in part, or rounded by a spreadsheet
_FIGURES: Final = re.compile(r"(?<![\w*•])\d+(?!\w)")
_ONLY_DIGITS: Final = re.compile(r"\d[\d /-]+\d")

Pair = tuple[str, str]  # an account's key and a name's, either of them empty where it is not told


@lru_cache(maxsize=20_000)
def whole_number(told: str) -> str:
    """Write an account's number (IBAN, bank code and number, card) in one way; empty where it is not told whole.

    Some banks write the currency behind an IBAN, which is the same account's without it.
    """
    text = unicodedata.normalize("NFKC", told).strip().removesuffix(".0")
    number = numbers.bare(re.sub(r"[\W_]+", "", text))
    if number[-3:].isalpha() and iban.is_valid(number[:-3]):
        number = number[:-3]
    is_one = number.isascii() and sum(map(str.isdigit, number)) >= FEWEST_DIGITS
    return number if is_one and not _HIDDEN.search(text) else ""


def number_and_name(number: str, name: str) -> tuple[str, str]:
    """Tell the whole number and the name apart, also where a bank writes the number in the place of the name."""
    told = _number_for_a_name(name)
    return whole_number(number) or told, "" if told else name


@lru_cache(maxsize=20_000)
def _number_for_a_name(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).strip()
    return whole_number(text) if _ONLY_DIGITS.fullmatch(text) or iban.is_valid(text) else ""


def masked(number: str) -> str:
    """Show the end of an account's number; a short one whole."""
    return f"•••• {number[-4:]}" if len(number) > 5 else number


def numbers_in(text: str) -> set[str]:
    """Find what may be whole numbers of accounts in a text, with and without the spaces and dashes within."""
    told = unicodedata.normalize("NFKC", text)
    return {whole_number(found) for form in (_FIGURES, _ONLY_DIGITS) for found in form.findall(told)} - {""}


class Parties:
    """The parties of an enterprise's payments, by what these tell of accounts and names."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._pairs = frozenset(pairs)
        names, accounts = defaultdict(set), defaultdict(set)
        for account, name in self._pairs:
            if account and name:
                names[account].add(name)
        self._shared = frozenset(account for account, told in names.items() if len(told) > MOST_NAMES)
        for account, name in self._pairs:
            if account and name and account not in self._shared:
                accounts[name].add(account)
        self._only = {name: min(told) for name, told in accounts.items() if len(told) == 1}

    def of(self, account: str, name: str) -> str:
        """Name the party of a payment; empty where nothing tells who it is."""
        if account and account not in self._shared:
            return account
        return self._only.get(name, name)

    def pairs_of(self, party: str) -> list[Pair]:
        """List what payments of a party tell of it."""
        return sorted(pair for pair in self._pairs if self.of(*pair) == party)
