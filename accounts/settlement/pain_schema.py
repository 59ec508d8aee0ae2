"""The structure of pain.001.001.03 and .09 as tables: order, number and form of elements. Pure.

Written by hand after the published message definitions, for the parts that payments between accounts use; ``ANY``
stands for parts that we neither write nor look into.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MANY: Final = 1_000_000
ANY: Final = "any"


@dataclass(frozen=True)
class Part:
    """A child element: its name, its type, and how often it may stand."""

    name: str
    type: str
    least: int = 1
    most: int = 1


@dataclass(frozen=True)
class Complex:
    """A type made of parts: all in their order, or exactly one of them."""

    parts: tuple[Part, ...]
    is_choice: bool = False


def _sequence(text: str) -> Complex:
    """Read ``"Nm:Max140? Id:Any*"``: a question mark is optional, a star any number, a plus at least one."""
    return Complex(tuple(_part(each) for each in text.split()))


def _choice(text: str) -> Complex:
    return Complex(tuple(_part(each) for each in text.split()), is_choice=True)


def _part(text: str) -> Part:
    name, _colon, kind = text.rstrip("?*+").partition(":")
    least, most = {"?": (0, 1), "*": (0, MANY), "+": (1, MANY)}.get(text[-1], (1, 1))
    return Part(name, kind or ANY, least, most)


SIMPLE: Final[Mapping[str, re.Pattern[str]]] = {
    "Max16": re.compile(r".{1,16}", re.DOTALL),
    "Max34": re.compile(r".{1,34}", re.DOTALL),
    "Max35": re.compile(r".{1,35}", re.DOTALL),
    "Max140": re.compile(r".{1,140}", re.DOTALL),
    "Max15Numeric": re.compile(r"[0-9]{1,15}"),
    "Decimal": re.compile(r"(?=(?:[0-9]\.?){1,18}$)[0-9]+(?:\.[0-9]{1,17})?"),
    "Date": re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:Z|[+-][0-9]{2}:[0-9]{2})?"),
    "DateTime": re.compile(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
    ),
    "Boolean": re.compile(r"true|false|1|0"),
    "Method": re.compile(r"CHK|TRF|TRA"),
    "Bearer": re.compile(r"DEBT|CRED|SHAR|SLEV"),
    "Iban": re.compile(r"[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}"),
    "Bic": re.compile(r"[A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?"),
    "BicFi": re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?"),
    "Uetr": re.compile(r"[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}"),
    "Amount": re.compile(r"(?=(?:[0-9]\.?){1,18}$)[0-9]+(?:\.[0-9]{1,5})?"),
}
WITH_CURRENCY: Final = frozenset({"Amount"})
CURRENCY: Final = re.compile(r"[A-Z]{3}")

_COMMON: Final[Mapping[str, Complex]] = {
    "Document": _sequence("CstmrCdtTrfInitn:Initiation"),
    "Header": _sequence(
        "MsgId:Max35 CreDtTm:DateTime Authstn* NbOfTxs:Max15Numeric CtrlSum:Decimal? InitgPty:Party FwdgAgt:Agent?"
    ),
    "PaymentType": _sequence("InstrPrty? SvcLvl* LclInstrm? CtgyPurp?"),
    "Party": _sequence("Nm:Max140? PstlAdr? Id? CtryOfRes? CtctDtls?"),
    "AccountId": _choice("IBAN:Iban Othr:OtherId"),
    "OtherId": _sequence("Id:Max34 SchmeNm? Issr:Max35?"),
    "Agent": _sequence("FinInstnId:Institution BrnchId?"),
    "Value": _choice("InstdAmt:Amount EqvtAmt"),
    "Remittance": _sequence("Ustrd:Max140* Strd*"),
}
_TRANSACTION: Final = (
    "PmtId:Identification PmtTpInf:PaymentType? Amt:Value {rate} ChrgBr:Bearer? ChqInstr? UltmtDbtr:Party? "
    "IntrmyAgt1:Agent? IntrmyAgt1Acct:Account? IntrmyAgt2:Agent? IntrmyAgt2Acct:Account? IntrmyAgt3:Agent? "
    "IntrmyAgt3Acct:Account? CdtrAgt:Agent? CdtrAgtAcct:Account? Cdtr:Party? CdtrAcct:Account? UltmtCdtr:Party? "
    "InstrForCdtrAgt* InstrForDbtrAgt? Purp? RgltryRptg* Tax? RltdRmtInf* RmtInf:Remittance?"
).format(rate="XchgRateInf?")
_BATCH: Final = (
    "PmtInfId:Max35 PmtMtd:Method BtchBookg:Boolean? NbOfTxs:Max15Numeric? CtrlSum:Decimal? PmtTpInf:PaymentType? "
    "ReqdExctnDt:{day} PoolgAdjstmntDt:Date? Dbtr:Party DbtrAcct:Account DbtrAgt:Agent DbtrAgtAcct:Account? {extra} "
    "UltmtDbtr:Party? ChrgBr:Bearer? ChrgsAcct:Account? ChrgsAcctAgt:Agent? CdtTrfTxInf:Transaction+"
)
SCHEMAS: Final[Mapping[int, Mapping[str, Complex]]] = {
    3: {
        **_COMMON,
        "Initiation": _sequence("GrpHdr:Header PmtInf:Batch+"),
        "Batch": _sequence(_BATCH.format(day="Date", extra="")),
        "Transaction": _sequence(_TRANSACTION),
        "Identification": _sequence("InstrId:Max35? EndToEndId:Max35"),
        "Account": _sequence("Id:AccountId Tp? Ccy? Nm?"),
        "Institution": _sequence("BIC:Bic? ClrSysMmbId? Nm:Max140? PstlAdr? Othr?"),
    },
    9: {
        **_COMMON,
        "Initiation": _sequence("GrpHdr:Header PmtInf:Batch+ SplmtryData*"),
        "Batch": _sequence(_BATCH.format(day="Day", extra="InstrForDbtrAgt?")),
        "Day": _choice("Dt:Date DtTm:DateTime"),
        "Transaction": _sequence(_TRANSACTION + " SplmtryData*"),
        "Identification": _sequence("InstrId:Max35? EndToEndId:Max35 UETR:Uetr?"),
        "Account": _sequence("Id:AccountId Tp? Ccy? Nm? Prxy?"),
        "Institution": _sequence("BICFI:BicFi? ClrSysMmbId? LEI? Nm:Max140? PstlAdr? Othr?"),
    },
}
