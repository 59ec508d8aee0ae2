"""The shop's loan."""

import pytest

from lending.loans.tests.builders import make_loan
from lending.products.tests.builders import make_product


@pytest.fixture
def loan(bank, enterprise, owner):
    """The shop borrows 20,000 over twelve months."""
    make_product()
    return make_loan(enterprise, by=owner)


@pytest.fixture
def first(loan):
    """Its first installment."""
    return loan.installments.get(number=1)
