"""Proofs that evidence is known by names of now and before."""

from datetime import timedelta

import pytest

from accounts.cashflow import operations
from accounts.cashflow.models import BankTransaction
from accounts.cashflow.tests.builders import NOW, make_read, make_statement
from accounts.identity.tests.builders import make_corrected

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
