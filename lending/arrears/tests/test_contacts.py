"""Contacts with late borrowers: recorded once, never changed, read by staff only; promises judged by repayments."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.ledger import operations as ledger
from accounts.settlement.tests.builders import make_deposit
from lending.applications.tests.builders import NOW, make_approver
from lending.arrears import operations as arrears
from lending.arrears import queries
from lending.arrears.models import Contact
from lending.arrears.operations import ContactRefused, Said
from lending.arrears.states import Standing
from lending.loans import operations as loans
from lending.loans.models import UndoneRepayment
from lending.loans.tests.rescheduling import agree, approve, propose
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent
from portal.core.tests.together import together

DAY = timedelta(days=1)


@pytest.fixture
def late(loan, first):
    """Give a day on which the first installment is late."""
    return first.due_date + 5 * DAY


def record(loan, by, on, *, key="k", hours=0, **said):
    told = {"way": "call", "is_reached": True, "note": "Pays when the harvest is sold."} | said
    at = NOW + (on - NOW.date()) + timedelta(hours=hours)
    return arrears.record(loan, Said(**told), key=key, by=by, at=at, on=on)


def standing(contact, on):
    return queries.contacts_of(contact.loan).get(pk=contact.pk).standing(on=on)


class TestRecord:
    def test_keeps_what_was_said_by_whom_and_when(self, loan, officer, late):
        made = record(loan, officer, late, promised_amount=Decimal(500), promised_on=late + DAY)
        kept = Contact.objects.get()
        assert (kept, kept.by, kept.contacted_on, kept.promised_amount) == (made, officer, late, 500)
        event = AuditEvent.objects.get(verb="loans.contact")
        assert (event.subject, event.by) == (loan.reference, officer.reference)
        assert "harvest" not in str(event.details)

    def test_records_once_what_is_sent_twice(self, loan, officer, late):
        assert record(loan, officer, late) == record(loan, officer, late)
        with pytest.raises(KeyReused):
            record(loan, officer, late, note="Something else.")

    def test_records_once_what_is_sent_twice_at_once(self, transactional_db, loan, officer, late):
        together(*[lambda: record(type(loan).objects.get(pk=loan.pk), officer, late)] * 3)
        assert Contact.objects.count() == 1

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"note": " "}, "contact_note_missing"),
            ({"promised_amount": Decimal(5)}, "promise_half"),
            ({"promised_days": 1}, "promise_half"),
            ({"promised_amount": Decimal(5), "promised_days": 1, "is_reached": False}, "promise_without_contact"),
            ({"promised_amount": Decimal(0), "promised_days": 1}, "promise_amount_wrong"),
            ({"promised_amount": Decimal("0.001"), "promised_days": 1}, "promise_amount_wrong"),
            ({"promised_amount": Decimal(99999), "promised_days": 1}, "promise_amount_wrong"),
            ({"promised_amount": Decimal(5), "promised_days": -1}, "promise_before_contact"),
            ({"next_step_days": -1}, "next_step_before_contact"),
        ],
    )
    def test_refuses_what_does_not_hold_together(self, loan, officer, late, said, code):
        days = {name.replace("_days", "_on"): late + said[name] * DAY for name in said if name.endswith("_days")}
        rest = {name: value for name, value in said.items() if not name.endswith("_days")}
        with pytest.raises(ContactRefused) as refused:
            record(loan, officer, late, **rest, **days)
        assert (refused.value.code, Contact.objects.count()) == (code, 0)

    def test_refuses_where_nothing_is_late(self, loan, first, officer):
        with pytest.raises(ContactRefused, match="contact_not_late"):
            record(loan, officer, first.due_date)

    def test_refuses_who_ever_belonged_to_the_enterprise(self, loan, officer, late):
        loan.enterprise.memberships.create(user=officer, role="manager", began_at=NOW, ended_at=NOW)
        with pytest.raises(ContactRefused, match="contact_own_enterprise"):
            record(loan, officer, late)


class TestPromise:
    def promise(self, loan, officer, late, amount="500.00", days=3):
        return record(loan, officer, late, promised_amount=Decimal(amount), promised_on=late + days * DAY)

    def pay(self, loan, owner, on, amount, key="r"):
        make_deposit(loan.settlement_account, amount)
        at = NOW + (on - NOW.date()) + timedelta(hours=1)
        return loans.repay(loan, Decimal(amount), key=key, by=owner, at=at, on=on)

    def test_is_open_through_its_day_and_broken_after_it(self, loan, officer, late):
        made = self.promise(loan, officer, late)
        assert standing(made, late + 3 * DAY) == Standing.OPEN
        assert standing(made, late + 4 * DAY) == Standing.BROKEN

    def test_is_kept_by_all_that_is_repaid_through_its_day(self, loan, officer, owner, late):
        made = self.promise(loan, officer, late)
        self.pay(loan, owner, late, "200.00", "a")
        assert standing(made, late + DAY) == Standing.OPEN
        self.pay(loan, owner, late + 3 * DAY, "300.00", "b")
        assert standing(made, late + 9 * DAY) == Standing.KEPT

    def test_is_not_kept_by_what_came_before_or_too_late(self, loan, officer, owner, late):
        self.pay(loan, owner, late - DAY, "500.00", "a")
        made = self.promise(loan, officer, late)
        self.pay(loan, owner, late + 4 * DAY, "500.00", "b")
        assert standing(made, late + 4 * DAY) == Standing.BROKEN

    def test_is_broken_again_where_the_repayment_is_undone(self, loan, officer, owner, late):
        made = self.promise(loan, officer, late)
        paid = self.pay(loan, owner, late, "500.00")
        assert standing(made, late + 4 * DAY) == Standing.KEPT
        with transaction.atomic():
            entry = ledger.reverse(paid.entry, key="undo", at=NOW, by="U-1", on=late)
            UndoneRepayment.objects.create(repayment=paid, entry=entry, undone_at=NOW, undone_by="U-1")
        assert standing(made, late + 4 * DAY) == Standing.BROKEN

    @pytest.mark.parametrize(("after", "paid", "found"), [(3, 0, None), (4, 0, "broken"), (3, 500, "kept")])
    def test_is_not_broken_where_another_schedule_was_agreed_to_by_its_day(
        self, bank, loan, officer, owner, late, after, paid, found
    ):
        made = self.promise(loan, officer, late)
        on = late + after * DAY
        at = NOW + (on - NOW.date())
        if paid:
            make_deposit(loan.settlement_account, "500.00")
            loans.repay(loan, Decimal(paid), key="r", by=owner, at=at, on=on)
        offered = propose(loan, by=officer, on=on)
        approve(offered, by=make_approver(bank.branch), on=on)
        agree(offered, by=owner, on=on, at=at)
        assert standing(made, late + 9 * DAY) == found

    def test_has_no_standing_where_none_was_made(self, loan, officer, late):
        assert standing(record(loan, officer, late), late) is None


class TestGuards:
    @pytest.fixture(autouse=True)
    def _recorded(self, loan, officer, late):
        record(loan, officer, late)

    @pytest.mark.parametrize("sql", ["UPDATE lending_contact SET note = 'x'", "DELETE FROM lending_contact"])
    def test_nobody_rewrites_a_contact(self, sql):
        for role, said in ((settings.RUNTIME_ROLE, "permission denied"), ("", "append-only")):
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {role}" if role else "RESET ROLE")
                with pytest.raises(DatabaseError, match=said), transaction.atomic():
                    cursor.execute(sql)
                cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")

    @pytest.mark.parametrize(
        ("changed", "name"),
        [
            ({"note": ""}, "contact_says_what_was_said"),
            ({"promised_amount": 5}, "promise_is_whole"),
            ({"next_step_on": NOW.date() - DAY}, "next_step_comes_after"),
            ({"way": "letter"}, "contact_way_is_known"),
        ],
    )
    def test_the_database_keeps_a_contact_whole(self, loan, officer, changed, name):
        told = {"way": "call", "is_reached": True, "note": "n", "contacted_on": NOW.date(), "contacted_at": NOW}
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Contact.objects.create(loan=loan, by=officer, **(told | changed))
