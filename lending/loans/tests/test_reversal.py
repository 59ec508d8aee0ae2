"""Write-offs that were mistakes are reversed: one to one, by two people, and what was recovered becomes repayments."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.ledger import queries as books
from accounts.settlement import operations as settlement
from accounts.settlement import queries as accounts
from accounts.settlement.models import Receipt
from lending.applications.operations import FourEyesRefused
from lending.applications.tests.builders import NOW, make_approver
from lending.loans import operations as loans
from lending.loans.losses import operations
from lending.loans.losses.classes import RiskClass
from lending.loans.losses.models import RebookedRecovery, WriteOff, WriteOffReversal
from lending.loans.losses.operations import WriteOffRefused
from lending.loans.losses.queries import class_of, recovered_amount
from lending.loans.operations.receipts import WrittenOffSince
from lending.loans.proposals import operations as proposals
from lending.loans.proposals.operations import ProposalRefused
from lending.loans.queries import discrepancies, owing_of
from lending.loans.tests.builders import held, make_loan
from lending.loans.tests.losing import (
    LATER,
    LOST,
    MONTH,
    approve_reversal,
    booked,
    propose_reversal,
    reverse,
    ties,
    write_off,
)
from lending.loans.tests.test_undone import correct, receive
from lending.products.tests.builders import make_product
from portal.core.dates import add_months
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.core.seen import ChangedSince
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

ACCOUNTS = (
    "loans_principal", "loan_loss_provision", "write_off_expense", "recovery_income", "interest_income",
    "penalty_income",
)  # fmt: skip


@pytest.fixture
def mistake(loan, officer, second):
    """A write-off that was a mistake."""
    return write_off(loan, proposer=officer, approver=second)


def kept():
    return {name: booked(name) for name in ACCOUNTS}


def unless(refusal, go):
    """Do something, or leave no trace of it where it is refused."""
    point = transaction.savepoint()
    try:
        return go()
    except refusal:
        transaction.savepoint_rollback(point)
        return None


class TestPropose:
    def test_keeps_why_and_who(self, loan, mistake, officer):
        made = propose_reversal(mistake, by=officer)
        told = (made.status, made.write_off, made.reason, made.proposed_by)
        assert told == ("proposed", mistake, "Mixed up.", officer)
        event = AuditEvent.objects.get(verb="loans.propose_write_off_reversal")
        assert (event.subject, event.by, event.details["principal"]) == (loan.reference, officer.reference, "20000.00")

    def test_sent_twice_happens_once(self, mistake, officer):
        assert propose_reversal(mistake, by=officer) == propose_reversal(mistake, by=officer)

    def test_refuses_a_second_one_no_reason_and_ones_own(self, mistake, officer, underwriter, owner):
        with pytest.raises(ProposalRefused, match="proposal_reason_missing"):
            propose_reversal(mistake, by=officer, reason=" ")
        with pytest.raises(FourEyesRefused):
            propose_reversal(mistake, by=owner)
        propose_reversal(mistake, by=officer)
        with pytest.raises(ProposalRefused, match="proposal_open"):
            propose_reversal(mistake, by=underwriter, key="other")

    def test_refuses_what_was_never_booked_or_is_reversed(self, loan, mistake, officer, second):
        reverse(mistake, proposer=officer, approver=second)
        with pytest.raises(WriteOffRefused, match="write_off_not_booked"):
            propose_reversal(mistake, by=officer, key="again")


class TestApprove:
    def test_leaves_books_and_loan_as_if_it_had_never_been_written_off(self, loan, officer, second):
        operations.post_allowances(MONTH, at=NOW)
        before, owed = kept(), owing_of(loan, on=LOST).payoff_amount
        mistake = write_off(loan, proposer=officer, approver=second)
        assert kept() != before
        made = reverse(mistake, proposer=officer, approver=second)
        loan.refresh_from_db()
        assert (kept(), loan.status, owing_of(loan, on=LOST).payoff_amount) == (before, "active", owed)
        assert (mistake.status, mistake.reversed_on, made.entry.reverses) == ("reversed", LOST, mistake.entry)
        assert class_of(loan, on=LOST).risk_class == RiskClass.LOSS
        assert ties()

    def test_books_what_was_recovered_as_repayments(self, enterprise, owner, officer, second):
        make_product(late_rate_markup=Decimal("0.5"), late_on_interest=True)
        loan = make_loan(enterprise, by=owner)
        mistake = write_off(loan, proposer=officer, approver=second)
        late = owing_of(loan, on=LATER).late_interest_amount
        receive(loan, str(late + 5000), on=LATER)
        assert booked("recovery_income") == late + 5000
        reverse(mistake, proposer=officer, approver=second, on=LATER)
        held_now = kept()
        assert (held_now["recovery_income"], held_now["penalty_income"]) == (0, late)
        assert 20000 - held_now["loans_principal"] + held_now["interest_income"] == 5000
        assert (recovered_amount(loan), RebookedRecovery.objects.count()) == (0, 1)
        assert ties()

    def test_leaves_a_loan_settled_since_repaid(self, loan, mistake, officer, second):
        receive(loan, str(owing_of(loan, on=LATER).payoff_amount), on=LATER)
        reverse(mistake, proposer=officer, approver=second, on=LATER)
        loan.refresh_from_db()
        assert (loan.status, booked("loans_principal"), booked("recovery_income")) == ("repaid", 0, 0)
        assert not accounts.has_mandate("loan", loan.reference)
        assert "goes on" not in text_of(Notice.objects.get(code="write_off_reversed"))
        assert ties()

    def test_lets_the_loan_be_repaid_and_written_off_again(self, loan, mistake, officer, second, owner):
        reverse(mistake, proposer=officer, approver=second)
        cash = receive(loan, "300.00", on=LOST)
        assert not loan.repayments.get().is_recovery
        write_off(loan, proposer=officer, approver=second, on=LATER)
        with pytest.raises(WrittenOffSince):
            correct(cash, on=LATER)
        assert WriteOff.objects.filter(loan=loan).count() == 2
        assert ties()

    def test_lets_the_allowance_of_the_month_ask_for_it_again(self, loan, officer, second):
        operations.post_allowances(MONTH, at=NOW)
        kept = booked("loan_loss_provision")
        mistake = write_off(loan, proposer=officer, approver=second)
        month = add_months(MONTH + timedelta(days=1), 1) - timedelta(days=1)
        reverse(mistake, proposer=officer, approver=second, on=month + timedelta(days=1))
        operations.post_allowances(month, at=NOW)  # of a day on which it stood in no books
        assert booked("loan_loss_provision") == kept
        operations.post_allowances(add_months(month + timedelta(days=1), 1) - timedelta(days=1), at=NOW)
        assert booked("loan_loss_provision") == 20000
        assert ties()

    def test_tells_the_owners_and_the_trail(self, loan, mistake, officer, second):
        made = reverse(mistake, proposer=officer, approver=second)
        assert Notice.objects.filter(code="write_off_reversed").count() == 1
        event = AuditEvent.objects.get(verb="loans.approve_write_off_reversal")
        told = (event.subject, event.by, event.details["entry"])
        assert told == (loan.reference, second.reference, made.entry.reference)

    def test_needs_a_second_person_within_the_limit(self, bank, loan, mistake, officer, owner):
        made = propose_reversal(mistake, by=officer)
        small = make_approver(bank.branch, limit="19999.99", name="Small Gao")
        for person in (officer, small, owner):
            with pytest.raises(FourEyesRefused):
                approve_reversal(made, by=person)
        loan.refresh_from_db()
        assert loan.status == "written_off"

    def test_refuses_what_was_not_seen_and_no_note(self, loan, mistake, officer, second):
        made = propose_reversal(mistake, by=officer)
        with pytest.raises(ChangedSince):
            approve_reversal(made, by=second, seen="other")
        with pytest.raises(ProposalRefused):
            approve_reversal(made, by=second, note="")

    def test_happens_once(self, mistake, officer, second):
        made = reverse(mistake, proposer=officer, approver=second)
        with pytest.raises(TransitionRefused):
            approve_reversal(made, by=second)
        assert ties()

    def test_declined_or_lapsed_leaves_it_written_off(self, loan, mistake, officer, second):
        made = propose_reversal(mistake, by=officer)
        proposals.decline(made, note="No.", by=second, at=NOW)
        again = propose_reversal(mistake, by=officer, key="again")
        proposals.lapse(loan, at=NOW, on=LOST + timedelta(days=15))
        again.refresh_from_db()
        loan.refresh_from_db()
        assert (made.status, again.status, loan.status) == ("declined", "lapsed", "written_off")


class TestUndone:
    @pytest.mark.parametrize("is_all", [False, True])
    def test_a_recovery_that_became_a_repayment_is_undone_whole(self, loan, mistake, officer, second, is_all):
        owed, before = owing_of(loan, on=LATER).payoff_amount, held(loan)
        cash = receive(loan, str(owed) if is_all else "700.00", on=LATER)
        reverse(mistake, proposer=officer, approver=second, on=LATER)
        correct(cash, on=LATER)
        loan.refresh_from_db()
        held_now = kept()
        assert (held_now["loans_principal"], held_now["interest_income"], held_now["recovery_income"]) == (20000, 0, 0)
        assert (loan.status, owing_of(loan, on=LATER).payoff_amount, held(loan)) == ("active", owed, before)
        assert ties()

    def test_not_once_it_was_written_off_again(self, loan, mistake, officer, second):
        cash = receive(loan, "700.00", on=LATER)
        reverse(mistake, proposer=officer, approver=second, on=LATER)
        write_off(loan, proposer=officer, approver=second, on=LATER)
        with pytest.raises(WrittenOffSince):
            correct(cash, on=LATER)
        assert ties()


class TestTies:
    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        steps=st.lists(
            st.tuples(st.sampled_from(["pay", "undo", "post", "write_off", "reverse"]), st.integers(1, 900_000)),
            min_size=1,
            max_size=9,
        )
    )
    def test_hold_whatever_comes(self, loan, officer, second, steps):
        point = transaction.savepoint()
        try:
            self.live(loan, officer, second, steps)
        finally:
            transaction.savepoint_rollback(point)

    def live(self, loan, officer, second, steps):
        operations.post_allowances(MONTH, at=NOW)
        people = {"proposer": officer, "approver": second}
        standing, cash, posted, on = write_off(loan, **people), [], MONTH, LATER
        for number, (step, cents) in enumerate(steps):
            if step == "post":
                posted = add_months(posted + timedelta(days=1), 1) - timedelta(days=1)
                operations.post_allowances(posted, at=NOW)
                on = posted + timedelta(days=1)
            elif step == "pay":
                told = {"text": loan.reference, "key": f"in{number}", "on": on, "at": NOW, "by": "U-TELLER"}
                cash.append(settlement.pay_in(loan.settlement_account, Decimal(cents) / 100, **told))
                loans.claim_receipt(Receipt.objects.get(entry=cash[-1].entry).reference, at=NOW, on=on)
            elif step == "undo" and cash:
                unless(WrittenOffSince, partial(correct, cash.pop(), on=on))
            elif step == "reverse" and standing:
                reverse(standing, **people, on=on, key=f"r{number}")
                standing = None
            elif step == "write_off" and standing is None:
                standing = unless(WriteOffRefused, partial(write_off, loan, **people, on=on, key=f"w{number}"))
            loan.refresh_from_db()
            assert (discrepancies(), books.discrepancies()) == ([], [])
            assert loan.is_written_off == bool(standing)
            assert booked("recovery_income") == recovered_amount(loan)


class TestGuards:
    def test_keep_what_was_decided(self, loan, mistake, officer, second):
        receive(loan, "300.00", on=LATER)
        reverse(mistake, proposer=officer, approver=second, on=LATER)
        for verb in (
            "UPDATE lending_writeoffreversal SET reason = 'x'",
            "UPDATE lending_writeoffreversal SET note = 'x'",
            "DELETE FROM lending_writeoffreversal",
            "UPDATE lending_rebookedrecovery SET entry_id = entry_id",
            "DELETE FROM lending_rebookedrecovery",
            "UPDATE lending_writeoff SET status = 'approved', reversed_on = NULL",
            "UPDATE lending_writeoff SET note = 'x'",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(verb)

    def test_let_nothing_else_change_with_a_reversal(self, mistake):
        changed = "UPDATE lending_writeoff SET status = 'reversed', reversed_on = written_off_on, allowance_amount = 1"
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(changed)


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_approved_twice_it_is_reversed_once(self, mistake, officer, second):
        made = propose_reversal(mistake, by=officer)

        def go():
            return approve_reversal(WriteOffReversal.objects.get(pk=made.pk), by=second)

        came = together(go, go)
        assert sorted(type(each).__name__ for each in came) == ["NoneType", "TransitionRefused"]
        assert ties()

    def test_of_it_and_a_recovery_all_ties(self, loan, mistake, officer, second, owner):
        made = propose_reversal(mistake, by=officer)
        came = together(
            lambda: approve_reversal(WriteOffReversal.objects.get(pk=made.pk), by=second),
            lambda: receive(loan, "500.00", on=LOST),
        )
        assert came[0] is None or isinstance(came[0], ChangedSince)
        assert ties()
