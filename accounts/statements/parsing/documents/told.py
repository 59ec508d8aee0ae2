"""What an invoice says in texts, made an invoice, or refused with the name that its format has for what is wrong."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from accounts.statements.parsing.invoice import YEARS, ParsedInvoice, coded, credit_code, number_of
from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import LARGEST_AMOUNT, MAX_NAME, plain

_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{2}|\d(?=\D))\s*[-/.月]?\s*(\d{1,2})(?!\d)")
_AMOUNT: Final = re.compile(r"(-?)[¥￥]?\s*(-?)(\d{1,15}|\d{1,3}(?:,\d{3})+)(\.\d+)?")
_NOTHING: Final = re.compile(r"[*-]*|免税|不征税")  # what stands for a tax that is not due


def invoice(
    said: Mapping[str, str], names: Mapping[str, str], *, currency: str, is_credited: bool = False
) -> ParsedInvoice:
    """Make an invoice of what it says, by role: ``number``, ``code``, ``day``, ``net``, ``tax``, ``gross``, and of
    ``seller`` and ``buyer`` the name and the tax number (``seller_number``).

    :param names: what the format calls each role: an element, or the path to it.
    :param is_credited: it takes money back, whatever its signs are.
    :raises StatementRefused: when something is missing or wrong, or net and tax do not make the total.
    """
    code, number = coded(said.get("code", ""), number_of(said["number"]))
    for role in ("number", "day", "net", "gross", "seller", "buyer"):
        if not plain(said[role]):
            raise refused("invoice_element_missing", element=_last(names[role]))
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise _wrong("Currency", currency)
    tax = said["tax"].replace(" ", "")
    net, gross = (_amount(said[role], names[role]) for role in ("net", "gross"))
    vat = Decimal(0) if _NOTHING.fullmatch(tax) else _amount(tax, names["tax"])
    if net + vat != gross:
        raise refused("invoice_total_wrong", number=number, expected=f"{net + vat:,.2f}", found=f"{gross:,.2f}")
    sign = -1 if is_credited and gross > 0 else 1
    return ParsedInvoice(
        number=number,
        issued_on=_day(said["day"], names["day"]),
        counterparty_name="",
        net_amount=net * sign,
        tax_amount=vat * sign,
        gross_amount=gross * sign,
        currency=currency,
        direction="",
        is_valid=True,
        is_credit_note=is_credited or gross < 0,
        seller_name=plain(said["seller"], MAX_NAME),
        buyer_name=plain(said["buyer"], MAX_NAME),
        seller_number=credit_code(said["seller_number"]),
        buyer_number=credit_code(said["buyer_number"]),
        code=code,
        is_document=True,
    )


def _day(told: str, name: str) -> date:
    found = _DAY.match(told.strip())
    try:
        if found and int(found[1]) in YEARS:
            return date(*map(int, found.groups()))
    except ValueError:
        pass
    raise _wrong(name, told)


def _amount(told: str, name: str) -> Decimal:
    found = _AMOUNT.fullmatch(told.strip())
    if not found or (found[1] and found[2]):
        raise _wrong(name, told)
    amount = Decimal(found[3].replace(",", "") + (found[4] or ""))
    if amount > LARGEST_AMOUNT or amount != round(amount, 3):
        raise _wrong(name, told)
    return -amount if found[1] or found[2] else amount


def _wrong(name: str, value: str) -> StatementRefused:
    return refused("invoice_element_wrong", element=_last(name), value=value)


def _last(path: str) -> str:
    return path.rpartition("/")[2]
