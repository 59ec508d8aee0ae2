"""What the terms of an account bring about, month by month."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import ProgrammingError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.ledger import operations as ledger
from accounts.ledger import queries as books
from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import NOW, close_month
from accounts.settlement import interest, tasks
from accounts.settlement import operations as settlement
from accounts.settlement.models import CarriedCharge, SettlementAccount, TermsPeriod
from accounts.settlement.operations.booking import book_month
from accounts.settlement.operations.day_end import accrue_interest
from accounts.settlement.tests.builders import balance, make_deposit, make_settlement_account, withdraw
from accounts.settlement.tests.terms import (
    APRIL_1,
    MARCH_2,
    MARCH_31,
    MAY_1,
    date_back,
    end_day,
    make_product,
)
from portal.core import failures
from portal.core.models import AuditEvent
from portal.core.tests.faults import break_writes, mend_writes
from portal.core.tests.together import together, waited_for, while_read

FIGURES = (
    "first_date", "last_date", "fee_amount", "earned_amount", "correction_amount", "tax_amount", "charged_amount",
)  # fmt: skip


def close(account, *, at=NOW):
    settlement.close(account, at=at, by="U-OWNER")


def close_emptied(account, *, at):
    """Close, and where something is left, move it out and close."""
    try:
        close(account, at=at)
    except settlement.BalanceRemains:
        withdraw(account, books.balance(account.ledger_account), on=at.date())
        close(account, at=at)


def book_march(account):
    assert book_month([account.pk], through=MARCH_31, at=NOW) == 1


def close_at_the_end_of_march(account):
    with contextlib.suppress(settlement.BalanceRemains):  # the interest
        close(account, at=datetime(2026, 4, 1, tzinfo=UTC))


@pytest.fixture
def product(bank):
    return make_product()


@pytest.fixture
def account(product, enterprise):
    return make_settlement_account(enterprise)


class TestMonth:
    def test_reads_like_an_accountants_notebook(self, product, account):
        # 2 March: 73,000.00 are paid in: 50,000 at 0.20 % and 23,000 at 1.10 % are 353.00 a year, 0.967123 a day.
        make_deposit(account, "73000.00", on=MARCH_2)
        # 12 March: 72,500.00 go out; the 500.00 left earn 0.002740 a day.
        withdraw(account, "72500.00", on=date(2026, 3, 12))

        # Every night the bank books what it owes: after the 11th, ten days of 0.967123.
        accrue_interest("CNY", on=date(2026, 3, 11), at=NOW)
        assert (balance("interest_payable"), balance("interest_expense")) == (Decimal("9.67"), Decimal("9.67"))

        # 1 April: 9.671233 + 20 days of 0.002740 = 9.726027, so 9.73; a fifth of it is tax. March is no whole month
        # of the account, so it costs nothing.
        assert end_day(APRIL_1) == 1
        period = TermsPeriod.objects.get()
        assert (period.earned_amount, period.tax_amount, period.fee_amount) == (Decimal("9.73"), Decimal("1.95"), 0)
        assert books.balance(account.ledger_account) == Decimal("507.78")
        assert books.balance(account.ledger_account, on=MARCH_31) == Decimal("500.00")
        assert (balance("interest_payable"), balance("interest_expense"), balance("tax_payable")) == (
            Decimal("0.00"),
            Decimal("9.73"),
            Decimal("1.95"),
        )

        # 1 May: April earned 507.78 at 0.20 % for 30 days, 0.083471; the balance fell below 1,000.00: the fee is 5.00.
        assert end_day(MAY_1, later=1) == 1
        assert books.balance(account.ledger_account) == Decimal("507.78") + Decimal("0.06") - Decimal("5.00")
        assert (balance("fee_income"), balance("interest_expense")) == (Decimal("5.00"), Decimal("9.81"))
        assert settlement.check_interest(on=MAY_1, at=NOW) == []
        assert books.discrepancies() == []

    def test_missed_is_owed_before_it_is_given_with_interest_on_interest(self, product, account):
        make_deposit(account, "800000.00", on=MARCH_2)
        june_1 = date(2026, 6, 1)
        assert end_day(june_1) == 3
        payable = LedgerAccount.objects.named("interest_payable")
        days = [MARCH_31, APRIL_1, date(2026, 4, 30), MAY_1, date(2026, 5, 31), june_1]
        owed = [books.balance(payable, on=day) for day in days]
        assert (min(owed), owed[1::2], settlement.check_interest(on=june_1, at=NOW)) == (0, [0, 0, 0], [])

    def test_is_booked_once(self, product, account):
        make_deposit(account, "36500.00", on=MARCH_2)
        assert [end_day(APRIL_1), end_day(APRIL_1), end_day(date(2026, 4, 2))] == [1, 0, 0]

    @pytest.mark.django_db(transaction=True)
    def test_is_booked_once_by_two_workers(self, product, account):
        make_deposit(account, "36500.00", on=MARCH_2)

        assert sorted(together(*[lambda: end_day(APRIL_1)] * 2)) == [0, 1]
        assert (TermsPeriod.objects.count(), balance("interest_payable")) == (1, Decimal("0.00"))

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("give", [book_march, close_at_the_end_of_march])
    def test_is_owed_once_where_another_gives_it_meanwhile(self, product, account, give):
        make_deposit(account, "36500.00", on=MARCH_2)
        withdraw(account, "36500.00", on=date(2026, 3, 12))
        accrue_interest("CNY", on=date(2026, 3, 20), at=NOW)  # and from then on nothing is missing
        with ThreadPoolExecutor() as other, while_read("DISTINCT ON", partial(waited_for, other, give, account)):
            accrue_interest("CNY", on=MARCH_31, at=NOW)
        assert (TermsPeriod.objects.count(), balance("interest_payable")) == (1, Decimal("0.00"))

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("give", [book_march, close_at_the_end_of_march])
    def test_raises_no_alarm_where_another_gives_it_meanwhile(self, product, account, give):
        make_deposit(account, "36500.00", on=MARCH_2)
        withdraw(account, "36500.00", on=date(2026, 3, 12))
        accrue_interest("CNY", on=MARCH_31, at=NOW)
        with ThreadPoolExecutor() as other, while_read("DISTINCT ON", partial(waited_for, other, give, account)):
            assert settlement.check_interest(on=APRIL_1, at=NOW) == []

    def test_costs_nothing_where_the_balance_never_fell(self, product, account):
        make_deposit(account, "1000.00", on=MARCH_2)
        end_day(MAY_1)
        assert [period.fee_amount for period in TermsPeriod.objects.order_by("pk")] == [0, 0]

    def test_charges_an_overdraft(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(20000), on=MARCH_2, at=NOW, by="U-1")
        withdraw(account, "10000.00", on=MARCH_2)
        end_day(APRIL_1)
        period = TermsPeriod.objects.get()
        assert (period.overdraft_interest_amount, period.charged_amount) == (Decimal("60.00"), Decimal("60.00"))
        assert books.balance(account.ledger_account) == Decimal("-10060.00")
        assert balance("interest_income") == Decimal("60.00")

    def test_carries_what_it_cannot_charge(self, product, account):
        end_day(MAY_1)
        assert TermsPeriod.objects.order_by("-pk").first().carried_amount == Decimal("5.00")
        make_deposit(account, "8.00", on=MAY_1)
        end_day(date(2026, 6, 1))
        period = TermsPeriod.objects.order_by("-pk").first()
        assert (period.brought_amount, period.charged_amount, period.carried_amount) == (5, 8, 2)

    def test_takes_nothing_from_a_frozen_account(self, product, account):
        make_deposit(account, "500.00", on=MARCH_2)
        settlement.freeze(account, reason="court", by="U-OPS", at=NOW)
        end_day(MAY_1)
        assert TermsPeriod.objects.order_by("-pk").first().carried_amount == Decimal("5.00")

    def test_makes_good_what_was_dated_back(self, product, account):
        end_day(APRIL_1)
        date_back(account, "36500.00")
        end_day(MAY_1, later=2)
        period = TermsPeriod.objects.order_by("-pk").first()
        assert (period.earned_amount, period.correction_amount) == (Decimal("6.00"), Decimal("2.00"))
        accrue_interest("CNY", on=MAY_1, at=NOW)
        assert balance("interest_payable") == interest.unbooked_interest(account, MAY_1)

    def test_charges_what_an_overdraft_dated_back_cost(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(20000), on=MARCH_2, at=NOW, by="U-1")
        end_day(APRIL_1)
        date_back(account, "-10000.00")
        end_day(MAY_1, later=2)
        period = TermsPeriod.objects.order_by("-pk").first()
        assert (period.overdraft_interest_amount, period.overdraft_correction_amount) == (60, 20)
        assert period.charged_amount == Decimal("85.00")
        assert settlement.check_interest(on=MAY_1, at=NOW) == []

    def test_gives_back_what_an_overdraft_did_not_cost(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(20000), on=MARCH_2, at=NOW, by="U-1")
        withdraw(account, "10000.00", on=MARCH_2)
        end_day(APRIL_1)
        # ten of the thirty days for which 60.00 were charged were covered, as is known now
        date_back(account, "10000.00")
        end_day(MAY_1, later=2)
        period = TermsPeriod.objects.order_by("-pk").first()
        # April: 60.00 below zero cost 0.36, the fee is 5.00
        assert (period.overdraft_correction_amount, period.charged_amount) == (Decimal("-20.00"), Decimal("-14.64"))
        assert books.balance(account.ledger_account) == Decimal("-45.36")
        assert (balance("interest_income"), balance("fee_income")) == (Decimal("40.36"), Decimal("5.00"))
        assert settlement.check_interest(on=MAY_1, at=NOW) == []

    def test_corrects_once(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(20000), on=MARCH_2, at=NOW, by="U-1")
        end_day(APRIL_1)
        date_back(account, "-10000.00")
        end_day(MAY_1, later=2)
        end_day(date(2026, 6, 1), later=3)
        assert TermsPeriod.objects.order_by("-pk").first().overdraft_correction_amount == 0

    def test_that_is_closed_is_booked_on_the_first_open_day(self, product, account):
        make_deposit(account, "36500.00", on=MARCH_2)
        close_month(date(2026, 4, 1), on=MAY_1)
        end_day(MAY_1)
        assert books.balance(account.ledger_account, on=date(2026, 4, 30)) == Decimal("36500.00")
        assert books.balance(account.ledger_account) > Decimal("36500.00")

    def test_alarms_where_it_does_not_tie(self, product, account, caplog):
        make_deposit(account, "36500.00", on=MARCH_2)
        end_day(APRIL_1)
        with transaction.atomic():
            ledger.post(
                key="wrong hand",
                event="fee",
                subject="x",
                lines=[
                    ledger.debit(LedgerAccount.objects.named("cash"), Decimal("1.00")),
                    ledger.credit(LedgerAccount.objects.named("interest_payable"), Decimal("1.00")),
                ],
                effective_date=MARCH_31,
                at=NOW,
                by="U-1",
            )
        found = settlement.check_interest(on=APRIL_1, at=NOW)
        assert [(each.subject, each.kept, each.recomputed) for each in found] == [("interest_payable CNY", 1, 0)]
        assert AuditEvent.objects.filter(verb="settlement.interest_untied").exists()

    def test_is_booked_by_the_nightly_task(self, product, account, caplog):
        tasks.end_day()
        assert TermsPeriod.objects.filter(settlement_account=account).exists()
        assert not caplog.records


class TestClosing:
    def test_takes_what_the_balance_covers_and_waives_the_rest(self, product, account):
        end_day(MAY_1)
        make_deposit(account, "3.00", on=MAY_1)
        close(account)
        rows = CarriedCharge.objects.order_by("pk").values_list("charged_amount", "waived_amount", "settled_by")
        assert list(rows) == [(3, 0, "U-OWNER"), (0, 2, "U-OWNER")]
        waived = AuditEvent.objects.get(verb="settlement.charges_waived")
        assert (waived.subject, waived.details) == (account.reference, {"amount": "2.00", "currency": "CNY"})
        assert settlement.check_interest(on=MAY_1, at=NOW) == []

    def test_takes_what_was_carried_once(self, product, account):
        end_day(MAY_1)
        make_deposit(account, "8.00", on=MAY_1)
        for _ in range(2):
            with pytest.raises(settlement.BalanceRemains):
                close(account)
            assert books.balance(account.ledger_account) == 3
        end_day(date(2026, 6, 1))
        assert TermsPeriod.objects.order_by("-pk").first().brought_amount == 0

    @given(moves=st.lists(st.tuples(st.integers(3, 5), st.integers(1, 28), st.integers(1, 10**7)), max_size=9))
    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    def test_books_first_what_failed_as_if_it_had_not(self, bank, enterprise, moves):
        before = transaction.savepoint()
        make_product(fee_free_from_amount=None)
        stuck, other = (make_settlement_account(enterprise, holding="730.00") for _ in range(2))
        for month, day, cents in moves:
            for account in (stuck, other):
                make_deposit(account, str(Decimal(cents) / 100), on=date(2026, month, max(day, 2)))
        break_writes(TermsPeriod, f"NEW.settlement_account_id = {stuck.pk} AND NEW.last_date = '2026-04-30'")
        end_day(date(2026, 6, 1))
        assert [account.terms_periods.count() for account in (stuck, other)] == [1, 3]
        june_10 = NOW + timedelta(days=100)
        with pytest.raises(settlement.AccountNotClosed):
            close(stuck, at=june_10)
        mend_writes(TermsPeriod)
        for account in (stuck, other):
            close_emptied(account, at=june_10)
        told = [list(account.terms_periods.order_by("last_date").values_list(*FIGURES)) for account in (stuck, other)]
        assert told[0] == told[1]
        assert [fee for _first, _last, fee, *_rest in told[0]] == [0, 5, 5, 0]
        end_day(date(2026, 6, 10))  # by which the bank owes nothing that it gave
        assert settlement.check_interest(on=date(2026, 6, 10), at=NOW) == []
        assert books.discrepancies() == []
        transaction.savepoint_rollback(before)

    def test_that_was_refused_costs_the_month_its_fee_all_the_same(self, product, account):
        make_deposit(account, "10.00", on=MARCH_2)
        end_day(APRIL_1)
        with pytest.raises(settlement.BalanceRemains):
            close(account, at=NOW + timedelta(days=39))  # on 10 April
        end_day(MAY_1)
        fees = TermsPeriod.objects.order_by("last_date").values_list("last_date", "fee_amount")
        assert list(fees) == [(MARCH_31, 0), (date(2026, 4, 9), 0), (date(2026, 4, 30), 5)]

    def test_waives_nothing_where_nothing_was_carried(self, product, account):
        close(account)
        assert not AuditEvent.objects.filter(verb="settlement.charges_waived").exists()

    @pytest.mark.parametrize("broken", [TermsPeriod, CarriedCharge, SettlementAccount])
    def test_changes_nothing_through_a_fault_and_tells_of_it(self, product, account, broken):
        end_day(MAY_1)  # leaves fees of April that nobody could pay
        break_writes(broken, "TRUE")
        for _ in range(2):
            with pytest.raises(settlement.AccountNotClosed):
                close(account, at=NOW + timedelta(days=70))
        account.refresh_from_db()
        assert (account.status, account.terms_periods.count(), CarriedCharge.objects.count()) == ("open", 2, 0)
        assert failures.counted() == [("settlement.account_not_closed", 1)]
        mend_writes(broken)
        close(account, at=NOW + timedelta(days=70))
        assert (account.status, account.terms_periods.count()) == ("closed", 3)

    def test_cannot_be_rewritten(self, product, account):
        end_day(MAY_1)
        close(account)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            CarriedCharge.objects.update(waived_amount=1)


class TestAnyMonth:
    @given(moves=st.lists(st.tuples(st.integers(2, 31), st.integers(1, 10**7)), max_size=12))
    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    def test_pays_what_its_days_accrued(self, product, enterprise, moves):
        before = transaction.savepoint()
        account = make_settlement_account(enterprise)
        for day, cents in moves:
            make_deposit(account, str(Decimal(cents) / 100), on=date(2026, 3, day))
        days = interest.accrued_days(account, MARCH_2, MARCH_31)
        end_day(APRIL_1)
        period = TermsPeriod.objects.get(settlement_account=account)
        assert period.earned_amount == sum(each.interest for each in days)
        assert settlement.check_interest(on=APRIL_1, at=NOW) == []
        transaction.savepoint_rollback(before)
