"""Write-offs and recoveries: four eyes, the debt stands, every cent has its account."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.identity.tests.builders import confirm_mail
from accounts.ledger import queries as books
from accounts.ledger.tests.builders import tamper
from accounts.settlement import queries as accounts
from accounts.settlement.tests.builders import make_deposit
from lending.applications.operations import FourEyesRefused
from lending.applications.tests.builders import NOW, TODAY, make_approver, make_picture
from lending.credit.models import Exposure
from lending.credit.queries import exposure_of
from lending.loans import operations as loans
from lending.loans.lines import operations as lines
from lending.loans.lines.queries import hindrance_of, is_late
from lending.loans.losses import operations
from lending.loans.losses.classes import RiskClass
from lending.loans.losses.models import WriteOff
from lending.loans.losses.operations import WriteOffRefused
from lending.loans.losses.queries import class_of
from lending.loans.proposals import operations as proposals
from lending.loans.proposals.lapsing import with_overdue
from lending.loans.proposals.operations import ProposalRefused
from lending.loans.proposals.queries import waiting_for
from lending.loans.queries import discrepancies, due, owing_of
from lending.loans.rescheduling.operations import ReschedulingRefused
from lending.loans.states import LoanStatus
from lending.loans.tests import rescheduling
from lending.loans.tests.builders import repay
from lending.loans.tests.lines import draw, make_line, make_line_product
from lending.loans.tests.losing import LATER, LOST, MONTH, approve, booked, propose, shown, ties, write_off
from lending.loans.tests.test_undone import correct, receive
from portal.core.dates import add_months
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent, Notice
from portal.core.seen import ChangedSince
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused


@pytest.fixture
def proposed(loan, officer):
    return propose(loan, by=officer)


class TestPropose:
    def test_keeps_grounds_principal_and_who(self, loan, proposed, officer):
        told = (proposed.status, proposed.principal_amount, proposed.grounds, proposed.proposed_by, proposed.file)
        assert told == ("proposed", 20000, "The shop is gone.", officer, None)
        event = AuditEvent.objects.get(verb="loans.propose_write_off")
        assert (event.subject, event.by) == (loan.reference, officer.reference)

    def test_keeps_a_document(self, loan, officer):
        assert propose(loan, by=officer, upload=make_picture("ruling.png")).file.original_name == "ruling.jpg"

    def test_sent_twice_happens_once(self, loan, proposed, officer):
        assert propose(loan, by=officer) == proposed
        with pytest.raises(KeyReused):
            propose(loan, by=officer, grounds="Other.")

    def test_refuses_a_second_one_while_one_waits(self, loan, proposed, underwriter):
        with pytest.raises(ProposalRefused) as refused:
            propose(loan, by=underwriter, key="other")
        assert refused.value.code == "proposal_open"

    @pytest.mark.parametrize(("days", "is_refused"), [(-40, True), (0, False)])
    def test_refuses_a_loan_that_is_not_lost(self, loan, officer, days, is_refused):
        on = LOST + timedelta(days=days)
        if is_refused:
            with pytest.raises(WriteOffRefused) as refused:
                propose(loan, by=officer, on=on)
            assert refused.value.code == "write_off_not_loss"
        else:
            assert propose(loan, by=officer, on=on)

    def test_takes_a_loan_that_a_person_found_lost(self, loan, officer, first):
        on = first.due_date + timedelta(days=91)
        operations.judge(loan, RiskClass.LOSS, reason="The owner died.", by=officer, at=NOW, on=first.due_date)
        with pytest.raises(WriteOffRefused):
            propose(loan, by=officer, on=on - timedelta(days=1))
        assert propose(loan, by=officer, on=on).status == "proposed"

    def test_refuses_without_grounds_ones_own_and_repaid_ones(self, loan, officer, owner):
        with pytest.raises(WriteOffRefused):
            propose(loan, by=officer, grounds=" ")
        with pytest.raises(FourEyesRefused):
            propose(loan, by=owner)
        repay(loan, "20000.00", by=owner)
        with pytest.raises(WriteOffRefused):
            propose(loan, by=officer)


class TestApprove:
    def test_takes_the_principal_out_of_the_books_and_forgives_nothing(self, loan, proposed, second):
        owed = owing_of(loan, on=LOST).payoff_amount
        approve(proposed, by=second)
        loan.refresh_from_db()
        assert (loan.status, owing_of(loan, on=LOST).payoff_amount) == ("written_off", owed)
        assert (booked("loans_principal"), booked("write_off_expense"), booked("loan_loss_provision")) == (0, 20000, 0)
        assert (proposed.allowance_amount, proposed.written_off_on, proposed.decided_by) == (0, LOST, second)
        assert ties()

    def test_takes_from_the_allowance_what_it_kept_for_the_loan(self, loan, proposed, second):
        operations.post_allowances(MONTH.replace(day=1) - timedelta(days=1), at=NOW)  # half of it, being doubtful
        kept = booked("loan_loss_provision")
        assert kept == 10000
        approve(proposed, by=second)
        assert (booked("loan_loss_provision"), booked("write_off_expense")) == (0, 20000 - kept)
        operations.post_allowances(add_months(MONTH + timedelta(days=1), 1) - timedelta(days=1), at=NOW)
        assert (booked("loan_loss_provision"), booked("provision_expense")) == (0, kept)
        assert books.trial_balance(LATER).balances
        assert ties()

    def test_takes_nothing_that_the_last_posting_let_go(self, loan, officer, second):
        month = add_months(NOW.date().replace(day=1), 1) - timedelta(days=1)
        operations.post_allowances(month, at=NOW)
        on = month + timedelta(days=1)
        cash = receive(loan, str(owing_of(loan, on=on).payoff_amount), on=on)
        operations.post_allowances(add_months(on, 1) - timedelta(days=1), at=NOW)
        assert booked("loan_loss_provision") == 0
        correct(cash, on=on)  # and is owed again
        write_off(loan, proposer=officer, approver=second)
        assert (booked("loan_loss_provision"), booked("write_off_expense")) == (0, 20000)

    def test_suspends_the_credit_line_until_another_approver_resumes_it(self, bank, enterprise, owner, officer, second):
        make_line_product()
        line = make_line(enterprise, by=owner)
        loan = draw(line, "5000.00", by=owner)
        on = loan.installments.get(number=1).due_date + timedelta(days=91)
        operations.judge(loan, RiskClass.LOSS, reason="The shop is gone.", by=officer, at=NOW, on=on)
        write_off(loan, proposer=officer, approver=second, on=on)
        make_deposit(line.settlement_account, "9000.00")
        loans.collect_due(loan, at=NOW, on=on)  # nothing is late any more
        line.refresh_from_db()
        assert (is_late(enterprise, on=on), hindrance_of(line, on=on)) == (False, "line_suspended")
        assert line.reason.endswith("Tried all.")
        assert Notice.objects.filter(code="line_suspended").exists()
        with pytest.raises(FourEyesRefused):
            lines.resume(line, reason="Paid.", by=second, at=NOW)
        lines.resume(line, reason="Paid.", by=make_approver(bank.branch, name="Other Gao"), at=NOW)
        assert ties()

    def test_counts_in_the_next_judgment(self, loan, lost, enterprise):
        exposure = Exposure.objects.get(subject=loan.reference)
        assert (exposure.drawn_amount, exposure_of(enterprise).worst_days_past_due >= 361) == (20000, True)
        assert exposure_of(enterprise).amount == 20000

    def test_keeps_the_mandate(self, loan, lost):
        assert accounts.has_mandate("loan", loan.reference)
        assert loan in due(LATER)

    def test_leaves_the_classes(self, loan, lost):
        assert class_of(loan, on=LOST) is None
        assert class_of(loan, on=LOST - timedelta(days=1)).risk_class >= RiskClass.DOUBTFUL

    def test_tells_the_owners_that_the_debt_stands(self, lost):
        assert Notice.objects.filter(code="loan_written_off").count() == 1

    def test_needs_a_second_person_within_the_limit(self, bank, loan, underwriter, officer, owner):
        made = propose(loan, by=officer)
        small = make_approver(bank.branch, limit="19999.99", name="Small Gao")
        for person in (officer, small):
            with pytest.raises(FourEyesRefused):
                approve(made, by=person)
        with pytest.raises(FourEyesRefused):
            approve(made, by=owner)
        loan.refresh_from_db()
        assert (loan.status, booked("loans_principal")) == ("active", 20000)

    def test_refuses_what_was_not_seen_and_no_note(self, proposed, second):
        with pytest.raises(ChangedSince):
            approve(proposed, by=second, seen="other")
        with pytest.raises(ProposalRefused):
            approve(proposed, by=second, note="")

    def test_refuses_once_something_was_repaid(self, loan, proposed, second, owner):
        receive(loan, "5000.00", on=LOST)
        with pytest.raises(ProposalRefused, match="proposal_lapsed"):
            approve(proposed, by=second)

    def test_refuses_once_the_loan_was_rescheduled(self, loan, officer, second, owner):
        made = propose(loan, by=officer)
        later = NOW + timedelta(hours=1)
        other = rescheduling.propose(loan, by=officer, installments=6, on=LOST, at=later)
        rescheduling.approve(other, by=second, on=LOST)
        rescheduling.agree(other, by=owner, on=LOST, at=later)
        with pytest.raises(ProposalRefused, match="proposal_lapsed"):
            approve(made, by=second)

    def test_ends_what_was_offered_meanwhile(self, loan, officer, second, owner):
        other = rescheduling.propose(loan, by=officer, installments=6, on=LOST)
        rescheduling.approve(other, by=second, on=LOST)
        write_off(loan, proposer=officer, approver=second)
        with pytest.raises(ProposalRefused):
            rescheduling.agree(other, by=owner, on=LOST, seen="x")
        with pytest.raises(ReschedulingRefused):
            rescheduling.propose(loan, by=officer, installments=6, on=LOST, key="again")

    def test_happens_once(self, proposed, second):
        approve(proposed, by=second)
        with pytest.raises(TransitionRefused):
            approve(proposed, by=second)
        assert booked("write_off_expense") == 20000


class TestDeclineAndWithdraw:
    def test_leave_the_loan_as_it_is(self, loan, officer, second):
        made = propose(loan, by=officer)
        with pytest.raises(FourEyesRefused):
            proposals.decline(made, note="No.", by=officer, at=NOW)
        proposals.decline(made, note="No.", by=second, at=NOW)
        again = propose(loan, by=officer, key="again")
        proposals.withdraw(again, by=officer, at=NOW)
        for each in (made, again):
            with pytest.raises(TransitionRefused):
                approve(each, by=second)
        loan.refresh_from_db()
        assert (loan.status, made.status, again.status) == ("active", "declined", "withdrawn")

    def test_wait_for_others_than_who_proposed(self, loan, proposed, second, officer):
        assert list(waiting_for(second, WriteOff, on=LOST)) == [proposed]
        assert list(waiting_for(officer, WriteOff, on=LOST)) == []


class TestLapse:
    def test_happens_by_itself_once_something_was_repaid(self, loan, proposed, officer):
        confirm_mail(officer, "olga@bank.example")
        receive(loan, "500.00", on=LOST)  # the first installment stays late
        proposed.refresh_from_db()
        assert (proposed.status, booked("write_off_expense")) == ("lapsed", 0)
        event = AuditEvent.objects.get(verb="loans.lapse_write_off")
        assert (event.by, event.details["write_off"]) == ("system", proposed.reference)
        assert Notice.objects.filter(code="write_off_lapsed").count() == 1
        assert propose(loan, by=officer, key="anew").status == "proposed"

    def test_happens_once_the_class_is_taken_back(self, loan, officer, second, first):
        on = first.due_date + timedelta(days=91)
        operations.judge(loan, RiskClass.LOSS, reason="The owner died.", by=officer, at=NOW, on=on)
        made = propose(loan, by=officer, on=on)
        operations.lift(loan, reason="She lives.", by=second, at=NOW, on=on)
        made.refresh_from_db()
        assert made.status == "lapsed"

    def test_happens_after_its_days(self, loan, proposed, second):
        on = LOST + timedelta(days=15)
        with pytest.raises(ProposalRefused, match="proposal_lapsed"):
            approve(proposed, by=second, on=on)
        assert list(with_overdue(on - timedelta(days=1))) == []
        assert list(with_overdue(on)) == [loan]
        proposals.lapse(loan, at=NOW, on=on)
        proposed.refresh_from_db()
        assert (proposed.status, list(with_overdue(on))) == ("lapsed", [])

    def test_of_it_and_an_approval_at_once_one_wins(self, transactional_db, loan, proposed, second):
        def decide():
            try:
                approve(WriteOff.objects.get(), by=second)
            except ProposalRefused:
                return "lapsed"
            return "approved"

        _came, said = together(lambda: receive(loan, "5000.00", on=LOST), decide)
        assert WriteOff.objects.get().status == said
        assert ties()


class TestTies:
    def test_name_a_loan_that_says_it_is_written_off_and_is_not(self, loan):
        tamper("lending_loan", "status = 'written_off'")
        assert [each.kind for each in discrepancies()] == ["written_off"]

    def test_name_a_write_off_that_says_more_than_was_booked(self, lost):
        tamper("lending_writeoff", "principal_amount = principal_amount + 1")
        assert {each.kind for each in discrepancies()} == {"open_principal", "write_off_expense"}

    def test_name_a_recovery_that_says_it_is_none(self, loan, lost):
        receive(loan, "700.00", on=LATER)
        tamper("lending_repayment", "is_recovery = false")
        assert {"recovered", "interest_paid"} <= {each.kind for each in discrepancies()}


class TestGuards:
    def test_keep_what_was_proposed_and_by_whom(self, proposed):
        for verb in ("UPDATE lending_writeoff SET principal_amount = 1", "DELETE FROM lending_writeoff"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(verb)

    @pytest.mark.parametrize("changed", [{"note": "Other."}, {"written_off_on": TODAY}, {"status": "declined"}])
    def test_keep_what_was_decided(self, proposed, second, changed):
        approve(proposed, by=second)
        with pytest.raises(IntegrityError), transaction.atomic():
            WriteOff.objects.update(**changed)

    def test_keep_two_pairs_of_eyes_and_one_write_off(self, loan, proposed, officer):
        with pytest.raises(IntegrityError, match="two_pairs_of_eyes"), transaction.atomic():
            WriteOff.objects.update(decided_by=officer)
        told = {"loan": loan, "principal_amount": 1, "grounds": "x", "proposed_by": officer, "proposed_at": NOW}
        with pytest.raises(IntegrityError, match="written_off_once"), transaction.atomic():
            WriteOff.objects.create(expires_on=LOST, **told)


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_approved_twice_it_is_written_off_once(self, proposed, second):
        seen = shown(proposed)

        def go():
            return approve(WriteOff.objects.get(pk=proposed.pk), by=second, seen=seen)

        came = together(go, go)
        assert sorted(type(each).__name__ for each in came) == ["NoneType", "TransitionRefused"]
        assert booked("write_off_expense") == 20000
        assert ties()

    def test_of_a_write_off_and_a_repayment_one_comes_first(self, loan, proposed, second, owner):
        make_deposit(loan.settlement_account, "500.00")
        seen = shown(proposed)
        came = together(
            lambda: approve(WriteOff.objects.get(pk=proposed.pk), by=second, seen=seen),
            lambda: repay(loan, "500.00", by=owner, on=LOST),
        )
        loan.refresh_from_db()
        if loan.status == LoanStatus.WRITTEN_OFF:
            assert (came[1].is_recovery, booked("recovery_income")) == (True, 500)
        else:
            assert (came[0].code, came[1].is_recovery) == ("proposal_lapsed", False)
        assert ties()
