"""MT940: its dialects, and what is refused."""

from datetime import date
from decimal import Decimal

from accounts.statements.parsing import BalanceBreak, parse
from accounts.statements.parsing.tests import samples
from accounts.statements.parsing.tests.reading import refusal


class TestRead:
    """What a good file gives."""

    def test_reads_the_dutch_dialect(self):
        first, second = parse(samples.sample("mt940_abnamro.sta"), name="a.sta")
        assert (first.account_identifier, first.currency) == ("517852257", "EUR")
        assert [str(line.amount) for line in first.lines] == [
            "-9", "-11.59", "-11.63", "-11.8", "-13.45", "-15.49", "-107", "-141.48",
        ]  # fmt: skip
        assert first.lines[1].booked_on == date(2011, 5, 23)
        assert (second.opening_balance, second.closing_balance) == (Decimal("2876.84"), Decimal("1849.75"))

    def test_says_on_which_line_a_closing_balance_does_not_follow(self):
        statements = parse(samples.sample("mt940_abnamro.sta"), name="a.sta")
        assert [each.breaks for each in statements] == [
            (BalanceBreak(27, Decimal("2914.84"), Decimal("876.84"), opening=Decimal("3236.28")),),
            (BalanceBreak(40, Decimal("2852.35"), Decimal("1849.75"), opening=Decimal("2876.84")),),
        ]

    def test_reads_the_german_dialect_whose_twenty_six_balances_all_roll(self):
        statements = parse(samples.sample("mt940_sepa_subfields.sta"), name="a.sta")
        assert (len(statements), sum(len(each.lines) for each in statements)) == (26, 97)
        assert not any(each.breaks for each in statements)
        assert statements[1].lines[0].counterparty_name == "Richter Renate 70 Zeichen Beginn Fuellzeichen xxxxxxxx"

    def test_reads_a_reversed_receipt_as_money_out(self):
        lines = ":61:2601050105RC10,00NTRFNONREF\n"
        (statement,) = parse(samples.mt940(lines, closing="C260131CNY90,00"), name="a.sta")
        assert statement.lines[0].amount == Decimal("-10.00")

    def test_keeps_both_lines_when_neither_has_a_type_code(self):
        lines = ":61:2601050105C10,00\n:86:first\n:61:2601060106C5,00\n:86:second\n"
        (statement,) = parse(samples.mt940(lines, closing="C260131CNY115,00"), name="a.sta")
        assert [line.description for line in statement.lines] == ["first", "second"]

    def test_reads_a_swift_envelope_and_windows_line_ends(self):
        content = b"{1:F01BANKCNBJ}{2:I940}{4:\n" + samples.mt940().replace(b"\n-\n", b"\n-}\n")
        assert len(parse(content.replace(b"\n", b"\r\n"), name="a.sta")) == 1

    def test_reads_names_in_chinese_encodings(self):
        lines = ":61:2601050105C1,00NTRFNONREF\n:86:166?00TRANSFER?20货款?32张三商店\n"
        content = samples.mt940(lines, closing="C260131CNY101,00").decode().encode("gb18030")
        assert parse(content, name="a.sta")[0].lines[0].counterparty_name == "张三商店"

    def test_reads_the_slash_dialect(self):
        lines = ":61:2601050105C1,00NTRFNONREF\n:86:/ORDP//NAME/Li Ming/REMI/USTD//order 7/\n"
        (statement,) = parse(samples.mt940(lines, closing="C260131CNY101,00"), name="a.sta")
        assert (statement.lines[0].counterparty_name, statement.lines[0].description) == ("Li Ming", "order 7")

    def test_leaves_a_text_below_the_closing_balance_to_the_statement(self):
        lines = ":61:2601050105C1,00NTRFNONREF\n:86:tea\n"
        content = samples.mt940(lines, closing="C260131CNY101,00\n:86:D000C001")
        assert parse(content, name="a.sta")[0].lines[0].description == "tea"

    def test_reads_a_closing_balance_that_names_no_currency(self):
        (statement,) = parse(samples.mt940(closing="C260131100,00"), name="a.sta")
        assert (statement.currency, statement.closing_balance, statement.breaks) == ("CNY", Decimal("100.00"), ())

    def test_reads_pages_that_share_one_beginning(self):
        page = ":61:2601050105C1,00NTRFNONREF\n"
        lines = f"{page}:62M:C260131CNY101,00\n:60M:C260131CNY101,00\n{page}"
        (statement,) = parse(samples.mt940(lines, closing="C260131CNY102,00"), name="a.sta")
        assert (len(statement.lines), statement.closing_balance, statement.breaks) == (2, Decimal("102.00"), ())


class TestRefuse:
    """What a broken file is told."""

    def test_refuses_thirty_february_with_its_line(self):
        assert refusal(samples.sample("mt940_february_30.sta")) == ("date_wrong", {"line": 6, "value": "160230"})

    def test_refuses_an_amount_that_is_none(self):
        assert refusal(samples.mt940(":61:2601050105C$120,NTRFNONREF\n")) == (
            "mt940_line_wrong",
            {"line": 5, "value": "2601050105C$120,NTRFNONREF"},
        )

    def test_refuses_an_amount_with_two_commas(self):
        assert refusal(samples.mt940(":61:2601050105C1,2,3NTRFNONREF\n"))[0] == "amount_wrong"

    def test_refuses_a_statement_that_ends_before_its_closing_balance(self):
        cut = samples.mt940(":61:2601050105C10,00NTRFNONREF\n").split(b":62F:")[0]
        assert refusal(cut) == ("statement_truncated", {"line": 5})

    def test_refuses_a_line_outside_any_statement(self):
        assert refusal(b":61:2601050105C10,00NTRFNONREF\n" + samples.mt940())[0] == "mt940_no_statement"

    def test_refuses_a_statement_of_two_accounts_with_the_line_of_the_second(self):
        twice = samples.mt940(":61:2601050105C1,00NTRFNONREF\n:25:166?00CREDIT\n")
        assert refusal(twice) == ("mt940_line_wrong", {"line": 6, "value": ":25:166?00CREDIT"})

    def test_refuses_an_impossible_balance_date(self):
        assert refusal(samples.mt940(closing="C260231CNY100,00"))[0] == "date_wrong"

    def test_refuses_an_interim_report_and_says_what_to_ask_for(self):
        interim = (
            b":20:REPORT\n:25:6222021234567890\n:28C:1/1\n:34F:CNY0,00\n:13D:2601051200+0800\n"
            b":61:2601050105C10,00NTRFNONREF\n:90C:1CNY10,00\n-\n"
        )
        assert refusal(interim) == ("mt942_interim", {})

    def test_says_nothing_of_a_customer_to_the_log(self, caplog):
        refusal(samples.mt940(":61:secret\n"))
        assert "secret" not in caplog.text
