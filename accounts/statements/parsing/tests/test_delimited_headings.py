"""Proofs that delimited files of many banks and wallets are read: their headings, their symbols."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.statements.parsing.tests.reading import read, refusal


class TestWallets:
    """What wallets and counters write around the payments."""

    WALLET = (
        "支付明细,,,,,\n账号：[138****0000],,,,,\n"
        "交易时间,交易类型,交易对方,收/支,金额(元),当前状态\n"
        "2026-01-05 09:00:00,商户消费,河镇饭店,支出,¥30.00,支付成功\n"
        "2026-01-06 09:00:00,零钱提现,某银行,/,¥500.00,提现已到账\n"
        "2026-01-07 09:00:00,转账,李四,收入,¥12.00,已存入零钱\n"
        "2026-01-08 09:00:00,商户消费,河镇饭店,支出,¥9.00,交易关闭\n"
    )

    def test_leave_out_what_is_neither_in_nor_out_and_what_failed(self):
        statement = read(self.WALLET)
        assert [(line.booked_on.day, line.amount) for line in statement.lines] == [(5, Decimal(-30)), (7, Decimal(12))]
        assert (statement.account_identifier, statement.lines[0].description) == ("138****0000", "商户消费")

    def test_end_at_a_line_of_dashes(self):
        assert len(read(self.WALLET + "--------\n共4笔记录\n已收入:1笔,12.00元\n").lines) == 2

    def test_go_on_below_a_line_of_dashes_with_a_whole_row(self):
        more = "--------\n2026-01-09 09:00:00,转账,李四,收入,¥1.00,已存入零钱\n"
        assert len(read(self.WALLET + more).lines) == 3

    def test_read_a_direction_in_two_languages(self):
        text = "Date,Amount,借贷\n2026-01-05,1.00,借 Dr\n2026-01-06,2.00,贷 Cr\n"
        assert [line.amount for line in read(text).lines] == [Decimal("-1.00"), Decimal("2.00")]

    def test_take_dashes_for_nothing(self):
        (line,) = read("Date,Amount,附言,对方户名\n2026-01-05,1.00,----------,--\n").lines
        assert (line.description, line.counterparty_name) == ("", "")

    def test_take_a_slash_for_nothing_where_it_is_the_whole_text(self):
        text = (
            "交易日期,交易类型,商品,收/支,金额,备注\n2026-01-05,转账,/,支出,1.00,/\n2026-01-06,转账,茶/点,收入,2.00,/\n"
        )
        assert [line.description for line in read(text).lines] == ["转账", "转账 茶/点"]

    @pytest.mark.parametrize(
        "page", ["第1页 共2页\n", "第1页 共2页,,\n", "Page 1 of 2\n", "本页合计,,3.00\n第1页\n", ""]
    )
    def test_go_on_where_a_page_ends_and_the_heading_comes_again(self, page):
        heading = "交易日期,摘要,金额\n"
        text = f"{heading}2026-01-05,茶,1.00\n2026-01-06,米,2.00\n{page}{heading}2026-01-07,油,3.00\n第2页 共2页\n"
        assert [(line.place, line.amount) for line in read(text).lines] == [
            (2, Decimal(1)), (3, Decimal(2)), (5 + page.count("\n"), Decimal(3)),
        ]  # fmt: skip

    def test_do_not_go_on_behind_a_page_s_number_without_the_heading(self):
        text = "交易日期,摘要,金额\n2026-01-05,茶,1.00\n第1页\n2026-01-07,油,3.00\n"
        assert refusal(text) == ("table_row_short", {"line": 3})

    def test_read_a_tab_behind_a_quoted_cell(self):
        assert read('Date,Amount,Note\n2026-01-05,"1,000.00"\t,tea\n').lines[0].amount == Decimal(1000)

    def test_do_not_make_a_minus_neither(self):
        text = "Date,Amount,收/支\n2026-01-05,1.00,-\n2026-01-06,2.00,+\n"
        assert [line.amount for line in read(text).lines] == [Decimal("-1.00"), Decimal("2.00")]

    @pytest.mark.parametrize(
        "remark", ["# 2 payments", "**Made by a computer**", "End of statement,", "人民币合计,1.00"]
    )
    def test_leave_out_remarks_and_sums(self, remark):
        assert len(read(f"Date,Amount\n2026-01-05,1.00\n{remark}\n").lines) == 1


class TestHeadings:
    """What headings say beside the role of a column."""

    def test_name_the_currency(self):
        statement = read("Date,Amount (EUR)\n2026-01-05,1.00\n")
        assert (statement.currency, statement.lines[0].currency) == ("EUR", "EUR")

    def test_name_no_currency_with_another_word_in_capitals(self):
        assert read("DATE,MONEY IN,MONEY OUT\n2026-01-05,1.00,\n").currency == "CNY"

    @pytest.mark.parametrize("heading", ["Value Date,Booking Date", "Started Date,Completed Date"])
    def test_let_the_booking_come_before_other_days(self, heading):
        statement = read(f"{heading},Amount\n2026-01-05,2026-01-06,1.00\n")
        assert statement.lines[0].booked_on == date(2026, 1, 6)

    def test_let_a_column_of_kinds_be_the_direction_where_it_says_nothing_else(self):
        statement = read("Date,Amount,Transaction Type\n2026-01-05,1.00,debit\n2026-01-06,2.00,credit\n")
        assert [line.amount for line in statement.lines] == [Decimal("-1.00"), Decimal("2.00")]

    def test_let_a_column_of_kinds_be_a_text_otherwise(self):
        statement = read("Date,Amount,Type,Description\n2026-01-05,1.00,debit,tea\n2026-01-06,2.00,fee,tea\n")
        assert [(line.amount, line.description) for line in statement.lines] == [
            (Decimal("1.00"), "debit tea"),
            (Decimal("2.00"), "fee tea"),
        ]

    @pytest.mark.parametrize(("heading", "first", "second"), [("标记", "借", "贷"), ("D/C mark", "D", "C")])
    def test_let_a_column_of_any_name_be_the_direction_where_it_says_nothing_else(self, heading, first, second):
        statement = read(f"Date,Amount,{heading}\n2026-01-05,1.00,{first}\n2026-01-06,2.00,{second}\n")
        assert [line.amount for line in statement.lines] == [Decimal("-1.00"), Decimal("2.00")]

    def test_believe_no_column_that_contradicts_the_signs(self):
        statement = read("Date,Amount,Channel\n2026-01-05,-1.00,C\n2026-01-06,2.00,S\n2026-01-07,3.00,C\n")
        assert [line.amount for line in statement.lines] == [Decimal("-1.00"), Decimal("2.00"), Decimal("3.00")]

    def test_believe_no_column_that_says_one_of_both_only(self):
        statement = read("Date,Amount,Class\n2026-01-05,-1.00,C\n2026-01-06,2.00,C\n")
        assert [line.amount for line in statement.lines] == [Decimal("-1.00"), Decimal("2.00")]

    @pytest.mark.parametrize(
        ("heading", "row"),
        [
            ("Buchungstag;Wertstellung;Verwendungszweck;Betrag", "05.01.2026;13.01.2026;Tee;-4,50"),
            ("Date;Date de valeur;Libellé;Débit;Crédit", "05/01/2026;13/01/2026;Tee;4,50;"),
            ("Fecha;Fecha valor;Concepto;Importe", "05/01/2026;13/01/2026;Tee;-4,50"),
        ],
    )
    def test_are_known_in_german_french_and_spanish(self, heading, row):
        first = row.replace("05", "13", 1)
        lines = read(f"{heading}\n{row}\n{first}\n").lines
        assert [(line.booked_on.day, line.amount, line.description) for line in lines] == [
            (5, Decimal("-4.50"), "Tee"),
            (13, Decimal("-4.50"), "Tee"),
        ]

    def test_name_the_other_side_s_account(self):
        assert read("Date,Amount,对方账号\n2026-01-05,1.00,6222\t\n").lines[0].counterparty_number == "6222"

    def test_part_account_and_name_in_one_cell(self):
        text = "Date,Amount,对方账号与户名\n2026-01-05,1.00,6222**01/李四\n"
        assert read(text).lines[0].counterparty_name == "李四"

    def test_choose_the_currency_of_the_booking(self):
        text = "日期,收入,支出,交易币种,记账币种\n2026-01-05,1.00,,美元,人民币\n"
        assert read(text).lines[0].currency == "CNY"


class TestSymbols:
    """Signs of currencies before figures."""

    def test_are_read_where_they_are_the_currency_s(self):
        assert read("Date,Amount,Currency\n2026-01-05,-$1.00,USD\n").lines[0].amount == Decimal("-1.00")

    def test_are_refused_where_the_currency_is_another(self):
        assert refusal("Date,Amount,Currency\n2026-01-05,€1.00,USD\n") == (
            "amount_other_currency",
            {"line": 2, "value": "€1.00", "currency": "USD"},
        )

    def test_leave_indian_groups_readable(self):
        assert read('Date,Amount\n2026-01-05,"1,00,000.00"\n').lines[0].amount == Decimal(100_000)
