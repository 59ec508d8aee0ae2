"""What an enterprise's pages ask beyond the months: its forecast, its customers, its categories, its seasons."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from accounts.cashflow import forecast, queries, seasons
from accounts.cashflow.forecast import WEEKS, ComingWeek, Forecast, Planned
from accounts.cashflow.models import BankTransaction, PlannedItem, StatementImport
from accounts.cashflow.parties import Parties
from accounts.cashflow.recurring import Flow
from accounts.cashflow.states import Category, Status
from accounts.cashflow.weekly import DAYS, LONGEST_PAST
from accounts.identity.models import Enterprise
from portal.core.dates import add_months, spring_festivals

NOTHING: Final = Decimal(0)
GAP_DAYS: Final = 14  # a file may begin with its first payment: only a longer silence between files is a gap
PAST_WEEKS: Final = 8
CUSTOMERS_NAMED: Final = 10
SEASON_MONTHS: Final = 36
WHO_PAYS: Final = (Category.CUSTOMER_RECEIPT,)
NAMELESS_SALES: Final = (Category.MERCHANT_SETTLEMENT, Category.CASH_IN)


@dataclass(frozen=True)
class Span:
    """The days that the evidence tells of, and those within that it does not."""

    first: date
    last: date
    uncovered: tuple[date, ...]
    behind: tuple[tuple[str, date], ...]  # accounts whose statements end weeks before the others


@dataclass(frozen=True)
class Outlook:
    """A forecast with what stands around it; without one where the evidence is too short or too old."""

    span: Span
    on: date
    booked_until: date  # later than the span where our own books tell more
    balance: Decimal | None
    forecast: Forecast | None
    past_balances: tuple[tuple[date, float], ...]
    planned: tuple[PlannedItem, ...]

    @property
    def weeks(self) -> tuple[ComingWeek, ...]:
        """The coming weeks; none where the evidence is too short."""
        return self.forecast.weeks if self.forecast else ()

    @property
    def is_outdated(self) -> bool:
        """Tell whether all the weeks that could be told are over."""
        return (self.on - self.span.last).days >= DAYS * WEEKS

    @property
    def is_behind(self) -> bool:
        """Tell whether a part of these weeks is over, so that a newer statement is wanted."""
        return (self.on - self.span.last).days > 2 * DAYS

    @property
    def is_overtaken(self) -> bool:
        """Tell whether our own books tell of days that the forecast counts as still to come."""
        return self.booked_until > self.span.last


def span_of(enterprise: Enterprise) -> Span | None:
    """Find the first and last day that the evidence tells of, and gaps between its statements."""
    rows = (
        StatementImport.objects.filter(
            enterprise=enterprise, status=Status.READ, is_foreign_holder=False, currency=settings.BANK_CURRENCY
        )
        .exclude(period_first=None)
        .values_list("account_key", "account_masked", "period_first", "period_last")
        .order_by("period_first")
    )
    told = [(key, name, first, last) for key, name, first, last in rows if first and last]
    if not told:
        return None
    last = max(each[3] for each in told)
    ends = {key: (name, max(each[3] for each in told if each[0] == key)) for key, name, *_ in told}
    behind = sorted((name, end) for name, end in ends.values() if (last - end).days > 2 * GAP_DAYS)
    return Span(told[0][2], last, tuple(_gaps([each[2:] for each in told])), tuple(behind))


def _gaps(periods: Sequence[tuple[date, date]]) -> Iterable[date]:
    reached = periods[0][1]
    for first, last in periods:
        silent = (first - reached).days - 1
        if silent > GAP_DAYS:
            yield from (reached + timedelta(days=day + 1) for day in range(silent))
        reached = max(reached, last)


def outlook_of(enterprise: Enterprise, *, on: date) -> Outlook | None:
    """Tell the coming weeks of an enterprise as of the day its evidence ends; none without evidence."""
    span = span_of(enterprise)
    if span is None:
        return None
    booked = _lines(enterprise, span)
    lines = [(flow, comes_back) for flow, comes_back in booked if flow.on <= span.last]
    flows = [flow for flow, _comes_back in lines]
    planned = tuple(PlannedItem.objects.filter(enterprise=enterprise).order_by("due_on", "pk"))
    balance = queries.balance_on(enterprise, span.last)
    return Outlook(
        span=span,
        on=on,
        booked_until=booked[-1][0].on if booked else span.last,
        balance=balance,
        forecast=forecast.forecast(
            [flow for flow, comes_back in lines if comes_back],
            first=max(span.first, span.last - timedelta(days=DAYS * LONGEST_PAST - 1)),
            last=span.last,
            balance=float(balance or 0),
            planned=_planned(planned, last=span.last),
            festivals=_festivals(span),
            uncovered=span.uncovered,
        ),
        past_balances=tuple(_past_balances(flows, span, float(balance or 0))),
        planned=planned,
    )


def _lines(enterprise: Enterprise, span: Span) -> list[tuple[Flow, bool]]:
    """List what moved, the last at the end, and whether weeks to come may be like it.

    Nobody may count on another loan, and what a loan of ours will ask for is known and not guessed.
    """
    since = span.last - timedelta(days=DAYS * LONGEST_PAST)
    rows = (
        queries.counted(enterprise)
        .filter(booked_on__gt=since)
        .order_by("booked_on", "pk")
        .values_list(
            "booked_on",
            "amount",
            "counterparty_account_key",
            "counterparty_key",
            "counterparty_name",
            "counterparty_account_masked",
            "category",
            "posting",
        )
    )
    parties = Parties((account, key) for _day, _amount, account, key, *_ in rows)
    return [
        (
            Flow(
                day,
                float(amount),
                parties.of(account, key),
                name or number,
                category,
                is_own=category == Category.OWN_TRANSFER,
            ),
            category != Category.LOAN_PROCEEDS and (posting is None or category != Category.LOAN_REPAYMENT),
        )
        for day, amount, account, key, name, number, category, posting in rows
    ]


def _planned(items: Iterable[PlannedItem], *, last: date) -> list[Planned]:
    until = last + timedelta(days=DAYS * WEEKS)
    return [
        Planned(day, float(item.signed_amount), item.words)
        for item in items
        for day in item.dates(after=last, until=until)
    ]


def _festivals(span: Span) -> tuple[date, ...]:
    if settings.BANK_COUNTRY != "CN":
        return ()
    return spring_festivals(span.first.year - 1, span.last.year + 1)


def _past_balances(flows: Sequence[Flow], span: Span, balance: float) -> Iterable[tuple[date, float]]:
    """Walk back from the balance at the end, a week at a time, oldest first."""
    ends = [
        span.last - timedelta(days=DAYS * back)
        for back in range(PAST_WEEKS)
        if span.last - timedelta(days=DAYS * back) > span.first
    ]
    return [(end, balance - sum(flow.amount for flow in flows if flow.on > end)) for end in reversed(ends)]


@dataclass(frozen=True)
class CustomerRow:
    """Someone who pays: how much, how often, in how many months, when last."""

    name: str
    amount: Decimal
    payments: int
    months: int
    last_day: date
    share: Decimal


@dataclass(frozen=True)
class Customers:
    """Who paid in a period; shares are of all sales, and those by card, wallet and cash tell no customer."""

    first_day: date
    last_day: date
    rows: tuple[CustomerRow, ...]
    count: int
    returning: int
    named_amount: Decimal
    nameless_amount: Decimal
    share_of_first: Decimal
    share_of_five: Decimal


def customers_of(enterprise: Enterprise, *, on: date, months: int) -> Customers:
    """Name who paid most in the months until ``on``, and tell how much hangs on them."""
    first = add_months(on.replace(day=1), 1 - months)
    lines = queries.counted(enterprise).filter(booked_on__range=(first, on), amount__gt=0)
    paid = _paid_by_party(lines.filter(category__in=WHO_PAYS), queries.parties_of(enterprise))
    nobody, nameless = paid.pop("", []), lines.filter(category__in=NAMELESS_SALES)
    named = sum((row["total"] for told in paid.values() for row in told), NOTHING)
    unnamed = sum((row["total"] for row in nobody), NOTHING)
    unnamed += nameless.aggregate(total=Coalesce(Sum("amount"), NOTHING))["total"]
    rows = sorted((_customer(told, named + unnamed) for told in paid.values()), key=lambda row: (-row.amount, row.name))
    return Customers(
        first_day=first,
        last_day=on,
        rows=tuple(rows[:CUSTOMERS_NAMED]),
        count=len(rows),
        returning=sum(row.months > 1 for row in rows),
        named_amount=named,
        nameless_amount=unnamed,
        share_of_first=rows[0].share if rows else NOTHING,
        share_of_five=_share(sum((row.amount for row in rows[:5]), NOTHING), named + unnamed),
    )


def _paid_by_party(lines: QuerySet[BankTransaction], parties: Parties) -> dict[str, list[dict[str, Any]]]:
    """Add up what came in by name, number and month, and put together what is of one party."""
    told = lines.values("counterparty_account_key", "counterparty_key", month=TruncMonth("booked_on")).annotate(
        total=Sum("amount"),
        payments=Count("pk"),
        name=Max("counterparty_name"),
        number=Max("counterparty_account_masked"),
        latest=Max("booked_on"),
    )
    paid: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in told.order_by():
        paid[parties.of(row["counterparty_account_key"], row["counterparty_key"])].append(dict(row))
    return paid


def _customer(told: Sequence[dict[str, Any]], sales: Decimal) -> CustomerRow:
    amount = sum((row["total"] for row in told), NOTHING)
    return CustomerRow(
        name=max(row["name"] for row in told) or max(row["number"] for row in told),
        amount=amount,
        payments=sum(row["payments"] for row in told),
        months=len({row["month"] for row in told}),
        last_day=max(row["latest"] for row in told),
        share=_share(amount, sales),
    )


def _share(part: Decimal, whole: Decimal) -> Decimal:
    return part / whole if whole else NOTHING


@dataclass(frozen=True)
class CategorySum:
    """What a category brought or cost in a period, and in the period of the same length before it."""

    category: Category
    amount: Decimal
    payments: int
    before: Decimal | None
    share: Decimal

    @property
    def change(self) -> Decimal | None:
        """By which part it grew; none where there was nothing before."""
        return self.amount / self.before - 1 if self.before else None


@dataclass(frozen=True)
class Categories:
    """Money by what it was for, the largest first; own transfers moved without being earned or spent."""

    first_day: date
    last_day: date
    inflows: tuple[CategorySum, ...]
    outflows: tuple[CategorySum, ...]
    own: Decimal
    is_compared: bool  # the evidence reaches over the period before as well


def categories_of(enterprise: Enterprise, *, on: date, months: int) -> Categories:
    """Add up the months until ``on`` by category, beside as many months before."""
    first = add_months(on.replace(day=1), 1 - months)
    before = add_months(first, -months)
    lines = queries.counted(enterprise)
    earliest = lines.order_by("booked_on").values_list("booked_on", flat=True).first()
    now = _sums(lines.filter(booked_on__range=(first, on)))
    past = _sums(lines.filter(booked_on__range=(before, first - timedelta(days=1))))
    is_whole = earliest is not None and earliest <= before + timedelta(days=GAP_DAYS)

    def side(way: str) -> tuple[CategorySum, ...]:
        sums = {row["category"]: row for row in now if row[way] and row["category"] != Category.OWN_TRANSFER}
        earlier = {row["category"]: row[way] for row in past}
        whole = sum((row[way] for row in sums.values()), NOTHING)
        told = [
            CategorySum(
                Category(name),
                row[way],
                row[f"{way}_count"],
                earlier.get(name, NOTHING) if is_whole else None,
                _share(row[way], whole),
            )
            for name, row in sums.items()
        ]
        return tuple(sorted(told, key=lambda each: (-each.amount, each.category)))

    own = next((row["inflow"] - row["outflow"] for row in now if row["category"] == Category.OWN_TRANSFER), NOTHING)
    return Categories(first, on, side("inflow"), side("outflow"), own, is_whole)


def _sums(lines: QuerySet[BankTransaction]) -> list[dict[str, Any]]:
    into, out = Q(amount__gt=0), Q(amount__lt=0)
    rows = lines.values("category").annotate(
        inflow=Coalesce(Sum("amount", filter=into), NOTHING),
        outflow=-Coalesce(Sum("amount", filter=out), NOTHING),
        inflow_count=Count("pk", filter=into),
        outflow_count=Count("pk", filter=out),
    )
    return [dict(row) for row in rows]


def seasons_of(enterprise: Enterprise) -> seasons.Seasons | None:
    """Tell which months, weekdays and parts of the month bring most; none without evidence."""
    span = span_of(enterprise)
    if span is None:
        return None
    first = max(span.first, add_months(span.last, -SEASON_MONTHS))
    rows = (
        queries.counted(enterprise)
        .filter(booked_on__range=(first, span.last))
        .exclude(category=Category.OWN_TRANSFER)
        .values("booked_on")
        .annotate(
            inflow=Coalesce(Sum("amount", filter=Q(amount__gt=0)), NOTHING),
            outflow=-Coalesce(Sum("amount", filter=Q(amount__lt=0)), NOTHING),
        )
    )
    days = {row["booked_on"]: (float(row["inflow"]), float(row["outflow"])) for row in rows}
    return seasons.told(days, first=first, last=span.last)
