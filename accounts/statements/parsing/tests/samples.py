"""Real sample files, read in place where they are; and small ones of our own."""

import hashlib
import io
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pypdf
import pytest
import pyzipper
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.rc4 import DocumentRC4
from openpyxl import Workbook
from xlwt.CompoundDoc import XlsDoc

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


def xls_book(sheets: Mapping[str, Sequence[Sequence[object]]], *, is_1904: bool = False) -> xlwt.Workbook:
    """Make an old workbook of several sheets."""
    book = xlwt.Workbook()
    book.dates_1904 = is_1904
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for row, cells in enumerate(rows):
            for column, told in enumerate(cells):
                if told is not None:
                    sheet.write(row, column, told, *[day] * isinstance(told, date))
    return book


def saved(book: xlwt.Workbook) -> bytes:
    """Write an old workbook down."""
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def xls(rows: Sequence[Sequence[object]]) -> bytes:
    """Write an old workbook of one sheet."""
    return saved(xls_book({"Sheet": rows}))


def biff(stream: bytes) -> list[tuple[int, bytes]]:
    """Take the stream of an old workbook apart into records."""
    records, at = [], 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        records.append((kind, stream[at + 4 : at + 4 + length]))
        at += 4 + length
    return records


def xls_of_records(records: Sequence[tuple[int, bytes]]) -> bytes:
    """Write an old workbook of records."""
    written = io.BytesIO()
    XlsDoc().save(written, b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records))
    return written.getvalue()


def xls_locked(rows: Sequence[Sequence[object]], password: str) -> bytes:
    """Write an old workbook behind a password, as Excel 97 does (RC4); no library does."""
    salt, verifier = b"salt" * 4, b"verifier" * 2
    proof = DocumentRC4.decrypt(password, salt, io.BytesIO(verifier + hashlib.md5(verifier).digest())).read()  # noqa: S324
    lock = struct.pack("<HHH", 1, 1, 1) + salt + proof
    records = biff(xls_book({"Sheet": rows}).get_biff_data())
    records.insert(1, (0x2F, lock))
    length = sum(4 + len(body) for _kind, body in records)
    records.append((0, bytes(-length % 4)))  # its end is filled up by records of four bytes
    moved = 4 + len(lock)
    open_, hidden = b"", b""
    for kind, body in records:
        if kind == 0x85:
            body = struct.pack("<L", struct.unpack_from("<L", body)[0] + moved) + body[4:]  # noqa: PLW2901
        clear = len(body) if kind in {0x809, 0x2F, 0xE1} else 4 if kind == 0x85 else 0
        open_ += struct.pack("<HH", kind, len(body)) + body[:clear] + bytes(len(body) - clear)
        hidden += bytes(4 + clear) + body[clear:]
    stream = bytearray(DocumentRC4.decrypt(password, salt, io.BytesIO(hidden), blocksize=1024).read())
    at = 0
    for kind, body in biff(open_):
        clear = 4 + (len(body) if kind in {0x809, 0x2F, 0xE1} else 4 if kind == 0x85 else 0)
        stream[at : at + clear] = open_[at : at + clear]
        at += 4 + len(body)
    written = io.BytesIO()
    XlsDoc().save(written, bytes(stream))
    return written.getvalue()


def xlsx_locked(rows: Sequence[Sequence[object]], password: str) -> bytes:
    """Write a workbook behind a password."""
    written = io.BytesIO()
    OOXMLFile(io.BytesIO(xlsx(rows))).encrypt(password, written)
    return written.getvalue()


def pdf_locked(password: str, *, algorithm: str = "AES-256") -> bytes:
    """Write a PDF of one empty page behind a password."""
    writer, written = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt(password, algorithm=algorithm)
    writer.write(written)
    return written.getvalue()


def zip_of_lies(size: int, *, how: int, names: Sequence[str]) -> bytes:
    """Pack files of zeros, each of which says that it has a hundred."""
    packed, written = io.BytesIO(), io.BytesIO()
    with ZipFile(packed, "w") as archive:
        zeros = ZipInfo("0")
        zeros.compress_type = how
        with archive.open(zeros, "w") as part:
            for _step in range(size // 1_000_000):
                part.write(bytes(1_000_000))
        content = packed.getvalue()[31 : 31 + archive.getinfo("0").compress_size]
    with ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    told = bytearray(written.getvalue())
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        for start in [found.start() for found in re.finditer(mark, told)]:
            struct.pack_into("<H", told, start + at, how)
            struct.pack_into("<I", told, start + at + 6, zlib.crc32(bytes(100)))
            struct.pack_into("<I", told, start + at + 14, 100)
    return bytes(told)


def zipped(files: Mapping[str, bytes], *, password: str = "", how: int = ZIP_DEFLATED) -> bytes:
    """Pack files, behind a password of today's kind (AES) where there is one."""
    written = io.BytesIO()
    with pyzipper.AESZipFile(written, "w", compression=how) as archive:
        if password:
            archive.setencryption(pyzipper.WZ_AES)
            archive.setpassword(password.encode())
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def zipped_of_old(name: str, content: bytes, password: bytes) -> bytes:
    """Pack a file behind a password of the old kind (ZipCrypto), which no library writes."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def turn(byte: int) -> None:
        keys[0] = zlib.crc32(bytes([byte]), keys[0] ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = zlib.crc32(bytes([keys[1] >> 24]), keys[2] ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

    for byte in password:
        turn(byte)
    crc, hidden = zlib.crc32(content), bytearray()
    for byte in bytes(11) + bytes([crc >> 24]) + content:
        mask = (keys[2] | 2) & 0xFFFF
        hidden.append(byte ^ ((mask * (mask ^ 1)) >> 8) & 0xFF)
        turn(byte)
    named = name.encode("gb18030")
    told = struct.pack("<HHHHHLLLHH", 20, 1, 0, 0, 0x21, crc, len(hidden), len(content), len(named), 0)
    local = b"PK\x03\x04" + told + named + bytes(hidden)
    central = b"PK\x01\x02" + struct.pack("<H", 20) + told + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + named
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def web_page(rows: Sequence[Sequence[str]], *, charset: str = "utf-8") -> bytes:
    """Write a web page with a table, as banks do that call it Excel."""
    told = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head>\n<body><table>'
    return f"{page}{told}</table></body></html>".encode("gb18030" if charset.startswith("gb") else charset)
