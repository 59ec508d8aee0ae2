"""What an enterprise may pay and how: its rules, what it paid on a day, when a code is asked for; what is underway."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Sum

from accounts.identity.models import Enterprise
from accounts.settlement.models import (
    Payee,
    PaymentInstruction,
    PaymentRules,
    Transfer,
)
from accounts.settlement.nostro_states import LineKind
from accounts.settlement.states import (
    INSTRUCTION_TRANSITIONS,
    InstructionEvent,
    InstructionStatus,
)
from portal.core.money import rounded


def rules_of(enterprise: Enterprise, *, at: datetime) -> PaymentRules:
    """Tell an enterprise's payment rules in effect, or the bank's where it has set none."""
    found = PaymentRules.objects.filter(enterprise=enterprise, effective_at__lte=at).order_by("-pk").first()
    return found or PaymentRules(enterprise=enterprise, daily_limit_amount=settings.DAILY_LIMIT_AMOUNT)


Destination = tuple[str, str]  # an account's number, and its bank's code; empty is this bank


def needs_code(
    enterprise: Enterprise, amount: Decimal | None, *, to: Collection[Destination], rules: PaymentRules
) -> bool:
    """Tell whether money asks for a one-time code: out of the bank, to an account never paid before, or a large amount.

    Between accounts of one enterprise it never does.

    :param amount: what leaves together, of a batch its sum; none where nobody knows it yet.
    """
    if any(bank_code for _number, bank_code in to):
        return True
    numbers = {number for number, _bank_code in to}
    own = enterprise.settlement_accounts.filter(number__in=numbers)
    others = numbers.difference(own.values_list("number", flat=True))
    paid = Transfer.objects.by_customers().filter(source__enterprise=enterprise, destination__number__in=others)
    if others.difference(paid.values_list("destination__number", flat=True).distinct()):
        return True
    return bool(others) and rules.is_large(amount)


def rules_to_come(enterprise: Enterprise, *, at: datetime) -> PaymentRules | None:
    """Tell looser rules that still cool off, unless newer ones overtook them."""
    newest = PaymentRules.objects.filter(enterprise=enterprise).order_by("-pk").first()
    return newest if newest and newest.effective_at > at else None


def paid_on(enterprise: Enterprise, currency: str, on: date) -> Decimal:
    """Sum what an enterprise paid to others on a day, in one currency; what came back does not count."""
    transfers = _transfers_on(enterprise, currency, on)
    outside = PaymentInstruction.objects.by_customers().on_the_way().exclude(payee__bank_code="")
    outside = outside.filter(
        settlement_account__enterprise=enterprise, settlement_account__currency=currency, effective_date=on
    )
    return _total(transfers) + _total(outside)


def _transfers_on(enterprise: Enterprise, currency: str, on: date) -> QuerySet[Transfer]:
    made = Transfer.objects.by_customers().filter(
        source__enterprise=enterprise, source__currency=currency, entry__effective_date=on
    )
    return made.exclude(destination__enterprise=enterprise)


def _total(rows: QuerySet[Any]) -> Decimal:
    total: Decimal = rows.aggregate(total=Sum("amount", default=Decimal(0)))["total"]
    return total


def is_usable_payee(enterprise: Enterprise, number: str, *, at: datetime) -> bool:
    """Tell whether an account of this bank is a saved payee's whose cooling-off is over."""
    return Payee.objects.usable(at).filter(enterprise=enterprise, number=number, bank_code="").exists()


def paid_to_the_unknown(enterprise: Enterprise, currency: str, on: date, *, at: datetime) -> Decimal:
    """Sum a day's transfers to accounts of this bank that are not usable payees'."""
    known = Payee.objects.usable(at).filter(enterprise=enterprise, bank_code="").values("number")
    return _total(_transfers_on(enterprise, currency, on).exclude(destination__number__in=known))


@dataclass(frozen=True)
class Underway:
    """How many payments of one currency and status there are, and what they sum to."""

    status: InstructionStatus
    currency: str
    count: int
    amount: Decimal


def payments_underway() -> list[Underway]:
    """Sum the payments that wait to be sent, and those that were sent and not yet confirmed, per currency."""
    rows = (
        (PaymentInstruction.objects.to_send() | PaymentInstruction.objects.filter(status=InstructionStatus.SENT))
        .values_list("status", "settlement_account__currency")
        .annotate(count=Count("pk"), total=Sum("amount"))
        .order_by("settlement_account__currency", "status")
    )
    return [
        Underway(InstructionStatus(status), currency, count, rounded(total, currency))
        for status, currency, count, total in rows
    ]


def awaits_debit(instruction: PaymentInstruction) -> bool:
    """Tell whether the other bank has yet to take the money of a payment that was sent."""
    return instruction.status == InstructionStatus.SENT or owes_debit(instruction)


def may_come_back(instruction: PaymentInstruction) -> bool:
    """Tell whether the money of a payment that was sent may still come back."""
    return instruction.status in INSTRUCTION_TRANSITIONS[InstructionEvent.RETURN].sources


def owes_debit(instruction: PaymentInstruction) -> bool:
    """Tell whether a payment's return came through our account at the other bank before its own debit was told."""
    if instruction.status != InstructionStatus.RETURNED or instruction.settled_on:
        return False
    return instruction.nostro_lines.filter(kind=LineKind.RETURNED).exists()
