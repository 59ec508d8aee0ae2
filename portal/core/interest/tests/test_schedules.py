"""Schedules by worked examples that a reader can check by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal.core import interest
from portal.core.dates import BusinessDayRule
from portal.core.interest import (
    DayCount,
    DeferredInterest,
    FrequencyUnit,
    InstallmentTooSmall,
    InterestMethod,
    InterestPeriod,
    MonthEnd,
    PrincipalRefused,
    Terms,
    TermsRefused,
    Tranche,
)

START = date(2024, 1, 1)
BY_MONTHS = DayCount.THIRTY_360_MONTHS


def make_terms(**changes):
    return Terms(**{"annual_rate": Decimal("0.12"), "installments": 6, "day_count": BY_MONTHS} | changes)


def made(principal, terms=None, *, start=START, **more):
    return interest.schedule(Decimal(principal), terms or make_terms(), start, **more)


def amounts(schedule):
    return [f"{row.principal_amount} {row.interest_amount} {row.balance_after}" for row in schedule.installments]


def totals(schedule):
    return [str(row.total_amount) for row in schedule.installments]


def dues(schedule):
    return [row.due_date.isoformat() for row in schedule.installments]


class TestEqualInstallments:
    # The annuity formula: 1000 * 0.01 / (1 - 1.01 ** -4) = 256.28.
    def test_pays_the_annuity_and_gives_the_remainder_to_the_last(self):
        assert amounts(made(1000, make_terms(installments=4))) == [
            "246.28 10.00 753.72",
            "248.74 7.54 504.98",
            "251.23 5.05 253.75",
            "253.75 2.54 0.00",
        ]

    def test_counts_real_days_when_interest_is_daily(self):
        rows = made(10000, make_terms(installments=3, day_count=DayCount.ACT_365F)).installments
        assert [row.interest_amount for row in rows] == [Decimal("101.92"), Decimal("63.90"), Decimal("34.30")]

    def test_counts_equal_periods_when_interest_is_by_period(self):
        terms = make_terms(installments=2, day_count=DayCount.ACT_365F, interest_period=InterestPeriod.REPAYMENT_PERIOD)
        assert made(10000, terms).installments[0].interest_amount == Decimal("100.00")

    def test_rounds_the_installment_to_a_multiple(self):
        terms = make_terms(installments=4, installment_multiple=Decimal(10))
        assert totals(made(1000, terms)) == ["260.00", "260.00", "260.00", "244.90"]

    def test_rounds_down_where_the_nearest_multiple_would_end_the_loan_early(self):
        terms = make_terms(annual_rate=Decimal(0), installments=6, installment_multiple=Decimal(100))
        assert totals(made(1000, terms)) == ["100.00"] * 5 + ["500.00"]

    def test_forgets_a_multiple_too_coarse_for_the_loan(self):
        terms = make_terms(annual_rate=Decimal(0), installments=4, installment_multiple=Decimal(1000))
        assert totals(made(1000, terms)) == ["250.00"] * 4

    def test_asks_only_for_interest_in_a_first_period_longer_than_the_installment_can_bear(self):
        terms = make_terms(annual_rate=Decimal("0.36"), installments=12, first_due_date=date(2025, 1, 1))
        rows = made(1000, terms).installments
        assert (rows[0].principal_amount, rows[0].interest_amount) == (Decimal("0.00"), Decimal("360.00"))
        assert len({row.total_amount for row in rows[1:-1]}) == 1

    def test_keeps_a_given_installment_and_lets_the_last_take_the_difference(self):
        terms = make_terms(annual_rate=Decimal("0.094822"), first_due_date=date(2024, 2, 18))
        assert totals(made(100, terms, installment_amount=Decimal("17.13"))) == ["17.13"] * 5 + ["17.60"]

    def test_ends_sooner_when_the_given_installment_is_larger(self):
        schedule = made(1000, make_terms(annual_rate=Decimal(0)), installment_amount=Decimal(300))
        assert totals(schedule) == ["300.00", "300.00", "300.00", "100.00"]
        assert schedule.maturity_date == date(2024, 5, 1)

    def test_refuses_a_given_installment_below_the_interest(self):
        with pytest.raises(InstallmentTooSmall) as refused:
            made(10000, installment_amount=Decimal(99))
        assert refused.value.params == {"number": 1, "amount": Decimal(99), "interest_amount": Decimal("100.00")}

    def test_leaves_a_balloon_for_the_last(self):
        terms = make_terms(annual_rate=Decimal(0), installments=4, balloon_rate=Decimal("0.4"))
        assert totals(made(1000, terms)) == ["150.00", "150.00", "150.00", "550.00"]


class TestEqualPrincipal:
    def test_pays_equal_parts_and_less_interest_each_time(self):
        terms = make_terms(installments=3, interest_method=InterestMethod.EQUAL_PRINCIPAL)
        assert amounts(made(1000, terms)) == ["333.33 10.00 666.67", "333.33 6.67 333.34", "333.34 3.33 0.00"]

    def test_is_due_in_harvest_months_and_at_the_end_only(self):
        terms = make_terms(
            installments=12, interest_method=InterestMethod.EQUAL_PRINCIPAL, principal_months=frozenset({6, 10})
        )
        rows = made(9000, terms).installments
        paid = {row.due_date.isoformat(): row.principal_amount for row in rows if row.principal_amount}
        assert paid == {day: Decimal("3000.00") for day in ("2024-06-01", "2024-10-01", "2025-01-01")}
        assert all(row.interest_amount > 0 for row in rows)


class TestFlat:
    def test_charges_the_first_principal_to_the_end(self):
        terms = make_terms(installments=3, interest_method=InterestMethod.FLAT)
        assert amounts(made(1000, terms)) == ["333.33 10.00 666.67", "333.33 10.00 333.34", "333.34 10.00 0.00"]

    def test_gives_the_remainder_of_interest_to_the_last(self):
        terms = make_terms(annual_rate=Decimal("0.1"), installments=3, interest_method=InterestMethod.FLAT)
        assert [str(row.interest_amount) for row in made(1000, terms).installments] == ["8.33", "8.33", "8.34"]

    def test_refuses_to_be_paid_out_in_tranches(self):
        with pytest.raises(PrincipalRefused) as refused:
            made(200, make_terms(interest_method=InterestMethod.FLAT), tranches=[Tranche(date(2024, 2, 2), Decimal(9))])
        assert refused.value.code == "method_needs_one_payout"


class TestInterestOnly:
    def test_leaves_the_principal_for_the_last(self):
        terms = make_terms(installments=3, interest_method=InterestMethod.INTEREST_ONLY)
        assert amounts(made(1000, terms)) == ["0.00 10.00 1000.00", "0.00 10.00 1000.00", "1000.00 10.00 0.00"]


class TestBullet:
    def test_asks_once_for_everything_at_the_end(self):
        schedule = made(1000, make_terms(interest_method=InterestMethod.BULLET))
        assert amounts(schedule) == ["1000.00 60.00 0.00"]
        assert dues(schedule) == ["2024-07-01"]

    def test_counts_the_days_of_the_whole_term(self):
        terms = make_terms(interest_method=InterestMethod.BULLET, day_count=DayCount.ACT_360)
        assert made(1000, terms).installments[0].interest_amount == Decimal("60.67")

    def test_bears_interest_after_the_free_periods_only(self):
        terms = make_terms(interest_method=InterestMethod.BULLET, interest_free=2)
        assert made(1000, terms).installments[0].interest_amount == Decimal("40.00")

    def test_bears_interest_on_a_tranche_from_its_day(self):
        terms = make_terms(interest_method=InterestMethod.BULLET, day_count=DayCount.ACT_360, interest_free=1)
        tranches = [Tranche(date(2024, 1, 10), Decimal(1000)), Tranche(date(2024, 6, 1), Decimal(1000))]
        # 2000 for the 151 days since 1 February, 1000 for the 30 days since 1 June.
        assert made(3000, terms, tranches=tranches).installments[0].interest_amount == Decimal("110.67")


class TestGrace:
    def test_on_principal_asks_for_interest_only_at_first(self):
        assert amounts(made(1000, make_terms(annual_rate=Decimal("0.12"), installments=3, principal_grace=1))) == [
            "0.00 10.00 1000.00",
            "497.51 10.00 502.49",
            "502.49 5.02 0.00",
        ]

    def test_on_interest_spreads_it_over_what_follows(self):
        terms = make_terms(interest_method=InterestMethod.INTEREST_ONLY, installments=5, interest_grace=2)
        assert [row.interest_amount for row in made(1000, terms).installments] == [
            Decimal(paid) for paid in ("0.00", "0.00", "16.67", "16.67", "16.66")
        ]

    def test_on_interest_can_ask_for_it_all_at_once(self):
        terms = make_terms(
            interest_method=InterestMethod.INTEREST_ONLY,
            installments=4,
            interest_grace=2,
            deferred_interest=DeferredInterest.NEXT,
        )
        assert [int(row.interest_amount) for row in made(1000, terms).installments] == [0, 0, 30, 10]

    def test_free_of_interest_charges_nothing_for_it(self):
        terms = make_terms(interest_method=InterestMethod.INTEREST_ONLY, installments=4, interest_free=2)
        assert [int(row.interest_amount) for row in made(1000, terms).installments] == [0, 0, 10, 10]

    def test_out_of_season_collects_interest_for_the_next_due_month(self):
        terms = make_terms(interest_method=InterestMethod.INTEREST_ONLY, installments=6, interest_months=frozenset({4}))
        assert [int(row.interest_amount) for row in made(1000, terms).installments] == [0, 0, 30, 0, 0, 30]


class TestTranches:
    # Published: the later version of Apache Fineract's case C3194, one rounding per installment.
    def test_within_a_period_bear_interest_from_their_day(self):
        terms = make_terms(annual_rate=Decimal("0.094822"))
        rows = amounts(made(300, terms, tranches=[Tranche(date(2024, 1, 8), Decimal(200))]))
        assert rows[0] == "49.32 2.01 250.68"

    def test_on_a_due_date_are_spread_over_what_follows(self):
        terms = make_terms(annual_rate=Decimal(0), installments=4)
        rows = amounts(made(300, terms, tranches=[Tranche(date(2024, 3, 1), Decimal(100))]))
        assert rows == ["50.00 0.00 150.00", "50.00 0.00 200.00", "100.00 0.00 100.00", "100.00 0.00 0.00"]

    @pytest.mark.parametrize("day", [START, date(2023, 12, 1), date(2024, 7, 1), date(2025, 1, 1)])
    def test_must_be_paid_out_within_the_loan(self, day):
        with pytest.raises(PrincipalRefused) as refused:
            made(300, tranches=[Tranche(day, Decimal(100))])
        assert refused.value.code == "tranche_outside_the_loan"

    @pytest.mark.parametrize("principal", ["0", "-1", "0.001", "100"])
    def test_and_the_first_payout_must_be_payable(self, principal):
        with pytest.raises(PrincipalRefused) as refused:
            made(principal, tranches=[Tranche(date(2024, 2, 2), Decimal(100))])
        assert refused.value.code == "amount_not_payable"


class TestDueDates:
    @pytest.mark.parametrize(
        ("month_end", "expected"),
        [
            (MonthEnd.CLAMP, ["2025-02-28", "2025-03-31", "2025-04-30"]),
            (MonthEnd.ROLL, ["2025-03-01", "2025-03-31", "2025-05-01"]),
        ],
    )
    def test_keep_their_day_after_a_short_month(self, month_end, expected):
        terms = make_terms(installments=3, month_end=month_end)
        assert dues(made(1000, terms, start=date(2025, 1, 31))) == expected

    def test_follow_a_due_day_of_the_borrowers_choice(self):
        assert dues(made(100, make_terms(installments=2, due_day=15))) == ["2024-02-15", "2024-03-15"]

    def test_follow_the_first_due_date(self):
        terms = make_terms(installments=3, first_due_date=date(2024, 2, 18))
        assert dues(made(100, terms)) == ["2024-02-18", "2024-03-18", "2024-04-18"]

    def test_move_to_a_business_day_by_the_terms_rule(self):
        terms = make_terms(installments=2, business_day_rule=BusinessDayRule.FOLLOWING, country="DE")
        assert dues(made(100, terms, start=date(2024, 5, 1))) == ["2024-06-03", "2024-07-01"]

    def test_move_by_a_calendar_of_the_callers(self):
        schedule = made(100, make_terms(installments=2), adjust=lambda day: day + timedelta(days=1))
        assert dues(schedule) == ["2024-02-02", "2024-03-02"]

    def test_are_refused_when_two_fall_on_one_day(self):
        terms = make_terms(frequency=FrequencyUnit.DAY, business_day_rule=BusinessDayRule.FOLLOWING, country="DE")
        with pytest.raises(TermsRefused) as refused:
            made(100, terms, start=date(2024, 5, 30))
        assert refused.value.code == "due_dates_collide"

    def test_are_refused_before_the_start(self):
        with pytest.raises(TermsRefused):
            made(100, make_terms(first_due_date=START))


class TestMoney:
    def test_down_payment_is_due_at_the_start(self):
        terms = make_terms(annual_rate=Decimal(0), installments=2, down_payment_rate=Decimal("0.25"))
        rows = made(1000, terms).installments
        assert [(row.number, row.due_date, row.total_amount) for row in rows] == [
            (0, START, Decimal("250.00")),
            (1, date(2024, 2, 1), Decimal("375.00")),
            (2, date(2024, 3, 1), Decimal("375.00")),
        ]

    def test_fees_are_part_of_the_cost_and_of_the_rate(self):
        terms = make_terms(upfront_fee_rate=Decimal("0.01"), installment_fee_amount=Decimal(2))
        schedule = made(10000, terms)
        assert schedule.fee_amount == Decimal("112.00")
        assert schedule.cost_amount == schedule.interest_amount + 112
        assert interest.apr(schedule.flows()) > interest.apr(made(10000).flows()) > Decimal("0.12")

    def test_follows_the_currency(self):
        rows = made(100000, make_terms(currency="JPY")).installments
        assert {row.total_amount.as_tuple().exponent for row in rows} == {0}

    def test_rounds_halves_away_from_zero_unless_told_otherwise(self):
        terms = {"annual_rate": Decimal("0.15"), "installments": 4, "interest_method": InterestMethod.FLAT}
        up = made(1250, make_terms(**terms)).installments[0].interest_amount
        even = made(1250, make_terms(**terms, rounding=interest.Rounding.HALF_EVEN)).installments[0].interest_amount
        assert (up, even) == (Decimal("15.63"), Decimal("15.62"))


class TestTerms:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"annual_rate": Decimal("-0.01")}, "annual_rate_out_of_range"),
            ({"annual_rate": Decimal("NaN")}, "annual_rate_out_of_range"),
            ({"installments": 0}, "installments_out_of_range"),
            ({"every": 0}, "every_out_of_range"),
            ({"installments": 600, "every": 3}, "term_too_long"),
            ({"due_day": 32}, "due_day_needs_months"),
            ({"due_day": 5, "frequency": FrequencyUnit.WEEK}, "due_day_needs_months"),
            ({"principal_grace": 6}, "grace_out_of_range"),
            ({"interest_grace": -1}, "grace_out_of_range"),
            ({"principal_months": frozenset({13})}, "months_out_of_range"),
            ({"down_payment_rate": Decimal(1)}, "down_payment_out_of_range"),
            ({"balloon_rate": Decimal(1)}, "balloon_out_of_range"),
            (
                {"balloon_rate": Decimal("0.1"), "interest_method": InterestMethod.FLAT},
                "balloon_needs_declining_balance",
            ),
            ({"installment_multiple": Decimal(0)}, "installment_multiple_not_positive"),
            ({"upfront_fee_rate": Decimal(1)}, "fee_out_of_range"),
            ({"installment_fee_amount": Decimal(-1)}, "fee_out_of_range"),
        ],
    )
    def test_are_refused_when_out_of_range(self, changes, code):
        with pytest.raises(TermsRefused) as refused:
            make_terms(**changes)
        assert refused.value.code == code

    @pytest.mark.parametrize(
        "changes", [{"annual_rate": "x"}, {"annual_rate": None}, {"day_count": "28_360"}, {"horoscope": "leo"}]
    )
    def test_are_refused_when_unreadable(self, changes):
        with pytest.raises(TermsRefused) as refused:
            Terms.from_data(make_terms().as_data() | changes)
        assert refused.value.code == "terms_unreadable"

    def test_are_read_with_defaults_for_what_is_absent(self):
        assert Terms.from_data({"annual_rate": "0.12", "installments": 6}) == make_terms(day_count=DayCount.ACT_365F)

    def test_are_refused_when_what_is_read_contradicts_itself(self):
        with pytest.raises(TermsRefused) as refused:
            Terms.from_data({"annual_rate": "0.12", "installments": 0})
        assert refused.value.code == "installments_out_of_range"
