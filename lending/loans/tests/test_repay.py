"""Repaying: what is taken, what it pays, what is refused, and that it happens once."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from accounts.cashflow.models import PlannedItem
from accounts.ledger import queries as books
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement import operations as settlement
from accounts.settlement.models import Mandate
from accounts.settlement.operations import AccountNotOpen, InsufficientFunds
from accounts.settlement.tests.builders import make_deposit
from lending.applications.tests.builders import NOW, TODAY
from lending.credit.models import Exposure
from lending.credit.queries import exposure_of
from lending.loans.models import Loan, Repayment
from lending.loans.operations import RepaymentRefused
from lending.loans.queries import discrepancies, owing_of, standing_of
from lending.loans.states import LoanStatus
from lending.loans.tests.builders import held, repay
from portal.core import refusals
from portal.core.idempotency import KeyMissing, KeyReused
from portal.core.models import AuditEvent
from portal.core.tests.together import together

LATER = NOW + timedelta(days=31)
DUE = date(2026, 4, 2)


def owed(loan):
    return standing_of(loan, on=DUE).open_amount


def payoff(loan, *, on=TODAY):
    return owing_of(loan, on=on).payoff_amount


class TestWhatFallsDue:
    """The forecast of the enterprise knows what its loans will ask for."""

    def known(self, loan):
        """List what is written down, by day."""
        items = PlannedItem.objects.filter(enterprise=loan.enterprise, source=loan.reference).order_by("due_on")
        return [(item.due_on, item.signed_amount) for item in items]

    def due(self, loan):
        """List what the schedule asks for."""
        return [(row.due_date, -row.open_amount) for row in loan.installments.order_by("number") if not row.is_paid]

    def test_is_written_down_at_the_payout(self, loan):
        assert self.known(loan) == self.due(loan)

    def test_is_written_down_once_for_loans_that_were_paid_out_before_that(self, loan, owner):
        repay(loan, "500.00", by=owner)
        PlannedItem.objects.all().delete()
        migration = import_module("lending.migrations.0009_installments_in_the_forecast")
        for _time in range(2):
            migration.plan_installments(apps, None)
        assert self.known(loan) == self.due(loan)

    def test_follows_each_repayment_until_nothing_is_left(self, loan, owner):
        repay(loan, "500.00", by=owner)
        assert self.known(loan) == self.due(loan)
        make_deposit(loan.settlement_account, "9000.00")
        repay(loan, payoff(loan), by=owner, key="last")
        assert self.known(loan) == []


class TestRepay:
    def test_pays_the_oldest_installment_interest_first(self, loan, first, owner):
        repay(loan, "500.00", by=owner)
        first.refresh_from_db()
        assert (first.interest_paid_amount, first.principal_paid_amount) == (
            first.interest_amount,
            Decimal("500.00") - first.interest_amount,
        )

    def test_takes_the_money_from_the_account_into_principal_and_interest(self, loan, first, owner):
        before = held(loan)
        repayment = repay(loan, first.total_amount, by=owner)
        assert held(loan) == before - first.total_amount
        assert books.balance(LedgerAccount.objects.named("loans_principal")) == 20000 - first.principal_amount
        assert books.balance(LedgerAccount.objects.named("interest_income")) == first.interest_amount
        assert (repayment.entry.event, repayment.entry.subject) == ("loan_repaid", loan.reference)

    def test_says_what_it_paid(self, loan, first, owner):
        repayment = repay(loan, first.total_amount + 5, by=owner)
        parts = [
            (part.installment.number, part.interest_amount, part.principal_amount)
            for part in repayment.allocations.select_related("installment").order_by("installment__number")
        ]
        # Five come back early, and the two cents that the first installment costs less for it.
        assert parts == [
            (1, first.interest_amount - Decimal("0.02"), first.principal_amount),
            (12, Decimal("0.00"), Decimal("5.02")),
        ]

    def test_records_who_and_when(self, loan, owner):
        repayment = repay(loan, "10.00", by=owner, at=LATER, on=DUE)
        assert (repayment.by, repayment.paid_at, repayment.paid_on) == (owner.reference, LATER, DUE)
        event = AuditEvent.objects.get(verb="loans.repay")
        assert (event.subject, event.by, event.at, event.details) == (
            loan.reference,
            owner.reference,
            LATER,
            {"amount": "10.00"},
        )

    def test_lowers_the_exposure(self, loan, first, owner):
        repay(loan, first.total_amount, by=owner)
        assert Exposure.objects.get(subject=loan.reference).drawn_amount == 20000 - first.principal_amount

    def test_remembers_how_late_the_loan_was(self, loan, first, owner):
        repay(loan, "10.00", by=owner, on=DUE + timedelta(days=9))
        repay(loan, first.total_amount - 10, by=owner, key="rest", on=DUE + timedelta(days=10))
        assert exposure_of(loan.enterprise).worst_days_past_due == 9

    def test_ties_to_the_books(self, loan, owner):
        repay(loan, "1234.56", by=owner)
        assert discrepancies() == []


class TestOnce:
    def test_sent_twice_takes_the_money_once(self, loan, owner):
        before = held(loan)
        assert repay(loan, "10.00", by=owner) == repay(loan, "10.00", by=owner)
        assert held(loan) == before - 10

    def test_refuses_a_key_that_repaid_something_else(self, loan, owner):
        repay(loan, "10.00", by=owner)
        with pytest.raises(KeyReused):
            repay(loan, "11.00", by=owner)

    def test_refuses_without_a_key(self, loan, owner):
        with pytest.raises(KeyMissing):
            repay(loan, "10.00", by=owner, key="")

    def test_after_a_refusal_the_same_key_may_try_again(self, loan, owner):
        with pytest.raises(InsufficientFunds):
            repay(loan, "20050.00", by=owner, on=DUE)
        make_deposit(loan.settlement_account, "500.00")
        assert repay(loan, "20050.00", by=owner, on=DUE).amount == 20050

    @pytest.mark.django_db(transaction=True)
    def test_by_a_double_click_takes_the_money_once(self, loan, owner):
        came = together(*[lambda: repay(Loan.objects.get(), "10.00", by=owner)] * 4)
        assert came == [Repayment.objects.get()] * 4
        assert JournalEntry.objects.filter(event="loan_repaid").count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_never_repay_more_than_is_open(self, loan, owner):
        make_deposit(loan.settlement_account, "30000.00")
        whole = payoff(loan)
        acts = [lambda key=str(n): repay(Loan.objects.get(), whole, by=owner, key=key) for n in range(3)]
        came = together(*acts)
        assert sorted(type(each).__name__ for each in came) == ["Repayment", "RepaymentRefused", "RepaymentRefused"]
        assert discrepancies() == []


class TestRefusal:
    @pytest.mark.parametrize("amount", ["0", "-1", "-0.01", "0.001", "10.005", "NaN"])
    def test_of_what_is_no_amount(self, loan, owner, amount):
        with pytest.raises(RepaymentRefused) as refused:
            repay(loan, amount, by=owner)
        assert refused.value.code == "amount_not_positive"
        assert not Repayment.objects.exists()

    def test_of_more_than_is_open_says_how_much_is(self, loan, owner):
        make_deposit(loan.settlement_account, "30000.00")
        with pytest.raises(RepaymentRefused) as refused:
            repay(loan, payoff(loan) + Decimal("0.01"), by=owner)
        assert refusals.sentence(refused.value) == "At most ¥20,000.00 can be repaid: that pays everything off today."

    def test_of_more_than_the_account_holds(self, loan, owner):
        with pytest.raises(InsufficientFunds):
            repay(loan, "20000.01", by=owner, on=DUE)
        assert (held(loan), Repayment.objects.count()) == (Decimal("20000.00"), 0)

    def test_from_a_frozen_account(self, loan, owner):
        settlement.freeze(loan.settlement_account, reason="court order", by="U-1", at=NOW)
        with pytest.raises(AccountNotOpen):
            repay(loan, "10.00", by=owner)


class TestLastInstallment:
    @pytest.fixture
    def repaid(self, loan, owner):
        make_deposit(loan.settlement_account, "5000.00")
        repay(loan, payoff(loan, on=DUE), by=owner, key="all", at=LATER, on=DUE)
        loan.refresh_from_db()
        return loan

    def test_closes_the_loan(self, repaid):
        assert repaid.status == LoanStatus.REPAID
        assert owed(repaid) == 0
        assert all(row.is_paid for row in repaid.installments.all())

    def test_ends_the_mandate(self, repaid):
        assert Mandate.objects.get().ended_at == LATER

    def test_leaves_no_exposure(self, repaid):
        exposure = Exposure.objects.get(subject=repaid.reference)
        assert (exposure.drawn_amount, exposure.monthly_payment_amount) == (0, 0)

    def test_leaves_nothing_on_principal(self, repaid):
        assert books.balance(LedgerAccount.objects.named("loans_principal")) == 0
        assert discrepancies() == []

    def test_refuses_any_more(self, repaid, owner):
        with pytest.raises(RepaymentRefused) as refused:
            repay(repaid, "1.00", by=owner, key="more")
        assert refused.value.code == "loan_repaid"

    def test_sent_again_is_the_same_repayment(self, repaid, owner):
        [repayment] = Repayment.objects.all()
        assert repay(repaid, repayment.amount, by=owner, key="all") == repayment

    def test_lets_the_account_be_closed(self, repaid):
        left = held(repaid)
        with_whom = LedgerAccount.objects.named("cash")
        from django.db import transaction

        with transaction.atomic():
            settlement.debit(
                repaid.settlement_account, left, to_account=with_whom, key="out", event="withdrawal",
                subject="counter", on=DUE, at=LATER, by="U-1",
            )  # fmt: skip
        settlement.close(repaid.settlement_account, by="U-1", at=LATER)


class TestStanding:
    def test_is_not_late_on_the_due_date(self, loan):
        standing = standing_of(loan, on=DUE)
        assert (standing.late_amount, standing.days_past_due) == (0, 0)

    def test_counts_days_and_amounts_past_due(self, loan, first):
        standing = standing_of(loan, on=DUE + timedelta(days=3))
        assert (standing.late_amount, standing.days_past_due) == (first.total_amount, 3)

    def test_suggests_what_is_late_or_else_the_next_installment(self, loan, first, owner):
        second = loan.installments.get(number=2)
        assert owing_of(loan, on=DUE).suggested_amount == first.total_amount
        assert owing_of(loan, on=second.due_date + timedelta(days=1)).suggested_amount == (
            first.total_amount + second.total_amount
        )
        repay(loan, first.total_amount, by=owner)
        assert owing_of(loan, on=DUE).suggested_amount == second.total_amount

    def test_names_each_installments_state(self, loan, first, owner):
        repay(loan, first.total_amount, by=owner)
        day_after_second = loan.installments.get(number=2).due_date + timedelta(days=1)
        labels = [str(row.badge.label) for row in standing_of(loan, on=day_after_second).rows]
        assert labels[:4] == ["Paid", "Late", "Later", "Later"]
        labels = [str(row.badge.label) for row in standing_of(loan, on=first.due_date).rows]
        assert labels[:3] == ["Paid", "Next", "Later"]
