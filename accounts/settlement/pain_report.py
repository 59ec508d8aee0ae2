"""Status reports of the other bank on what we sent: pain.002, read. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from accounts.statements.parsing import StatementRefused, markup
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
    return markup.is_xml(content) and b"pain.002.001." in content[:2_000]


def read(content: bytes) -> list[Verdict]:
    """Read every verdict: of payments first, then of the file, whose verdict holds for the payments not named.

    :raises StatementRefused: when the XML is broken or forbidden, or names no file of ours.
    """
    report = markup.tree(content).find(f"{{*}}{_ROOT}")
    file = markup.text(report, "OrgnlGrpInfAndSts/OrgnlMsgId") if report is not None else ""
    if report is None or not file:
        raise StatementRefused("xml_wrong_message", found="pain.002")
    return list(_verdicts(report, file))


def _verdicts(report: Element, file: str) -> Iterator[Verdict]:
    for told in report.findall("{*}OrgnlPmtInfAndSts/{*}TxInfAndSts"):
        if status := markup.text(told, "TxSts"):
            yield Verdict(file, markup.text(told, "OrgnlEndToEndId"), status == "RJCT", _reason(told))
    groups = [(report.find("{*}OrgnlGrpInfAndSts"), "GrpSts")]
    groups += [(batch, "PmtInfSts") for batch in report.findall("{*}OrgnlPmtInfAndSts")]
    for group, status in groups:
        if group is not None and markup.text(group, status) == "RJCT":
            yield Verdict(file, "", is_rejected=True, reason=_reason(group))


def _reason(element: Element) -> str:
    """Give the code and what was written beside it."""
    code = markup.text(element, "StsRsnInf/Rsn/Cd") or markup.text(element, "StsRsnInf/Rsn/Prtry")
    return plain(f"{code} {markup.text(element, 'StsRsnInf/AddtlInf')}", _LONGEST)
