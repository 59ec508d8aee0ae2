"""Late interest: by the day, from installments and repayments as recorded, and books that tie."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.ledger import queries as books
from accounts.ledger.models import LedgerAccount
from accounts.settlement.tests.builders import make_deposit, withdraw
from lending.applications.tests.builders import NOW, TODAY, make_approver
from lending.loans import operations as loans
from lending.loans import queries
from lending.loans.late_interest import Late, LateInterest, Part, accrued
from lending.loans.losses.queries import recovered_amount
from lending.loans.models import Repayment
from lending.loans.operations.receipts import RescheduledSince
from lending.loans.states import LoanStatus
from lending.loans.tests import waiving
from lending.loans.tests.builders import held, make_loan, repay
from lending.loans.tests.losing import LOST, write_off
from lending.loans.tests.rescheduling import agree, approve, propose, reschedule
from lending.loans.tests.test_prepay import START, TERMS, owing, pay
from lending.loans.tests.test_undone import correct, receive
from lending.products.conventions import DayCount
from lending.products.tests.builders import make_product
from portal.core import interest
from portal.core.interest import AllocationOrder, Terms, TermsRefused
from portal.core.models import AuditEvent
from portal.core.money import rounded

DUE = date(2026, 1, 5)
DAY = timedelta(days=1)
ZERO = Decimal(0)
RULED = replace(TERMS, late_rate_markup=Decimal("0.5"), late_grace_days=3, late_on_interest=True)
RULE = {"late_rate_markup": Decimal("0.5"), "late_grace_days": 3, "late_on_interest": True}


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
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


class TestAccruedAlways:
    @QUIET
    @given(st.lists(rows, max_size=4), rules, some_days)
    def test_is_nothing_while_nothing_is_late(self, made, rule, days):
        on = min([row.due_date for row in made], default=DUE)
        assert accrued(made, rule, on=on) == 0
        assert accrued(made, rule, on=DUE + days * DAY) >= 0

    @QUIET
    @given(st.lists(rows, max_size=4), rules, some_days)
    def test_never_falls_from_one_day_to_the_next(self, made, rule, days):
        on = DUE + days * DAY
        assert accrued(made, rule, on=on) <= accrued(made, rule, on=on + DAY)

    @QUIET
    @given(rows, rules, some_days, some_days, cents, cents)
    def test_two_parts_on_one_day_are_as_one(self, row, rule, days, paid, first, second):
        on = DUE + days * DAY
        one = late([*row.paid, part(paid, first + second)], principal_amount=row.principal_amount)
        two = late([*row.paid, part(paid, first), part(paid, second)], principal_amount=row.principal_amount)
        assert accrued([one], rule, on=on) == accrued([two], rule, on=on)

    @QUIET
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
    @settings(deadline=None, max_examples=200)
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

    def test_is_kept_with_the_contract(self, loan):
        assert loan.offer.kept_terms["late_rate_markup"] in {"0.5", "0.500000"}
        assert (loan.terms.late_grace_days, loan.terms.late_on_interest) == (3, True)

    def test_a_contract_from_before_knows_none(self, loan, django_assert_num_queries):
        signed = {name: told for name, told in loan.kept_terms.items() if not name.startswith("late_")}
        loan.kept_terms = signed
        with django_assert_num_queries(0):
            assert queries.late_interest_of(loan, on=TODAY + 300 * DAY) == LateInterest()


@pytest.fixture
def loan(bank, enterprise, owner):
    """The shop borrows 20,000 over twelve months, at a price for being late."""
    make_product(**RULE)
    return make_loan(enterprise, by=owner)


@pytest.fixture
def second(bank):
    return make_approver(bank.branch)


@pytest.fixture
def late_day(first):
    """Ten days after the first installment, of which seven bear late interest."""
    return first.due_date + 10 * DAY


def owed(loan, on):
    return queries.late_interest_of(loan, on=on).open_amount


def expected(loan, amount, days):
    return (amount * loan.annual_rate * Decimal("1.5") * days / 365).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def earned():
    return books.balance(LedgerAccount.objects.named("penalty_income", "CNY"))


def tied():
    return (queries.discrepancies(), books.discrepancies()) == ([], [])


class TestStanding:
    def test_tells_today_and_tomorrow(self, loan, first, late_day):
        standing = queries.standing_of(loan, on=late_day)
        told = [expected(loan, first.total_amount, days) for days in (7, 8)]
        assert [standing.late_interest.open_amount, standing.late_interest.tomorrow_amount] == told
        assert queries.owing_of(loan, on=late_day).suggested_amount == first.total_amount + told[0]
        assert not queries.standing_of(loan, on=first.due_date + 2 * DAY).late_interest

    def test_of_many_loans_takes_as_many_queries_as_of_one(self, loan, late_day, django_assert_num_queries):
        with django_assert_num_queries(5):
            queries.late_interest_of_all([loan] * 3, on=late_day)

    def test_the_payoff_includes_it(self, loan, first, late_day):
        owing = queries.owing_of(loan, on=late_day)
        assert owing.late_interest_amount == owed(loan, late_day) > 0
        assert (
            owing.payoff_amount == replace(owing, late_interest_amount=ZERO).payoff_amount + owing.late_interest_amount
        )


class TestRepay:
    def test_pays_late_interest_first_into_an_account_of_its_own(self, loan, first, late_day, owner):
        costs = owed(loan, late_day)
        made = repay(loan, costs + 100, by=owner, on=late_day)
        first.refresh_from_db()
        assert (made.late_interest_amount, first.paid_amount) == (costs, 100)
        assert {str(each.ledger_account.purpose): each.amount for each in made.entry.postings.all()}[
            "penalty_income"
        ] == costs
        assert (earned(), owed(loan, late_day)) == (costs, 0)
        assert AuditEvent.objects.get(verb="loans.repay").details["late_interest"] == str(costs)
        assert tied()

    def test_less_than_it_pays_nothing_else(self, loan, first, late_day, owner):
        costs = owed(loan, late_day)
        made = repay(loan, "0.50", by=owner, on=late_day)
        first.refresh_from_db()
        assert (made.late_interest_amount, first.paid_amount, made.allocations.count()) == (Decimal("0.50"), 0, 0)
        assert owed(loan, late_day) == costs - Decimal("0.50")
        assert tied()

    @pytest.mark.parametrize("order", list(AllocationOrder))
    def test_is_first_in_every_order(self, bank, enterprise, owner, order):
        make_product(**RULE, allocation_order=order.value)
        loan = make_loan(enterprise, by=owner)
        on = loan.installments.get(number=3).due_date + 10 * DAY
        costs = owed(loan, on)
        assert repay(loan, costs, by=owner, on=on).late_interest_amount == costs

    def test_two_parts_on_one_day_are_as_one(self, loan, first, late_day, owner):
        total = first.total_amount + owed(loan, late_day)
        repay(loan, "300.00", by=owner, on=late_day, key="a")
        repay(loan, total - 300, by=owner, on=late_day, key="b")
        first.refresh_from_db()
        assert first.is_paid
        assert (owed(loan, late_day), owed(loan, late_day + 5 * DAY)) == (0, 0)
        assert tied()

    def test_part_of_it_bears_on_from_what_is_left(self, loan, first, late_day, owner):
        repay(loan, owed(loan, late_day) + 1000, by=owner, on=late_day)
        left = first.total_amount - 1000
        assert owed(loan, late_day + 10 * DAY) == expected(loan, left, 10)

    def test_paying_everything_off_takes_it(self, loan, late_day, owner):
        make_deposit(loan.settlement_account, "9000.00")
        owing = queries.owing_of(loan, on=late_day)
        made = repay(loan, owing.payoff_amount, by=owner, on=late_day)
        loan.refresh_from_db()
        assert (loan.status, made.late_interest_amount) == (LoanStatus.REPAID, owing.late_interest_amount)
        assert owed(loan, late_day + 50 * DAY) == 0
        assert tied()

    def test_early_money_starts_after_it(self, loan, late_day, owner):
        make_deposit(loan.settlement_account, "9000.00")
        running = loan.installments.get(number=2)
        first = loan.installments.get(number=1)
        amount = owed(loan, late_day) + first.total_amount + running.total_amount
        assert queries.owing_of(loan, on=late_day).prepaid_of(amount) == 0
        assert queries.owing_of(loan, on=late_day).prepaid_of(amount + 100) > 0

    def test_is_collected(self, loan, first, late_day):
        withdraw(loan.settlement_account, held(loan), on=first.due_date)
        assert loans.collect_due(loan, at=NOW, on=first.due_date) is None
        make_deposit(loan.settlement_account, "9000.00")
        costs = owed(loan, late_day)
        made = loans.collect_due(loan, at=NOW, on=late_day)
        assert (made.amount, made.late_interest_amount, made.paid_on) == (first.total_amount + costs, costs, late_day)
        assert tied()

    def test_is_not_asked_where_the_bank_missed_the_day(self, loan, first, late_day):
        made = loans.collect_due(loan, at=NOW, on=late_day)
        assert (made.amount, made.late_interest_amount, made.paid_on) == (first.total_amount, 0, first.due_date)
        assert owed(loan, late_day) == 0
        assert made.entry.effective_date == late_day
        assert tied()

    def test_is_asked_where_the_account_did_not_hold_it_all_the_time(self, loan, first, late_day):
        withdraw(loan.settlement_account, held(loan), on=first.due_date + DAY)
        make_deposit(loan.settlement_account, "9000.00", on=late_day)
        assert loans.collect_due(loan, at=NOW, on=late_day).late_interest_amount > 0
        assert tied()


class TestUndone:
    def test_owes_it_again(self, loan, first, late_day):
        costs = owed(loan, late_day)
        cash = receive(loan, "300.00", on=late_day)
        assert owed(loan, late_day) == 0
        correct(cash, on=late_day + DAY)
        assert (owed(loan, late_day), earned()) == (costs, 0)
        assert owed(loan, late_day + 5 * DAY) == expected(loan, first.total_amount, 12)
        assert tied()

    def test_not_what_a_new_schedule_was_agreed_on(self, loan, late_day, owner, officer, second):
        cash = receive(loan, "1.00", on=late_day)
        assert Repayment.objects.get().allocations.count() == 0
        offered = propose(loan, by=officer, on=late_day)
        approve(offered, by=second, on=late_day)
        agree(offered, by=owner, on=late_day, at=NOW + timedelta(minutes=5))
        with pytest.raises(RescheduledSince):
            correct(cash, on=late_day + DAY)


class TestWrittenOff:
    @pytest.mark.parametrize("amount", ["1.00", "500.00", ""])
    def test_is_a_recovery_as_all_that_comes(self, loan, officer, second, amount):
        write_off(loan, proposer=officer, approver=second)
        owing = queries.owing_of(loan, on=LOST)
        assert owing.late_interest_amount > 500
        cash = receive(loan, amount or str(owing.payoff_amount), on=LOST)
        made, recovered = Repayment.objects.get(), LedgerAccount.objects.named("recovery_income")
        assert made.late_interest_amount == min(made.amount, owing.late_interest_amount)
        assert (books.balance(recovered), recovered_amount(loan), earned()) == (made.amount, made.amount, 0)
        loan.refresh_from_db()
        assert (loan.status, tied()) == ("written_off" if amount else "settled", True)
        correct(cash, on=LOST)
        loan.refresh_from_db()
        assert (loan.status, queries.owing_of(loan, on=LOST).payoff_amount) == ("written_off", owing.payoff_amount)
        assert tied()


class TestReschedule:
    def test_carries_it_over_to_the_cent(self, loan, late_day, owner, officer, second):
        costs, before = owed(loan, late_day), queries.owing_of(loan, on=late_day).payoff_amount
        made = reschedule(loan, proposer=officer, approver=second, owner=owner, on=late_day)
        made.refresh_from_db()
        assert made.late_interest_amount == costs > 0
        assert (queries.owing_of(loan, on=late_day).payoff_amount, owed(loan, late_day + DAY)) == (before, 0)
        carried = sum(row.interest_carried_amount for row in loan.installments.current())
        assert carried > costs
        assert tied()

    def test_a_proposal_stands_while_it_grows_and_when_some_is_waived(self, loan, late_day, owner, officer, second):
        offered = propose(loan, by=officer, on=late_day)
        approve(offered, by=second, on=late_day)
        later = late_day + 3 * DAY
        waiving.approve(waiving.propose(loan, "1.00", by=officer, on=later), by=second, on=later)
        left = owed(loan, later)
        agree(offered, by=owner, on=later)
        offered.refresh_from_db()
        assert (offered.status, offered.late_interest_amount, owed(loan, later)) == ("agreed", left, 0)
        assert tied()

    def test_what_is_carried_over_bears_none(self, loan, late_day, owner, officer, second):
        reschedule(loan, proposer=officer, approver=second, owner=owner, on=late_day)
        row = loan.installments.current()[0]
        bearing = row.total_amount - row.interest_carried_amount
        assert owed(loan, row.due_date + 10 * DAY) == expected(loan, bearing, 7)

    def test_a_loan_that_was_never_late_carries_none(self, loan, first, owner, officer, second):
        made = reschedule(loan, proposer=officer, approver=second, owner=owner, on=first.due_date - DAY)
        made.refresh_from_db()
        assert made.late_interest_amount == 0
