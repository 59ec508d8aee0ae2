"""The stories that walks and journeys start from end alike whatever the day is."""

from datetime import date
from random import Random

import pytest

from accounts.cashflow import replacing
from accounts.identity.models import Enterprise
from lending.applications.models import Application, Revocation
from lending.arrears import queries as arrears
from lending.loans.models import Loan
from lending.loans.rescheduling.models import Rescheduling
from portal.seed.cast import ENTERPRISES
from portal.seed.learners import read, take_quiz, tell_of_learners
from portal.seed.story import Story, found_the_bank, tell_of
from training.models import Course
from training.queries import figures_of

DAYS = [date(2026, 11, 30), date(2027, 2, 28), date(2027, 6, 10)]


@pytest.fixture(params=DAYS, ids=str)
def story(request, db):
    founded = Story(today=request.param, rng=Random(7), say=lambda _text: None)
    found_the_bank(founded)
    return founded


def told(story, ending):
    number, row = next((number, row) for number, row in enumerate(ENTERPRISES) if row.story == ending)
    tell_of(story, number, row)
    return Application.objects.filter(enterprise__legal_name=row.legal_name).last()


class TestStories:
    def test_end_as_they_are_told(self, story):
        for ending in ("referred", "declined"):
            assert told(story, ending).status == ending

    def test_tell_of_who_learns(self, story):
        owner = told(story, "declined").enterprise.memberships.get().user
        tell_of_learners(story)
        course = Course.objects.get(slug="borrow-well")
        assert [row.readers for row in figures_of(course).lessons] == [1, 1, 0, 0, 0]
        read(course, by=owner, at=story.noon(story.today))
        assert [take_quiz(course, by=owner, at=story.noon(story.today), wrong=n).passed for n in (3, 0)] == [
            False,
            True,
        ]

    def test_tell_of_who_is_late(self, story):
        loan = Loan.objects.get(enterprise=told(story, "late").enterprise)
        standings = [each.standing(on=story.today) for each in arrears.contacts_of(loan)]
        assert standings == [None, None, "broken", "kept"]
        assert loan.reschedulings.get().status == "approved"

    def test_tell_of_other_schedules(self, story):
        for ending, status, versions in (("rescheduled", "agreed", {1, 2}), ("proposed", "proposed", {1})):
            loan = Loan.objects.get(enterprise=told(story, ending).enterprise)
            assert Rescheduling.objects.get(loan=loan).status == status
            assert {*loan.installments.values_list("version", flat=True)} == versions

    def test_tell_of_statements_that_differ(self, story):
        for ending, doubts in (("doubted", 1), ("cleared", 0)):
            case = told(story, ending)
            assert case.status == "referred"
            assert len(replacing.replaced(case.enterprise, judged_at=[])) == doubts
        told(story, "registered")
        assert Enterprise.objects.latest("pk").statements.filter(contradiction_count__gt=0).count() == 1

    def test_tell_of_offers_taken_back(self, story):
        assert told(story, "revoked").status == "withdrawn"
        assert told(story, "on_hold").status == "approved"
        assert [*Revocation.objects.order_by("pk").values_list("outcome", flat=True)] == ["confirmed", ""]
