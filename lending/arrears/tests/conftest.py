"""The shop's loan, its account emptied, so that its first installment is not paid."""

import pytest

from accounts.settlement.tests.builders import withdraw
from lending.applications.tests.builders import NOW
from lending.loans.tests.builders import held, make_loan
from lending.products.tests.builders import make_product


@pytest.fixture
def loan(bank, enterprise, owner):
    """The shop borrows 20,000 over twelve months, and spends it."""
    make_product()
    made = make_loan(enterprise, by=owner)
    withdraw(made.settlement_account, held(made), on=NOW.date())
    return made


@pytest.fixture
def first(loan):
    """Its first installment."""
    return loan.installments.get(number=1)
