"""What every reader of invoices hands back, whatever the file's format."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from accounts.statements.parsing.statement import MAX_REFERENCE, plain

YEARS: Final = range(1950, 2101)  # an invoice of another year is a mistake
_CREDIT_CODE: Final = re.compile(r"[0-9A-Z]{18}")
_CODED: Final = re.compile(r"(\d{10}|\d{12})-(\d{8})")
_GIVEN_ONCE: Final = re.compile(rf"\d{{20}}|{_CODED.pattern}")


@dataclass(frozen=True, slots=True)
class ParsedInvoice:
    """One invoice; a credit note has negative amounts. ``direction`` is ``sale``, ``purchase``, or empty.

    A tax office's list and an invoice itself name both sides: then ``seller_name`` and ``buyer_name`` are told, with
    their Unified Social Credit Codes where they have one, and who of them the counterparty is, whoever knows the
    enterprise must say. ``code`` is the invoice code that stands before the number of invoices until 2025, ``file`` the
    name in the ZIP that it was in. An invoice
    itself (``is_document``) always has two sides, and does not know whether it was voided since. A direction that is
    assumed is what somebody said of the whole file; a tax that is assumed is none, because only the total is told.
    """

    number: str
    issued_on: date
    counterparty_name: str
    net_amount: Decimal
    tax_amount: Decimal
    gross_amount: Decimal
    currency: str
    direction: str
    is_valid: bool
    is_credit_note: bool
    seller_name: str = ""
    buyer_name: str = ""
    seller_number: str = ""
    buyer_number: str = ""
    code: str = ""
    file: str = field(default="", compare=False)
    is_document: bool = field(default=False, compare=False)
    is_direction_assumed: bool = field(default=False, compare=False)
    is_tax_assumed: bool = field(default=False, compare=False)

    @property
    def full_number(self) -> str:
        """The number by which it is kept, behind its code if it has one."""
        return f"{self.code}-{self.number}" if self.code else self.number

    @property
    def is_known_by_number(self) -> bool:
        """Whether its full number alone tells it."""
        return is_given_once(self.full_number)


def number_of(told: str) -> str:
    """Give an invoice's number as it is kept, full-width digits and letters made plain ones."""
    return plain(unicodedata.normalize("NFKC", told), MAX_REFERENCE)


def credit_code(told: str) -> str:
    """Give a Unified Social Credit Code; other numbers, of which an enterprise has several, tell nobody apart."""
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", told)).upper()
    return number if _CREDIT_CODE.fullmatch(number) else ""


def coded(code: str, number: str) -> tuple[str, str]:
    """Give an invoice's code and number with the zeros that spreadsheets leave out; no code where there is none."""
    code = number_of(code)
    if not code.isdecimal() or not number.isdecimal() or not 9 <= len(code) <= 12 or len(number) > 8:
        return "", number
    return code.zfill(10 if len(code) <= 10 else 12), number.zfill(8)


def is_given_once(full_number: str) -> bool:
    """Tell whether a full number is given once in the country: one of twenty digits, or one with its code."""
    return _GIVEN_ONCE.fullmatch(full_number) is not None


def apart(full_number: str) -> tuple[str, str]:
    """Take a full number apart, into code and number."""
    found = _CODED.fullmatch(full_number)
    return (found[1], found[2]) if found else ("", full_number)
