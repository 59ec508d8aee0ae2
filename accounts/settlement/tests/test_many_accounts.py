"""What the terms of many accounts came to, asked at once: the same to the cent as by hand, in as few questions."""

from contextlib import contextmanager, suppress
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from accounts.ledger import operations as ledger
from accounts.ledger import queries as books
from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import NOW, close_month
from accounts.settlement import interest
from accounts.settlement import operations as settlement
from accounts.settlement.models import SettlementAccount, TermsPeriod
from accounts.settlement.tests import by_hand
from accounts.settlement.tests.builders import make_deposit, make_settlement_account, withdraw
from accounts.settlement.tests.terms import APRIL_1, MARCH_2, MARCH_31, MAY_1, end_day, make_product
from portal.core.refusals import Refusal
from portal.core.tests.faults import break_writes

JUNE_1 = date(2026, 6, 1)
ACCOUNTS = 3
EVENTS = ("pay in", "pay out", "date back", "correct cash", "agree", "freeze", "close")
HAPPENING = st.tuples(
    st.integers(0, ACCOUNTS - 1), st.sampled_from(EVENTS), st.integers(2, 28), st.integers(1, 9 * 10**6)
)


@pytest.fixture
def products(bank):
    return [
        make_product(day_count="act_360", interest_tiers=[["1000", "0.02"]], monthly_fee_amount=Decimal(0)),
        make_product(),
    ]


def happen(account, event, day, amount, products, *, at, number):
    """Let one thing happen on an account, as far as it may."""
    cash, months = LedgerAccount.objects.named("cash"), {"on": day, "at": at}
    if event == "pay in":
        make_deposit(account, str(amount), on=day)
    elif event == "pay out":
        withdraw(account, min(amount, books.available_balance(account.ledger_account)) or "0.01", on=day)
    elif event == "date back":
        lines = [ledger.debit(cash, amount), ledger.credit(account.ledger_account, amount)]
        told = {"key": f"late {number}", "event": "deposit", "subject": "late", "by": "U-1", "at": at}
        with transaction.atomic():
            ledger.post(lines=lines, effective_date=max(MARCH_2, day - timedelta(days=20 + number % 40)), **told)
    elif event == "correct cash":
        wrong = settlement.pay_in(account, amount, text="", key=f"c{number}", by="U-TELLER", **months)
        right = settlement.RightCash(account, "in", amount / 2 + 1, "")
        later = day + timedelta(days=number % 40)
        asked = settlement.ask_correction(wrong, right, reason="x", key=f"x{number}", on=later, at=at, by="U-1")
        settlement.confirm_correction(asked, on=later, at=at + timedelta(minutes=1), by="U-2")
    elif event == "agree":
        product = products[number % 2]
        limit = product.overdraft_limit_amount if number % 3 else Decimal(0)
        settlement.agree_on_terms(account, product, overdraft=limit, by="U-APPROVER", **months)
    elif event == "freeze":
        settlement.freeze(account, reason="court", by="U-1", at=at)
    else:
        settlement.close(account, by="U-1", at=at)


def compare(through):
    """Compare all accounts at once with each by hand."""
    accounts = list(interest.bearing_accounts("CNY"))
    found = {
        each.account.pk: (interest.sum_of(each.days), each.correction)
        for each in interest.worked_out(accounts, through)
    }
    assert found == {account.pk: by_hand.worked_out(account, through) for account in accounts}


def live(accounts, month, happenings, products, numbers):
    """Let a month's happenings come about, in the order of their days; what is refused does not."""
    for which, event, day, cents in sorted(happenings, key=lambda each: each[2]):
        account = SettlementAccount.objects.get(pk=accounts[which].pk)
        told = {"at": NOW + timedelta(days=31 * month), "number": next(numbers)}
        with suppress(Refusal):
            happen(account, event, date(2026, 3 + month, day), Decimal(cents) / 100, products, **told)


@contextmanager
def taken_back():
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


class TestWorkedOut:
    @given(months=st.lists(st.lists(HAPPENING, max_size=6), min_size=3, max_size=3), closes=st.booleans())
    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    def test_gives_each_account_what_it_gets_by_hand(self, products, enterprise, months, closes):
        with taken_back():
            accounts, numbers = [make_settlement_account(enterprise) for _ in range(ACCOUNTS)], count(1)
            for month, (happenings, following) in enumerate(zip(months, (APRIL_1, MAY_1, JUNE_1), strict=True)):
                live(accounts, month, happenings, products, numbers)
                compare(following - timedelta(days=1))
                end_day(following, later=24 * 31 * month + 12)
                compare(following)
                assert settlement.check_interest(on=following, at=NOW) == []
                if closes and month == 0:
                    close_month(MARCH_31, on=following)
            assert books.discrepancies() == []

    def test_asks_as_often_for_many_as_for_one(self, products, enterprise):
        def asked():
            with CaptureQueriesContext(connection) as queries:
                interest.owed_to_all("CNY", MARCH_31)
            return len(queries)

        make_settlement_account(enterprise, holding="36500.00")
        one = asked()
        for _ in range(5):
            make_settlement_account(enterprise, holding="36500.00")
        assert asked() == one

    def test_makes_good_all_the_nights_and_months_that_were_missed(self, products, enterprise):
        accounts = [make_settlement_account(enterprise, holding="73000.00") for _ in range(3)]
        assert end_day(date(2026, 6, 3)) == 9
        assert TermsPeriod.objects.filter(settlement_account=accounts[0]).count() == 3
        assert end_day(date(2026, 6, 3)) == 0
        compare(date(2026, 6, 3))
        assert end_day(date(2026, 6, 4)) == 0  # and by then the bank owes what the interest itself has earned
        assert settlement.check_interest(on=date(2026, 6, 4), at=NOW) == []

    def test_makes_good_month_by_month_what_failed_by_a_fault_of_ours(self, bank, enterprise):
        make_product(fee_free_from_amount=None)
        stuck, other = (make_settlement_account(enterprise, holding="730.00") for _ in range(2))
        mended = (NOW + timedelta(hours=1)).isoformat()
        april = f"NEW.last_date = '2026-04-30' AND NEW.booked_at < '{mended}'"
        break_writes(TermsPeriod, f"NEW.settlement_account_id = {stuck.pk} AND {april}")
        with capture_logs() as logs:
            assert end_day(date(2026, 6, 3)) == 4  # all three months of the one, and March of the other
        assert [(each["event"], each["reference"]) for each in logs] == [
            ("settlement.month_not_booked", stuck.reference)
        ]
        assert end_day(date(2026, 6, 3), later=1) == 2
        told, hoped = (
            list(
                TermsPeriod.objects.filter(settlement_account=account)
                .order_by("last_date")
                .values_list("first_date", "last_date", "fee_amount")
            )
            for account in (stuck, other)
        )
        assert told == hoped
        assert [fee for _first, _last, fee in told] == [0, 5, 5]
