"""Web pages with a table become the table that a person sees in a spreadsheet."""

from datetime import date
from decimal import Decimal
from time import process_time

import pytest

from accounts.statements.parsing import StatementRefused, parse, web_page
from accounts.statements.parsing.tests import samples
from accounts.statements.parsing.tests.reading import read, refusal

ROWS = [["交易日期", "金额", "余额", "对方户名"], ["2026-01-05", "10.00", "110.00", "李四"]]
TABLE = "<tr><th>Date<th>Amount<th>With whom</tr>"


def rows(table: str) -> list[tuple[int, list[str]]]:
    """Read the rows of a page's first table."""
    return next(iter(web_page.sheets(f"<table>{table}</table>".encode()).values())).rows


class TestRead:
    """What a good page gives."""

    @pytest.mark.parametrize(
        "content",
        [
            samples.web_page(ROWS),
            samples.web_page(ROWS, charset="gb2312"),
            samples.web_page(ROWS).replace(b"utf-8", b"gbk"),
            samples.web_page(ROWS, charset="gb2312").replace(b"gb2312", b"utf-8"),
            samples.web_page(ROWS).replace(b"<td>", b"<TD nowrap>").replace(b"</td>", b""),
            b"\xef\xbb\xbf" + samples.web_page(ROWS),
            b'<?xml version="1.0" encoding="utf-8"?>\n<!-- made by a bank -->\n' + samples.web_page(ROWS),
        ],
        ids=["UTF-8", "GB", "says GB", "says UTF-8", "cells without end", "mark", "XHTML"],
    )
    def test_reads_the_table(self, content):
        told = read(content)
        (line,) = told.lines
        assert (told.format, line.booked_on, line.amount) == ("html", date(2026, 1, 5), Decimal("10.00"))
        assert (line.balance_after, line.counterparty_name) == (Decimal("110.00"), "李四")

    def test_reads_entities_breaks_and_tags_within_a_cell_as_text(self):
        page = f"<table>{TABLE}<tr><td>2026-01-05<td>&#49;0.00&nbsp;<td><b>Li &amp;</b><br>Sons</tr></table>"
        assert read(page).lines[0].counterparty_name == "Li & Sons"

    def test_leaves_out_what_no_reader_sees(self):
        page = f"<table>{TABLE}<tr><td>2026-01-05<script>document.write('9')</script><td>1.00<td>Li</tr></table>"
        assert read(page).lines[0].booked_on == date(2026, 1, 5)

    def test_leaves_empty_what_a_cell_reaches_over(self):
        heading = "<tr><th rowspan=2>日期<th colspan=2>发生额<th rowspan=2>余额</tr><tr><th>收入<th>支出</tr>"
        assert rows(f"{heading}<tr><td>1<td>2<td>3<td>4</tr>") == [
            (1, ["日期", "发生额", "", "余额"]),
            (2, ["", "收入", "支出"]),
            (3, ["1", "2", "3", "4"]),
        ]

    def test_takes_the_table_with_a_heading_and_what_stands_above_it(self):
        above = "<table><tr><td>户名：<td>青山茶庄<td>账号：<td>6222021234567890</table>"
        below = "<table><tr><td>如有疑问请致电95588</table>"
        told = read(f"{above}<table>{TABLE}<tr><td>2026-01-05<td>1.00<td>Li</table>{below}")
        assert (told.account_identifier, told.holder_name, len(told.lines)) == ("6222021234567890", "青山茶庄", 1)
        assert told.lines[0].place == 3

    def test_reads_a_table_within_a_table(self):
        inner = f"<table>{TABLE}<tr><td>2026-01-05<td>1.00<td>Li</table>"
        assert len(read(f"<table><tr><td>Menu<td>{inner}<td>Foot</table>").lines) == 1


class TestRefuse:
    """What is damaged or ambiguous."""

    def test_refuses_two_tables_of_payments(self):
        table = f"<table>{TABLE}<tr><td>2026-01-05<td>1.00<td>Li</table>"
        assert refusal(table * 2)[0] == "workbook_sheets_several"

    @pytest.mark.parametrize("end", ["</tr>", "", "</tr><script>", "</tr><!--"])
    def test_refuses_a_table_that_does_not_end(self, end):
        assert refusal(f"<table>{TABLE}<tr><td>2026-01-05<td>1.00<td>Li{end}")[0] == "statement_truncated"

    def test_refuses_a_page_whose_rest_nobody_would_see(self):
        row = "<tr><td>2026-01-05<td>1.00<td>Li</tr>"
        assert refusal(f"<table>{TABLE}{row}<xml>{row}</table>")[0] == "statement_truncated"

    def test_refuses_a_table_that_is_too_wide(self):
        assert refusal(f"<table>{TABLE}<tr>{'<td>1' * 70}</table>")[0] == "table_too_wide"

    @pytest.mark.parametrize("content", ["<td colspan=9999999>" * 9, "<td rowspan=99999 colspan=99>", "<td colspan=x>"])
    def test_bears_cells_that_reach_too_far(self, content):
        assert len(rows(f"<tr><td>1{content}2</tr>")) == 1

    @pytest.mark.parametrize(
        "content", [b"<table><tr>" * 100_000, b"<table>" + b"<tr><td>" * 90_000, b"<table><tr>" + b"<!" * 300_000]
    )
    def test_answers_in_seconds(self, content):
        began = process_time()
        with pytest.raises(StatementRefused):
            parse(content, name="statement.xls")
        assert process_time() - began < 10
