"""A customer found by the number of an account."""

import pytest

from accounts.identity.queries import enterprises_matching
from accounts.settlement.tests.builders import make_settlement_account


def test_finds_an_enterprise_by_its_account(enterprise, stranger, officer):
    account = make_settlement_account(enterprise)
    for asked in (account.grouped_number, account.number, account.reference.lower()):
        assert list(enterprises_matching(asked, user=officer)) == [enterprise]


@pytest.mark.parametrize("asked", ["-", "0", "000"])
def test_finds_nothing_by_what_is_no_number(enterprise, officer, asked):
    make_settlement_account(enterprise)
    assert not enterprises_matching(asked, user=officer).filter(pk=enterprise.pk)
