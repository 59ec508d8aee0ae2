"""The shop's loan."""

import time

import pytest
from django.core.cache import cache
from django.utils import timezone

from lending.applications.tests.builders import make_approver
from lending.loans.tests.builders import make_loan
from lending.loans.tests.losing import write_off
from lending.products.tests.builders import make_product


@pytest.fixture(autouse=True)
def nobody_tried():
    """Forget the codes that other tests tried."""
    cache.clear()


@pytest.fixture
def today():
    """The day on which pages are read."""
    return timezone.localdate()


@pytest.fixture
def loan(bank, enterprise, owner):
    """The shop borrows 20,000 over twelve months."""
    make_product()
    return make_loan(enterprise, by=owner)


@pytest.fixture
def first(loan):
    """Its first installment."""
    return loan.installments.get(number=1)


@pytest.fixture
def second(bank):
    """Who approves what an officer or underwriter proposes."""
    return make_approver(bank.branch)


@pytest.fixture
def signer_of(client_of):
    """Sign a person in who has typed the password a moment ago."""

    def sign_in(user):
        client = client_of(user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return client

    return sign_in


@pytest.fixture
def lost(loan, officer, second):
    """The loan, written off."""
    write_off(loan, proposer=officer, approver=second)
    return loan
