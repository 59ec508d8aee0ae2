"""Invoices as they are handed out: what each format gives, and what is refused."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from zipfile import ZIP_LZMA, ZipFile

import pytest

from accounts.statements.parsing import ParsedInvoice, StatementRefused, parse, parse_invoices
from accounts.statements.parsing.documents.tests import samples
from accounts.statements.parsing.tests.samples import xlsx

DIGITAL = ParsedInvoice(
    number=samples.NUMBER,
    issued_on=date(2026, 1, 5),
    counterparty_name="",
    net_amount=Decimal(1000),
    tax_amount=Decimal(130),
    gross_amount=Decimal(1130),
    currency="CNY",
    direction="",
    is_valid=True,
    is_credit_note=False,
    seller_name="青山茶庄",
    buyer_name="河镇饭店有限公司",
    seller_number="91330106673959654P",
    buyer_number="91330100799655058B",
)
EUROPEAN = replace(
    DIGITAL, number="2026-17", net_amount=Decimal(100), tax_amount=Decimal(19), gross_amount=Decimal(119),
    currency="EUR", seller_name="Green Tea Shop", buyer_name="Teehaus am Markt GmbH", seller_number="", buyer_number="",
)  # fmt: skip


def read(content: bytes) -> ParsedInvoice:
    """Read a file of one invoice."""
    (invoice,) = parse_invoices(content, name="x")
    assert invoice.is_document
    return invoice


def refusal(content: bytes) -> tuple[str, dict[str, Any]]:
    """Tell why a file is refused."""
    with pytest.raises(StatementRefused) as caught:
        parse_invoices(content, name="x")
    assert caught.value.question is None
    return caught.value.code, caught.value.params


class TestTaxOffice:
    """XML of the tax office."""

    def test_reads_a_fully_digital_invoice(self):
        assert read(samples.digital()) == DIGITAL

    def test_reads_an_invoice_with_a_code_and_puts_the_code_before_its_number(self):
        invoice = read(samples.coded())
        assert (invoice.full_number, invoice.issued_on) == ("033002100311-00345678", date(2021, 1, 5))
        assert (invoice.seller_number, invoice.gross_amount) == ("91330106673959654P", 1130)

    def test_takes_a_tax_of_stars_for_none(self):
        assert read(samples.coded(tax="***", gross="1000.00")).tax_amount == 0

    def test_takes_a_red_invoice_for_a_credit_note(self):
        red = read(samples.digital(amounts=("-1000.00", "-130.00", "-1130.00"), is_blue="N"))
        assert (red.is_credit_note, red.gross_amount) == (True, -1130)
        assert read(samples.digital(is_blue="N")) == red

    def test_knows_no_code_of_what_is_none(self):
        assert read(samples.digital(buyer=("王芳", "33010619800101123"))).buyer_number == ""

    @pytest.mark.parametrize(
        ("content", "code", "params"),
        [
            (
                samples.digital(amounts=("1000.00", "130.00", "1131.00")),
                "invoice_total_wrong",
                {"number": samples.NUMBER, "expected": "1,130.00", "found": "1,131.00"},
            ),
            (
                samples.digital(amounts=("1000.00", "13O", "1130.00")),
                "invoice_element_wrong",
                {"element": "TotalTaxAm", "value": "13O"},
            ),
            (
                samples.digital(buyer=("", "")),
                "invoice_element_missing",
                {"element": "BuyerName"},
            ),
            (
                samples.digital(day="2026-02-30"),
                "invoice_element_wrong",
                {"element": "RequestTime", "value": "2026-02-30 10:22:31"},
            ),
            (
                samples.digital(day="0001-01-05"),
                "invoice_element_wrong",
                {"element": "RequestTime", "value": "0001-01-05 10:22:31"},
            ),
            (samples.digital("\u200b"), "invoice_element_missing", {"element": "InvoiceNumber"}),
            (samples.digital()[:-40], "xml_broken", {"line": 15}),
            (samples.digital(more="<!DOCTYPE a [<!ENTITY b 'c'>]>"), "xml_forbidden", {}),
            (b"<EInvoice>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</EInvoice>", "xml_forbidden", {}),
            (b"<EInvoice>" + b"<a/>" * 300_001 + b"</EInvoice>", "xml_forbidden", {}),
            (b"<xbrl><InvoiceNumber>1</InvoiceNumber></xbrl>", "invoice_wrong_xml", {"found": "xbrl"}),
            (b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'/>", "invoices_are_statement", {}),
        ],
    )
    def test_refuses_what_is_not_certain(self, content, code, params):
        assert refusal(content) == (code, params)

    @pytest.mark.parametrize("content", [samples.digital(), samples.coded(), samples.ubl(), samples.cii()])
    def test_is_told_from_a_statement(self, content):
        with pytest.raises(StatementRefused) as caught:
            parse(content, name="x")
        assert caught.value.code == "statement_is_invoices"


class TestEuropean:
    """UBL and CII."""

    @pytest.mark.parametrize("content", [samples.ubl(), samples.cii()])
    def test_reads_an_invoice_with_the_tax_in_its_own_currency(self, content):
        assert read(content) == EUROPEAN

    @pytest.mark.parametrize(
        "content",
        [
            samples.ubl(kind="CreditNote", type_code="381"),
            samples.ubl(type_code="381"),
            samples.cii(type_code="381"),
        ],
    )
    def test_reads_a_credit_note_with_negative_amounts(self, content):
        note = read(content)
        assert (note.is_credit_note, note.net_amount, note.gross_amount) == (True, -100, -119)

    def test_finds_a_credit_code_among_the_numbers_of_a_party(self):
        assert read(samples.ubl(seller_id="91330106673959654P")).seller_number == "91330106673959654P"

    def test_refuses_a_total_that_does_not_add_up(self):
        assert refusal(samples.cii(gross="120.00"))[0] == "invoice_total_wrong"
        assert refusal(samples.ubl(currency="euro"))[1] == {"element": "Currency", "value": "euro"}
        assert refusal(samples.ubl(buyer=""))[1] == {"element": "AccountingCustomerParty"}


class TestOfd:
    """OFD files."""

    def test_reads_the_objects_that_its_tags_name(self):
        assert read(samples.ofd_of_tags()) == DIGITAL

    def test_reads_what_is_attached(self):
        assert read(samples.ofd_of_attachment(samples.digital())) == DIGITAL
        assert read(samples.ofd_of_attachment(samples.coded())).code == "033002100311"

    def test_does_not_guess_what_no_tag_names(self):
        assert refusal(samples.ofd_of_tags(without="TaxInclusiveTotalAmount")) == (
            "invoice_element_missing",
            {"element": "TaxInclusiveTotalAmount"},
        )
        assert refusal(samples.zipped(("OFD.xml", b"<OFD/>"), ("Doc_0/Pages/P.xml", b"<Page/>")))[0] == "ofd_no_data"

    def test_is_told_from_a_statement(self):
        with pytest.raises(StatementRefused) as caught:
            parse(samples.ofd_of_tags(), name="x")
        assert caught.value.code == "statement_ofd"


class TestPaper:
    """PDF files."""

    def test_reads_the_tax_offices_form(self):
        assert read(samples.paper()) == DIGITAL

    def test_reads_an_older_form_with_the_seller_below(self):
        assert read(samples.paper(is_stacked=True)) == DIGITAL

    def test_reads_a_red_one(self):
        amounts, words = ("-1000.00", "-130.00", "-1130.00"), "（负数）壹仟壹佰叁拾圆整"
        remark = "被红冲蓝字数电发票号码：26332000000012345600"
        red = read(samples.paper(amounts=amounts, words=words, remark=remark))
        assert (red.is_credit_note, red.gross_amount) == (True, -1130)

    def test_reads_one_without_tax_for_a_buyer_without_a_number(self):
        invoice = read(
            samples.paper(buyer=("王芳", ""), amounts=("320.05", "", "320.05"), tax="免税", words="叁佰贰拾圆零伍分")
        )
        assert (invoice.buyer_name, invoice.buyer_number, invoice.tax_amount) == ("王芳", "", 0)

    def test_reads_the_xml_that_is_embedded(self):
        assert read(samples.changed(samples.printed("Rechnung"), attached=samples.cii())) == EUROPEAN

    @pytest.mark.parametrize(
        ("stated", "code"),
        [
            ({"/InvoiceNumber": samples.NUMBER, "/SellerIdNum": samples.SELLER[1]}, ""),
            ({"/SellerIdNum": samples.BUYER[1], "/BuyerIdNum": samples.SELLER[1]}, "pdf_otherwise"),
            ({"/InvoiceNumber": "26332000000012345699"}, "pdf_otherwise"),
        ],
    )
    def test_holds_what_it_shows_against_what_it_states(self, stated, code):
        content = samples.changed(samples.paper(), stated=stated)
        assert (refusal(content)[0] if code else read(content)) == (code or DIGITAL)

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (samples.paper(words="壹仟叁佰壹拾圆整"), "invoice_words_differ"),
            (samples.paper(words="（负数）壹仟壹佰叁拾圆整"), "invoice_words_differ"),
            (samples.paper(amounts=("1000.00", "120.00", "1130.00")), "invoice_total_wrong"),
            (samples.paper(number="2633"), "pdf_no_invoice"),
            (samples.paper(buyer=("", samples.BUYER[1])), "invoice_element_missing"),
            (samples.printed("just a letter"), "pdf_no_invoice"),
            (samples.changed(samples.paper(), password="secret"), "pdf_locked"),
            (b"%PDF-1.7 an invoice", "pdf_broken"),
            (samples.paper().replace(b"/FlateDecode", b"/Fl         "), "pdf_broken"),
        ],
    )
    def test_refuses_what_is_not_certain(self, content, code):
        assert refusal(content)[0] == code


class TestBundle:
    """ZIP files of invoices."""

    def test_reads_each_and_one_in_three_formats_once(self):
        other = "26332000000012345699"
        content = samples.zipped(
            ("pdf/1.pdf", samples.paper()),
            ("ofd/1.ofd", samples.ofd_of_tags()),
            ("xml/1.xml", samples.digital()),
            ("xml/2.xml", samples.digital(other)),
            ("__MACOSX/._2.xml", b"litter"),
        )
        assert parse_invoices(content, name="x") == [DIGITAL, replace(DIGITAL, number=other)]

    def test_names_the_file_that_it_refuses_and_why(self):
        content = samples.zipped(("1.xml", samples.digital()), ("差/2.xml", b"<a>"))
        reason = {"code": "xml_broken", "params": {"line": 1}}
        assert refusal(content) == ("zip_file_refused", {"name": "2.xml", "reason": reason})

    def test_refuses_two_files_that_tell_one_invoice_otherwise(self):
        otherwise = samples.digital(amounts=("100.00", "13.00", "113.00"))
        content = samples.zipped(("1.xml", samples.digital()), ("2.xml", otherwise))
        assert refusal(content) == (
            "zip_files_contradict",
            {"first": "1.xml", "second": "2.xml", "number": samples.NUMBER},
        )

    def test_names_a_file_by_what_can_be_printed(self):
        assert refusal(samples.zipped(("a\u202e\nb.xml", b"<a>")))[1]["name"] == "a b.xml"

    def test_reads_names_as_chinese_systems_write_them(self):
        content = samples.zipped(("XX.jpg", b"\xff\xd8\xff photo")).replace(b"XX.jpg", "票.jpg".encode("gb18030"))
        assert refusal(content)[1]["name"] == "票.jpg"

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (samples.zipped(("a.zip", samples.zipped(("1.xml", samples.digital())))), "zip_holds_zip"),
            (samples.zipped(("a.xlsx", xlsx([["发票号码"], ["1"]]))), "zip_holds_zip"),
            (samples.zipped(("a.jpg", b"\xff\xd8\xff photo")), "invoice_wrong_type"),
            (samples.zipped(("a.csv", b"Number,Date,Gross\n")), "invoice_wrong_type"),
        ],
    )
    def test_takes_invoices_alone(self, content, why):
        code, params = refusal(content)
        assert (code, params["reason"]["code"]) == ("zip_file_refused", why)

    def test_is_bounded(self):
        assert refusal(samples.zipped(*((f"{each}.xml", b"<a/>") for each in range(501))))[0] == "zip_too_large"
        assert refusal(samples.zipped(*((f"{each}.xml", b"<a/>") for each in range(301))))[0] == "zip_too_many"
        assert refusal(samples.zipped(("__MACOSX/x", b"")))[0] == "zip_empty"
        bomb = io.BytesIO()
        with ZipFile(bomb, "w", compression=8) as archive:
            archive.writestr("1.xml", b"<a>" + b" " * 65 * 1024 * 1024)
        assert refusal(bomb.getvalue())[0] == "zip_too_large"

    def test_refuses_what_is_locked_or_damaged(self):
        content = bytearray(samples.zipped(("1.xml", samples.digital()), compression=ZIP_LZMA))
        content[60] ^= 255
        assert refusal(bytes(content))[0] == "zip_broken"
        content = bytearray(samples.zipped(("1.xml", samples.digital())))
        damaged = bytes(content).replace(b"EInvoiceTag", b"EInvoiceTug")
        assert refusal(damaged)[0] == "zip_broken"
        content[content.index(b"PK\x01\x02") + 8] |= 1
        assert refusal(bytes(content))[0] == "zip_locked"
