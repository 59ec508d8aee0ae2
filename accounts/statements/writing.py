"""Statements as files: camt.053, MT940 and CSV, so that what this portal writes, it and others can read. Pure."""

import csv
import io
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final
from xml.etree import ElementTree as ET

from accounts.statements.parsing import ParsedLine, ParsedStatement
from portal.core.money import is_exact, rounded

_CSV_HEADINGS: Final = {
    "en": ("Date", "Money in", "Money out", "Balance", "Counterparty", "Description", "Reference", "Currency"),
    "zh-hans": ("交易日期", "收入", "支出", "余额", "对方户名", "摘要", "流水号", "币种"),
}
_CSV_PREAMBLE: Final = {
    "en": ("Account holder", "Account number", "Currency"),
    "zh-hans": ("户名", "账号", "币种"),
}
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MT940_WIDTH: Final = 65
_MT940_PIECE: Final = 27
_NO_DAY: Final = date(2000, 1, 1)  # dates what an empty statement says


def as_camt053(
    *statements: ParsedStatement, message_id: str = "STATEMENT", created_at: datetime | None = None, version: int = 8
) -> bytes:
    """Write statements as one camt.053 message, created at the end of its last day if no moment is given."""
    last = max((day for each in statements if (day := each.last_day)), default=_NO_DAY)
    created_at = created_at or datetime.combine(last, time(23, 59, 59), tzinfo=UTC)
    document = ET.Element("Document", xmlns=f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}")
    message = ET.SubElement(document, "BkToCstmrStmt")
    header = ET.SubElement(message, "GrpHdr")
    _put(header, "MsgId", message_id)
    _put(header, "CreDtTm", created_at.isoformat(timespec="seconds"))
    for number, statement in enumerate(statements, start=1):
        _camt_statement(ET.SubElement(message, "Stmt"), statement, f"{message_id}-{number}", created_at, version)
    ET.indent(document)
    whole: bytes = ET.tostring(document, encoding="UTF-8", xml_declaration=True)
    return whole


def _camt_statement(
    element: ET.Element, statement: ParsedStatement, identifier: str, created_at: datetime, version: int
) -> None:
    _put(element, "Id", identifier)
    _put(element, "CreDtTm", created_at.isoformat(timespec="seconds"))
    _put(element, "Acct/Id/Othr/Id", statement.account_identifier)
    account = element.find("Acct")
    assert account is not None
    _put(account, "Ccy", statement.currency)
    if statement.holder_name:
        _put(account, "Ownr/Nm", statement.holder_name)
    ends = (
        ("OPBD", statement.opening_balance, statement.first_day),
        ("CLBD", statement.closing_balance, statement.last_day),
    )
    for kind, amount, day in ends:
        if amount is not None:
            balance = ET.SubElement(element, "Bal")
            _put(balance, "Tp/CdOrPrtry/Cd", kind)
            _camt_amount(balance, amount, statement.currency)
            _put(balance, "Dt/Dt", (day or created_at.date()).isoformat())
    for line in statement.lines:
        _camt_entry(ET.SubElement(element, "Ntry"), line, version)


def _camt_entry(entry: ET.Element, line: ParsedLine, version: int) -> None:
    _camt_amount(entry, line.amount, line.currency)
    _put(entry, "Sts/Cd" if version >= 7 else "Sts", "BOOK")
    _put(entry, "BookgDt/Dt", line.booked_on.isoformat())
    _put(entry, "ValDt/Dt", line.booked_on.isoformat())
    if line.reference:
        _put(entry, "AcctSvcrRef", line.reference)
    _put(entry, "BkTxCd/Prtry/Cd", "NTRF")
    details = ET.SubElement(ET.SubElement(entry, "NtryDtls"), "TxDtls")
    if line.end_to_end:
        references = ET.SubElement(details, "Refs")
        _put(references, "AcctSvcrRef", line.reference or "NOTPROVIDED")
        _put(references, "EndToEndId", line.end_to_end)
    if version >= 3:
        _camt_amount(details, line.amount, line.currency)
    _camt_parties(details, line, version)
    if line.description:
        _put(details, "RmtInf/Ustrd", line.description)
    if line.return_reason:
        _put(details, "RtrInf/Rsn/Cd", line.return_reason)


def _camt_parties(details: ET.Element, line: ParsedLine, version: int) -> None:
    """Name the other side."""
    if not (line.counterparty_name or line.counterparty_number):
        return
    parties, party = ET.SubElement(details, "RltdPties"), "Dbtr" if line.amount >= 0 else "Cdtr"
    if line.counterparty_name:
        _put(parties, f"{party}/Pty/Nm" if version >= 7 else f"{party}/Nm", line.counterparty_name)
    if line.counterparty_number:
        _put(parties, f"{party}Acct/Id/Othr/Id", line.counterparty_number)


def _camt_amount(element: ET.Element, amount: Decimal, currency: str) -> None:
    _put(element, "Amt", _plain(abs(amount), currency))
    element[-1].set("Ccy", currency)
    _put(element, "CdtDbtInd", "CRDT" if amount >= 0 else "DBIT")


def _plain(amount: Decimal, currency: str) -> str:
    return f"{rounded(amount, currency) if is_exact(amount, currency) else amount:f}"


def _put(element: ET.Element, path: str, text: str) -> None:
    for step in path.split("/"):
        element = ET.SubElement(element, step)
    element.text = text


def as_csv(
    statement: ParsedStatement, *, language: str = "zh-hans", encoding: str = "gb18030", delimiter: str = ","
) -> bytes:
    """Write a statement as a table with the holder above it; texts that a spreadsheet would run get a leading space."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
    facts = (statement.holder_name, statement.account_identifier, statement.currency)
    for name, fact in zip(_CSV_PREAMBLE[language], facts, strict=True):
        if fact:
            writer.writerow((name, _harmless(fact)))
    writer.writerow(_CSV_HEADINGS[language])
    for line in statement.lines:
        writer.writerow(_csv_row(line))
    return file.getvalue().encode(encoding)


def _csv_row(line: ParsedLine) -> tuple[str, ...]:
    inward, size = line.amount >= 0, _plain(abs(line.amount), line.currency)
    balance = "" if line.balance_after is None else _plain(line.balance_after, line.currency)
    texts = (_harmless(text) for text in (line.counterparty_name, line.description, line.reference))
    return (line.booked_on.isoformat(), size if inward else "", "" if inward else size, balance, *texts, line.currency)


def _harmless(text: str) -> str:
    return f" {text}" if text.startswith(_FORMULA_STARTS) else text


def as_mt940(statement: ParsedStatement) -> bytes:
    """Write a statement as MT940 with structured ``:86:`` lines, in UTF-8; an empty one has balances of the year 2000.

    The format holds no holder and no balance after each line; names are cut at 54 characters, texts at 270.
    """
    opening, closing = statement.opening_balance or Decimal(0), statement.closing_balance or Decimal(0)
    rows = [
        ":20:STATEMENT",
        f":25:{statement.account_identifier}",
        ":28C:00001/001",
        f":60F:{_mt940_balance(opening, statement.first_day or _NO_DAY, statement.currency)}",
    ]
    for line in statement.lines:
        day = f"{line.booked_on:%y%m%d%m%d}"
        mark = "C" if line.amount >= 0 else "D"
        told = f"//{line.reference[:23]}" if line.reference else ""
        rows.append(f":61:{day}{mark}{_mt940_amount(line.amount, line.currency)}NTRFNONREF{told}")
        rows += _mt940_details(line)
    rows += [f":62F:{_mt940_balance(closing, statement.last_day or _NO_DAY, statement.currency)}", "-", ""]
    return "\r\n".join(rows).encode()


def _mt940_balance(amount: Decimal, day: date, currency: str) -> str:
    return f"{'C' if amount >= 0 else 'D'}{day:%y%m%d}{currency}{_mt940_amount(amount, currency)}"


def _mt940_amount(amount: Decimal, currency: str) -> str:
    whole, _point, part = _plain(abs(amount), currency).partition(".")
    return f"{whole},{part}"


def _mt940_details(line: ParsedLine) -> list[str]:
    description, name = (re.sub(r"[?+]", ".", text) for text in (line.description, line.counterparty_name))
    pieces = [f"?{20 + index}{piece}" for index, piece in enumerate(_cut(description)[:10])]
    pieces += [f"?{32 + index}{piece}" for index, piece in enumerate(_cut(name)[:2])]
    rest, rows = ":86:166" + "".join(pieces), []
    if not pieces:
        return []
    while len(rest) > _MT940_WIDTH:
        # A line may neither end in a space, which readers drop, nor begin like another field.
        end = next(end for end in range(_MT940_WIDTH, 0, -1) if rest[end - 1] != " " and rest[end].isalnum())
        rows.append(rest[:end])
        rest = rest[end:]
    return [*rows, rest]


def _cut(text: str) -> list[str]:
    return [text[start : start + _MT940_PIECE] for start in range(0, len(text), _MT940_PIECE)]
