"""Repaying early: what it ends, what it saves, and that the books agree."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.settlement.tests.builders import make_deposit
from lending.applications.tests.builders import TODAY
from lending.loans.allocation import INTEREST, PRINCIPAL, allocate, open_part
from lending.loans.models import Installment
from lending.loans.prepaying import Owing
from lending.loans.queries import discrepancies, owing_of
from lending.loans.states import LoanStatus
from lending.loans.tests.builders import repay
from portal.core import interest
from portal.core.interest import AllocationOrder, DayCount, FrequencyUnit, InterestMethod, Terms

DUE = date(2026, 4, 2)
START = date(2026, 1, 15)
# A thousand in ten parts at one percent a month: 10, 9, 8 ... 1 of interest.
TERMS = Terms(
    annual_rate=Decimal("0.12"),
    installments=10,
    day_count=DayCount.THIRTY_360_MONTHS,
    interest_method=InterestMethod.EQUAL_PRINCIPAL,
)


def owing(*, on, prepayments=(), terms=TERMS, principal=1000, rows=None, start=START):
    made = interest.schedule(Decimal(principal), terms, start)
    rows = rows or [
        Installment(
            number=row.number,
            due_date=row.due_date,
            principal_amount=row.principal_amount,
            interest_amount=row.interest_amount,
        )
        for row in made.installments
    ]
    return Owing(made, rows, list(prepayments), on)


def pay(owed, amount):
    """Do to the rows what a repayment does, and give what is owed then."""
    amount = Decimal(amount)
    prepaid = owed.prepaid_of(amount)
    early, ahead = owed.coming(prepaid), owed.interest_now
    for row, saved in zip(owed.rows, owed.saved_after(prepaid), strict=True):
        row.interest_saved_amount = saved
    order = owed.made.terms.allocation_order
    shares = allocate(amount - owed.late_part(amount), owed.rows, on=owed.on, order=order, interest_now=ahead)
    for share in shares:
        share.installment.interest_paid_amount += share.interest_amount
        share.installment.principal_paid_amount += share.principal_amount
    return Owing(owed.made, owed.rows, [*owed.prepayments, *early], owed.on)


def still_open(owed):
    return [(open_part(row, INTEREST), open_part(row, PRINCIPAL)) for row in owed.rows]


def pay_in_parts(owed, later):
    """Pay percents of what would end the loan, each so many days later, then the rest; give what is owed then."""
    asked = sum(row.principal_amount + row.interest_amount for row in owed.rows)
    for percent, gap in later:
        owed = replace(owed, on=owed.on + timedelta(days=gap))
        most = owed.payoff_amount
        amount = (most * percent / 100).quantize(Decimal("0.01"))
        if not amount:
            break
        owed = pay(owed, amount)
        assert all(min(each) >= 0 for each in still_open(owed))
        assert most - amount <= owed.payoff_amount
    owed = replace(owed, on=owed.on + timedelta(days=1))
    rest = owed.payoff_amount
    assert sum(row.principal_paid_amount + row.interest_paid_amount for row in owed.rows) + rest <= asked
    owed = pay(owed, rest) if rest else owed
    assert not rest or set(still_open(owed)) == {(0, 0)}
    return owed


class TestPayoff:
    def test_on_the_day_of_the_payout_is_the_principal(self):
        assert owing(on=START).payoff_amount == 1000

    def test_asks_for_the_interest_up_to_the_day_and_no_more(self):
        assert owing(on=date(2026, 2, 15)).payoff_amount == 1010
        # 1 March is 14 of the 28 days after 15 February: half of the 9 that 900 earn in that month.
        assert pay(owing(on=date(2026, 2, 15)), 110).payoff_amount == 900
        assert owing(on=date(2026, 3, 1)).payoff_amount == Decimal("1014.50")

    def test_tells_what_it_saves(self):
        assert owing(on=date(2026, 2, 15)).payoff_saved_amount == 45

    def test_after_the_last_day_is_all_that_is_open(self):
        assert owing(on=date(2027, 1, 1)).payoff_amount == 1055

    def test_ends_everything(self):
        assert set(still_open(pay(owing(on=date(2026, 3, 1)), "1014.50"))) == {(0, 0)}


class TestWhatComesBackEarly:
    """What is due, then the next installment; what is more, the last ones."""

    def test_is_nothing_up_to_the_next_installment(self):
        owed = owing(on=date(2026, 2, 20))
        assert owed.prepaid_of(Decimal(219)) == 0
        assert still_open(pay(owed, 219))[:3] == [(0, 0), (0, 0), (8, 100)]

    def test_is_what_is_more_on_a_due_date(self):
        # Of 410 the first takes 110, and the second 100 with 9 less the 1.93 that 192.93 earn no more.
        owed = owing(on=date(2026, 2, 15))
        assert owed.prepaid_of(Decimal(410)) == Decimal("192.93")
        after = still_open(pay(owed, 410))
        assert after[:2] == [(0, 0), (0, 0)]
        assert [principal for _interest, principal in after[7:]] == [100, Decimal("7.07"), 0]

    def test_saves_the_interest_of_the_months_that_follow(self):
        owed = pay(owing(on=date(2026, 2, 15)), Decimal(110))
        after = pay(owed, 100 + 6 + 300)
        assert [row.interest_saved_amount for row in after.rows] == [0, 3, 3, 3, 3, 3, 3, 3, 2, 1]
        assert still_open(after)[-3:] == [(0, 0)] * 3

    def test_leaves_the_next_installment_alone_where_it_was_paid_ahead(self):
        owed = pay(owing(on=date(2026, 2, 20)), 219)
        assert owed.prepaid_of(Decimal(50)) == 50
        assert still_open(pay(owed, 50))[2] == (Decimal("7.50"), 100)

    def test_pays_the_next_installment_that_asks_for_anything(self):
        seasonal = replace(TERMS, interest_months=frozenset({6, 12}), principal_months=frozenset({6, 12}))
        owed = owing(on=date(2026, 3, 20), terms=seasonal)
        june = next(place for place, row in enumerate(owed.rows) if row.due_date.month == 6)
        asked = sum(still_open(owed)[june])
        assert owed.early(asked) is None
        assert still_open(pay(owed, asked))[june] == (0, 0)

    @pytest.mark.parametrize("method", [InterestMethod.INTEREST_ONLY, InterestMethod.BULLET])
    def test_costs_no_more_in_the_last_period_than_what_ends_the_loan(self, method):
        terms = replace(TERMS, interest_method=method, installments=3)
        owed = owing(on=date(2026, 3, 20) if method == InterestMethod.INTEREST_ONLY else START, terms=terms)
        if method == InterestMethod.INTEREST_ONLY:
            owed = pay(replace(owed, on=date(2026, 3, 15)), 20)
            owed = replace(owed, on=date(2026, 3, 20))
        most = owed.payoff_amount
        assert owed.early(Decimal(400)).prepaid_amount == 400
        assert pay(owed, 400).payoff_amount == most - 400

    def test_says_that_it_ends_the_loan(self):
        owed = owing(on=date(2026, 3, 1))
        assert owed.early(owed.payoff_amount).last_due_date is None

    def test_is_no_more_than_is_open_where_an_installment_was_paid_ahead(self):
        owed = pay(owing(on=date(2026, 2, 15)), 110)
        owed = pay(replace(owed, on=date(2026, 2, 20)), 109)
        assert replace(owed, on=date(2026, 2, 21)).prepaid_of(Decimal(800)) == 800

    @settings(max_examples=150)
    @given(
        percent=st.integers(0, 60),
        method=st.sampled_from([each for each in InterestMethod if each != InterestMethod.FLAT]),
        days=st.integers(0, 400),
        parts=st.lists(st.integers(1, 100), min_size=1, max_size=4),
        gaps=st.lists(st.integers(0, 90), min_size=4, max_size=4),
        seasonal=st.booleans(),
    )
    def test_adds_up_to_the_cent_whatever_is_paid_when(self, percent, method, days, parts, gaps, seasonal):
        months = frozenset({6, 12}) if seasonal else frozenset()
        terms = Terms(
            annual_rate=Decimal(percent) / 100,
            installments=12,
            interest_method=method,
            day_count=DayCount.ACT_365F,
            interest_months=months,
        )
        owed = replace(owing(on=START, terms=terms, principal=12345), on=START + timedelta(days=days))
        pay_in_parts(owed, zip(parts, gaps, strict=False))


BY_DAY = replace(TERMS, early_by_day=True)
STEP = {FrequencyUnit.MONTH: 31, FrequencyUnit.WEEK: 7, FrequencyUnit.DAY: 1}


def due_on(owed):
    return sum(sum(each) for row, each in zip(owed.rows, still_open(owed), strict=True) if row.due_date <= owed.on)


class TestByTheDay:
    """Contracts by which nobody pays interest for days to come: a thousand in ten parts, one percent a month."""

    def test_pays_the_interest_up_to_the_day_then_principal_of_the_next_and_of_the_last(self):
        # 1 March is 14 of the 28 days after 15 February, when 900 are owed: 4.50 of 9. The first was due then: 110.
        owed = replace(pay(owing(on=date(2026, 2, 15), terms=BY_DAY), 110), on=date(2026, 3, 1))
        assert owed.prepaid_of(Decimal("254.50")) == 250
        after = pay(owed, "254.50")
        # 650 owed for the other half of the month ask 3.25; from then on the balance is 150 lower, until nothing is.
        assert [interest for interest, _principal in still_open(after)] == [
            0, Decimal("3.25"), *(Decimal(n) for n in ("6.50", "5.50", "4.50", "3.50", "2.50", "1.50", "0.50", "0")),
        ]  # fmt: skip
        assert [principal for _interest, principal in still_open(after)] == [0, 0, *[100] * 6, 50, 0]

    def test_says_what_is_asked_for_next(self):
        owed = replace(pay(owing(on=date(2026, 2, 15), terms=BY_DAY), 110), on=date(2026, 3, 1))
        early = owed.early(Decimal("254.50"))
        assert (early.interest_amount, early.prepaid_amount) == (Decimal("4.50"), 250)
        assert (early.next_due_date, early.next_amount) == (date(2026, 3, 15), Decimal("3.25"))
        assert early.last_due_date == date(2026, 10, 15)
        assert early.saved_amount == 45 - Decimal("4.50") - Decimal("3.25") - Decimal("24.50")

    def test_suggests_what_pays_the_next_installment_on_the_day(self):
        owed = replace(pay(owing(on=date(2026, 2, 15), terms=BY_DAY), 110), on=date(2026, 3, 1))
        assert owed.suggested_amount == Decimal("104.50")

    def test_counts_what_an_earlier_schedule_was_paid_ahead(self):
        # 1 March is 14 of 28 days: 5 of 10, of which 3 were paid before the loan was rescheduled.
        owed = owing(on=date(2026, 3, 1), terms=BY_DAY, start=date(2026, 2, 15))
        owed.rows[0].interest_amount -= 3
        assert owed.payoff_amount == 1002
        assert owed.prepaid_of(Decimal(402)) == 400
        after = pay(owed, 402)
        assert sum(row.interest_paid_amount for row in after.rows) == 2
        assert after.payoff_amount == 600

    def test_takes_no_interest_on_the_day_of_the_payout(self):
        assert owing(on=START, terms=BY_DAY).prepaid_of(Decimal(300)) == 300

    def test_leaves_an_older_contract_as_it_was_signed(self):
        kept = {name: value for name, value in TERMS.as_data().items() if name != "early_by_day"}
        assert not Terms.from_data(kept).early_by_day

    @settings(max_examples=250)
    @given(
        percent=st.integers(0, 60),
        method=st.sampled_from([each for each in InterestMethod if each != InterestMethod.FLAT]),
        frequency=st.sampled_from(FrequencyUnit),
        year=st.sampled_from([DayCount.ACT_365F, DayCount.ACT_360]),
        order=st.sampled_from(AllocationOrder),
        seasonal=st.booleans(),
        grace=st.integers(0, 3),
        free=st.integers(0, 2),
        early=st.dictionaries(st.integers(0, 360), st.integers(1, 99), max_size=5),
        ends=st.none() | st.integers(0, 360),
    )
    def test_costs_interest_for_the_days_on_which_each_amount_was_owed(
        self, percent, method, frequency, year, order, seasonal, grace, free, early, ends
    ):
        """Installments are paid on their day; what is owed between two payments is counted here by itself."""
        months = frozenset({6, 12}) if seasonal and frequency == FrequencyUnit.MONTH else frozenset()
        terms = Terms(
            annual_rate=Decimal(percent) / 100,
            installments=12,
            interest_method=method,
            frequency=frequency,
            day_count=year,
            allocation_order=order,
            interest_months=months,
            interest_grace=grace,
            interest_free=free,
            early_by_day=True,
        )
        owed = owing(on=START, terms=terms, principal=12345)
        bears_from = START if not free else interest_begins(terms)
        exact, days_in_year = Fraction(0), 365 if year == DayCount.ACT_365F else 360
        moved = {START + timedelta(days=day * STEP[frequency] // 31): part for day, part in early.items()}
        last = owed.rows[-1].due_date
        end = last if ends is None else min(START + timedelta(days=ends * STEP[frequency] // 31), last)
        days = sorted({*(row.due_date for row in owed.rows), bears_from, *moved, end})
        before = START
        for on in (day for day in days if day <= end):
            if on > bears_from:
                left = sum((principal for _interest, principal in still_open(owed)), Decimal(0))
                exact += Fraction(left) * Fraction(percent, 100) * (on - before).days / days_in_year
            owed, before = replace(owed, on=on), on
            if due := due_on(owed):
                owed = replace(pay(owed, due), on=on)
            part = 100 if on == end else moved.get(on, 0)
            if amount := (owed.payoff_amount * part / 100).quantize(Decimal("0.01")):
                owed = replace(pay(owed, amount), on=on)
        assert set(still_open(owed)) == {(0, 0)}
        assert sum(row.principal_paid_amount for row in owed.rows) == 12345
        paid = sum(row.interest_paid_amount for row in owed.rows)
        assert abs(Fraction(paid) - exact) <= Fraction(len(owed.rows), 200)


def interest_begins(terms):
    laid_out = interest.schedule(Decimal(12345), replace(terms, interest_method=InterestMethod.EQUAL_PRINCIPAL), START)
    return laid_out.installments[terms.interest_free - 1].due_date


class TestInTheBooks:
    def test_pays_off_on_the_day_of_the_payout_without_interest(self, loan, owner):
        repay(loan, "20000.00", by=owner)
        loan.refresh_from_db()
        assert loan.status == LoanStatus.REPAID
        assert discrepancies() == []

    def test_keeps_what_came_back_early_and_what_it_saves(self, loan, owner):
        make_deposit(loan.settlement_account, "500.00")
        made = repay(loan, "10000.00", by=owner)
        assert made.prepaid_amount > 8000
        early = owing_of(loan, on=TODAY)
        assert [each.amount for each in early.prepayments] == [made.prepaid_amount]
        assert sum(row.interest_saved_amount for row in early.rows) > 0
        assert discrepancies() == []
        repay(loan, owing_of(loan, on=DUE).payoff_amount, by=owner, key="rest", on=DUE)
        assert discrepancies() == []
        assert all(row.is_paid for row in loan.installments.all())
