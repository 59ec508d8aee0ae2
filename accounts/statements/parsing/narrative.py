"""What the text of an MT940 line tells: subfields, code words between slashes, ``:NS:`` fields. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from accounts.statements.parsing.statement import MAX_NAME, MAX_REFERENCE, plain

_FIRST: Final = 61  # characters of a full line, after the tag with which the first one begins
_OTHERS: Final = 65
_END: Final = r"(?=/(?:BIC|ID|[A-Z]{4})/|/?$)"  # the next code word, or nothing more
_NAMED: Final = re.compile(r"/(?:NAME|CNTP/[^/]*/[^/]*)/([^/]+)")
_NUMBERED: Final = re.compile(r"/(?:IBAN|CNTP)/([A-Z0-9 ]{5,})")
_REMITTED: Final = re.compile(rf"/REMI/(?:USTD//)?(.*?){_END}")
_CALLED: Final = re.compile(rf"/EREF/(.+?){_END}")
_RETURNED: Final = re.compile(r"/RTRN/([A-Z]{2}[0-9]{2})")
_SEPARATED: Final = re.compile(r"\d{3}([>@<^|#$%&*!;~])\d{2}")
_UNCODED: Final = re.compile(r"\?\d\d")
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_NONE: Final = {"NONREF", "NOTPROVIDED"}


def with_usual_mark(text: str) -> str:
    """Write ``?`` before the numbers of subfields where a bank marks them otherwise, and a code before the first."""
    if _UNCODED.match(text):
        return f"000{text}"
    found = _SEPARATED.match(text)
    if not found or len(re.findall(rf"{re.escape(found[1])}\d\d", text)) < 2:
        return text
    return text.replace(found[1], "?")


@dataclass(frozen=True, slots=True)
class Narrative:
    """Who, what for, and the names that the payment has; what is not told is empty."""

    counterparty_name: str
    counterparty_number: str
    description: str
    reference: str
    end_to_end: str
    return_reason: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``mt-940`` found in a ``:61:`` line and the texts that belong to it."""
        details = plain(_unfolded(data.get("transaction_details") or ""))
        more = plain(data.get("extra_details"))
        number = data.get("applicant_iban") or _first(_NUMBERED, details) or data.get("non_swift_34")
        is_number = _IBAN.fullmatch(more) is not None
        called = [data.get("end_to_end_reference"), _first(_CALLED, details)]
        given = _with_figure(data.get("customer_reference"))
        return cls(
            counterparty_name=plain(_name(data, details), MAX_NAME),
            counterparty_number=plain(number or (more if is_number else ""), MAX_REFERENCE),
            description=_description(data, details, "" if is_number else more),
            reference=_reference(data.get("bank_reference"), *called, given),
            end_to_end=_reference(*called, given),
            return_reason=_first(_RETURNED, details),
        )


def _unfolded(text: str) -> str:
    """Join lines; where code words are used, a full line is cut anywhere, even within a word."""
    if not text.startswith("/"):
        return text
    width, whole = _FIRST, ""
    for line in text.split("\n"):
        whole += line if len(line) >= width else f"{line} "
        width = _OTHERS
    return whole


def _name(data: Mapping[str, Any], details: str) -> str:
    if name := data.get("applicant_name") or _first(_NAMED, details):
        return str(name)
    return " ".join(_non_swift(data, range(15, 17)))


def _description(data: Mapping[str, Any], details: str, more: str) -> str:
    purpose = [each for name in ("purpose", "additional_purpose") if (each := data.get(name))]
    told = purpose or [_first(_REMITTED, details) or details or " ".join(_non_swift(data, range(1, 15)))]
    if not any(told):
        told = [data.get("posting_text") or data.get("non_swift_17") or ""]
    text = plain(" ".join(told))
    return text if more.casefold() in text.casefold() else plain(f"{text} {more}")


def _non_swift(data: Mapping[str, Any], numbers: range) -> Iterator[str]:
    for number in numbers:
        if told := data.get(f"non_swift_{number:02}"):
            yield str(told)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1].strip() if found else ""


def _with_figure(told: str | None) -> str:
    """Drop what names no payment: a reference without a figure is a code word such as ``EREF``, or filler."""
    return told if told and any(each.isdigit() for each in told) else ""


def _reference(*told: str | None) -> str:
    plain_ones = (plain(each, MAX_REFERENCE) for each in told)
    return next((each for each in plain_ones if each and each not in _NONE), "")
