"""XLSX: typed cells become the table that a CSV file would be; a hostile workbook is not opened."""

import io
from datetime import date, datetime
from decimal import Decimal
from time import process_time
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from accounts.statements.parsing import BalanceBreak, ParsedLine, ParsedStatement
from accounts.statements.parsing.tests import samples
from accounts.statements.parsing.tests.reading import read, refusal

PLAIN: list[list[object]] = [
    ["Date", "Amount", "Balance"],
    [date(2026, 1, 5), 10.5, 110.5],
    [date(2026, 1, 6), -5, 105.5],
]
FORMULA = b'<c r="C3"><f>C2+B3</f>%s</c>'
WRITTEN = b'<c r="C3" t="n"><v>105.5</v></c>'


def sheet(xml: bytes) -> bytes:
    """Put XML where the rows of a sheet end."""
    return samples.xlsx_changed(samples.xlsx(PLAIN), b"</sheetData>", xml + b"</sheetData>")


class TestRead:
    """What a good workbook gives."""

    def test_reads_typed_cells_below_what_stands_above_the_heading(self):
        content = samples.xlsx(
            [
                ["户名：青山茶庄", "账号：6222021234567890"],
                [],
                ["交易日期", "收入", "支出", "余额", "对方户名", "摘要", "流水号"],
                [datetime(2026, 1, 5, 9, 30), 1200, None, 1300, "河镇饭店", "货款", 1],  # noqa: DTZ001 - cells have no zone
                [date(2026, 1, 6), None, 200.5, 1099.5, "李四", "房租", "A2"],
                ["合计", 1200, 200.5],
            ]
        )
        assert read(content) == ParsedStatement(
            "xlsx",
            "6222021234567890",
            "青山茶庄",
            "CNY",
            Decimal(100),
            Decimal("1099.5"),
            [
                ParsedLine(1, date(2026, 1, 5), Decimal(1200), "CNY", Decimal(1300), "河镇饭店", "货款", "1"),
                ParsedLine(2, date(2026, 1, 6), Decimal("-200.5"), "CNY", Decimal("1099.5"), "李四", "房租", "A2"),
            ],
        )

    def test_names_the_row_of_the_sheet_where_balances_break(self):
        rows = [["Bank of the River"], [], *PLAIN, [date(2026, 1, 7), 1, 200]]
        assert read(samples.xlsx(rows)).breaks == (BalanceBreak(6, Decimal("106.5"), Decimal(200)),)

    def test_reads_cells_that_hold_text_as_a_csv_file_has_it(self):
        content = samples.xlsx([["Date", "Amount"], ["13.01.2026", "-1.234,50"], ["14.01.2026", "12,00"]])
        assert [line.amount for line in read(content).lines] == [Decimal("-1234.50"), Decimal("12.00")]

    @pytest.mark.parametrize(
        ("value", "amount"),
        [(1.234, "1.234"), (0.1 + 0.2, "0.3"), (1107.3000000000002, "1107.3"), (1234, "1234"), (1e6, "1000000")],
    )
    def test_reads_numbers_without_doubt_and_without_the_noise_of_floats(self, value, amount):
        assert read(samples.xlsx([["Date", "Amount"], [date(2026, 1, 5), value]])).lines[0].amount == Decimal(amount)

    def test_believes_cells_more_than_the_size_that_a_sheet_claims(self):
        content = samples.xlsx_changed(samples.xlsx(PLAIN), b'<dimension ref="A1:C3"', b'<dimension ref="A1"')
        assert len(read(content).lines) == 2

    def test_reads_the_first_sheet_that_is_shown(self):
        book = load_workbook(io.BytesIO(samples.xlsx(PLAIN)))
        book.create_sheet("hidden", 0).sheet_state = "hidden"
        book.create_sheet("notes").append(["anything"])
        written = io.BytesIO()
        book.save(written)
        assert len(read(written.getvalue()).lines) == 2

    @pytest.mark.parametrize("other", [["=SUM(A1:A2)"], list(range(80)), [*[None] * 1200, 1]])
    def test_reads_the_sheet_with_a_heading_whatever_another_holds(self, other):
        for names in (("Statement", "Summary"), ("Summary", "Statement")):
            content = samples.xlsx_of({name: PLAIN if name == "Statement" else [other] for name in names})
            assert len(read(content).lines) == 2

    def test_reads_what_a_formula_calculated(self):
        cached = FORMULA % b"<v>105.5</v>"
        assert read(samples.xlsx_changed(samples.xlsx(PLAIN), WRITTEN, cached)).closing_balance == Decimal("105.5")

    def test_takes_an_empty_text_for_a_result(self):
        cached = (FORMULA % b"<v></v>").replace(b'r="C3"', b'r="C3" t="str"')
        assert read(samples.xlsx_changed(samples.xlsx(PLAIN), WRITTEN, cached)).lines[1].balance_after is None

    def test_reads_ten_thousand_lines_in_seconds(self):
        book = Workbook(write_only=True)
        shown = book.create_sheet()
        shown.append(["Date", "Amount", "Counterparty", "Description"])
        for number in range(10_000):
            shown.append([date(2026, 1, 5), number, f"Customer {number}", f"order {number}"])
        written = io.BytesIO()
        book.save(written)
        began = process_time()
        assert len(read(written.getvalue()).lines) == 10_000
        assert process_time() - began < 15


class TestRefuse:
    """What a broken or hostile workbook is told."""

    @pytest.mark.parametrize("value", [b"", b"<v></v>", b"<v/>"])
    def test_refuses_a_formula_that_was_never_calculated_and_names_its_cell(self, value):
        content = samples.xlsx_changed(samples.xlsx(PLAIN), WRITTEN, FORMULA % value)
        assert refusal(content) == ("workbook_formula_empty", {"cell": "C3"})

    def test_refuses_the_sheet_that_is_meant_whatever_else_there_is(self):
        rows = [["=TODAY()"], *PLAIN]
        assert refusal(samples.xlsx_of({"Statement": rows, "Notes": [["x"]]})) == (
            "workbook_formula_empty",
            {"cell": "A1"},
        )
        found = refusal(samples.xlsx_of({"January": rows, "February": PLAIN}))
        assert found == ("workbook_sheets_several", {"first": "January", "second": "February"})

    @pytest.mark.parametrize(
        ("cell", "code"),
        [("2026-02-30", "date_wrong"), (46027, "date_wrong"), (None, "date_missing"), ("02/01/2026", "date_wrong")],
    )
    def test_refuses_a_cell_that_is_no_date_with_its_row(self, cell, code):
        found, params = refusal(samples.xlsx([*PLAIN, [cell, 1, 106.5]]))
        assert (found, params["line"]) == (code, 4)

    @pytest.mark.parametrize("cell", ["#VALUE!", True, "12x", 0.1234])
    def test_refuses_a_cell_that_is_no_amount_with_its_row(self, cell):
        found, params = refusal(samples.xlsx([["Date", "Amount"], [date(2026, 1, 5), cell]]))
        assert (found, params["line"]) == ("amount_wrong", 2)

    def test_refuses_parts_that_unfold_too_far_without_opening_them(self):
        written = io.BytesIO(samples.xlsx(PLAIN))
        with ZipFile(written, "a", ZIP_DEFLATED) as archive:
            archive.writestr("xl/media/image1.png", bytes(80_000_000))
        began = process_time()
        assert refusal(written.getvalue()) == ("workbook_too_large", {})
        assert process_time() - began < 1

    def test_refuses_a_part_that_lies_about_its_size(self):
        bomb = samples.xlsx_changed(samples.xlsx(PLAIN), b"</sheetData>", b" " * 70_000_000 + b"</sheetData>")
        with ZipFile(io.BytesIO(bomb)) as archive:
            told = archive.getinfo("xl/worksheets/sheet1.xml").file_size
        lying = bomb.replace(told.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
        assert lying != bomb
        assert refusal(lying) == ("workbook_broken", {})

    def test_refuses_thousands_of_parts(self):
        written = io.BytesIO(samples.xlsx(PLAIN))
        with ZipFile(written, "a") as archive:
            for number in range(600):
                archive.writestr(f"xl/{number}.xml", b"")
        assert refusal(written.getvalue()) == ("workbook_too_large", {})

    @pytest.mark.parametrize(
        ("xml", "answer"),
        [
            (b'<row r="9">' + b"<c/>" * 900_000 + b"</row>", ("table_too_wide", 9)),
            (b'<row r="9"><c r="XFD9"><v>1</v></c></row>', ("table_too_wide", 9)),
            (b'<row r="9">' + b"<c><v>1</v></c>" * 80 + b"</row>", ("table_too_wide", 9)),
            (b'<row r="9">' + b"<c/>" * 1_100_000 + b"</row>", ("workbook_too_large", None)),
            (b"<row/>" * 1_100_000, ("workbook_too_large", None)),
            (b'<row r="99999999999"><c><v>1</v></c></row>', ("workbook_broken", None)),
            (b'<row r="2"><c><v>1</v></c></row>', ("workbook_broken", None)),
            (b'<row r="9"><c r="A2"><v>1</v></c></row>', ("workbook_broken", None)),
            (b'<row r="9"><c t="s"><v>7</v></c></row>', ("workbook_broken", None)),
            (b'<row r="9"><c><v>one</v></c></row>', ("workbook_broken", None)),
        ],
        ids=["million", "last", "eighty", "more", "rows", "far", "again", "astray", "unshared", "letters"],
    )
    def test_refuses_sheets_of_absurd_shape(self, xml, answer):
        began = process_time()
        code, params = refusal(sheet(xml))
        assert (code, params.get("line")) == answer
        assert process_time() - began < 15

    def test_refuses_entities(self):
        bomb = b"<!DOCTYPE a [<!ENTITY b 'xxxxxxxx'><!ENTITY c '&b;&b;&b;'>]><worksheet "
        assert refusal(samples.xlsx_changed(samples.xlsx(PLAIN), b"<worksheet ", bomb)) == ("workbook_broken", {})

    @pytest.mark.parametrize("kept", [0.3, 0.6, 0.99])
    def test_says_of_a_workbook_cut_in_two_that_it_is_damaged(self, kept):
        whole = samples.xlsx(PLAIN)
        assert refusal(whole[: int(len(whole) * kept)])[0] == "workbook_broken"

    def test_refuses_an_empty_sheet_for_its_missing_heading(self):
        assert refusal(samples.xlsx([]))[0] == "table_no_header"

    def test_refuses_a_document_of_another_program(self):
        written = io.BytesIO()
        with ZipFile(written, "w") as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("word/document.xml", "<w/>")
        assert refusal(written.getvalue())[0] == "statement_spreadsheet"
