"""What an enterprise has with the bank, on its page."""

import pytest
from django.urls import reverse

from accounts.settlement.tests.builders import make_settlement_account
from lending.applications.tests.builders import NOW, make_declined
from lending.loans.tests.builders import make_loan


class TestDealings:
    @pytest.fixture
    def page(self, enterprise):
        return reverse("identity:enterprise", args=[enterprise.reference])

    def test_lead_staff_to_accounts_cases_and_loans(self, client_of, officer, owner, enterprise, page):
        account = make_settlement_account(enterprise)
        loan = make_loan(enterprise, by=owner)
        shown = client_of(officer).get(page).text
        assert f">{account.grouped_number}</" in shown
        for view, reference in (
            ("settlement:account", account.reference),
            ("applications:detail", loan.offer.application.reference),
            ("loans:detail", loan.reference),
        ):
            assert f'href="{reverse(view, args=[reference])}"' in shown

    def test_lists_lead_to_all_of_a_kind(self, client_of, officer, owner, enterprise, page):
        make_settlement_account(enterprise)
        make_loan(enterprise, by=owner)
        browser = client_of(officer)
        shown = browser.get(page).text
        for view in ("settlement:list", "applications:queue", "loans:list"):
            address = f"{reverse(view)}?q={enterprise.reference}"
            assert f'href="{address}"' in shown
            assert str(enterprise) in browser.get(address).text

    def test_of_which_there_are_none_are_not_named(self, client_of, officer, owner, enterprise, page):
        assert "What it has with us" not in client_of(officer).get(page).text
        make_declined(enterprise, by=owner)
        shown = client_of(officer).get(page).text
        assert reverse("applications:queue") + "?q=" in shown
        assert reverse("loans:list") + "?q=" not in shown

    def test_are_not_shown_to_members_nor_to_staff_who_ever_were(self, client_of, officer, owner, enterprise, page):
        make_settlement_account(enterprise)
        enterprise.memberships.create(user=officer, role="manager", began_at=NOW, ended_at=NOW)
        for person in (owner, officer):
            assert "What it has with us" not in client_of(person).get(page).text

    def test_cost_a_query_a_kind_or_two(
        self, client_of, officer, owner, enterprise, page, django_assert_max_num_queries
    ):
        make_settlement_account(enterprise)
        make_loan(enterprise, by=owner)
        browser = client_of(officer)
        with django_assert_max_num_queries(24):
            browser.get(page)
