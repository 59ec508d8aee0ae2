"""CSV: encodings, delimiters, headings, figures, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.statements.parsing import Answers, BalanceBreak, ParsedLine, ParsedStatement, StatementRefused, parse
from accounts.statements.parsing.tests.reading import read, refusal
from accounts.statements.parsing.tests.samples import xlsx

CHINESE = (
    "户名：青山茶庄,账号：6222021234567890\n币种,人民币\n"
    "交易日期,收入,支出,余额,对方户名,摘要,流水号\n"
    '2026年1月5日,"1,200.00",,"1,300.00",河镇饭店,货款,A1\n'
    "2026年1月6日,,200.00,1100.00,李四,房租,A2\n"
    "合计,1200.00,200.00,,,,\n"
)


class TestRead:
    """What a good table gives."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_reads_a_chinese_export_in_every_encoding(self, encoding):
        assert read(CHINESE.encode(encoding)) == ParsedStatement(
            "csv",
            "6222021234567890",
            "青山茶庄",
            "CNY",
            Decimal("100.00"),
            Decimal("1100.00"),
            [
                ParsedLine(
                    1, date(2026, 1, 5), Decimal("1200.00"), "CNY", Decimal("1300.00"), "河镇饭店", "货款", "A1"
                ),
                ParsedLine(2, date(2026, 1, 6), Decimal("-200.00"), "CNY", Decimal("1100.00"), "李四", "房租", "A2"),
            ],
        )

    def test_names_each_holder_of_one_account(self):
        statement = read(
            "日期,金额,本方户名,对方户名\n2026-01-05,10.50,青山茶庄,甲\n"
            "2026-01-06,1.00,赵磊,乙\n2026-01-07,2.00,青山茶庄,甲\n"
        )
        assert (statement.holder_name, statement.other_holders) == ("青山茶庄", ("赵磊",))

    def test_keeps_the_holders_of_two_accounts_apart(self):
        text = (
            "日期,金额,本方账号,本方户名,对方户名\n2026-01-05,10.50,6222021234567890,青山茶庄,甲\n"
            "2026-01-06,1.00,6222021234567890,青山茶庄,乙\n2026-01-06,1.00,6222029999999999,赵磊,丙\n"
            "2026-01-07,1.00,6222029999999999,赵磊,丁\n"
        )
        told = {each.account_identifier: each.holder_name for each in parse(text.encode(), name="statement.csv")}
        assert told == {"6222021234567890": "青山茶庄", "6222029999999999": "赵磊"}

    @pytest.mark.parametrize("payee", ["Total Energies", "TOTAL 4711 LYON", "Total Credit Union"])
    def test_keeps_a_payment_to_who_is_called_like_a_sum(self, payee):
        rows = [["Payee", "Date", "Amount"], [payee, "2026-01-05", -50.5], ["Total of payments", None, -50.5]]
        text = "\n".join(",".join(str(cell or "") for cell in row) for row in rows)
        for content in (text.encode(), xlsx(rows)):
            (statement,) = parse(content, name="statement")
            assert [(line.counterparty_name, line.amount) for line in statement.lines] == [(payee, Decimal("-50.5"))]

    @pytest.mark.parametrize("told", ["合计", "本月合计", "2026-01 小计", "Total credits", "Total for January"])
    def test_leaves_out_a_sum_that_has_a_date(self, told):
        statement = read(f"Payee,Date,Amount\nLi,2026-01-05,50.50\n{told},2026-01-31,50.50\n")
        assert [line.counterparty_name for line in statement.lines] == ["Li"]

    def test_keeps_a_short_payment_below_a_line_of_dashes(self):
        rows = "2026-01-05,1.00,tea,\n--------\n2026-01-06,2.00,tea\n--------\n2 payments,3.00\n"
        assert [line.amount for line in read(f"Date,Amount,Text,Note\n{rows}").lines] == [1, 2]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_reads_every_delimiter(self, delimiter):
        text = "Date,Amount,Description\n2026-01-05,10.50,tea\n".replace(",", delimiter)
        assert read(text).lines[0].amount == Decimal("10.50")

    def test_reads_continental_figures(self):
        statement = read("Date;Amount;Balance\n13.01.2026;-1.234,50;8.765,50\n14.01.2026;12,00;8.777,50\n")
        assert [line.amount for line in statement.lines] == [Decimal("-1234.50"), Decimal("12.00")]

    def test_lets_one_clear_figure_explain_the_others(self):
        statement = read('Date,Amount\n2026-01-05,"1,234"\n2026-01-06,7.50\n')
        assert statement.lines[0].amount == Decimal(1234)

    @pytest.mark.parametrize(
        ("cell", "amount"),
        [("¥12.30", "12.30"), ("-￥12.30", "-12.30"), ("(12.30)", "-12.30"), ("+12.30", "12.30"), ("１２.30", "12.30")],
    )
    def test_reads_decorated_amounts(self, cell, amount):
        assert read(f"Date,Amount\n2026-01-05,{cell}\n").lines[0].amount == Decimal(amount)

    def test_reads_the_direction_of_unsigned_amounts(self):
        statement = read(
            "交易时间,收/支,金额(元),交易对方\n2026-01-05 09:30:00,收入,10.00,甲\n2026-01-05 10:00:00,支出,4.00,乙\n"
        )
        assert [line.amount for line in statement.lines] == [Decimal("10.00"), Decimal("-4.00")]

    def test_turns_a_file_round_that_begins_with_the_newest(self):
        statement = read("Date,Amount,Balance\n2026-01-06,-2.00,108.00\n2026-01-05,10.00,110.00\n")
        assert (statement.opening_balance, statement.closing_balance) == (Decimal("100.00"), Decimal("108.00"))

    def test_tells_the_order_within_one_day_by_the_balances(self):
        statement = read("Date,Amount,Balance\n2026-01-05,-2.00,108.00\n2026-01-05,10.00,110.00\n")
        assert [line.amount for line in statement.lines] == [Decimal("10.00"), Decimal("-2.00")]

    @pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 0, 3, 2), (2, 3, 0, 1)])
    def test_finds_the_order_in_which_balances_roll(self, order):
        rows = ["05,10.00,110.00", "05,-4.00,106.00", "06,3.00,109.00", "06,-9.00,100.00"]
        statement = read("Date,Amount,Balance\n" + "".join(f"2026-01-{rows[index]}\n" for index in order))
        assert [str(line.amount) for line in statement.lines] == ["10.00", "-4.00", "3.00", "-9.00"]
        assert (statement.opening_balance, statement.closing_balance, statement.breaks) == (100, 100, ())

    def test_says_in_which_line_a_balance_does_not_follow_and_counts_on_from_there(self):
        statement = read("Date,Amount,Balance\n2026-01-05,1.00,10.00\n2026-01-06,1.00,99.00\n2026-01-07,1.00,100.00\n")
        assert statement.breaks == (BalanceBreak(3, Decimal("11.00"), Decimal("99.00")),)

    def test_names_the_line_of_the_file_where_the_newest_comes_first(self):
        statement = read("Date,Amount,Balance\n2026-01-07,1.00,50.00\n2026-01-06,1.00,11.00\n2026-01-05,1.00,10.00\n")
        assert statement.breaks == (BalanceBreak(2, Decimal("12.00"), Decimal("50.00")),)

    def test_learns_the_order_of_day_and_month_from_all_rows(self):
        statement = read("Date,Amount\n02/01/2026,1.00\n25/01/2026,2.00\n")
        assert [line.booked_on for line in statement.lines] == [date(2026, 1, 2), date(2026, 1, 25)]

    def test_keeps_a_foreign_line_apart_from_the_balance(self):
        statement = read(
            "Date,Amount,Balance,Currency\n2026-01-05,10.00,110.00,CNY\n2026-01-06,99.00,,USD\n2026-01-07,5.00,115.00,CNY\n"
        )
        assert [line.currency for line in statement.lines] == ["CNY", "USD", "CNY"]
        assert statement.currency == "CNY"

    def test_prefers_the_booking_date_to_the_value_date(self):
        statement = read("Booking date,Value date,Amount\n2026-01-05,2026-01-09,1.00\n")
        assert statement.lines[0].booked_on == date(2026, 1, 5)

    @pytest.mark.parametrize(
        ("written", "day"),
        [
            ("5 Jan 2026", date(2026, 1, 5)),
            ("05-Jan-26", date(2026, 1, 5)),
            ("Jan 5, 2026", date(2026, 1, 5)),
            ("September 5, 2026", date(2026, 9, 5)),
            ("2026/1/5 09:30:00", date(2026, 1, 5)),
        ],
    )
    def test_reads_dates_as_banks_write_them(self, written, day):
        assert read(f'Date,Amount\n"{written}",1.00\n').lines[0].booked_on == day

    def test_leaves_out_a_reading_by_which_a_statement_would_cover_many_years(self):
        statement = read("Date,Amount\n13/01/26,1.00\n28/01/26,2.00\n")
        assert [line.booked_on for line in statement.lines] == [date(2026, 1, 13), date(2026, 1, 28)]

    @pytest.mark.parametrize(
        ("heading", "row", "amount"),
        [
            ("交易日期,摘要,记账金额(收入),记账金额(支出),记账币种,余额", "2026-01-05,货款,9.00,,人民币,9.00", 9),
            ("记账日,交易日期,交易时间,支出,收入,账户余额,摘要", "20260105,20260105,09:30:00,,9.00,9.00,货款", 9),
            ("交易时间,交易日期,交易金额,本次余额,交易用途", "09:30:00,20260105,-9.00,1.00,货款", -9),
            ("交易日期,业务摘要,对方账户名称,收入金额,支出金额,余额", "2026-01-05,货款,甲,9.00,,9.00", 9),
            ("Trans Date,Transaction Description,Debit,Credit,Balance", "05-Jan-26,POS,9.00,,1.00", -9),
        ],
    )
    def test_reads_the_headings_of_large_banks(self, heading, row, amount):
        (line,) = read(f"{heading}\n{row}\n").lines
        assert (line.booked_on, line.amount) == (date(2026, 1, 5), amount)

    def test_makes_one_statement_of_each_bank_account_that_the_table_names(self):
        text = "Account number,Date,Amount\n11,2026-01-05,1.00\n22,2026-01-05,2.00\n11,2026-01-06,3.00\n"
        first, second = parse(text.encode(), name="statement.csv")
        assert [(each.account_identifier, len(each.lines)) for each in (first, second)] == [("11", 2), ("22", 1)]

    def test_leaves_out_rows_that_only_tell_a_balance(self):
        text = "Date,Description,Amount,Balance\n2026-01-05,Opening balance,,9.00\n2026-01-05,tea,1.00,10.00\n"
        assert [line.amount for line in read(text).lines] == [1]


class TestAsk:
    """What only the owner can tell is asked, with the readings side by side."""

    def asked(self, content: bytes) -> dict:
        """Parse and hand back the question."""
        with pytest.raises(StatementRefused) as caught:
            parse(content, name="statement.csv")
        assert caught.value.question is not None
        return caught.value.question.as_data()

    def test_shows_both_readings_of_dates_on_the_lines_that_differ(self):
        found = self.asked(b"Date,Amount\n02/02/2026,1.00\n02/01/2026,1.00\n")
        assert found == {
            "kind": "dates",
            "options": [
                {"answer": "dmy", "examples": [{"line": 3, "written": "02/01/2026", "read": "2026-01-02"}]},
                {"answer": "mdy", "examples": [{"line": 3, "written": "02/01/2026", "read": "2026-02-01"}]},
            ],
        }

    def test_shows_three_readings_where_the_year_has_two_figures(self):
        found = self.asked(b"Date,Amount\n02/01/03,1.00\n")
        assert [option["answer"] for option in found["options"]] == ["dmy", "mdy", "short"]

    @pytest.mark.parametrize(("answer", "day"), [("dmy", date(2026, 1, 2)), ("mdy", date(2026, 2, 1))])
    def test_reads_dates_as_they_were_answered(self, answer, day):
        (told,) = parse(b"Date,Amount\n02/01/2026,1.00\n", name="a.csv", answers=Answers(dates=answer))
        assert told.lines[0].booked_on == day

    @pytest.mark.parametrize(("answer", "amount"), [("point", Decimal(1234)), ("comma", Decimal("1.234"))])
    def test_reads_amounts_as_they_were_answered(self, answer, amount):
        content = b'Date,Amount\n2026-01-05,"1,234"\n'
        assert [option["answer"] for option in self.asked(content)["options"]] == ["point", "comma"]
        (told,) = parse(content, name="a.csv", answers=Answers(amounts=answer))
        assert told.lines[0].amount == amount

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_shows_the_first_rows_where_the_columns_have_strange_names(self, kind):
        rows = [["Wann", "Wieviel", "Date"], ["2026-01-05", "1.00", "x"], ["2026-01-06", "2.00", "y"]]
        content = xlsx(rows) if kind == "xlsx" else "\n".join(";".join(row) for row in rows).encode()
        found = self.asked(content)
        assert (found["kind"], found["guessed"]) == ("columns", {"date": 2, "first_row": 2})
        assert found["rows"][0] == {"line": 1, "cells": ["Wann", "Wieviel", "Date"]}
        named = Answers(columns={"first_row": 2, "date": 0, "amount": 1})
        (told,) = parse(content, name="a.csv", answers=named)
        assert [line.amount for line in told.lines] == [1, 2]


class TestRefuse:
    """What a broken table is told."""

    @pytest.mark.parametrize(
        ("text", "code", "line"),
        [
            ("Date,Amount\n2026-01-05,1.00\n2026-02-30,1.00\n", "date_wrong", 3),
            ("Date,Amount\n2026-01-05,$120\n", "amount_other_currency", 2),
            ("Date,Amount\n2026-01-05,12x\n", "amount_wrong", 2),
            ("Date,Amount\n2026-01-05,\n", "amount_missing", 2),
            ("Date,Amount\n,5.00\n", "date_missing", 2),
            ("Date,Amount\n2026-01-05,1.00\n05/01/2026,1.00\n", "date_wrong", 3),
            ("Date,Amount\n02/01/2026,1.00\n", "dates_ambiguous", 2),
            ('Date,Amount\n2026-01-05,"1,234"\n', "amounts_ambiguous", 2),
            ("Date;Amount\n2026-01-05;1.234,50\n2026-01-05;1,234.50\n", "amounts_mixed", 3),
            ("Date,Credit,Debit\n2026-01-05,1.00,2.00\n", "amount_twice", 2),
            ("Date,Amount,Direction\n2026-01-05,1.00,sideways\n", "direction_wrong", 2),
            ("Date,Amount,Currency\n2026-01-05,1.00,DOLLARS\n", "currency_wrong", 2),
            ("Description,Date,Amount\ntea,2026-01-05,1.00\ntea\n", "table_row_short", 3),
            ('Date,Amount\n2026-01-05,"1.00\n', "table_broken", 2),
            ("Date,Amount\n2026-01-05," + "9" * 30_000 + "\n", "table_cell_too_long", 2),
            ("Date,Amount\n2026-01-05,1.00" + "," * 80 + "\n", "table_too_wide", 2),
            ("Date,Amount\n2026-01-05,1\0.00\n", "statement_nul_bytes", 2),
        ],
    )
    def test_refuses_and_says_the_line(self, text, code, line):
        found, params = refusal(text)
        assert (found, params["line"]) == (code, line)

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "statement_empty"),
            (b" \r\n ", "statement_empty"),
            (b"PK\x03\x04rest", "zip_broken"),
            (b"PK\x03\x04rest xl/", "zip_broken"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "statement_spreadsheet"),
            (b"%PDF-1.7", "pdf_broken"),
            (b"\x89PNG\r\n", "statement_picture"),
            (b"\x09\x08\x08\x00\x00\x05", "workbook_broken"),
            (b"<html><table><tr><td>Date</td></tr></table></html>", "table_no_header"),
            (b"\x1f\x8b\x08", "statement_wrong_type"),
            (b"just a letter to the bank", "table_no_header"),
            (b"<html><body>sign in</body></html>", "xml_wrong_message"),
            (b"Date,Amount\n", "table_no_rows"),
            (b"Payee,Date,Amount\nLi,2026-01-05,1.00\nTotal,2026-01-06,1.00\n", "table_sum_unclear"),
            (b"x" * (10 * 1024 * 1024 + 1), "statement_too_large"),
            (b"Date,Amount\n" + b"2026-01-05,1.00\n" * 100_001, "statement_too_long"),
        ],
    )
    def test_refuses_what_is_no_statement(self, content, code):
        assert refusal(content)[0] == code

    def test_tells_a_list_of_invoices_from_a_statement_of_strange_columns(self):
        heading = "发票号码,开票日期,销方名称,购方名称,价税合计,发票状态\n"
        assert refusal(heading + "26330001,2026-01-05,河镇饭店,青山茶庄,113.00,正常\n")[0] == "statement_is_invoices"

    def test_asks_about_a_list_that_names_a_buyer_and_no_amount_that_is_known(self):
        with pytest.raises(StatementRefused) as caught:
            parse(b"No,Date,Buyer,Worth\n1,2026-01-05,Li Ming,113.00\n", name="x")
        assert caught.value.question.kind == "columns"

    def test_refuses_two_columns_that_tell_the_same(self):
        assert refusal("Date,Amount,Sum\n2026-01-05,1.00,2.00\n") == (
            "table_column_twice",
            {"first": "Amount", "second": "Sum"},
        )
