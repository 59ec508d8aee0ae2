"""Signing an offer: the loan, its schedule, its entries, and the money in the account, in one act."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest

from accounts.identity.models import Enterprise
from accounts.identity.operations.signing import (
    SigningCodeAttempts,
    SigningCodeExpired,
    SigningCodeMissing,
    SigningCodeWrong,
)
from accounts.ledger import operations as ledger
from accounts.ledger import queries as books
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement import operations as settlement
from accounts.settlement.models import Mandate
from accounts.settlement.tests.builders import make_settlement_account
from lending.applications import operations as applications
from lending.applications.models import Application, Offer
from lending.applications.operations.offer import OfferOnHold
from lending.applications.states import Status
from lending.applications.tests.builders import NOW, TODAY, conclude, make_recommended
from lending.credit.models import Exposure
from lending.credit.queries import exposure_of
from lending.loans.models import Loan
from lending.loans.operations import SigningRefused
from lending.loans.queries import discrepancies
from lending.loans.tests.builders import make_offer, sent_code, sign
from lending.products.queries import cost_of
from lending.products.tests.builders import make_product
from portal.core import refusals
from portal.core.models import AuditEvent
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

DAY = timedelta(days=1)


@pytest.fixture
def offer(bank, enterprise, owner):
    make_product(upfront_fee_rate=Decimal("0.005"))
    return make_offer(enterprise, by=owner)


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise)


class TestSign:
    def test_makes_the_contract_by_the_offers_terms(self, offer, owner, account, enterprise):
        loan = sign(offer, by=owner, account=account)
        assert (loan.offer, loan.enterprise, loan.settlement_account) == (offer, enterprise, account)
        assert (loan.principal_amount, loan.annual_rate, loan.kept_terms, loan.currency) == (
            offer.approved_amount,
            offer.annual_rate,
            offer.kept_terms,
            "CNY",
        )
        cost = cost_of(offer.approved_amount, offer.terms, start=TODAY)
        assert (round(loan.apr, 6), loan.upfront_fee_amount) == (round(cost.apr, 6), Decimal("100.00"))

    def test_writes_the_schedule(self, offer, owner):
        loan = sign(offer, by=owner)
        rows = list(loan.installments.order_by("number"))
        planned = cost_of(offer.approved_amount, offer.terms, start=TODAY).schedule.installments
        assert [(row.number, row.due_date, row.total_amount) for row in rows] == [
            (row.number, row.due_date, row.total_amount) for row in planned
        ]
        assert sum(row.principal_amount for row in rows) == Decimal("20000.00")
        assert rows[-1].balance_after_amount == 0

    def test_pays_out_through_the_ledger_and_keeps_the_fee(self, offer, owner, account):
        loan = sign(offer, by=owner, account=account)
        assert books.balance(account.ledger_account) == Decimal("19900.00")
        assert books.balance(LedgerAccount.objects.named("loans_principal")) == Decimal("20000.00")
        assert books.balance(LedgerAccount.objects.named("fee_income")) == Decimal("100.00")
        entries = JournalEntry.objects.filter(subject=loan.reference).order_by("pk")
        assert [entry.event for entry in entries] == ["loan_disbursed", "loan_fee"]
        assert loan.disbursement_entry == entries[0]

    def test_records_who_and_when(self, offer, owner):
        loan = sign(offer, by=owner)
        assert (loan.signed_by, loan.signed_at, loan.disbursed_on) == (owner, NOW, TODAY)
        event = AuditEvent.objects.get(verb="loans.sign")
        assert (event.subject, event.by, event.at) == (loan.reference, owner.reference, NOW)
        assert event.details["offer"] == offer.reference

    def test_moves_the_application_on(self, offer, owner):
        sign(offer, by=owner)
        application = Application.objects.get()
        assert application.status == Status.ACCEPTED
        assert application.events.latest("pk").event == "accept"

    def test_turns_the_reserved_into_a_drawn_exposure(self, offer, owner):
        loan = sign(offer, by=owner)
        kept = {row.subject: row for row in Exposure.objects.all()}
        assert kept[offer.application.reference].reserved_amount == 0
        drawn = kept[loan.reference]
        assert (drawn.drawn_amount, exposure_of(loan.enterprise).worst_days_past_due) == (Decimal("20000.00"), 0)
        assert Decimal(1700) < drawn.monthly_payment_amount < Decimal(1760)

    def test_keeps_the_account_open_by_a_mandate(self, offer, owner, account):
        sign(offer, by=owner, account=account)
        assert Mandate.objects.filter(settlement_account=account, purpose="loan", ended_at=None).count() == 1
        with pytest.raises(settlement.MandateStands):
            settlement.close(account, by="U-1", at=NOW)

    def test_twice_is_paid_out_once(self, offer, owner, account):
        code = sent_code(offer, to=owner)
        first = sign(offer, by=owner, account=account, code=code)
        assert sign(offer, by=owner, account=account, code=code) == first
        assert JournalEntry.objects.filter(event="loan_disbursed").count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_by_a_double_click_is_paid_out_once(self, offer, owner, account):
        code = sent_code(offer, to=owner)

        def act():
            return sign(Offer.objects.get(pk=offer.pk), by=owner, account=account, code=code)

        came = together(act, act, act, act)
        assert came == [Loan.objects.get()] * 4
        assert books.balance(account.ledger_account) == Decimal("19900.00")
        assert discrepancies() == []

    def test_may_be_done_on_the_offers_last_day(self, offer, owner):
        assert sign(offer, by=owner, on=offer.expires_on, at=NOW + 14 * DAY).disbursed_on == offer.expires_on

    def test_refuses_the_day_after(self, offer, owner):
        with pytest.raises(SigningRefused) as refused:
            sign(offer, by=owner, on=offer.expires_on + DAY, at=NOW + 15 * DAY)
        assert refusals.sentence(refused.value) == (
            "This offer ended on Mar 16, 2026. Apply again; it takes about three minutes."
        )
        assert not Loan.objects.exists()

    def test_refuses_a_withdrawn_offer(self, offer, owner):
        applications.withdraw(offer.application, by=owner, at=NOW)
        with pytest.raises(TransitionRefused):
            sign(offer, by=owner)
        assert not JournalEntry.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_while_it_is_withdrawn_one_of_the_two_wins(self, offer, owner, account):
        code = sent_code(offer, to=owner)
        came = together(
            lambda: sign(Offer.objects.get(pk=offer.pk), by=owner, account=account, code=code),
            lambda: applications.withdraw(Application.objects.get(), by=owner, at=NOW),
        )
        is_signed = Application.objects.get().status == Status.ACCEPTED
        assert Loan.objects.exists() == is_signed
        assert isinstance(came[1 if is_signed else 0], TransitionRefused)


class TestAccount:
    def refusal(self, offer, owner, account):
        with pytest.raises(SigningRefused) as refused:
            sign(offer, by=owner, account=account)
        assert not JournalEntry.objects.filter(event="loan_disbursed").exists()
        return refused.value.code

    def test_of_another_enterprise_is_refused(self, offer, owner, stranger):
        foreign = make_settlement_account(Enterprise.objects.get(legal_name="Stranger Noodles"))
        assert self.refusal(offer, owner, foreign) == "wrong_account"

    def test_that_is_frozen_is_refused(self, offer, owner, account):
        settlement.freeze(account, reason="court order", by="U-1", at=NOW)
        assert self.refusal(offer, owner, account) == "wrong_account"

    def test_that_is_closed_is_refused(self, offer, owner, account):
        settlement.close(account, by="U-1", at=NOW)
        assert self.refusal(offer, owner, account) == "wrong_account"

    def test_in_another_currency_is_refused(self, offer, owner, enterprise):
        ledger.open_books("EUR", at=NOW)
        euros = settlement.open_account(enterprise, currency="EUR", by="U-1", at=NOW)
        assert self.refusal(offer, owner, euros) == "wrong_account"


class TestCode:
    def wrong(self, code):
        return f"{(int(code) + 1) % 1_000_000:06d}"

    def test_that_is_wrong_signs_nothing(self, offer, owner, account):
        code = sent_code(offer, to=owner)
        with pytest.raises(SigningCodeWrong):
            sign(offer, by=owner, account=account, code=self.wrong(code))
        assert (Loan.objects.count(), Application.objects.get().status) == (0, Status.APPROVED)

    def test_that_is_wrong_five_times_closes_the_way_even_for_the_right_one(self, offer, owner, account):
        code = sent_code(offer, to=owner)
        for _ in range(5):
            with pytest.raises(SigningCodeWrong):
                sign(offer, by=owner, account=account, code=self.wrong(code))
        with pytest.raises(SigningCodeAttempts):
            sign(offer, by=owner, account=account, code=code)
        assert not Loan.objects.exists()

    def test_that_is_new_opens_the_way_again(self, offer, owner, account):
        code = sent_code(offer, to=owner)
        for _ in range(5):
            with pytest.raises(SigningCodeWrong):
                sign(offer, by=owner, account=account, code=self.wrong(code))
        later = NOW + timedelta(minutes=1)
        assert sign(offer, by=owner, account=account, code=sent_code(offer, to=owner, at=later), at=later)

    def test_that_is_too_old_is_refused(self, offer, owner, account):
        code = sent_code(offer, to=owner)
        with pytest.raises(SigningCodeExpired):
            sign(offer, by=owner, account=account, code=code, at=NOW + timedelta(minutes=11))

    def test_sent_for_something_else_is_refused(self, offer, owner, account):
        sent_code(offer, to=owner)
        offer_of_another = Offer(reference="O-ANOTHER")
        code = sent_code(offer_of_another, to=owner)
        with pytest.raises(SigningCodeWrong):
            sign(offer, by=owner, account=account, code=code)

    def test_sent_to_somebody_else_is_refused(self, offer, owner, stranger, account):
        code = sent_code(offer, to=stranger)
        with pytest.raises(SigningCodeMissing):
            sign(offer, by=owner, account=account, code=code)


class TestRevoked:
    """The bank takes the offer back before or while it is signed."""

    SAID: Final = {"reason": "changed", "note": "The shop has closed.", "at": NOW}

    def test_is_not_signed_any_more(self, offer, owner, officer):
        applications.revoke(offer.application, by=officer, **self.SAID)
        with pytest.raises(TransitionRefused):
            sign(offer, by=owner)
        assert not Loan.objects.exists()

    @pytest.mark.usefixtures("bank")
    def test_is_not_signed_while_a_second_person_is_asked(self, enterprise, owner, officer, approver):
        make_product()
        approver.staffpost_set.update(approval_limit_amount=100000)
        application = make_recommended(enterprise, by=owner, recommender=officer)
        conclude(application, by=approver)
        applications.revoke(application, by=officer, **self.SAID)
        with pytest.raises(OfferOnHold):
            sign(Offer.objects.get(), by=owner)
        assert not Loan.objects.exists()

    @pytest.mark.parametrize("_again", range(3))
    def test_at_the_same_moment_one_of_the_two_wins(self, transactional_db, offer, owner, officer, _again):
        account, code = make_settlement_account(offer.application.enterprise), sent_code(offer, to=owner)
        came = together(
            lambda: sign(Offer.objects.get(), by=owner, account=account, code=code),
            lambda: applications.revoke(Application.objects.get(), by=officer, **self.SAID),
        )
        assert sum(isinstance(each, TransitionRefused) for each in came) == 1
        is_signed = Application.objects.get().status == Status.ACCEPTED
        assert Loan.objects.exists() == is_signed == isinstance(came[0], Loan)

    def test_taken_back_by_an_owner_at_the_same_moment_one_of_the_two_wins(self, transactional_db, offer, owner):
        account, code = make_settlement_account(offer.application.enterprise), sent_code(offer, to=owner)
        came = together(
            lambda: sign(Offer.objects.get(), by=owner, account=account, code=code),
            lambda: applications.withdraw(Application.objects.get(), by=owner, at=NOW),
        )
        assert sum(isinstance(each, TransitionRefused) for each in came) == 1
        assert Loan.objects.exists() == (Application.objects.get().status == Status.ACCEPTED)
