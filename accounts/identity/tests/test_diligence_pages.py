"""Pages of checks, hits and parties, by the litany."""

import pytest
from django.urls import reverse

from accounts.identity import operations
from accounts.identity.models import BeneficialOwner, HitRuling, IdentityCheck, RelatedParty
from accounts.identity.tests.builders import (
    NOW,
    make_check,
    make_checked,
    make_enterprise,
    make_hit,
    make_picture,
    make_user,
)
from portal.core.models import AuditEvent

pytestmark = pytest.mark.django_db
READERS = ["officer", "underwriter", "approver", "operations", "analyst", "auditor", "administrator"]


@pytest.fixture
def places(enterprise):
    """Every page of one enterprise, and the lists."""
    hit = make_hit(enterprise)
    return {
        "checks": reverse("identity:checks", args=[enterprise.reference]),
        "due": reverse("identity:checks_due"),
        "hits": reverse("identity:hits"),
        "hit": reverse("identity:hit", args=[hit.reference]),
        "parties": reverse("identity:parties", args=[enterprise.reference]),
        "owners": reverse("identity:add_party", args=[enterprise.reference, "owners"]),
        "related": reverse("identity:add_party", args=[enterprise.reference, "related"]),
    }


STAFF_PAGES = ["checks", "due", "hits", "hit"]
CHECK = {
    "what": "business_license", "result": "passed", "evidence": "Seen.", "expires_on": "2040-01-01",
    "idempotency_key": "k",
}  # fmt: skip
RULING = {"outcome": "cleared", "reason": "Another year of birth."}
OWNER = {"name": "Zhang San", "how": "shares", "share_percent": "40", "since": "2020-01-01", "idempotency_key": "k"}


class TestEveryPage:
    @pytest.mark.parametrize("who", READERS)
    @pytest.mark.parametrize("page", [*STAFF_PAGES, "parties"])
    def test_is_shown_to_staff(self, request, client_of, places, page, who):
        assert client_of(request.getfixturevalue(who)).get(places[page]).status_code == 200

    @pytest.mark.parametrize("page", STAFF_PAGES)
    @pytest.mark.parametrize("who", ["owner", "manager", "course_editor"])
    def test_of_staff_is_for_those_who_serve_customers(self, request, client_of, places, page, who):
        assert client_of(request.getfixturevalue(who)).get(places[page]).status_code == 403

    @pytest.mark.parametrize("page", ["parties", "owners", "related"])
    def test_of_an_enterprise_is_hidden_from_strangers(self, client_of, places, page, stranger):
        assert client_of(stranger).get(places[page]).status_code == 404

    @pytest.mark.parametrize("page", ["checks", "hit", "parties", "owners"])
    def test_of_an_enterprise_is_hidden_from_other_branches(self, client_of, places, page, bank):
        elsewhere = make_user(role="officer", branch=bank.other_branch)
        assert client_of(elsewhere).get(places[page]).status_code == 404

    @pytest.mark.parametrize("page", ["due", "hits", "parties"])
    def test_that_only_shows_refuses_another_method(self, client_of, places, page, officer):
        assert client_of(officer).post(places[page]).status_code == 405

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    @pytest.mark.parametrize("page", STAFF_PAGES)
    def test_speaks(self, client_of, places, page, language, analyst):
        browser = client_of(analyst)
        browser.cookies["language"] = language
        assert browser.get(places[page]).status_code == 200


class TestChecks:
    def test_says_plainly_what_is_missing(self, client_of, places, officer, enterprise):
        page = client_of(officer).get(places["checks"]).text
        assert "until these checks are made" in page
        make_checked(enterprise)
        assert "Every check that is needed was made" in client_of(officer).get(places["checks"]).text

    @pytest.mark.parametrize("who", ["officer", "operations"])
    def test_records(self, request, client_of, places, who, enterprise):
        person = request.getfixturevalue(who)
        assert client_of(person).post(places["checks"], CHECK).status_code == 302
        assert IdentityCheck.objects.get(enterprise=enterprise).by == person

    def test_records_a_persons_document(self, client_of, places, officer, owner):
        client_of(officer).post(places["checks"], CHECK | {"what": owner.reference})
        assert IdentityCheck.objects.get().person == owner

    def test_sent_twice_records_once(self, client_of, places, officer):
        for _time in range(2):
            client_of(officer).post(places["checks"], CHECK)
        assert IdentityCheck.objects.count() == 1

    @pytest.mark.parametrize("who", ["underwriter", "approver", "analyst", "auditor"])
    def test_is_not_recorded_by(self, request, client_of, places, who):
        assert client_of(request.getfixturevalue(who)).post(places["checks"], CHECK).status_code == 403
        assert not IdentityCheck.objects.exists()

    def test_says_what_is_wrong_beside_it(self, client_of, places, officer):
        page = client_of(officer).post(places["checks"], CHECK | {"evidence": ""})
        assert page.status_code == 422
        assert "Say what you saw" in page.text

    def test_evidence_goes_to_those_who_see_the_enterprise(self, client_of, enterprise, officer, stranger, owner):
        check = make_with_file(enterprise, officer)
        place = reverse("identity:check_evidence", args=[enterprise.reference, check.reference])
        answer = client_of(officer).get(place)
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer.getvalue().startswith(b"\xff\xd8\xff")
        assert client_of(owner).get(place).status_code == 403
        read = AuditEvent.objects.get(verb="identity.paper_read")
        assert (read.subject, read.by) == (enterprise.reference, officer.reference)
        assert read.details == {"check": check.reference}


def make_with_file(enterprise, officer):
    return make_check(enterprise, by=officer, upload=make_picture())


class TestDue:
    def test_keeps_its_query_budget(self, client_of, officer, bank, django_assert_max_num_queries):
        for number in range(25):
            make_enterprise(make_user(), branch=bank.branch, legal_name=f"Shop {number}", identifier=f"X{number}")
        browser = client_of(officer)
        with django_assert_max_num_queries(11):
            browser.get(reverse("identity:checks_due"))


class TestHits:
    def test_keeps_its_query_budget(self, client_of, analyst, bank, django_assert_max_num_queries):
        for number in range(10):
            owner = make_user(f"Somebody {'abcdefghij'[number] * 5}")
            make_hit(make_enterprise(owner, branch=bank.branch, legal_name=f"Shop {number}", identifier=f"X{number}"))
        browser = client_of(analyst)
        with django_assert_max_num_queries(9):
            page = browser.get(reverse("identity:hits"))
        assert page.context["page"].paginator.count == 10

    def test_shows_those_ruled_on_when_asked(self, client_of, places, analyst):
        client_of(analyst).post(places["hit"], RULING)
        assert "There is none." in client_of(analyst).get(places["hits"]).text
        assert "Cleared" in client_of(analyst).get(places["hits"], {"status": "cleared"}).text


class TestHit:
    @pytest.mark.parametrize("who", ["analyst", "approver"])
    def test_is_ruled_on(self, request, client_of, places, who):
        person = request.getfixturevalue(who)
        assert client_of(person).post(places["hit"], RULING).status_code == 302
        assert HitRuling.objects.get().by == person

    @pytest.mark.parametrize("who", ["officer", "underwriter", "operations", "auditor", "administrator"])
    def test_is_not_ruled_on_by(self, request, client_of, places, who):
        assert client_of(request.getfixturevalue(who)).post(places["hit"], RULING).status_code == 403

    def test_ruled_on_twice_says_so(self, client_of, places, analyst):
        browser = client_of(analyst)
        browser.post(places["hit"], RULING)
        assert "This was said before" in browser.post(places["hit"], RULING).text
        assert HitRuling.objects.count() == 1

    def test_is_never_shown_to_its_customer(self, client_of, places, owner, enterprise):
        for place in (reverse("identity:enterprise", args=[enterprise.reference]), places["parties"], "/"):
            page = client_of(owner).get(place).text
            assert "hit" not in page.replace("white", "")
            assert "atchlist" not in page


class TestParties:
    @pytest.mark.parametrize("who", ["owner", "officer", "operations"])
    def test_are_told_of(self, request, client_of, places, who):
        person = request.getfixturevalue(who)
        assert client_of(person).post(places["owners"], OWNER | {"source": "register"}).status_code == 302
        told = BeneficialOwner.objects.get()
        assert (told.recorded_by, told.source) == (person, "owner" if who == "owner" else "register")
        assert "40.00%" in client_of(person).get(places["parties"]).text

    def test_related_ones_are_told_of(self, client_of, places, owner):
        told = {"party_kind": "enterprise", "how": "sister", "name": "Sister", "identifier": "91330106673959654P"}
        assert client_of(owner).post(places["related"], OWNER | told).status_code == 302
        assert RelatedParty.objects.get().relation == "sister"

    @pytest.mark.parametrize("who", ["manager", "underwriter", "auditor"])
    def test_are_not_told_of_by(self, request, client_of, places, who):
        assert client_of(request.getfixturevalue(who)).post(places["owners"], OWNER).status_code == 403

    def test_sent_twice_are_told_of_once(self, client_of, places, owner):
        for _time in range(2):
            client_of(owner).post(places["owners"], OWNER)
        assert BeneficialOwner.objects.count() == 1

    def test_end(self, client_of, places, owner, enterprise):
        client_of(owner).post(places["owners"], OWNER)
        party = BeneficialOwner.objects.get()
        place = reverse("identity:end_party", args=[enterprise.reference, "owners", party.pk])
        assert client_of(owner).get(place).status_code == 405
        for _time in range(2):
            assert client_of(owner).post(place).status_code == 302
        party.refresh_from_db()
        assert party.until is not None

    def test_know_no_other_kind(self, client_of, owner, enterprise):
        place = reverse("identity:add_party", args=[enterprise.reference, "friends"])
        assert client_of(owner).get(place).status_code == 404


class TestApi:
    def test_tells_how_checks_stand(self, owner, enterprise, stranger):
        from django.test import Client

        place = reverse("api:enterprise_checks", args=[enterprise.reference])
        ask = lambda who: Client(headers={"Authorization": f"Token {operations.give_token(who, at=NOW)[0]}"}).get(place)  # noqa: E731
        make_checked(enterprise)
        told = ask(owner).json()
        assert told["identity_verified"] is True
        assert [(each["kind"], each["person"], each["state"]) for each in told["checks"]] == [
            ("business_license", None, "good"),
            ("identity_document", "Wang Fang", "good"),
        ]
        assert ask(stranger).status_code == 404
