"""What evidence tells: the statements, the months, the customers, and what is doubtful about them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, Final

from django.conf import settings
from django.db.models import BigIntegerField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncMonth

from accounts.cashflow import replacing
from accounts.cashflow.categories import likeness
from accounts.cashflow.models import BankTransaction, Invoice, InvoiceLedger, ReplacementClearing, StatementImport
from accounts.cashflow.parties import Parties
from accounts.cashflow.replacing import Replaced
from accounts.cashflow.states import CURRENT, EVIDENCE, Category, Status
from accounts.identity.models import Enterprise
from accounts.ledger.models import Posting
from accounts.settlement.models import SettlementAccount
from portal.core import jobs
from portal.core.dates import add_months

MONTHS: Final = 12
NOTHING: Final = Decimal(0)
_MOVED_WITHIN: Final = frozenset({Category.OWN_TRANSFER})


@dataclass(frozen=True)
class Month:
    """One month's money in the bank's currency, all positive, and what the accounts held at its end.

    Loans are apart: what one paid out is neither earned nor does it remain, and what was paid back, early or as agreed,
    is no cost of running the business, as features have it (`net_flow_share`).
    """

    first_day: date
    inflow: Decimal
    outflow: Decimal
    balance: Decimal | None
    borrowed: Decimal = NOTHING
    repaid: Decimal = NOTHING

    @property
    def net(self) -> Decimal:
        """What remained of what came in, before loans."""
        return self.inflow - self.outflow


@dataclass(frozen=True)
class Doubts:
    """What a person should look at."""

    holder_matches: bool
    foreign_evidence: bool
    suspicions: int
    replaced: tuple[Replaced, ...] = ()


@dataclass(frozen=True)
class DayApart:
    """A day of which two files of one account tell otherwise: what comes together in either."""

    day: date
    here: Decimal
    there: Decimal

    @property
    def difference(self) -> Decimal:
        """What the first tells beyond the other."""
        return self.here - self.there


@dataclass(frozen=True)
class Contradicting:
    """A statement, the others of its account that tell otherwise, and the days."""

    statement: StatementImport
    others: list[StatementImport]
    days: list[DayApart]

    @property
    def difference(self) -> Decimal:
        """What it tells beyond the others, all days together."""
        return sum((each.difference for each in self.days), NOTHING)


@dataclass(frozen=True)
class Since:
    """How many statements changed after a moment: came, told what they had left open, were withdrawn."""

    came: int
    answered: int
    withdrawn: int


def statements_of(enterprise: Enterprise, *, at: datetime | None = None) -> QuerySet[StatementImport]:
    """List the statements that count or wait to count, now or at a moment, newest first."""
    return _with_files(StatementImport.objects.current(at=at).filter(enterprise=enterprise))


def changed_since(enterprise: Enterprise, moment: datetime) -> Since:
    """Count the statements that are not as they were at a moment."""
    told_then = BankTransaction.objects.filter(statement=OuterRef("pk"), recorded_at__lte=moment)
    known, later = Q(uploaded_at__lte=moment), Q(read_at__gt=moment, status=Status.READ) & ~Q(answers={})
    counts = StatementImport.objects.filter(enterprise=enterprise).aggregate(
        came=Count("pk", filter=Q(uploaded_at__gt=moment, status__in=CURRENT) & ~Q(status=Status.REFUSED)),
        answered=Count("pk", filter=known & later & ~Q(Exists(told_then))),
        withdrawn=Count("pk", filter=known & Q(superseded_at__gt=moment)),
    )
    return Since(**counts)


def accepted_of(enterprise: Enterprise) -> QuerySet[StatementImport]:
    """List the statements that were not refused."""
    return statements_of(enterprise).exclude(status=Status.REFUSED)


def all_statements_of(enterprise: Enterprise) -> QuerySet[StatementImport]:
    """List every statement that was ever received, newest first."""
    return _with_files(StatementImport.objects.filter(enterprise=enterprise))


def clearings_of(enterprise: Enterprise) -> dict[tuple[str, str], ReplacementClearing]:
    """Name the clearings that stand, by the references of the withdrawn statement and of what counts instead."""
    standing = ReplacementClearing.objects.filter(withdrawn__enterprise=enterprise, superseded_at=None)
    rows = standing.select_related("withdrawn", "replaced_by", "by")
    return {(each.withdrawn.reference, each.replaced_by.reference): each for each in rows}


def _with_files(statements: QuerySet[StatementImport]) -> QuerySet[StatementImport]:
    return statements.select_related("file", "enterprise", "answered_as").order_by("-uploaded_at", "-pk")


def is_reading(enterprise: Enterprise) -> bool:
    """Tell whether a statement is still being read."""
    return StatementImport.objects.filter(enterprise=enterprise, status=Status.READING).exists()


def asking(enterprise: Enterprise) -> list[StatementImport | InvoiceLedger]:
    """List the files that wait for an answer, statements before invoice ledgers, the first one first."""
    statements = StatementImport.objects.filter(enterprise=enterprise, status=Status.ASKS)
    return [*statements.order_by("uploaded_at", "pk"), *asking_ledgers(enterprise)]


def asking_ledgers(enterprise: Enterprise) -> QuerySet[InvoiceLedger]:
    """List the invoice ledgers that wait for an answer, the first one first."""
    waiting = InvoiceLedger.objects.filter(enterprise=enterprise, status=Status.ASKS)
    return waiting.select_related("file").order_by("uploaded_at", "pk")


def attempts_to_read(reference: str) -> int:
    """Count how often the reading of a statement was begun since it was last asked for."""
    return jobs.attempts("cashflow.read", reference)


def has_evidence(enterprise: Enterprise) -> bool:
    """Tell whether a statement was read or is being read, or our own books tell of the enterprise."""
    if StatementImport.objects.filter(enterprise=enterprise, status__in=EVIDENCE).exists():
        return True
    return Posting.objects.filter(ledger_account__settlement_account__enterprise=enterprise).exists()


def doubts_about(enterprise: Enterprise, *, judged_at: Callable[[], Collection[datetime]] = tuple) -> Doubts:
    """Tell whose statements they are, whether money is foreign, and in how many places they do not add up.

    Such a place is a day on which two files contradict each other, a break between a file's balances and its lines, a
    file whose question nobody answered, and a correction by which an owner makes a payment look better than the rules
    do, until a member of staff has said the same.

    :param judged_at: tells when the enterprise was judged, if a statement was withdrawn; a day of one that was
        withdrawn since is such a place, too, where another one of its account tells it otherwise now.
    """
    told = StatementImport.objects.filter(enterprise=enterprise).aggregate(
        others=Count("pk", filter=Q(status=Status.READ, is_foreign_holder=True)),
        places=Coalesce(Sum(F("contradiction_count") + F("break_count"), filter=Q(status=Status.READ)), 0),
        asking=Count("pk", filter=Q(status=Status.ASKS)),
        withdrawn=Count("pk", filter=Q(status=Status.WITHDRAWN)),
    )
    current = BankTransaction.objects.current().filter(enterprise=enterprise)
    lines = current.aggregate(
        flattering=Count("correction", filter=Q(is_flattered=True), distinct=True),
        foreign=Count("pk", filter=~Q(currency=settings.BANK_CURRENCY)),
    )
    swapped = tuple(replacing.replaced(enterprise, judged_at=judged_at())) if told["withdrawn"] else ()
    suspicions = (
        told["places"]
        + told["asking"]
        + asking_ledgers(enterprise).count()
        + lines["flattering"]
        + len({(each.withdrawn.account_key, day) for each in swapped for day in each.days})
    )
    return Doubts(not told["others"], bool(lines["foreign"]), int(suspicions), swapped)


def contradicting(enterprise: Enterprise) -> list[Contradicting]:
    """List the statements that tell otherwise than another one; all count until one is chosen."""
    told = list(_with_files(StatementImport.objects.filter(enterprise=enterprise, status=Status.READ)))
    files = {each.reference: each for each in told}
    found = []
    for statement in told:
        days = [each for each in statement.contradictions if any(name in files for name in each["with"])]
        names = {name for each in days for name in each["with"] if name in files}
        if days:
            apart = [
                DayApart(date.fromisoformat(each["day"]), Decimal(each["here"]), Decimal(each["there"]))
                for each in days
            ]
            found.append(Contradicting(statement, [files[name] for name in sorted(names)], apart))
    return found


def counted(enterprise: Enterprise, *, at: datetime | None = None) -> QuerySet[BankTransaction]:
    """Pick the lines that are summed, now or at a moment: current, in the bank's currency, in the enterprise's name."""
    return BankTransaction.objects.current(at=at).filter(enterprise=enterprise, is_counted=True)


def last_day_of(enterprise: Enterprise, *, at: datetime | None = None) -> date | None:
    """Find the latest day that the evidence tells of."""
    latest: date | None = counted(enterprise, at=at).aggregate(latest=Max("booked_on"))["latest"]
    return latest


def monthly(
    enterprise: Enterprise, *, on: date | None = None, months: int = MONTHS, at: datetime | None = None
) -> list[Month]:
    """Add up the months until ``on`` (otherwise until the evidence ends), oldest first; none without evidence.

    Transfers between own accounts are left out: they move money without earning or spending it.

    :param at: by what was evidence at this moment, otherwise by what is now.
    """
    last = on or last_day_of(enterprise, at=at)
    if last is None:
        return []
    first_days = [add_months(last.replace(day=1), -back) for back in reversed(range(months))]
    lines = counted(enterprise, at=at).filter(booked_on__gte=first_days[0], booked_on__lte=last)
    lent, back = Q(category=Category.LOAN_PROCEEDS), Q(category=Category.LOAN_REPAYMENT)
    sums = {
        row["month"]: row
        for row in lines.exclude(category__in=_MOVED_WITHIN)
        .annotate(month=TruncMonth("booked_on"))
        .values("month")
        .annotate(
            inflow=Coalesce(Sum("amount", filter=Q(amount__gt=0) & ~lent), NOTHING),
            borrowed=Coalesce(Sum("amount", filter=Q(amount__gt=0) & lent), NOTHING),
            outflow=-Coalesce(Sum("amount", filter=Q(amount__lt=0) & ~back), NOTHING),
            repaid=-Coalesce(Sum("amount", filter=Q(amount__lt=0) & back), NOTHING),
        )
    }
    balances = _balances(enterprise, first_days, last, at=at)
    none = {"inflow": NOTHING, "outflow": NOTHING, "borrowed": NOTHING, "repaid": NOTHING}
    told = [sums.get(day, none) for day in first_days]
    return [
        Month(day, row["inflow"], row["outflow"], balance, row["borrowed"], row["repaid"])
        for day, row, balance in zip(first_days, told, balances, strict=True)
    ]


def balance_on(enterprise: Enterprise, day: date) -> Decimal | None:
    """Add up what the bank accounts held at the end of a day, as far as statements tell."""
    return _balances(enterprise, [day.replace(day=1)], day)[0]


def _balances(
    enterprise: Enterprise, first_days: Sequence[date], last: date, *, at: datetime | None = None
) -> list[Decimal | None]:
    """Add up what each bank account held at the end of each month; a quiet month keeps the balance before it."""
    rows = (
        counted(enterprise, at=at)
        .filter(balance_after__isnull=False, booked_on__lte=last)
        .annotate(
            account=Coalesce("statement__account_key", "settlement_account__number"), month=TruncMonth("booked_on")
        )
        .order_by("account", "month", "-booked_on", "-line_number", "-pk")
        .distinct("account", "month")
        .values_list("account", "month", "balance_after")
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
    """List the lines that a statement brought, newest first; of a corrected one, as it stands now."""
    later = BankTransaction.objects.filter(
        statement=OuterRef("statement"), line_number=OuterRef("line_number"), pk__gt=OuterRef("pk")
    )
    return statement.lines.filter(~Exists(later)).order_by("-booked_on", "-line_number")


def lines(enterprise: Enterprise, *, category: str = "", way: str = "", words: str = "") -> QuerySet[BankTransaction]:
    """List an enterprise's payments, newest first: of one category, of one way (``in``, ``out``), with these words."""
    found = BankTransaction.objects.current().filter(enterprise=enterprise)
    if category:
        found = found.filter(category=category)
    if way:
        found = found.filter(amount__gt=0) if way == "in" else found.filter(amount__lt=0)
    if words:
        found = found.filter(Q(counterparty_name__icontains=words) | Q(description__icontains=words))
    found = found.select_related("statement", "settlement_account", "correction", "posting__entry__transfer")
    return found.order_by("-booked_on", "-pk")


def current_of(line: BankTransaction) -> BankTransaction | None:
    """Find a line as it stands now: itself, or the copy with the newest category; none where it was withdrawn."""
    same = BankTransaction.objects.current().filter(
        enterprise=line.enterprise_id,
        line_number=line.line_number,
        statement=line.statement_id,
        posting=line.posting_id,
    )
    return same.select_related("statement", "posting__entry__transfer", "correction").first()


def parties_of(enterprise: Enterprise, fresh: Iterable[BankTransaction] = ()) -> Parties:
    """Tell the parties of an enterprise's current payments apart, and of those that are about to be recorded."""
    known = BankTransaction.objects.current().filter(enterprise=enterprise).order_by()
    pairs = known.values_list("counterparty_account_key", "counterparty_key").distinct()
    return Parties([*pairs, *((each.counterparty_account_key, each.counterparty_key) for each in fresh)])


def of_party(parties: Parties, party: str) -> Q:
    """Keep the payments of one party."""
    told = [Q(counterparty_account_key=account, counterparty_key=name) for account, name in parties.pairs_of(party)]
    return reduce(or_, told)


def payments_like(line: BankTransaction) -> int:
    """Count the current payments that one correction of a line's counterparty would reach, itself among them."""
    same = BankTransaction.objects.current().filter(enterprise=line.enterprise_id)
    same = same.filter(amount__gt=0) if line.way > 0 else same.filter(amount__lt=0)
    parties = parties_of(line.enterprise)
    if party := parties.of(line.counterparty_account_key, line.counterparty_key):
        return same.filter(of_party(parties, party)).count()
    wanted = likeness("", line.description)
    told = same.filter(counterparty_key="").values_list("description", flat=True)
    return sum(1 for description in told if likeness("", description) == wanted)


def invoices_of(enterprise: Enterprise) -> list[dict[str, Any]]:
    """Add up the current invoices by direction and currency."""
    rows = Invoice.objects.current().filter(enterprise=enterprise, is_valid=True).values("direction", "currency")
    return list(rows.annotate(count=Count("pk"), total=Sum("gross_amount")).order_by("direction", "currency"))


def behind() -> QuerySet[SettlementAccount]:
    """List the settlement accounts that have postings which are not evidence yet, with the last one ``known``."""
    newest = Posting.objects.filter(ledger_account=OuterRef("ledger_account")).order_by("-pk").values("pk")[:1]
    known = BankTransaction.objects.filter(settlement_account=OuterRef("pk")).order_by("-posting").values("posting")[:1]
    accounts = SettlementAccount.objects.annotate(
        newest=Subquery(newest), known=Coalesce(Subquery(known, output_field=BigIntegerField()), 0)
    )
    return accounts.filter(newest__gt=F("known")).order_by("pk")


def not_absorbed() -> list[str]:
    """Name the enterprises whose settlement accounts have postings that are not evidence yet."""
    return sorted(set(behind().values_list("enterprise__reference", flat=True)))
