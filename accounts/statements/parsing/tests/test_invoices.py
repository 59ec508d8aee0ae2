"""Invoice ledgers: what is read, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.statements.parsing import ParsedInvoice, StatementRefused, parse_invoices
from accounts.statements.parsing.tests import samples

HEADING = "发票号码,开票日期,购方名称,金额,税额,价税合计,发票状态\n"


class TestParseInvoices:
    """What a ledger gives."""

    def test_reads_a_tax_office_export(self):
        content = (HEADING + "24442001,2026-01-05,河镇饭店,100.00,13.00,113.00,正常\n").encode("gb18030")
        assert parse_invoices(content, name="ledger.csv") == [
            ParsedInvoice(
                "24442001",
                date(2026, 1, 5),
                "河镇饭店",
                Decimal("100.00"),
                Decimal("13.00"),
                Decimal("113.00"),
                "CNY",
                "",
                is_valid=True,
                is_credit_note=False,
                buyer_name="河镇饭店",
            )
        ]

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"\xff\xd8\xff photo", "invoice_wrong_type"),
            (b"PK\x03\x04 archive", "invoice_wrong_type"),
            (b'\xef\xbb\xbf<?xml version="1.0"?><EInvoice/>', "invoice_wrong_xml"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "statement_spreadsheet"),
            ("交易日期,借方金额,贷方金额,账户余额\n2026-01-05,,1.00,1.00\n".encode(), "invoices_are_statement"),
        ],
    )
    def test_says_what_the_file_is_instead(self, content, code):
        with pytest.raises(StatementRefused) as error:
            parse_invoices(content, name="x")
        assert error.value.code == code

    def test_reads_the_tax_offices_full_list_with_both_sides(self):
        heading = (
            "序号,发票代码,发票号码,数电发票号码,销方识别号,销方名称,购方识别号,购买方名称,开票日期,税收分类编码,"
            "货物或应税劳务名称,规格型号,单位,数量,单价,金额,税率,税额,价税合计,发票来源,发票票种,发票状态,"
            "是否正数发票,发票风险等级,开票人,备注\n"
        )
        sale = (
            "1,,,24332000000012345678,91330106673959654P,青山茶庄,91350211M000100Y43,河镇饭店有限公司,"
            "2026-01-05 10:22:31,1030206,*茶*绿茶,,斤,10,100,1000.00,3%,30.00,1030.00,电子发票服务平台,"
            "数电发票（普通发票）,{state},{positive},正常,王芳,\n"
        )
        red = sale.replace("12345678", "12345699").replace("1000.00", "-1000.00").replace("30.00", "-30.00")
        red = red.replace("1-30.00", "-1030.00").replace("10-30.00", "-1030.00")
        text = heading + sale.format(state="已红冲-全额", positive="是") + red.format(state="正常", positive="否")
        first, second = parse_invoices(text.encode("utf-8-sig"), name="全量发票查询.csv")
        assert (first.number, first.seller_name, first.buyer_name, first.counterparty_name) == (
            "24332000000012345678",
            "青山茶庄",
            "河镇饭店有限公司",
            "",
        )
        assert (first.is_valid, first.is_credit_note, first.gross_amount) == (True, False, Decimal("1030.00"))
        assert (second.is_valid, second.is_credit_note, second.gross_amount) == (True, True, Decimal("-1030.00"))

    def test_reads_codes_and_tax_numbers_with_the_zeros_that_a_spreadsheet_leaves_out(self):
        heading = "发票代码,发票号码,销方识别号,销方名称,开票日期,价税合计\n"
        content = (heading + "33002100311,345678,91330106673959654P,青山茶庄,2021-01-05,113.00\n").encode()
        (invoice,) = parse_invoices(content, name="x")
        assert (invoice.full_number, invoice.seller_number) == ("033002100311-00345678", "91330106673959654P")

    @pytest.mark.parametrize(
        ("state", "amounts", "valid", "credited"),
        [
            ("作废", "100.00,13.00,113.00", False, False),
            ("红冲", "100.00,13.00,113.00", True, True),
            ("正常", "-100.00,-13.00,-113.00", True, True),
        ],
    )
    def test_tells_void_ones_and_credit_notes(self, state, amounts, valid, credited):
        (invoice,) = parse_invoices((HEADING + f"1,2026-01-05,甲,{amounts},{state}\n").encode(), name="a.csv")
        assert (invoice.is_valid, invoice.is_credit_note, invoice.gross_amount < 0) == (valid, credited, credited)

    def test_reads_english_headings_and_directions(self):
        text = "Invoice number,Issue date,Counterparty,Net,Tax,Direction\n7,2026-01-05,Li,10.00,1.30,purchase\n"
        (invoice,) = parse_invoices(text.encode(), name="a.csv")
        assert (invoice.direction, invoice.gross_amount) == ("purchase", Decimal("11.30"))

    def test_reads_a_workbook_as_the_same_table(self):
        rows = [
            ["发票号码", "开票日期", "购方名称", "金额", "税额"],
            [24442001, date(2026, 1, 5), "河镇饭店", 100, 13.0],
        ]
        text = "发票号码,开票日期,购方名称,金额,税额\n24442001,2026-01-05,河镇饭店,100,13.0\n"
        read = parse_invoices(samples.xlsx(rows), name="ledger.xlsx")
        assert read == parse_invoices(text.encode(), name="ledger.csv")
        assert read[0].gross_amount == 113

    @pytest.mark.parametrize(
        ("row", "code"),
        [
            ("1,2026-01-05,甲,100.00,13.00,114.00,正常", "invoice_does_not_add_up"),
            (",2026-01-05,甲,100.00,13.00,113.00,正常", "invoice_number_missing"),
            ("1,2026-01-05,甲,100.00,13.00,113.00,maybe", "invoice_validity_wrong"),
            ("1,2026-02-30,甲,100.00,13.00,113.00,正常", "date_wrong"),
            ("1,9999-12-31,甲,100.00,13.00,113.00,正常", "date_wrong"),
        ],
    )
    def test_refuses_a_broken_row_with_its_line(self, row, code):
        with pytest.raises(StatementRefused) as caught:
            parse_invoices((HEADING + row + "\n").encode(), name="a.csv")
        assert (caught.value.code, caught.value.params["line"]) == (code, 2)
