"""Who stands on the other side of payments."""

import pytest

from accounts.cashflow import operations, outlook
from accounts.cashflow.models import BankTransaction
from accounts.cashflow.parties import Parties, number_and_name, whole_number
from accounts.cashflow.tests.builders import NOW, make_read, make_received, make_statement

HEADING = "Date,Amount,Currency,Counterparty,Counterparty account,Description,Account number\n"
LINES = (
    ("2026-01-05", "300.00", "", "NL91 ABNA 0417 1643 00", ""),
    ("2026-02-05", "400.00", "Li Ming Foods Ltd", "nl91abna0417164300", "order 8"),
    ("2026-02-09", "500.00", "LI MING FOODS", "", "order 9"),
    ("2026-02-10", "-20.00", "", "6222 0000 1111 2222", ""),
    ("2026-02-11", "-30.00", "6222000011112222", "", ""),
    ("2026-02-12", "-40.00", "", "6222 **** 2222", ""),
)


def make_numbered(enterprise, lines=LINES):
    """Read a statement whose lines tell numbers."""
    told = "".join(f"{day},{amount},CNY,{name},{number},{text},99887766\n" for day, amount, name, number, text in lines)
    return make_read(make_received(enterprise, (HEADING + told).encode()))


def line_of(enterprise, amount):
    """Find a current line by its amount."""
    return BankTransaction.objects.current().get(enterprise=enterprise, amount=amount)


class TestWholeNumber:
    @pytest.mark.parametrize(
        ("told", "number"),
        [
            ("NL91 ABNA 0417 1643 00", "NL91ABNA0417164300"),
            ("nl91abna0417164300", "NL91ABNA0417164300"),
            ("19-2000145399/0800", "1920001453990800"),
            ("６２２２ 0000 1111", "622200001111"),
            ("6222****1111", ""),
            ("xxxx1234567", ""),
            ("A/C XX561234", ""),
            ("##561234", ""),
            ("尾号561234", ""),
            ("ending 1234", ""),
            ("0012345678", "12345678"),
            ("12345678", "12345678"),
            ("NL69INGB0123456789EUR", "NL69INGB0123456789"),
            ("NL69 INGB 0123 4567 88 EUR", "NL69INGB0123456788EUR"),
            ("6.22E+18", ""),
            ("0000000000", ""),
            ("1234", ""),
            ("", ""),
        ],
    )
    def test_is_written_in_one_way_or_not_at_all(self, told, number):
        assert whole_number(told) == number

    @pytest.mark.parametrize(
        ("number", "name", "told"),
        [
            ("", "6222 0000 1111", ("622200001111", "")),
            ("", "NL91ABNA0417164300", ("NL91ABNA0417164300", "")),
            ("622200001111", "Li Ming", ("622200001111", "Li Ming")),
            ("", "Shop 24", ("", "Shop 24")),
            ("", "BAKERY2000", ("", "BAKERY2000")),
            ("", "No10 Bakery", ("", "No10 Bakery")),
            ("", "7-11", ("", "7-11")),
            ("", "1688", ("", "1688")),
        ],
    )
    def test_is_told_apart_from_a_name(self, number, name, told):
        assert number_and_name(number, name) == told


class TestParties:
    def test_go_by_number_whatever_the_name(self):
        parties = Parties([("1", "li"), ("1", "li ming"), ("1", "")])
        assert {parties.of("1", name) for name in ("li", "li ming", "")} == {"1"}

    def test_go_by_the_number_of_a_name_where_exactly_one_goes_with_it(self):
        parties = Parties([("1", "li"), ("", "li"), ("1", "wang"), ("2", "wang"), ("", "wang"), ("", "wu")])
        assert [parties.of("", name) for name in ("li", "wang", "wu", "")] == ["1", "wang", "wu", ""]

    def test_go_by_name_where_many_names_have_one_number(self):
        parties = Parties([*(("9", name) for name in "abcd"), ("9", ""), ("1", "a"), ("", "a")])
        assert [parties.of("9", name) for name in ("b", "a", "")] == ["b", "1", ""]


class TestRead:
    def test_keeps_a_hash_and_the_end_of_a_number_and_never_claims_what_for(self, enterprise):
        make_numbered(enterprise)
        line = line_of(enterprise, "300")
        assert (line.with_whom, line.category, len(line.counterparty_account_key)) == ("•••• 4300", "unknown", 64)
        assert "4164300" not in line.counterparty_account_key
        assert line_of(enterprise, "400").counterparty_account_key == line.counterparty_account_key
        assert (
            line_of(enterprise, "-30").counterparty_account_key == line_of(enterprise, "-20").counterparty_account_key
        )
        assert line_of(enterprise, "-40").counterparty_account_key == ""

    def test_tells_one_customer_by_number_and_name(self, enterprise):
        make_numbered(enterprise)
        line = line_of(enterprise, "300")
        operations.correct(line, category="customer_receipt", scope="counterparty", by="U-1", is_by_staff=True, at=NOW)
        told = outlook.customers_of(enterprise, on=line.booked_on.replace(month=3), months=12)
        assert [(row.name, row.amount, row.payments, row.months) for row in told.rows] == [
            ("Li Ming Foods Ltd", 1200, 3, 2)
        ]

    def test_takes_no_account_of_its_own_for_a_customer(self, enterprise):
        make_statement(enterprise, [("2026-01-04", "5.00", "Li", "order")], account="6222000011112222")
        make_numbered(enterprise, [("2026-01-05", "70.00", "", "6222 0000 1111 2222", ""),
                                   ("2026-01-06", "80.00", "", "9988 7766", "")])  # fmt: skip
        assert [line_of(enterprise, each).category for each in ("70", "80")] == ["own_transfer", "unknown"]

    def test_finds_an_account_of_its_own_in_the_text(self, enterprise):
        make_statement(enterprise, [("2026-01-04", "5.00", "Li", "order")], account="6222000011112222")
        make_numbered(enterprise, [("2026-01-05", "-70.00", "", "", "app transfer to 6222-0000-1111-2222"),
                                   ("2026-01-06", "-80.00", "", "", "loan repayment to 6222000011112222"),
                                   ("2026-01-07", "-90.00", "Wu Liu", "", "transfer to 6222000011112222"),
                                   ("2026-01-08", "-60.00", "", "", "transfer 99887766"),
                                   ("2026-01-09", "50.00", "", "6222000011112222", "order 8")])  # fmt: skip
        assert [line_of(enterprise, each).category for each in ("-70", "-80", "-90", "-60", "50")] == [
            "own_transfer", "loan_repayment", "unknown", "unknown", "own_transfer",
        ]  # fmt: skip


class TestCorrect:
    def correct(self, line, category="salary"):
        return operations.correct(line, category=category, scope="counterparty", by="U-1", is_by_staff=True, at=NOW)

    def test_reaches_a_number_s_payments_and_those_to_come(self, enterprise):
        make_numbered(enterprise)
        self.correct(line_of(enterprise, "-20"))
        make_numbered(enterprise, [("2026-03-01", "-50.00", "Wu Liu", "6222000011112222", "")])
        assert [line_of(enterprise, each).category for each in ("-20", "-30", "-40", "-50")] == [
            "salary", "salary", "unknown", "salary",
        ]  # fmt: skip

    def test_of_a_name_holds_for_the_number_that_is_told_later(self, enterprise):
        make_numbered(enterprise, [("2026-01-09", "-60.00", "Wu Liu", "", "")])
        self.correct(line_of(enterprise, "-60"))
        make_numbered(enterprise, [("2026-03-01", "-50.00", "Wu Liu", "6222000011112222", "")])
        assert line_of(enterprise, "-50").category == "salary"
