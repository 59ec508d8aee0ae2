"""What stands of accounts: what they can pay, who acts for them, a day at the counter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db.models import Case, OuterRef, Prefetch, QuerySet, Subquery, Sum, When

from accounts.identity.models import Enterprise, Membership, User
from accounts.ledger import queries as ledger
from accounts.ledger.models import Hold
from accounts.settlement.models import (
    CashMovement,
    Mandate,
    Payee,
    SettlementAccount,
)
from accounts.settlement.states import (
    CashStatus,
    Status,
    Way,
)
from portal.core.money import rounded

KEPT_BACK: Final = "kept_back"  # the event of holds that staff place


def open_accounts_of(enterprise: Enterprise) -> QuerySet[SettlementAccount]:
    """List an enterprise's accounts that can receive and pay, oldest first."""
    return SettlementAccount.objects.filter(enterprise=enterprise, status=Status.OPEN).order_by("pk")


def available_balance(account: SettlementAccount) -> Decimal:
    """Tell what the account can pay now: booked, less what is kept back, plus what its terms lend."""
    return ledger.available_balance(account.ledger_account)


def has_mandate(purpose: str, subject: str) -> bool:
    """Tell whether a department may collect for a subject."""
    return Mandate.objects.filter(purpose=purpose, subject=subject, ended_at=None).exists()


def total_balance(enterprises: Iterable[Enterprise]) -> Decimal | None:
    """Add up what enterprises hold in the bank's currency; none where there is no account."""
    accounts = SettlementAccount.objects.filter(enterprise__in=list(enterprises), currency=settings.BANK_CURRENCY)
    total: Decimal | None = accounts.aggregate(total=Sum("ledger_account__kept_balance__amount"))["total"]
    return total


def only_account(enterprises: Iterable[Enterprise]) -> SettlementAccount | None:
    """Find the one open account of enterprises; none where there are several."""
    found = list(SettlementAccount.objects.filter(enterprise__in=list(enterprises), status=Status.OPEN)[:2])
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class CashDay:
    """A day at the counter in one currency: what came in, what went out, and what the drawer gained or lost."""

    currency: str
    paid_in: Decimal
    paid_out: Decimal

    @property
    def net(self) -> Decimal:
        """What came in less what went out."""
        return self.paid_in - self.paid_out


def cash_day(movements: QuerySet[CashMovement], on: date) -> list[CashDay]:
    """Sum what the books have on a day, less what was reversed on it, per currency."""
    sums: dict[str, dict[str, Decimal]] = {}
    for sign, rows in (
        (1, movements.filter(status__in=[CashStatus.BOOKED, CashStatus.REVERSED], entry__effective_date=on)),
        (-1, movements.filter(corrections__reversal__effective_date=on)),
    ):
        for currency, way, total in rows.values_list("settlement_account__currency", "way").annotate(Sum("amount")):
            of_day = sums.setdefault(currency, dict.fromkeys(Way.values, Decimal(0)))
            of_day[way] += sign * total
    return [
        CashDay(currency, rounded(of_day[Way.IN], currency), rounded(of_day[Way.OUT], currency))
        for currency, of_day in sorted(sums.items())
    ]


def with_payees(holds: QuerySet[Hold]) -> QuerySet[Hold]:
    """Fetch beside each hold to whom it may be paid: ``named`` is one payee or none.

    Its ``account_reference`` tells the account where that is one of this bank's.
    """
    inside = SettlementAccount.objects.filter(number=OuterRef("number")).values("reference")
    named = Payee.objects.standing().annotate(account_reference=Case(When(bank_code="", then=Subquery(inside))))
    return holds.prefetch_related(Prefetch("payees", queryset=named, to_attr="named"))


def names_of(references: Iterable[str]) -> dict[str, str]:
    """Name the people behind references in the records; who is nobody's (a task's) keeps the reference."""
    wanted = set(references)
    found = {user.reference: str(user) for user in User.objects.filter(reference__in=wanted)}
    return {reference: found.get(reference, reference) for reference in wanted}


def role_of(enterprise: Enterprise, reference: str) -> str:
    """Tell whether the person behind a reference is the enterprise's owner or manager; empty for everyone else."""
    standing = Membership.objects.acting().filter(enterprise=enterprise, user__reference=reference)
    return standing.values_list("role", flat=True).first() or ""
