"""An owner who has just registered: a list of nothing says what will stand there, or what to do."""

import pytest
from django.urls import reverse

from accounts.settlement.tests.builders import make_settlement_account
from lending.products.tests.builders import make_product


@pytest.fixture
def account(enterprise):
    make_product()
    return make_settlement_account(enterprise)


@pytest.mark.parametrize(
    ("page", "asked", "says"),
    [
        ("applications:list", {}, "You have not applied for a loan yet."),
        ("loans:list", {}, "A loan stands here from the day on which its contract is signed."),
        ("loans:lines", {}, "A line stands here from the day on which its contract is signed."),
        ("settlement:payment_requests", {}, "What you ask for stands here until it is paid."),
        ("settlement:payment_requests", {"show": "paid"}, "No request was paid yet."),
        ("settlement:payment_requests", {"show": "all"}, "You have asked nobody for a payment yet."),
        ("settlement:payments", {}, "What is paid from the account's page stands here."),
    ],
)
def test_says_what_will_stand_there(client_of, owner, account, page, asked, says):
    named = [account.reference] if page.startswith("settlement") else []
    assert says in client_of(owner).get(reverse(page, args=named), asked).text


@pytest.mark.parametrize("page", ["loans:list", "loans:lines"])
def test_leads_on_only_who_may_apply(client_of, owner, stranger, officer, enterprise, page):
    leads = "See your applications, or apply"
    enterprise.memberships.filter(user=owner).update(role="bookkeeper")
    people = (stranger, owner, officer)
    assert [leads in client_of(each).get(reverse(page)).text for each in people] == [True, False, False]
