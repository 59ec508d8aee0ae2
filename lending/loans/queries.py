"""Questions about loans."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Enterprise, User
from accounts.identity.queries import Dealing, Kind, enterprises_matching, offer_finding, offer_telling
from accounts.ledger.queries import Discrepancy
from accounts.settlement import queries as settlement
from accounts.settlement.interest import closing_balances
from accounts.settlement.models import Receipt, SettlementAccount
from lending.applications.models import Offer
from lending.loans import late_interest, states
from lending.loans.late_interest import NONE, Late, LateInterest, Part
from lending.loans.losses import ties
from lending.loans.models import Allocation, Installment, Loan
from lending.loans.prepaying import Early, Owing
from lending.loans.proposals.states import Status
from portal.core import formats, interest
from portal.core.badges import Badge
from portal.core.idempotency import fingerprint_of
from portal.core.interest import Prepayment

UNPAID = Q(superseded_on=None) & (
    Q(principal_paid_amount__lt=F("principal_amount"))
    | Q(interest_paid_amount__lt=F("interest_amount") - F("interest_saved_amount"))
)
CURRENT = Q(installments__superseded_on=None)
OPEN_PRINCIPAL = F("installments__principal_amount") - F("installments__principal_paid_amount")
NEXT_DUE = CURRENT & (
    Q(installments__principal_paid_amount__lt=F("installments__principal_amount"))
    | Q(
        installments__interest_paid_amount__lt=F("installments__interest_amount")
        - F("installments__interest_saved_amount")
    )
)

offer_finding(lambda asked: Q(pk__in=Loan.objects.filter(reference__iexact=asked).values("enterprise")))


def listed(user: User, *, asked: str = "") -> QuerySet[Loan]:
    """List the loans one may see, due longest first: what is open, when it is next due, its schedule's version.

    :param asked: a loan's reference, or what finds its enterprise.
    """
    seen = Loan.objects.visible_to(user).select_related("enterprise", "offer__application__product")
    if asked:
        found = enterprises_matching(asked, user=user).order_by()
        seen = seen.filter(Q(reference__iexact=asked) | Q(enterprise__in=found))
    return seen.annotate(
        open_principal_amount=Coalesce(Sum(OPEN_PRINCIPAL, filter=CURRENT), Decimal(0)),
        next_due_date=Min("installments__due_date", filter=NEXT_DUE),
        schedule_version=Max("installments__version"),
    ).order_by(F("next_due_date").asc(nulls_last=True), "-pk")


def _told(enterprise: Enterprise, user: User, on: date) -> Iterator[Dealing]:
    loans: QuerySet[Any] = listed(user).filter(enterprise=enterprise)
    for loan in loans:
        name = f"{loan.reference} · {formats.money(loan.principal_amount)} · {formats.day(loan.disbursed_on)}"
        is_late = loan.next_due_date and loan.next_due_date < on and not loan.is_written_off
        yield Dealing(loan.reference, name, loan.open_principal_amount, None, states.LATE if is_late else loan.badge)


offer_telling(Kind(_("Loans, and what is open of each"), "loans:list", "loans:detail", _told))


def due(on: date) -> QuerySet[Loan]:
    """List the loans of which an installment is due by a day and not paid, those written off as well."""
    unpaid = Installment.objects.filter(UNPAID, due_date__lte=on)
    return Loan.objects.filter(status__in=states.OWING, pk__in=unpaid.values("loan")).order_by("pk")


def receipts_to_claim() -> QuerySet[Receipt]:
    """List receipts that name a loan on which something is owed and that no repayment claimed."""
    owed = Loan.objects.filter(status__in=states.OWING).values("reference")
    return Receipt.objects.unclaimed().filter(purpose="loan", subject__in=owed).order_by("pk")


def accounts_for(offer: Offer) -> QuerySet[SettlementAccount]:
    """List the accounts that an offer can be paid out to: the enterprise's open ones in the loan's currency."""
    accounts = settlement.open_accounts_of(offer.application.enterprise)
    return accounts.filter(currency=offer.terms.currency).select_related("ledger_account__kept_balance")


@dataclass(frozen=True)
class Row:
    """An installment and how it is shown."""

    installment: Installment
    badge: Badge


@dataclass(frozen=True)
class Standing:
    """A loan on a day: its schedule, what is open, what is late."""

    rows: list[Row]
    open_principal_amount: Decimal
    open_amount: Decimal
    late_amount: Decimal
    days_past_due: int
    next_installment: Installment | None
    late_interest: LateInterest


def schedule_of(loan: Loan, rows: Sequence[Installment]) -> interest.Schedule:
    """Tell a schedule as it was signed or agreed to; `rows` are all its installments in order."""
    terms, start = loan.terms, loan.disbursed_on
    if rows[0].version > 1:
        (agreed,) = (each for each in loan.reschedulings.all() if each.version == rows[0].version)  # may be prefetched
        assert agreed.agreed_on is not None
        terms, start = agreed.terms, agreed.agreed_on
    starts = [start, *(row.due_date for row in rows)]
    return interest.Schedule(
        terms=terms,
        tranches=(interest.Tranche(start, _sum(row.principal_amount for row in rows)),),
        installments=tuple(
            interest.Installment(
                number=row.number,
                period_start=start,
                due_date=row.due_date,
                principal_amount=row.principal_amount,
                interest_amount=row.interest_amount - row.interest_carried_amount,
                fee_amount=Decimal(0),
                balance_after=row.balance_after_amount,
            )
            for start, row in zip(starts, rows, strict=False)
        ),
        upfront_fee_amount=loan.upfront_fee_amount,
    )


def owing_of(loan: Loan, *, on: date) -> Owing[Installment]:
    """Tell what a loan owes on a day, and what repaying it early would save."""
    rows = list(loan.installments.current())
    return Owing(
        made=schedule_of(loan, rows),
        rows=rows,
        prepayments=_prepayments(loan, rows[0].version),
        on=on,
        late_interest_amount=late_interest_of(loan, on=on).open_amount,
    )


def shown_of(early: Early | None) -> str:
    """Name what repaying early does, empty for nothing: whoever confirms it says that this is what they saw."""
    return fingerprint_of(astuple(early)) if early else ""


def _prepayments(loan: Loan, version: int) -> list[Prepayment]:
    """List what came back early within a version of a loan's schedule: all principal, or what is said to be."""
    paid = Allocation.objects.filter(
        repayment__loan=loan, repayment__undone=None, repayment__prepaid_amount__gt=0, installment__version=version
    )
    if not loan.terms.early_by_day:
        told = paid.values_list("repayment__paid_on", "repayment__prepaid_amount").order_by("repayment").distinct()
        return [Prepayment(day, amount) for day, amount in told]
    early = paid.filter(principal_amount__gt=0, installment__due_date__gt=F("repayment__paid_on"))
    rows = early.values_list("repayment__paid_on", "principal_amount", "installment__number").order_by("pk")
    return [Prepayment(day, amount, number) for day, amount, number in rows]


def late_interest_of(loan: Loan, *, on: date) -> LateInterest:
    """Tell the late interest of a loan on a day."""
    return late_interest_of_all([loan], on=on).get(loan.pk, NONE)


def late_interest_of_all(loans: Iterable[Loan], *, on: date) -> dict[int, LateInterest]:
    """Tell the late interest of those loans whose contract knows any, on a day, by their primary keys.

    Worked out from installments and repayments each time; less what was paid, waived, or carried over to another
    schedule. A loan whose installments are all paid asks for none any more.
    """
    bearing = {loan.pk: loan.terms for loan in loans if loan.terms.late_rate_markup}
    if not bearing:
        return {}
    settled, rows = _settled(bearing), _rows_of(bearing)
    days = (on, on + timedelta(days=1))
    found = {}
    for pk, terms in bearing.items():
        if any(row.superseded_on is None and not row.is_paid for row, _late in rows[pk]):
            late = [late for _row, late in rows[pk]]
            left = [max(late_interest.accrued(late, terms, on=day) - settled[pk], Decimal(0)) for day in days]
            found[pk] = LateInterest(*left)
    return found


def _settled(loans: Iterable[int]) -> dict[int, Decimal]:
    """Tell how much late interest of each loan was paid, waived or carried over."""
    kinds = (
        Sum("repayments__late_interest_amount", filter=Q(repayments__undone=None)),
        Sum("waivers__amount", filter=Q(waivers__status=Status.APPROVED)),
        Sum("reschedulings__late_interest_amount"),
    )
    settled: dict[int, Decimal] = defaultdict(Decimal)
    for kind in kinds:
        for pk, amount in Loan.objects.filter(pk__in=loans).order_by().annotate(sum=kind).values_list("pk", "sum"):
            settled[pk] += amount or 0
    return settled


def _rows_of(loans: Iterable[int]) -> dict[int, list[tuple[Installment, Late]]]:
    """Gather the installments of each loan, superseded ones as well, with what was paid of them when."""
    parts: dict[int, list[Part]] = defaultdict(list)
    paid = Allocation.objects.filter(installment__loan__in=loans, repayment__undone=None)
    told = paid.values_list("installment", "repayment__paid_on", "principal_amount", "interest_amount")
    for pk, day, principal_amount, interest_amount in told:
        parts[pk].append(Part(day, principal_amount, interest_amount))
    rows: dict[int, list[tuple[Installment, Late]]] = defaultdict(list)
    for row in Installment.objects.filter(loan__in=loans):
        bearing = max(row.asked_interest_amount - row.interest_carried_amount, Decimal(0))
        late = Late(row.due_date, row.principal_amount, bearing, parts[row.pk], row.superseded_on)
        rows[row.loan_id].append((row, late))
    return rows


def open_principal_of(loan: Loan) -> Decimal:
    """Tell how much of the principal is not repaid."""
    return _sum(row.principal_amount - row.principal_paid_amount for row in loan.installments.current())


def repaying_scope(loan: Loan) -> str:
    """Name what the keys of a loan's repayments are kept under."""
    return f"loans.repay:{loan.reference}"


def standing_of(loan: Loan, *, on: date) -> Standing:
    """Tell how a loan stands on a day."""
    installments = list(loan.installments.current())
    unpaid = [row for row in installments if not row.is_paid]
    late = [row for row in unpaid if row.due_date < on]
    return Standing(
        rows=[Row(row, _badge(row, unpaid, on)) for row in installments],
        open_principal_amount=_sum(row.principal_amount - row.principal_paid_amount for row in installments),
        open_amount=_sum(row.open_amount for row in unpaid),
        late_amount=_sum(row.open_amount for row in late),
        days_past_due=max((row.days_past_due(on=on) for row in late), default=0),
        next_installment=unpaid[0] if unpaid else None,
        late_interest=late_interest_of(loan, on=on),
    )


@dataclass(frozen=True)
class Asked:
    """What a loan asks for next on a day: all that is late, or else its next installment."""

    amount: Decimal
    due_date: date
    days_past_due: int


def asked_of_all(loans: Iterable[Loan], *, on: date) -> dict[int, Asked]:
    """Tell what those loans of which something is open ask for next, by their primary keys."""
    unpaid: dict[int, list[Installment]] = defaultdict(list)
    for row in Installment.objects.current().filter(UNPAID, loan__in=loans):
        unpaid[row.loan_id].append(row)
    found = {}
    for loan, rows in unpaid.items():
        asked = [row for row in rows if row.due_date < on] or rows[:1]
        amount, first = _sum(row.open_amount for row in asked), asked[0]
        found[loan] = Asked(amount, first.due_date, first.days_past_due(on=on))
    return found


def _badge(row: Installment, unpaid: list[Installment], on: date) -> Badge:
    if row.is_paid:
        return states.PAID
    if row.due_date < on:
        return states.LATE
    if row.due_date == on:
        return states.DUE
    return states.NEXT if row == unpaid[0] else states.LATER


def _sum(amounts: Any) -> Decimal:
    return sum(amounts, Decimal(0))


# Each compares what a loan says with what the ledger, or the repayments, say of it, in one statement and one moment.
BOOKED: Final = """
    SELECT entry.subject AS reference,
           sum(CASE posting.direction WHEN 'debit' THEN posting.amount ELSE -posting.amount END) AS amount
    FROM accounts_posting posting
    JOIN accounts_journalentry entry ON entry.id = posting.entry_id
    JOIN accounts_ledgeraccount account ON account.id = posting.ledger_account_id
    WHERE account.purpose = '{purpose}' GROUP BY entry.subject"""
PLANNED: Final = """
    SELECT loan.reference, sum({amount}) AS amount
    FROM lending_loan loan JOIN lending_installment installment ON installment.loan_id = loan.id
    GROUP BY loan.reference"""
TIED: Final = """
    SELECT coalesce(kept.reference, recomputed.reference), kept.amount, recomputed.amount
    FROM ({kept}) kept FULL JOIN ({recomputed}) recomputed ON recomputed.reference = kept.reference
    WHERE coalesce(kept.amount, 0) <> coalesce(recomputed.amount, 0) ORDER BY 1"""
OPEN: Final = "CASE WHEN installment.superseded_on IS NULL THEN {amount} ELSE 0 END"
PRINCIPAL: Final = OPEN.format(amount="installment.principal_amount - installment.principal_paid_amount")
INTEREST: Final = "installment.interest_paid_amount"
PAID: Final = "installment.principal_paid_amount + installment.interest_paid_amount"
REPAID: Final = """
    SELECT loan.reference, sum(allocation.principal_amount + allocation.interest_amount) AS amount
    FROM lending_allocation allocation
    JOIN lending_repayment repayment ON repayment.id = allocation.repayment_id
    JOIN lending_loan loan ON loan.id = repayment.loan_id
    WHERE repayment.id NOT IN (SELECT repayment_id FROM lending_undonerepayment) GROUP BY loan.reference"""
RECEIVED: Final = """
    SELECT loan.reference, sum({amount}) AS amount
    FROM lending_repayment repayment JOIN lending_loan loan ON loan.id = repayment.loan_id
    WHERE repayment.id NOT IN (SELECT repayment_id FROM lending_undonerepayment) GROUP BY loan.reference"""
CHECKS: Final = {
    "open_principal": (
        ties.in_the_books(PLANNED.format(amount=PRINCIPAL)),
        BOOKED.format(purpose="loans_principal"),
    ),
    "interest_paid": (ties.earned(PLANNED.format(amount=f"-({INTEREST})")), BOOKED.format(purpose="interest_income")),
    "recovered": (ties.RECOVERY, BOOKED.format(purpose="recovery_income")),
    "write_off_expense": (ties.EXPENSE, BOOKED.format(purpose="write_off_expense")),
    "allowance": (ties.ALLOWANCE, BOOKED.format(purpose="loan_loss_provision")),
    "paid": (PLANNED.format(amount=PAID), REPAID),
    "repayment": (REPAID, RECEIVED.format(amount="repayment.amount - repayment.late_interest_amount")),
    "late_interest_paid": (
        RECEIVED.format(amount=f"CASE WHEN {ties.IS_RECOVERY} THEN 0 ELSE -repayment.late_interest_amount END"),
        BOOKED.format(purpose="penalty_income"),
    ),
}
CLOSED: Final = """
    SELECT loan.reference, sum({owed}), 0
    FROM lending_loan loan JOIN lending_installment installment ON installment.loan_id = loan.id
    GROUP BY loan.id HAVING (loan.status IN ('repaid', 'settled')) <> (sum({owed}) = 0) ORDER BY 1"""
ASKED: Final = f"installment.interest_amount - installment.interest_saved_amount - {INTEREST}"
OWED: Final = f"{PRINCIPAL} + {OPEN.format(amount=ASKED)}"


def discrepancies() -> list[Discrepancy]:
    """Tie every loan to the ledger and to its repayments, to the cent; none is as it must be."""
    checks = {kind: TIED.format(kept=kept, recomputed=booked) for kind, (kept, booked) in CHECKS.items()}
    found = []
    with connection.cursor() as cursor:
        for kind, sql in (checks | ties.OTHERS | {"status": CLOSED.format(owed=OWED)}).items():
            cursor.execute(sql)
            found += [
                Discrepancy(kind, subject, Decimal(kept or 0), Decimal(recomputed or 0))
                for subject, kept, recomputed in cursor.fetchall()
            ]
    return found


def has_held(account: SettlementAccount, amount: Decimal, *, since: date, on: date) -> bool:
    """Tell whether an account held an amount at the end of each day from one to the day before another."""
    return all(held >= amount for _day, held in closing_balances(account, since, on - timedelta(days=1)))
