"""What comes for a loan written off is income, and lowers the debt as a repayment does."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.settlement import operations as settlement
from accounts.settlement import queries as accounts
from accounts.settlement.models import Receipt
from accounts.settlement.tests.builders import make_deposit
from lending.applications.tests.builders import NOW
from lending.credit.models import Exposure
from lending.loans import operations as loans
from lending.loans.losses import operations
from lending.loans.losses.queries import recovered_amount
from lending.loans.operations.receipts import WrittenOffSince
from lending.loans.queries import discrepancies, owing_of
from lending.loans.states import LoanStatus
from lending.loans.tests.builders import held, make_loan, repay
from lending.loans.tests.losing import LATER, LOST, MONTH, booked, ties, write_off
from lending.loans.tests.test_undone import correct, receive
from lending.products.tests.builders import make_product
from portal.core.dates import add_months
from portal.core.models import Notice


class TestRecover:
    def test_books_what_comes_as_income_and_lowers_the_debt(self, loan, lost):
        interest, owed = booked("interest_income"), owing_of(loan, on=LATER).payoff_amount
        receive(loan, "5000.00", on=LATER)
        assert (booked("recovery_income"), booked("loans_principal")) == (5000, 0)
        assert (recovered_amount(loan), booked("interest_income")) == (5000, interest)
        assert owing_of(loan, on=LATER).payoff_amount == owed - 5000
        assert ties()

    def test_settles_the_loan_once_all_is_there(self, loan, lost):
        owed = owing_of(loan, on=LATER).payoff_amount
        before = held(loan)
        receive(loan, str(owed + 100), on=LATER)
        loan.refresh_from_db()
        assert (loan.status, booked("recovery_income"), held(loan)) == ("settled", owed, before + 100)
        assert not accounts.has_mandate("loan", loan.reference)
        assert Exposure.objects.get(subject=loan.reference).drawn_amount == 0
        receive(loan, "50.00", on=LATER)
        assert recovered_amount(loan) == owed
        assert ties()

    def test_comes_by_the_mandate_too_and_tells_nobody_what_is_missing(self, loan, lost):
        make_deposit(loan.settlement_account, "300.00")
        told = Notice.objects.count()
        taken = loans.collect_due(loan, at=NOW, on=LATER)
        assert (taken.is_recovery, booked("recovery_income")) == (True, taken.amount)
        assert Notice.objects.count() == told
        assert ties()

    def test_comes_from_the_owner(self, loan, lost, owner):
        make_deposit(loan.settlement_account, "300.00")
        assert repay(loan, "300.00", by=owner, on=LATER).is_recovery

    @pytest.mark.parametrize("is_all", [False, True])
    def test_is_undone_as_a_repayment_is(self, loan, lost, is_all):
        owed = owing_of(loan, on=LATER).payoff_amount
        cash = receive(loan, str(owed) if is_all else "700.00", on=LATER)
        correct(cash, on=LATER)
        loan.refresh_from_db()
        assert (loan.status, booked("recovery_income"), recovered_amount(loan)) == ("written_off", 0, 0)
        assert (owing_of(loan, on=LATER).payoff_amount, accounts.has_mandate("loan", loan.reference)) == (owed, True)
        assert ties()

    def test_what_repaid_it_before_is_not_undone(self, loan, officer, second):
        cash = receive(loan, "300.00", on=LOST)
        write_off(loan, proposer=officer, approver=second)
        with pytest.raises(WrittenOffSince):
            correct(cash, on=LATER)
        assert ties()

    def test_ties_with_late_interest(self, enterprise, owner, officer, second):
        make_product(late_rate_markup=Decimal("0.5"), late_on_interest=True)
        loan = make_loan(enterprise, by=owner)
        write_off(loan, proposer=officer, approver=second)
        late = owing_of(loan, on=LATER).late_interest_amount
        owed = owing_of(loan, on=LATER).payoff_amount
        first = receive(loan, str(late + 100), on=LATER)
        assert late > 0
        assert (booked("penalty_income"), booked("recovery_income")) == (0, late + 100)
        assert recovered_amount(loan) == late + 100
        second_cash = receive(loan, str(owed - late - 100), on=LATER)
        loan.refresh_from_db()
        assert loan.status == LoanStatus.SETTLED
        assert ties()
        correct(first, on=LATER)
        loan.refresh_from_db()
        assert loan.status == LoanStatus.WRITTEN_OFF
        assert ties()
        correct(second_cash, on=LATER)
        assert (booked("penalty_income"), booked("recovery_income"), recovered_amount(loan)) == (0, 0, 0)
        assert owing_of(loan, on=LATER).payoff_amount == owed
        assert ties()

    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        steps=st.lists(
            st.tuples(st.sampled_from(["recover", "undo", "post"]), st.integers(1, 900_000)), min_size=1, max_size=6
        ),
        is_posted=st.booleans(),
    )
    def test_ties_whatever_comes(self, loan, officer, second, steps, is_posted):
        point = transaction.savepoint()
        if is_posted:
            operations.post_allowances(MONTH, at=NOW)
        write_off(loan, proposer=officer, approver=second)
        cash, day = [], MONTH
        for number, (step, cents) in enumerate(steps):
            if step == "post":
                day = add_months(day + timedelta(days=1), 1) - timedelta(days=1)
                operations.post_allowances(day, at=NOW)
            elif step == "recover":
                told = {"text": loan.reference, "key": f"in{number}", "on": LATER, "at": NOW, "by": "U-TELLER"}
                cash.append(settlement.pay_in(loan.settlement_account, Decimal(cents) / 100, **told))
                loans.claim_receipt(Receipt.objects.get(entry=cash[-1].entry).reference, at=NOW, on=LATER)
            elif cash:
                correct(cash.pop(), on=LATER)
            assert discrepancies() == []
        loan.refresh_from_db()
        is_settled = owing_of(loan, on=LATER).payoff_amount == 0
        assert (loan.status == LoanStatus.SETTLED) == is_settled
        assert booked("recovery_income") == recovered_amount(loan)
        transaction.savepoint_rollback(point)
