"""What a loan weighs in the next judgment while it is repaid."""

from decimal import Decimal

import pytest

from accounts.settlement.tests.builders import make_deposit
from lending.applications.tests.builders import NOW, make_approver
from lending.credit.models import Exposure
from lending.credit.queries import exposure_of
from lending.loans.operations import weighed_otherwise
from lending.loans.tasks import weigh_again
from lending.loans.tests.builders import make_loan, repay
from lending.loans.tests.rescheduling import reschedule
from lending.products.tests.builders import make_product
from portal.core.interest import InterestMethod
from portal.core.money import rounded


def repaid_through(loan, number, *, by):
    """Repay each installment on its day, through the one of a number."""
    make_deposit(loan.settlement_account, "30000.00")
    for row in loan.installments.current():
        if not row.is_paid and row.number <= number:
            at = NOW + (row.due_date - NOW.date())
            repay(loan, row.total_amount, by=by, key=f"{row.number}", at=at, on=row.due_date)


def monthly(loan):
    return exposure_of(loan.enterprise).monthly_payment_amount


class TestMonthly:
    """20,000 over twelve months."""

    LONG = {"principal_grace": 8, "min_term_months": 12}

    def test_is_the_installment_of_a_level_loan_to_its_end(self, enterprise, owner):
        loan = make_loan(enterprise, by=owner)
        repaid_through(loan, 11, by=owner)
        assert monthly(loan) == loan.installments.get(number=12).total_amount

    @pytest.mark.parametrize(
        "conventions",
        [
            pytest.param({"interest_method": "interest_only"}, id="all at the end"),
            pytest.param({"interest_method": "equal_principal", "principal_months": [1, 2]}, id="in two months"),
        ],
    )
    def test_spreads_what_falls_due_at_once_over_a_year(self, enterprise, owner, conventions):
        loan = make_loan(enterprise, by=owner, product=make_product(**conventions))
        repaid_through(loan, 9, by=owner)
        assert Decimal(1666) < monthly(loan) < Decimal(1860)
        repaid_through(loan, 11, by=owner)
        last = loan.installments.get(number=12)
        assert monthly(loan) == round(last.principal_amount / 12 + last.interest_amount, 2)

    @pytest.mark.parametrize("method", ["equal_principal", "equal_installments"])
    def test_is_the_installment_of_a_level_loan_after_a_long_grace(self, enterprise, owner, method):
        loan = make_loan(enterprise, by=owner, product=make_product(interest_method=method, **self.LONG))
        repaid_through(loan, 8, by=owner)
        left = [row.total_amount for row in loan.installments.filter(number__gt=8)]
        assert monthly(loan) == rounded(sum(left) / 4, "CNY") > 5000
        repaid_through(loan, 11, by=owner)
        assert monthly(loan) == loan.installments.get(number=12).total_amount

    def test_spreads_what_a_grace_leaves_to_the_end_over_a_year(self, enterprise, owner):
        loan = make_loan(enterprise, by=owner, product=make_product(**self.LONG | {"principal_grace": 11}))
        repaid_through(loan, 11, by=owner)
        last = loan.installments.get(number=12)
        assert monthly(loan) == round(last.principal_amount / 12 + last.interest_amount, 2)

    def test_takes_a_bullet_for_no_installment_of_one_month(self, enterprise, owner):
        loan = make_loan(enterprise, by=owner, product=make_product(interest_method="bullet"))
        [only] = loan.installments.all()
        assert monthly(loan) == round(only.total_amount / 12, 2)

    @pytest.mark.parametrize("signed", ["equal_installments", "bullet"])
    def test_knows_the_bullet_that_a_loan_was_rescheduled_to(self, enterprise, owner, officer, bank, signed):
        loan = make_loan(enterprise, by=owner, product=make_product(interest_method=signed))
        agreed = {"interest_method": InterestMethod.BULLET, "interest_only": 0, "installments": 6}
        reschedule(loan, proposer=officer, approver=make_approver(bank.branch), owner=owner, **agreed)
        [only] = loan.installments.current()
        assert monthly(loan) == round(only.total_amount / 6, 2)

    def test_is_nothing_of_a_loan_that_is_repaid(self, enterprise, owner):
        loan = make_loan(enterprise, by=owner, product=make_product(interest_method="interest_only"))
        repaid_through(loan, 12, by=owner)
        assert monthly(loan) == 0


class TestWeighingAgain:
    """Exposures that another version wrote, of loans that nothing moves."""

    @pytest.fixture
    def loan(self, enterprise, owner):
        return make_loan(enterprise, by=owner, product=make_product(interest_method="bullet"))

    def test_lets_the_next_judgment_see_what_a_loan_asks_for(self, loan):
        right = monthly(loan)
        Exposure.objects.filter(subject=loan.reference).update(monthly_payment_amount=20000)
        weigh_again()
        assert monthly(loan) == right < 2000

    def test_leaves_alone_what_is_right(self, loan):
        before = Exposure.objects.get(subject=loan.reference).changed_at
        weigh_again()
        assert Exposure.objects.get(subject=loan.reference).changed_at == before

    def test_writes_what_is_missing(self, loan):
        Exposure.objects.filter(subject=loan.reference).delete()
        weigh_again()
        assert exposure_of(loan.enterprise).amount == 20000

    def test_looks_at_many_with_as_few_queries_as_at_one(self, loan, owner, officer, bank, django_assert_num_queries):
        approver = make_approver(bank.branch)
        for key in ("second", "third"):
            other = make_loan(loan.enterprise, by=owner, product=loan.offer.application.product, key=key)
            reschedule(other, proposer=officer, approver=approver, owner=owner)
        with django_assert_num_queries(4):
            assert weighed_otherwise() == []
