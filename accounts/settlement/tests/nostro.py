"""Files from the other bank, as a correspondent would write them."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.models import NostroStatement, PaymentInstruction, SettlementAccount
from accounts.settlement.nostro_states import StatementStatus
from accounts.settlement.queries import nostro as nostro_queries
from accounts.settlement.queries.foreseen import shown
from accounts.settlement.tests.builders import make_payee, make_payment
from accounts.statements import writing
from accounts.statements.parsing import ParsedLine, ParsedStatement

WRITERS: dict[str, Callable[[ParsedStatement], bytes]] = {
    "camt053": writing.as_camt053,
    "mt940": writing.as_mt940,
    "csv": writing.as_csv,
}


def send(account: SettlementAccount, *amounts: str, by: str) -> list[PaymentInstruction]:
    """Send payments of these amounts to one payee, all in one file."""
    mill = make_payee(account.enterprise)
    made = [make_payment(account, mill, amount, by=by) for amount in amounts]
    settlement.send_payments(currency="CNY", on=TODAY, at=NOW, by="U-OPS")
    for each in made:
        each.refresh_from_db()
    return made


def line(amount: str, text: str = "", *, on: date = TODAY, **told: Any) -> ParsedLine:
    """Tell one booking."""
    return ParsedLine(0, on, Decimal(amount), "CNY", description=text, **told)


def statement(*lines: ParsedLine, opening: str = "0.00", number: str = "") -> ParsedStatement:
    """Tell a whole statement, whose balances roll."""
    numbered = [replace(each, number=place) for place, each in enumerate(lines, start=1)]
    closing = Decimal(opening) + sum(each.amount for each in lines)
    account = number or settings.NOSTRO_NUMBER
    return ParsedStatement("", account, "", "CNY", Decimal(opening), closing, numbered)


def upload(content: bytes, name: str = "statement.xml", *, by: str = "U-OPS") -> NostroStatement:
    """Bring a file as operations staff do."""
    return settlement.receive_nostro(SimpleUploadedFile(name, content), key=uuid.uuid4().hex, by=by, at=NOW)


def bring(*lines: ParsedLine, kind: str = "camt053", opening: str = "0.00", on: date = TODAY) -> NostroStatement:
    """Bring a statement, read it and book it."""
    return run(upload(WRITERS[kind](statement(*lines, opening=opening))), on=on)


def read(received: NostroStatement, on: date = TODAY) -> NostroStatement:
    """Read a file as the worker does."""
    settlement.read_nostro(received.reference, on=on, at=NOW)
    received.refresh_from_db()
    return received


def look(waiting: NostroStatement) -> str:
    """Look at what a file would do now, and name it."""
    settlement.foresee_nostro(waiting.reference, at=NOW)
    waiting.refresh_from_db()
    return shown(waiting)


def agree(waiting: NostroStatement, by: str = "U-OPS2", *, seen: str = "") -> None:
    """Agree to what a file would do, having looked at it, unless it was looked at before."""
    settlement.agree_to_nostro(waiting, seen=seen or look(waiting), at=NOW, by=by)


def apply(agreed: NostroStatement, on: date = TODAY) -> NostroStatement:
    """Do with a file that was agreed to what the worker does."""
    settlement.act_on_report(agreed.reference, on=on, at=NOW)
    for each in nostro_queries.lines_to_book(agreed.reference):
        settlement.reconcile_line(each, at=NOW)
    agreed.refresh_from_db()
    return agreed


def run(received: NostroStatement, on: date = TODAY) -> NostroStatement:
    """Read a file, agree to it and do what it tells; one that was not accepted stays so."""
    if read(received, on).status != StatementStatus.WAITING:
        return received
    agree(received)
    return apply(received, on)


def notification(*lines: ParsedLine) -> bytes:
    """Write a camt.054 message."""
    told = writing.as_camt053(replace(statement(*lines), opening_balance=None, closing_balance=None))
    for old, new in (("camt.053", "camt.054"), ("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn"), ("Stmt>", "Ntfctn>")):
        told = told.replace(old.encode(), new.encode())
    return told


def report(file: str, *, payment: str = "", status: str = "RJCT", reason: str = "AC04", version: int = 3) -> bytes:
    """Write a pain.002 message about one payment, or about the whole file."""
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn><AddtlInf>closed</AddtlInf></StsRsnInf>"
    group = "" if payment else f"<GrpSts>{status}</GrpSts>{why}"
    one = f"<TxInfAndSts><OrgnlEndToEndId>{payment}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}</TxInfAndSts>"
    batch = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{file}-1</OrgnlPmtInfId>{one}</OrgnlPmtInfAndSts>" if payment else ""
    return f"""<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version:02}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-03-02T10:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{file}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts>
{batch}</CstmrPmtStsRpt></Document>""".encode()
