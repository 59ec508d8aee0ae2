"""What the machine decides, and that it decides once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.cashflow import operations as evidence
from accounts.cashflow.models import BankTransaction
from accounts.cashflow.tests.builders import make_parsed, make_read, make_received, make_statement
from accounts.identity.models import User
from accounts.identity.tests.builders import confirm_mail, make_checked
from accounts.ledger import operations as ledger
from accounts.settlement.tests.builders import make_deposit, make_settlement_account
from accounts.statements.writing import as_csv
from lending.applications import operations as applications
from lending.applications.models import Application, CreditDecision
from lending.applications.operations.offer import OFFER_LASTS
from lending.applications.states import Status
from lending.applications.tasks import decide as task
from lending.applications.tests.builders import (
    NOW,
    TODAY,
    make_approved,
    make_decided,
    make_declined,
    make_draft,
    make_referred,
    make_rules,
    make_submitted,
    sound_lines,
)
from lending.credit import operations as credit
from lending.credit import policy
from lending.credit.models import Exposure, Policy
from lending.credit.queries import RulesMissing, features_of
from lending.products.tests.builders import make_product
from portal.core import jobs
from portal.core.dates import add_months
from portal.core.models import AuditEvent, Job, Notice
from portal.core.notices.operations import text_of
from portal.core.tests.together import together

pytestmark = pytest.mark.usefixtures("product")


@pytest.fixture
def waiting(enterprise, owner):
    make_rules()
    return make_submitted(enterprise, by=owner)


def decide(application, **changed):
    applications.decide(application.reference, **({"at": NOW, "on": TODAY} | changed))
    application.refresh_from_db()


def make_late(enterprise, *, on):
    """A loan of long ago that was forty days late on a day."""
    with transaction.atomic():
        kept = credit.keep_exposure(enterprise, subject="L-OLD", binding=credit.Binding(), at=NOW)
        credit.keep_lateness(kept, 40, on=on)


class TestBeingLate:
    def test_is_forgotten_when_the_months_of_the_policy_are_over(self, enterprise, owner):
        make_late(enterprise, on=add_months(TODAY.replace(day=1), -24) - timedelta(days=1))
        facts = make_approved(enterprise, by=owner).decision.facts
        assert (facts["worst_days_past_due"], facts["late_months"]) == (0, 24)

    def test_declines_until_then_and_says_for_how_long_it_counts(self, enterprise, owner, client_of):
        make_late(enterprise, on=add_months(TODAY.replace(day=1), -24))
        application = make_decided(enterprise, by=owner)
        assert application.status == Status.DECLINED
        shown = client_of(owner).get(reverse("applications:detail", args=[application.reference])).text
        assert "In the month of the decision or the 24 months before it, a loan of yours" in shown

    def test_counts_for_ever_under_a_policy_that_names_no_months(self, enterprise, owner):
        make_rules()
        table = Policy.objects.get().table
        draft = credit.propose_policy(
            {name: part for name, part in table.items() if name != "late_months"}, by="U-ANALYST", at=NOW
        )
        credit.approve(draft, by="U-APPROVER", at=NOW)
        credit.activate(draft, on=TODAY, by="U-APPROVER", at=NOW)
        make_late(enterprise, on=add_months(TODAY, -60))
        decision = make_decided(enterprise, by=owner).decision
        assert (decision.outcome, decision.facts["worst_days_past_due"]) == ("declined", 40)
        assert "late_months" not in decision.facts


class TestMoment:
    def test_is_no_earlier_than_what_is_superseded_by_what_is_taken_in(self, enterprise, waiting):
        entry = make_deposit(make_settlement_account(enterprise), "40.00")
        meanwhile = NOW + timedelta(seconds=1)
        evidence.absorb_new(enterprise.reference, at=meanwhile)
        with transaction.atomic():
            ledger.reverse(entry, key="back", at=meanwhile, by="U-1", on=TODAY)
        decide(waiting)
        assert waiting.decision.decided_at == meanwhile
        counted = BankTransaction.objects.current().filter(enterprise=enterprise, posting__isnull=False)
        assert not any(each.is_counted for each in counted)


class TestApproval:
    def test_offers_what_was_asked_for_at_the_grades_rate(self, enterprise, owner):
        application = make_approved(enterprise, by=owner)
        offer = application.offer
        assert (offer.approved_amount, offer.term_months, offer.annual_rate) == (
            Decimal("20000.00"),
            12,
            application.decision.annual_rate,
        )
        assert (offer.made_at, offer.expires_on) == (NOW, TODAY + OFFER_LASTS)

    def test_keeps_the_products_conventions_in_the_offer(self, enterprise, owner):
        application = make_approved(enterprise, by=owner)
        make_product(interest_method="interest_only")  # a new version touches no offer
        application.offer.refresh_from_db()
        assert application.offer.terms == application.product.terms(
            annual_rate=application.decision.annual_rate, term_months=12
        )

    def test_counts_the_offer_as_exposure(self, enterprise, owner):
        application = make_approved(enterprise, by=owner)
        exposure = Exposure.objects.get()
        assert (exposure.subject, exposure.enterprise, exposure.reserved_amount) == (
            application.reference,
            enterprise,
            Decimal("20000.00"),
        )


class TestReferral:
    def test_offers_nothing_and_waits_for_people(self, enterprise, owner):
        application = make_referred(enterprise, by=owner)
        assert not hasattr(application, "offer")
        assert not Exposure.objects.exists()
        assert application.decision.verdict["reasons"][0]["code"] == "evidence_too_short"

    def test_is_what_becomes_of_a_case_whose_statements_were_all_refused(self, enterprise, owner):
        make_rules()
        statement = make_received(enterprise, b"this is no statement")
        application = make_draft(enterprise, by=owner)
        applications.submit(application, by=owner, at=NOW)
        make_read(statement)
        decide(application)
        assert application.status == Status.REFERRED


class TestDecline:
    def test_says_why_and_what_would_pass(self, enterprise, owner):
        application = make_declined(enterprise, by=owner)
        verdict = application.decision.verdict
        assert verdict["reasons"][0]["code"] == "cash_flow_carries_less"
        assert [each["code"] for each in verdict["alternatives"]] == ["smaller_amount"]

    def test_offers_nothing(self, enterprise, owner):
        application = make_declined(enterprise, by=owner)
        assert not hasattr(application, "offer")


class TestDecide:
    def test_records_when_and_that_it_was_the_bank(self, waiting):
        decide(waiting)
        event = waiting.events.latest("pk")
        assert (event.event, event.status, event.by, event.at) == ("approve", Status.APPROVED, "system", NOW)
        assert AuditEvent.objects.filter(verb="applications.approve", subject=waiting.reference, by="system").exists()

    def test_keeps_everything_that_a_replay_needs(self, waiting):
        decide(waiting)
        kept = waiting.decision
        again = policy.judge(
            kept.features,
            kept.facts,
            kept.scorecard.table,
            kept.policy.table,
            {
                "min_amount": "3000.00",
                "max_amount": "200000.00",
                "min_term_months": 3,
                "max_term_months": 24,
                "min_annual_rate": "0.058000",
                "max_annual_rate": "0.138000",
            },
        )
        assert again.as_data() == kept.verdict
        assert (kept.as_of, len(kept.inputs_fingerprint), kept.standards is not None) == (TODAY, 64, True)

    def test_knows_only_evidence_recorded_until_then(self, enterprise, owner):
        make_rules()
        application = make_submitted(enterprise, by=owner)
        known = features_of(enterprise, as_of=TODAY)
        windfall = [("2026-02-27", "90000.00", "Customer 9", "sale of goods")]
        make_statement(enterprise, windfall, account="6222021234567891", at=NOW + timedelta(days=1))
        decide(application)
        assert application.decision.features["monthly_inflow"] == known["monthly_inflow"]
        assert features_of(enterprise, as_of=TODAY)["monthly_inflow"] > known["monthly_inflow"]

    def test_tells_the_applicant_without_saying_what(self, waiting, owner):
        decide(waiting)
        notice = Notice.objects.get(code="application_decided")
        assert notice.address == owner.phone
        assert waiting.reference in text_of(notice)
        assert "pprov" not in text_of(notice)

    def test_tells_nothing_to_a_number_that_nobody_confirmed(self, waiting, owner):
        User.objects.filter(pk=owner.pk).update(phone_verified=False)
        decide(waiting)
        assert not Notice.objects.filter(code="application_decided").exists()

    def test_tells_by_mail_whom_that_alone_reaches(self, waiting, owner):
        User.objects.filter(pk=owner.pk).update(phone_verified=False)
        confirm_mail(owner, "fang@example.com")
        decide(waiting)
        notice = Notice.objects.get(code="application_decided")
        assert notice.address == "fang@example.com"
        assert waiting.reference in text_of(notice)

    def test_tells_of_a_referral_without_claiming_an_answer(self, enterprise, owner):
        make_referred(enterprise, by=owner)
        text = text_of(Notice.objects.get(code="application_referred"))
        assert "An officer looks at your application" in text
        assert "decided" not in text

    def test_twice_is_one_decision(self, waiting):
        decide(waiting)
        first = CreditDecision.objects.get()
        decide(waiting, at=NOW + timedelta(hours=1), on=TODAY + timedelta(days=1))
        assert (CreditDecision.objects.get(), CreditDecision.objects.get().decided_at) == (first, NOW)

    def test_waits_while_a_statement_is_being_read_then_decides(self, waiting, enterprise):
        late = make_received(enterprise, as_csv(make_parsed([("2026-02-20", "50.00", "Li", "sale")])))
        with pytest.raises(jobs.NotYet):
            decide(waiting)
        waiting.refresh_from_db()
        assert (waiting.status, hasattr(waiting, "decision")) == (Status.SUBMITTED, False)
        make_read(late)
        decide(waiting)
        assert waiting.status == Status.APPROVED

    def test_waits_a_day_for_the_answer_to_a_question_then_lets_a_person_look(self, waiting, enterprise):
        make_read(make_received(enterprise, b"Date,Amount\n02/01/2026,1.00\n"))
        with pytest.raises(jobs.NotYet):
            decide(waiting)
        tomorrow = NOW + timedelta(days=1)
        decide(waiting, at=tomorrow, on=TODAY + timedelta(days=1))
        assert waiting.status == Status.REFERRED
        assert waiting.decision.facts["suspicions"] == 1

    def test_measures_what_our_own_books_tell(self, enterprise, owner):
        make_rules()
        application = make_submitted(enterprise, by=owner)
        account = make_settlement_account(enterprise)
        before = features_of(enterprise, as_of=TODAY)["monthly_inflow"]
        make_deposit(account, "12000.00", on=TODAY)
        decide(application)
        assert application.decision.features["monthly_inflow"] > float(before)
        decided = features_of(enterprise, as_of=TODAY, recorded_before=application.decision.decided_at)
        assert decided["monthly_inflow"] == application.decision.features["monthly_inflow"]

    def test_waits_while_the_bank_has_no_rules(self, enterprise, owner):
        application = make_submitted(enterprise, by=owner)
        with pytest.raises(RulesMissing):
            decide(application)
        application.refresh_from_db()
        assert application.status == Status.SUBMITTED

    @pytest.mark.django_db(transaction=True)
    def test_by_two_workers_at_once_is_one_decision(self, waiting):
        act = lambda: applications.decide(waiting.reference, at=NOW, on=TODAY)  # noqa: E731
        assert together(act, act, act) == [None, None, None]
        assert CreditDecision.objects.count() == 1
        assert [row.event for row in waiting.events.order_by("pk")] == ["begin", "submit", "approve"]

    @pytest.mark.django_db(transaction=True)
    def test_while_it_is_withdrawn_one_of_the_two_wins(self, waiting, owner):
        came = together(
            lambda: applications.decide(waiting.reference, at=NOW, on=TODAY),
            lambda: applications.withdraw(Application.objects.get(pk=waiting.pk), by=owner, at=NOW),
        )
        assert came == [None, None]
        waiting.refresh_from_db()
        assert waiting.status == Status.WITHDRAWN
        assert not Exposure.objects.exclude(reserved_amount=0).exists()


class TestTask:
    def test_decides_by_the_clock_and_keeps_the_promise(self, enterprise, owner):
        make_rules()
        today = timezone.localdate()
        make_checked(enterprise)
        make_evidence_until(enterprise, today)
        application = make_draft(enterprise, by=owner, at=timezone.now())
        applications.submit(application, by=owner, at=timezone.now())
        task(application.reference)
        application.refresh_from_db()
        assert application.status == Status.APPROVED
        assert application.decision.as_of == today
        assert Job.objects.get(name="lending.decide").done_at is not None

    def test_keeps_the_promise_open_while_a_statement_is_being_read(self, waiting, enterprise):
        make_received(enterprise, b"being read")
        task(waiting.reference)
        job = Job.objects.get(name="lending.decide")
        assert (job.done_at, job.attempts) == (None, 1)


def make_evidence_until(enterprise, last: date):
    lines = list(sound_lines(last=last - timedelta(days=1)))
    make_statement(enterprise, lines, holder=enterprise.legal_name, opening="30000.00", at=timezone.now())
