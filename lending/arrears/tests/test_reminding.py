"""Owners are reminded before an installment is due and when it is late: once each, whatever happens to the task."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.identity.tests.builders import make_enterprise, make_user
from accounts.ledger.tests.builders import tamper
from accounts.settlement import operations as settlement
from accounts.settlement.happenings import Happening
from accounts.settlement.tests.builders import make_deposit, withdraw
from lending.applications.tests.builders import NOW
from lending.arrears import operations as arrears
from lending.arrears.models import Reminder
from lending.loans import operations as loans
from lending.loans.queries import late_interest_of
from lending.loans.tests.builders import held, make_loan, make_offer, sign
from lending.products.tests.builders import make_product
from portal.core import failures
from portal.core.formats import day, money
from portal.core.models import AuditEvent, Channel, Job, Notice
from portal.core.notices.operations import text_of
from portal.core.tests.together import together
from portal.tests.processes import until

DAY = timedelta(days=1)


def told(code):
    return [text_of(each) for each in Notice.objects.filter(code=code).order_by("pk")]


def remind_short(on):
    return arrears.remind_short(on=on, at=NOW)


def remind_late(on):
    return arrears.remind_late(on=on, at=NOW)


class TestBeforeItIsDue:
    def test_tells_what_is_due_and_how_much_is_missing(self, loan, first):
        make_deposit(loan.settlement_account, "100.00")
        assert remind_short(first.due_date - 3 * DAY) == 1
        (text,) = told("installment_short")
        for part in (money(first.total_amount), money(first.total_amount - 100), day(first.due_date), loan.reference):
            assert part in text

    def test_not_where_the_account_holds_it(self, loan, first):
        make_deposit(loan.settlement_account, str(first.total_amount))
        assert remind_short(first.due_date - DAY) == 0

    def test_counts_what_is_kept_back_as_missing(self, loan, first):
        make_deposit(loan.settlement_account, str(first.total_amount))
        settlement.keep_back(
            loan.settlement_account, Decimal(5), reason="court", until=first.due_date, key="k", at=NOW, by="U-1"
        )
        remind_short(first.due_date - DAY)
        assert money(Decimal(5)) in told("installment_short")[0]

    def test_not_earlier_than_three_days_before(self, first):
        assert remind_short(first.due_date - 4 * DAY) == 0

    def test_once_and_also_where_the_money_went_out_only_later(self, loan, first):
        make_deposit(loan.settlement_account, str(first.total_amount))
        assert remind_short(first.due_date - 3 * DAY) == 0
        withdraw(loan.settlement_account, Decimal(1), on=first.due_date - 2 * DAY)
        assert [remind_short(first.due_date - 2 * DAY), remind_short(first.due_date - DAY)] == [1, 0]
        assert len(told("installment_short")) == 1

    def test_adds_up_what_all_loans_collect_from_the_account(self, loan, first, owner):
        offer = make_offer(loan.enterprise, by=owner, key="second", amount="10000.00")
        other = sign(offer, by=owner, account=loan.settlement_account)
        withdraw(loan.settlement_account, held(loan) - first.total_amount)
        assert remind_short(first.due_date - DAY) == 2
        missing = money(other.installments.get(number=1).total_amount)
        assert all(f"{missing} are missing" in text for text in told("installment_short"))

    def test_adds_up_what_is_collected_for_a_loan_written_off(self, loan, first, owner):
        offer = make_offer(loan.enterprise, by=owner, key="second", amount="10000.00")
        sign(offer, by=owner, account=loan.settlement_account)
        withdraw(loan.settlement_account, held(loan) - first.total_amount)
        tamper("lending_loan", f"status = 'written_off' WHERE id <> {loan.pk}")
        assert remind_short(first.due_date - DAY) == 1

    def test_counts_late_interest_that_is_due_and_says_so(self, bank, enterprise, owner):
        make_product(late_rate_markup=Decimal("0.5"))
        loan = make_loan(enterprise, by=owner)
        first, second = loan.installments.order_by("number")[:2]
        withdraw(loan.settlement_account, held(loan) - first.total_amount - second.total_amount)
        on = second.due_date - DAY
        cost = late_interest_of(loan, on=on).open_amount
        assert remind_short(on) == 1
        (text,) = told("installment_short")
        assert f"{money(cost)} are missing" in text
        assert text.endswith(f"Late interest of {money(cost)} through today is counted in.")

    def test_not_of_what_was_paid_ahead(self, loan, first, owner):
        make_deposit(loan.settlement_account, str(first.total_amount))
        loans.repay(loan, first.total_amount, key="r", by=owner, at=NOW, on=NOW.date())
        assert remind_short(first.due_date - DAY) == 0


class TestWhenItIsLate:
    @pytest.mark.parametrize("days", [1, 7, 30])
    def test_tells_the_first_day_and_after_seven_and_thirty(self, loan, first, days):
        assert remind_late(first.due_date + days * DAY) == 1
        (text,) = told("installment_late")
        assert f"late by {days} day" in text
        assert loan.reference in text

    def test_each_once(self, first):
        counts = [remind_late(first.due_date + number * DAY) for number in range(29)]
        assert sum(counts) == len(told("installment_late")) == 2
        assert [number for number, count in enumerate(counts) if count] == [1, 7]

    def test_tells_of_what_was_missed_only_the_newest(self, first):
        assert [remind_late(first.due_date + 9 * DAY) for _twice in range(2)] == [1, 0]
        assert "late by 9 days" in told("installment_late")[0]

    def test_one_message_for_several_installments_of_a_loan(self, loan, first):
        second = loan.installments.get(number=2)
        remind_late(second.due_date + DAY)
        (text,) = told("installment_late")
        assert money(first.total_amount + second.total_amount) in text
        assert Reminder.objects.count() == 2

    def test_not_of_what_is_old(self, first):
        assert remind_late(first.due_date + 60 * DAY) == 1  # the second, due a month later
        assert not Reminder.objects.filter(installment=first).exists()

    def test_not_on_the_day_it_is_due_nor_of_what_was_paid(self, loan, first, owner):
        assert remind_late(first.due_date) == 0
        make_deposit(loan.settlement_account, str(first.total_amount))
        loans.collect_due(loan, at=NOW, on=first.due_date + DAY)
        assert remind_late(first.due_date + DAY) == 0

    def test_names_the_branch_and_its_telephone(self, loan, first, bank):
        type(bank.branch).objects.update(phone="0571 8888")
        remind_late(first.due_date + DAY)
        assert "River Town, 0571 8888" in told("installment_late")[0]

    def test_tells_what_being_late_costs_today_and_tomorrow(self, bank, enterprise, owner):
        make_product(late_rate_markup=Decimal("0.5"))
        loan = make_loan(enterprise, by=owner)
        on = loan.installments.get(number=1).due_date + 7 * DAY
        remind_late(on)
        found = late_interest_of(loan, on=on)
        for amount in (found.open_amount, found.tomorrow_amount):
            assert money(amount) in told("installment_late")[0]

    def test_says_nothing_of_it_where_the_contract_knows_none(self, first):
        remind_late(first.due_date + DAY)
        assert "Late interest" not in told("installment_late")[0]


def kill_who_waits(cursor):
    """End the connection that waits to write a notice; tell whether there was one."""
    cursor.execute("RESET ROLE")
    cursor.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 'core_notice'::regclass AND NOT granted"
    )
    was_there = cursor.fetchone() is not None
    cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")
    return was_there


class TestOnce:
    def test_where_the_task_runs_twice_at_once(self, transactional_db, first):
        on = first.due_date + DAY
        assert sorted(together(*[lambda: remind_late(on)] * 3)) == [0, 0, 1]
        assert Notice.objects.filter(code="installment_late").count() == 1

    def test_where_its_connection_is_ended_before_its_end(self, transactional_db, first):
        on = first.due_date + DAY
        with ThreadPoolExecutor() as pool, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE core_notice IN EXCLUSIVE MODE")
            began = pool.submit(together, lambda: remind_late(on))
            assert until(lambda: kill_who_waits(cursor))
        assert (began.result(), remind_late(on)) == ([1], 0)
        assert (Reminder.objects.count(), Notice.objects.filter(code="installment_late").count()) == (1, 1)
        assert Job.objects.filter(name="core.send_notice", done_at=None).exists()


class TestChoice:
    def choose(self, person, enterprise, *choices):
        membership = person.memberships.get(enterprise=enterprise)
        settlement.choose_notices(membership, choices, at=NOW, by=person.reference)

    def test_who_chose_otherwise_is_not_told(self, loan, first, owner):
        self.choose(owner, loan.enterprise)
        assert remind_late(first.due_date + DAY) == 1
        assert told("installment_late") == []

    def test_who_chose_it_is_told_as_chosen_and_not_twice(self, loan, first, owner):
        self.choose(owner, loan.enterprise, settlement.Choice(Happening.INSTALLMENT_LATE, Channel.SMS))
        remind_late(first.due_date + DAY)
        assert len(told("installment_late")) == 1

    def test_a_manager_is_told_only_when_they_chose_it(self, loan, first, manager):
        remind_late(first.due_date + DAY)
        assert len(told("installment_late")) == 1
        self.choose(manager, loan.enterprise, settlement.Choice(Happening.INSTALLMENT_LATE, Channel.SMS))
        remind_late(first.due_date + 7 * DAY)
        assert len(told("installment_late")) == 3

    def test_speaks_the_language_of_each_owner(self, loan, first, owner):
        type(owner).objects.update(language="zh-hans")
        remind_late(first.due_date + DAY)
        assert "逾期" in told("installment_late")[0]


def another(number, bank):
    """Lend to another enterprise, whose account then is empty."""
    person = make_user(f"Owner {number}", phone=f"+86138001390{number:02}")
    enterprise = make_enterprise(
        person, branch=bank.branch, legal_name=f"Shop {number}", identifier=f"9133010667395{number:04}P"
    )
    made = make_loan(enterprise, by=person)
    withdraw(made.settlement_account, held(made), on=NOW.date())
    return made


class TestMany:
    def test_goes_on_where_one_cannot_be_worked_out(self, bank):
        make_product(late_rate_markup=Decimal("0.5"))
        broken, other = another(1, bank), another(2, bank)
        soon = other.installments.get(number=2).due_date - DAY  # and the first is late
        tamper("lending_loan", f"kept_terms = '{{}}' WHERE id = {broken.pk}")
        assert [remind_short(soon), remind_late(soon)] == [1, 1]
        texts = told("installment_short") + told("installment_late")
        assert all(other.reference in text for text in texts)
        assert failures.counted() == [("lending.not_reminded", 1)]
        assert broken.reference in str(AuditEvent.objects.get(verb="jobs.failed_alone").details)

    def test_needs_as_many_statements_for_ten_loans_as_for_two(self, loan, first, owner, bank):
        def statements(days):
            with CaptureQueriesContext(connection) as caught:
                assert remind_late(first.due_date + days * DAY)
            return len(caught)

        another(1, bank)
        few = statements(1)
        for number in range(2, 10):
            another(number, bank)
        assert statements(7) == few
        assert len(told("installment_late")) == 12
