"""Status reports of the other bank on what we sent: pain.002, read. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from accounts.statements.parsing import StatementRefused
from accounts.statements.parsing.markup import is_xml
from accounts.statements.parsing.statement import plain

_ROOT: Final = "CstmrPmtStsRpt"
_LONGEST: Final = 200


@dataclass(frozen=True)
class Verdict:
    """What the other bank says of one payment, or of a whole file where no payment is named."""

    file: str
    payment: str
    is_rejected: bool
    reason: str = ""


def is_report(content: bytes) -> bool:
    """Tell whether a file is a pain.002 message."""
    return is_xml(content) and b"pain.002.001." in content[:2_000]


def read(content: bytes) -> list[Verdict]:
    """Read every verdict: of payments first, then of the file, whose verdict holds for the payments not named.

    :raises StatementRefused: when the XML is broken or forbidden, or names no file of ours.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise StatementRefused("xml_forbidden") from None
    except ParseError as error:
        raise StatementRefused("xml_broken", line=error.position[0]) from None
    except (ValueError, LookupError):  # an encoding that nobody knows
        raise StatementRefused("xml_broken", line=1) from None
    report = root.find(f"{{*}}{_ROOT}")
    file = _text(report, "OrgnlGrpInfAndSts/OrgnlMsgId") if report is not None else ""
    if report is None or not file:
        raise StatementRefused("xml_wrong_message", found="pain.002")
    return list(_verdicts(report, file))


def _verdicts(report: Element, file: str) -> Iterator[Verdict]:
    for told in report.findall("{*}OrgnlPmtInfAndSts/{*}TxInfAndSts"):
        if status := _text(told, "TxSts"):
            yield Verdict(file, _text(told, "OrgnlEndToEndId"), status == "RJCT", _reason(told))
    groups = [(report.find("{*}OrgnlGrpInfAndSts"), "GrpSts")]
    groups += [(batch, "PmtInfSts") for batch in report.findall("{*}OrgnlPmtInfAndSts")]
    for group, status in groups:
        if group is not None and _text(group, status) == "RJCT":
            yield Verdict(file, "", is_rejected=True, reason=_reason(group))


def _reason(element: Element) -> str:
    """Give the code and what was written beside it."""
    code = _text(element, "StsRsnInf/Rsn/Cd") or _text(element, "StsRsnInf/Rsn/Prtry")
    return plain(f"{code} {_text(element, 'StsRsnInf/AddtlInf')}", _LONGEST)


def _text(element: Element, path: str) -> str:
    found = element.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return (found.text or "").strip() if found is not None else ""
