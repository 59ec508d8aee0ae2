"""Every published sample, with the facts that were written down beside it: read right, or refused with its place."""

from decimal import Decimal

import pytest

from accounts.statements.parsing import StatementRefused, parse
from accounts.statements.parsing.tests import samples
from portal.core.refusals import sentence

Told = list[tuple[str, int, str]]  # of each statement: currency, number of lines, their sum


class TestSamples:
    """What others published."""

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("camt053_v2_minimal.xml", [("EUR", 1, "8.85")]),
            ("camt053_v2_multi_statement.xml", [("EUR", 1, "8.85"), ("EUR", 1, "-7.00")]),
            ("camt053_v8.xml", [("EUR", 1, "8.85")]),
            ("camt053_v2_batch.xml", [("EUR", 3, "2934.26")]),
            ("mt940_abnamro.sta", [("EUR", 8, "-321.44"), ("EUR", 2, "-24.49")]),
            ("ofx_checking_sgml.ofx", [("USD", 3, "-59.50")]),
            ("ofx_suncorp.ofx", [("AUD", 1, "-16.85")]),
        ],
    )
    def test_are_read_with_every_line_and_cent(self, name, told):
        read = parse(samples.sample(name), name=name)
        sums = [(each.currency, len(each.lines), sum(line.amount for line in each.lines)) for each in read]
        assert sums == [(currency, lines, Decimal(total)) for currency, lines, total in told]

    def test_are_read_with_ninety_seven_lines_in_twenty_six_statements(self):
        read = parse(samples.sample("mt940_sepa_subfields.sta"), name="a.sta")
        assert (len(read), sum(len(each.lines) for each in read), {each.currency for each in read}) == (26, 97, {"EUR"})
        assert all(
            each.closing_balance - each.opening_balance == sum(line.amount for line in each.lines) for each in read
        )

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("camt053_v2_wrong.xml", "The file names no statement. Ask your bank for the statement itself, camt.053."),
            ("mt940_february_30.sta", "Line 6: “160230” is not a date in the calendar."),
            ("ofx_decimal_error.ofx", "Line 37: “$120” is not an amount."),
        ],
    )
    def test_are_refused_where_they_are_broken(self, name, told):
        with pytest.raises(StatementRefused) as caught:
            parse(samples.sample(name), name=name)
        assert sentence(caught.value) == told

    @pytest.mark.parametrize("name", ["pain001_v03.xml", "pain001_v09.xml"])
    def test_are_refused_where_they_are_payment_files(self, name):
        with pytest.raises(StatementRefused) as caught:
            parse(samples.sample(name), name=name)
        assert sentence(caught.value) == "This is a pain.001 file. A statement is a camt.053 file."
