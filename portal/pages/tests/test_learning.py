"""What the last answer advises a person to learn."""

import html
from decimal import Decimal

import pytest

from accounts.identity import operations as identity
from lending.applications import operations as applications
from lending.applications.tests.builders import TODAY, make_approved, make_declined
from lending.credit.features import FEATURES
from lending.credit.wordings import WORDINGS
from lending.products.tests.builders import make_product
from portal.pages.learning import advice_for
from portal.pages.queries import owner_home
from training import content, operations, recommending
from training.tests.builders import BORROW_WELL, COURSES, GET_PAID, NOW, make_course, make_reader


class TestTheBanksCourses:
    def test_answer_reasons_that_decisions_can_give(self):
        named = {
            code
            for folder in COURSES.iterdir()
            if folder.is_dir()
            for lesson in content.read(folder).lessons
            for code in lesson.reason_codes
        }
        assert named
        assert named <= {feature.code for feature in FEATURES} | set(WORDINGS)


class TestAdviceFor:
    def test_is_the_last_answers_reasons(self, bank, enterprise, owner, manager, officer, stranger):
        application = make_declined(enterprise, by=owner)
        advice = advice_for(owner)
        assert advice
        assert all(each.topic and application.reference in each.url for each in advice)
        assert advice_for(manager) == advice
        assert advice_for(officer) == advice_for(stranger) == []

    def test_says_what_the_answers_page_says(self, bank, enterprise, owner, client_of):
        application = make_declined(enterprise, by=owner, product=make_product(min_amount=Decimal(190000)))
        shown = html.unescape(client_of(owner).get(f"/applications/{application.reference}/").text)
        assert "this kind of loan begins at" in shown
        assert all(each.sentence in shown for each in advice_for(owner))

    def test_is_nothing_once_the_bank_took_the_offer_back(self, bank, enterprise, owner, officer):
        application = make_approved(enterprise, by=owner)
        assert advice_for(owner)
        applications.revoke(application, reason="changed", note="The shop has closed.", by=officer, at=NOW)
        assert advice_for(owner) == []

    def test_ends_with_the_membership_and_begins_with_an_accepted_invitation(
        self, bank, enterprise, owner, manager, stranger
    ):
        make_declined(enterprise, by=owner)
        identity.invite_manager(enterprise, phone=stranger.phone, by=owner, at=NOW)
        assert advice_for(stranger) == []
        enterprise.memberships.filter(user=manager).update(ended_at=NOW)
        assert advice_for(manager) == []


class TestRecommended:
    @pytest.fixture
    def declined(self, bank, enterprise, owner):
        return make_declined(enterprise, by=owner)

    def test_is_the_lesson_on_the_topic_until_it_was_read(self, declined, owner):
        course = make_course(BORROW_WELL)
        (found,) = recommending.recommended(owner, limit=1)
        assert found.lesson.topic == found.advice.topic
        make_reader(course, owner)
        assert recommending.recommended(owner) == []

    def test_prefers_the_lesson_that_names_the_reason(self, bank, owner):
        make_course(BORROW_WELL)
        make_course(GET_PAID)
        found = recommending.answering("returning_customer_share", "customer_spread")
        assert [lesson.slug for lesson in found] == ["who-pays-and-comes-back", "not-all-on-one-customer"]

    def test_leaves_out_what_is_not_published(self, declined, owner, course_editor):
        operations.withdraw(make_course(BORROW_WELL), at=NOW, by=course_editor)
        assert recommending.recommended(owner) == []

    def test_stands_on_the_catalogue_and_at_home_with_its_reason(self, declined, owner, client_of):
        make_course(BORROW_WELL)
        (found,) = recommending.recommended(owner, limit=1)
        for address in ("/", "/training/"):
            shown = client_of(owner).get(address).text
            assert f"/lessons/{found.lesson.slug}/" in shown
            assert f"/applications/{declined.reference}/" in shown


class TestGoingOn:
    def test_leads_from_home_to_the_next_lesson_and_then_to_the_quiz(self, bank, enterprise, owner):
        course = make_course(BORROW_WELL)
        assert owner_home(owner, on=TODAY).going_on == {}
        operations.complete_lesson(course.lessons.get(position=1), by=owner, at=NOW)
        assert owner_home(owner, on=TODAY).going_on["url"].endswith("/lessons/let-money-come-in-steadily/")
        make_reader(course, owner)
        assert owner_home(owner, on=TODAY).going_on["url"].endswith("/courses/borrow-well/")
