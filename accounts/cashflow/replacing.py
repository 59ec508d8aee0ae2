"""Statements that were judged by, withdrawn, and replaced by files that tell otherwise."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from accounts.cashflow import gathering
from accounts.cashflow.gathering import Movement, Period
from accounts.cashflow.models import BankTransaction, StatementImport
from accounts.cashflow.states import Status
from accounts.identity.models import Enterprise


@dataclass(frozen=True)
class Replaced:
    """A withdrawn statement, one of the same account that counts now, and the days on which they tell otherwise."""

    withdrawn: StatementImport
    by: StatementImport
    days: frozenset[date]


def replaced(enterprise: Enterprise, *, judged_at: Collection[datetime]) -> list[Replaced]:
    """Find the statements by which was judged at one of some moments, and that what counts now contradicts."""
    gone = StatementImport.objects.filter(
        enterprise=enterprise, status=Status.WITHDRAWN, refusal_code="", period_first__isnull=False
    ).exclude(account_key="")
    return [each for statement in (gone if judged_at else ()) for each in _contradicting(statement, judged_at)]


def _contradicting(gone: StatementImport, judged_at: Collection[datetime]) -> Iterable[Replaced]:
    """Compare all that was known of the account at the last such moment with all that is known of it now."""
    assert gone.superseded_at is not None
    moment = max((each for each in judged_at if gone.uploaded_at <= each < gone.superseded_at), default=None)
    then = _movements(gone, BankTransaction.objects.current(at=moment)) if moment else []
    if not then:  # nobody judged by it
        return
    now = _movements(gone, BankTransaction.objects.current())
    same = StatementImport.objects.filter(
        enterprise=gone.enterprise_id, account_key=gone.account_key, currency=gone.currency, status=Status.READ
    )
    for other in same.order_by("pk"):
        days = gathering.days_contradicted(now, known=then, period=_period(gone), others=[_period(other)])
        if days:
            yield Replaced(gone, other, days)


def _movements(gone: StatementImport, lines: QuerySet[BankTransaction]) -> list[Movement]:
    """List the payments of a statement's account on its days; marked anew, for accounts are recognized later, too."""
    key = gone.account_key
    told = lines.filter(
        enterprise=gone.enterprise_id,
        statement__account_key=key,
        currency=gone.currency,
        booked_on__range=(gone.period_first, gone.period_last),
    ).values_list("booked_on", "amount", "entry_mark")
    return [
        Movement(day, amount, gathering.plain_mark(day, amount, gone.currency, account_key=key), entry)
        for day, amount, entry in told
    ]


def _period(statement: StatementImport) -> Period:
    assert statement.period_first is not None
    assert statement.period_last is not None
    return Period(statement.period_first, statement.period_last)
