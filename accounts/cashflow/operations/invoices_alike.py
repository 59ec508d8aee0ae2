"""Which invoices are one and the same, though a list, the invoice itself and other formats tell it otherwise."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from accounts.cashflow.categories import counterparty_key
from accounts.cashflow.models import Invoice
from accounts.statements.parsing import ParsedInvoice
from accounts.statements.parsing.invoice import apart

InvoiceKey = tuple[str, str, date, str]


def key_of(told: ParsedInvoice) -> InvoiceKey:
    """Give what tells an invoice apart where its number alone does not."""
    return told.direction, told.full_number, told.issued_on, counterparty_key(told.counterparty_name)


def matched(told: Iterable[ParsedInvoice], known: Iterable[Invoice]) -> Iterator[tuple[ParsedInvoice, Invoice | None]]:
    """Find to each invoice that a file tells the one that it is, among those that are known; each is found once.

    A number that is given once in the country tells it. Any other is an invoice together with its direction, its day
    and its counterparty; where one of two does not name that, with the same total.
    """
    by_number: defaultdict[str, list[Invoice]] = defaultdict(list)
    for each in known:
        by_number[apart(each.number)[1]].append(each)
    others = []
    for one in told:
        key, found = key_of(one), by_number[one.number]
        same = next((each for each in found if _key(each) == key), None)
        if same is None:
            others.append(one)
            continue
        found.remove(same)
        yield one, same
    for one in others:
        found = by_number[one.number]
        same = next((each for each in found if _is_same(one, each)), None)
        if same is not None:
            found.remove(same)
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


def _key(known: Invoice) -> InvoiceKey:
    return known.direction, known.number, known.issued_on, known.counterparty_key


def _is_same(told: ParsedInvoice, known: Invoice) -> bool:
    code, _number = apart(known.number)
    if told.is_known_by_number and (code or not told.code):
        return told.code == code
    direction, _number, day, counterparty = key_of(told)
    if (direction, day) != (known.direction, known.issued_on):
        return False
    if known.counterparty_key == counterparty:
        return True
    return not (known.counterparty_key and counterparty) and known.gross_amount == told.gross_amount
