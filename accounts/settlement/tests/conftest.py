"""The cast of settlement: the shop's account, whom it pays, and who handles its cash."""

import pytest

from accounts.identity.models import Enterprise, Role
from accounts.identity.tests.builders import make_user
from accounts.settlement.tests.builders import make_drawer, make_payee, make_settlement_account


@pytest.fixture
def account(enterprise):
    """The shop's account holds a thousand."""
    return make_settlement_account(enterprise, holding="1000.00")


@pytest.fixture
def noodles(stranger):
    """Stranger Noodles has an account with us, and nothing in it."""
    return make_settlement_account(Enterprise.objects.get(legal_name="Stranger Noodles"))


@pytest.fixture
def mill(enterprise):
    """The mill banks elsewhere; the shop has paid it before."""
    return make_payee(enterprise)


@pytest.fixture
def colleague(bank):
    """He Ping is the second teller."""
    return make_user("He Ping", role=Role.OPERATIONS, branch=bank.branch)


@pytest.fixture
def drawer(bank, operations):
    """Hua Qian's drawer."""
    return make_drawer(bank.branch, operations)


@pytest.fixture
def bag(bank, officer):
    """The bag of Olga Sun, who goes out to the villages."""
    return make_drawer(bank.branch, officer, kind="carried", limit="200.00")


@pytest.fixture
def vault(bank, account):
    """The branch's vault, once the account is filled."""
    return make_drawer(bank.branch, begin="500.00")
