"""Statements that were withdrawn, and contradicted by what counts instead: judged by, or told against before."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db.models import Q, QuerySet

from accounts.cashflow import gathering
from accounts.cashflow.categories import counterparty_key
from accounts.cashflow.gathering import FEWEST_ALIKE, Movement, Period
from accounts.cashflow.models import BankTransaction, ReplacementClearing, StatementImport
from accounts.cashflow.states import Status
from accounts.identity.models import Enterprise

LEAST_SHARED: Final = Decimal("0.2")  # of the payments of the smaller file, where neither names its account


@dataclass(frozen=True)
class Replaced:
    """A withdrawn statement, one of the same account that counts now, and the days on which they tell otherwise."""

    withdrawn: StatementImport
    by: StatementImport
    days: frozenset[date]


def replaced(enterprise: Enterprise, *, judged_at: Collection[datetime]) -> list[Replaced]:
    """Find the withdrawn statements that what counts now contradicts, and that nobody of the bank cleared.

    Looked at are those by which was judged at one of some moments, and those that were withdrawn while they
    contradicted another file.
    """
    gone = StatementImport.objects.filter(
        enterprise=enterprise, status=Status.WITHDRAWN, refusal_code="", period_first__isnull=False
    ).select_related("replaced_by")
    if not judged_at:
        gone = gone.filter(replaced_by__isnull=False)
    days: defaultdict[tuple[StatementImport, StatementImport], set[date]] = defaultdict(set)
    for statement in gone:
        for by, found in (*_chosen_over(statement), *_contradicting(statement, judged_at)):
            days[statement, by].update(found)
    if not days:
        return []
    cleared = {
        *ReplacementClearing.objects.filter(withdrawn__enterprise=enterprise, superseded_at=None).values_list(
            "withdrawn", "replaced_by"
        )
    }
    return [
        Replaced(withdrawn, by, frozenset(found))
        for (withdrawn, by), found in days.items()
        if (withdrawn.pk, by.pk) not in cleared
    ]


Found = tuple[StatementImport, Collection[date]]


def _chosen_over(gone: StatementImport) -> Iterator[Found]:
    """Name what counts instead of a file that was withdrawn while both told otherwise; what followed it, too."""
    by = gone.replaced_by
    if by is None:
        return
    if by.status != Status.READ:
        by = _of(gone).filter(account_key=gone.account_key).order_by("pk").last()
    if by is not None:
        yield by, [date.fromisoformat(each) for each in gone.replaced_days]


def _contradicting(gone: StatementImport, judged_at: Collection[datetime]) -> Iterator[Found]:
    """Compare all that was known of the account at the last such moment with all that is known of it now."""
    assert gone.superseded_at is not None
    moment = max((each for each in judged_at if gone.uploaded_at <= each < gone.superseded_at), default=None)
    if moment is None:  # nobody judged by it
        return
    if gone.account_key:
        then = _movements(gone, BankTransaction.objects.current(at=moment))
        now = _movements(gone, BankTransaction.objects.current())
        others = _of(gone).filter(account_key=gone.account_key).order_by("pk") if then else ()
        for other in others:
            if days := _days(now, then, gone, other):
                yield other, days
    yield from _nameless(gone, moment)


def _nameless(gone: StatementImport, moment: datetime) -> Iterator[Found]:
    """Hold what came later against a file where one of them does not name its account, and they seem to be of one."""
    later = _of(gone).filter(uploaded_at__gt=moment).order_by("pk")
    if gone.account_key:
        later = later.filter(account_key="")
    then = _own(gone, BankTransaction.objects.current(at=moment))
    for other in later if then else ():
        now = _own(other, BankTransaction.objects.current())
        if _seem_one(gone, other, then, now) and (days := _days(now, then, gone, other)):
            yield other, days


def _seem_one(one: StatementImport, two: StatementImport, then: list[Movement], now: list[Movement]) -> bool:
    """Tell whether two files may be of one account: in one form and one name, or with payments in common."""
    holders = {counterparty_key(each.holder_name) for each in (one, two)}
    if one.format == two.format and len(holders) == 1 and "" not in holders:
        return True
    shared = len({each.mark for each in then} & {each.mark for each in now})
    return shared >= FEWEST_ALIKE and shared >= LEAST_SHARED * min(len(then), len(now))


def _of(gone: StatementImport) -> QuerySet[StatementImport]:
    return StatementImport.objects.filter(
        enterprise=gone.enterprise_id, currency=gone.currency, status=Status.READ, period_first__isnull=False
    )


def _days(now: list[Movement], then: list[Movement], gone: StatementImport, other: StatementImport) -> frozenset[date]:
    return gathering.days_contradicted(now, known=then, period=_period(gone), others=[_period(other)])


def _movements(gone: StatementImport, lines: QuerySet[BankTransaction]) -> list[Movement]:
    """List the payments of a statement's account on its days; marked anew, for accounts are recognized later, too."""
    days = (gone.period_first, gone.period_last)
    of_account = lines.filter(
        enterprise=gone.enterprise_id, statement__account_key=gone.account_key, booked_on__range=days
    )
    return _marked(of_account, gone.account_key, gone.currency)


def _own(statement: StatementImport, lines: QuerySet[BankTransaction]) -> list[Movement]:
    """List the payments that a file brought, and what it was not first to bring where no account is named."""
    same = Q(statement=statement)
    if statement.known_count:
        same |= Q(statement__account_key__in=("", statement.account_key), statement__isnull=False)
    days = (statement.period_first, statement.period_last)
    of_file = lines.filter(same, enterprise=statement.enterprise_id, booked_on__range=days)
    return _marked(of_file, "", statement.currency)


def _marked(lines: QuerySet[BankTransaction], key: str, currency: str) -> list[Movement]:
    told = lines.filter(currency=currency).values_list("booked_on", "amount", "entry_mark")
    return [
        Movement(day, amount, gathering.plain_mark(day, amount, currency, account_key=key), entry)
        for day, amount, entry in told
    ]


def _period(statement: StatementImport) -> Period:
    assert statement.period_first is not None
    assert statement.period_last is not None
    return Period(statement.period_first, statement.period_last)
