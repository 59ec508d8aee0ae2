"""Whether the books agree with themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection

from accounts.ledger.models import BookCheck


@dataclass(frozen=True)
class Discrepancy:
    """Where the books do not agree with themselves: what was compared, for whom, and the two figures."""

    kind: str
    subject: str
    kept: Decimal
    recomputed: Decimal


# Each compares what is kept with what the postings alone say, in one statement and so in one moment.
CHECKS: Final[dict[str, str]] = {
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
    "held": """
        SELECT account.code, kept.held_amount, coalesce(sum(hold.amount), 0)
        FROM accounts_ledgerbalance kept JOIN accounts_ledgeraccount account ON account.id = kept.ledger_account_id
        LEFT JOIN accounts_hold hold ON hold.ledger_account_id = account.id AND hold.status = 'pending'
        GROUP BY account.code, kept.held_amount HAVING kept.held_amount <> coalesce(sum(hold.amount), 0)
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
            OR (count(DISTINCT account.currency) > 1 AND EXISTS (
                SELECT FROM accounts_posting each JOIN accounts_ledgeraccount its ON its.id = each.ledger_account_id
                WHERE each.entry_id = entry.id GROUP BY its.currency
                HAVING sum(CASE each.direction WHEN 'debit' THEN each.amount ELSE -each.amount END) <> 0))
        ORDER BY 1""",
    "astray": """
        SELECT 'posting ' || posting.id, posting.amount, 0
        FROM accounts_posting posting
        LEFT JOIN accounts_journalentry entry ON entry.id = posting.entry_id
        LEFT JOIN accounts_ledgeraccount account ON account.id = posting.ledger_account_id
        WHERE entry.id IS NULL OR account.id IS NULL
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


def register(checks: Mapping[str, str]) -> None:
    """Teach what a slice above keeps: statements that give subject, kept and recomputed where the two differ.

    :raises ValueError: when a check of that name does something else.
    """
    for kind, sql in checks.items():
        if CHECKS.setdefault(kind, sql) != sql:
            raise ValueError(f"check {kind} compares two things")


def last_check() -> BookCheck | None:
    """Tell when the books were last checked, and what came of it."""
    return BookCheck.objects.order_by("-pk").first()


def discrepancies() -> list[Discrepancy]:
    """Recompute balances, totals, entries, newest snapshots and what was taught from the postings; none must differ."""
    found = []
    with connection.cursor() as cursor:
        for kind, sql in CHECKS.items():
            cursor.execute(sql)
            found += [
                Discrepancy(kind, subject, Decimal(kept or 0), Decimal(recomputed or 0))
                for subject, kept, recomputed in cursor.fetchall()
            ]
    return found
