"""PDF: the invoice's XML where it is embedded (Factur-X, ZUGFeRD), otherwise the labels of the tax office's form.

The form is one all over the country. Its lines are put together by where they stand on the page, each value is the one
behind its label, and the invoice is refused where the amounts do not add up or the total is another in words. A text
that is a picture says nothing here.
"""

import io
import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

import pypdf
from pypdf.errors import DependencyError, DeprecationError, PyPdfError

from accounts.statements.parsing import markup
from accounts.statements.parsing.documents import european, tax_office, told
from accounts.statements.parsing.invoice import ParsedInvoice
from accounts.statements.parsing.refusals import refused
from portal.core.capitals import capitals

MOST_PAGES: Final = 20
_DAMAGE: Final = (
    DependencyError, DeprecationError, PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError,
    NotImplementedError, OSError, RecursionError, TypeError, ValueError,
)  # fmt: skip
_NAMES: Final = {
    "number": "发票号码", "code": "发票代码", "day": "开票日期", "net": "合计", "tax": "合计", "gross": "价税合计",
    "seller": "销售方名称", "buyer": "购买方名称",
}  # fmt: skip
_ALONE: Final = r"(?<![一-龥])"  # a remark names the invoice that a red one takes back
_NUMBER: Final = re.compile(rf"{_ALONE}发\s*票\s*号\s*码\s*:?\s*(\d{{20}}|\d{{8}})(?!\d)")
_CODE: Final = re.compile(rf"{_ALONE}发\s*票\s*代\s*码\s*:?\s*(\d{{12}}|\d{{10}})(?!\d)")
_DAY: Final = re.compile(r"开\s*票\s*日\s*期\s*:?\s*(\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)")
_FIGURE: Final = r"¥?\s*(-?\s*¥?\s*[\d,]+\.\d{2})"
_SUMS: Final = re.compile(rf"(?<!税)合\s*计\s+{_FIGURE}(?:\s+(?:{_FIGURE}|\*+|免税))?")
_TOTAL: Final = re.compile(rf"\(\s*大\s*写\s*\)\s*(.{{1,60}}?)\s*\(\s*小\s*写\s*\)\s*{_FIGURE}", re.DOTALL)
_PARTY: Final = re.compile(r"名\s*称\s*:[ ]*((?:[^\s:]+[ ])*[^\s:]+)?(?=[ ]{2}|$)")
_TAX_NUMBER: Final = re.compile(r"(?:纳税人识别号|社会信用代码)\s*:[ ]*([0-9A-Z]{15,20})?(?![0-9A-Z])")
_BUYING: Final = re.compile(r"(?<!\S)(购)(?=\s|买|$)")
_SELLING: Final = re.compile(r"(?<!\S)(销)(?=\s|售|$)")
_BESIDE_THE_FORM: Final = frozenset("购买方销售信息")  # stands upright beside it, one under the other
_ITEMS: Final = re.compile(r"项\s*目\s*名\s*称|货\s*物\s*或")
_NOT_WORDS: Final = re.compile(r"[^零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分]|零(?!元)")


def read(content: bytes) -> ParsedInvoice:
    """Read the invoice of a PDF.

    :raises StatementRefused: ``pdf_locked``, ``pdf_broken``, ``pdf_no_invoice`` where the text holds no such form,
        ``invoice_words_differ``; as an invoice in XML is.
    """
    try:
        embedded, text, stated = _opened(content)
    except _DAMAGE:
        raise refused("pdf_broken") from None
    if embedded is not None:
        return european.read(embedded) if european.recognizes(embedded) else tax_office.read(embedded)
    return _by_labels(text, stated)


class _Held(NamedTuple):
    """What a PDF holds: an invoice as XML, or else its text and what its properties state."""

    embedded: Element | None
    text: str
    stated: dict[str, str]


def _opened(content: bytes) -> _Held:
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise refused("pdf_locked")
    for attachment in reader.attachment_list:
        if attachment.name.lower().endswith(".xml"):
            root = markup.tree(attachment.content)
            if european.recognizes(root) or tax_office.recognizes(root):
                return _Held(root, "", {})
    if len(reader.pages) > MOST_PAGES:
        raise refused("pdf_no_invoice")
    pages = (page.extract_text(extraction_mode="layout") for page in reader.pages)
    text = unicodedata.normalize("NFKC", "\n".join(pages))
    return _Held(None, text, {str(name): str(value) for name, value in (reader.metadata or {}).items()})


def _by_labels(text: str, stated: dict[str, str]) -> ParsedInvoice:
    """Read the tax office's form by its labels; what the file states of itself besides must be the same."""
    sums, totals = _SUMS.findall(text), _TOTAL.findall(text)
    numbers, parties = {*_NUMBER.findall(text)}, _parties(text)
    if len(numbers) != 1 or not sums or len(totals) != 1 or parties is None:
        raise refused("pdf_no_invoice")
    buyer, seller = parties
    said = {
        "number": numbers.pop(), "code": _found(_CODE, text), "day": _found(_DAY, text),
        "net": _figure(sums[-1][0]), "tax": _figure(sums[-1][1]), "gross": _figure(totals[0][1]),
        "seller": seller.name, "seller_number": seller.number, "buyer": buyer.name, "buyer_number": buyer.number,
    }  # fmt: skip
    invoice = told.invoice(said, _NAMES, currency="CNY")
    words = totals[0][0]
    if _bare(words) != _bare(capitals(invoice.gross_amount)) or ("负" in words and invoice.gross_amount > 0):
        figures = f"{invoice.gross_amount:,.2f}"
        raise refused("invoice_words_differ", number=invoice.number, figures=figures, words=words.strip())
    _compare(invoice, stated)
    return invoice


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _figure(told: str) -> str:
    return re.sub(r"\s", "", told)


def _bare(words: str) -> str:
    """Leave of an amount in words what tells it: zeros, a sign before and the end vary from form to form."""
    return _NOT_WORDS.sub("", words.replace("圆", "元"))


def _compare(invoice: ParsedInvoice, stated: dict[str, str]) -> None:
    numbers = (invoice.number, invoice.seller_number, invoice.buyer_number)
    for name, value in zip(("/InvoiceNumber", "/SellerIdNum", "/BuyerIdNum"), numbers, strict=True):
        if value and stated.get(name, value).strip() not in {value, ""}:
            raise refused("pdf_otherwise", element=name[1:], shown=value, stated=stated[name])


class _Party(NamedTuple):
    name: str
    number: str


class _Place(NamedTuple):
    """A label with the value behind it, and where it stands."""

    line: int
    column: int
    value: str


def _parties(text: str) -> tuple[_Party, _Party] | None:
    """Find buyer and seller, beside each other above the items, or above and below them as on older forms."""
    lines = text.splitlines()
    end = next((index for index, line in enumerate(lines) if _ITEMS.search(line)), len(lines))
    return _sides(lines[:end]) or _sides(lines)


def _sides(lines: Sequence[str]) -> tuple[_Party, _Party] | None:
    names, numbers = _places(_PARTY, lines), _places(_TAX_NUMBER, lines)
    buying, selling = _places(_BUYING, lines), _places(_SELLING, lines)
    if len(names) != 2 or len(numbers) != 2 or not buying or not selling:
        return None
    if abs(names[0].line - names[1].line) <= 1:
        names, numbers = (sorted(each, key=lambda place: place.column) for each in (names, numbers))
        is_clear = buying[0].column < names[0].column < selling[0].column < names[1].column
    else:
        is_clear = buying[0].line <= names[0].line + 1 < selling[0].line <= names[1].line + 1
    if not is_clear:
        return None
    buyer, seller = (_Party(name.value, number.value) for name, number in zip(names, numbers, strict=True))
    return buyer, seller


def _places(pattern: re.Pattern[str], lines: Sequence[str]) -> list[_Place]:
    return [
        _Place(number, each.start(), "" if each[1] in _BESIDE_THE_FORM else each[1] or "")
        for number, line in enumerate(lines)
        for each in pattern.finditer(line)
    ]
