"""Which invoices are one and the same, though a list, the invoice itself and other formats tell it otherwise."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from accounts.cashflow.categories import counterparty_key
from accounts.cashflow.models import Invoice
from accounts.statements.parsing import ParsedInvoice
from accounts.statements.parsing.invoice import apart, is_given_once

InvoiceKey = tuple[str, str, date, str]
_Traits = tuple[Any, ...]


def key_of(told: ParsedInvoice) -> InvoiceKey:
    """Give what tells an invoice apart where its number alone does not."""
    return told.direction, told.full_number, told.issued_on, counterparty_key(told.counterparty_name)


def matched(told: Iterable[ParsedInvoice], known: Iterable[Invoice]) -> Iterator[tuple[ParsedInvoice, list[Invoice]]]:
    """Find to each invoice that a file tells the one that it is, among those that are known; each is found once.

    A number that is given once in the country tells it: several that have it are one, which lists told apart. Any other
    is an invoice together with its direction, its day and its counterparty; where one of two does not name that, with
    the same total.
    """
    alike: defaultdict[InvoiceKey | str, list[Invoice]] = defaultdict(list)
    for each in known:
        alike[_key(each)].append(each)
    others = []
    for one in told:
        if same := alike.pop(one.full_number if one.is_known_by_number else key_of(one), []):
            yield one, same
        else:
            others.append(one)
    left: defaultdict[_Traits, list[Invoice]] = defaultdict(list)
    for each in reversed([each for same in alike.values() for each in same]):
        for traits in _traits(each):
            left[traits].append(each)
    taken: set[int] = set()
    for one in others:
        found = (each for traits in _sought(one) for each in _emptied(left[traits]) if each.pk not in taken)
        same = [*islice(found, 1)]
        taken |= {each.pk for each in same}
        yield one, same


def completed(told: ParsedInvoice, known: Invoice) -> ParsedInvoice:
    """Add to what a file tells of a known invoice what only others told.

    Whoever uploads a list of which nothing tells the direction may be wrong of this one, a total alone says nothing of
    the tax in it, and an invoice itself does not revive what a list calls void.
    """
    if told.is_tax_assumed and told.gross_amount == known.gross_amount:
        told = replace(told, net_amount=known.net_amount, tax_amount=known.tax_amount)
    code, _number = apart(known.number)
    return replace(
        told,
        code=told.code or code,
        direction=known.direction if told.is_direction_assumed else told.direction,
        counterparty_name=told.counterparty_name or known.counterparty_name,
        is_valid=told.is_valid and (known.is_valid or not told.is_document),
    )


def _key(known: Invoice) -> InvoiceKey | str:
    if is_given_once(known.number):
        return known.number
    return known.direction, known.number, known.issued_on, known.counterparty_key


def _traits(known: Invoice) -> Iterator[_Traits]:
    """Give by what it is found where a code or a counterparty is missing: by its party, and by its total."""
    code, number = apart(known.number)
    has_code, party, base = bool(code), known.counterparty_key, (known.direction, number, known.issued_on)
    yield (*base, has_code, party)
    yield (*base, has_code, bool(party), known.gross_amount)


def _sought(told: ParsedInvoice) -> Iterator[_Traits]:
    direction, _number, day, party = key_of(told)
    base, codes = (direction, told.number, day), (False,) if told.code else (False, True)
    for has_code in codes:
        yield (*base, has_code, party)
    for has_code in codes:
        for has_party in (False,) if party else (False, True):
            yield (*base, has_code, has_party, told.gross_amount)


def _emptied(found: list[Invoice]) -> Iterator[Invoice]:
    while found:
        yield found.pop()
