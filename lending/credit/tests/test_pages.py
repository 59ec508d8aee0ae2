"""Proofs of the pages on which staff read, approve and put in force what decides."""

import re
from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from lending.credit import operations
from lending.credit.models import IndustryStandard, RuleStatus, Scorecard
from lending.credit.tests.cases import card
from lending.credit.tests.shipped import install_rules

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAGES = (
    "/credit/scorecards/",
    "/credit/scorecards/expert-general/1/",
    "/credit/scorecards/expert-farming/1/",
    "/credit/policies/standard/1/",
    "/credit/standards/standards/1/",
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(bank):
    install_rules(approved_by="U-APPROVER", on=date(2026, 3, 2), at=NOW)


@pytest.fixture
def draft(shipped):
    return operations.propose_scorecard(card() | {"base_points": 470}, by="U-AUTHOR", at=NOW)


@pytest.mark.parametrize("page", PAGES)
class TestPages:
    def test_work(self, page, shipped, analyst, client_of):
        assert client_of(analyst).get(page).status_code == 200

    def test_work_in_chinese(self, page, shipped, analyst, client_of):
        with translation.override("zh-hans"):
            assert client_of(analyst).get(page, headers={"accept-language": "zh-hans"}).status_code == 200

    def test_are_closed_to_an_owner(self, page, shipped, owner, client_of):
        assert client_of(owner).get(page).status_code == 403

    def test_are_closed_to_an_officer(self, page, shipped, officer, client_of):
        assert client_of(officer).get(page).status_code == 403

    def test_send_a_passer_by_to_sign_in(self, page, shipped, client):
        assert client.get(page).status_code == 302

    def test_are_for_reading(self, page, shipped, analyst, client_of):
        assert client_of(analyst).post(page).status_code == 405


class TestStandards:
    def test_fold_each_trade_under_its_name(self, shipped, auditor, client_of):
        page = client_of(auditor).get("/credit/standards/standards/1/").text
        named = re.findall(r'<details class="printed">\s*<summary>(.*?)</summary>', page)
        assert (named[0], len(named)) == ("All trades", IndustryStandard.objects.distinct("industry").count())


class TestScorecard:
    def test_shows_every_bin_and_its_points(self, shipped, auditor, client_of):
        page = client_of(auditor).get("/credit/scorecards/expert-general/1/").content.decode()
        assert "Every case begins with 480 points." in page
        assert "2 days to less than 5 days" in page
        assert page.count('<details class="printed">') == 20

    def test_is_nowhere_when_it_was_never_written(self, shipped, analyst, client_of):
        assert client_of(analyst).get("/credit/scorecards/expert-general/9/").status_code == 404

    def test_offers_an_auditor_nothing_to_change(self, draft, auditor, client_of):
        page = client_of(auditor).get("/credit/scorecards/expert-general/2/").content.decode()
        assert "Approve</button>" not in page


class TestPolicy:
    def test_leads_to_each_of_its_parts(self, shipped, auditor, client_of):
        page = client_of(auditor).get("/credit/policies/standard/1/").text
        parts = re.findall(r'href="#([a-z-]+)">', page)[1:]  # after the way to the content
        assert parts == re.findall(r'<h2 id="([a-z-]+)">', page) == ["knock-outs", "referrals", "grades", "harvests"]

    def test_shows_what_an_applicant_is_told(self, shipped, analyst, client_of):
        page = client_of(analyst).get("/credit/policies/standard/1/").content.decode()
        assert "Your statements cover … days; a quick answer needs 90." in page
        assert "In the month of the decision or the 24 months before it, a loan of yours, or of a business that" in page
        assert "counts for the current month and the 24 months before it." in page


class TestList:
    def test_asks_the_database_a_fixed_number_of_times(self, draft, analyst, client_of, django_assert_max_num_queries):
        client = client_of(analyst)
        with django_assert_max_num_queries(9):
            client.get("/credit/scorecards/")


class TestApprove:
    URL = "/credit/scorecards/expert-general/2/approve/"

    def test_approves_as_the_person_who_asked(self, draft, approver, client_of):
        assert client_of(approver).post(self.URL).status_code == 302
        draft.refresh_from_db()
        assert (draft.status, draft.approved_by) == (RuleStatus.APPROVED, approver.reference)

    def test_refuses_the_proposer_in_words(self, shipped, analyst, client_of):
        operations.propose_scorecard(card() | {"base_points": 470}, by=analyst.reference, at=NOW)
        page = client_of(analyst).post(self.URL, follow=True).content.decode()
        assert "Whoever proposed this cannot approve it." in page

    def test_happens_once_when_sent_twice(self, draft, approver, client_of):
        client = client_of(approver)
        client.post(self.URL)
        assert "already moved on" in client.post(self.URL, follow=True).content.decode()

    def test_is_closed_to_others(self, draft, underwriter, client_of):
        assert client_of(underwriter).post(self.URL).status_code == 403

    def test_is_never_a_link(self, draft, approver, client_of):
        assert client_of(approver).get(self.URL).status_code == 405

    def test_knows_no_other_kind(self, draft, approver, client_of):
        assert client_of(approver).post("/credit/shoes/expert-general/2/approve/").status_code == 404


class TestActivate:
    URL = "/credit/scorecards/expert-general/2/activate/"

    def test_puts_it_in_force_from_today(self, draft, approver, analyst, client_of):
        operations.approve(draft, by=approver.reference, at=NOW)
        client_of(analyst).post(self.URL)
        assert Scorecard.objects.get(code="expert-general", status=RuleStatus.ACTIVE) == draft

    def test_refuses_a_draft_in_words(self, draft, analyst, client_of):
        assert "already moved on" in client_of(analyst).post(self.URL, follow=True).content.decode()

    def test_leaves_what_a_program_proposed_to_a_colleague(self, shipped, approver, client_of):
        made = operations.propose_scorecard(card() | {"base_points": 470}, by=operations.SHIPPED_BY, at=NOW)
        operations.approve(made, by=approver.reference, at=NOW)
        client = client_of(approver)
        assert "Put in force from today" not in client.get("/credit/scorecards/expert-general/2/").content.decode()
        page = client.post(self.URL, follow=True).content.decode()
        assert page.count("Ask a colleague to put it in force.") == 2
        assert not Scorecard.objects.filter(code="expert-general", version=2, status=RuleStatus.ACTIVE).exists()
