"""Who works on the shop's case."""

import pytest

from lending.applications.tests.builders import make_approver, make_draft
from lending.products.tests.builders import make_product


@pytest.fixture
def product(bank):
    """What the shop asks for."""
    return make_product()


@pytest.fixture
def draft(product, enterprise, owner):
    """The shop has begun to ask."""
    return make_draft(enterprise, by=owner)


@pytest.fixture
def second(bank):
    """Somebody who may approve."""
    return make_approver(bank.branch)
