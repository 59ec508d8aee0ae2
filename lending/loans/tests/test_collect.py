"""Repaying without being asked: money that names the loan, and what the mandate collects when it is due."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.ledger import operations as ledger
from accounts.settlement import operations as settlement
from accounts.settlement.happenings import Happening
from accounts.settlement.models import Mandate, Receipt
from accounts.settlement.tests.builders import fetch_cash, make_deposit, make_settlement_account, withdraw
from lending.applications.tests.builders import NOW
from lending.credit.queries import exposure_of
from lending.loans import operations as loans
from lending.loans import queries, tasks
from lending.loans.models import Repayment
from lending.loans.states import LoanStatus
from lending.loans.tests.builders import held, repay
from portal.core.formats import money
from portal.core.models import AuditEvent, Channel, Job, Notice
from portal.core.notices.operations import text_of
from portal.core.tests.together import together

DUE = date(2026, 4, 2)
DAY = timedelta(days=1)


def leave(loan, amount):
    """Leave an amount in the loan's account: the rest is withdrawn."""
    out = held(loan) - Decimal(amount)
    fetch_cash(loan.settlement_account, out, text="", key="out", on=DUE, at=NOW, by="U-TELLER")


def receive(loan, amount, text=""):
    """Let money come in at the counter under the loan's reference."""
    account, text = loan.settlement_account, text or loan.reference
    settlement.pay_in(account, Decimal(amount), text=text, key=text, on=DUE, at=NOW, by="U-T")
    return Receipt.objects.latest("pk")


def claim(receipt):
    return loans.claim_receipt(receipt.reference, at=NOW, on=DUE)


def collect(loan, on=DUE):
    return loans.collect_due(loan, at=NOW, on=on)


def worst(loan):
    return exposure_of(loan.enterprise).worst_days_past_due


class TestClaimReceipt:
    def test_repays_the_loan_that_is_named(self, loan):
        receipt = receive(loan, "300.00")
        assert (receipt.purpose, receipt.subject) == ("loan", loan.reference)
        assert Job.objects.filter(name="lending.claim_receipt", reference=receipt.reference).exists()
        before = held(loan)
        made = claim(receipt)
        receipt.refresh_from_db()
        assert (made.amount, made.by, held(loan)) == (300, "system", before - 300)
        assert (receipt.claimed_by, receipt.claimed_for) == ("loan", loan.reference)
        event = AuditEvent.objects.get(verb="settlement.receipt_claimed")
        assert (event.subject, event.by, event.at) == (receipt.reference, "system", NOW)

    def test_repays_once(self, loan):
        receipt = receive(loan, "300.00")
        claim(receipt)
        assert claim(receipt) is None
        assert Repayment.objects.count() == 1

    def test_is_asked_twice_at_once_and_repays_once(self, transactional_db, loan):
        receipt = receive(loan, "300.00")
        together(lambda: claim(receipt), lambda: claim(receipt))
        assert Repayment.objects.count() == 1

    def test_takes_no_more_than_pays_it_off(self, loan, owner):
        make_deposit(loan.settlement_account, "2000.00")
        repay(loan, queries.owing_of(loan, on=DUE).payoff_amount - 100, by=owner, on=DUE)
        most = queries.owing_of(loan, on=DUE).payoff_amount
        assert 100 <= most < 120
        assert claim(receive(loan, "300.00")).amount == most
        loan.refresh_from_db()
        assert loan.status == LoanStatus.REPAID

    def test_leaves_it_unclaimed_where_the_account_is_frozen_and_takes_it_later(self, loan):
        receipt = receive(loan, "300.00")
        settlement.freeze(loan.settlement_account, reason="court order", by="U-1", at=NOW)
        assert claim(receipt) is None
        assert list(queries.receipts_to_claim()) == [receipt]
        settlement.unfreeze(loan.settlement_account, reason="lifted", by="U-1", at=NOW)
        tasks.collect_due()
        assert Repayment.objects.earliest("pk").amount == 300
        assert not queries.receipts_to_claim().exists()

    def test_leaves_it_unclaimed_where_the_money_is_gone(self, loan):
        receipt = receive(loan, "300.00")
        leave(loan, "299.99")
        assert claim(receipt) is None
        assert not Repayment.objects.exists()

    def test_leaves_money_without_words_alone(self, loan):
        assert receive(loan, "300.00", "rent").purpose == ""
        assert not queries.receipts_to_claim().exists()

    def test_leaves_money_on_another_account_alone(self, loan):
        other = make_settlement_account(loan.enterprise)
        settlement.pay_in(other, Decimal(5), text=loan.reference, key="k", on=DUE, at=NOW, by="U-T")
        assert claim(Receipt.objects.get()) is None

    def test_leaves_alone_what_another_department_claimed(self, loan):
        receipt = receive(loan, "300.00")
        with transaction.atomic():
            settlement.claim_receipt(receipt, purpose="bill", subject="B-1", at=NOW, by="system")
        assert claim(receipt) is None
        assert not Repayment.objects.exists()


class TestCollectDue:
    def test_keeps_how_late_a_silent_borrower_is(self, loan, first):
        leave(loan, "0.00")
        days = [worst(loan)]
        for late in (0, 31, 40):
            assert collect(loan, on=first.due_date + late * DAY) is None
            days.append(worst(loan))
        assert days == [0, 0, 31, 40]

    def test_keeps_how_late_it_was_when_all_is_there_at_once(self, loan, first):
        leave(loan, "0.00")
        make_deposit(loan.settlement_account, "20000.00", on=first.due_date + 40 * DAY)
        assert collect(loan, on=first.due_date + 40 * DAY)
        assert worst(loan) == 40

    def test_makes_nobody_late_by_an_evening_that_the_bank_missed(self, loan, first):
        assert collect(loan, on=first.due_date + DAY).paid_on == first.due_date
        assert worst(loan) == 0

    def test_counts_what_was_late_before_a_missed_evening_to_its_due_date(self, loan, first):
        leave(loan, "0.00")
        collect(loan, on=first.due_date)
        make_deposit(loan.settlement_account, "20000.00", on=first.due_date + 20 * DAY)
        second = loan.installments.get(number=2)
        assert collect(loan, on=second.due_date + DAY).paid_on == second.due_date
        assert worst(loan) == (second.due_date - first.due_date).days

    def test_counts_as_late_what_is_not_to_be_had_after_a_missed_evening(self, loan, first):
        settlement.freeze(loan.settlement_account, reason="court order", by="U-1", at=NOW)
        assert collect(loan, on=first.due_date + DAY) is None
        assert worst(loan) == 1

    def test_counts_as_late_the_part_that_was_spent_after_a_missed_evening(self, loan, first):
        withdraw(loan.settlement_account, held(loan) - 100, on=first.due_date + DAY)
        made = collect(loan, on=first.due_date + DAY)
        assert (made.amount, made.paid_on, worst(loan)) == (100, first.due_date, 1)

    def test_counts_from_the_due_date_where_nobody_may_collect(self, loan, first):
        with transaction.atomic():
            settlement.end_mandate(purpose="loan", subject=loan.reference, by="U-1", at=NOW)
        assert collect(loan, on=first.due_date + DAY) is None
        assert worst(loan) == 1

    def test_takes_what_is_due_on_the_day(self, loan, first):
        assert collect(loan, on=first.due_date - DAY) is None
        made = collect(loan, on=first.due_date)
        assert (made.amount, made.by) == (first.total_amount, "system")
        first.refresh_from_db()
        assert first.is_paid

    def test_takes_it_once_a_day(self, loan, first):
        collect(loan, on=first.due_date)
        assert collect(loan, on=first.due_date) is None
        assert Repayment.objects.count() == 1

    def test_gives_the_same_repayment_where_a_day_asks_again(self, loan, first):
        leave(loan, "100.00")
        made = collect(loan, on=first.due_date)
        make_deposit(loan.settlement_account, "2000.00")
        assert collect(loan, on=first.due_date) == made

    def test_takes_what_is_there_and_the_rest_the_next_day(self, loan, first):
        leave(loan, "100.00")
        assert collect(loan, on=first.due_date).amount == 100
        make_deposit(loan.settlement_account, "2000.00")
        assert collect(loan, on=first.due_date + DAY).amount == first.total_amount - 100

    def test_takes_nothing_where_nothing_is_there_and_tries_again(self, loan, first):
        leave(loan, "0.00")
        assert collect(loan, on=first.due_date) is None
        make_deposit(loan.settlement_account, "2000.00")
        assert collect(loan, on=first.due_date).amount == first.total_amount

    def test_takes_nothing_from_a_frozen_account(self, loan, first):
        settlement.freeze(loan.settlement_account, reason="court order", by="U-1", at=NOW)
        assert collect(loan, on=first.due_date) is None
        settlement.unfreeze(loan.settlement_account, reason="lifted", by="U-1", at=NOW)
        assert collect(loan, on=first.due_date).amount == first.total_amount

    def test_takes_nothing_that_is_held_back(self, loan, first):
        leave(loan, "100.00")
        with transaction.atomic():
            ledger.hold(
                loan.settlement_account.ledger_account,
                Decimal(60),
                key="h",
                event="card",
                subject="S",
                expires_at=NOW + 90 * DAY,
                at=NOW,
                by="U-1",
            )
        assert collect(loan, on=first.due_date).amount == 40

    def test_takes_nothing_without_a_mandate(self, loan, first):
        with transaction.atomic():
            settlement.end_mandate(purpose="loan", subject=loan.reference, by="U-1", at=NOW)
        assert collect(loan, on=first.due_date) is None

    def test_takes_arrears_with_what_is_due(self, loan):
        second = loan.installments.get(number=2)
        both = sum(each.total_amount for each in loan.installments.filter(number__lte=2))
        assert collect(loan, on=second.due_date).amount == both

    def test_ends_with_the_loan_and_frees_the_account(self, loan):
        make_deposit(loan.settlement_account, "3000.00")
        last = loan.installments.latest("number").due_date
        collect(loan, on=last)
        loan.refresh_from_db()
        assert loan.status == LoanStatus.REPAID
        assert not Mandate.objects.filter(ended_at=None).exists()
        assert queries.discrepancies() == []


class TestTask:
    def test_collects_from_every_loan_that_is_due(self, loan, first):
        assert list(queries.due(first.due_date)) == [loan]
        assert list(queries.due(first.due_date - DAY)) == []
        tasks.collect_due()  # by the clock, whatever day it is: twice changes nothing
        count = Repayment.objects.count()
        tasks.collect_due()
        assert Repayment.objects.count() == count


class TestTellOfWhatIsMissing:
    @pytest.fixture
    def told(self, owner, loan):
        membership = owner.memberships.get(enterprise=loan.enterprise)
        choice = settlement.Choice(Happening.COLLECTION_FAILED, Channel.SMS)
        settlement.choose_notices(membership, [choice], at=NOW, by=owner.reference)
        return lambda: [text_of(each) for each in Notice.objects.filter(code="collection_failed")]

    @pytest.fixture(autouse=True)
    def _spent(self, loan):
        withdraw(loan.settlement_account, held(loan), on=NOW.date())

    def test_once_for_each_due_date_however_often_it_is_tried(self, loan, first, told):
        for later in range(3):
            loans.collect_due(loan, at=NOW, on=first.due_date + later * DAY)
        assert len(told()) == 1
        assert "could not collect" in told()[0]
        loans.collect_due(loan, at=NOW, on=loan.installments.get(number=2).due_date)
        assert len(told()) == 2

    def test_says_what_is_missing_after_a_part(self, loan, first, told):
        make_deposit(loan.settlement_account, "1.00")
        loans.collect_due(loan, at=NOW, on=first.due_date)
        first.refresh_from_db()
        assert money(first.open_amount) in told()[0]

    def test_not_where_all_was_there(self, loan, first, told):
        make_deposit(loan.settlement_account, str(first.open_amount))
        loans.collect_due(loan, at=NOW, on=first.due_date)
        assert told() == []

    @pytest.mark.usefixtures("first")
    def test_owners_who_chose_nothing_and_not_who_chose_otherwise(self, loan, owner):
        loans.collect_due(loan, at=NOW, on=DUE)
        assert Notice.objects.filter(code="collection_failed").count() == 1
        membership = owner.memberships.get(enterprise=loan.enterprise)
        settlement.choose_notices(membership, [], at=NOW, by=owner.reference)
        loans.collect_due(loan, at=NOW, on=loan.installments.get(number=2).due_date)
        assert Notice.objects.filter(code="collection_failed").count() == 1
