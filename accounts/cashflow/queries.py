"""What evidence tells: the statements, the months, the customers, and what is doubtful about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from accounts.cashflow.models import BankTransaction, Invoice, StatementImport
from accounts.cashflow.states import EVIDENCE, Category, Status
from accounts.identity.models import Enterprise
from portal.core.dates import add_months
from portal.core.models import Job

MONTHS: Final = 12
NOTHING: Final = Decimal(0)
_MOVED_WITHIN: Final = frozenset({Category.OWN_TRANSFER})


@dataclass(frozen=True)
class Month:
    """One month's money in the bank's currency: in, out (both positive), and what the accounts held at its end."""

    first_day: date
    inflow: Decimal
    outflow: Decimal
    balance: Decimal | None

    @property
    def net(self) -> Decimal:
        """What remained of what came in."""
        return self.inflow - self.outflow


@dataclass(frozen=True)
class Doubts:
    """What a person should look at."""

    holder_matches: bool
    foreign_evidence: bool
    suspicions: int


def statements_of(enterprise: Enterprise) -> QuerySet[StatementImport]:
    """List the statements that count or wait to count, newest first."""
    return _with_files(StatementImport.objects.current().filter(enterprise=enterprise))


def all_statements_of(enterprise: Enterprise) -> QuerySet[StatementImport]:
    """List every statement that was ever received, newest first."""
    return _with_files(StatementImport.objects.filter(enterprise=enterprise))


def _with_files(statements: QuerySet[StatementImport]) -> QuerySet[StatementImport]:
    return statements.select_related("file", "enterprise").order_by("-uploaded_at", "-pk")


def is_reading(enterprise: Enterprise) -> bool:
    """Tell whether a statement is still being read."""
    return StatementImport.objects.filter(enterprise=enterprise, status=Status.READING).exists()


def attempts_to_read(reference: str) -> int:
    """Count how often the reading of a statement was begun since it was last asked for."""
    promises = Job.objects.filter(name="cashflow.read", reference=reference, done_at=None)
    return promises.values_list("attempts", flat=True).first() or 0


def has_evidence(enterprise: Enterprise) -> bool:
    """Tell whether a statement was read or is being read."""
    return StatementImport.objects.filter(enterprise=enterprise, status__in=EVIDENCE).exists()


def doubts_about(enterprise: Enterprise) -> Doubts:
    """Tell whose statements they are, whether money is foreign, and in how many places they do not add up.

    Such a place is a day on which two files contradict each other, or a break between a file's balances and its lines.
    """
    told = StatementImport.objects.filter(enterprise=enterprise, status=Status.READ).aggregate(
        others=Count("pk", filter=Q(is_foreign_holder=True)),
        suspicions=Coalesce(Sum(F("contradiction_count") + F("break_count")), 0),
    )
    foreign = BankTransaction.objects.current().filter(enterprise=enterprise).exclude(currency=settings.BANK_CURRENCY)
    return Doubts(
        holder_matches=not told["others"], foreign_evidence=foreign.exists(), suspicions=int(told["suspicions"])
    )


def counted(enterprise: Enterprise) -> QuerySet[BankTransaction]:
    """Pick the lines that are summed: current, in the bank's currency, in the enterprise's name."""
    return BankTransaction.objects.current().filter(enterprise=enterprise, is_counted=True)


def last_day_of(enterprise: Enterprise) -> date | None:
    """Find the latest day that the evidence tells of."""
    latest: date | None = counted(enterprise).aggregate(latest=Max("booked_on"))["latest"]
    return latest


def monthly(enterprise: Enterprise, *, on: date | None = None, months: int = MONTHS) -> list[Month]:
    """Add up the months until ``on`` (otherwise until the evidence ends), oldest first; none without evidence.

    Transfers between own accounts are left out: they move money without earning or spending it.
    """
    last = on or last_day_of(enterprise)
    if last is None:
        return []
    first_days = [add_months(last.replace(day=1), -back) for back in reversed(range(months))]
    lines = counted(enterprise).filter(booked_on__gte=first_days[0], booked_on__lte=last)
    sums = {
        row["month"]: row
        for row in lines.exclude(category__in=_MOVED_WITHIN)
        .annotate(month=TruncMonth("booked_on"))
        .values("month")
        .annotate(
            inflow=Coalesce(Sum("amount", filter=Q(amount__gt=0)), NOTHING),
            outflow=-Coalesce(Sum("amount", filter=Q(amount__lt=0)), NOTHING),
        )
    }
    balances = _balances(enterprise, first_days, last)
    none = {"inflow": NOTHING, "outflow": NOTHING}
    return [
        Month(day, sums.get(day, none)["inflow"], sums.get(day, none)["outflow"], balance)
        for day, balance in zip(first_days, balances, strict=True)
    ]


def balance_on(enterprise: Enterprise, day: date) -> Decimal | None:
    """Add up what the bank accounts held at the end of a day, as far as statements tell."""
    return _balances(enterprise, [day.replace(day=1)], day)[0]


def _balances(enterprise: Enterprise, first_days: Sequence[date], last: date) -> list[Decimal | None]:
    """Add up what each bank account held at the end of each month; a quiet month keeps the balance before it."""
    rows = (
        counted(enterprise)
        .filter(balance_after__isnull=False, booked_on__lte=last)
        .annotate(month=TruncMonth("booked_on"))
        .order_by("statement__account_key", "month", "-booked_on", "-line_number", "-pk")
        .distinct("statement__account_key", "month")
        .values_list("statement__account_key", "month", "balance_after")
    )
    held: dict[str, dict[date, Decimal]] = {}
    for account, month, balance in rows:
        held.setdefault(account, {})[month] = balance or NOTHING
    return [_balance_at(held, day) for day in first_days]


def _balance_at(held: dict[str, dict[date, Decimal]], month: date) -> Decimal | None:
    ends = [max((each for each in months if each <= month), default=None) for months in held.values()]
    known = [months[end] for months, end in zip(held.values(), ends, strict=True) if end is not None]
    return sum(known, NOTHING) if known else None


def lines_of(statement: StatementImport) -> QuerySet[BankTransaction]:
    """List the lines that a statement brought, newest first."""
    return statement.lines.order_by("-booked_on", "-line_number")


def invoices_of(enterprise: Enterprise) -> list[dict[str, Any]]:
    """Add up the current invoices by direction and currency."""
    rows = Invoice.objects.current().filter(enterprise=enterprise, is_valid=True).values("direction", "currency")
    return list(rows.annotate(count=Count("pk"), total=Sum("gross_amount")).order_by("direction", "currency"))
