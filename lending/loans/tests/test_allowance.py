"""The allowance: posted once a month, to the cent of what the classes ask for, with a reason for each loan."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.ledger import loose_ends
from accounts.ledger import queries as books
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.ledger.operations import PeriodClosed
from accounts.ledger.tests.builders import close_month, make_entry, tamper
from accounts.settlement.tests.builders import make_deposit
from lending.applications.tests.builders import NOW, TODAY
from lending.loans.losses import operations
from lending.loans.losses.classes import RiskClass
from lending.loans.losses.models import Allowance, AllowanceLine
from lending.loans.losses.queries import months_to_post
from lending.loans.queries import discrepancies, owing_of
from lending.loans.tasks import post_allowances
from lending.loans.tests.builders import repay
from portal.core.dates import add_months
from portal.core.models import AuditEvent
from portal.core.tests.together import together

FIRST = add_months(TODAY.replace(day=1), 1) - timedelta(days=1)  # the last day of the month of the payout
SECOND = add_months(FIRST + timedelta(days=1), 1) - timedelta(days=1)
THIRD = add_months(SECOND + timedelta(days=1), 1) - timedelta(days=1)


def post(last_date, at=NOW):
    return operations.post_allowances(last_date, at=at)


def kept(on=None):
    return books.balance(LedgerAccount.objects.named("loan_loss_provision"), on=on)


def expense():
    return books.balance(LedgerAccount.objects.named("provision_expense"))


class TestPost:
    def test_moves_the_books_to_what_the_classes_ask_for(self, loan, owner):
        [first] = post(FIRST)
        assert (first.asked_amount, first.moved_amount, kept(), expense()) == (200, 200, 200, 200)
        [second] = post(SECOND)  # the first installment is late by then, or not
        [line] = second.lines.all()
        assert line.amount == second.asked_amount == kept()
        repay(loan, "10000.00", by=owner, on=THIRD)
        [third] = post(THIRD)
        assert third.moved_amount == third.asked_amount - second.asked_amount < 0
        assert (kept(), expense()) == (third.asked_amount, third.asked_amount)
        assert (kept(FIRST), kept(SECOND)) == (first.asked_amount, second.asked_amount)
        assert (discrepancies(), books.discrepancies()) == ([], [])

    def test_says_of_each_loan_what_it_asked_for_and_why(self, loan, officer):
        operations.judge(loan, RiskClass.DOUBTFUL, reason="Gone.", by=officer, at=NOW, on=FIRST)
        [made] = post(FIRST)
        [line] = made.lines.all()
        told = (line.loan, line.risk_class, line.basis, line.principal_amount, line.rate, line.amount)
        assert told == (loan, 4, "judged", 20000, Decimal("0.5"), 10000)
        assert line.amount == made.asked_amount
        assert (made.rules_version, made.entry.effective_date, made.entry.subject) == (1, FIRST, f"{FIRST} CNY")
        event = AuditEvent.objects.get(verb="loans.post_allowance")
        assert (event.subject, event.details["loans"]) == (f"{FIRST} CNY", 1)

    def test_posts_a_month_once(self, loan):
        assert post(FIRST) == post(FIRST)
        assert JournalEntry.objects.filter(event="loan_allowance").count() == AllowanceLine.objects.count() == 1

    def test_books_nothing_where_nothing_moves(self, loan, owner):
        post(FIRST)
        make_deposit(loan.settlement_account, "1000.00")
        repay(loan, owing_of(loan, on=FIRST).payoff_amount, by=owner, on=FIRST)
        [second] = post(SECOND)
        [third] = post(THIRD)
        assert (second.moved_amount, kept()) == (-200, 0)
        assert (third.asked_amount, third.moved_amount, third.entry) == (0, 0, None)
        assert discrepancies() == []

    def test_posts_nothing_of_loans_that_ended_before_and_waits_for_nothing_more(self, loan, owner):
        make_deposit(loan.settlement_account, "1000.00")
        repay(loan, owing_of(loan, on=TODAY).payoff_amount, by=owner)
        [made] = post(FIRST)
        assert (made.asked_amount, made.entry) == (0, None)
        assert "Allowance for loan losses that is not posted" not in dict(loose_ends.up_to(FIRST))

    def test_posts_nothing_in_a_bank_without_loans(self, bank):
        assert post(FIRST) == []

    def test_leaves_no_trace_where_the_month_is_closed(self, loan):
        close_month(FIRST, on=SECOND)
        with pytest.raises(PeriodClosed):
            post(FIRST)
        assert not Allowance.objects.exists()
        assert not AllowanceLine.objects.exists()

    def test_stands_on_the_balance_sheet_as_a_deduction(self, loan):
        before = books.balance_sheet(FIRST)
        post(FIRST)
        after = books.balance_sheet(FIRST)
        assert after.balances
        assert books.trial_balance(FIRST).balances
        assert before.assets_total - after.assets_total == before.earnings - after.earnings == 200
        row = next(each for each in after.assets if each.ledger_account.purpose == "loan_loss_provision")
        assert (row.credit_amount, row.amount, row.ledger_account.normal_side) == (200, 200, "credit")

    def test_is_never_rewritten(self, loan):
        post(FIRST)
        for table in ("lending_allowance", "lending_allowanceline"):
            for verb in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
                with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(verb)


class TestTies:
    def test_name_what_was_changed_behind_the_operations(self, loan):
        post(FIRST)
        tamper("lending_allowanceline", "amount = amount + 1")
        assert [each.kind for each in discrepancies()] == ["allowance_lines"]

    def test_name_what_others_booked_on_the_allowance(self, loan):
        post(FIRST)
        accounts = (LedgerAccount.objects.named(name) for name in ("provision_expense", "loan_loss_provision"))
        make_entry(*accounts, "7.00", subject="Nobody", on=FIRST)
        assert [each.kind for each in discrepancies()] == ["allowance", "allowance_balance"]


class TestMonthsToPost:
    def test_is_the_last_month_alone_where_none_was_posted(self, loan):
        assert months_to_post(SECOND) == [FIRST]
        assert months_to_post(SECOND + timedelta(days=1)) == [SECOND]

    def test_are_all_since_the_last_posted(self, loan):
        post(FIRST)
        assert months_to_post(SECOND) == []
        assert months_to_post(THIRD + timedelta(days=1)) == [SECOND, THIRD]

    def test_leaves_closed_months_out(self, loan):
        post(FIRST)
        close_month(SECOND, on=THIRD)
        assert months_to_post(THIRD + timedelta(days=1)) == [THIRD]


class TestTask:
    def test_posts_what_is_missing_and_nothing_twice(self, loan):
        post_allowances()
        post_allowances()
        last = timezone.localdate().replace(day=1) - timedelta(days=1)
        assert [each.last_date for each in Allowance.objects.all()] == [last]

    def test_waits_in_the_queue_of_heavy_work(self, settings):
        assert settings.CELERY_TASK_ROUTES["lending.post_allowances"] == {"queue": settings.HEAVY_QUEUE}


class TestLooseEnds:
    def test_tell_who_closes_a_month_that_it_is_not_posted(self, loan):
        told = "Allowance for loan losses that is not posted"
        assert (told, 1) in loose_ends.up_to(FIRST)
        post(FIRST)
        assert told not in dict(loose_ends.up_to(FIRST))


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_two_at_once_post_it_once(self, loan):
        came = together(lambda: post(FIRST), lambda: post(FIRST))
        assert came[0] == came[1]
        assert (Allowance.objects.count(), kept(), discrepancies()) == (1, 200, [])
