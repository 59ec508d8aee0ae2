"""Late interest of a loan: asked for, paid first, undone, written off, carried over."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from accounts.identity import operations as identity
from accounts.ledger import queries as books
from accounts.ledger.models import LedgerAccount
from accounts.settlement import operations as settlement
from accounts.settlement.models import Receipt
from accounts.settlement.tests.builders import make_deposit, withdraw
from lending.applications.tests.builders import NOW, TODAY
from lending.loans import operations as loans
from lending.loans import queries
from lending.loans.late_interest import LateInterest
from lending.loans.losses.queries import recovered_amount
from lending.loans.models import Repayment
from lending.loans.operations.receipts import RescheduledSince
from lending.loans.states import LoanStatus
from lending.loans.tests import waiving
from lending.loans.tests.builders import LATE_RULE, held, make_loan, repay, told_code
from lending.loans.tests.losing import LOST, write_off
from lending.loans.tests.rescheduling import agree, approve, propose, reschedule, shown
from lending.loans.tests.test_undone import correct, receive
from lending.products.tests.builders import make_product
from portal.core.interest import AllocationOrder
from portal.core.models import AuditEvent
from portal.core.tests.together import together, waiting_for_locks
from portal.tests.processes import until

DAY = timedelta(days=1)
ZERO = Decimal(0)


@pytest.fixture
def loan(bank, enterprise, owner):
    """The shop borrows 20,000 over twelve months, at a price for being late."""
    make_product(**LATE_RULE)
    return make_loan(enterprise, by=owner)


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


class TestRule:
    def test_is_kept_with_the_contract(self, loan):
        assert loan.offer.kept_terms["late_rate_markup"] in {"0.5", "0.500000"}
        assert (loan.terms.late_grace_days, loan.terms.late_on_interest) == (3, True)

    def test_a_contract_from_before_knows_none(self, loan, django_assert_num_queries):
        signed = {name: told for name, told in loan.kept_terms.items() if not name.startswith("late_")}
        loan.kept_terms = signed
        with django_assert_num_queries(0):
            assert queries.late_interest_of(loan, on=TODAY + 300 * DAY) == LateInterest()


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
        make_product(**LATE_RULE, allocation_order=order.value)
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

    @pytest.mark.django_db(transaction=True)
    def test_not_where_it_was_paid_while_the_agreement_waited(self, loan, late_day, owner, officer, second):
        cash = receive(loan, "1.00", on=late_day)
        offered = propose(loan, by=officer, on=late_day)
        approve(offered, by=second, on=late_day)
        seen, later = shown(offered, on=late_day), NOW + timedelta(hours=2)
        identity.send_signing_code(owner, subject=offered.reference, at=later)
        told = {"by": owner, "seen": seen, "code": told_code(), "on": late_day}
        correct(cash, on=late_day)
        text = {"text": loan.reference, "key": "again", "on": late_day, "at": later, "by": "U-TELLER"}
        cash = settlement.pay_in(loan.settlement_account, Decimal("1.00"), **text)
        receipt, paid_at = Receipt.objects.get(entry=cash.entry).reference, later + timedelta(seconds=1)
        with ThreadPoolExecutor() as pool, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE lending_exposure IN EXCLUSIVE MODE")  # what was paid, is not told yet
            paying = pool.submit(together, lambda: loans.claim_receipt(receipt, at=paid_at, on=late_day))
            assert until(lambda: waiting_for_locks(cursor) == 1)
            agreeing = pool.submit(together, lambda: agree(offered, at=later, **told))
            assert until(lambda: waiting_for_locks(cursor) == 2)
        assert ([each.late_interest_amount for each in paying.result()], agreeing.result()) == ([1], [None])
        with pytest.raises(RescheduledSince):
            correct(cash, on=late_day)
        assert (owed(loan, late_day + DAY), tied()) == (0, True)


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
