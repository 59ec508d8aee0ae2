"""What the enterprise does with its application."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.cashflow.tests.builders import make_read, make_received
from accounts.identity.models import Clearance
from accounts.settlement.tests.builders import make_settlement_account
from lending.applications import operations as applications
from lending.applications.models import Application
from lending.applications.operations import ApplicationRefused
from lending.applications.states import OPEN, Status
from lending.applications.tests.builders import (
    NOW,
    conclude,
    make_approved,
    make_approver,
    make_draft,
    make_evidence,
    make_in,
    make_submitted,
    traces_of,
)
from lending.credit.models import Exposure
from lending.products.tests.builders import make_product
from portal.core import refusals
from portal.core.idempotency import KeyMissing, KeyReused
from portal.core.models import AuditEvent, Job
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

pytestmark = pytest.mark.usefixtures("product")

LATER = NOW + timedelta(hours=1)


def change(application, by, **changed):
    told = {"product": application.product, "amount": Decimal("30000.00"), "term_months": 18, "purpose": "wages"}
    applications.change(application, **(told | {"note": "More.", "by": by, "at": LATER} | changed))


class TestBegin:
    def test_begins_a_draft(self, draft, enterprise, owner, bank, product):
        assert (draft.status, draft.enterprise, draft.branch, draft.applicant) == (
            Status.DRAFT,
            enterprise,
            bank.branch,
            owner,
        )
        assert (draft.product, draft.requested_amount, draft.term_months, draft.purpose) == (
            product,
            Decimal("20000.00"),
            12,
            "stock",
        )

    def test_records_who_and_when(self, draft, owner):
        assert traces_of(draft) == [("begin", owner.reference, "Wang Fang", NOW)]
        event = AuditEvent.objects.get(verb="applications.begin")
        assert (event.subject, event.by, event.at) == (draft.reference, owner.reference, NOW)

    def test_may_be_done_by_a_manager(self, enterprise, manager):
        assert make_draft(enterprise, by=manager).applicant == manager

    def test_asked_twice_is_one_draft(self, draft, enterprise, owner):
        assert make_draft(enterprise, by=owner) == draft
        assert traces_of(draft) == [("begin", owner.reference, "Wang Fang", NOW)]

    def test_refuses_a_key_that_began_something_else(self, draft, enterprise, owner):
        with pytest.raises(KeyReused):
            make_draft(enterprise, by=owner, amount="20001.00")

    def test_refuses_without_a_key(self, enterprise, owner):
        with pytest.raises(KeyMissing):
            make_draft(enterprise, by=owner, key="")

    @pytest.mark.parametrize(
        ("amount", "term", "sentence"),
        [
            ("2999.99", 12, "This product lends between ¥3,000.00 and ¥200,000.00."),
            ("200000.01", 12, "This product lends between ¥3,000.00 and ¥200,000.00."),
            ("0", 12, "This product lends between ¥3,000.00 and ¥200,000.00."),
            ("-5000", 12, "This product lends between ¥3,000.00 and ¥200,000.00."),
            ("5000.001", 12, "This amount has more decimals than its currency."),
            ("NaN", 12, "This amount has more decimals than its currency."),
            ("5000", 2, "This product runs between 3 and 24 months."),
            ("5000", 25, "This product runs between 3 and 24 months."),
        ],
    )
    def test_refuses_what_the_product_does_not_lend(self, enterprise, owner, amount, term, sentence):
        with pytest.raises(ApplicationRefused) as refused:
            make_draft(enterprise, by=owner, amount=amount, term_months=term)
        assert refusals.sentence(refused.value) == sentence
        assert not Application.objects.exists()

    @pytest.mark.parametrize(("amount", "term"), [("3000", 3), ("200000", 24)])
    def test_takes_the_ends_of_the_ranges(self, enterprise, owner, amount, term):
        assert make_draft(enterprise, by=owner, amount=amount, term_months=term).requested_amount == Decimal(amount)

    def test_refuses_a_term_between_two_installments(self, enterprise, owner):
        harvest = make_product("harvest", every=3)
        with pytest.raises(ApplicationRefused) as refused:
            make_draft(enterprise, by=owner, product=harvest, term_months=7)
        assert refusals.sentence(refused.value) == "This product runs for a multiple of 3 months."

    @pytest.mark.parametrize("status", sorted(OPEN))
    def test_refuses_while_another_is_open(self, enterprise, owner, officer, status):
        make_in(status, enterprise, by=owner, recommender=officer)
        with pytest.raises(ApplicationRefused) as refused:
            make_draft(enterprise, by=owner, key="second")
        assert refused.value.code == "another_application_open"
        assert refused.value.params == {"application": enterprise.applications.get().reference}

    @pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED])
    def test_may_be_done_again_when_the_last_is_closed(self, enterprise, owner, officer, status):
        make_in(status, enterprise, by=owner, recommender=officer)
        assert make_draft(enterprise, by=owner, key="second").status == Status.DRAFT

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_are_one_application(self, enterprise, owner, product):
        acts = [lambda key=str(n): make_draft(enterprise, by=owner, key=key, product=product) for n in range(4)]
        came = together(*acts)
        assert Application.objects.count() == 1
        assert sorted(type(each).__name__ for each in came) == ["Application", *["ApplicationRefused"] * 3]


class TestChange:
    def test_changes_what_is_asked_for(self, draft, owner):
        change(draft, owner)
        draft.refresh_from_db()
        assert (draft.requested_amount, draft.term_months, draft.purpose, draft.purpose_note) == (
            Decimal("30000.00"),
            18,
            "wages",
            "More.",
        )

    def test_records_who_and_when(self, draft, manager):
        change(draft, manager)
        assert traces_of(draft)[-1] == ("change", manager.reference, "Chen Jie", LATER)

    def test_refuses_what_the_product_does_not_lend(self, draft, owner):
        with pytest.raises(ApplicationRefused):
            change(draft, owner, amount=Decimal(1))
        draft.refresh_from_db()
        assert draft.requested_amount == Decimal("20000.00")

    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.DRAFT, Status.ACCEPTED}))
    def test_refuses_after_it_was_sent(self, enterprise, owner, officer, status):
        application = make_in(status, enterprise, by=owner, recommender=officer)
        with pytest.raises(TransitionRefused):
            change(application, owner)


class TestSubmit:
    @pytest.fixture
    def ready(self, enterprise, draft):
        make_evidence(enterprise)
        return draft

    def test_promises_a_decision(self, ready, owner):
        applications.submit(ready, by=owner, at=LATER)
        assert (ready.status, ready.submitted_at) == (Status.SUBMITTED, LATER)
        job = Job.objects.get(name="lending.decide")
        assert (job.reference, job.asked_at, job.done_at) == (ready.reference, LATER, None)

    def test_records_who_and_when(self, ready, owner):
        applications.submit(ready, by=owner, at=LATER)
        assert traces_of(ready)[-1] == ("submit", owner.reference, "Wang Fang", LATER)

    def test_makes_the_one_who_sends_the_applicant(self, enterprise, manager, owner):
        make_evidence(enterprise)
        prepared = make_draft(enterprise, by=manager)
        applications.submit(prepared, by=owner, at=LATER)
        prepared.refresh_from_db()
        assert prepared.applicant == owner

    def test_sent_twice_is_decided_once(self, ready, owner):
        for _ in range(2):
            applications.submit(ready, by=owner, at=LATER)
        assert Job.objects.filter(name="lending.decide").count() == 1
        assert [event for event, *_ in traces_of(ready)] == ["begin", "submit"]

    def test_refuses_without_evidence(self, draft, owner):
        with pytest.raises(ApplicationRefused) as refused:
            applications.submit(draft, by=owner, at=LATER)
        assert refused.value.code == "evidence_missing"
        draft.refresh_from_db()
        assert (draft.status, draft.submitted_at) == (Status.DRAFT, None)

    def test_refuses_while_a_statement_has_a_question(self, draft, owner, enterprise):
        make_read(make_received(enterprise, b"Date,Amount\n02/01/2026,1.00\n"))
        with pytest.raises(ApplicationRefused) as refused:
            applications.submit(draft, by=owner, at=LATER)
        assert refused.value.code == "evidence_asks"

    def test_may_be_done_on_what_our_own_books_tell(self, draft, owner, enterprise):
        make_settlement_account(enterprise, holding="10.00")
        applications.submit(draft, by=owner, at=LATER)
        assert draft.status == Status.SUBMITTED

    def test_may_be_done_while_a_statement_is_still_being_read(self, draft, owner, enterprise):
        make_received(enterprise, b"anything")
        applications.submit(draft, by=owner, at=LATER)
        assert draft.status == Status.SUBMITTED

    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.DRAFT, Status.SUBMITTED, Status.ACCEPTED}))
    def test_refuses_when_it_is_past_being_sent(self, enterprise, owner, officer, status):
        application = make_in(status, enterprise, by=owner, recommender=officer)
        with pytest.raises(TransitionRefused):
            applications.submit(application, by=owner, at=LATER)

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_are_sent_once(self, ready, owner):
        def act():
            applications.submit(Application.objects.get(pk=ready.pk), by=owner, at=LATER)

        assert together(act, act) == [None, None]
        assert [event for event, *_ in traces_of(ready)] == ["begin", "submit"]


class TestClearance:
    @pytest.fixture
    def ready(self, enterprise, owner):
        make_evidence(enterprise)
        return make_draft(
            enterprise, by=owner, product=make_product("taught", requires_clearance="cash-flow-basics"), key="taught"
        )

    def test_that_a_product_requires_is_asked_for(self, ready, owner):
        with pytest.raises(ApplicationRefused) as refused:
            applications.submit(ready, by=owner, at=NOW)
        assert refused.value.code == "clearance_missing"

    @pytest.mark.parametrize("who", ["owner", "manager"])
    def test_of_any_member_is_enough(self, ready, owner, manager, who):
        learner = {"owner": owner, "manager": manager}[who]
        Clearance.objects.create(user=learner, code="cash-flow-basics", source="T-1", granted_at=NOW)
        applications.submit(ready, by=owner, at=NOW)
        assert ready.status == Status.SUBMITTED

    def test_of_a_stranger_or_a_former_member_is_not(self, ready, owner, manager, stranger, enterprise):
        for person in (stranger, manager):
            Clearance.objects.create(user=person, code="cash-flow-basics", source="T-1", granted_at=NOW)
        enterprise.memberships.filter(user=manager).update(ended_at=NOW)
        with pytest.raises(ApplicationRefused):
            applications.submit(ready, by=owner, at=NOW)


class TestWithdraw:
    @pytest.mark.parametrize("status", sorted(OPEN))
    def test_closes_an_open_case(self, enterprise, owner, officer, status):
        application = make_in(status, enterprise, by=owner, recommender=officer)
        applications.withdraw(application, by=owner, at=LATER)
        assert application.status == Status.WITHDRAWN

    def test_records_who_and_when(self, draft, manager):
        applications.withdraw(draft, by=manager, at=LATER)
        assert traces_of(draft)[-1] == ("withdraw", manager.reference, "Chen Jie", LATER)

    @pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED])
    def test_refuses_when_it_is_closed(self, enterprise, owner, officer, status):
        application = make_in(status, enterprise, by=owner, recommender=officer)
        with pytest.raises(TransitionRefused):
            applications.withdraw(application, by=owner, at=LATER)

    def test_frees_what_the_offer_bound(self, enterprise, owner):
        application = make_approved(enterprise, by=owner)
        assert Exposure.objects.get().reserved_amount == Decimal("20000.00")
        applications.withdraw(application, by=owner, at=LATER)
        assert Exposure.objects.get().reserved_amount == 0

    @pytest.mark.django_db(transaction=True)
    def test_while_it_is_confirmed_one_of_the_two_wins(self, enterprise, owner, officer, bank):
        application = make_in(Status.RECOMMENDED, enterprise, by=owner, recommender=officer)
        second = make_approver(bank.head_office)

        def fresh():
            return Application.objects.get(pk=application.pk)

        came = together(
            lambda: applications.withdraw(fresh(), by=owner, at=LATER), lambda: conclude(fresh(), by=second)
        )
        application.refresh_from_db()
        assert application.status == Status.WITHDRAWN  # last, or alone
        if came[1] is not None:
            assert isinstance(came[1], TransitionRefused)
            assert not hasattr(application, "offer")
        assert came[0] is None
        assert not Exposure.objects.exclude(reserved_amount=0).exists()

    def test_while_it_waits_leaves_nothing_to_decide(self, enterprise, owner):
        application = make_submitted(enterprise, by=owner)
        applications.withdraw(application, by=owner, at=LATER)
        applications.decide(application.reference, at=LATER, on=LATER.date())
        application.refresh_from_db()
        assert application.status == Status.WITHDRAWN
        assert not hasattr(application, "decision")
