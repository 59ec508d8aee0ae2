"""What many accounts held day by day, asked at once."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from accounts.ledger.queries.balances import NO_LAST, SUMS_ON

DAY: Final = timedelta(days=1)
ASKED: Final = "unnest(%(accounts)s::bigint[], %(days)s::date[], %(lasts)s::date[]) AS asked (id, day, last)"
BEFORE: Final = SUMS_ON.format(accounts=f"{ASKED} JOIN accounts_ledgeraccount account USING (id)", on="asked.day - 1")
MOVED: Final = f"""
SELECT asked.id, posting.effective_date, sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END)
FROM {ASKED} JOIN accounts_posting posting
    ON posting.ledger_account_id = asked.id AND posting.effective_date BETWEEN asked.day AND asked.last
GROUP BY asked.id, posting.effective_date"""  # noqa: S608 - our own text


def closing_balances(spans: Mapping[int, tuple[date, date]]) -> dict[int, list[tuple[date, Decimal]]]:
    """Tell what customers' accounts held at the end of each day of a span of their own, by two statements for all.

    :param spans: by the account's id, the first day and the last.
    """
    asked: dict[str, Any] = {
        "accounts": list(spans),
        "days": [first for first, _last in spans.values()],
        "lasts": [last for _first, last in spans.values()],
        "last": NO_LAST,
    }
    moved: dict[int, dict[date, Decimal]] = {account: {} for account in spans}
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, asked)
        opening = {account: credit - debit for account, debit, credit, _moved in cursor.fetchall()}
        cursor.execute(MOVED, asked)
        for account, day, net in cursor.fetchall():
            moved[account][day] = net
    return {account: _days(opening[account], moved[account], *span) for account, span in spans.items()}


def _days(balance: Decimal, moved: Mapping[date, Decimal], first: date, last: date) -> list[tuple[date, Decimal]]:
    told = []
    for number in range((last - first).days + 1):
        day = first + number * DAY
        balance += moved.get(day, Decimal(0))
        told.append((day, balance))
    return told
