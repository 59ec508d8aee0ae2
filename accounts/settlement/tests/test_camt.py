"""A statement exported as camt.053 reads back as the same statement."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from accounts.identity.models import Enterprise, FormerName
from accounts.ledger.tests.builders import NOW
from accounts.settlement import queries, writing
from accounts.settlement.models import SettlementAccount
from accounts.settlement.tests.builders import make_deposit, make_payee, make_payment, make_settlement_account
from accounts.statements.parsing import parse

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def account(enterprise):
    account = make_settlement_account(enterprise, holding="1000.00", on=date(2026, 2, 3))
    make_deposit(account, "0.01", on=date(2026, 2, 4), text="三月 <面粉> & eggs")
    make_payment(account, make_payee(enterprise, name="面粉厂"), "30.00")
    return account


WORDS = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(["", "面粉 & <eggs>", " a\tb "])
AMOUNTS = st.decimals(Decimal("-99999999.99"), Decimal("99999999.99"), places=2).filter(bool)
LINES = st.lists(st.tuples(st.dates(FIRST, LAST), WORDS, WORDS, AMOUNTS), max_size=20).map(sorted)


class TestAnyStatement:
    @given(LINES, st.decimals(Decimal(0), Decimal("99999999.99"), places=2), WORDS, st.sampled_from(["en", "zh-hans"]))
    def test_reads_back_as_itself(self, rows, opening, holder, language):
        balance, lines = opening, []
        for number, (day, name, text, amount) in enumerate(rows):
            balance += amount
            lines.append(queries.StatementLine(day, f"J-{number}", "deposit", name, text, amount, balance))
        named = Enterprise(pk=1, legal_name=holder)
        named._prefetched_objects_cache = {"former_names": FormerName.objects.none()}  # noqa: SLF001 - asks no database
        account = SettlementAccount(number="6200000000000001", currency="CNY", enterprise=named)
        account.reference = "SA-1"
        told = queries.Statement(account, FIRST, LAST, opening, tuple(lines), balance)
        (read,) = parse(writing.as_camt053(told, language=language, at=NOW), name="statement.xml")
        with override(language):
            assert read == writing.as_parsed(told)
        assert not read.breaks


class TestCamt053:
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_reads_back_as_the_same_statement(self, account, language):
        told = queries.statement(account, FIRST, LAST)
        content = writing.as_camt053(told, language=language, at=account.opened_at)
        (read,) = parse(content, name="statement.xml")
        assert (read.opening_balance, read.closing_balance) == (0, Decimal("970.01"))
        assert (read.account_identifier, read.holder_name) == (account.number, "Green Tea Shop")
        assert [(line.booked_on, line.amount, line.reference, line.counterparty_name) for line in read.lines] == [
            (line.booked_on, line.amount, line.reference, line.counterparty) for line in told.lines
        ]
        assert read.lines[1].description == "三月 <面粉> & eggs"
        assert not read.breaks

    def test_reads_back_a_period_in_which_nothing_moved(self, account):
        told = queries.statement(account, date(2026, 2, 10), date(2026, 2, 11))
        (read,) = parse(writing.as_camt053(told, language="en", at=account.opened_at), name="statement.xml")
        assert (read.opening_balance, read.closing_balance, read.lines) == (
            told.opening_balance,
            told.opening_balance,
            [],
        )

    def test_is_handed_out_by_the_page(self, client_of, owner, account):
        address = reverse("settlement:statement", args=[account.reference])
        response = client_of(owner).get(address, {"first": "2026-01-01", "last": "2026-03-31", "format": "xml"})
        assert response["Content-Type"] == "application/xml"
        assert len(parse(response.content, name="statement.xml")[0].lines) == 3
