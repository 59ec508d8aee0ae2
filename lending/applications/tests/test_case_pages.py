"""Pages of the case as staff see them."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.cashflow import operations as evidence
from accounts.cashflow.queries import Since
from accounts.identity.models import Enterprise
from accounts.identity.tests.builders import make_check, make_enterprise, make_user
from lending.applications import operations as applications
from lending.applications.models import Review
from lending.applications.states import Status
from lending.applications.tests.builders import (
    DAY,
    NOW,
    conclude,
    make_approved,
    make_approver,
    make_draft,
    make_evidence,
    make_in,
    make_recommended,
    make_referred,
    recommend,
)
from lending.applications.tests.pages import shown, url
from lending.credit.models import Exposure

pytestmark = pytest.mark.usefixtures("product")


def agreed_to(application):
    """Agreement to what was recommended, as the page sends it."""
    return {"outcome": "approve", "note": "Agreed.", "seen": application.reviews.get(kind="recommendation").shown}


class TestQueue:
    def test_shows_what_waits_for_people(self, client_of, officer, owner, enterprise):
        application = make_referred(enterprise, by=owner)
        assert application.reference in shown(client_of(officer).get(reverse("applications:queue")))

    def test_filters_by_status(self, client_of, officer, owner, enterprise):
        application = make_approved(enterprise, by=owner)
        client = client_of(officer)
        assert application.reference not in shown(client.get(reverse("applications:queue")))
        assert application.reference in shown(client.get(reverse("applications:queue"), {"status": "approved"}))

    def test_finds_a_case_by_its_number_or_its_enterprise_whatever_became_of_it(
        self, client_of, officer, owner, enterprise
    ):
        application = make_approved(enterprise, by=owner)
        client = client_of(officer)
        for asked in (application.reference.lower(), enterprise.legal_name[1:], enterprise.reference):
            assert application.reference in shown(client.get(reverse("applications:queue"), {"q": asked}))
        assert "No case found." in shown(client.get(reverse("applications:queue"), {"q": "somebody else"}))

    def test_hides_other_branches_cases_except_from_head_office(
        self, client_of, officer, auditor, owner, enterprise, bank
    ):
        application = make_referred(enterprise, by=owner)
        Enterprise.objects.filter(pk=enterprise.pk).update(branch=bank.other_branch)
        assert application.reference not in shown(client_of(officer).get(reverse("applications:queue")))
        assert application.reference in shown(client_of(auditor).get(reverse("applications:queue")))

    def test_is_for_staff_who_judge_or_audit(self, client_of, owner, course_editor):
        for person in (owner, course_editor):
            assert client_of(person).get(reverse("applications:queue")).status_code == 403

    def test_costs_the_same_however_many(self, client_of, officer, bank, django_assert_max_num_queries):
        for number in range(12):
            person = make_user(f"Owner {number}", phone=f"+861391111{number:04d}")
            shop = make_enterprise(person, branch=bank.branch, identifier=f"shop {number}")
            make_evidence(shop, days=4)
            applications.submit(make_draft(shop, by=person), by=person, at=NOW)
        client = client_of(officer)
        with django_assert_max_num_queries(8):
            assert shown(client.get(reverse("applications:queue"), {"status": "submitted"})).count("<tr>") == 13


class TestCase:
    @pytest.fixture
    def referred(self, enterprise, owner):
        return make_referred(enterprise, by=owner)

    def test_shows_everything_on_one_page(self, client_of, officer, referred):
        page = shown(client_of(officer).get(url("detail", referred)))
        for part in ("Probability of default", "Against its trade", "Cash flow", "statement.csv", "Recommend"):
            assert part in page

    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.ACCEPTED, Status.DRAFT, Status.WITHDRAWN}))
    def test_is_shown_in_each_status(self, client_of, owner, officer, auditor, enterprise, status):
        application = make_in(status, enterprise, by=owner, recommender=officer)
        assert client_of(auditor).get(url("detail", application)).status_code == 200

    def test_does_not_exist_in_another_branch_or_for_a_course_editor(
        self, client_of, officer, course_editor, referred, bank
    ):
        assert client_of(course_editor).get(url("detail", referred)).status_code == 404
        Enterprise.objects.update(branch=bank.other_branch)
        assert client_of(officer).get(url("detail", referred)).status_code == 404

    def test_says_which_checks_stand_in_the_way_of_an_approval(self, client_of, officer, auditor, referred):
        words = "Nobody can approve this case before these checks are made:"
        assert words not in shown(client_of(officer).get(url("detail", referred)))
        make_check(referred.enterprise, result="failed", expires_on=None)
        assert words in shown(client_of(officer).get(url("detail", referred)))
        assert words not in shown(client_of(auditor).get(url("detail", referred)))

    def test_names_what_decided_and_leads_there_whoever_may_read_it(self, client_of, officer, auditor, referred):
        policy = referred.decision.policy
        led, told = (client_of(user).get(url("detail", referred)).text for user in (auditor, officer))
        address = reverse("credit:policy", args=[policy.code, policy.version])
        assert f'<a href="{address}">{policy}</a>' in led
        assert str(policy) in told
        assert address not in told

    def test_tells_what_the_heaviest_month_would_take_as_proposed_then_as_recommended(
        self, client_of, officer, referred
    ):
        page = client_of(officer).get(url("detail", referred))
        assert page.context["burden"].amount == referred.requested_amount
        recommend(referred, by=officer, amount=Decimal(9000), annual_rate=Decimal("0.12"))
        page = client_of(officer).get(url("detail", referred))
        burden = page.context["burden"]
        assert (burden.amount, burden.annual_rate) == (9000, Decimal("0.12"))
        assert f"¥9,000 at 12.00%, paid out today, would take ¥{burden.cost.heaviest_month.amount:,}" in shown(page)
        assert "of what it earns in an average month" in shown(page)

    def test_tells_how_late_earlier_loans_were(self, client_of, officer, referred):
        bound = Exposure.objects.create(
            enterprise=referred.enterprise, subject="L-1", monthly_payment_amount=900, changed_at=NOW
        )
        bound.late_months.create(month=date(2026, 8, 1), worst_days_past_due=41)
        page = shown(client_of(officer).get(url("detail", referred)))
        assert "<dt>Days late with us, at worst</dt><dd>41</dd>" in page
        assert "¥900.00" in page

    def test_shows_an_auditor_no_form(self, client_of, auditor, referred):
        page = shown(client_of(auditor).get(url("detail", referred)))
        assert url("recommend", referred) not in page

    def test_of_ones_own_enterprise_is_seen_as_its_member(self, client_of, officer, referred):
        referred.enterprise.memberships.create(user=officer, role="manager", began_at=NOW)
        page = shown(client_of(officer).get(url("detail", referred)))
        assert "A person is looking at your case" in page
        assert "Probability of default" not in page

    @pytest.mark.parametrize("ended_at", [None, NOW])
    def test_of_ones_own_enterprise_is_not_shown_to_who_sends_its_forms(
        self, client_of, officer, bank, enterprise, referred, ended_at
    ):
        approver = make_approver(bank.branch)
        for user in (officer, approver):
            enterprise.memberships.create(user=user, role="manager", began_at=NOW, ended_at=ended_at)
        acts = [(officer, "recommend"), (officer, "revoke"), (approver, "conclude")]
        assert [client_of(user).post(url(act, referred)).status_code for user, act in acts] == [403, 403, 403]

    def test_keeps_the_evidence_that_it_was_decided_by(self, client_of, auditor, referred):
        client, used = client_of(auditor), referred.enterprise.statements.get()
        then = client.get(url("detail", referred))
        assert "Since then:" not in shown(then)
        evidence.withdraw(used, by="U-1", at=NOW + DAY)
        newer = make_evidence(referred.enterprise, at=NOW + DAY)
        now = client.get(url("detail", referred))
        assert used.reference in shown(now)
        assert newer.reference not in shown(now)
        assert now.context["picture"] == then.context["picture"]
        assert now.context["since"] == Since(came=1, answered=0, withdrawn=1)
        assert "1 file was withdrawn." in shown(now)

    def test_asks_the_database_little(self, client_of, officer, referred, django_assert_max_num_queries):
        client = client_of(officer)
        with django_assert_max_num_queries(32):
            client.get(url("detail", referred))


SAID = {"outcome": "approve", "amount": "15,000", "annual_rate": "9.8", "note": "Visited."}


class TestRecommend:
    @pytest.fixture
    def referred(self, enterprise, owner):
        return make_referred(enterprise, by=owner)

    def test_records_what_was_recommended(self, client_of, officer, referred):
        response = client_of(officer).post(url("recommend", referred), SAID)
        assert response["Location"] == reverse("applications:queue")
        review = Review.objects.get()
        assert (review.amount, str(review.annual_rate), review.by) == (15000, "0.098000", officer)

    def test_sent_twice_happens_once(self, client_of, officer, referred):
        client = client_of(officer)
        client.post(url("recommend", referred), SAID)
        response = client.post(url("recommend", referred), SAID)
        assert (response.status_code, Review.objects.count()) == (422, 1)
        assert "This is no longer possible" in shown(response)

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"amount": ""}, "Give an amount."),
            ({"annual_rate": ""}, "Give the rate in percent, with three decimals at most."),
            ({"annual_rate": "much"}, "Give the rate in percent, with three decimals at most."),
            ({"amount": "20000.01"}, "At most ¥20,000.00 was asked for."),
            ({"annual_rate": "14"}, "The rate lies outside this product."),
            ({"note": ""}, "Say why, in a sentence."),
            ({"outcome": ""}, "Say whether you recommend to approve or to decline."),
            ({"outcome": "return"}, "Say whether you recommend to approve or to decline."),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(self, client_of, officer, referred, changed, sentence):
        response = client_of(officer).post(url("recommend", referred), SAID | changed)
        assert response.status_code == 422
        assert sentence in shown(response)
        assert Review.objects.count() == 0

    @pytest.mark.django_db(transaction=True)
    def test_shown_again_in_another_language_records_nothing(self, client_of, officer, referred):
        response = client_of(officer).post(url("recommend", referred), SAID | {"shown_again": "1"})
        assert (response.status_code, Review.objects.count()) == (422, 0)
        assert "Nothing was sent yet" in shown(response)
        assert SAID["note"] in shown(response)

    def test_of_a_decline_needs_no_amount(self, client_of, officer, referred):
        said = {"outcome": "decline", "amount": "", "annual_rate": "", "note": "The stock is old."}
        assert client_of(officer).post(url("recommend", referred), said).status_code == 302
        assert Review.objects.get().amount is None

    def test_proposes_what_the_rules_would_offer(self, client_of, officer, referred):
        page = shown(client_of(officer).get(url("detail", referred)))
        assert 'value="20000.00"' in page
        assert 'value="8.2"' in page

    @pytest.mark.parametrize("who", ["owner", "approver", "auditor", "operations", "administrator"])
    def test_is_for_officers_and_underwriters(self, client_of, request, referred, who):
        assert client_of(request.getfixturevalue(who)).post(url("recommend", referred), SAID).status_code == 403

    def test_does_not_exist_for_another_branch(self, client_of, officer, referred, bank):
        Enterprise.objects.update(branch=bank.other_branch)
        assert client_of(officer).post(url("recommend", referred), SAID).status_code == 404


class TestConclude:
    @pytest.fixture
    def recommended(self, enterprise, owner, officer):
        return make_recommended(enterprise, by=owner, recommender=officer)

    def test_carries_out_the_recommendation(self, client_of, second, recommended):
        response = client_of(second).post(url("conclude", recommended), agreed_to(recommended))
        recommended.refresh_from_db()
        assert (response.status_code, recommended.status) == (302, Status.APPROVED)

    def test_leaves_the_owner_only_reasons_that_bear_on_the_terms(self, client_of, owner, second, recommended):
        why = "a quick answer needs"
        assert why in shown(client_of(owner).get(url("detail", recommended)))
        conclude(recommended, by=second)
        assert why not in shown(client_of(owner).get(url("detail", recommended)))
        assert why in shown(client_of(second).get(url("detail", recommended)))

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [({"note": ""}, "Say why, in a sentence."), ({"outcome": ""}, "Choose your decision.")],
    )
    def test_says_what_is_missing(self, client_of, second, recommended, changed, sentence):
        told = agreed_to(recommended) | changed
        response = client_of(second).post(url("conclude", recommended), told)
        assert (response.status_code, sentence in shown(response)) == (422, True)

    def test_carries_the_recommendation_that_was_read(self, client_of, second, recommended, officer):
        page = shown(client_of(second).get(url("detail", recommended)))
        read = agreed_to(recommended)
        assert f'name="seen" value="{read["seen"]}"' in page
        conclude(recommended, by=second, outcome="return")
        recommend(recommended, by=officer)
        response = client_of(second).post(url("conclude", recommended), read)
        assert (response.status_code, "has changed since you looked" in shown(response)) == (422, True)
        assert f'name="seen" value="{Review.objects.latest("pk").shown}"' in shown(response)

    def test_sent_twice_happens_once(self, client_of, second, recommended):
        client = client_of(second)
        for _ in range(2):
            response = client.post(url("conclude", recommended), agreed_to(recommended))
        assert response.status_code == 422
        assert Review.objects.filter(kind="approval").count() == 1

    def test_says_that_the_amount_is_above_the_limit(self, client_of, recommended, bank):
        small = make_approver(bank.branch, limit="100")
        response = client_of(small).post(url("conclude", recommended), agreed_to(recommended))
        assert response.status_code == 422
        assert "¥20,000.00 is above your approval limit of ¥100.00." in shown(response)

    @pytest.mark.parametrize("who", ["owner", "officer", "underwriter", "auditor", "administrator"])
    def test_is_for_approvers(self, client_of, request, recommended, who):
        told = {"outcome": "approve", "note": "Agreed."}
        assert client_of(request.getfixturevalue(who)).post(url("conclude", recommended), told).status_code == 403

    def test_does_not_exist_for_another_branch(self, client_of, recommended, bank):
        elsewhere = make_approver(bank.other_branch)
        told = {"outcome": "approve", "note": "Agreed."}
        assert client_of(elsewhere).post(url("conclude", recommended), told).status_code == 404
