"""Payment files out of the bank: pain.001 versions 3 and 9, written, and checked by the schema's structure. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from xml.etree import ElementTree as ET

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from accounts.settlement.pain_schema import ANY, CURRENCY, SCHEMAS, SIMPLE, WITH_CURRENCY, Complex, Part

_NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.{:02}"
_ROOT: Final = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:pain\.001\.001\.(\d\d)\}Document")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


@dataclass(frozen=True)
class Payment:
    """One payment of a file: for whom, to whom, how much."""

    reference: str
    amount: Decimal
    debtor_name: str
    creditor_name: str
    creditor_number: str
    creditor_bank_code: str
    text: str = ""


@dataclass(frozen=True)
class Message:
    """A whole file: our bank asks its correspondent to pay from our account there, for our customers."""

    reference: str
    created_at: datetime
    execution_date: date
    currency: str
    bank_name: str
    bank_code: str
    nostro_number: str
    payments: tuple[Payment, ...]

    @property
    def total(self) -> Decimal:
        """The control sum."""
        return sum((payment.amount for payment in self.payments), Decimal(0))


def written(message: Message, *, version: int = 9) -> bytes:
    """Write a payment file; the customer stands as ultimate debtor, our reference as end-to-end identification.

    :raises ValueError: when the version is none that we write.
    """
    if version not in SCHEMAS:
        raise ValueError(f"pain.001 version {version} is not written here")
    document = ET.Element("Document", xmlns=_NAMESPACE.format(version))
    initiation = ET.SubElement(document, "CstmrCdtTrfInitn")
    header = ET.SubElement(initiation, "GrpHdr")
    _put(header, "MsgId", message.reference)
    _put(header, "CreDtTm", message.created_at.isoformat(timespec="seconds"))
    _put_sums(header, message)
    _put(header, "InitgPty/Nm", message.bank_name)
    batch = ET.SubElement(initiation, "PmtInf")
    _put(batch, "PmtInfId", f"{message.reference}-1")
    _put(batch, "PmtMtd", "TRF")
    _put_sums(batch, message)
    _put(batch, "ReqdExctnDt/Dt" if version >= 9 else "ReqdExctnDt", message.execution_date.isoformat())
    _put(batch, "Dbtr/Nm", message.bank_name)
    _put_account(batch, "DbtrAcct", message.nostro_number)
    _put_agent(batch, "DbtrAgt", message.bank_code, version)
    _put(batch, "ChrgBr", "SHAR")
    for payment in message.payments:
        _put_payment(ET.SubElement(batch, "CdtTrfTxInf"), payment, message.currency, version)
    ET.indent(document)
    whole: bytes = ET.tostring(document, encoding="UTF-8", xml_declaration=True)
    return whole


def _put_sums(element: ET.Element, message: Message) -> None:
    _put(element, "NbOfTxs", str(len(message.payments)))
    _put(element, "CtrlSum", f"{message.total:f}")


def _put_payment(element: ET.Element, payment: Payment, currency: str, version: int) -> None:
    _put(element, "PmtId/EndToEndId", payment.reference)
    _put(element, "Amt/InstdAmt", f"{payment.amount:f}").set("Ccy", currency)
    _put(element, "UltmtDbtr/Nm", payment.debtor_name[:140])
    _put_agent(element, "CdtrAgt", payment.creditor_bank_code, version)
    _put(element, "Cdtr/Nm", payment.creditor_name[:140])
    _put_account(element, "CdtrAcct", payment.creditor_number)
    if payment.text:
        _put(element, "RmtInf/Ustrd", payment.text[:140])


def _put_account(element: ET.Element, name: str, number: str) -> None:
    _put(element, f"{name}/Id/IBAN" if _IBAN.fullmatch(number) else f"{name}/Id/Othr/Id", number)


def _put_agent(element: ET.Element, name: str, bank_code: str, version: int) -> None:
    _put(element, f"{name}/FinInstnId/{'BICFI' if version >= 9 else 'BIC'}", bank_code)


def _put(element: ET.Element, path: str, text: str) -> ET.Element:
    for step in path.split("/"):
        element = ET.SubElement(element, step)
    element.text = text
    return element


@dataclass(frozen=True)
class Fault:
    """Where a file departs from the schema's structure, and how."""

    path: str
    kind: str
    value: str = ""


def faults(content: bytes) -> list[Fault]:
    """List where a file departs from pain.001.001.03 or .09, or where its counts and sums are wrong; none is valid.

    Structure, order, number, length and form of the elements are judged by ``pain_schema``; what stands there as
    ``ANY`` is not looked into.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return [Fault("", "not_xml")]
    named = _ROOT.fullmatch(root.tag)
    if not named or int(named[1]) not in SCHEMAS:
        return [Fault("", "not_pain_001", root.tag)]
    found = list(_judge(root, "Document", SCHEMAS[int(named[1])], "Document", root.tag.rpartition("}")[0] + "}"))
    return found or list(_judge_sums(root))


def _judge(element: ET.Element, kind: str, schema: Mapping[str, Complex], path: str, namespace: str) -> Iterator[Fault]:
    if kind == ANY:
        return
    if kind in SIMPLE:
        yield from _judge_simple(element, kind, path)
        return
    structure: Complex = schema[kind]
    known = {part.name: part for part in structure.parts}
    names = []
    for child in element:
        name = child.tag.removeprefix(namespace)
        if name not in known:
            yield Fault(f"{path}/{name}", "unknown_element")
            continue
        names.append(name)
        yield from _judge(child, known[name].type, schema, f"{path}/{name}", namespace)
    yield from _judge_order(structure, names, path)


def _judge_order(structure: Complex, names: list[str], path: str) -> Iterator[Fault]:
    if structure.is_choice:
        if len(names) != 1:
            yield Fault(path, "choose_one")
        return
    order = [part.name for part in structure.parts]
    if names != sorted(names, key=order.index):
        yield Fault(path, "wrong_order")
    for part in structure.parts:
        yield from _judge_number(part, names.count(part.name), path)


def _judge_number(part: Part, count: int, path: str) -> Iterator[Fault]:
    if count < part.least:
        yield Fault(f"{path}/{part.name}", "missing_element")
    elif count > part.most:
        yield Fault(f"{path}/{part.name}", "repeated_element")


def _judge_simple(element: ET.Element, kind: str, path: str) -> Iterator[Fault]:
    if len(element):
        yield Fault(path, "unknown_element")
    text = element.text or ""
    if not SIMPLE[kind].fullmatch(text):
        yield Fault(path, "wrong_value", text[:40])
    if kind in WITH_CURRENCY and not CURRENCY.fullmatch(element.get("Ccy", "")):
        yield Fault(path, "wrong_currency", element.get("Ccy", ""))


def _judge_sums(root: ET.Element) -> Iterator[Fault]:
    batches = root.findall("{*}CstmrCdtTrfInitn/{*}PmtInf")
    for part, where in [(root, "{*}CstmrCdtTrfInitn/{*}GrpHdr"), *((batch, ".") for batch in batches)]:
        told = part.find(where)
        assert told is not None
        amounts = [Decimal(each.text or "0") for each in part.iterfind(".//{*}CdtTrfTxInf/{*}Amt/{*}InstdAmt")]
        count, total = told.findtext("{*}NbOfTxs"), told.findtext("{*}CtrlSum")
        if count is not None and int(count) != len(amounts):
            yield Fault(f"{where}/NbOfTxs", "wrong_count", count)
        if total is not None and Decimal(total) != sum(amounts, Decimal(0)):
            yield Fault(f"{where}/CtrlSum", "wrong_sum", total)
