"""What an owner's home says is best done next."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.identity.tests.builders import make_check
from accounts.settlement.tests.builders import make_settlement_account
from lending.applications.tests.builders import NOW, TODAY, make_approver, make_referred
from lending.loans.lines.operations import suspend
from lending.loans.queries import Asked
from lending.loans.tests.builders import make_loan, make_offer, repay
from lending.loans.tests.lines import make_line_product, open_line
from lending.loans.tests.rescheduling import LATE, approve, propose
from lending.products.tests.builders import make_product
from portal.pages.queries import owner_home

pytestmark = pytest.mark.django_db


class TestNextStep:
    def test_is_the_late_installment_and_then_the_next(self, bank, enterprise, owner):
        make_product()
        loan = make_loan(enterprise, by=owner)
        first = loan.installments.get(number=1)
        day_after = first.due_date + timedelta(days=1)
        assert owner_home(owner, on=first.due_date).next_step.title == "See your loan"
        late = owner_home(owner, on=day_after).next_step
        assert (late.title, loan.reference in late.url) == ("Pay what is late", True)
        repay(loan, first.total_amount, by=owner)
        assert owner_home(owner, on=day_after).next_step.title == "See your loan"

    def test_is_a_schedule_that_the_bank_offers_while_it_can_be_agreed_to(self, bank, enterprise, owner, officer):
        make_product()
        offered = propose(make_loan(enterprise, by=owner), by=officer)
        assert owner_home(owner, on=LATE).next_step.title == "Pay what is late"
        approve(offered, by=make_approver(bank.branch))
        step = owner_home(owner, on=LATE).next_step
        assert (step.title, offered.reference in step.url) == ("A new schedule for your loan", True)
        assert owner_home(owner, on=offered.expires_on + timedelta(days=1)).next_step.title == "Pay what is late"
        repay(offered.loan, "100.00", by=owner)
        assert owner_home(owner, on=LATE).next_step.title == "Pay what is late"

    def test_is_the_line_that_can_be_drawn_where_nothing_else_waits(self, bank, enterprise, owner, officer):
        make_line_product()
        offer = make_offer(enterprise, by=owner)
        assert owner_home(owner, on=TODAY).next_step.title == "Your credit line is approved"
        line = open_line(offer, by=owner)
        step = owner_home(owner, on=TODAY).next_step
        assert (step.title, "¥20,000.00 can be drawn through" in step.text) == ("See your credit line", True)
        suspend(line, reason="Sales fell.", by=officer, at=NOW)
        assert "has suspended this line" in owner_home(owner, on=TODAY).next_step.text

    def test_names_what_the_bank_has_to_see_while_a_case_waits(self, bank, enterprise, owner):
        make_referred(enterprise, by=owner)
        assert owner_home(owner, on=TODAY).next_step.text == "See where it stands."
        make_check(enterprise, result="failed", expires_on=None)
        assert owner_home(owner, on=TODAY).next_step.text.startswith("The bank still has to see papers of yours.")


class TestHome:
    def test_says_what_each_loan_asks_for_and_by_when_or_how_late_it_is(self, bank, client_of, enterprise, owner):
        make_product()
        loan = make_loan(enterprise, by=owner)
        first, second = loan.installments.current()[:2]
        repay(loan, "100.00", by=owner)
        ((_loan, asked),) = owner_home(owner, on=first.due_date).loans
        left = first.total_amount - 100
        assert asked == Asked(left, first.due_date, 0)
        ((_loan, asked),) = owner_home(owner, on=second.due_date + timedelta(days=2)).loans
        days = (second.due_date - first.due_date).days + 2
        assert asked == Asked(left + second.total_amount, first.due_date, days)
        page = client_of(owner).get("/").text  # months later
        assert all(each in page for each in (" days late", "figure-danger", "of principal open", loan.reference))

    def test_leads_to_the_only_account_and_what_is_done_there(self, client_of, enterprise, owner):
        account = make_settlement_account(enterprise)
        leads = [reverse(f"settlement:{name}", args=[account.reference]) for name in ("account", "pay")]
        home = client_of(owner).get("/").text
        assert all(f'href="{each}"' in home for each in leads)
        make_settlement_account(enterprise)
        home = client_of(owner).get("/").text
        assert not any(f'href="{each}"' in home for each in leads)


class TestWelcome:
    def test_says_what_is_lent_what_it_costs_and_what_to_do(self, client):
        make_product("steps", interest_method="equal_principal", max_amount=500_000, min_annual_rate="0.04")
        make_product()
        page = client.get("/").text
        for part in ("¥500,000", "4.00%", "a month.", "(APR)", reverse("account_signup")):
            assert part in page

    def test_gives_no_example_by_the_month_of_what_is_paid_by_the_quarter(self, client):
        make_product(every=3)
        assert "a month." not in client.get("/").text

    def test_stands_where_nothing_is_offered(self, client):
        assert "Apply now" in client.get("/").text
