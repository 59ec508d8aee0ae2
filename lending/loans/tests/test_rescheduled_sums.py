"""What a rescheduling asks for: the same as before on its day, and to the cent ever after."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from lending.loans.allocation import INTEREST, PRINCIPAL, open_part
from lending.loans.prepaying import Owing
from lending.loans.rescheduling.queries import rescheduled
from lending.loans.rescheduling.terms import Wanted, latest_end
from lending.loans.tests.test_prepay import START, TERMS, owing, pay, pay_in_parts
from portal.core import interest
from portal.core.interest import DayCount, InterestMethod, Prepayment, Terms, Tranche

METHODS = [each for each in InterestMethod if each != InterestMethod.FLAT]
SIX = Wanted(date(2026, 4, 15), 6, 0, InterestMethod.EQUAL_PRINCIPAL)


def anew(owed, wanted, *, signed=TERMS):
    """Reschedule what is owed, and give what is owed then."""
    terms = wanted.terms(signed)
    rows = rescheduled(owed, terms)
    starts = [owed.on, *(row.due_date for row in rows)]
    installments = tuple(
        interest.Installment(
            number=row.number,
            period_start=start,
            due_date=row.due_date,
            principal_amount=row.principal_amount,
            interest_amount=row.interest_amount - row.interest_carried_amount,
            fee_amount=Decimal(0),
            balance_after=row.balance_after_amount,
        )
        for start, row in zip(starts, rows, strict=False)
    )
    principal = sum(row.principal_amount for row in rows)
    made = interest.Schedule(terms, (Tranche(owed.on, principal),), installments, Decimal(0))
    return Owing(made, rows, [], owed.on)


class TestSchedule:
    def test_takes_all_open_principal_and_the_interest_up_to_the_day(self):
        # Nothing was paid: on 15 March the first two installments are late, with 10 and 9 of interest.
        after = anew(owing(on=date(2026, 3, 15)), SIX)
        assert sum(row.principal_amount for row in after.rows) == 1000
        assert [row.interest_carried_amount for row in after.rows] == [Decimal("3.17")] * 5 + [Decimal("3.15")]
        assert after.rows[0].interest_amount == Decimal("13.17")  # one percent of a thousand, and its part
        assert [row.version for row in after.rows] == [2] * 6

    def test_lets_what_is_carried_over_bear_no_interest(self):
        after = anew(owing(on=date(2026, 3, 15)), SIX)
        plain = interest.schedule(Decimal(1000), SIX.terms(TERMS), date(2026, 3, 15))
        assert [row.interest_amount - row.interest_carried_amount for row in after.rows] == [
            row.interest_amount for row in plain.installments
        ]

    def test_asks_for_no_principal_during_a_pause(self):
        wanted = Wanted(date(2026, 4, 15), 6, 2, InterestMethod.EQUAL_INSTALLMENTS)
        after = anew(owing(on=date(2026, 3, 15)), wanted)
        assert [bool(row.principal_amount) for row in after.rows] == [False, False, True, True, True, True]

    def test_gives_no_part_of_what_is_carried_to_months_that_ask_for_nothing(self):
        after = anew(owing(on=date(2026, 3, 15)), Wanted(date(2026, 4, 15), 6, 0, InterestMethod.BULLET))
        assert [row.interest_carried_amount for row in after.rows] == [19]

    def test_asks_for_no_day_twice_that_was_paid_ahead(self):
        # On 1 March the nine of interest of the running month are paid: half of them are for days after it.
        owed = pay(pay(owing(on=date(2026, 2, 15)), 110), 9)
        assert owed.rows[1].interest_paid_amount == 9
        owed = Owing(owed.made, owed.rows, owed.prepayments, date(2026, 3, 1))
        after = anew(owed, replace(SIX, first_due_date=date(2026, 4, 1)))
        assert [row.interest_amount for row in after.rows][:2] == [Decimal("4.50"), Decimal("7.50")]
        assert after.payoff_amount == 900
        assert anew(after, replace(SIX, first_due_date=date(2026, 4, 1))).rows[0].interest_amount == Decimal("4.50")


class TestLatestEnd:
    def test_is_once_more_the_term_up_to_a_year(self):
        assert latest_end(date(2026, 1, 15), date(2027, 1, 15)) == date(2028, 1, 15)

    def test_is_half_the_term_up_to_five_years(self):
        assert latest_end(date(2026, 1, 15), date(2028, 1, 15)) == date(2029, 1, 15)

    def test_is_three_years_beyond(self):
        assert latest_end(date(2026, 1, 15), date(2036, 1, 15)) == date(2039, 1, 15)


class TestAnyRescheduling:
    @settings(max_examples=150)
    @given(
        percent=st.integers(0, 60),
        method=st.sampled_from(METHODS),
        days=st.integers(0, 500),
        paid=st.integers(0, 99),
        paid_after=st.integers(0, 200),
        asked=st.tuples(st.integers(1, 120), st.integers(1, 18), st.integers(0, 17), st.sampled_from(METHODS)),
        later=st.lists(st.tuples(st.integers(1, 100), st.integers(0, 90)), min_size=1, max_size=4),
        seasonal=st.booleans(),
        day_count=st.sampled_from([DayCount.ACT_365F, DayCount.THIRTY_360_MONTHS, DayCount.ACT_ACT_ISDA]),
    )
    def test_adds_up_to_the_cent_whatever_is_paid_before_and_after(
        self, percent, method, days, paid, paid_after, asked, later, seasonal, day_count
    ):
        months = frozenset({6, 12}) if seasonal else frozenset()
        signed = Terms(
            annual_rate=Decimal(percent) / 100,
            installments=12,
            interest_method=method,
            day_count=day_count,
            interest_months=months,
        )
        owed = owing(on=START + timedelta(days=days), terms=signed, principal=12345)
        amount = (owed.payoff_amount * paid / 100).quantize(Decimal("0.01"))
        owed = pay(owed, amount) if amount else owed
        owed = Owing(owed.made, owed.rows, owed.prepayments, owed.on + timedelta(days=paid_after))
        principal = sum(open_part(row, PRINCIPAL) for row in owed.rows)
        if not principal:
            return
        first_after, installments, pause, then = asked
        wanted = Wanted(owed.on + timedelta(days=first_after), installments, min(pause, installments - 1), then)
        after = anew(owed, wanted, signed=signed)
        assert after.payoff_amount == owed.payoff_amount
        assert sum(open_part(row, PRINCIPAL) for row in after.rows) == principal
        carried = sum(row.interest_carried_amount for row in after.rows)
        assert carried == owed.payoff_amount - principal
        self._asks_for_each_day_once(owed, after, wanted.terms(signed))
        assert all(0 <= row.interest_carried_amount <= row.interest_amount for row in after.rows)
        final = pay_in_parts(after, later)
        assert sum(row.interest_paid_amount for row in final.rows) >= carried
        assert all(open_part(row, INTEREST) == 0 for row in final.rows)

    def _asks_for_each_day_once(self, owed, after, terms):
        paid = sum(row.interest_paid_amount for row in owed.rows)
        carried = sum(row.interest_carried_amount for row in after.rows)
        principal = sum(row.principal_amount for row in after.rows)
        later = [row for row in owed.rows if row.due_date > owed.on]
        planned = sum(row.principal_amount for row in later) - sum(each.amount for each in owed.prepayments)
        bearing = min(sum(open_part(row, PRINCIPAL) for row in later), max(planned, 0))
        until = sum(interest.interest_left(owed.made, [*owed.prepayments, Prepayment(owed.on, bearing)]))
        then = sum(row.interest_amount for row in interest.schedule(principal, terms, owed.on).installments)
        asked = paid + sum(row.interest_amount for row in after.rows)
        assert asked == max(until + then, paid + carried)
