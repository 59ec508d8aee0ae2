"""Rescheduling: four eyes, the borrower's word, and books that agree before and after."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.cashflow.models import PlannedItem
from accounts.identity.operations.signing import SigningCodeMissing
from accounts.identity.tests.builders import confirm_mail
from accounts.ledger import queries as books
from accounts.settlement import operations as settlement
from accounts.settlement.models import Receipt
from accounts.settlement.tests.builders import make_deposit
from lending.applications.operations import FourEyesRefused
from lending.applications.tests.builders import NOW, TODAY, make_approver
from lending.credit.models import Exposure
from lending.credit.queries import exposure_of
from lending.loans import operations as loans
from lending.loans.models import Allocation, Installment
from lending.loans.operations.receipts import RescheduledSince
from lending.loans.proposals import operations as proposals
from lending.loans.proposals.operations import ProposalRefused
from lending.loans.queries import discrepancies, due, listed, owing_of, standing_of
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.rescheduling.operations import ReschedulingRefused
from lending.loans.rescheduling.queries import comparison_of, earlier_schedules, offered_to, waiting_on
from lending.loans.rescheduling.states import Status
from lending.loans.states import LoanStatus
from lending.loans.tests.builders import held, repay
from lending.loans.tests.rescheduling import LATE, agree, approve, propose, reschedule, shown, wanted
from lending.loans.tests.test_undone import correct, receive
from portal.core.idempotency import KeyReused
from portal.core.interest import InterestMethod
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.core.seen import ChangedSince
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused


@pytest.fixture
def proposed(loan, officer):
    return propose(loan, by=officer)


@pytest.fixture
def approved(proposed, second):
    approve(proposed, by=second)
    return proposed


@pytest.fixture
def agreed(loan, officer, second, owner):
    return reschedule(loan, proposer=officer, approver=second, owner=owner)


class TestPropose:
    def test_keeps_terms_reason_who_and_until_when(self, loan, proposed, officer):
        assert (proposed.status, proposed.principal_amount, proposed.proposed_by) == ("proposed", 20000, officer)
        assert (proposed.terms.installments, proposed.terms.annual_rate) == (12, loan.annual_rate)
        assert proposed.expires_on == LATE + timedelta(days=14)
        event = AuditEvent.objects.get(verb="loans.propose_rescheduling")
        assert (event.subject, event.by, event.details["reason"]) == (
            loan.reference,
            officer.reference,
            "The harvest failed.",
        )

    def test_sent_twice_happens_once(self, loan, proposed, officer):
        assert propose(loan, by=officer) == proposed
        with pytest.raises(KeyReused):
            propose(loan, by=officer, installments=6)

    def test_refuses_while_another_is_open(self, loan, proposed, officer):
        with pytest.raises(ProposalRefused) as refused:
            propose(loan, by=officer, key="other")
        assert refused.value.code == "proposal_open"

    def test_lapses_by_itself_when_a_repayment_changes_what_is_open(self, loan, approved, officer, owner):
        confirm_mail(officer, "olga@bank.example")
        repay(loan, "500.00", by=owner)
        approved.refresh_from_db()
        assert approved.status == "lapsed"
        event = AuditEvent.objects.get(verb="loans.lapse_rescheduling")
        assert (event.subject, event.by) == (loan.reference, "system")
        notice = Notice.objects.get(code="rescheduling_lapsed")
        assert (notice.address, loan.reference in text_of(notice)) == ("olga@bank.example", True)
        assert propose(loan, by=officer, key="anew").status == "proposed"

    def test_makes_room_once_its_days_are_over(self, loan, proposed, officer):
        on = proposed.expires_on + timedelta(days=1)
        assert propose(loan, by=officer, key="anew", on=on).status == "proposed"
        proposed.refresh_from_db()
        assert proposed.status == "lapsed"

    def test_stands_where_interest_alone_was_paid(self, loan, approved, owner):
        repay(loan, "1.00", by=owner)
        approved.refresh_from_db()
        assert approved.status == "approved"

    def test_of_two_at_once_makes_one(self, transactional_db, loan, officer):
        made = together(*(lambda key=key: propose(loan, by=officer, key=key) for key in "ab"))
        assert sum(isinstance(each, ProposalRefused) for each in made) == 1
        assert loan.reschedulings.count() == 1

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"first_due_date": LATE}, "first_due_too_early"),
            ({"interest_only": 12}, "pause_too_long"),
            ({"installments": 24}, "extended_too_long"),
            ({"first_due_date": date.max}, "extended_too_long"),
        ],
    )
    def test_refuses_terms_that_may_not_be(self, loan, officer, changed, code):
        with pytest.raises(ReschedulingRefused) as refused:
            propose(loan, by=officer, **changed)
        assert refused.value.code == code
        assert not loan.reschedulings.exists()

    def test_refuses_a_repaid_loan(self, loan, owner, officer):
        repay(loan, "20000.00", by=owner)
        loan.refresh_from_db()
        with pytest.raises(ReschedulingRefused, match="nothing_to_reschedule"):
            propose(loan, by=officer)

    def test_refuses_who_ever_acted_for_the_enterprise(self, loan, owner):
        with pytest.raises(FourEyesRefused, match="own_enterprise"):
            propose(loan, by=owner)

    def test_lets_what_is_left_free_at_the_start_be_over(self, loan, officer):
        made = propose(loan, by=officer, interest_only=3, interest_method=InterestMethod.EQUAL_PRINCIPAL)
        assert (made.terms.principal_grace, made.terms.interest_method) == (3, "equal_principal")


class TestApprove:
    def test_records_who_and_tells_the_owner(self, approved, second):
        assert (approved.status, approved.decided_by, approved.note) == ("approved", second, "Sound.")
        assert Notice.objects.filter(code="rescheduling_approved").count() == 1
        assert AuditEvent.objects.get(verb="loans.approve_rescheduling").by == second.reference

    def test_refuses_the_proposer(self, proposed, officer):
        with pytest.raises(FourEyesRefused, match="same_person_twice"):
            approve(proposed, by=officer)

    def test_refuses_above_the_limit(self, proposed, bank):
        with pytest.raises(FourEyesRefused, match="above_approval_limit"):
            approve(proposed, by=make_approver(bank.branch, limit="19999.99", name="Third"))

    def test_refuses_what_was_not_seen(self, proposed, second):
        with pytest.raises(ChangedSince):
            approve(proposed, by=second, seen="else")

    def test_refuses_what_is_no_longer_open(self, loan, proposed, second, owner):
        seen = shown(proposed)
        repay(loan, "5000.00", by=owner)
        assert comparison_of(proposed, on=LATE) is None
        with pytest.raises(ProposalRefused, match="proposal_lapsed"):
            approve(proposed, by=second, seen=seen)

    def test_refuses_terms_that_make_no_schedule_by_then(self, loan, officer, second):
        made = Rescheduling.objects.create(
            loan=loan,
            principal_amount=Decimal(20000),
            kept_terms=wanted(LATE).terms(loan.terms).as_data(),
            reason="Floods.",
            proposed_by=officer,
            proposed_at=NOW,
            expires_on=LATE + timedelta(days=60),
        )
        on = made.terms.first_due_date + timedelta(days=1)
        assert comparison_of(made, on=on) is None
        with pytest.raises(ReschedulingRefused, match="rescheduling_impossible"):
            approve(made, by=second, on=on, seen="x")

    def test_refuses_once_it_has_ended(self, proposed, second):
        with pytest.raises(ProposalRefused, match="proposal_lapsed"):
            approve(proposed, by=second, on=LATE + timedelta(days=15), seen="x")

    def test_declines_instead(self, proposed, second, officer):
        proposals.decline(proposed, note="Too long.", by=second, at=NOW)
        assert proposed.status == Status.DECLINED
        with pytest.raises(TransitionRefused):
            approve(proposed, by=second, seen="x")
        assert propose(proposed.loan, by=officer, key="anew").status == Status.PROPOSED


class TestWithdraw:
    @pytest.mark.parametrize("ended_at", [None, NOW])
    def test_refuses_who_ever_acted_for_the_enterprise(self, loan, approved, officer, ended_at):
        loan.enterprise.memberships.create(user=officer, role="manager", began_at=NOW, ended_at=ended_at)
        with pytest.raises(FourEyesRefused, match="own_enterprise"):
            proposals.withdraw(approved, by=officer, at=NOW)
        approved.refresh_from_db()
        assert approved.status == Status.APPROVED


class TestWaiting:
    def test_lists_what_can_be_approved_on_a_day(self, loan, proposed, second, owner):
        assert list(waiting_on(second, on=proposed.expires_on)) == [proposed]
        assert not waiting_on(second, on=proposed.expires_on + timedelta(days=1))
        repay(loan, "100.00", by=owner)
        assert not waiting_on(second, on=LATE)

    def test_offers_owners_what_they_can_agree_to(self, loan, approved, owner, manager):
        assert list(offered_to(owner, on=approved.expires_on)) == [approved]
        assert not offered_to(manager, on=LATE)
        assert not offered_to(owner, on=approved.expires_on + timedelta(days=1))
        make_deposit(loan.settlement_account, "100.00")
        loans.collect_due(loan, at=NOW, on=LATE)
        assert not offered_to(owner, on=LATE)


class TestAgree:
    def test_replaces_what_is_open(self, loan, agreed):
        assert (agreed.status, agreed.version, agreed.agreed_on) == ("agreed", 2, LATE)
        rows = list(loan.installments.current())
        assert [row.version for row in rows] == [2] * 12
        assert sum(row.principal_amount for row in rows) == 20000
        assert rows[-1].balance_after_amount == 0
        assert discrepancies() == []

    def test_keeps_the_old_installments_and_what_was_paid_of_them(self, loan, officer, second, owner):
        paid = repay(loan, "2000.00", by=owner, on=TODAY + timedelta(days=31))
        reschedule(loan, proposer=officer, approver=second, owner=owner)
        [old] = earlier_schedules(loan)
        assert len(old) == 12
        assert {row.superseded_on for row in old} == {LATE}
        assert sum(row.paid_amount for row in old) == 2000
        assert Allocation.objects.filter(repayment=paid, installment__version=1).exists()
        assert discrepancies() == []

    def test_asks_for_as_much_on_the_day_as_before(self, loan, officer, second, owner):
        before = owing_of(loan, on=LATE).payoff_amount
        assert before > 20000
        reschedule(loan, proposer=officer, approver=second, owner=owner)
        assert owing_of(loan, on=LATE).payoff_amount == before

    def test_ends_being_late_and_remembers_it(self, loan, first, agreed):
        old = first.due_date
        standing = standing_of(loan, on=LATE)
        assert (standing.days_past_due, standing.open_principal_amount, standing.late_amount) == (0, 20000, 0)
        assert loan not in due(LATE)
        kept = Exposure.objects.get(subject=loan.reference)
        assert (exposure_of(loan.enterprise).worst_days_past_due, kept.drawn_amount) == ((LATE - old).days, 20000)
        assert list(PlannedItem.objects.filter(source=loan.reference).values_list("due_on", flat=True)) == [
            row.due_date for row in loan.installments.current()
        ]

    def test_counts_each_loan_once_in_lists(self, loan, agreed, officer):
        [row] = listed(officer)
        assert (row.open_principal_amount, row.next_due_date) == (20000, agreed.terms.first_due_date)

    def test_twice_happens_once(self, loan, agreed, owner):
        agree(agreed, by=owner, code="000000", seen="x")
        assert loan.installments.count() == 24

    def test_needs_a_code_that_was_sent_for_it(self, approved, owner, loan):
        with pytest.raises(SigningCodeMissing):
            agree(approved, by=owner, code="000000")
        assert not loan.installments.filter(version=2).exists()

    def test_refuses_what_was_not_seen(self, approved, owner):
        with pytest.raises(ChangedSince):
            agree(approved, by=owner, seen=shown(approved, on=LATE + timedelta(days=1)))

    def test_on_another_day_moves_the_interest_alone(self, approved, owner, loan):
        agree(approved, by=owner, on=LATE + timedelta(days=3))
        assert sum(row.principal_amount for row in loan.installments.current()) == 20000
        assert discrepancies() == []

    @pytest.mark.parametrize("status", ["proposed", "withdrawn"])
    def test_refuses_what_nobody_approves_now(self, proposed, second, owner, officer, status):
        if status == "withdrawn":
            approve(proposed, by=second)
            proposals.withdraw(proposed, by=officer, at=NOW)
        with pytest.raises(TransitionRefused):
            agree(proposed, by=owner, seen="x")

    def test_refuses_when_something_was_repaid_since(self, approved, owner, loan):
        seen = shown(approved)
        repay(loan, "100.00", by=owner)
        with pytest.raises(ProposalRefused, match="proposal_lapsed"):
            agree(approved, by=owner, seen=seen, on=LATE)

    def test_or_a_repayment_comes_first(self, transactional_db, approved, owner, loan):
        told = shown(approved)
        outcome = together(
            lambda: agree(approved, by=owner, seen=told), lambda: repay(loan, "500.00", by=owner, on=LATE)
        )
        assert not isinstance(outcome[1], Exception)
        assert discrepancies() == []

    def test_takes_interest_that_was_paid_ahead_off_the_new_schedule(self, loan, first, officer, second, owner):
        repay(loan, "150.00", by=owner)
        assert loan.installments.get(number=1).interest_paid_amount == first.interest_amount
        told = {"first_due_date": first.due_date, "interest_method": InterestMethod(loan.terms.interest_method)}
        agreed = reschedule(loan, proposer=officer, approver=second, owner=owner, on=TODAY, **told)
        assert abs(comparison_of(agreed, on=TODAY).more_amount) < 5
        assert loan.installments.current()[0].interest_amount == 0
        assert discrepancies() == []

    def test_can_be_done_again(self, loan, agreed, officer, second, owner):
        later = LATE + timedelta(days=60)
        again = reschedule(loan, proposer=officer, approver=second, owner=owner, on=later, installments=10)
        assert again.version == 3
        assert [rows[0].version for rows in earlier_schedules(loan)] == [2, 1]
        assert owing_of(loan, on=later).made.terms.installments == 10
        assert discrepancies() == []

    def test_shows_afterwards_what_it_changed(self, agreed):
        found = comparison_of(agreed, on=LATE + timedelta(days=400))
        assert (len(found.before), len(found.after), found.principal_amount) == (12, 12, 20000)
        assert found.more_amount == found.interest_after_amount - found.interest_before_amount > 0


class TestAfterwards:
    def test_repays_the_new_schedule_to_the_end(self, loan, agreed, owner):
        make_deposit(loan.settlement_account, "5000.00")
        first = loan.installments.current()[0]
        repay(loan, first.total_amount, by=owner, on=first.due_date, key="1")
        early = repay(loan, "6000.00", by=owner, on=first.due_date, key="2")
        assert early.prepaid_amount > 0
        assert discrepancies() == []
        rest = owing_of(loan, on=first.due_date + timedelta(days=9))
        repay(loan, rest.payoff_amount, by=owner, on=rest.on, key="3")
        loan.refresh_from_db()
        assert loan.status == LoanStatus.REPAID
        assert (discrepancies(), books.discrepancies()) == ([], [])

    def test_counts_no_prepayment_of_the_earlier_schedule_again(self, loan, owner, officer, second):
        repay(loan, "6000.00", by=owner)
        reschedule(loan, proposer=officer, approver=second, owner=owner)
        assert owing_of(loan, on=LATE).prepayments == []
        assert sum(row.interest_saved_amount for row in loan.installments.current()) == 0

    def test_is_collected_on_its_days(self, loan, agreed):
        first = loan.installments.current()[0]
        assert loans.collect_due(loan, at=NOW, on=LATE) is None
        taken = loans.collect_due(loan, at=NOW, on=first.due_date)
        assert taken.amount == first.total_amount
        assert discrepancies() == []

    def test_takes_money_that_came_before_it_from_its_day_on(self, loan, officer, second, owner):
        told = {"text": loan.reference, "key": "c", "on": LATE - timedelta(days=5), "at": NOW, "by": "U-TELLER"}
        cash = settlement.pay_in(loan.settlement_account, Decimal(300), **told)
        reschedule(loan, proposer=officer, approver=second, owner=owner)
        receipt = Receipt.objects.get(entry=cash.entry)
        repayment = loans.claim_receipt(receipt.reference, at=NOW, on=LATE + timedelta(days=1))
        assert repayment.paid_on == LATE
        assert discrepancies() == []

    def test_undoes_a_repayment_of_the_new_schedule(self, loan, agreed):
        day = loan.installments.current()[0].due_date
        cash = receive(loan, "300.00", on=day)
        correct(cash, on=day)
        assert sum(row.paid_amount for row in loan.installments.all()) == 0
        assert (discrepancies(), books.discrepancies()) == ([], [])

    def test_lets_a_repayment_that_it_stands_on_stand(self, loan, officer, second, owner):
        cash = receive(loan, "300.00", on=LATE)
        before = held(loan)
        reschedule(loan, proposer=officer, approver=second, owner=owner)
        with pytest.raises(RescheduledSince):
            correct(cash, on=LATE)
        assert held(loan) == before
        assert discrepancies() == []


class TestGuards:
    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE lending_installment SET principal_paid_amount = 1 WHERE version = 1 AND number = 3",
            "UPDATE lending_installment SET superseded_on = NULL WHERE version = 1",
            "UPDATE lending_rescheduling SET kept_terms = '{}'",
            "UPDATE lending_installment SET version = 3 WHERE version = 2",
        ],
    )
    def test_what_was_agreed_and_what_it_superseded_stands(self, agreed, sql):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)

    def test_nobody_decides_alone(self, proposed):
        proposed.decided_by, proposed.decided_at = proposed.proposed_by, NOW
        with pytest.raises(IntegrityError, match="rescheduling_has_two_pairs_of_eyes"), transaction.atomic():
            proposed.save()

    def test_names_a_loan_whose_superseded_rows_say_too_much(self, loan, agreed):
        row = Installment.objects.filter(version=2).first()
        Installment.objects.filter(pk=row.pk).update(principal_paid_amount=1)
        assert {each.kind for each in discrepancies()} == {"open_principal", "paid"}
