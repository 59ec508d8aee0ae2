"""ISO 20022 camt.053 and camt.054, versions 2 to 13, read as a stream without entities or anything from elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element

from accounts.statements.parsing import markup
from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import (
    LARGEST_AMOUNT,
    MAX_LINES,
    MAX_NAME,
    MAX_REFERENCE,
    ParsedLine,
    ParsedStatement,
    plain,
)

VERSIONS: Final = range(2, 14)
MESSAGES: Final = {"camt.053": "Stmt", "camt.054": "Ntfctn"}  # a statement has balances, a notification none
_NAMESPACE: Final = re.compile(r"\{[^}]*\b((?:camt|pain|pacs)\.\d{3})\.\d{3}\.(\d{2})\b[^}]*\}Document$")
_AMOUNT: Final = re.compile(r"\d{1,18}(\.\d{0,3}0{0,15})?|\.\d{1,3}0{0,15}")
_SIGNS: Final = {"CRDT": 1, "DBIT": -1}
_OPENING: Final = ("OPBD", "PRCD")
_HEADER: Final = 100  # elements of an envelope before the document in it
_INVOICES: Final = {"EInvoice", "eInvoice", "Invoice", "CreditNote", "CrossIndustryInvoice"}


def read(content: bytes) -> list[ParsedStatement]:
    """Read every statement or notification of the file.

    Only booked entries count. An entry that carries several payments with their own amounts becomes one line each, so
    that counterparties are seen; where those amounts do not make up the entry, the entry stays one line.

    :raises StatementRefused: when the XML is broken or forbidden, or an element is missing or wrong.
    """
    reader = _Reader()
    for event, element in markup.steps(content):
        reader.take(event, element)
    if not reader.message:
        raise _other(reader.root)
    if not reader.statements:
        raise refused("camt_no_statement")
    return [each.finished() for each in reader.statements]


def _other(root: str) -> StatementRefused:
    """Say what a file is instead, by its outermost element."""
    return refused("statement_is_invoices") if root in _INVOICES else refused("xml_wrong_message", found=root or "XML")


@dataclass
class _Reader:
    """Where we are in the document, and what was found so far."""

    path: list[str] = field(default_factory=list)
    root: str = ""
    before: int = 0
    message: str = ""
    statements: list["_Statement"] = field(default_factory=list)

    def take(self, event: str, element: Element) -> None:
        """Go one step down or up."""
        name = element.tag.rpartition("}")[2]
        if event == "start":
            self._go_down(name, element.tag)
            return
        self.path.pop()
        if self.statements and self.path and self.path[-1] == MESSAGES[self.message]:
            self.statements[-1].take(name, element)
            element.clear()

    def _go_down(self, name: str, tag: str) -> None:
        self.root = self.root or name
        self.path.append(name)
        if self.message and name == MESSAGES[self.message]:
            self.statements.append(_Statement(len(self.statements) + 1, self.message.replace(".", "")))
        elif not self.message:
            self.before += 1
            if name == "Document":
                self.message = _message(tag)
            elif self.before > _HEADER:
                raise _other(self.root)


def _message(tag: str) -> str:
    """Tell the message by its namespace, which some countries write in their own way."""
    found = _NAMESPACE.match(tag)
    if not found:
        raise refused("xml_wrong_message", found="Document")
    message, version = found.groups()
    if message not in MESSAGES:
        raise refused("xml_wrong_message", found=message)
    if int(version) not in VERSIONS:
        raise refused("camt_version", message=message, version=int(version))
    return str(message)


@dataclass
class _Statement:
    """One ``Stmt`` or ``Ntfctn`` while it is being read."""

    number: int
    format: str
    account: str = ""
    holder: str = ""
    currency: str = ""
    balances: list[tuple[str, str, Decimal]] = field(default_factory=list)
    entries: int = 0
    lines: list[ParsedLine] = field(default_factory=list)

    def take(self, name: str, element: Element) -> None:
        """Take what a finished child tells."""
        if name == "Acct":
            self.account = plain(markup.text(element, "Id/IBAN") or markup.text(element, "Id/Othr/Id"), MAX_REFERENCE)
            self.holder = plain(markup.text(element, "Ownr/Nm") or markup.text(element, "Ownr/Pty/Nm"), MAX_NAME)
            self.currency = self._checked(markup.text(element, "Ccy")) if markup.text(element, "Ccy") else ""
        elif name == "Bal":
            self._take_balance(element)
        elif name == "Ntry":
            self._take_entry(element)

    def finished(self) -> ParsedStatement:
        """Hand the statement over."""
        currency = self.currency or self._first_currency()
        known = [(kind, amount) for kind, held_in, amount in self.balances if held_in == currency]
        opening = next((amount for wanted in _OPENING for kind, amount in known if kind == wanted), None)
        closing = next((amount for kind, amount in known if kind == "CLBD"), None)
        interim = [amount for kind, amount in known if kind == "ITBD"]
        if len(interim) > 1:
            opening = interim[0] if opening is None else opening
            closing = interim[-1] if closing is None else closing
        return ParsedStatement(
            self.format, self.account, self.holder, currency, opening, closing, self.lines, place=self.number
        )

    def _first_currency(self) -> str:
        opening = [held_in for kind, held_in, _amount in self.balances if kind in _OPENING]
        return (opening or [line.currency for line in self.lines] or [""])[0]

    def _take_balance(self, element: Element) -> None:
        kind = markup.text(element, "Tp/CdOrPrtry/Cd")
        if kind in {*_OPENING, "CLBD", "ITBD"}:
            amount, currency = self._amount(element)
            self.balances.append((kind, currency, amount * self._sign(element)))

    def _take_entry(self, element: Element) -> None:
        self.entries += 1
        if markup.text(element, "Sts/Cd") not in {"", "BOOK"} or (markup.text(element, "Sts") or "BOOK") != "BOOK":
            return
        amount, currency = self._amount(element)
        sign = self._sign(element)
        booked_on = self._booked_on(element)
        reversal = markup.text(element, "RvslInd") in {"true", "1"}
        for part, details in _parts(element, amount, currency, sign):
            if len(self.lines) >= MAX_LINES:
                raise refused("statement_too_long", most=MAX_LINES)
            name, number = self._other_side(details, inward=part.is_signed() is reversal, reversal=reversal)
            self.lines.append(
                ParsedLine(
                    number=len(self.lines) + 1,
                    booked_on=booked_on,
                    amount=part,
                    currency=currency,
                    counterparty_name=name,
                    description=_description(element, details),
                    reference=_reference(element, details, is_whole=abs(part) == amount),
                    end_to_end=_end_to_end(element, details),
                    counterparty_number=number,
                    return_reason=markup.text(details, "RtrInf/Rsn/Cd")[:4] if details is not None else "",
                    entry_amount=Decimal(0) if part == amount * sign else amount * sign,
                )
            )

    def _other_side(self, details: Element | None, *, inward: bool, reversal: bool) -> tuple[str, str]:
        """Tell name and number of whoever is not the holder; when money comes back, banks differ in who is who."""
        if details is None:
            return "", ""
        roles = ("Dbtr", "Cdtr") if inward else ("Cdtr", "Dbtr")
        usual, other = ((_party(details, role), _account(details, f"{role}Acct")) for role in roles)
        returned = reversal or details.find("{*}RtrInf") is not None
        is_own = bool(self.account) and usual[1] == self.account
        if any(other) and other[1] != self.account and (is_own or (returned and not any(usual))):
            return other
        return usual

    def _amount(self, element: Element) -> tuple[Decimal, str]:
        found = element.find("{*}Amt")
        if found is None:
            raise self._missing("Amt")
        value = (found.text or "").strip()
        currency = found.get("Ccy") or self.currency
        if not _AMOUNT.fullmatch(value) or Decimal(value) > LARGEST_AMOUNT:
            raise self._wrong("Amt", value)
        return Decimal(value), self._checked(currency)

    def _checked(self, currency: str) -> str:
        if not re.fullmatch(r"[A-Z]{3}", currency):
            raise self._wrong("Ccy", currency)
        return currency

    def _sign(self, element: Element) -> int:
        told = markup.text(element, "CdtDbtInd")
        if not told:
            raise self._missing("CdtDbtInd")
        if told not in _SIGNS:
            raise self._wrong("CdtDbtInd", told)
        return _SIGNS[told]

    def _booked_on(self, element: Element) -> date:
        for path in ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"):
            if value := markup.text(element, path):
                try:
                    return date.fromisoformat(value[:10])
                except ValueError:
                    raise self._wrong(path.split("/")[0], value) from None
        raise self._missing("BookgDt")

    def _missing(self, name: str) -> StatementRefused:
        return refused("camt_element_missing", statement=self.number, entry=self.entries, element=name)

    def _wrong(self, name: str, value: str) -> StatementRefused:
        return refused("camt_element_wrong", statement=self.number, entry=self.entries, element=name, value=value)


def _parts(element: Element, amount: Decimal, currency: str, sign: int) -> Iterator[tuple[Decimal, Element | None]]:
    """Take an entry apart where its payments make it up, all with its sign or each with its own."""
    details = element.findall("{*}NtryDtls/{*}TxDtls")
    if len(details) > 1:
        sizes = [size for each in details if (size := _part_amount(each, currency)) is not None]
        own = [_SIGNS.get(markup.text(each, "CdtDbtInd"), sign) for each in details]
        for signs in ([sign] * len(details), own):
            parts = [size * each for size, each in zip(sizes, signs, strict=False)]
            if len(parts) == len(details) and sum(parts) == amount * sign:
                yield from zip(parts, details, strict=True)
                return
    yield amount * sign, details[0] if len(details) == 1 else None


def _part_amount(details: Element, currency: str) -> Decimal | None:
    for path in ("{*}Amt", "{*}AmtDtls/{*}TxAmt/{*}Amt", "{*}AmtDtls/{*}InstdAmt/{*}Amt"):
        found = details.find(path)
        if found is not None and found.get("Ccy") == currency and _AMOUNT.fullmatch((found.text or "").strip()):
            return Decimal((found.text or "").strip())
    return None


def _party(details: Element, role: str) -> str:
    for path in (f"{role}/Nm", f"{role}/Pty/Nm", f"Ultmt{role}/Nm", f"Ultmt{role}/Pty/Nm"):
        if name := markup.text(details, f"RltdPties/{path}"):
            return plain(name, MAX_NAME)
    return ""


def _account(details: Element, name: str) -> str:
    parties = f"RltdPties/{name}/Id"
    return plain(markup.text(details, f"{parties}/IBAN") or markup.text(details, f"{parties}/Othr/Id"), MAX_REFERENCE)


def _end_to_end(entry: Element, details: Element | None) -> str:
    told = [markup.text(entry, "NtryDtls/Btch/PmtInfId"), markup.text(entry, "NtryDtls/Btch/MsgId")]
    if details is not None:
        told = [markup.text(details, "Refs/EndToEndId"), markup.text(details, "Refs/PmtInfId"), *told]
    return next((plain(each, MAX_REFERENCE) for each in told if each not in {"", "NOTPROVIDED"}), "")


def _description(entry: Element, details: Element | None) -> str:
    if details is not None:
        told = [each.text or "" for each in details.findall("{*}RmtInf/{*}Ustrd")]
        told = told or [markup.text(details, "RmtInf/Strd/CdtrRefInf/Ref"), markup.text(details, "AddtlTxInf")]
        if text := plain(" ".join(told)):
            return text
    return plain(markup.text(entry, "AddtlNtryInf"))


def _reference(entry: Element, details: Element | None, *, is_whole: bool) -> str:
    """Find the bank's own reference; a payment that is a whole entry has the entry's, before its payer's."""
    told = [markup.text(entry, "AcctSvcrRef"), markup.text(entry, "NtryRef")]
    if details is not None:
        called = markup.text(details, "Refs/EndToEndId")
        told = [told[0], called, told[1]] if is_whole else [called, *told]
        told = [markup.text(details, "Refs/AcctSvcrRef"), *told]
    return next((plain(each, MAX_REFERENCE) for each in told if each not in {"", "NOTPROVIDED"}), "")
