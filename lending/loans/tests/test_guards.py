"""The database is the last judge of a loan, whoever asks it."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from lending.applications.tests.test_guards import run
from lending.loans.models import Installment
from lending.loans.tests.builders import make_loan, repay
from lending.products.tests.builders import make_product


@pytest.fixture
def loan(bank, enterprise, owner):
    make_product()
    made = make_loan(enterprise, by=owner)
    repay(made, "2000.00", by=owner)
    return made


class TestMoney:
    @pytest.mark.parametrize("table", ["lending_repayment", "lending_allocation"])
    @pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
    def test_that_came_back_cannot_be_rewritten_by_the_portal(self, loan, table, sql):
        with pytest.raises(DatabaseError, match="permission denied"):
            run(sql.format(table))

    @pytest.mark.parametrize("table", ["lending_repayment", "lending_allocation"])
    def test_that_came_back_cannot_be_rewritten_by_the_owner_of_the_tables(self, loan, table):
        with pytest.raises(IntegrityError, match="append-only"):
            run(f"DELETE FROM {table}", as_owner=True)


class TestTerms:
    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE lending_loan SET annual_rate = 0",
            "UPDATE lending_loan SET principal_amount = 1, status = 'repaid'",
            "UPDATE lending_loan SET signed_by_id = signed_by_id, signed_at = now()",
            "UPDATE lending_loan SET kept_terms = '{}'",
            "DELETE FROM lending_loan",
            "UPDATE lending_installment SET due_date = due_date + 30",
            "UPDATE lending_installment SET principal_amount = 0 WHERE number = 12",
            "UPDATE lending_installment SET interest_amount = interest_amount + 1",
            "DELETE FROM lending_installment",
        ],
    )
    @pytest.mark.parametrize("as_owner", [False, True])
    def test_once_signed_stand(self, loan, sql, as_owner):
        with pytest.raises(IntegrityError, match="is never rewritten"):
            run(sql, as_owner=as_owner)


class TestInstallment:
    @pytest.mark.parametrize(
        ("sql", "name"),
        [
            ("principal_paid_amount = principal_amount + 0.01", "installment_principal_is_not_overpaid"),
            ("interest_paid_amount = interest_amount + 0.01", "installment_interest_is_not_overpaid"),
            ("principal_paid_amount = -0.01", "installment_principal_is_not_overpaid"),
        ],
    )
    def test_cannot_be_overpaid(self, loan, sql, name):
        with pytest.raises(IntegrityError, match=name):
            run(f"UPDATE lending_installment SET {sql} WHERE number = 12")

    @pytest.mark.parametrize(
        ("changed", "name"),
        [
            ({"number": 12}, "installment_number_is_unique_in_its_schedule"),
            ({"principal_amount": Decimal(-1)}, "installment_is_not_negative"),
            ({"balance_after_amount": Decimal(-1)}, "balance_after_is_not_negative"),
        ],
    )
    def test_keeps_to_its_constraints(self, loan, changed, name):
        row = Installment.objects.get(number=12)
        row.pk, row.number = None, 13
        for field, value in changed.items():
            setattr(row, field, value)
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row.save(force_insert=True)


class TestLoan:
    def test_is_one_for_an_offer(self, loan):
        loan.pk, loan.reference = None, "L-SECOND"
        with pytest.raises(IntegrityError, match=r"lending_loan_.*_key"), transaction.atomic():
            loan.save(force_insert=True)

    def test_has_a_known_status(self, loan):
        with pytest.raises(IntegrityError, match="loan_status_is_known"):
            run("UPDATE lending_loan SET status = 'late'")
