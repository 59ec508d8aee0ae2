"""Statements: they tie, and every form of them says the same."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override
from pypdf import PdfReader

from accounts.identity.models import Enterprise
from accounts.ledger import queries as ledger
from accounts.settlement import periods, queries, writing
from accounts.settlement.tests.builders import make_deposit, make_settlement_account, make_transfer
from portal.core.language import bank_name

FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)


def test_a_line_says_in_words_why_a_payment_came_back():
    line = queries.StatementLine(LAST, "J-1", "payment_returned", "Mill", "AC04", Decimal(1), Decimal(1))
    assert line.details == "Mill · The payee's account is closed. (AC04)"


@pytest.mark.parametrize(("language", "said"), [("en", "Feb 1 – 28, 2026"), ("zh-hans", "2026年2月1日至28日")])
@pytest.mark.parametrize("event", ["deposit_interest", "deposit_interest_reversed", "account_charges"])
def test_a_line_says_its_period_in_the_readers_language(language, said, event):
    line = queries.StatementLine(LAST, "J-1", event, "", periods.written(FIRST, LAST), Decimal(1), Decimal(1))
    with override(language):
        assert line.details == said


def test_a_line_leaves_what_others_wrote_as_it_is():
    text = periods.written(FIRST, LAST)
    assert queries.StatementLine(LAST, "J-1", "transfer", "", text, Decimal(1), Decimal(1)).details == text


@pytest.fixture
def account(enterprise, stranger):
    """January's takings, February's life, and one deposit of March."""
    account = make_settlement_account(enterprise, holding="1000.00", on=date(2026, 1, 31))
    noodles = make_settlement_account(Enterprise.objects.get(legal_name="Stranger Noodles"), holding="500.00")
    make_deposit(account, "250.50", on=date(2026, 2, 3), text="市场收入")
    make_transfer(account, noodles, "120.25", on=date(2026, 2, 3), text="=cmd|' /C calc'!A0")
    make_transfer(noodles, account, "20.00", on=date(2026, 2, 28), text="refund")
    make_deposit(account, "9.99", on=date(2026, 3, 1))
    return account


@pytest.fixture
def told(account):
    return queries.statement(account, FIRST, LAST)


class TestStatement:
    def test_ties_opening_lines_and_closing(self, told):
        assert told.opening_balance == Decimal("1000.00")
        assert [line.amount for line in told.lines] == [Decimal("250.50"), Decimal("-120.25"), Decimal("20.00")]
        assert [line.balance_after for line in told.lines] == [
            Decimal("1250.50"),
            Decimal("1130.25"),
            Decimal("1150.25"),
        ]
        assert told.closing_balance == Decimal("1150.25")
        assert told.opening_balance + told.total_in - told.total_out == told.closing_balance

    def test_closes_with_what_the_books_say(self, account, told):
        assert told.closing_balance == ledger.balance(account.ledger_account, on=LAST)

    def test_opens_where_the_one_before_closed(self, account, told):
        before = queries.statement(account, date(2026, 1, 1), date(2026, 1, 31))
        assert before.closing_balance == told.opening_balance

    def test_names_the_other_side_of_each_transfer(self, told):
        assert [line.counterparty for line in told.lines] == ["", "Stranger Noodles", "Stranger Noodles"]

    def test_of_a_quiet_period_has_no_lines(self, account):
        quiet = queries.statement(account, date(2025, 1, 1), date(2025, 1, 31))
        assert (quiet.opening_balance, quiet.lines, quiet.closing_balance) == (0, (), 0)

    def test_costs_the_same_however_many_lines(self, account, django_assert_num_queries):
        for _ in range(10):
            make_deposit(account, "1.00", on=date(2026, 2, 5))
        with django_assert_num_queries(3):
            queries.statement(account, FIRST, LAST)


class TestCsv:
    def rows(self, told, language="en"):
        return list(csv.reader(io.StringIO(writing.as_csv(told, language=language).decode("utf-8-sig"))))

    def test_tells_what_the_statement_tells(self, told):
        header, opening, first, *_rest, closing = self.rows(told)
        assert header == ["Date", "Reference", "What", "With whom", "Text", "Amount", "Balance", "Currency"]
        assert opening == ["2026-02-01", "", "Opening balance", "", "", "", "1000.00", "CNY"]
        assert [first[0], *first[2:]] == ["2026-02-03", "Money paid in", "", "市场收入", "250.50", "1250.50", "CNY"]
        assert closing == ["2026-02-28", "", "Closing balance", "", "", "", "1150.25", "CNY"]

    def test_holds_no_cell_that_a_spreadsheet_would_run(self, told):
        text = self.rows(told)[3][4]
        assert text == "'=cmd|' /C calc'!A0"

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
    def test_disarms_every_start_of_a_formula(self, start):
        assert writing.safe(f"{start}1+1") == f"'{start}1+1"

    def test_leaves_amounts_numbers(self, told):
        assert self.rows(told)[3][5] == "-120.25"

    def test_begins_with_the_mark_that_excel_needs_for_chinese(self, told):
        assert writing.as_csv(told, language="zh-hans").startswith(b"\xef\xbb\xbf")


class TestPdf:
    def text(self, told, language):
        reader = PdfReader(io.BytesIO(writing.as_pdf(told, language=language)))
        return "\n".join(page.extract_text() for page in reader.pages)

    def test_shows_holder_number_and_both_balances(self, account, told):
        text = self.text(told, "en")
        for part in ("Account statement", "Green Tea Shop", account.grouped_number, "¥1,000.00", "¥1,150.25"):
            assert part in text

    def test_shows_every_line(self, told):
        text = self.text(told, "en")
        for line in told.lines:
            assert line.words in text
        assert "¥120.25" in text

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_shows_chinese_in_either_language(self, told, language):
        assert "市场收入" in self.text(told, language)

    def test_names_the_bank_in_its_language(self, told):
        assert "青谷农村合作银行" in self.text(told, "zh-hans")
        assert "Green Valley Rural Cooperative Bank" in self.text(told, "en")

    def test_writes_dates_as_the_reader_does(self, told):
        assert "Feb 3, 2026" in self.text(told, "en")
        assert "2026年2月3日" in self.text(told, "zh-hans")

    def test_embeds_its_one_font(self, told):
        reader = PdfReader(io.BytesIO(writing.as_pdf(told, language="zh-hans")))
        fonts = reader.pages[0]["/Resources"]["/Font"]
        descendants = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts.values()]
        assert descendants
        for font in descendants:
            assert "NotoSansCJK" in font["/BaseFont"]
            assert {"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"].get_object())

    def test_says_so_when_nothing_moved(self, account):
        quiet = queries.statement(account, date(2025, 1, 1), date(2025, 1, 31))
        assert "Nothing moved in this period." in self.text(quiet, "en")

    @pytest.mark.parametrize(
        ("language", "period", "count"),
        [("en", "Feb 1 – 28, 2026", "Page 2 of 2"), ("zh-hans", "2026年2月1日至28日", "第2页，共2页")],
    )
    def test_tells_on_every_page_whose_it_is_and_which_of_how_many(self, account, language, period, count):
        for _ in range(60):
            make_deposit(account, "1.00", on=date(2026, 2, 5))
        told = queries.statement(account, FIRST, LAST)
        first, second = PdfReader(io.BytesIO(writing.as_pdf(told, language=language))).pages
        with override(language):
            again = f"{bank_name()} · Green Tea Shop · {account.grouped_number} · {period}"
        assert again not in first.extract_text()
        for part in (again, count):
            assert part in second.extract_text()

    def test_leaves_the_readers_own_language_as_it_was(self, told):
        with override("en"):
            writing.as_csv(told, language="zh-hans")
            assert told.lines[0].words == "Money paid in"
