"""Late interest: by the day, from installments and repayments as recorded, and books that tie."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lending.loans.late_interest import Late, Part, accrued
from lending.loans.tests.test_prepay import START, TERMS, owing, pay
from lending.products.conventions import DayCount
from portal.core import interest
from portal.core.interest import AllocationOrder, Terms, TermsRefused
from portal.core.money import rounded

DUE = date(2026, 1, 5)
DAY = timedelta(days=1)
ZERO = Decimal(0)
RULED = replace(TERMS, late_rate_markup=Decimal("0.5"), late_grace_days=3, late_on_interest=True)


def terms(**changed):
    told = {"late_rate_markup": Decimal("0.5"), "late_on_interest": True}
    return Terms(**{"annual_rate": Decimal("0.12"), "installments": 12, **told, **changed})


def late(paid=(), **changed):
    return Late(
        **{"due_date": DUE, "principal_amount": Decimal(1000), "interest_amount": Decimal(50), "paid": paid} | changed
    )


def part(days, principal, interest=0):
    return Part(DUE + days * DAY, Decimal(principal), Decimal(interest))


class TestAccrued:
    @pytest.mark.parametrize(
        ("days", "row", "changed", "expected"),
        [
            (0, late(), {}, "0.00"),
            (-5, late(), {}, "0.00"),
            (1, late(), {}, "0.52"),  # 1,050 × 18 % / 365
            (10, late(), {}, "5.18"),
            (10, late(), {"late_on_interest": False}, "4.93"),  # 1,000 × 18 % × 10 / 365
            (10, late(), {"late_grace_days": 3}, "3.62"),  # seven days
            (3, late(), {"late_grace_days": 3}, "0.00"),
            (10, late(), {"late_rate_markup": Decimal("0.3")}, "4.49"),  # 15.6 %
            (10, late([part(4, 1000, 50)]), {}, "2.07"),  # ends with the payment
            (10, late([part(4, 600)]), {}, "3.40"),  # four days of 1,050, then six of 450
            (10, late([part(-2, 600, 50)]), {}, "1.97"),  # paid ahead bears nothing
            (10, late(superseded_on=DUE + 4 * DAY), {}, "2.07"),
        ],
    )
    def test_worked_examples(self, days, row, changed, expected):
        assert accrued([row], terms(**changed), on=DUE + days * DAY) == Decimal(expected)

    def test_rounds_the_whole_loan_once(self):
        rows = [late(principal_amount=Decimal(7), interest_amount=ZERO)] * 3
        assert accrued(rows[:1], terms(), on=DUE + DAY) == 0
        assert accrued(rows, terms(), on=DUE + DAY) == Decimal("0.01")


cents = st.integers(0, 200_000).map(lambda n: Decimal(n) / 100)
rows = st.builds(
    late,
    paid=st.lists(st.builds(part, st.integers(-40, 200), cents, cents), max_size=5),
    principal_amount=cents,
    interest_amount=cents,
    due_date=st.integers(-60, 60).map(lambda days: DUE + days * DAY),
)
rules = st.builds(
    terms,
    day_count=st.sampled_from([interest.DayCount(value) for value in DayCount.values]),
    late_grace_days=st.integers(0, 30),
    late_rate_markup=st.sampled_from([Decimal("0.3"), Decimal("0.5")]),
    late_on_interest=st.booleans(),
)
some_days = st.integers(-60, 400)


class TestAccruedAlways:
    @given(st.lists(rows, max_size=4), rules, some_days)
    def test_is_nothing_while_nothing_is_late(self, made, rule, days):
        on = min([row.due_date for row in made], default=DUE)
        assert accrued(made, rule, on=on) == 0
        assert accrued(made, rule, on=DUE + days * DAY) >= 0

    @given(st.lists(rows, max_size=4), rules, some_days)
    def test_never_falls_from_one_day_to_the_next(self, made, rule, days):
        on = DUE + days * DAY
        assert accrued(made, rule, on=on) <= accrued(made, rule, on=on + DAY)

    @given(rows, rules, some_days, some_days, cents, cents)
    def test_two_parts_on_one_day_are_as_one(self, row, rule, days, paid, first, second):
        on = DUE + days * DAY
        one = late([*row.paid, part(paid, first + second)], principal_amount=row.principal_amount)
        two = late([*row.paid, part(paid, first), part(paid, second)], principal_amount=row.principal_amount)
        assert accrued([one], rule, on=on) == accrued([two], rule, on=on)

    @given(rows, rules, some_days, some_days, cents)
    def test_paying_more_never_costs_more(self, row, rule, days, paid, amount):
        on = DUE + days * DAY
        paid_more = late(
            [*row.paid, part(paid, amount, amount)],
            **{name: getattr(row, name) for name in ("due_date", "principal_amount", "interest_amount")},
        )
        assert accrued([paid_more], rule, on=on) <= accrued([row], rule, on=on)


class Life:
    """A loan of a thousand, and what was paid of it when."""

    def __init__(self, rule):
        self.owing, self.paid, self.parts = owing(on=START, terms=rule), ZERO, defaultdict(list)

    def late(self, on):
        rows = [
            Late(row.due_date, row.principal_amount, row.asked_interest_amount, self.parts[row.number])
            for row in self.owing.rows
        ]
        return accrued(rows, self.owing.made.terms, on=on) - self.paid

    def owed(self, on):
        return replace(self.owing, on=on, late_interest_amount=self.late(on))

    def pay(self, on, amount):
        late_part, before = self.owed(on).late_part(amount), [vars(row).copy() for row in self.owing.rows]
        self.owing, self.paid = pay(self.owed(on), amount), self.paid + late_part
        for row, was in zip(self.owing.rows, before, strict=True):
            gained = [getattr(row, name) - was[name] for name in ("principal_paid_amount", "interest_paid_amount")]
            self.parts[row.number].append(Part(on, *gained))
        return late_part


class TestLife:
    @settings(max_examples=200)
    @given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 1000)), max_size=8), st.sampled_from(AllocationOrder))
    def test_whatever_is_paid_when_it_is_never_negative_and_always_first(self, payments, order):
        life, on = Life(replace(RULED, allocation_order=order)), START
        for gap, share in payments:
            on += gap * DAY
            most, due = life.owed(on).payoff_amount, life.late(on)
            if not (amount := rounded(most * share / 1000)):
                continue
            assert due >= 0
            assert life.pay(on, amount) == min(amount, due)
            assert life.late(on) == max(due - amount, ZERO)
            assert not life.late(on) or life.owed(on).payoff_amount > life.late(on)  # it runs on something
        rest = life.owed(on).payoff_amount
        if rest:
            life.pay(on, rest)
        assert (life.owed(on).payoff_amount, life.late(on + 400 * DAY)) == (0, 0)


class TestRule:
    @pytest.mark.parametrize(
        "wrong", [{"late_rate_markup": Decimal("0.51")}, {"late_rate_markup": Decimal(-1)}, {"late_grace_days": 31}]
    )
    def test_stays_within_its_ceiling(self, wrong):
        with pytest.raises(TermsRefused):
            terms(**wrong)
