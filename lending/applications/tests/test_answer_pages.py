"""Pages of the case after it was sent, as its owner sees them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.identity.models import Branch
from accounts.identity.tests.builders import make_checked, make_paper
from lending.applications import operations as applications
from lending.applications.presentation import explained
from lending.applications.states import Status
from lending.applications.tests.builders import (
    NOW,
    TODAY,
    conclude,
    make_approved,
    make_declined,
    make_draft,
    make_evidence,
    make_in,
    make_recommended,
    make_rules,
    make_submitted,
)
from lending.applications.tests.pages import shown, url
from lending.credit.verdicts import Alternative, Outcome, Verdict
from lending.products import operations as products
from lending.products.tests.builders import make_product

pytestmark = pytest.mark.usefixtures("product")


@pytest.fixture
def draft(enterprise, owner):
    make_evidence(enterprise)
    return make_draft(enterprise, by=owner)


class TestRefusal:
    def test_leads_to_what_would_pass_filled_in_and_tells_the_branch_after_the_reasons(
        self, client_of, owner, enterprise
    ):
        application, client = make_declined(enterprise, by=owner), client_of(owner)
        page = shown(client.get(url("detail", application)))
        (found,) = application.decision.verdict["alternatives"]
        amount = found["params"]["amount"]
        begin = reverse("applications:begin", args=[enterprise.reference, application.product.code])
        leads = f"{begin}?like={application.reference}&amp;amount={amount}"
        assert page.index('class="reasons"') < page.index(leads) < page.index(str(enterprise.branch))
        form = shown(client.get(leads.replace("&amp;", "&")))
        assert f'name="amount" value="{amount}"' in form
        assert '<option value="3" selected>' in form

    def test_leads_to_no_product_that_is_offered_no_more(self, client_of, owner, enterprise):
        application = make_declined(enterprise, by=owner)
        products.withdraw(application.product, on=TODAY, by="U-ADMIN", at=NOW)
        page = shown(client_of(owner).get(url("detail", application)))
        assert "What would change it" in page
        assert "?like=" not in page

    def test_leads_nowhere_where_only_other_habits_as_well_would_change_it(self):
        habit = {"feature": "net_flow_share", "target": "0.2", "months": 12}
        needed = (Alternative("smaller_amount", {"amount": "9000"}), Alternative("improve", habit))
        verdict = Verdict(Outcome.DECLINED, "E", Decimal(1), 0, None, None, (), (), needed)
        assert [each["url"] for each in explained(verdict, again="/?like=A")["alternatives"]] == ["", ""]

    def test_fills_in_nothing_of_another_enterprise(self, client_of, owner, enterprise):
        address = reverse("applications:begin", args=[enterprise.reference, "quick"])
        assert client_of(owner).get(f"{address}?like=A-00000000").status_code == 200


class TestAnswer:
    def test_that_waits_asks_again_by_itself_and_is_told_when_nothing_is_new(self, client_of, owner, enterprise):
        application = make_submitted(enterprise, by=owner)
        client = client_of(owner)
        page = client.get(url("detail", application))
        assert "hx-trigger" in shown(page)
        assert "HX-Request" in page["Vary"]
        assert client.get(url("detail", application), headers={"HX-Request": "true"}).status_code == 204

    def test_comes_as_a_fragment_that_asks_no_more(self, client_of, owner, enterprise):
        application = make_approved(enterprise, by=owner)
        fragment = shown(client_of(owner).get(url("detail", application), headers={"HX-Request": "true"}))
        assert fragment.startswith('<div id="answer"')
        assert "Approved: ¥20,000" in fragment
        assert "hx-trigger" not in fragment

    def test_of_an_approval_tells_the_cost_and_leads_to_signing(self, client_of, owner, enterprise):
        application = make_approved(enterprise, by=owner)
        page = shown(client_of(owner).get(url("detail", application)))
        leads = reverse("loans:sign", args=[application.offer.reference])
        parts = ("You pay back in all", "Yearly cost (APR)", leads, "This offer is good")
        assert sorted(parts, key=page.index) == list(parts)

    def test_of_falling_installments_does_not_say_that_each_takes_the_same(self, client_of, owner, enterprise):
        falling = make_product("falling", interest_method="interest_only")
        application = make_approved(enterprise, by=owner, product=falling)
        page = shown(client_of(owner).get(url("detail", application)))
        assert "First installment" in page
        assert "of all installments" in page
        assert "Each installment" not in page

    def test_of_an_approval_leads_a_manager_to_no_signing(self, client_of, owner, manager, enterprise):
        application = make_approved(enterprise, by=owner)
        page = shown(client_of(manager).get(url("detail", application)))
        assert f'href="{reverse("loans:sign", args=[application.offer.reference])}"' not in page
        assert "An owner of the enterprise signs." in page

    def test_of_a_decline_tells_why_what_would_pass_and_what_teaches_it(self, client_of, owner, enterprise):
        application = make_declined(enterprise, by=owner)
        page = shown(client_of(owner).get(url("detail", application)))
        assert "We cannot lend this now" in page
        assert "?topic=debt_burden" in page
        assert "¥34,900" in page

    def test_names_nobody_of_the_bank(self, client_of, owner, officer, enterprise, second):
        application = make_recommended(enterprise, by=owner, recommender=officer)
        conclude(application, by=second)
        page = shown(client_of(owner).get(url("detail", application)))
        assert "Confirmed by a second person" in page
        assert "Olga Sun" not in page
        assert "Second Gao" not in page

    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.ACCEPTED}))
    def test_is_shown_in_each_status(self, client_of, owner, officer, enterprise, status):
        application = make_in(status, enterprise, by=owner, recommender=officer)
        assert client_of(owner).get(url("detail", application)).status_code == 200


class TestWithdraw:
    def test_closes_the_case(self, client_of, owner, enterprise):
        application = make_submitted(enterprise, by=owner)
        client_of(owner).post(url("withdraw", application))
        application.refresh_from_db()
        assert application.status == Status.WITHDRAWN

    def test_twice_says_that_it_has_moved_on(self, client_of, owner, draft):
        client = client_of(owner)
        client.post(url("withdraw", draft), follow=True)
        assert "This is no longer possible" in shown(client.post(url("withdraw", draft), follow=True))
        assert draft.events.filter(event="withdraw").count() == 1

    def test_is_a_managers_only_before_it_was_sent(self, client_of, owner, manager, draft):
        applications.submit(draft, by=owner, at=NOW)
        assert client_of(manager).post(url("withdraw", draft)).status_code == 403


class TestPapersNobodyHasSeen:
    """An owner who applies before anyone saw the papers is told so before sending, and what to do after it."""

    @pytest.fixture(autouse=True)
    def _place(self, enterprise):
        place = {"address_en": "1 Quay Street", "phone": "0572 555 0101", "hours_en": "Monday to Friday 9:00 to 17:00"}
        Branch.objects.filter(pk=enterprise.branch_id).update(**place)

    @pytest.fixture
    def waiting(self, enterprise, owner):
        make_rules()
        make_evidence(enterprise)
        application = make_draft(enterprise, by=owner)
        applications.submit(application, by=owner, at=NOW)
        applications.decide(application.reference, at=NOW, on=NOW.date())
        return application

    def test_are_named_before_the_application_is_sent(self, client_of, owner, draft, enterprise):
        browser = client_of(owner)
        for name in ("detail", "check"):
            page = shown(browser.get(url(name, draft)))
            assert reverse("identity:papers", args=[enterprise.reference]) in page
            assert "Business license" in page
            assert "Identity document: Wang Fang" in page

    def test_are_not_named_once_they_were_seen(self, client_of, owner, draft, enterprise):
        make_checked(enterprise, expires_on=date(2046, 1, 1), at=datetime(2026, 3, 2, tzinfo=UTC))
        assert "will look at your application before it is decided" not in shown(
            client_of(owner).get(url("check", draft))
        )

    def test_lead_to_the_branch_and_to_an_upload_afterwards(self, client_of, owner, manager, waiting, enterprise):
        for person in (owner, manager):
            page = shown(client_of(person).get(url("detail", waiting)))
            assert "1 Quay Street" in page
            assert "0572 555 0101" in page
            assert "Monday to Friday 9:00 to 17:00" in page
            assert "Nobody of the bank has seen yet: Business license, identity document of Wang Fang." in page
            assert reverse("identity:papers", args=[enterprise.reference]) in page
            assert url("documents", waiting) in page

    def test_are_shown_to_staff_beside_the_case_when_they_come(self, client_of, owner, officer, waiting, enterprise):
        assert "Papers that nobody has looked at" not in shown(client_of(officer).get(url("detail", waiting)))
        paper = make_paper(enterprise, by=owner)
        page = shown(client_of(officer).get(url("detail", waiting)))
        assert reverse("identity:checks", args=[enterprise.reference]) + f"?paper={paper.reference}" in page
        assert "You brought 1 paper that nobody has looked at yet" in shown(
            client_of(owner).get(url("detail", waiting))
        )
