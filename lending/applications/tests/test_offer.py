"""How long an offer stands."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lending.applications import operations as applications
from lending.applications import queries
from lending.applications.models import Application
from lending.applications.states import Status
from lending.applications.tasks import expire_offers
from lending.applications.tests.builders import NOW, TODAY, make_approved, make_in
from lending.credit.models import Exposure
from portal.core.models import AuditEvent
from portal.core.tests.together import together

pytestmark = pytest.mark.usefixtures("product")

DAY = timedelta(days=1)
LAST_DAY = TODAY + timedelta(days=14)


@pytest.fixture
def approved(enterprise, owner):
    return make_approved(enterprise, by=owner)


def expire(application, on):
    applications.expire(application.reference, at=NOW + 15 * DAY, on=on)
    application.refresh_from_db()


class TestExpire:
    def test_ends_an_offer_on_the_day_after_its_last(self, approved):
        expire(approved, LAST_DAY + DAY)
        assert approved.status == Status.EXPIRED

    def test_leaves_an_offer_on_its_last_day(self, approved):
        expire(approved, LAST_DAY)
        assert approved.status == Status.APPROVED

    def test_frees_what_it_bound(self, approved):
        expire(approved, LAST_DAY + DAY)
        assert Exposure.objects.get().reserved_amount == 0

    def test_records_when_and_that_it_was_the_bank(self, approved):
        expire(approved, LAST_DAY + DAY)
        event = approved.events.latest("pk")
        assert (event.event, event.by, event.at) == ("expire", "system", NOW + 15 * DAY)
        assert AuditEvent.objects.filter(verb="applications.expire", subject=approved.reference).count() == 1

    def test_twice_is_recorded_once(self, approved):
        for _ in range(2):
            expire(approved, LAST_DAY + DAY)
        assert approved.events.filter(event="expire").count() == 1

    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.APPROVED, Status.EXPIRED, Status.ACCEPTED}))
    def test_leaves_every_other_status(self, enterprise, owner, officer, status):
        application = make_in(status, enterprise, by=owner, recommender=officer)
        expire(application, LAST_DAY + 90 * DAY)
        assert application.status == status

    @pytest.mark.django_db(transaction=True)
    def test_by_two_workers_at_once_is_recorded_once(self, approved):
        act = lambda: applications.expire(approved.reference, at=NOW, on=LAST_DAY + DAY)  # noqa: E731
        assert together(act, act) == [None, None]
        assert approved.events.filter(event="expire").count() == 1


class TestEndedOffers:
    def test_are_those_whose_last_day_is_over(self, approved):
        assert queries.ended_offers(on=LAST_DAY) == []
        assert queries.ended_offers(on=LAST_DAY + DAY) == [approved.reference]

    def test_are_not_those_withdrawn(self, approved, owner):
        applications.withdraw(approved, by=owner, at=NOW)
        assert queries.ended_offers(on=LAST_DAY + DAY) == []


class TestTask:
    def test_ends_what_is_over_today(self, approved):
        assert timezone.localdate() > LAST_DAY
        expire_offers()
        assert Application.objects.get().status == Status.EXPIRED
