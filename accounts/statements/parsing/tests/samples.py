"""Real sample files, read in place where they are; and small ones of our own."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

STATEMENTS = next(
    (
        each / "shared" / "statements"
        for each in Path(__file__).resolve().parents
        if (each / "shared" / "statements").is_dir()
    ),
    Path("/work/shared/statements"),
)


def sample(name: str) -> bytes:
    """Read a real file, or skip the test where the samples are not at hand."""
    path = STATEMENTS / name
    if not path.is_file():
        pytest.skip(f"the sample {name} is not at hand")
    return path.read_bytes()


def camt(
    entries: str = "", *, version: str = "08", balances: tuple[str, str] | None = None, account: str = ""
) -> bytes:
    """Write a camt.053 file around entries."""
    ends = ""
    for kind, amount in zip(("OPBD", "CLBD"), balances or (), strict=False):
        sign = "DBIT" if amount.startswith("-") else "CRDT"
        ends += (
            f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='CNY'>{amount.lstrip('-')}</Amt>"
            f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2026-01-01</Dt></Dt></Bal>"
        )
    account = account or "<Acct><Id><Othr><Id>6222021234567890</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        f"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}'>"
        f"<BkToCstmrStmt><Stmt><Id>1</Id>{account}{ends}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(
    amount: str = "10.00", *, sign: str = "CRDT", day: str = "2026-01-05", status: str = "BOOK", more: str = ""
) -> str:
    """Write one camt.053 entry."""
    return (
        f"<Ntry><Amt Ccy='CNY'>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt>{more}</Ntry>"
    )


def mt940(lines: str = "", *, opening: str = "C260101CNY100,00", closing: str = "C260131CNY100,00") -> bytes:
    """Write an MT940 file around ``:61:`` lines."""
    return f":20:STARTUMSE\n:25:6222021234567890\n:28C:1/1\n:60F:{opening}\n{lines}:62F:{closing}\n-\n".encode()


def ofx(lines: str, *, balance: str = "100.00") -> bytes:
    """Write an OFX 1 file around its transactions."""
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>\n<CURDEF>CNY\n"
        "<BANKACCTFROM><BANKID>1<ACCTID>6222021234567890<ACCTTYPE>CHECKING</BANKACCTFROM>\n<BANKTRANLIST>\n"
        f"{lines}</BANKTRANLIST>\n<LEDGERBAL><BALAMT>{balance}<DTASOF>20260131</LEDGERBAL>\n"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    ).encode()


def ofx_line(amount: str = "10.00", *, day: str = "20260105") -> str:
    """Write one OFX transaction."""
    return (
        f"<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>{day}<TRNAMT>{amount}<FITID>7<NAME>Li &amp; Sons<MEMO>order 7</STMTTRN>\n"
    )


def xlsx(rows: Sequence[Sequence[object]]) -> bytes:
    """Write a workbook of one sheet."""
    return xlsx_of({"Sheet": rows})


def xlsx_of(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Write a workbook of several sheets."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def xlsx_changed(content: bytes, old: bytes, new: bytes, *, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """Change the XML of one part of a workbook; what is to be changed must be there."""
    written = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as before, ZipFile(written, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            told = before.read(name)
            assert name != part or old in told, told
            after.writestr(name, told.replace(old, new) if name == part else told)
    return written.getvalue()
