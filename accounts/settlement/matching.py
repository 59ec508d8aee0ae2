"""What a line of the nostro account is about: references and account numbers in it, and which payment it fits. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Final

from stdnum import iban

from accounts.settlement import numbers
from accounts.settlement.nostro_states import Doubt, Rule

_ALPHABET: Final = "0-9A-HJKMNP-TV-Z"
_REFERENCE: Final = re.compile(rf"(?<![0-9A-Z])[A-Z]{{1,2}}-[{_ALPHABET}]{{8,12}}(?![0-9A-Z])")
_SPLIT: Final = re.compile(rf"(?:PI|SI|CT)-[{_ALPHABET}]{{12}}")  # a format's line may have ended inside it
_GROUPS: Final = re.compile(r"[0-9A-Z]+(?:[\s\u2010-\u2015\u2212-][0-9A-Z]+)*")
_DIGITS: Final = re.compile(r"\d+(?:[\s\u2010-\u2015\u2212-]\d+)*")
_IBAN_BEGINS: Final = re.compile(r"[A-Z]{2}\d{2}")
MOST_GROUPS: Final = 16
SOON: Final = timedelta(days=10)
LATE: Final = timedelta(days=60)
CLOCKS: Final = timedelta(days=1)  # the other bank's day may have begun before ours


@dataclass(frozen=True)
class Line:
    """A line as far as matching cares; money in is positive."""

    booked_on: date
    amount: Decimal
    counterparty_name: str
    counterparty_number: str


@dataclass(frozen=True)
class Candidate:
    """A payment, or cash on its way, that a line may be about."""

    reference: str
    amount: Decimal
    sent_on: date
    payee_name: str
    payee_number: str
    awaits_debit: bool
    may_come_back: bool


@dataclass(frozen=True)
class Match:
    """Which payment it is, and what it was known by."""

    reference: str
    rule: Rule


def references(*texts: str) -> tuple[str, ...]:
    """Find what looks like references of this bank, each once, in the order in which they stand."""
    found: list[str] = []
    for text in texts:
        found += _REFERENCE.findall(text.upper())
    for text in texts:
        found += _SPLIT.findall("".join(text.upper().split()))
    return tuple(dict.fromkeys(found))


def account_numbers(*texts: str) -> tuple[str, ...]:
    """Find account numbers of this bank's form whose check digits fit, each once, however their digits are grouped."""
    found: list[str] = []
    for text in texts:
        for run in _DIGITS.findall(unicodedata.normalize("NFKC", text)):
            groups = re.findall(r"\d+", run)
            for first in range(len(groups)):
                found += map(numbers.bare, accumulate(groups[first : first + MOST_GROUPS]))
    return tuple(dict.fromkeys(each for each in found if numbers.is_valid(each)))


def ibans(*texts: str) -> tuple[str, ...]:
    """Find IBANs whose check digits and length fit, each once, however they are grouped; of which bank is not asked."""
    found: list[str] = []
    for text in texts:
        for run in _GROUPS.findall(unicodedata.normalize("NFKC", text).upper()):
            groups = re.findall(r"[0-9A-Z]+", run)
            for first, group in enumerate(groups):
                if _IBAN_BEGINS.match(group):
                    found += accumulate(groups[first : first + MOST_GROUPS])
    return tuple(dict.fromkeys(each for each in found if iban.is_valid(each)))


def payment_that_left(line: Line, *, named: Sequence[Candidate], unnamed: Sequence[Candidate]) -> Match | Doubt:
    """Tell which sent payment a line with money out confirms.

    Named by its reference it must have the amount; without any reference there must be exactly one of the amount, sent
    in the days before, to whom the line tells (where it tells to whom).
    """
    if named:
        awaited = [each for each in named if each.awaits_debit]
        fits = [each for each in awaited if each.amount == -line.amount and _in_time(line, each, LATE)]
        if len(fits) == 1:
            return Match(fits[0].reference, Rule.REFERENCE)
        if len(fits) > 1:
            return Doubt.SEVERAL_FIT
        return Doubt.AMOUNT_DIFFERS if awaited else Doubt.NOT_EXPECTED
    fits = [each for each in unnamed if _fits(line, each)]
    if len(fits) == 1:
        return Match(fits[0].reference, Rule.AMOUNT_AND_DATE)
    return Doubt.SEVERAL_FIT if fits else Doubt.NO_MATCH


def payment_that_came_back(line: Line, *, named: Sequence[Candidate]) -> Match | Doubt:
    """Tell which payment a line with money in gives back: the one it names, with its amount."""
    expected = [each for each in named if each.may_come_back]
    fits = [each for each in expected if each.amount == line.amount]
    if len(fits) == 1:
        return Match(fits[0].reference, Rule.REFERENCE)
    if len(fits) > 1:
        return Doubt.SEVERAL_FIT
    return Doubt.AMOUNT_DIFFERS if expected else Doubt.NOT_EXPECTED


def cash_that_is_told(line: Line, *, named: Sequence[Candidate], unnamed: Sequence[Candidate]) -> Match | Doubt | None:
    """Tell which cash on its way a line confirms, or none: the one it names, or else exactly one of its amount.

    Without a reference the line must name nobody: cash has no other side. The amounts are signed as the line's.
    """
    if named:
        fits = [each for each in named if each.amount == line.amount and each.awaits_debit]
        if len(fits) == 1:
            return Match(fits[0].reference, Rule.REFERENCE)
        return Doubt.AMOUNT_DIFFERS if any(each.awaits_debit for each in named) else Doubt.NOT_EXPECTED
    if line.counterparty_name or line.counterparty_number:
        return None
    fits = [each for each in unnamed if each.amount == line.amount and _in_time(line, each, SOON)]
    if not fits:
        return None
    return Match(fits[0].reference, Rule.CASH_AND_DATE) if len(fits) == 1 else Doubt.SEVERAL_FIT


def _fits(line: Line, payment: Candidate) -> bool:
    if not payment.awaits_debit or payment.amount != -line.amount or not _in_time(line, payment, SOON):
        return False
    if line.counterparty_number:
        return numbers.bare(line.counterparty_number) == numbers.bare(payment.payee_number)
    return not line.counterparty_name or _plain(line.counterparty_name) == _plain(payment.payee_name)


def _in_time(line: Line, payment: Candidate, patience: timedelta) -> bool:
    return payment.sent_on - CLOCKS <= line.booked_on <= payment.sent_on + patience


def _plain(name: str) -> str:
    return "".join(name.casefold().split())
