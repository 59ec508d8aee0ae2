"""What an account holds, by whom it is held back, and what moved on it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from accounts.ledger.models import (
    AccountingPeriod,
    Direction,
    Hold,
    LedgerAccount,
    LedgerBalance,
    Posting,
)
from accounts.ledger.states import HoldStatus
from portal.core.money import rounded

# Per account: the newest snapshot up to the date, what is dated after it, and what arrived after it was taken.
SUMS_ON: Final = """
SELECT account.id,
       coalesce(snapshot.debit_amount, 0) + later.debit AS debit,
       coalesce(snapshot.credit_amount, 0) + later.credit AS credit,
       later.debit + later.credit AS moved
FROM {accounts}
LEFT JOIN LATERAL (
    SELECT as_of, last_posting, debit_amount, credit_amount FROM accounts_balancesnapshot
    WHERE ledger_account_id = account.id AND as_of <= {on} ORDER BY as_of DESC LIMIT 1
) snapshot ON true
CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount) FILTER (WHERE direction = 'debit'), 0) AS debit,
           coalesce(sum(amount) FILTER (WHERE direction = 'credit'), 0) AS credit
    FROM (
        SELECT direction, amount FROM accounts_posting
        WHERE ledger_account_id = account.id AND id <= %(last)s AND effective_date <= {on}
          AND effective_date > coalesce(snapshot.as_of, '-infinity')
        UNION ALL
        SELECT direction, amount FROM accounts_posting
        WHERE ledger_account_id = account.id AND id <= %(last)s AND id > snapshot.last_posting
          AND effective_date <= snapshot.as_of
    ) posting
) later
WHERE NOT account.is_summary
"""
SUMS: Final = SUMS_ON.format(accounts="accounts_ledgeraccount account", on="%(on)s")
KEPT: Final = "SELECT amount FROM accounts_ledgerbalance WHERE ledger_account_id = %s"
NO_LAST: Final = 2**63 - 1


def balance(ledger_account: LedgerAccount, *, on: date | None = None) -> Decimal:
    """Tell an account's balance on its normal side: now, or with all that is dated up to the end of a day.

    A customer's present balance is its kept row; a summary's is that of the accounts below it.
    """
    if ledger_account.is_customer and on is None:
        with connection.cursor() as cursor:
            cursor.execute(KEPT, [ledger_account.pk])
            return rounded(cursor.fetchone()[0], ledger_account.currency)
    column = "summary_id" if ledger_account.is_summary else "id"
    debit, credit = _sum(f"AND account.{column} = %(account)s", {"account": ledger_account.pk}, on)
    net = debit - credit if ledger_account.normal_side == Direction.DEBIT else credit - debit
    return rounded(net, ledger_account.currency)


def available_balance(ledger_account: LedgerAccount) -> Decimal:
    """Tell what a customer's account can pay now: booked, less what is held, plus what its terms lend."""
    return rounded(LedgerBalance.objects.get(pk=ledger_account.pk).available_amount, ledger_account.currency)


def pending_holds(ledger_account: LedgerAccount) -> QuerySet[Hold]:
    """The holds that keep money back on an account, oldest first."""
    return Hold.objects.filter(ledger_account=ledger_account, status=HoldStatus.PENDING).order_by("pk")


def ended_holds(ledger_account: LedgerAccount) -> QuerySet[Hold]:
    """The holds that keep nothing back any more, newest first."""
    return Hold.objects.filter(ledger_account=ledger_account).exclude(status=HoldStatus.PENDING).order_by("-ended_at")


def closed_up_to() -> date | None:
    """Tell the last day of the last closed month, if any is closed."""
    last = AccountingPeriod.objects.order_by("-last_date").first()
    return last.last_date if last else None


def closed_months() -> QuerySet[AccountingPeriod]:
    """List the closed months, newest first."""
    return AccountingPeriod.objects.order_by("-last_date")


def month_to_close(on: date) -> date | None:
    """Tell the last day of the month that can be closed next, if it is over: the one after the last closed.

    Where none was closed yet, it is the month before this day's.
    """
    before = on.replace(day=1) - timedelta(days=1)
    last = closed_up_to()
    if last is None:
        return before
    following = (last + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return following if following <= before else None


def sums_of(condition: str, params: dict[str, Any], on: date | None) -> list[tuple[int, Decimal, Decimal]]:
    """Sum accounts up to the end of a day: id, debits, credits; the condition narrows ``SUMS``."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS + condition, {"on": on or date.max, "last": NO_LAST, **params})
        return [(pk, debit, credit) for pk, debit, credit, _moved in cursor.fetchall()]


def _sum(condition: str, params: dict[str, Any], on: date | None) -> tuple[Decimal, Decimal]:
    rows = sums_of(condition, params, on)
    return sum((row[1] for row in rows), Decimal(0)), sum((row[2] for row in rows), Decimal(0))


def currencies() -> list[str]:
    """Name the currencies that books are open in."""
    return list(LedgerAccount.objects.internal().order_by("currency").values_list("currency", flat=True).distinct())


def postings(ledger_account: LedgerAccount) -> QuerySet[Posting]:
    """The postings of an account, last booked first; of a summary, those of the accounts below it."""
    where = (
        {"ledger_account__summary": ledger_account} if ledger_account.is_summary else {"ledger_account": ledger_account}
    )
    return Posting.objects.filter(**where).select_related("entry", "ledger_account").order_by("-pk")
