"""Questions about what accounts earn and cost by their terms, always answered from the postings."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum, Value

from accounts.ledger import queries as ledger
from accounts.ledger.models import LedgerAccount, Posting
from accounts.settlement.accruals import ZERO, AccruedDay, DayTerms, accrue
from accounts.settlement.models import (
    AccountProduct,
    CarriedCharge,
    CashCorrection,
    CashMovement,
    SettlementAccount,
    TermsAgreement,
    TermsPeriod,
)
from accounts.settlement.states import Status, Way
from portal.core.interest import DayCount

DAY = timedelta(days=1)


def offered_products(currency: str = "") -> QuerySet[AccountProduct]:
    """List the products that accounts are opened on now, oldest first."""
    return AccountProduct.objects.filter(is_offered=True, currency=currency or settings.BANK_CURRENCY).order_by("pk")


def agreement_on(account: SettlementAccount, day: date) -> TermsAgreement | None:
    """Tell the terms an account stands on at a day; none where it was opened before there were any."""
    made = account.agreements.filter(effective_from__lte=day).select_related("product")
    return made.order_by("-effective_from", "-pk").first()


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
    moved = dict(
        Posting.objects.filter(ledger_account=account.ledger_account_id, effective_date__range=(first, last))
        .values_list("effective_date")
        .annotate(
            net=Sum("amount", filter=Q(direction="credit"), default=ZERO)
            - Sum("amount", filter=Q(direction="debit"), default=ZERO)
        )
    )
    balance, late = ledger.balance(account.ledger_account, on=first - DAY), late_cash(account)
    told = []
    for number in range((last - first).days + 1):
        day = first + number * DAY
        balance += moved.get(day, ZERO)
        told.append((day, balance + sum((each.amount for each in late if each.moved_on <= day < each.booked_on), ZERO)))
    return told


@dataclass(frozen=True)
class LateCash:
    """Cash that stands in the books from a later day than it moved on, because its month was closed."""

    moved_on: date
    booked_on: date
    amount: Decimal


def late_cash(account: SettlementAccount) -> list[LateCash]:
    """List what corrections booked late, below zero where they took it back."""
    if not getattr(account, "has_late_cash", True):  # known beforehand where many accounts are asked about
        return []
    booked, undone, given_up = _late(account.pk, account.ledger_account_id)
    rows = booked.values_list("effective_date", "entry__effective_date", "way", "amount").union(
        undone.values_list("effective_date", "corrections__reversal__effective_date", "way", -F("amount")),
        given_up.values_list("entry__reverses__effective_date", "effective_date", Value(Way.IN.value), "amount"),
        all=True,
    )
    return [LateCash(moved_on, on, amount if way == Way.IN else -amount) for moved_on, on, way, amount in rows]


def _late(
    account: int | OuterRef, ledger_account: int | OuterRef
) -> tuple[QuerySet[CashMovement], QuerySet[CashMovement], QuerySet[Posting]]:
    """Find the cash that was booked late, the cash that was undone late, and what it had paid, given up late."""
    cash = CashMovement.objects.filter(settlement_account=account)
    return (
        cash.filter(entry__effective_date__gt=F("effective_date")),
        cash.filter(corrections__reversal__effective_date__gt=F("effective_date")),
        Posting.objects.filter(
            ledger_account=ledger_account,
            entry__in=CashCorrection.objects.exclude(given_up=None).values("given_up"),
            entry__effective_date__gt=F("entry__reverses__effective_date"),
        ),
    )


def accrued_days(account: SettlementAccount, first: date, last: date) -> list[AccruedDay]:
    """Tell what an account earned and owed on each day of a period, by the terms of that day."""
    agreements = list(account.agreements.select_related("product").order_by("effective_from", "pk"))
    if not agreements or last < first:
        return []
    begins = max(first, agreements[0].effective_from)
    starts = [each.effective_from for each in agreements]
    terms = [_day_terms(each) for each in agreements]
    days = [
        (day, balance, terms[bisect_right(starts, day) - 1]) for day, balance in closing_balances(account, begins, last)
    ]
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


def correction(account: SettlementAccount) -> tuple[Decimal, Decimal]:
    """Tell by how much what was dated back, or corrected late, changed what earlier periods earned and owed."""
    periods = account.terms_periods.order_by("first_date")
    begun = periods.values_list("first_date", flat=True).first()
    if begun is None:
        return ZERO, ZERO
    late = Posting.objects.filter(
        Q(effective_date__gte=OuterRef("first_date")) | Q(effective_date__lt=begun),
        ledger_account=account.ledger_account_id,
        effective_date__lte=OuterRef("last_date"),
        entry__posted_at__gt=OuterRef("booked_at"),
    )
    if not periods.filter(Exists(late)).exists() and not late_cash(account):
        return ZERO, ZERO
    now = [sum_of(accrued_days(account, each.first_date, each.last_date)) for each in periods]
    booked = periods.aggregate(
        earned=Sum(F("earned_amount") + F("correction_amount")),
        owed=Sum(F("overdraft_interest_amount") + F("overdraft_correction_amount")),
    )
    earned, owed = (sum(each, ZERO) for each in zip(*now, strict=True))
    return earned - booked["earned"], owed - booked["owed"]


def owed(account: SettlementAccount, through: date) -> Decimal:
    """Tell what an account is owed through a day, or below zero owes, as earlier periods are known now."""
    return unbooked_interest(account, through) + correction(account)[0]


def owed_to_all(currency: str, through: date) -> Decimal:
    """Add up what all accounts are owed through a day; who has cash that was booked late is asked once for all."""
    booked, undone, given_up = _late(OuterRef("pk"), OuterRef("ledger_account"))
    accounts = bearing_accounts(currency).annotate(has_late_cash=Exists(booked) | Exists(undone) | Exists(given_up))
    return sum((owed(account, through) for account in accounts), ZERO)


def charges_left(account: SettlementAccount) -> Decimal:
    """Tell what was not charged so far, because the account held too little or might not pay."""
    last = last_period(account)
    return last.left_amount if last else ZERO


def bearing_accounts(currency: str) -> QuerySet[SettlementAccount]:
    """List the accounts that stand on terms and are not closed."""
    accounts = SettlementAccount.objects.filter(currency=currency).exclude(status=Status.CLOSED)
    return accounts.filter(agreements__isnull=False).distinct().select_related("ledger_account").order_by("pk")


@dataclass(frozen=True)
class InterestTie:
    """Where a booked period and its entries, or the interest owed and its account, do not agree."""

    subject: str
    kept: Decimal
    recomputed: Decimal


def untied_interest() -> list[InterestTie]:
    """Compare each booked period, and what it carried, with what their entries moved on the account; none is right."""
    found = []
    periods = TermsPeriod.objects.select_related("settlement_account")
    for period in periods.order_by("pk").iterator(chunk_size=500):
        given = period.interest_amount - period.tax_amount - period.charged_amount
        entries = [period.interest_entry_id, period.correction_entry_id, period.charge_entry_id]
        found += _untied(period, given, entries)
    for later in CarriedCharge.objects.exclude(entry=None).select_related("period__settlement_account").order_by("pk"):
        found += _untied(later.period, -later.charged_amount, [later.entry_id])
    return found


def _untied(period: TermsPeriod, given: Decimal, entries: Sequence[int | None]) -> list[InterestTie]:
    account = period.settlement_account
    moved = Posting.objects.filter(entry__in=entries, ledger_account=account.ledger_account_id).aggregate(
        came=Sum("amount", filter=Q(direction="credit"), default=ZERO),
        went=Sum("amount", filter=Q(direction="debit"), default=ZERO),
    )
    net = moved["came"] - moved["went"]
    return [InterestTie(f"{account.reference} {period.last_date}", given, net)] if net != given else []


def interest_payable(currency: str) -> LedgerAccount:
    """Find the account of interest that is owed to customers and not given yet."""
    return LedgerAccount.objects.named("interest_payable", currency)
