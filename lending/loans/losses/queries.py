"""Questions about risk classes, the allowance and write-offs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Role, User
from accounts.identity.queries import ever_acted_for
from accounts.ledger import loose_ends
from accounts.ledger.queries import closed_up_to
from lending.loans.losses.classes import BASES, Basis, RiskClass, Rules, classify, rules_from_file
from lending.loans.losses.models import Allowance, AllowanceLine, Judgment, LossRules, WriteOff
from lending.loans.models import Loan, Repayment
from lending.loans.proposals.queries import PROPOSERS
from lending.loans.states import LoanStatus
from portal.core.badges import Badge
from portal.core.dates import add_months
from portal.core.idempotency import fingerprint_of

READERS: Final = (Role.RISK_ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)  # of the allowance of the whole bank
DECIDERS: Final = (Role.RISK_ANALYST, Role.ADMINISTRATOR)  # on rules: one proposes, another approves
ZERO: Final = Decimal(0)

# Of each loan in the books of which anything is open at the end of a day, what its class follows from. Where principal
# is paid first, that may be interest alone. Repayments count from the day they count for the borrower; those undone
# never did. A schedule is asked for until the day another superseded it.
FACTS: Final = """
WITH chosen AS (
    SELECT id, reference, currency FROM lending_loan
     WHERE disbursed_on <= %(on)s AND (%(loans)s::bigint[] IS NULL OR id = ANY(%(loans)s::bigint[]))
       AND id NOT IN (SELECT loan_id FROM lending_writeoff
                       WHERE written_off_on <= %(on)s AND coalesce(reversed_on > %(on)s, true))
), paid AS (
    SELECT allocation.installment_id, sum(allocation.principal_amount) AS principal,
           sum(allocation.principal_amount + allocation.interest_amount) AS whole
      FROM lending_repayment repayment
      JOIN lending_allocation allocation ON allocation.repayment_id = repayment.id
     WHERE repayment.paid_on <= %(on)s AND repayment.loan_id IN (SELECT id FROM chosen)
       AND repayment.id NOT IN (SELECT repayment_id FROM lending_undonerepayment)
     GROUP BY allocation.installment_id
), owed AS (
    SELECT installment.loan_id,
           sum(CASE WHEN version = 1 THEN principal_amount ELSE 0 END) - sum(coalesce(paid.principal, 0)) AS principal,
           min(due_date) FILTER (
               WHERE due_date < %(on)s AND coalesce(superseded_on > %(on)s, true)
                 AND principal_amount + interest_amount - interest_saved_amount > coalesce(paid.whole, 0)
           ) AS late_since,
           bool_or(
               coalesce(superseded_on > %(on)s, true)
               AND principal_amount + interest_amount - interest_saved_amount > coalesce(paid.whole, 0)
           ) AS is_open
      FROM lending_installment installment
      LEFT JOIN paid ON paid.installment_id = installment.id
     WHERE installment.loan_id IN (SELECT id FROM chosen)
     GROUP BY installment.loan_id
), observed AS (
    SELECT agreed.loan_id, count(*) AS times
      FROM (SELECT rescheduling.loan_id, min(installment.due_date) AS first_due
              FROM lending_rescheduling rescheduling
              JOIN lending_installment installment ON installment.loan_id = rescheduling.loan_id
               AND installment.version = rescheduling.version
             WHERE rescheduling.agreed_on <= %(on)s
             GROUP BY rescheduling.id) AS agreed
     WHERE agreed.first_due + make_interval(months => %(observed_months)s) > %(on)s
     GROUP BY agreed.loan_id
), judged AS (
    SELECT DISTINCT ON (loan_id) loan_id, risk_class FROM lending_judgment
     WHERE judged_on <= %(on)s ORDER BY loan_id, id DESC
)
SELECT chosen.id, chosen.reference, chosen.currency, owed.principal, coalesce(%(on)s - owed.late_since, 0),
       coalesce(observed.times, 0), judged.risk_class
  FROM chosen
  JOIN owed ON owed.loan_id = chosen.id AND (owed.principal > 0 OR owed.is_open)
  LEFT JOIN observed ON observed.loan_id = chosen.id
  LEFT JOIN judged ON judged.loan_id = chosen.id
 ORDER BY chosen.id"""


def readable(user: User) -> QuerySet[Loan]:
    """List the loans that somebody of the bank may judge the risk of: of their branches, of no enterprise of their own.

    Their class, and what was said with their borrowers, is for the bank's people alone.
    """
    if not user.serves_customers:
        return Loan.objects.none()
    return Loan.objects.visible_to(user).exclude(enterprise__memberships__user=user)


@dataclass(frozen=True, slots=True)
class Classified:
    """A loan on a day: its class, what the class follows from, and what it asks of the allowance."""

    loan_id: int
    reference: str
    currency: str
    principal_amount: Decimal
    days_past_due: int
    risk_class: RiskClass
    basis: Basis
    rate: Decimal
    allowance_amount: Decimal

    @property
    def badge(self) -> Badge:
        """Show the class."""
        return self.risk_class.badge

    @property
    def why(self) -> object:
        """Say what the class follows from."""
        return BASES[self.basis]

    def may_be_lost(self, bad_days: int) -> bool:
        """Tell whether it is of the class Loss, and late for that many days at least."""
        return self.risk_class == RiskClass.LOSS and self.days_past_due >= bad_days


def rules_on(on: date) -> Rules:
    """Find the rules in force on a day: those that the bank approved, before them those of the file."""
    kept = LossRules.objects.out(on).order_by("-in_force_from", "-version").first()
    return kept.rules() if kept else rules_from_file(on)


def bad_from_days(on: date) -> int:
    """Tell from how many days past due on no loan is better than substandard."""
    return rules_on(on).late_from_days[1]


def classified(on: date, *, loans: Sequence[int] | None = None, rules: Rules | None = None) -> list[Classified]:
    """Classify the loans in the books of which anything was open at the end of a day, in the order of their keys.

    :param loans: the keys of those that are asked for; otherwise all.
    :param rules: others than those in force, as a trial.
    """
    rules = rules or rules_on(on)
    told = {"on": on, "loans": None if loans is None else list(loans), "observed_months": rules.observed_months}
    with connection.cursor() as cursor:
        cursor.execute(FACTS, told)
        return [_classified(row, rules) for row in cursor.fetchall()]


def _classified(row: tuple[int, str, str, Decimal, int, int, int | None], rules: Rules) -> Classified:
    pk, reference, currency, principal, days, observed, judged = row
    risk_class, basis = classify(days, observed, RiskClass(judged) if judged else None, rules)
    asked = rules.allowance(risk_class, principal, currency)
    return Classified(pk, reference, currency, principal, days, risk_class, basis, rules.rate(risk_class), asked)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a class asks of the allowance by the rules in force, and by others; the last row sums the classes up."""

    badge: Badge | None
    loans: int
    amount: Decimal
    other_loans: int
    other_amount: Decimal


def compared(other: Rules, *, on: date) -> dict[str, list[Compared]]:
    """Tell what other rules than those in force would ask of the allowance on a day, by currency and class."""
    now, then = classified(on), classified(on, rules=other)
    currencies = {each.currency for each in now} or {settings.BANK_CURRENCY}
    return {
        currency: _compared(*([each for each in found if each.currency == currency] for found in (now, then)))
        for currency in sorted(currencies)
    }


def _compared(now: list[Classified], then: list[Classified]) -> list[Compared]:
    rows = [
        Compared(one.risk_class.badge, one.loans, one.allowance_amount, two.loans, two.allowance_amount)
        for one, two in zip(totals(now), totals(then), strict=True)
    ]
    asked = [sum((each.allowance_amount for each in found), ZERO) for found in (now, then)]
    return [*rows, Compared(None, len(now), asked[0], len(then), asked[1])]


def class_of(loan: Loan, *, on: date) -> Classified | None:
    """Classify one loan on a day; none where nothing of it is open in the books."""
    return next(iter(classified(on, loans=[loan.pk])), None)


def is_lost(loan: Loan, *, on: date) -> bool:
    """Tell whether a loan runs, and is bad enough on a day to be written off."""
    found = class_of(loan, on=on)
    return loan.status == LoanStatus.ACTIVE and found is not None and found.may_be_lost(bad_from_days(on))


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """The loans of one class."""

    risk_class: RiskClass
    loans: int
    principal_amount: Decimal
    allowance_amount: Decimal


def totals(found: Sequence[Classified]) -> list[ClassTotal]:
    """Add classified loans up by class, all five of them."""
    by_class: dict[RiskClass, list[Classified]] = {each: [] for each in RiskClass}
    for each in found:
        by_class[each.risk_class].append(each)
    return [
        ClassTotal(
            risk_class,
            len(rows),
            sum((row.principal_amount for row in rows), ZERO),
            sum((row.allowance_amount for row in rows), ZERO),
        )
        for risk_class, rows in by_class.items()
    ]


def judgment_standing(loan: Loan) -> Judgment | None:
    """Find what a person found of a loan and nobody took back."""
    newest = loan.judgments.select_related("by").order_by("-pk").first()
    return newest if newest and newest.risk_class else None


@dataclass(frozen=True, slots=True)
class Split:
    """Who bears a write-off: what the last posted allowance kept for the loan, and expense for what that lacks."""

    allowance_amount: Decimal
    expense_amount: Decimal

    @property
    def shown(self) -> str:
        """Name it: whoever approves says that this is what they saw."""
        return fingerprint_of([self.allowance_amount, self.expense_amount])


def split_of(loan: Loan, principal_amount: Decimal) -> Split:
    """Tell who bears the write-off of a loan."""
    newest = Allowance.objects.filter(currency=loan.currency).order_by("-last_date").first()
    line = AllowanceLine.objects.filter(allowance=newest, loan=loan).first() if newest else None
    allowance = min(line.amount, principal_amount) if line else ZERO
    return Split(allowance, principal_amount - allowance)


def recoveries_of(loan: Loan) -> QuerySet[Repayment]:
    """List what came of a loan after it was written off, as far as that stands."""
    return loan.repayments.filter(is_recovery=True, undone=None, rebooked=None).order_by("pk")


def recovered_amount(loan: Loan) -> Decimal:
    """Tell how much came of a loan after it was written off."""
    found: Decimal | None = recoveries_of(loan).aggregate(sum=Sum("amount"))["sum"]
    return found or ZERO


def shown_of(write_off: WriteOff) -> str:
    """Name what reversing a write-off would book: whoever approves says that this is what they saw."""
    return fingerprint_of([write_off.reference, *recoveries_of(write_off.loan).values_list("reference", flat=True)])


def may_judge(user: User, loan: Loan) -> bool:
    """Tell whether a person may find a loan worse, and propose to write it off."""
    return user.has_role(*PROPOSERS) and not ever_acted_for(loan.enterprise, person=user.reference)


def may_lift(user: User, loan: Loan, standing: Judgment | None) -> bool:
    """Tell whether a person may take back what a colleague found."""
    if standing is None or standing.by == user or not user.has_role(Role.APPROVER):
        return False
    return not ever_acted_for(loan.enterprise, person=user.reference)


def months_to_post(on: date) -> list[date]:
    """List the last days of the months that are over and whose allowance was not posted, oldest first.

    From the last posted on, or else the last month alone; what is closed meanwhile is left out, and made good by the
    next.
    """
    latest = on.replace(day=1) - timedelta(days=1)
    last = Allowance.objects.order_by("-last_date").values_list("last_date", flat=True).first()
    if last is None:
        last = latest.replace(day=1) - timedelta(days=1)
    last = max(last, closed_up_to() or last)
    months = []
    while last < latest:
        last = add_months(last + timedelta(days=1), 1) - timedelta(days=1)
        months.append(last)
    return months


def currencies_lent(on: date) -> set[str]:
    """Name the currencies in which anything was lent by a day: each has an allowance, if only of nothing."""
    return set(Loan.objects.filter(disbursed_on__lte=on).order_by().values_list("currency", flat=True).distinct())


def _not_posted(last_date: date) -> int:
    posted = Allowance.objects.filter(last_date=last_date).values_list("currency", flat=True)
    return len(currencies_lent(last_date).difference(posted))


loose_ends.register({"allowance": (_("Allowance for loan losses that is not posted"), _not_posted)})


def lines_of(allowance: Allowance, *, user: User, asked: str = "") -> QuerySet[AllowanceLine]:
    """List what each loan that a person may see asked of an allowance, the most first.

    :param asked: a loan's reference.
    """
    lines = allowance.lines.filter(loan__in=readable(user)).select_related("loan__enterprise").order_by("-amount", "pk")
    return lines.filter(loan__reference__iexact=asked) if asked else lines
