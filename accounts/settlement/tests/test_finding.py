"""A customer found by the number of an account."""

from accounts.identity.queries import enterprises_matching
from accounts.settlement.tests.builders import make_settlement_account


def test_finds_an_enterprise_by_its_account(enterprise, stranger, officer):
    account = make_settlement_account(enterprise)
    for asked in (account.grouped_number, account.number, account.reference.lower()):
        assert list(enterprises_matching(asked, user=officer)) == [enterprise]
