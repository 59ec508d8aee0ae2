"""The till, and a shop's account with us."""

import pytest

from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import make_customer_account


@pytest.fixture
def cash(bank):
    return LedgerAccount.objects.named("cash")


@pytest.fixture
def shop(bank):
    return make_customer_account()
