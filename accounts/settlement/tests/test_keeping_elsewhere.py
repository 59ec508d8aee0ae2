"""Money that the bank keeps back, paid to another bank: by two, once, and kept back again if it returns."""

import contextlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import InternalError, transaction

from accounts.identity.tests.builders import confirm_mail
from accounts.ledger.models import Hold
from accounts.ledger.operations import expire_holds
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import queries
from accounts.settlement.models import PaymentInstruction
from accounts.settlement.tests.builders import balance, held, make_settlement_account
from accounts.settlement.tests.keeping import in_the_books, keep, kept, pay, send
from accounts.settlement.tests.nostro import bring, line, report, run, upload
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.core.tests.faults import break_writes
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="100.00")


@pytest.fixture
def paid(account):
    return pay(account, keep(account))


@pytest.fixture
def settled(paid):
    send()
    bring(line("-30.00", paid.reference))
    paid.refresh_from_db()
    return paid


class TestPaying:
    def test_takes_all_of_it_into_clearing_and_makes_a_payment_by_two(self, account):
        hold = keep(account)
        made = pay(account, hold)
        assert (kept(account), in_the_books()) == ((70, 70), (30, 0))
        assert (made.status, made.amount, made.text, made.entry) == (
            "pending",
            30,
            "court order 7",
            hold.captured_entry,
        )
        assert (made.made_by, made.checked_by, made.payee.hold, made.payee.enterprise) == ("U-ONE", "U-TWO", hold, None)
        assert (made.payee.name, made.payee.number) == ("District Court", "DE21500500009876543210")

    def test_takes_a_part_and_lets_the_rest_go(self, account):
        pay(account, keep(account), "12.50")
        assert (kept(account), in_the_books()) == ((Decimal("87.50"), Decimal("87.50")), (Decimal("12.50"), 0))

    def test_is_sent_to_who_was_named_and_settled_by_a_statement(self, account, paid):
        with send().file.open() as file:
            content = file.read()
        for part in (b"District Court", b"DE21500500009876543210", b"SPUEDE2UXXX", b"Green Tea Shop", b"court order 7"):
            assert part in content
        bring(line("-30.00", paid.reference))
        paid.refresh_from_db()
        assert (paid.status, kept(account), in_the_books()) == ("settled", (70, 70), (0, -30))

    def test_records_who_and_tells_the_owners_to_whom(self, account, paid):
        event = AuditEvent.objects.get(verb="settlement.pay_kept")
        assert (event.by, event.details["payment"], event.details["to"]) == (
            "U-TWO",
            paid.reference,
            paid.payee.reference,
        )
        said = text_of(Notice.objects.get(code="kept_money_paid"))
        for part in ("30.00", "District Court", "court order 7"):
            assert part in said

    def test_stands_on_the_statement_with_the_payee(self, account, paid):
        posting = queries.postings(account).order_by("-pk").first()
        assert (queries.counterparty(posting), queries.counterparty_number(posting)) == (
            "District Court",
            "DE21500500009876543210",
        )

    def test_is_nothing_that_the_enterprise_paid_or_may_pay(self, account, paid):
        assert queries.paid_on(account.enterprise, "CNY", TODAY) == 0
        with pytest.raises(settlement.PayeeOfAnother):
            settlement.pay(account, paid.payee, Decimal(1), text="", key="p", on=TODAY, at=NOW, by="U-OWNER")

    def test_is_not_canceled_by_the_enterprise(self, account, paid, owner):
        with pytest.raises(settlement.PaymentOfBank):
            settlement.void_payment(paid, on=TODAY, at=NOW, by=owner.reference)
        assert held(account) == 70

    def test_pays_out_of_a_frozen_account(self, account):
        hold = keep(account)
        settlement.freeze(account, reason="court", by="U-1", at=NOW)
        assert pay(account, hold).status == "pending"

    def test_refuses_whoever_kept_it_and_who_belongs_to_the_enterprise(self, account, owner):
        hold = keep(account)
        for by, refusal in (("U-ONE", settlement.SamePerson), (owner.reference, settlement.OwnAccount)):
            with pytest.raises(refusal):
                pay(account, hold, by=by)
        assert kept(account) == (100, 70)

    def test_happens_once(self, account):
        hold = keep(account)
        pay(account, hold)
        with pytest.raises(TransitionRefused):
            pay(account, hold, by="U-THREE")
        assert (PaymentInstruction.objects.count(), balance("clearing")) == (1, 30)

    @pytest.mark.django_db(transaction=True)
    def test_by_two_at_once_happens_once(self, account):
        hold = keep(account)

        def attempt(by):
            with contextlib.suppress(TransitionRefused):
                pay(account, Hold.objects.select_related("ledger_account").get(pk=hold.pk), by=by)

        together(lambda: attempt("U-TWO"), lambda: attempt("U-THREE"))
        assert (PaymentInstruction.objects.count(), balance("clearing")) == (1, 30)

    def test_books_nothing_where_the_payment_cannot_be_written(self, account):
        hold = keep(account)
        break_writes(PaymentInstruction, "TRUE")
        with pytest.raises(InternalError):
            pay(account, hold)
        hold.refresh_from_db()
        assert (hold.status, kept(account), in_the_books()) == ("pending", (100, 70), (0, 0))


class TestReturn:
    def test_comes_back_and_is_kept_back_again(self, account, settled):
        bring(line("30.00", settled.reference, return_reason="AC04"), opening="-30.00")
        settled.refresh_from_db()
        assert (settled.status, kept(account), in_the_books()) == ("returned", (100, 70), (0, 0))
        again = Hold.objects.get(status="pending")
        before = settled.payee.hold
        assert (again.text, again.expires_at, again.placed_by) == (before.text, before.expires_at, "U-ONE")
        event = AuditEvent.objects.get(verb="settlement.kept_again")
        assert (event.subject, event.by, event.details["payment"]) == (again.reference, "system", settled.reference)
        assert Notice.objects.filter(code="money_kept_back").count() == 2

    def test_before_it_was_settled_comes_out_of_clearing(self, account, paid):
        file = send().reference
        run(upload(report(file, payment=paid.reference)))
        paid.refresh_from_db()
        assert (paid.status, kept(account), in_the_books()) == ("returned", (100, 70), (0, 0))

    def test_of_a_part_keeps_that_part(self, account):
        made = pay(account, keep(account), "12.50")
        run(upload(report(send().reference, payment=made.reference)))
        assert kept(account) == (100, Decimal("87.50"))

    def test_comes_back_to_a_frozen_account(self, account, settled):
        settlement.freeze(account, reason="court", by="U-1", at=NOW)
        bring(line("30.00", settled.reference), opening="-30.00")
        assert kept(account) == (100, 70)

    def test_is_paid_to_nobody_and_let_go_by_another(self, account, settled):
        bring(line("30.00", settled.reference), opening="-30.00")
        again = Hold.objects.get(status="pending")
        with pytest.raises(settlement.KeptForNobody):
            pay(account, again)
        with pytest.raises(settlement.SamePerson):
            settlement.let_go(account, again, reason="wrong", at=NOW, by="U-ONE")
        settlement.let_go(account, again, reason="wrong account", at=NOW, by="U-TWO")
        assert kept(account) == (100, 100)

    @pytest.mark.parametrize(
        ("early", "days", "last_day"),
        [
            (timedelta(0), 8, "Mar 19, 2026"),
            (timedelta(minutes=1), 7, "Mar 18, 2026"),
            (timedelta(days=6), 2, "Mar 13, 2026"),
        ],
    )
    def test_is_kept_a_week_at_least_for_operations_to_decide(
        self, account, settled, operations, early, days, last_day
    ):
        confirm_mail(operations, "qian@bank.example")
        last = settled.payee.hold.expires_at
        with transaction.atomic():
            settlement.give_back(settled, reason="AC04", on=TODAY, at=last - early, by="U-1")
        again = Hold.objects.get(status="pending")
        assert (kept(account), again.expires_at - last) == ((100, 70), timedelta(days=days))  # its last day is whole
        text = text_of(Notice.objects.get(code="kept_again"))
        assert all(each in text for each in (settled.reference, f"/settlement/{account.reference}/kept/", last_day))
        expire_holds(at=again.expires_at)
        assert kept(account) == (100, 100)

    def test_ends_by_time_as_before(self, account, settled):
        bring(line("30.00", settled.reference), opening="-30.00")
        expire_holds(at=settled.payee.hold.expires_at)
        assert kept(account) == (100, 100)
