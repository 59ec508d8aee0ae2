"""Four eyes: who may recommend, who may conclude, and up to which amount."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.identity.models import Membership, Role, StaffPost
from accounts.identity.tests.builders import make_user
from lending.applications import operations as applications
from lending.applications.models import Application, Review
from lending.applications.operations import ApplicationRefused, FourEyesRefused, ReviewRefused
from lending.applications.operations.offer import OFFER_LASTS
from lending.applications.states import Status
from lending.applications.tests.builders import (
    NOW,
    TODAY,
    conclude,
    make_approver,
    make_in,
    make_recommended,
    make_referred,
    recommend,
)
from lending.credit.models import Exposure
from portal.core import refusals
from portal.core.models import AuditEvent, Notice
from portal.core.seen import ChangedSince
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

pytestmark = pytest.mark.usefixtures("product")

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def referred(enterprise, owner):
    return make_referred(enterprise, by=owner)


@pytest.fixture
def recommended(enterprise, owner, officer):
    return make_recommended(enterprise, by=owner, recommender=officer)


class TestRecommend:
    def test_passes_the_case_to_a_second_person(self, referred, officer):
        review = recommend(referred, by=officer, at=LATER)
        assert referred.status == Status.RECOMMENDED
        assert (review.kind, review.outcome, review.amount, review.annual_rate, review.by, review.at) == (
            "recommendation",
            "approve",
            Decimal("20000.00"),
            Decimal("0.098"),
            officer,
            LATER,
        )

    def test_records_who_and_when(self, referred, officer):
        recommend(referred, by=officer, at=LATER)
        event = referred.events.latest("pk")
        assert (event.event, event.by, event.by_name, event.at) == ("recommend", officer.reference, "Olga Sun", LATER)
        audited = AuditEvent.objects.get(verb="applications.recommend")
        assert (audited.subject, audited.by, audited.at) == (referred.reference, officer.reference, LATER)

    def test_of_a_decline_needs_no_amount(self, referred, officer):
        review = recommend(referred, by=officer, outcome="decline", amount=None, annual_rate=None)
        assert (review.outcome, review.amount, review.annual_rate) == ("decline", None, None)

    def test_of_a_decline_keeps_no_amount(self, referred, officer):
        assert recommend(referred, by=officer, outcome="decline").amount is None

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"note": " "}, "Say why, in a sentence."),
            ({"amount": None}, "Say how much should be lent."),
            ({"amount": Decimal("20000.01")}, "At most ¥20,000.00 was asked for."),
            ({"annual_rate": None}, "The rate lies outside this product."),
            ({"annual_rate": Decimal("0.0579")}, "The rate lies outside this product."),
            ({"annual_rate": Decimal("0.1381")}, "The rate lies outside this product."),
            ({"outcome": "return"}, "Choose one of the answers."),
            ({"outcome": ""}, "Choose one of the answers."),
        ],
    )
    def test_refuses_what_cannot_be_offered(self, referred, officer, changed, sentence):
        with pytest.raises(ReviewRefused) as refused:
            recommend(referred, by=officer, **changed)
        assert refusals.sentence(refused.value) == sentence
        assert not Review.objects.exists()

    @pytest.mark.parametrize("amount", ["2999.99", "5000.005"])
    def test_refuses_what_the_product_does_not_lend(self, referred, officer, amount):
        with pytest.raises(ApplicationRefused):
            recommend(referred, by=officer, amount=Decimal(amount))

    @pytest.mark.parametrize("is_former", [False, True])
    def test_refuses_a_member_of_the_enterprise(self, referred, officer, is_former):
        ended = NOW if is_former else None
        referred.enterprise.memberships.create(user=officer, role="manager", began_at=NOW, ended_at=ended)
        with pytest.raises(FourEyesRefused) as refused:
            recommend(referred, by=officer)
        assert refused.value.code == "own_enterprise"

    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.REFERRED, Status.ACCEPTED}))
    def test_refuses_each_other_status(self, enterprise, owner, officer, underwriter, status):
        application = make_in(status, enterprise, by=owner, recommender=underwriter)
        with pytest.raises(TransitionRefused):
            recommend(application, by=officer)

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_are_one_recommendation(self, referred, officer, underwriter):
        def act(by):
            return lambda: recommend(Application.objects.get(pk=referred.pk), by=by)

        came = together(act(officer), act(underwriter))
        assert sorted(type(each).__name__ for each in came) == ["Review", "TransitionRefused"]
        assert Review.objects.count() == 1


class TestConclude:
    def test_confirms_into_an_offer(self, recommended, second):
        conclude(recommended, by=second, at=LATER)
        offer = recommended.offer
        assert recommended.status == Status.APPROVED
        assert (offer.approved_amount, offer.annual_rate, offer.expires_on) == (
            Decimal("20000.00"),
            Decimal("0.098"),
            TODAY + OFFER_LASTS,
        )
        assert Exposure.objects.get().reserved_amount == Decimal("20000.00")

    def test_records_who_and_when(self, recommended, second):
        conclude(recommended, by=second, at=LATER)
        review = recommended.reviews.latest("pk")
        assert (review.kind, review.outcome, review.by, review.at) == ("approval", "approve", second, LATER)
        event = recommended.events.latest("pk")
        assert (event.event, event.by, event.at) == ("confirm", second.reference, LATER)

    def test_tells_the_applicant(self, recommended, second):
        Notice.objects.all().delete()
        conclude(recommended, by=second)
        assert Notice.objects.filter(code="application_decided").count() == 1

    def test_tells_the_owners_where_the_applicant_has_left(self, recommended, second, enterprise, owner):
        joined = make_user(phone="+8613900000077")
        Membership.objects.create(enterprise=enterprise, user=joined, role="manager", began_at=NOW)
        recommended.applicant = joined
        recommended.save(update_fields=["applicant"])
        Membership.objects.filter(user=joined).update(ended_at=NOW)
        Notice.objects.all().delete()
        conclude(recommended, by=second)
        assert [each.address for each in Notice.objects.filter(code="application_decided")] == [owner.phone]

    def test_carries_out_a_recommended_decline(self, referred, officer, second):
        recommend(referred, by=officer, outcome="decline")
        conclude(referred, by=second)
        assert referred.status == Status.DECLINED
        assert not Exposure.objects.exists()

    def test_declines_against_the_recommendation(self, recommended, second):
        conclude(recommended, by=second, outcome="decline")
        assert recommended.status == Status.DECLINED

    def test_returns_to_the_officer_and_tells_nobody(self, recommended, second, officer):
        Notice.objects.all().delete()
        conclude(recommended, by=second, outcome="return", note="Visit again.")
        assert recommended.status == Status.REFERRED
        assert not Notice.objects.exists()
        recommend(recommended, by=officer)
        assert recommended.status == Status.RECOMMENDED

    @pytest.mark.parametrize("changed", [{"note": ""}, {"outcome": "perhaps"}])
    def test_refuses_without_a_reason_or_an_answer(self, recommended, second, changed):
        with pytest.raises(ReviewRefused):
            conclude(recommended, by=second, **changed)
        recommended.refresh_from_db()
        assert recommended.status == Status.RECOMMENDED

    def test_refuses_who_recommended(self, recommended, officer, bank):
        StaffPost.objects.create(user=officer, branch=bank.branch, role=Role.APPROVER, approval_limit_amount=10**6)
        with pytest.raises(FourEyesRefused) as refused:
            conclude(recommended, by=officer)
        assert refused.value.code == "same_person_twice"

    def test_refuses_who_recommended_before_it_was_returned(self, recommended, officer, underwriter, second, bank):
        conclude(recommended, by=second, outcome="return")
        recommend(recommended, by=underwriter)
        StaffPost.objects.create(user=officer, branch=bank.branch, role=Role.APPROVER, approval_limit_amount=10**6)
        with pytest.raises(FourEyesRefused):
            conclude(recommended, by=officer)

    def test_refuses_the_applicant(self, enterprise, second, officer):
        enterprise.memberships.create(user=second, role="owner", began_at=NOW)
        second.phone_verified = True
        second.save()
        application = make_recommended(enterprise, by=second, recommender=officer)
        with pytest.raises(FourEyesRefused) as refused:
            conclude(application, by=second)
        assert refused.value.code == "same_person_twice"

    @pytest.mark.parametrize("is_former", [False, True])
    def test_refuses_a_member_of_the_enterprise(self, recommended, second, is_former):
        ended = NOW if is_former else None
        recommended.enterprise.memberships.create(user=second, role="manager", began_at=NOW, ended_at=ended)
        with pytest.raises(FourEyesRefused) as refused:
            conclude(recommended, by=second)
        assert refused.value.code == "own_enterprise"

    def test_refuses_a_recommendation_that_was_not_the_one_read(self, recommended, second, officer):
        read = recommended.reviews.get().shown
        conclude(recommended, by=second, outcome="return")
        recommend(recommended, by=officer, amount=Decimal("15000.00"))
        for seen in (read, ""):
            with pytest.raises(ChangedSince):
                conclude(recommended, by=second, seen=seen)
        conclude(recommended, by=second, seen=recommended.reviews.latest("pk").shown)
        assert recommended.offer.approved_amount == Decimal("15000.00")

    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.RECOMMENDED, Status.ACCEPTED}))
    def test_refuses_each_other_status(self, enterprise, owner, officer, second, status):
        application = make_in(status, enterprise, by=owner, recommender=officer)
        with pytest.raises(TransitionRefused):
            conclude(application, by=second)

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_are_one_decision(self, recommended, second, bank):
        third = make_approver(bank.head_office, name="Third Ma")

        def act(by, outcome):
            return lambda: conclude(Application.objects.get(pk=recommended.pk), by=by, outcome=outcome)

        came = together(act(second, "approve"), act(third, "decline"))
        assert sorted(type(each).__name__ for each in came) == ["NoneType", "TransitionRefused"]
        assert Review.objects.filter(kind="approval").count() == 1
        recommended.refresh_from_db()
        assert hasattr(recommended, "offer") == (recommended.status == Status.APPROVED)


class TestApprovalLimit:
    @pytest.mark.parametrize("limit", ["20000", "20000.01", "500000"])
    def test_lets_an_amount_up_to_it_pass(self, recommended, bank, limit):
        conclude(recommended, by=make_approver(bank.branch, limit=limit))
        assert recommended.status == Status.APPROVED

    @pytest.mark.parametrize("limit", ["19999.99", "0", None])
    def test_refuses_an_amount_above_it(self, recommended, bank, limit):
        with pytest.raises(FourEyesRefused) as refused:
            conclude(recommended, by=make_approver(bank.branch, limit=limit))
        assert refused.value.code == "above_approval_limit"
        recommended.refresh_from_db()
        assert recommended.status == Status.RECOMMENDED

    def test_is_told_as_money(self, recommended, bank):
        with pytest.raises(FourEyesRefused) as refused:
            conclude(recommended, by=make_approver(bank.branch, limit="15000"))
        expected = "¥20,000.00 is above your approval limit of ¥15,000.00. Ask a colleague."
        assert refusals.sentence(refused.value) == expected

    def test_of_another_branch_does_not_count_here(self, recommended, bank):
        with pytest.raises(FourEyesRefused):
            conclude(recommended, by=make_approver(bank.other_branch, limit="500000"))

    def test_of_head_office_counts_everywhere(self, recommended, bank):
        conclude(recommended, by=make_approver(bank.head_office))
        assert recommended.status == Status.APPROVED

    def test_of_a_post_that_ended_does_not_count(self, recommended, bank):
        former = make_approver(bank.branch)
        StaffPost.objects.filter(user=former).update(ended_at=NOW)
        with pytest.raises(FourEyesRefused):
            conclude(recommended, by=former)

    def test_of_another_role_does_not_count(self, recommended, bank):
        clerk = make_user("Clerk")
        StaffPost.objects.create(user=clerk, branch=bank.branch, role=Role.OFFICER, approval_limit_amount=10**6)
        with pytest.raises(FourEyesRefused):
            conclude(recommended, by=clerk)

    def test_is_not_asked_for_where_nothing_is_lent(self, recommended, bank):
        conclude(recommended, by=make_approver(bank.branch, limit="0"), outcome="decline")
        assert recommended.status == Status.DECLINED


class TestSecondCheckOfTheWholeCase:
    def test_of_two_people_the_second_waits_for_the_first(self, referred, second):
        with pytest.raises(TransitionRefused):
            applications.conclude(referred, outcome="approve", note="Now.", by=second, at=NOW, on=TODAY, seen="")
