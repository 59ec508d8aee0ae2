"""Questions to the books."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from accounts.ledger.models import Direction, LedgerAccount, LedgerBalance, Posting
from portal.core.money import rounded

# Per account: the newest snapshot up to the date, what is dated after it, and what arrived after it was taken.
SUMS: Final = """
SELECT account.id,
       coalesce(snapshot.debit_amount, 0) + later.debit AS debit,
       coalesce(snapshot.credit_amount, 0) + later.credit AS credit,
       later.debit + later.credit AS moved
FROM accounts_ledgeraccount account
LEFT JOIN LATERAL (
    SELECT as_of, last_posting, debit_amount, credit_amount FROM accounts_balancesnapshot
    WHERE ledger_account_id = account.id AND as_of <= %(on)s ORDER BY as_of DESC LIMIT 1
) snapshot ON true
CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount) FILTER (WHERE direction = 'debit'), 0) AS debit,
           coalesce(sum(amount) FILTER (WHERE direction = 'credit'), 0) AS credit
    FROM (
        SELECT direction, amount FROM accounts_posting
        WHERE ledger_account_id = account.id AND id <= %(last)s AND effective_date <= %(on)s
          AND effective_date > coalesce(snapshot.as_of, '-infinity')
        UNION ALL
        SELECT direction, amount FROM accounts_posting
        WHERE ledger_account_id = account.id AND id <= %(last)s AND id > snapshot.last_posting
          AND effective_date <= snapshot.as_of
    ) posting
) later
WHERE NOT account.is_summary
"""
NO_LAST: Final = 2**63 - 1


def balance(ledger_account: LedgerAccount, *, on: date | None = None) -> Decimal:
    """Tell an account's balance on its normal side: now, or with all that is dated up to the end of a day.

    A customer's present balance is its kept row; a summary's is that of the accounts below it.
    """
    if ledger_account.is_customer and on is None:
        kept = LedgerBalance.objects.values_list("amount", flat=True).get(pk=ledger_account.pk)
        return rounded(kept, ledger_account.currency)
    column = "summary_id" if ledger_account.is_summary else "id"
    debit, credit = _sum(f"AND account.{column} = %(account)s", {"account": ledger_account.pk}, on)
    net = debit - credit if ledger_account.normal_side == Direction.DEBIT else credit - debit
    return rounded(net, ledger_account.currency)


def _rows(condition: str, params: dict[str, Any], on: date | None) -> list[tuple[int, Decimal, Decimal]]:
    with connection.cursor() as cursor:
        cursor.execute(SUMS + condition, {"on": on or date.max, "last": NO_LAST, **params})
        return [(pk, debit, credit) for pk, debit, credit, _moved in cursor.fetchall()]


def _sum(condition: str, params: dict[str, Any], on: date | None) -> tuple[Decimal, Decimal]:
    rows = _rows(condition, params, on)
    return sum((row[1] for row in rows), Decimal(0)), sum((row[2] for row in rows), Decimal(0))


@dataclass(frozen=True)
class TrialBalanceRow:
    """An account of the bank's own, customers' summed up, with its net sum in one of two columns."""

    ledger_account: LedgerAccount
    debit_amount: Decimal
    credit_amount: Decimal

    @property
    def amount(self) -> Decimal:
        """The balance on the account's normal side."""
        net = self.debit_amount - self.credit_amount
        return net if self.ledger_account.normal_side == Direction.DEBIT else -net


@dataclass(frozen=True)
class TrialBalance:
    """All accounts of one currency at the end of a day; the two totals are equal or the books are wrong."""

    on: date
    currency: str
    rows: tuple[TrialBalanceRow, ...]
    debit_total: Decimal
    credit_total: Decimal

    def of(self, purpose: str) -> Decimal:
        """The balance of the account with this purpose."""
        return next(row.amount for row in self.rows if row.ledger_account.purpose == purpose)


def trial_balance(on: date, *, currency: str = "CNY") -> TrialBalance:
    """Sum every account of a currency at the end of a day, customers' under their summary."""
    accounts = {each.pk: each for each in LedgerAccount.objects.internal().filter(currency=currency).order_by("code")}
    net = dict.fromkeys(accounts, Decimal(0))
    under = dict(LedgerAccount.objects.filter(currency=currency, is_customer=True).values_list("pk", "summary_id"))
    for pk, debit, credit in _rows("AND account.currency = %(currency)s", {"currency": currency}, on):
        net[under.get(pk, pk)] += debit - credit
    rows = tuple(
        TrialBalanceRow(
            account, rounded(max(net[pk], Decimal(0)), currency), rounded(max(-net[pk], Decimal(0)), currency)
        )
        for pk, account in accounts.items()
    )
    return TrialBalance(
        on=on,
        currency=currency,
        rows=rows,
        debit_total=sum((row.debit_amount for row in rows), Decimal(0)),
        credit_total=sum((row.credit_amount for row in rows), Decimal(0)),
    )


def currencies() -> list[str]:
    """Name the currencies that books are open in."""
    return list(LedgerAccount.objects.internal().order_by("currency").values_list("currency", flat=True).distinct())


def postings(ledger_account: LedgerAccount) -> QuerySet[Posting]:
    """The postings of an account, newest first; of a summary, those of the accounts below it."""
    where = (
        {"ledger_account__summary": ledger_account} if ledger_account.is_summary else {"ledger_account": ledger_account}
    )
    return Posting.objects.filter(**where).select_related("entry", "ledger_account").order_by("-pk")


@dataclass(frozen=True)
class Discrepancy:
    """Where the books do not agree with themselves: what was compared, for whom, and the two figures."""

    kind: str
    subject: str
    kept: Decimal
    recomputed: Decimal


# Each compares what is kept with what the postings alone say, in one statement and so in one moment.
CHECKS: Final = {
    "customer_balance": """
        SELECT account.code, kept.amount, coalesce(sum(
            CASE WHEN posting.direction = account.normal_side THEN posting.amount ELSE -posting.amount END), 0)
        FROM accounts_ledgeraccount account
        LEFT JOIN accounts_ledgerbalance kept ON kept.ledger_account_id = account.id
        LEFT JOIN accounts_posting posting ON posting.ledger_account_id = account.id
        WHERE account.is_customer
        GROUP BY account.code, kept.amount
        HAVING kept.amount IS DISTINCT FROM coalesce(sum(
            CASE WHEN posting.direction = account.normal_side THEN posting.amount ELSE -posting.amount END), 0)
        ORDER BY 1""",
    "totals": """
        SELECT account.currency, sum(amount) FILTER (WHERE direction = 'debit'),
               sum(amount) FILTER (WHERE direction = 'credit')
        FROM accounts_posting posting JOIN accounts_ledgeraccount account ON account.id = posting.ledger_account_id
        GROUP BY account.currency
        HAVING sum(CASE direction WHEN 'debit' THEN amount ELSE -amount END) <> 0 ORDER BY 1""",
    "entry": """
        SELECT entry.reference, entry.line_count, count(posting.id)
        FROM accounts_journalentry entry
        LEFT JOIN accounts_posting posting ON posting.entry_id = entry.id
        LEFT JOIN accounts_ledgeraccount account ON account.id = posting.ledger_account_id
        GROUP BY entry.id
        HAVING count(posting.id) <> entry.line_count OR (count(DISTINCT account.currency) = 1
            AND sum(CASE posting.direction WHEN 'debit' THEN posting.amount ELSE -posting.amount END) <> 0)
        ORDER BY 1""",
    "snapshot": """
        SELECT account.code || ' ' || kept.as_of, kept.debit_amount - kept.credit_amount,
               coalesce(sum(CASE posting.direction WHEN 'debit' THEN posting.amount ELSE -posting.amount END), 0)
        FROM accounts_balancesnapshot kept JOIN accounts_ledgeraccount account ON account.id = kept.ledger_account_id
        LEFT JOIN accounts_posting posting ON posting.ledger_account_id = kept.ledger_account_id
            AND posting.effective_date <= kept.as_of AND posting.id <= kept.last_posting
        WHERE kept.as_of = (SELECT max(as_of) FROM accounts_balancesnapshot newest
                            WHERE newest.ledger_account_id = kept.ledger_account_id)
        GROUP BY account.code, kept.id
        HAVING kept.debit_amount IS DISTINCT FROM coalesce(sum(posting.amount) FILTER (WHERE direction = 'debit'), 0)
            OR kept.credit_amount IS DISTINCT FROM coalesce(sum(posting.amount) FILTER (WHERE direction = 'credit'), 0)
        ORDER BY 1""",
}


def discrepancies() -> list[Discrepancy]:
    """Recompute customers' balances, totals, entries and newest snapshots from the postings; none is as it must be."""
    found = []
    with connection.cursor() as cursor:
        for kind, sql in CHECKS.items():
            cursor.execute(sql)
            found += [
                Discrepancy(kind, subject, Decimal(kept or 0), Decimal(recomputed or 0))
                for subject, kept, recomputed in cursor.fetchall()
            ]
    return found
