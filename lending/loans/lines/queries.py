"""Questions about credit lines: which, how much is left, what stands in the way of a draw."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts.identity import consents
from accounts.identity import queries as identity
from accounts.identity.models import Enterprise, User
from accounts.settlement import queries as settlement
from accounts.settlement.states import PAYS
from lending.loans.lines.binding import drawn_amount
from lending.loans.lines.models import NOTICE_DAYS, CreditLine, CreditLineQuerySet
from lending.loans.lines.states import LineStatus
from lending.loans.models import Installment, Loan
from lending.loans.proposals.states import Status
from lending.loans.queries import UNPAID, listed
from lending.loans.states import LoanStatus
from lending.products.queries import Cost, cost_of
from portal.core.idempotency import fingerprint_of

identity.offer_finding(lambda asked: Q(pk__in=CreditLine.objects.filter(reference__iexact=asked).values("enterprise")))


def lines_of(user: User, *, asked: str = "") -> CreditLineQuerySet:
    """List the lines one may see, those that have not ended first; with what is drawn of each.

    :param asked: a line's reference, or what finds its enterprise.
    """
    seen = CreditLine.objects.visible_to(user)
    if asked:
        found = identity.enterprises_matching(asked, user=user).order_by()
        seen = seen.filter(Q(reference__iexact=asked) | Q(enterprise__in=found))
    related = ("enterprise", "offer__application__product")
    return seen.with_drawn().select_related(*related).order_by(F("ended_at").desc(nulls_first=True), "ends_on", "pk")


def _told(enterprise: Enterprise, user: User, _on: date) -> Iterator[identity.Dealing]:
    for line in lines_of(user).filter(enterprise=enterprise):
        yield identity.Dealing(line.reference, line.reference, line.limit_amount, None, line.badge)


identity.offer_telling(identity.Kind(_("Credit lines"), "loans:lines", "loans:line", _told))


def draws_of(line: CreditLine, user: User) -> QuerySet[Loan]:
    """List a line's draws as far as one may see them, those due first."""
    return listed(user).filter(line=line)


def undrawn_of(lines: CreditLineQuerySet) -> Decimal:
    """Sum what could still be drawn of some lines that are open."""
    left = Greatest(F("limit_amount") - F("drawn_amount"), Decimal(0), output_field=DecimalField())
    undrawn: Decimal = lines.open().with_drawn().aggregate(sum=Sum(left, default=Decimal(0)))["sum"]
    return undrawn


def ending(*, on: date) -> tuple[list[str], list[str]]:
    """Name the open lines whose last day is over, and those whose owners are to be told that it comes soon."""
    lines = CreditLine.objects.open().order_by("pk")
    within = (on, on + timedelta(days=NOTICE_DAYS))
    soon = lines.filter(status=LineStatus.ACTIVE, ends_on__range=within, reminded_at=None)
    over = lines.filter(ends_on__lt=on)
    return list(over.values_list("reference", flat=True)), [
        each.reference for each in soon if each.ends_soon_from <= on
    ]


def hindrance_of(line: CreditLine, *, on: date) -> str:
    """Name the first thing that keeps anybody from drawing, as the code of a refusal; empty where nothing does."""
    enterprise = line.enterprise
    purpose = consents.ENTERPRISE_DATA
    hindrances: dict[str, Callable[[], bool]] = {
        "line_suspended": lambda: line.status == LineStatus.SUSPENDED,
        "line_ended": lambda: not line.may_be_drawn(on=on),
        "account_not_open": lambda: line.settlement_account.status not in PAYS,
        "line_mandate_missing": lambda: not settlement.has_mandate("line", line.reference),
        "line_late": lambda: is_late(enterprise, on=on),
        "line_unpaid_as_signed": lambda: is_unpaid_as_signed(line),
        "line_identity_unchecked": lambda: not identity.identity_verified(enterprise, on=on),
        "line_consent_missing": lambda: identity.consent_of(enterprise, purpose=purpose) is None,
        "line_on_hold": lambda: identity.stands_in_the_way(enterprise),
        "line_used_up": lambda: line.available_of(drawn_amount(line)) < line.least_amount,
    }
    return next((code for code, stands in hindrances.items() if stands()), "")


def is_late(enterprise: Enterprise, *, on: date) -> bool:
    """Tell whether an installment of any of an enterprise's loans is late."""
    return Installment.objects.filter(UNPAID, loan__enterprise=enterprise, due_date__lt=on).exists()


def is_unpaid_as_signed(line: CreditLine) -> bool:
    """Tell whether, since a line was signed, a loan of its enterprise got a new schedule, or was written off."""
    rescheduled = Q(status=LoanStatus.ACTIVE, reschedulings__agreed_at__gte=line.signed_at)
    lost = Q(write_offs__status=Status.APPROVED, write_offs__decided_at__gte=line.signed_at)
    return Loan.objects.filter(rescheduled | lost, enterprise=line.enterprise).exists()


@dataclass(frozen=True)
class Draw:
    """A draw as it would be made now: what it costs, when it falls due."""

    line: CreditLine
    amount: Decimal
    term_months: int
    cost: Cost

    @property
    def shown(self) -> str:
        """Name what is seen of it, so that nobody confirms another schedule."""
        rows = [(row.due_date, row.principal_amount, row.interest_amount) for row in self.cost.schedule.installments]
        return fingerprint_of([self.line.reference, rows, self.cost.apr])


def draw_of(line: CreditLine, amount: Decimal, term_months: int, *, on: date) -> Draw:
    """Work out what a draw costs if it is paid out on a day.

    :raises InterestRefused: when no schedule can be made of it.
    """
    terms = line.product.terms(annual_rate=line.annual_rate, term_months=term_months)
    return Draw(line, amount, term_months, cost_of(amount, terms, start=on))


def drawing_scope(line: CreditLine) -> str:
    """Name what the keys of a line's draws are kept under."""
    return f"loans.draw:{line.reference}"


def drawing_subject(line: CreditLine, amount: Decimal, term_months: int, *, key: str) -> str:
    """Name exactly this draw, asked for exactly once: what a code is bound to."""
    told = [line.reference, str(amount.normalize()), term_months, key]
    return f"draw {fingerprint_of(told)[:40]}"
