"""What the database keeps of settlement, and how books from before are completed."""

from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import NOW


class TestCashOnItsWay:
    def test_completes_books_that_were_open_before(self, bank):
        migration = import_module("accounts.migrations.0016_cash_corrected_and_delivered")
        LedgerAccount.objects.create(
            code="1001-EUR", purpose="cash", kind="asset", normal_side="debit", currency="EUR", opened_at=NOW
        )
        for _twice in range(2):
            migration.complete_the_books(apps, None)
        assert LedgerAccount.objects.named("cash_in_transit", "EUR").code == "1005-EUR"
        assert LedgerAccount.objects.filter(purpose="cash_in_transit").count() == 2

    @pytest.mark.parametrize("table", ["cashcorrection", "cashdelivery", "monthclosing"])
    def test_keeps_every_row(self, db, table):
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege(%s, %s, 'DELETE')", [settings.RUNTIME_ROLE, f"accounts_{table}"])
            assert cursor.fetchone() == (False,)
