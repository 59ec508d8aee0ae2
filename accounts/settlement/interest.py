"""Questions about what accounts earn and cost by their terms, always answered from the postings.

What is asked of many accounts is read for all of them at once: a thousand cost the night as many questions as one.
"""

from bisect import bisect_right
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Value

from accounts.ledger import queries as ledger
from accounts.ledger.models import LedgerAccount, Posting
from accounts.settlement.accruals import ZERO, AccruedDay, DayTerms, accrue
from accounts.settlement.models import (
    AccountProduct,
    CashCorrection,
    CashMovement,
    SettlementAccount,
    TermsAgreement,
    TermsPeriod,
)
from accounts.settlement.states import Status, Way
from portal.core.interest import DayCount

READ_AT_ONCE: Final = 1000
DAY: Final = timedelta(days=1)


def offered_products(currency: str = "") -> QuerySet[AccountProduct]:
    """List the products that accounts are opened on now, oldest first."""
    return AccountProduct.objects.filter(is_offered=True, currency=currency or settings.BANK_CURRENCY).order_by("pk")


def agreement_on(account: SettlementAccount, day: date) -> TermsAgreement | None:
    """Tell the terms an account stands on at a day; none where it was opened before there were any."""
    made = account.agreements.filter(effective_from__lte=day).select_related("product")
    return made.order_by("-effective_from", "-pk").first()


@dataclass(frozen=True)
class LateCash:
    """Cash that stands in the books from a later day than it moved on, because its month was closed."""

    moved_on: date
    booked_on: date
    amount: Decimal


Span = tuple[date, date]
Balances = list[tuple[date, Decimal]]
Cash = dict[int, list[LateCash]]


def last_period(account: SettlementAccount) -> TermsPeriod | None:
    """Tell the last period that was booked."""
    return account.terms_periods.order_by("-last_date").first()


def first_unbooked_day(account: SettlementAccount) -> date | None:
    """Tell from which day on the account's terms are not booked yet; none where it has no terms."""
    last = last_period(account)
    if last:
        return last.last_date + DAY
    first = account.agreements.order_by("effective_from").first()
    return first.effective_from if first else None


def closing_balances(account: SettlementAccount, first: date, last: date) -> list[tuple[date, Decimal]]:
    """Tell what an account held at the end of each day of a period, its cash counted from the day on which it moved."""
    return _closing_balances({account: (first, last)}, late_cash([account]))[account]


def _closing_balances(spans: Mapping[SettlementAccount, Span], cash: Cash) -> dict[SettlementAccount, Balances]:
    held = ledger.closing_balances({account.ledger_account_id: span for account, span in spans.items()})
    return {account: _with_cash(held[account.ledger_account_id], cash.get(account.pk, ())) for account in spans}


def _with_cash(balances: Balances, late: Sequence[LateCash]) -> Balances:
    if not late:
        return balances
    return [
        (day, balance + sum((each.amount for each in late if each.moved_on <= day < each.booked_on), ZERO))
        for day, balance in balances
    ]


def late_cash(accounts: Sequence[SettlementAccount]) -> Cash:
    """List by account what corrections booked late, below zero where they took it back."""
    cash = CashMovement.objects.filter(settlement_account__in=accounts)
    booked = cash.filter(entry__effective_date__gt=F("effective_date"))
    undone = cash.filter(corrections__reversal__effective_date__gt=F("effective_date"))
    given_up = Posting.objects.filter(
        ledger_account__settlement_account__in=accounts,
        entry__in=CashCorrection.objects.exclude(given_up=None).values("given_up"),
        entry__effective_date__gt=F("entry__reverses__effective_date"),
    )
    rows = booked.values_list("settlement_account", "effective_date", "entry__effective_date", "way", "amount").union(
        undone.values_list(
            "settlement_account", "effective_date", "corrections__reversal__effective_date", "way", -F("amount")
        ),
        given_up.values_list(
            "ledger_account__settlement_account",
            "entry__reverses__effective_date",
            "effective_date",
            Value(Way.IN.value),
            "amount",
        ),
        all=True,
    )
    found: Cash = defaultdict(list)
    for account, moved_on, on, way, amount in rows:
        found[account].append(LateCash(moved_on, on, amount if way == Way.IN else -amount))
    return found


def accrued_days(account: SettlementAccount, first: date, last: date) -> list[AccruedDay]:
    """Tell what an account earned and owed on each day of a period, by the terms of that day."""
    agreements = _agreements([account]).get(account.pk, [])
    if not agreements or last < first:
        return []
    first = max(first, agreements[0].effective_from)
    return _accrued(account, agreements, closing_balances(account, first, last), first, last)


def _agreements(accounts: Sequence[SettlementAccount]) -> dict[int, list[TermsAgreement]]:
    """List the accounts' agreements, oldest first; those on one product share it, and so its terms."""
    made = TermsAgreement.objects.filter(settlement_account__in=accounts).order_by("effective_from", "pk")
    found: dict[int, list[TermsAgreement]] = defaultdict(list)
    for each in made.prefetch_related("product"):
        found[each.settlement_account_id].append(each)
    return found


def _accrued(
    account: SettlementAccount, agreements: Sequence[TermsAgreement], balances: Balances, first: date, last: date
) -> list[AccruedDay]:
    """Work out a part of the days whose balances are known."""
    starts, terms = [each.effective_from for each in agreements], [_day_terms(each) for each in agreements]
    days = [(day, balance, terms[bisect_right(starts, day) - 1]) for day, balance in balances if first <= day <= last]
    return accrue(days, currency=account.currency)


def _day_terms(agreement: TermsAgreement) -> DayTerms:
    """Tell the terms of a day; below zero without an overdraft, which only dating back brings about, costs nothing."""
    product = agreement.product
    rate = product.overdraft_annual_rate if agreement.overdraft_limit_amount else ZERO
    return DayTerms(product.tiers, rate, DayCount(product.day_count))


def sum_of(days: Sequence[AccruedDay]) -> tuple[Decimal, Decimal]:
    """Add up what days earned, and what they owed."""
    return sum((each.interest for each in days), ZERO), sum((each.overdraft_interest for each in days), ZERO)


def unbooked_interest(account: SettlementAccount, through: date) -> Decimal:
    """Tell what an account earned through a day and was not given yet."""
    first = first_unbooked_day(account)
    return sum_of(accrued_days(account, first, through))[0] if first else ZERO


@dataclass(frozen=True)
class Working:
    """An account's days that are not booked yet, and by how much what earlier ones earned and owed is known otherwise.

    What was dated back, or corrected late, since they were booked changed them.
    """

    account: SettlementAccount
    agreements: Sequence[TermsAgreement]
    last_period: TermsPeriod | None
    first: date
    days: list[AccruedDay]
    correction: tuple[Decimal, Decimal]

    def agreement_on(self, day: date) -> TermsAgreement:
        """Tell the terms of a day that is not booked yet."""
        return next(each for each in reversed(self.agreements) if each.effective_from <= day)

    @property
    def owed(self) -> Decimal:
        """What the account is owed, or below zero owes."""
        return sum_of(self.days)[0] + self.correction[0]

    @property
    def charges_left(self) -> Decimal:
        """What was not charged so far, because the account held too little or might not pay."""
        return self.last_period.left_amount if self.last_period else ZERO


def worked_out(accounts: Sequence[SettlementAccount], through: date) -> Iterator[Working]:
    """Work out what the accounts' terms came to through a day, where they stand on any; by a fixed number of questions.

    What a working is made of is read for all accounts at once; what is booked from it is to be asked under their lock.
    """
    agreements, last_periods, cash = _agreements(accounts), _last_periods(accounts), late_cash(accounts)
    known_otherwise = _periods_known_otherwise(accounts, cash)
    begun: dict[int, date] = {}
    spans: dict[SettlementAccount, Span] = {}
    for account in accounts:
        if made := agreements.get(account.pk):
            last, earlier = last_periods.get(account.pk), known_otherwise.get(account.pk)
            begun[account.pk] = first = last.last_date + DAY if last else made[0].effective_from
            spans[account] = (earlier[0].first_date, max(through, first - DAY)) if earlier else (first, through)
    held = _closing_balances(spans, cash)
    for account in spans:
        made, first, balances = agreements[account.pk], begun[account.pk], held[account]
        earlier = known_otherwise.get(account.pk, [])
        now = [sum_of(_accrued(account, made, balances, each.first_date, each.last_date)) for each in earlier]
        yield Working(
            account=account,
            agreements=made,
            last_period=last_periods.get(account.pk),
            first=first,
            days=_accrued(account, made, balances, first, through),
            correction=_correction(earlier, now),
        )


def _last_periods(accounts: Sequence[SettlementAccount]) -> dict[int, TermsPeriod]:
    periods = TermsPeriod.objects.filter(settlement_account__in=accounts).prefetch_related("carried_charges")
    newest = periods.order_by("settlement_account", "-last_date").distinct("settlement_account")
    return {each.settlement_account_id: each for each in newest}


# The first period answers for whatever is dated before it as well: it begins with that balance, and so do all others.
# OFFSET keeps the planner from reading the whole bank's postings for some accounts.
LATE: Final = """
SELECT DISTINCT period.account
FROM (
    SELECT account.id AS account, account.ledger_account_id, period.last_date, period.booked_at,
           CASE WHEN period.first_date = min(period.first_date) OVER (PARTITION BY account.id)
                THEN '-infinity'::date ELSE period.first_date END AS since
    FROM accounts_termsperiod period
    JOIN accounts_settlementaccount account ON account.id = period.settlement_account_id
    WHERE account.id = ANY(%s)
) period
WHERE EXISTS (
    SELECT FROM accounts_posting posting JOIN accounts_journalentry entry ON entry.id = posting.entry_id
    WHERE posting.ledger_account_id = period.ledger_account_id
      AND posting.effective_date BETWEEN period.since AND period.last_date AND entry.posted_at > period.booked_at
    OFFSET 0
)"""


def _periods_known_otherwise(accounts: Sequence[SettlementAccount], cash: Cash) -> dict[int, list[TermsPeriod]]:
    """List all periods, oldest first, of the accounts on which something was dated into them after they were booked."""
    with connection.cursor() as cursor:
        cursor.execute(LATE, [[account.pk for account in accounts]])
        late = {account for (account,) in cursor.fetchall()} | set(cash)
    found: dict[int, list[TermsPeriod]] = defaultdict(list)
    for each in TermsPeriod.objects.filter(settlement_account__in=late).order_by("first_date"):
        found[each.settlement_account_id].append(each)
    return found


def _correction(periods: Sequence[TermsPeriod], now: Sequence[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    """Compare what periods earned and owed, as is known now, with what was booked of them."""
    earned = sum((each.earned_amount + each.correction_amount for each in periods), ZERO)
    owed = sum((each.overdraft_interest_amount + each.overdraft_correction_amount for each in periods), ZERO)
    return sum((each for each, _owed in now), ZERO) - earned, sum((each for _earned, each in now), ZERO) - owed


def owed_to_all(currency: str, through: date) -> Decimal:
    """Add up what all accounts are owed through a day."""
    accounts = list(bearing_accounts(currency))
    chunks = (accounts[place : place + READ_AT_ONCE] for place in range(0, len(accounts), READ_AT_ONCE))
    return sum((working.owed for chunk in chunks for working in worked_out(chunk, through)), ZERO)


def bearing_accounts(currency: str) -> QuerySet[SettlementAccount]:
    """List the accounts that stand on terms and are not closed."""
    on_terms = TermsAgreement.objects.filter(settlement_account=OuterRef("pk"))
    accounts = SettlementAccount.objects.filter(Exists(on_terms), currency=currency)
    return accounts.exclude(status=Status.CLOSED).order_by("pk")


def months_to_book(currency: str, *, before: date) -> dict[date, list[int]]:
    """List the accounts of which a month is over and not booked, by the month's last day, oldest first."""
    booked = TermsPeriod.objects.filter(settlement_account=OuterRef("pk")).order_by("-last_date").values("last_date")
    begun = TermsAgreement.objects.filter(settlement_account=OuterRef("pk")).order_by("effective_from")
    dates = {"booked": Subquery(booked[:1]), "begun": Subquery(begun.values("effective_from")[:1])}
    months: dict[date, list[int]] = defaultdict(list)
    for account, booked_through, begins in bearing_accounts(currency).annotate(**dates).values_list("pk", *dates):
        for last in month_ends(booked_through + DAY if booked_through else begins, before=before):
            months[last].append(account)
    return dict(sorted(months.items()))


def month_ends(first: date, *, before: date) -> Iterator[date]:
    """List the last days of months from a day on, those before another."""
    last = _month_end(first)
    while last < before:
        yield last
        last = _month_end(last + DAY)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


@dataclass(frozen=True)
class InterestTie:
    """Where a booked period and its entries, or the interest owed and its account, do not agree."""

    subject: str
    kept: Decimal
    recomputed: Decimal


# What a booked period, or what it carried and was taken later, gave the account by its own figures and by its entries.
UNTIED: Final = """
SELECT account.reference || ' ' || period.last_date, told.given, moved.net
FROM (
    SELECT 1 AS kind, id, id AS period_id, earned_amount + correction_amount - tax_amount - charged_amount AS given,
           ARRAY[interest_entry_id, correction_entry_id, charge_entry_id] AS entries
    FROM accounts_termsperiod
    UNION ALL
    SELECT 2, id, period_id, -charged_amount, ARRAY[entry_id] FROM accounts_carriedcharge WHERE entry_id IS NOT NULL
) told
JOIN accounts_termsperiod period ON period.id = told.period_id
JOIN accounts_settlementaccount account ON account.id = period.settlement_account_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END), 0) AS net
    FROM accounts_posting
    WHERE entry_id = ANY(told.entries) AND ledger_account_id = account.ledger_account_id
) moved
WHERE moved.net <> told.given
ORDER BY told.kind, told.id"""


def untied_interest() -> list[InterestTie]:
    """Compare each booked period, and what it carried, with what their entries moved on the account; none is right."""
    with connection.cursor() as cursor:
        cursor.execute(UNTIED)
        return [InterestTie(*row) for row in cursor.fetchall()]


def interest_payable(currency: str) -> LedgerAccount:
    """Find the account of interest that is owed to customers and not given yet."""
    return LedgerAccount.objects.named("interest_payable", currency)
