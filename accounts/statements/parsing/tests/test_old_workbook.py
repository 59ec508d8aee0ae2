"""XLS: an old workbook becomes the table that the same one as XLSX would be."""

import io
import struct
from datetime import date, datetime

import pytest
import xlwt

from accounts.statements.parsing import ParsedStatement, StatementRefused, old_workbook, parse
from accounts.statements.parsing.tests import samples
from accounts.statements.parsing.tests.reading import read, refusal
from accounts.statements.parsing.tests.test_workbook import PLAIN

HEADING = ["Date", "Amount", "Balance"]


def bare(*cells: tuple[int, int, bytes], codepage: int) -> bytes:
    """Write a workbook of Excel 95 without a container: labels in a code page."""
    records = [(0x809, struct.pack("<HHHH", 0x500, 5, 0, 0)), (0x42, struct.pack("<H", codepage))]
    ahead = sum(4 + len(body) for _kind, body in records) + 4 + 13 + 4
    records += [(0x85, struct.pack("<LHB", ahead, 0, 6) + b"Sheet1"), (0x0A, b"")]
    records += [(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 0))]
    records += [(0x204, struct.pack("<HHHH", row, column, 0, len(told)) + told) for row, column, told in cells]
    records += [(0x0A, b"")]
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)


class TestRead:
    """What a good workbook gives."""

    def test_reads_what_the_same_workbook_tells_as_xlsx(self):
        rows = [
            ["户名：青山茶庄", "账号：6222021234567890"],
            [],
            ["交易日期", "收入", "支出", "余额", "对方户名", "摘要", "流水号"],
            [datetime(2026, 1, 5, 9, 30), 1200, None, 1300, "河镇饭店", "货款", 1],  # noqa: DTZ001 - cells have no zone
            [date(2026, 1, 6), None, 200.5, 1099.5, "李四", "房租", "A2"],
            ["合计", 1200, 200.5],
        ]
        (as_xlsx,) = parse(samples.xlsx(rows), name="statement.xlsx")
        told = read(samples.xls(rows))
        assert told == ParsedStatement(**{**vars_of(as_xlsx), "format": "xls"})
        assert [line.place for line in told.lines] == [4, 5]

    def test_reads_days_counted_from_1904(self):
        assert read(samples.saved(samples.xls_book({"Sheet": PLAIN}, is_1904=True))) == read(samples.xls(PLAIN))

    def test_leaves_hidden_sheets_out(self):
        book = samples.xls_book({"hidden": [HEADING, [date(2026, 1, 9), 99]], "shown": PLAIN})
        book.set_active_sheet(1)
        book.get_sheet("hidden").visibility = 1
        assert read(samples.saved(book)) == read(samples.xls(PLAIN))

    def test_tells_a_cell_over_several_columns_once(self):
        book = samples.xls_book({"Sheet": [[], ["Date", None, "Amount"]]})
        book.get_sheet("Sheet").write_merge(0, 0, 0, 2, "January")
        ((_name, sheet),) = old_workbook.sheets(samples.saved(book)).items()
        assert sheet.rows == [(1, ["January"]), (2, ["Date", "", "Amount"])]

    def test_reads_what_formulas_calculated(self):
        rows = [HEADING, [date(2026, 1, 5), 10.5, 110.5], [date(2026, 1, 6), -5, xlwt.Formula("C2+B3")]]
        records = samples.biff(samples.xls_book({"Sheet": rows}).get_biff_data())
        calculated = [
            (kind, body[:6] + struct.pack("<d", 105.5) + body[14:] if kind == 6 else body) for kind, body in records
        ]
        assert read(samples.xls_of_records(calculated)) == read(samples.xls(PLAIN))

    def test_reads_texts_in_the_code_page_of_an_older_excel(self):
        rows = [["交易日期", "金额", "对方户名"], ["2026-01-05", "10.00", "李四"]]
        cells = [(row, column, told.encode("gbk")) for row, each in enumerate(rows) for column, told in enumerate(each)]
        assert read(bare(*cells, codepage=936)).lines[0].counterparty_name == "李四"

    def test_reads_a_workbook_that_only_forbids_changes(self):
        locked = samples.xls_locked(PLAIN, "VelvetSweatshop")
        assert read(locked) == read(samples.xls(PLAIN))

    @pytest.mark.parametrize(
        ("told", "read_as"),
        [(6222021234567890123.0, "6222021234567890000"), (0.125, "0.1250"), (True, "true"), (5.0, "5")],
    )
    def test_writes_values_as_the_other_kind_of_workbook_does(self, told, read_as):
        ((_name, sheet),) = old_workbook.sheets(samples.xls([[told]])).items()
        assert sheet.rows == [(1, [read_as])]


def vars_of(statement: ParsedStatement) -> dict:
    """Give what a statement is made of."""
    return {name: getattr(statement, name) for name in statement.__slots__}


class TestRefuse:
    """What is damaged, locked or too large."""

    def test_asks_for_the_password_of_a_locked_one(self):
        with pytest.raises(StatementRefused) as caught:
            parse(samples.xls_locked(PLAIN, "123456"), name="statement.xls")
        assert caught.value.question.as_data() == {"kind": "password", "locked": "spreadsheet"}

    def test_names_the_cell_of_a_formula_that_nobody_calculated(self):
        rows = [HEADING, [date(2026, 1, 5), xlwt.Formula("1+1"), 110.5]]
        records = samples.biff(samples.xls_book({"Sheet": rows}).get_biff_data())
        begins = [place for place, (kind, _body) in enumerate(records) if kind == 0x809]
        records.insert(begins[1] + 1, (0x5E, b"\0\0"))
        assert refusal(samples.xls_of_records(records)) == ("workbook_formula_empty", {"cell": "B2"})

    def test_takes_no_formula_without_a_result_for_an_amount(self):
        rows = [HEADING, [date(2026, 1, 5), xlwt.Formula("1+1"), 110.5]]
        assert refusal(samples.xls(rows))[0] == "amount_missing"

    def test_refuses_two_sheets_of_payments(self):
        code, params = refusal(samples.saved(samples.xls_book({"1月": PLAIN, "2月": PLAIN})))
        assert (code, params) == ("workbook_sheets_several", {"first": "1月", "second": "2月"})

    def test_refuses_a_sheet_that_is_too_wide(self):
        wide = [HEADING, [date(2026, 1, 5), 10, 20, *range(100)]]
        assert refusal(samples.xls(wide)) == ("table_too_wide", {"line": 2, "found": 103, "most": 60})

    def test_counts_cells_before_they_become_objects(self):
        row = struct.pack("<HH", 0, 0) + bytes(6 * 1_300) + struct.pack("<H", 1_299)
        records = samples.biff(samples.xls_book({"Sheet": PLAIN}).get_biff_data())
        records[-1:-1] = [(0xBD, row)] * 800
        assert refusal(samples.xls_of_records(records)) == ("workbook_too_large", {})

    @pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
    def test_refuses_one_cut_off_on_its_way(self, share):  # what it is stands at its end
        content = samples.xls([HEADING, *[[date(2026, 1, 5), 10.5, 110.5]] * 500])
        assert refusal(content[: int(len(content) * share)])[0] == "statement_spreadsheet"

    def test_refuses_what_is_no_workbook_in_such_a_container(self):
        written = io.BytesIO()
        samples.XlsDoc().save(written, b"no workbook")
        assert refusal(written.getvalue())[0] == "workbook_broken"
