"""Proofs of what becomes of a case whose enterprise's details are corrected."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts.identity.models import Industry
from accounts.identity.operations import AskedCorrection, agree_correction, ask_correction
from accounts.identity.tests.builders import make_check, make_checked, make_corrected, make_user
from lending.applications import operations as applications
from lending.applications import presentation, queries
from lending.applications.models import Application, Offer
from lending.applications.operations import FourEyesRefused, ReviewRefused
from lending.applications.operations.offer import OfferOnHold
from lending.applications.tests.builders import (
    NOW,
    TODAY,
    conclude,
    make_approved,
    make_approver,
    make_decided,
    make_draft,
    make_evidence,
    make_recommended,
    make_referred,
)
from lending.products.tests.builders import make_product
from portal.core.tests.together import together, waiting_for_locks
from portal.tests.processes import until

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=5)


class TestAnOffer:
    def test_is_not_signed_once_its_details_are_corrected(self, client_of, enterprise, owner):
        offer = make_approved(enterprise, by=owner).offer
        make_corrected(enterprise, at=SOON, founded_on="2020-05-01")
        with pytest.raises(OfferOnHold) as refused, transaction.atomic():
            applications.accept(offer.application, by=owner, at=SOON)
        assert refused.value.code == "offer_overtaken"
        shown = client_of(owner).get(reverse("applications:detail", args=[offer.application.reference])).text
        assert "Withdraw it and apply again" in shown

    def test_stands_where_nothing_that_it_rests_on_was_corrected(self, enterprise, owner, bank):
        offer = make_approved(enterprise, by=owner).offer
        make_corrected(enterprise, at=SOON, branch=bank.other_branch.code)
        assert not queries.is_on_hold(offer.application)


class TestACaseInWork:
    def test_shows_what_changed(self, client_of, enterprise, owner, officer):
        application = make_referred(enterprise, by=owner)
        make_corrected(enterprise, at=SOON, founded_on="2020-05-01")
        shown = client_of(officer).get(reverse("applications:detail", args=[application.reference])).text
        assert "Corrected since the rules decided" in shown

    def test_is_recommended_anew(self, enterprise, owner, officer, bank):
        application = make_recommended(enterprise, by=owner, recommender=officer)
        make_corrected(enterprise, at=SOON, founded_on="2020-05-01")
        seen = queries.recommendation_of(application).shown
        with pytest.raises(ReviewRefused) as refused:
            applications.conclude(
                application,
                outcome="approve",
                note="Fine.",
                by=make_approver(bank.branch),
                at=SOON,
                on=TODAY,
                seen=seen,
            )
        assert refused.value.code == "review_corrected_since"

    @pytest.mark.django_db(transaction=True)
    def test_is_not_approved_by_what_is_being_corrected(self, enterprise, owner, officer, bank):
        application = make_recommended(enterprise, by=owner, recommender=officer)
        asked = AskedCorrection({"founded_on": "2020-05-01"}, "mistyped")
        [correction] = ask_correction(enterprise, asked, key="1", by=officer, at=NOW)
        agreeing, approving = make_user("Second Lu", role="officer", branch=bank.branch), make_approver(bank.branch)
        with ThreadPoolExecutor() as pool, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE core_notice IN EXCLUSIVE MODE")  # both stop before they tell what they did
            first = pool.submit(together, lambda: agree_correction(correction, by=agreeing, at=SOON))
            assert until(lambda: waiting_for_locks(cursor) == 1)
            later = SOON + timedelta(seconds=1)
            second = pool.submit(together, lambda: conclude(application, by=approving, at=later))
            assert until(lambda: waiting_for_locks(cursor) == 2)
        assert first.result() == [None]
        (refused,) = second.result()
        assert (type(refused), refused.code) == (ReviewRefused, "review_corrected_since")
        assert not Offer.objects.exists()

    def test_goes_with_its_enterprise_to_another_branch(self, client_of, enterprise, owner, officer, bank):
        make_checked(enterprise)
        application = make_recommended(enterprise, by=owner, recommender=officer)
        make_corrected(enterprise, at=SOON, branch=bank.other_branch.code)
        approver = make_approver(bank.other_branch)
        case = client_of(approver).get(reverse("applications:detail", args=[application.reference]))
        assert "Hill Village" in case.text
        application = Application.objects.get()
        seen = queries.recommendation_of(application).shown
        told = {"outcome": "approve", "note": "Fine.", "at": SOON, "on": TODAY, "seen": seen}
        with pytest.raises(FourEyesRefused):
            applications.conclude(application, by=make_approver(bank.branch, name="Old Gao"), **told)
        applications.conclude(application, by=approver, **told)
        assert application.status == "approved"

    def test_is_not_approved_before_the_new_name_is_checked(self, enterprise, owner, officer, bank):
        application = make_referred(enterprise, by=owner)
        make_corrected(enterprise, at=SOON, legal_name="Green Tea House")
        assert [each.state for each in presentation.case(application, on=TODAY)["lacking"]] == ["former"]
        make_check(enterprise, at=SOON, by=officer)
        assert presentation.case(application, on=TODAY)["lacking"] == []


class TestADraft:
    def test_is_not_sent_for_a_product_that_is_for_other_trades_now(self, enterprise, owner, bank):
        Industry.objects.create(code="0111", parent_id="01", section="A", name_en="Cereals", name_zh_hans="谷物")
        make_evidence(enterprise)
        make_draft(enterprise, by=owner, product=make_product(sections=["G"]))
        make_corrected(enterprise, at=SOON, industry="0111")
        with pytest.raises(applications.ApplicationRefused, match="product_for_other_trades"):
            applications.submit(Application.objects.get(), by=owner, at=SOON)


class TestAnApplicationAfterwards:
    def test_is_referred_until_the_new_name_is_checked(self, client_of, enterprise, owner):
        make_checked(enterprise)
        make_corrected(enterprise, at=NOW + timedelta(seconds=1), legal_name="Green Tea House")
        application = make_decided(enterprise, by=owner)
        assert application.status == "referred"
        shown = client_of(owner).get(reverse("applications:detail", args=[application.reference])).text
        assert "of a former name or number: Business license" in shown


class TestWhatWasDecided:
    def test_is_compared_with_the_trade_of_then(self, enterprise, owner):
        Industry.objects.create(code="0111", parent_id="01", section="A", name_en="Cereals", name_zh_hans="谷物")
        application = make_approved(enterprise, by=owner)
        before = presentation.against_trade(application, application.decision)
        make_corrected(enterprise, at=SOON, industry="0111", founded_on="2025-05-01")
        application.refresh_from_db()
        assert presentation.against_trade(application, application.decision) == before
