"""Ledger accounts and entries with believable defaults."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction

from accounts.ledger import operations as ledger
from accounts.ledger.models import AccountingPeriod, Hold, JournalEntry, LedgerAccount

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def make_customer_account(name: str = "Green Tea Shop", *, currency: str = "CNY") -> LedgerAccount:
    """Make a customer's ledger account, empty."""
    with transaction.atomic():
        return ledger.open_customer_account(
            f"2011-{uuid.uuid4().hex[:12]}", name_en=name, name_zh_hans=name, currency=currency, at=NOW
        )


def make_entry(
    debited: LedgerAccount,
    credited: LedgerAccount,
    amount: str = "100.00",
    *,
    key: str = "",
    event: str = "deposit",
    subject: str = "counter",
    on: date = TODAY,
    text: str = "",
) -> JournalEntry:
    """Post one amount from one account to another."""
    with transaction.atomic():
        return ledger.post(
            key=key or uuid.uuid4().hex,
            event=event,
            subject=subject,
            lines=[ledger.debit(debited, Decimal(amount)), ledger.credit(credited, Decimal(amount))],
            effective_date=on,
            at=NOW,
            by="U-TELLER",
            text=text,
        )


def make_hold(
    ledger_account: LedgerAccount, amount: str = "40.00", *, key: str = "", at: datetime = NOW, hours: int = 24
) -> Hold:
    """Keep an amount back on a customer's account for some hours."""
    with transaction.atomic():
        return ledger.hold(
            ledger_account,
            Decimal(amount),
            key=key or uuid.uuid4().hex,
            event="withdrawal",
            subject="order 7",
            expires_at=at + timedelta(hours=hours),
            at=at,
            by="U-TELLER",
        )


def close_month(month: date, *, on: date, by: str = "U-CHECKER", asked_by: str = "U-MAKER") -> AccountingPeriod:
    """Close a month by two people."""
    return ledger.close_month(ledger.ask_to_close_month(month, on=on, at=NOW, by=asked_by), at=NOW, by=by)


def tamper(table: str, sql: str) -> None:
    """Rewrite what the portal cannot: as the owner of the table, past its triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("RESET ROLE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {sql}")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")
