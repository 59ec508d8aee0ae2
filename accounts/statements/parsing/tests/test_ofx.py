"""OFX: SGML, XML, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.statements.parsing import ParsedLine, parse
from accounts.statements.parsing.tests import samples
from accounts.statements.parsing.tests.reading import refusal


class TestRead:
    """What a good file gives."""

    def test_reads_sgml_without_end_tags(self):
        (statement,) = parse(samples.sample("ofx_checking_sgml.ofx"), name="a.ofx")
        assert (statement.account_identifier, statement.currency, statement.closing_balance) == (
            "1452687~7",
            "USD",
            Decimal("100.99"),
        )
        assert [(line.booked_on, line.amount) for line in statement.lines] == [
            (date(2011, 3, 31), Decimal("0.01")),
            (date(2011, 4, 5), Decimal("-34.51")),
            (date(2011, 4, 7), Decimal("-25.00")),
        ]

    def test_reads_xml_with_literal_sections(self):
        (statement,) = parse(samples.sample("ofx_suncorp.ofx"), name="a.ofx")
        assert statement.lines == [
            ParsedLine(
                number=1,
                booked_on=date(2013, 12, 15),
                amount=Decimal("-16.85"),
                currency="AUD",
                counterparty_name="EFTPOS WDL HANDYWAY ALDI STORE",
                description="EFTPOS WDL HANDYWAY ALDI STORE GEELONG WEST VICAU",
                reference="1",
            )
        ]

    def test_reads_escaped_names(self):
        (statement,) = parse(samples.ofx(samples.ofx_line()), name="a.qfx")
        assert statement.lines[0].counterparty_name == "Li & Sons"

    def test_tells_that_a_card_s_bill_beside_it_is_left_out(self):
        bill = b"<CREDITCARDMSGSRSV1><CCSTMTRS><STMTTRN><TRNAMT>-5.00</STMTTRN></CCSTMTRS></CREDITCARDMSGSRSV1></OFX>"
        alone = samples.ofx(samples.ofx_line())
        (statement,) = parse(alone.replace(b"</OFX>", bill), name="a.ofx")
        (plain,) = parse(alone, name="a.ofx")
        assert (statement.leaves_cards_out, plain.leaves_cards_out) == (True, False)
        assert statement.lines == plain.lines

    def test_reads_what_quicken_adds(self):
        quicken = samples.ofx(samples.ofx_line()).replace(
            b"<OFX>", b"<OFX><SIGNONMSGSRSV1><SONRS><INTU.BID>3000<INTU.USERID>wang</SONRS></SIGNONMSGSRSV1>"
        )
        assert parse(quicken, name="statement.qfx") == parse(samples.ofx(samples.ofx_line()), name="statement.ofx")

    def test_reads_around_comments_even_below_the_end(self):
        content = samples.ofx(f"<!-- first\n payment -->{samples.ofx_line()}") + b"<!-- end of response -->\n"
        assert len(parse(content, name="a.ofx")[0].lines) == 1

    def test_reads_thousands_that_spaces_part(self):
        content = samples.ofx(samples.ofx_line("+1 006,60"))
        assert parse(content, name="a.ofx")[0].lines[0].amount == Decimal("1006.60")

    def test_takes_an_empty_balance_for_none(self):
        (statement,) = parse(samples.ofx(samples.ofx_line(), balance=""), name="a.ofx")
        assert (statement.closing_balance, len(statement.lines)) == (None, 1)

    def test_takes_the_assumed_currency_where_the_statement_s_is_empty(self):
        content = samples.ofx(samples.ofx_line()).replace(b"<CURDEF>CNY", b"<CURDEF>")
        (statement,) = parse(content, name="a.ofx", currency="KES")
        assert (statement.currency, statement.lines[0].currency) == ("KES", "KES")

    def test_takes_the_one_currency_of_the_lines_where_the_statement_s_is_empty(self):
        line = samples.ofx_line().replace("<MEMO>", "<CURRENCY><CURRATE>1<CURSYM>AUD</CURRENCY><MEMO>")
        content = samples.ofx(line).replace(b"<CURDEF>CNY", b"<CURDEF>")
        assert parse(content, name="a.ofx")[0].currency == "AUD"


class TestRefuse:
    """What a broken file is told."""

    def test_refuses_an_amount_with_a_dollar_sign(self):
        assert refusal(samples.sample("ofx_decimal_error.ofx")) == ("amount_wrong", {"line": 37, "value": "$120"})

    def test_refuses_thirty_february(self):
        assert refusal(samples.ofx(samples.ofx_line(day="20260230"))) == (
            "date_wrong",
            {"line": 9, "value": "20260230"},
        )

    def test_refuses_a_payment_without_an_amount(self):
        broken = samples.ofx(samples.ofx_line()).replace(b"<TRNAMT>10.00", b"")
        assert refusal(broken) == ("ofx_field_missing", {"line": 9, "field": "TRNAMT"})

    @pytest.mark.parametrize("kept", [0.5, 0.7, 0.9, 0.99])
    def test_refuses_a_file_that_ends_too_early(self, kept):
        whole = samples.ofx(samples.ofx_line() * 4)
        assert refusal(whole[: int(len(whole) * kept)])[0] in {"statement_truncated", "ofx_field_missing"}

    def test_refuses_entities(self):
        assert refusal(b"<!DOCTYPE a [<!ENTITY b 'x'>]>" + samples.ofx(""))[0] == "xml_forbidden"

    def test_refuses_a_card_s_bill_by_its_name(self):
        assert refusal(b"<OFX><CREDITCARDMSGSRSV1><CCSTMTRS></CCSTMTRS></CREDITCARDMSGSRSV1></OFX>")[0] == "ofx_card"

    def test_refuses_a_file_without_a_bank_statement(self):
        assert refusal(b"<OFX><CREDITCARDMSGSRSV1></CREDITCARDMSGSRSV1></OFX>") == ("ofx_no_statement", {})
