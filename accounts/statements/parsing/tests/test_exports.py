"""Exports as banks and wallets write them, made up after their layouts: each is read as its owner would read it."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from accounts.statements.parsing import StatementRefused, parse
from accounts.statements.parsing.tests import samples

EXPORTS_AT: Final = Path(__file__).parent / "exports"
TABLE: Final = [["交易日期", "金额"], [datetime(2026, 1, 5), 100]]  # noqa: DTZ001 - as a sheet holds it
BARE: Final = "Date,Amount,Description\n2026-01-05,5.00,tea\n"


class Export(NamedTuple):
    """A file and what is in it; what it does not tell is empty."""

    name: str
    currency: str
    first_day: str
    amounts: str
    account: str
    holder: str
    party: str
    closing: str


EXPORTS: Final = [
    Export(
        "ccb_corporate.csv",
        "CNY",
        "2026-01-05",
        "8000.00 -3000.00",
        "33050161000000000001",
        "",
        "上海茶业有限公司",
        "15000.00",
    ),
    Export(
        "abc_corporate.csv",
        "CNY",
        "2026-01-05",
        "1000.00 -2500.00",
        "19-0301010400000001",
        "杭州绿茶商店",
        "",
        "8500.00",
    ),
    Export(
        "boc_personal.csv", "CNY", "2026-01-05", "-1200.00 2000.00", "6217850012345678", "赵六", "张房东", "10800.00"
    ),
    Export(
        "boc_corporate.csv", "CNY", "2026-01-05", "5000.00 -2000.00", "450000000001", "", "杭州客户公司", "13000.00"
    ),
    Export(
        "cmbc_corporate.csv",
        "CNY",
        "2026-01-05",
        "8000.00 -500.00",
        "600000001",
        "杭州绿茶商店",
        "李四商行",
        "17500.00",
    ),
    Export("cmbc_personal.csv", "CNY", "2026-01-05", "2000.00 -50.00", "6226220012345678", "王五", "", "2950.00"),
    Export("cmb_personal.csv", "CNY", "2026-01-30", "2000.00 -88.00", "621483****1234", "", "", "1912.00"),
    Export(
        "cmb_corporate.csv", "CNY", "2026-01-05", "6000.00 -1000.00", "571900000001", "杭州绿茶商店", "李四", "15000.00"
    ),
    Export("alipay_merchant.csv", "CNY", "2026-01-05", "100.00 -0.60", "20881234567890120156", "", "", "1099.40"),
    Export("alipay_personal.csv", "CNY", "2026-01-30", "100.00 -25.00", "zhang@example.com", "张三", "李四", ""),
    Export("wechat_funds.csv", "CNY", "2026-01-05", "88.00 -0.53 -1000.00", "", "", "", "87.47"),
    Export("parentheses.csv", "USD", "2026-01-15", "1200.00 -700.00", "", "", "", "1500.00"),
    Export("trailing_minus.csv", "EUR", "2026-01-15", "1200.00 -700.00", "", "", "", "1500.00"),
    Export("drcr_suffix.csv", "INR", "2026-01-15", "1200.00 -700.00", "", "", "", "1500.00"),
    Export(
        "hdfc.csv", "INR", "2026-01-05", "150000.00 -10000.00 100.00", "50100012345678", "RAVI STORES", "", "240100.00"
    ),
    Export("sbi.tsv", "CNY", "2026-01-05", "1200.00 -700.00", "00000012345678901", "RAVI STORES", "", "1500.00"),
    Export("sparkasse.csv", "EUR", "2026-01-15", "1200.00 -700.00 5.00", "DE89370400440532013000", "", "Li Ming", ""),
    Export("dkb.csv", "EUR", "2026-01-15", "1200.00 -700.00 5.00", "DE89370400440532013000", "", "Li Ming", ""),
    Export(
        "ing_de.csv",
        "EUR",
        "2026-01-15",
        "1200.00 -700.00",
        "DE89 3704 0044 0532 0130 00",
        "Teeladen Gruen",
        "Li Ming",
        "1500.00",
    ),
    Export("barclays.csv", "GBP", "2026-01-15", "1200.00 -700.00", "20-00-00 12345678", "", "", ""),
    Export("bofa.csv", "USD", "2026-01-15", "1200.00 -700.00", "", "", "", "1500.00"),
    Export("ing_nl.csv", "EUR", "2026-01-15", "1200.00 -700.00", "NL91ABNA0417164300", "", "Li Ming", "1500.00"),
    Export("psbc.csv", "CNY", "2026-01-05", "500.00 -200.00", "6217990000000001", "赵六", "", "1300.00"),
    Export("footer.csv", "CNY", "2026-01-05", "500.00 -200.00", "", "", "", "1300.00"),
]


class TestExports:
    """What is read from each."""

    @pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
    def test_is_read_right(self, export):
        (told,) = parse((EXPORTS_AT / export.name).read_bytes(), name=export.name, currency=export.currency)
        assert (told.account_identifier, told.breaks) == (export.account, ())
        assert told.lines[0].booked_on == date.fromisoformat(export.first_day)
        assert " ".join(str(line.amount) for line in told.lines) == export.amounts
        assert export.holder in {told.holder_name, ""}
        assert export.party in {told.lines[0].counterparty_name, ""}
        assert export.closing in {str(told.closing_balance), ""}


class TestWorkbooks:
    """What sheets hold besides one plain table."""

    def test_reads_a_heading_on_two_rows(self):
        (told,) = parse(
            samples.xlsx(
                [
                    ["户名：杭州绿茶商店", "", "账号：2010000001"],
                    ["交易日期", "摘要", "发生额", "", "余额", "对方信息", ""],
                    ["", "", "借方", "贷方", "", "账号", "户名"],
                    [date(2026, 1, 5), "货款", None, 3000, 13000, "6222", "李四"],
                    [date(2026, 1, 6), "电费", 450.5, None, 12549.5, "6223", "国网"],
                    ["合计", "", 450.5, 3000],
                ]
            ),
            name="two.xlsx",
        )
        assert [(line.amount, line.counterparty_name) for line in told.lines] == [
            (Decimal(3000), "李四"),
            (Decimal("-450.5"), "国网"),
        ]
        assert (told.account_identifier, told.lines[0].counterparty_number) == ("2010000001", "6222")

    def test_reads_days_that_a_spreadsheet_counts(self):
        (told,) = parse(samples.xlsx([["交易日期", "金额"], [46027, 100], [46028, -30.5]]), name="serial.xlsx")
        assert [line.booked_on for line in told.lines] == [date(2026, 1, 5), date(2026, 1, 6)]

    def test_reads_the_one_sheet_that_is_a_table(self):
        (told,) = parse(samples.xlsx_of({"说明": [["由网上银行导出"]], "明细": TABLE}), name="cover.xlsx")
        assert told.lines[0].amount == 100

    def test_refuses_two_sheets_of_payments(self):
        with pytest.raises(StatementRefused) as caught:
            parse(samples.xlsx_of({"一月": TABLE, "二月": TABLE}), name="months.xlsx")
        assert (caught.value.code, caught.value.params["second"]) == ("workbook_sheets_several", "二月")


class TestRefuse:
    """What looks like a footer and may be a payment, and what may be read in two ways."""

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            (f"{BARE}2026-02-30,5.00,tea\n", "date_wrong"),
            (f"{BARE}soon,5.00,tea\n", "date_wrong"),
            (f"{BARE},5.00,tea\n", "date_missing"),
            (f"{BARE}Balance adjustment,-500.00,tea\n", "date_wrong"),
            (f"{BARE}2026-0\n", "table_row_short"),
            ("Date,Amount\n2026-01-05,5.00 Cr\n2026-01-06,5.00\n", "direction_wrong"),
            ("Date,Debit,Credit\n2026-01-05,5.00,\n2026-01-06,5.00 CR,\n", "direction_wrong"),
            ("Date,Debit,Credit\n2026-01-05,,5.00 Dr\n", "direction_wrong"),
            ("Date,Amount\n2026-01-05,-5.00-\n", "amount_wrong"),
            ("交易时间,交易状态,应结订单金额\n2026-01-05,SUCCESS,5.00\n", "wallet_orders"),
        ],
    )
    def test_guesses_nothing(self, text, code):
        with pytest.raises(StatementRefused) as caught:
            parse(text.encode(), name="statement.csv")
        assert caught.value.code == code

    @pytest.mark.parametrize("above", ["账号,,户名,张三", "账号：,户名：张三", "Branch name: Downtown,,Name: 张三"])
    def test_takes_no_other_name_for_what_is_told_above(self, above):
        (told,) = parse(f"{above}\n{BARE}".encode(), name="statement.csv")
        assert (told.account_identifier, told.holder_name) == ("", "张三")

    @pytest.mark.parametrize(
        ("above", "cells", "account"),
        [
            ("6222 0212 3456 7890", ["6222021234567890"] * 3, "6222021234567890"),
            ("6222****7890", ["6222021234567890"] * 3, "6222021234567890"),
            ("6222021234567890", ["6222****7890"] * 3, "6222021234567890"),
            ("6222021234567890", ["6222021234567890", "6222021234567890", ""], "6222021234567890"),
            ("", ["6222021234567890", "6222021234567890", ""], "6222021234567890"),
        ],
    )
    def test_takes_the_holder_s_account_for_no_other_side_s(self, above, cells, account):
        rows = zip(("李", "王", "利息"), cells, strict=True)
        text = "交易日期,金额,对方户名,账号\n" + "".join(f"2026-01-05,1.00,{name},{cell}\n" for name, cell in rows)
        (told,) = parse((f"账号：{above}\n" * bool(above) + text).encode(), name="own.csv")
        assert (told.account_identifier, {line.counterparty_number for line in told.lines}) == (account, {""})

    @pytest.mark.parametrize("remark", ["Closing balance", "Balance on 31 January", "Balance carried forward", "Sum"])
    def test_leaves_out_what_only_sums_up(self, remark):
        (told,) = parse(f"{BARE}{remark},500.00,\n".encode(), name="statement.csv")
        assert len(told.lines) == 1

    def test_leaves_out_no_name_that_begins_like_a_sum(self):
        (told,) = parse(b"Name,Date,Amount\nSummit Tea,2026-01-05,1.00\nTotal:,,1.00\n", name="statement.csv")
        assert [line.counterparty_name for line in told.lines] == ["Summit Tea"]

    def test_leaves_out_nothing_that_a_remark_beside_it_calls_pending(self):
        rows = "2026-01-06,1.00,failed\n2026-01-07,1.00,pending\n2026-01-08,1.00,Umsatz vorgemerkt\n"
        (told,) = parse(f"Date,Amount,Info\n2026-01-05,1.00,ok\n{rows}".encode(), name="info.csv")
        assert len(told.lines) == 3

    @pytest.mark.parametrize(("last", "holder"), [("张三", "张三"), ("", "张三"), ("李四", "")])
    def test_takes_a_column_of_several_names_for_no_holder_s(self, last, holder):
        (told,) = parse(f"日期,金额,账户名称\n2026-01-05,1.00,张三\n2026-01-06,1.00,{last}\n".encode(), name="x.csv")
        assert told.holder_name == holder

    @pytest.mark.parametrize(("column", "holder"), [("赵磊", "青山茶庄"), ("青山茶庄有限公司", "青山茶庄")])
    def test_takes_whom_nobody_names_above_for_no_holder(self, column, holder):
        (told,) = parse(f"户名：青山茶庄\n日期,金额,账户名称\n2026-01-05,1.00,{column}\n".encode(), name="x.csv")
        assert told.holder_name == holder
        assert told.other_holders == (() if column == "赵磊" else (column,))

    def test_takes_the_name_beside_another_s_account_for_no_holder_s(self):
        rows = "2026-01-05,1.00,赵磊,6222\n2026-01-06,-1.00,赵磊,\n2026-01-07,1.00,赵磊,6229\n"
        (told,) = parse(f"日期,金额,账户名称,账号\n{rows}".encode(), name="x.csv")
        assert (told.holder_name, told.lines[0].counterparty_number) == ("", "6222")

    def test_believes_one_name_for_each_of_several_accounts(self):
        rows = "".join(f"2026-01-0{n},1.00,{name},{n % 2}222\n" for n, name in enumerate(["甲", "乙"] * 3, start=1))
        told = parse(f"日期,金额,账户名称,账号\n{rows}".encode(), name="x.csv")
        assert {each.account_identifier: each.holder_name for each in told} == {"1222": "甲", "0222": "乙"}

    def test_takes_one_payer_s_account_for_no_holder_s(self):
        rows = "2026-01-05,1.00,李,6222\n2026-01-06,-1.00,费,\n2026-01-07,1.00,李,6222\n"
        (told,) = parse(f"交易日期,金额,对方户名,账号\n{rows}".encode(), name="one.csv")
        assert (told.account_identifier, told.lines[0].counterparty_number) == ("", "6222")

    def test_takes_no_account_of_the_other_side_for_the_holders(self):
        text = "Date,Payee,Account number,Amount\n" + "".join(f"2026-01-0{n},P{n},DE{n},1.00\n" for n in range(1, 6))
        (told,) = parse(text.encode(), name="n26.csv")
        assert (told.account_identifier, told.lines[1].counterparty_number) == ("", "DE2")
