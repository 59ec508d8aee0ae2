"""What the owner's pages ask."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.cashflow import operations, outlook, planning
from accounts.cashflow.forecast_picture import about, drawn
from accounts.cashflow.tests.builders import NOW, make_statement, make_year
from accounts.identity.tests.builders import make_enterprise
from accounts.ledger.tests.builders import TODAY
from accounts.settlement.tests.builders import make_settlement_account

pytestmark = pytest.mark.django_db
LAST = date(2026, 3, 1)


def seen(enterprise, *, on: date = LAST):
    """Ask for the outlook."""
    return outlook.outlook_of(enterprise, on=on)


def plan(enterprise, amount: str = "3000.00", *, due_on: date = LAST + timedelta(days=10), **more):
    """Plan an oven."""
    asked: dict[str, Any] = {
        "way": "out",
        "repeats": "once",
        "text": "Oven",
        "key": f"{amount}{due_on}",
        "by": "U-1",
        "at": NOW,
    }
    return planning.plan(enterprise, amount=Decimal(amount), due_on=due_on, **asked | more)


class TestOutlook:
    def test_is_nothing_without_evidence(self, enterprise):
        assert seen(enterprise) is None

    def test_begins_where_the_evidence_ends_with_what_the_accounts_hold(self, enterprise):
        statement = make_statement(enterprise, make_year())
        told = seen(enterprise)
        assert (told.span.last, told.balance) == (LAST, statement.closing_balance)
        assert told.weeks[0].first_day == LAST + timedelta(days=1)
        assert told.past_balances[-1] == (LAST, float(statement.closing_balance))

    def test_walks_back_to_the_balances_of_the_weeks_before(self, enterprise):
        make_statement(enterprise, make_year())
        statement_line = enterprise.statements.get().lines.filter(booked_on__lte=LAST - timedelta(days=7))
        held = statement_line.order_by("booked_on", "line_number").last().balance_after
        assert seen(enterprise).past_balances[-2] == (LAST - timedelta(days=7), float(held))

    def test_is_of_one_enterprise_only(self, bank, enterprise, owner):
        make_statement(enterprise, make_year())
        other = make_enterprise(owner, branch=bank.branch, legal_name="Second", identifier="91350211M000100Y43")
        assert seen(other) is None

    def test_leaves_foreign_names_and_other_currencies_out(self, enterprise):
        make_statement(enterprise, make_year(), holder="Zhao Lei")
        make_statement(enterprise, make_year(), account="111", currency="EUR")
        assert seen(enterprise) is None

    def test_has_no_forecast_from_a_few_weeks(self, enterprise):
        make_statement(enterprise, [("2026-02-01", "5.00", "Li", "order"), ("2026-03-01", "5.00", "Li", "order")])
        told = seen(enterprise)
        assert (told.forecast, told.weeks, drawn(told)) == (None, (), None)

    def test_counts_what_is_planned(self, enterprise):
        make_statement(enterprise, make_year())
        before = seen(enterprise).weeks[1].outflow.expected
        plan(enterprise)
        assert seen(enterprise).weeks[1].outflow.expected == before + 3000

    def test_counts_on_no_other_loan(self, enterprise):
        make_statement(enterprise, make_year())
        before = [week.inflow.expected for week in seen(enterprise).weeks]
        make_statement(
            enterprise, [("2026-02-25", "90000.00", "Rural Bank", "loan disbursement")], account="9988776655"
        )
        assert [week.inflow.expected for week in seen(enterprise).weeks] == before

    def test_says_when_our_books_tell_of_later_days(self, enterprise):
        make_statement(enterprise, make_year())
        assert not seen(enterprise).is_overtaken
        make_settlement_account(enterprise, holding="1000.00")
        operations.absorb_new(enterprise.reference, at=NOW)
        told = seen(enterprise)
        assert (told.span.last, told.booked_until, told.is_overtaken) == (LAST, TODAY, True)

    def test_repeats_what_is_planned_each_month(self, enterprise):
        make_statement(enterprise, make_year())
        plan(enterprise, "450.00", due_on=date(2025, 12, 31), repeats="monthly", way="in")
        days = [event.on for event in seen(enterprise).forecast.events if event.amount == 450.0]
        assert days == [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]

    def test_is_outdated_when_its_weeks_are_over(self, enterprise):
        make_statement(enterprise, make_year())
        assert drawn(seen(enterprise, on=LAST + timedelta(days=90))) is not None
        assert drawn(seen(enterprise, on=LAST + timedelta(days=91))) is None

    def test_names_accounts_whose_statements_end_weeks_before_the_others(self, enterprise):
        make_statement(enterprise, make_year())
        make_statement(enterprise, [("2025-12-01", "5.00", "Li", "order")], account="9999888877776666")
        assert seen(enterprise).span.behind == (("•••• 6666", date(2025, 12, 1)),)

    def test_finds_gaps_between_statements(self, enterprise):
        make_statement(enterprise, [line for line in make_year() if line[0] < "2025-10-01"])
        make_statement(enterprise, [line for line in make_year() if line[0] > "2025-12-01"])
        gap = seen(enterprise).span.uncovered
        assert date(2025, 11, 1) in gap
        assert (gap[0] > date(2025, 9, 25), gap[-1] < date(2025, 12, 5)) == (True, True)

    def test_tells_the_change_where_no_balance_is_told(self, enterprise):
        make_statement(enterprise, make_year(), opening=None)
        told = seen(enterprise)
        assert (told.balance, drawn(told).has_balance) == (None, False)
        assert told.weeks[0].balance.expected == told.weeks[0].net.expected


class TestAdvice:
    def test_warns_in_the_week_in_which_money_is_expected_to_run_out(self, enterprise):
        make_statement(enterprise, make_year())
        plan(enterprise, "90000.00", due_on=LAST + timedelta(days=30))
        advice = drawn(seen(enterprise)).advice
        assert advice.tone == "danger"
        assert advice.text.startswith("In the week of Mar 30, 2026 your money is expected to run out: about ¥")

    def test_warns_where_it_may(self, enterprise):
        make_statement(enterprise, make_year())
        held = drawn(seen(enterprise))
        between = (held.rows[4].balance.expected + held.rows[4].balance.low) / 2
        plan(enterprise, f"{between:.2f}", due_on=held.rows[4].first_day)
        advice = drawn(seen(enterprise)).advice
        assert (advice.tone, "may fall below zero" in advice.text) == ("warning", True)

    def test_says_that_money_lasts(self, enterprise):
        make_statement(enterprise, make_year(), opening="50000.00")
        advice = drawn(seen(enterprise)).advice
        assert (advice.tone, "should last" in advice.text) == ("success", True)

    @pytest.mark.parametrize(
        ("amount", "told"), [("0", "0"), ("12", "12"), ("1234", "1230"), ("-98765", "-98800"), ("1500000", "1500000")]
    )
    def test_rounds_as_a_person_would(self, amount, told):
        assert about(Decimal(amount)) == Decimal(told)

    def test_rounds_what_can_be_spared_down(self):
        assert about(Decimal(119_900), down=True) == 110_000


class TestCustomers:
    def test_are_those_who_pay_with_their_share_of_all_sales(self, enterprise):
        make_statement(
            enterprise,
            [
                ("2026-01-05", "300.00", "Li Ming", "order"),
                ("2026-02-05", "300.00", "Li Ming", "order"),
                ("2026-02-06", "200.00", "Zhao Hua", "order"),
                ("2026-02-07", "200.00", "", "wechat pay settlement"),
                ("2026-02-08", "999.00", "Green Tea Shop", "own transfer"),
            ],
        )
        told = outlook.customers_of(enterprise, on=LAST, months=12)
        assert [(row.name, row.amount, row.months, row.share) for row in told.rows] == [
            ("Li Ming", 600, 2, Decimal("0.6")),
            ("Zhao Hua", 200, 1, Decimal("0.2")),
        ]
        assert (told.count, told.returning, told.named_amount, told.nameless_amount) == (2, 1, 800, 200)
        assert (told.share_of_first, told.share_of_five) == (Decimal("0.6"), Decimal("0.8"))

    def test_are_known_again_however_their_names_are_written(self, enterprise):
        make_statement(
            enterprise, [("2026-01-05", "100.00", "Li Ming", "order"), ("2026-02-06", "1.00", "LI MING", "order 4")]
        )
        told = outlook.customers_of(enterprise, on=LAST, months=12)
        assert [(row.amount, row.payments) for row in told.rows] == [(101, 2)]

    def test_are_none_in_months_without_any(self, enterprise):
        make_statement(enterprise)
        told = outlook.customers_of(enterprise, on=date(2024, 3, 1), months=6)
        assert (told.rows, told.share_of_first, told.share_of_five) == ((), 0, 0)


class TestCategories:
    LINES = (
        ("2025-07-01", "-10.00", "Landlord", "rent"),
        ("2025-10-02", "-100.00", "Landlord", "rent"),
        ("2025-12-30", "-1.00", "Landlord", "rent"),
        ("2026-01-02", "-150.00", "Landlord", "rent"),
        ("2026-02-02", "500.00", "Li Ming", "order"),
        ("2026-02-08", "-40.00", "Green Tea Shop", "own transfer"),
    )

    def test_stand_beside_the_period_before(self, enterprise):
        make_statement(enterprise, self.LINES)
        told = outlook.categories_of(enterprise, on=LAST, months=3)
        (rent,) = told.outflows
        assert (rent.category, rent.amount, rent.before, rent.share) == ("rent", 150, 101, 1)
        assert rent.change == Decimal(150) / 101 - 1
        assert ([each.category for each in told.inflows], told.own) == (["customer_receipt"], -40)

    def test_are_not_compared_with_what_the_evidence_does_not_reach(self, enterprise):
        make_statement(enterprise, self.LINES)
        told = outlook.categories_of(enterprise, on=LAST, months=12)
        assert (told.is_compared, told.outflows[0].before, told.outflows[0].change) == (False, None, None)


class TestSeasons:
    def test_leave_transfers_between_own_accounts_out(self, enterprise):
        make_statement(enterprise, [*make_year(), ("2026-02-28", "99999.00", "Green Tea Shop", "own transfer")])
        told = outlook.seasons_of(enterprise)
        assert max(part.inflow for part in told.week) < 3

    def test_are_none_without_evidence(self, enterprise):
        assert outlook.seasons_of(enterprise) is None
