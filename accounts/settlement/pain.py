"""Payment files out of the bank: pain.001 versions 3 and 9, written, and judged by the published schema. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final
from xml.etree import ElementTree as ET

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from accounts.settlement import banks
from accounts.statements.parsing.statement import plain
from portal.core.money import rounded

VERSIONS: Final = (3, 9)
_NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.{:02}"
_ROOT: Final = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:pain\.001\.001\.(\d\d)\}Document")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


@dataclass(frozen=True)
class Payment:
    """One payment of a file: for whom, to whom, how much; an IBAN may stand without its bank's code."""

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
    if version not in VERSIONS:
        raise ValueError(f"pain.001 version {version} is not written here")
    document = ET.Element("Document", xmlns=_NAMESPACE.format(version))
    initiation = ET.SubElement(document, "CstmrCdtTrfInitn")
    header = ET.SubElement(initiation, "GrpHdr")
    _put(header, "MsgId", message.reference)
    _put(header, "CreDtTm", message.created_at.isoformat(timespec="seconds"))
    _put_sums(header, message)
    _put(header, "InitgPty/Nm", _name(message.bank_name))
    batch = ET.SubElement(initiation, "PmtInf")
    _put(batch, "PmtInfId", f"{message.reference}-1")
    _put(batch, "PmtMtd", "TRF")
    _put_sums(batch, message)
    _put(batch, "ReqdExctnDt/Dt" if version >= 9 else "ReqdExctnDt", message.execution_date.isoformat())
    _put(batch, "Dbtr/Nm", _name(message.bank_name))
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
    _put(element, "CtrlSum", f"{rounded(message.total, message.currency):f}")


def _put_payment(element: ET.Element, payment: Payment, currency: str, version: int) -> None:
    _put(element, "PmtId/EndToEndId", payment.reference)
    _put(element, "Amt/InstdAmt", f"{rounded(payment.amount, currency):f}").set("Ccy", currency)
    _put(element, "UltmtDbtr/Nm", _name(payment.debtor_name))
    if payment.creditor_bank_code:
        _put_agent(element, "CdtrAgt", payment.creditor_bank_code, version)
    _put(element, "Cdtr/Nm", _name(payment.creditor_name))
    _put_account(element, "CdtrAcct", payment.creditor_number)
    if text := plain(payment.text, 140):
        _put(element, "RmtInf/Ustrd", text)


def _name(name: str) -> str:
    """Drop what cannot be printed, XML forbids some of it; a name must not be empty."""
    return plain(name, 140) or "NOTPROVIDED"


def _put_account(element: ET.Element, name: str, number: str) -> None:
    _put(element, f"{name}/Id/IBAN" if _IBAN.fullmatch(number) else f"{name}/Id/Othr/Id", number)


def _put_agent(element: ET.Element, name: str, bank_code: str, version: int) -> None:
    bank = _put(element, f"{name}/FinInstnId", None)
    if not banks.is_cnaps(bank_code):
        _put(bank, "BICFI" if version >= 9 else "BIC", bank_code)
        return
    member = _put(bank, "ClrSysMmbId", None)
    _put(member, "ClrSysId/Cd", "CNAPS")
    _put(member, "MmbId", bank_code)


def _put(element: ET.Element, path: str, text: str | None) -> ET.Element:
    for step in path.split("/"):
        element = ET.SubElement(element, step)
    element.text = text
    return element


@dataclass(frozen=True)
class Fault:
    """Where a file departs from the schema or from its own sums, and how."""

    path: str
    reason: str


@cache
def _schema(version: int) -> Any:
    """Load the published schema of a version, as `sepaxml` carries it; half a second, once in a process."""
    import xmlschema

    return xmlschema.XMLSchema10(str(files("sepaxml") / "schemas" / f"pain.001.001.{version:02}.xsd"))


def faults(content: bytes) -> list[Fault]:
    """List where a file departs from the published pain.001 schema of its version, or its counts and sums are wrong."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return [Fault("", "not XML")]
    named = _ROOT.fullmatch(root.tag)
    if not named or int(named[1]) not in VERSIONS:
        return [Fault("", "not pain.001 of a version that is written here")]
    found = [Fault(error.path or "", error.reason or "") for error in _schema(int(named[1])).iter_errors(root)]
    return found or list(_judge_sums(root))


def _judge_sums(root: ET.Element) -> Iterator[Fault]:
    batches = root.findall("{*}CstmrCdtTrfInitn/{*}PmtInf")
    for part, where in [(root, "{*}CstmrCdtTrfInitn/{*}GrpHdr"), *((batch, ".") for batch in batches)]:
        told = part.find(where)
        assert told is not None
        amounts = [Decimal(each.text or "0") for each in part.iterfind(".//{*}CdtTrfTxInf/{*}Amt/{*}InstdAmt")]
        count, total = told.findtext("{*}NbOfTxs"), told.findtext("{*}CtrlSum")
        if count is not None and int(count) != len(amounts):
            yield Fault(f"{where}/NbOfTxs", f"{count} payments are told, {len(amounts)} are there")
        if total is not None and Decimal(total) != sum(amounts, Decimal(0)):
            yield Fault(f"{where}/CtrlSum", f"{total} is told, the amounts make {sum(amounts, Decimal(0))}")
