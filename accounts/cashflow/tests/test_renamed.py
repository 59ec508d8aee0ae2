"""Proofs that evidence is known by names of now and before."""

from datetime import timedelta

import pytest

from accounts.cashflow import operations
from accounts.cashflow.models import BankTransaction
from accounts.cashflow.tests.builders import NOW, make_read, make_statement
from accounts.cashflow.tests.test_corrections import correct
from accounts.identity.tests.builders import make_corrected
from portal.core.models import AuditEvent

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def test_a_file_under_the_former_name_is_the_enterprise_s_own(enterprise):
    make_corrected(enterprise, at=LATER, legal_name="Jade Mountain")
    assert not make_statement(enterprise, holder="Green Tea Shop").is_foreign_holder


def test_a_file_that_was_a_stranger_s_for_a_typing_error_is_read_again(enterprise):
    ours, other = (
        make_statement(enterprise, holder=name, account=account)
        for name, account in (("Jade Mountain", "6222021234567890"), ("Somebody Else", "6222021234567891"))
    )
    assert (ours.is_foreign_holder, other.is_foreign_holder) == (True, True)
    make_corrected(enterprise, at=LATER, legal_name="Jade Mountain")
    operations.know_by_new_name(enterprise.reference, at=LATER)
    other.refresh_from_db()
    assert (other.status, other.is_foreign_holder) == ("read", True)
    read = make_read(ours, at=LATER)
    assert (read.status, read.is_foreign_holder) == ("read", False)
    assert [line.is_counted for line in BankTransaction.objects.current().filter(statement=read)] == [True]


class TestPaymentsUnderTheNewName:
    def categories(self, enterprise):
        current = BankTransaction.objects.current().filter(enterprise=enterprise)
        return dict(current.values_list("counterparty_name", "category"))

    @pytest.fixture
    def told(self, enterprise):
        lines = [
            ("2026-01-05", "100.00", "Jade Mountain", "tea"),
            ("2026-01-06", "-40.00", "Wei Ping", "transfer"),
            ("2026-01-07", "70.00", "Li Ming", "tea"),
        ]
        make_statement(enterprise, lines)
        return enterprise

    def test_are_own_transfers_once_an_enterprise_s_name_is_corrected(self, told):
        before = self.categories(told)
        assert before["Jade Mountain"] == "customer_receipt"
        make_corrected(told, at=LATER, legal_name="Jade Mountain")
        operations.know_by_new_name(told.reference, at=LATER)
        assert self.categories(told) == before | {"Jade Mountain": "own_transfer"}
        assert AuditEvent.objects.get(verb="cashflow.own_by_new_name").details == {"lines": 1}

    def test_are_own_transfers_once_a_person_s_name_is_corrected(self, told, owner):
        before = self.categories(told)
        make_corrected(told, at=LATER, person=owner, full_name="Wei Ping")
        operations.know_by_new_name(told.reference, at=LATER)
        assert self.categories(told) == before | {"Wei Ping": "own_transfer"}

    def test_stay_wages_where_they_were_a_person_s(self, enterprise, owner):
        make_statement(
            enterprise, [("2026-01-06", "-40.00", "李四", "五月工资"), ("2026-01-07", "-9.00", "李四", "往来")]
        )
        make_corrected(enterprise, at=LATER, person=owner, full_name="李四")
        operations.know_by_new_name(enterprise.reference, at=LATER)
        current = BankTransaction.objects.current().filter(enterprise=enterprise).order_by("amount")
        assert list(current.values_list("category", flat=True)) == ["salary", "own_transfer"]

    def test_stay_on_record_as_they_were_known_before(self, told):
        make_corrected(told, at=LATER, legal_name="Jade Mountain")
        operations.know_by_new_name(told.reference, at=LATER)
        old, new = BankTransaction.objects.filter(counterparty_name="Jade Mountain").order_by("pk")
        assert (old.category, old.superseded_at, new.recorded_at) == ("customer_receipt", LATER, LATER)
        operations.know_by_new_name(told.reference, at=LATER)  # twice is once
        assert BankTransaction.objects.count() == 4

    def test_stay_what_a_person_said_they_are(self, told):
        line = BankTransaction.objects.get(counterparty_name="Jade Mountain")
        correct(line, category="loan_proceeds", scope="line", is_by_staff=True)
        make_corrected(told, at=LATER, legal_name="Jade Mountain")
        operations.know_by_new_name(told.reference, at=LATER)
        assert self.categories(told)["Jade Mountain"] == "loan_proceeds"
