"""Who somebody is decides with: checks, watchlists, related debts, and the credit register."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.identity import consents
from accounts.identity import operations as identity
from accounts.identity.models import Consent, WatchlistHit
from accounts.identity.operations import ConsentMissing
from accounts.identity.tests.builders import make_check, make_checked, make_enterprise, make_hit, make_watchlist
from lending.applications import operations as applications
from lending.applications.models import Application, CreditDecision
from lending.applications.operations.offer import OfferOnHold
from lending.applications.operations.review import ReviewRefused
from lending.applications.serializers import DecisionSerializer
from lending.applications.states import Status
from lending.applications.tests.builders import (
    NOW,
    TODAY,
    conclude,
    make_approved,
    make_approver,
    make_draft,
    make_evidence,
    make_referred,
    make_rules,
    recommend,
)
from lending.credit import operations as credit
from lending.credit.models import Exposure, RegisterAnswer
from lending.credit.tests.cases import standard_policy
from lending.credit.tests.fake_register import FakeRegister

pytestmark = pytest.mark.usefixtures("product")
WARNINGS = ("hit", "list", "sanction", "pep", "政治", "名单", "制裁")


@pytest.fixture
def sent(enterprise, owner):
    """A sound year, sent by an enterprise that nobody has checked."""
    make_rules()
    make_evidence(enterprise)
    application = make_draft(enterprise, by=owner)
    applications.submit(application, by=owner, at=NOW)
    return application


def decided(application):
    applications.decide(application.reference, at=NOW, on=TODAY)
    return CreditDecision.objects.select_related("application__offer").get(application=application)


def codes(decision):
    return [reason["code"] for reason in decision.verdict["reasons"]]


class TestIdentity:
    def test_that_nobody_checked_refers_and_says_so(self, sent):
        decision = decided(sent)
        assert (decision.outcome, codes(decision)[0]) == ("referred", "identity_not_checked")
        assert decision.facts["identity_verified"] is None
        assert decision.verdict["reasons"][0]["params"] == {
            "checks_lacking": [
                {"kind": "business_license", "person": "", "state": "missing"},
                {"kind": "identity_document", "person": "Wang Fang", "state": "missing"},
            ]
        }

    def test_that_was_checked_is_approved(self, sent, enterprise):
        make_checked(enterprise)
        assert decided(sent).outcome == "approved"

    def test_that_has_expired_refers(self, sent, enterprise, owner):
        make_checked(enterprise)
        make_check(enterprise, person=owner, expires_on=TODAY - timedelta(days=1), at=NOW - timedelta(days=30))
        reason = DecisionSerializer(decided(sent)).data["reasons"][0]
        assert reason["code"] == "identity_not_checked"
        assert reason["sentence"] == "What the bank has seen is out of date: identity document of Wang Fang."

    def test_that_failed_declines(self, sent, enterprise, owner):
        make_check(enterprise, person=owner, result="failed", expires_on=None)
        decision = decided(sent)
        assert (decision.outcome, codes(decision)[0]) == ("declined", "identity_not_verified")

    def test_that_failed_says_which_and_nothing_of_lists(self, sent, enterprise, owner, client_of):
        make_check(enterprise, person=owner, result="failed", expires_on=None)
        make_hit(enterprise)
        reason = DecisionSerializer(decided(sent)).data["reasons"][0]
        said = "The bank looked at this and could not confirm it: identity document of Wang Fang."
        assert reason["sentence"] == f"{said} Nobody of the bank has seen yet: Business license."
        assert [each["state"] for each in reason["params"]["checks_lacking"]] == ["missing", "failed"]
        page = client_of(owner).get(reverse("applications:detail", args=[sent.reference])).text
        assert said in page
        assert not any(word in said for word in WARNINGS)

    def test_is_overruled_by_nobody(self, sent, officer, bank):
        decided(sent)
        sent.refresh_from_db()
        recommend(sent, by=officer)
        approver = make_approver(bank.branch)
        with pytest.raises(ReviewRefused) as refused:
            conclude(sent, by=approver)
        assert refused.value.code == "review_identity_unchecked"
        make_checked(sent.enterprise)
        conclude(sent, by=approver)
        assert sent.status == Status.APPROVED


class TestWatchlist:
    @pytest.mark.parametrize(
        ("kind", "ruling", "outcome", "code"),
        [
            ("sanctions", "", "referred", "person_looks"),
            ("pep", "", "referred", "person_looks"),
            ("sanctions", "confirmed", "declined", "bank_cannot_lend"),
            ("pep", "confirmed", "referred", "person_looks"),
            ("sanctions", "cleared", "approved", ""),
        ],
    )
    def test_hit_decides(self, sent, enterprise, analyst, kind, ruling, outcome, code):
        make_checked(enterprise)
        hit = make_hit(enterprise, kind=kind)
        if ruling:
            identity.rule_on_hit(hit, outcome=ruling, reason="Compared.", by=analyst, at=NOW)
        decision = decided(sent)
        assert decision.outcome == outcome
        assert not code or codes(decision)[0] == code

    def test_is_held_against_the_names_when_the_case_is_decided(self, sent, enterprise):
        make_checked(enterprise)
        make_watchlist("Green Tea Shop,,,,sanctions,S-1", name="loaded since")
        assert decided(sent).facts["open_hits"] == 1
        assert WatchlistHit.objects.count() == 1

    def test_that_was_never_loaded_refers(self, sent, enterprise):
        make_checked(enterprise)
        with transaction.atomic():
            facts = without_lists(sent)
        assert facts == {"open_hits": None, "sanctions_confirmed": None, "pep_confirmed": None}

    @pytest.mark.parametrize("ruling", ["", "confirmed"])
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_hit_is_never_told_to_the_customer(self, sent, enterprise, owner, analyst, client_of, ruling, language):
        make_checked(enterprise)
        hit = make_hit(enterprise)
        if ruling:
            identity.rule_on_hit(hit, outcome=ruling, reason="Compared.", by=analyst, at=NOW)
        decision = decided(sent)
        browser = client_of(owner)
        browser.cookies["language"] = language
        page = browser.get(reverse("applications:detail", args=[sent.reference])).text.lower()
        told = str(DecisionSerializer(decision, context={"request": None}).data["reasons"]).lower()
        main = page.split("<main")[1].split("</main")[0]
        assert not any(word in told for word in WARNINGS)
        assert not any(word in main.replace("white", "") for word in ("watchlist", "sanction", "政治", "名单", "制裁"))
        assert {"code": "bank_cannot_lend" if ruling else "person_looks", "params": {}}.items() <= (
            DecisionSerializer(decision, context={"request": None}).data["reasons"][0].items()
        )

    def test_hit_that_is_open_is_overruled_by_nobody(self, enterprise, owner, officer, bank):
        application = make_referred(enterprise, by=owner)
        recommend(application, by=officer)
        make_hit(enterprise)
        with pytest.raises(ReviewRefused) as refused:
            conclude(application, by=make_approver(bank.branch))
        assert refused.value.code == "review_hits_open"

    def test_hit_found_after_the_offer_stops_the_signing(self, enterprise, owner):
        application = make_approved(enterprise, by=owner)
        make_hit(enterprise)
        with pytest.raises(OfferOnHold), transaction.atomic():
            applications.accept(application, by=owner, at=NOW)

    def test_hits_show_on_the_case(self, sent, enterprise, officer, client_of):
        make_hit(enterprise)
        decided(sent)
        page = client_of(officer).get(reverse("applications:detail", args=[sent.reference])).text
        assert "Waits for a ruling" in page
        assert "Not checked" in page


def without_lists(application):
    """Read the facts as they are in a bank that has loaded no list."""
    from accounts.identity import queries
    from accounts.identity.models import Screening

    Screening.objects.all().delete()
    counts = queries.hits_on(application.enterprise)
    return {
        "open_hits": counts.open,
        "sanctions_confirmed": counts.sanctions_confirmed,
        "pep_confirmed": counts.pep_confirmed,
    }


class TestExposure:
    def test_counts_related_enterprises(self, sent, enterprise, owner, bank):
        make_checked(enterprise)
        sister = make_enterprise(owner, branch=bank.branch, legal_name="Sister", identifier="X")
        Exposure.objects.create(
            enterprise=sister, subject="L-1", drawn_amount=Decimal(495000), monthly_payment_amount=900, changed_at=NOW
        )
        decision = decided(sent)
        assert (decision.outcome, codes(decision)[0]) == ("declined", "exposure_too_high")
        assert (decision.facts["exposure_amount"], decision.facts["monthly_payment_amount"]) == ("495000.00", "0")


@pytest.fixture
def register(settings):
    settings.CREDIT_REGISTER = "lending.credit.tests.fake_register.FakeRegister"
    settings.CREDIT_REGISTER_SECONDS = 0.3
    FakeRegister.reset()
    return FakeRegister


@pytest.fixture
def asking(enterprise):
    """A policy in force that asks for what the register says, and an enterprise that was checked."""
    make_rules()
    table = standard_policy()
    table["knock_outs"].append(
        {"code": "register_overdue", "fact": "register_overdue_amount", "at_most": "0", "unseen": "register_not_seen"}
    )
    draft = credit.propose_policy(table, by="U-ANALYST", at=NOW)
    credit.approve(draft, by="U-APPROVER", at=NOW)
    credit.activate(draft, on=TODAY, by="U-APPROVER", at=NOW)
    make_checked(enterprise)


class TestRegister:
    def through(self, enterprise, owner, *, consent=consents.CURRENT_VERSION):
        make_evidence(enterprise)
        application = make_draft(enterprise, by=owner)
        applications.submit(application, by=owner, at=NOW, register_consent=consent)
        applications.consult_register(application.reference, at=NOW, on=TODAY)
        return decided(application)

    def test_is_asked_by_consent_and_its_answer_kept(self, enterprise, owner, asking, register):
        assert self.through(enterprise, owner).outcome == "approved"
        kept = RegisterAnswer.objects.get()
        assert (kept.source, kept.lender_count, kept.fetched_at) == ("test", 2, NOW)
        assert kept.consent == Consent.objects.get(purpose=consents.CREDIT_REGISTER)

    def test_knocks_out_by_what_it_says(self, enterprise, owner, asking, register):
        register.overdue = Decimal(800)
        decision = self.through(enterprise, owner)
        assert (decision.outcome, codes(decision)[0]) == ("declined", "register_overdue")

    def test_is_not_asked_without_consent_and_refers(self, enterprise, owner, asking, register):
        decision = self.through(enterprise, owner, consent="")
        assert (decision.outcome, register.asked) == ("referred", 0)
        assert "register_not_seen" in codes(decision)

    @pytest.mark.parametrize("trouble", [{"failing": True}, {"waiting": 1.0}])
    def test_that_does_not_answer_in_time_refers(self, enterprise, owner, asking, register, trouble):
        for name, value in trouble.items():
            setattr(register, name, value)
        assert self.through(enterprise, owner).outcome == "referred"
        assert not RegisterAnswer.objects.exists()

    def test_that_answered_long_ago_refers(self, enterprise, owner, asking, register):
        self.through(enterprise, owner)
        application = Application.objects.get()
        applications.withdraw(application, by=owner, at=NOW)
        later = NOW + timedelta(days=31)
        again = make_draft(enterprise, by=owner, key="again")
        applications.submit(again, by=owner, at=later)
        applications.decide(again.reference, at=later, on=TODAY + timedelta(days=31))
        assert "register_not_seen" in codes(again.decision)

    def test_is_not_asked_twice_within_its_days(self, enterprise, owner, asking, register):
        self.through(enterprise, owner)
        applications.consult_register(Application.objects.get().reference, at=NOW, on=TODAY)
        assert register.asked == 1

    def test_is_not_asked_where_the_policy_does_not_want_it(self, enterprise, owner, register):
        make_rules()
        make_checked(enterprise)
        assert self.through(enterprise, owner).outcome == "approved"
        assert register.asked == 0

    def test_refuses_a_consent_to_other_words(self, enterprise, owner):
        make_evidence(enterprise)
        with pytest.raises(ConsentMissing):
            applications.submit(make_draft(enterprise, by=owner), by=owner, at=NOW, register_consent="1999-01")

    def test_is_agreed_to_on_the_page(self, enterprise, owner, client_of, register):
        make_evidence(enterprise)
        application = make_draft(enterprise, by=owner)
        place = reverse("applications:check", args=[application.reference])
        assert "credit register" in client_of(owner).get(place).text
        client_of(owner).post(place, {"register_consent": "on"})
        assert Consent.objects.get(purpose=consents.CREDIT_REGISTER).user == owner

    def test_is_not_spoken_of_where_there_is_none(self, enterprise, owner, client_of):
        make_evidence(enterprise)
        application = make_draft(enterprise, by=owner)
        page = client_of(owner).get(reverse("applications:check", args=[application.reference])).text
        assert "credit register" not in page
