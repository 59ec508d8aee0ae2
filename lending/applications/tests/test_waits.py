"""Proofs of what an owner is told about how long people take."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.identity import operations as identity
from accounts.identity.tests.builders import make_enterprise, make_user
from lending.applications.models import Review
from lending.applications.presentation import answer
from lending.applications.tests.builders import DAY, NOW, TODAY, make_approved, make_referred
from lending.applications.tests.pages import shown, url
from lending.applications.waits import FEWEST, usual_wait

pytestmark = pytest.mark.usefixtures("product")

DAYS = (0, 1, 1, 1, 1, 2, 2, 3, 4, 8)  # from a Monday until the answer; the eighth day is the sixth business day


@pytest.fixture
def waiting(enterprise, owner):
    return make_referred(enterprise, by=owner)


@pytest.fixture
def make_answered(approver):
    """Tell of answers so many days after the Monday on which the case that waits was referred, too."""

    def make(days, *, branch, outcome="approve", since=NOW):
        person = make_user("Sun Li", phone=f"+86139{branch.pk:08d}")
        enterprise = make_enterprise(person, branch=branch, legal_name=f"Noodles {branch}", identifier=branch.code)
        application = make_referred(enterprise, by=person, key=f"draft {branch}")
        told = {"application": application, "kind": "approval", "outcome": outcome, "note": "I agree.", "by": approver}
        Review.objects.bulk_create(Review(**told, at=since + timedelta(days=each)) for each in days)

    return make


class TestUsualWait:
    def test_is_counted_in_business_days_of_the_branch(self, waiting, make_answered, bank):
        make_answered(DAYS, branch=bank.branch)
        wait = usual_wait(waiting, on=TODAY + 8 * DAY)
        assert (wait.half, wait.most, wait.cases, wait.at_branch, wait.waited) == (1, 4, 10, True, 6)

    def test_is_the_banks_where_the_branch_answered_few(self, waiting, make_answered, bank):
        make_answered(DAYS[:4], branch=bank.branch)
        make_answered(DAYS, branch=bank.other_branch)
        wait = usual_wait(waiting, on=TODAY)
        assert (wait.cases, wait.at_branch) == (14, False)

    def test_is_unknown_with_too_little_history(self, waiting, make_answered, bank):
        make_answered(DAYS[: FEWEST - 1], branch=bank.branch)
        make_answered(DAYS, branch=bank.other_branch, outcome="return")
        assert usual_wait(waiting, on=TODAY) is None

    def test_forgets_what_is_long_ago(self, waiting, make_answered, bank):
        make_answered(DAYS, branch=bank.branch)
        assert usual_wait(waiting, on=TODAY + 300 * DAY) is None

    def test_is_nothing_for_a_case_that_is_decided(self, enterprise, owner, make_answered, bank):
        make_answered(DAYS, branch=bank.other_branch)
        assert usual_wait(make_approved(enterprise, by=owner), on=TODAY) is None


class TestWords:
    def test_tell_both_figures(self, waiting, make_answered, bank):
        make_answered(DAYS, branch=bank.branch)
        assert answer(waiting, on=TODAY)["wait"] == (
            "Of the last 10 such cases in your branch, half were answered within 1 business day and nine in ten within "
            "4 business days."
        )

    def test_say_when_it_takes_longer(self, waiting, make_answered, bank):
        make_answered([1] * FEWEST, branch=bank.branch)
        told = answer(waiting, on=TODAY + 8 * DAY)["wait"]
        assert told == (
            "Of the last 10 such cases in your branch, nine in ten were answered within 1 business day. "
            "Yours has waited longer. Ask your branch."
        )
        with translation.override("zh-hans"):
            assert "1个工作日" in answer(waiting, on=TODAY)["wait"]

    def test_stand_on_the_owners_page(self, client_of, owner, waiting, make_answered, bank):
        page = client_of(owner).get(url("detail", waiting))
        assert "such cases" not in shown(page)
        make_answered([0] * FEWEST, branch=bank.branch, since=timezone.now())
        assert "Of the last 10 such cases in your branch" in shown(client_of(owner).get(url("detail", waiting)))

    def test_cost_two_questions_at_most(self, waiting, make_answered, bank, django_assert_max_num_queries):
        make_answered(DAYS, branch=bank.other_branch)
        waiting.decision.refresh_from_db()
        with django_assert_max_num_queries(2):
            usual_wait(waiting, on=TODAY)


class TestApi:
    def test_tells_the_figures(self, owner, waiting, make_answered, bank):
        token, _expires_at = identity.give_token(owner, at=NOW)
        program, place = Client(headers={"Authorization": f"Token {token}"}), [waiting.reference]
        assert program.get(reverse("api:application_decision", args=place)).json()["wait"] is None
        make_answered([0] * FEWEST, branch=bank.branch, since=timezone.now())
        told = program.get(reverse("api:application_decision", args=place)).json()["wait"]
        assert (told["cases"], told["at_branch"], told["half"] == told["most"]) == (10, True, True)
