"""Loans tie to the books to the cent, and whatever does not is named."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from structlog.testing import capture_logs

from accounts.identity.tests.builders import confirm_mail
from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import make_entry, tamper
from lending.loans.queries import discrepancies
from lending.loans.tasks import check_loans
from lending.loans.tests.builders import make_loan, repay
from lending.products.tests.builders import make_product
from portal.core.models import AuditEvent, Notice


@pytest.fixture
def loan(bank, enterprise, owner):
    make_product()
    made = make_loan(enterprise, by=owner)
    repay(made, "1720.00", by=owner)
    return made


def kinds():
    return [(each.kind, each.subject) for each in discrepancies()]


class TestDiscrepancies:
    def test_are_none_where_every_movement_went_through_the_operations(self, loan):
        assert discrepancies() == []

    def test_are_none_in_an_empty_bank(self, bank):
        assert discrepancies() == []

    def test_name_a_loan_whose_principal_was_changed_by_a_cent(self, loan):
        tamper("lending_installment", "principal_amount = principal_amount + 0.01 WHERE number = 12")
        [found] = discrepancies()
        assert (found.kind, found.subject, found.kept - found.recomputed) == (
            "open_principal",
            loan.reference,
            Decimal("0.01"),
        )

    def test_name_a_loan_that_says_more_was_paid_than_came(self, loan):
        tamper("lending_installment", "interest_paid_amount = interest_amount WHERE number = 12")
        assert kinds() == [("interest_paid", loan.reference), ("paid", loan.reference)]

    def test_name_a_repayment_that_was_not_allocated(self, loan):
        tamper("lending_allocation", "principal_amount = principal_amount - 1 WHERE principal_amount > 1")
        assert {kind for kind, _ in kinds()} == {"paid", "repayment"}

    def test_name_late_interest_that_the_books_do_not_know(self, loan):
        tamper("lending_repayment", "late_interest_amount = 1")
        assert {kind for kind, _ in kinds()} == {"late_interest_paid", "repayment"}

    def test_name_a_booking_on_principal_that_belongs_to_no_loan(self, loan):
        principal, cash = (LedgerAccount.objects.named(name) for name in ("loans_principal", "cash"))
        make_entry(principal, cash, "7.00", subject="L-NOBODY")
        assert kinds() == [("open_principal", "L-NOBODY")]

    def test_name_a_loan_that_says_it_is_repaid_and_is_not(self, loan):
        tamper("lending_loan", "status = 'repaid'")
        assert kinds() == [("status", loan.reference)]


class TestCommand:
    def test_says_that_all_tie(self, loan, capsys):
        call_command("check_loans")
        assert capsys.readouterr().out == "1 loans; all tie to the books.\n"

    def test_fails_and_names_what_does_not(self, loan, capsys):
        tamper("lending_loan", "status = 'repaid'")
        with pytest.raises(CommandError, match="in 1 places"):
            call_command("check_loans")
        assert f"status {loan.reference}" in capsys.readouterr().err


class TestTask:
    def test_is_silent_where_all_tie(self, loan):
        with capture_logs() as logs:
            check_loans()
        assert logs == []

    def test_raises_the_alarm_otherwise(self, loan):
        tamper("lending_loan", "status = 'repaid'")
        with capture_logs() as logs:
            check_loans()
        assert [(each["event"], each["loan"], each["log_level"]) for each in logs] == [
            ("lending.loans_wrong", loan.reference, "error")
        ]

    def test_tells_the_trail_and_whoever_keeps_or_audits_the_books(self, loan, administrator):
        confirm_mail(administrator, "min@bank.example")
        tamper("lending_loan", "status = 'repaid'")
        check_loans()
        assert loan.reference in str(AuditEvent.objects.get(verb="loans.found_wrong").details)
        assert Notice.objects.get(code="untied").address == "min@bank.example"
