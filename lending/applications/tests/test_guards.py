"""The database is the last judge of a case, whoever asks it."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from lending.applications.models import Application, Offer, Review
from lending.applications.tests.builders import (
    NOW,
    conclude,
    make_approver,
    make_draft,
    make_recommended,
)

pytestmark = pytest.mark.usefixtures("product")

STANDING = ("lending_applicationevent", "lending_creditdecision", "lending_review", "lending_offer")


@pytest.fixture
def approved(enterprise, owner, officer, bank):
    application = make_recommended(enterprise, by=owner, recommender=officer)
    conclude(application, by=make_approver(bank.branch))
    return application


def run(sql, *, as_owner=False):
    with connection.cursor() as cursor:
        if as_owner:
            cursor.execute("RESET ROLE")
        try:
            with transaction.atomic():
                cursor.execute(sql)
        finally:
            cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")


class TestWhatWasSaid:
    @pytest.mark.parametrize("table", STANDING)
    @pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
    def test_cannot_be_rewritten_by_the_portal(self, approved, table, sql):
        with pytest.raises(DatabaseError, match="permission denied"):
            run(sql.format(table))

    @pytest.mark.parametrize("table", STANDING)
    @pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}"])
    def test_cannot_be_rewritten_even_by_the_owner_of_the_tables(self, approved, table, sql):
        with pytest.raises(IntegrityError, match="append-only"):
            run(sql.format(table), as_owner=True)


class TestApplication:
    @pytest.mark.parametrize(
        ("sql", "name"),
        [
            ("requested_amount = 0", "requested_amount_is_positive"),
            ("status = 'rejected', submitted_at = begun_at", "application_status_is_known"),
            ("status = 'submitted'", "application_past_draft_was_submitted"),
        ],
    )
    def test_keeps_to_its_constraints(self, enterprise, owner, sql, name):
        make_draft(enterprise, by=owner)
        with pytest.raises(IntegrityError, match=name):
            run(f"UPDATE lending_application SET {sql}")

    def test_is_open_once_for_an_enterprise(self, enterprise, owner):
        draft = make_draft(enterprise, by=owner)
        draft.pk, draft.reference = None, "A-SECOND"
        with pytest.raises(IntegrityError, match="enterprise_has_one_open_application"), transaction.atomic():
            draft.save(force_insert=True)
        assert Application.objects.count() == 1


class TestDecision:
    def test_is_one_for_an_application(self, approved):
        decision = approved.decision
        decision.pk = None
        with pytest.raises(IntegrityError, match="application_id"), transaction.atomic():
            decision.save(force_insert=True)

    def test_has_a_known_outcome(self, approved):
        decision = approved.decision
        decision.pk, decision.outcome = None, "rejected"
        with pytest.raises(IntegrityError, match="decision_outcome_is_known"), transaction.atomic():
            decision.save(force_insert=True)


class TestReview:
    @pytest.mark.parametrize(
        ("changed", "name"),
        [
            ({"note": ""}, "review_says_why"),
            ({"kind": "opinion"}, "review_kind_and_outcome_are_known"),
            ({"outcome": "perhaps"}, "review_kind_and_outcome_are_known"),
            ({"amount": None}, "recommended_approval_names_amount_and_rate"),
            ({"annual_rate": None}, "recommended_approval_names_amount_and_rate"),
        ],
    )
    def test_keeps_to_its_constraints(self, approved, officer, changed, name):
        told = {"kind": "recommendation", "outcome": "approve", "amount": Decimal(5000), "annual_rate": Decimal("0.1")}
        told |= {"application": approved, "note": "Yes.", "by": officer, "at": NOW}
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Review.objects.create(**(told | changed))


class TestOffer:
    def test_is_one_for_an_application_and_positive(self, approved):
        offer = approved.offer
        offer.pk, offer.reference, offer.approved_amount = None, "O-SECOND", Decimal(0)
        with pytest.raises(IntegrityError), transaction.atomic():
            offer.save(force_insert=True)
        assert Offer.objects.count() == 1
