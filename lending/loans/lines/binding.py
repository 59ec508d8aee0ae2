"""What a credit line binds beside its draws: the part of its limit that is not drawn."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from lending.applications.models import Offer
from lending.credit import operations as credit
from lending.loans.lines.models import CreditLine
from portal.core import interest
from portal.core.money import contracted

ZERO: Final = Decimal(0)


def drawn_amount(line: CreditLine) -> Decimal:
    """Sum the principal of a line's draws that is still owed."""
    found: Any = CreditLine.objects.with_drawn().get(pk=line.pk)
    drawn: Decimal = found.drawn_amount
    return drawn


def bind_line(line: CreditLine, *, at: datetime) -> None:
    """Write below what could still be drawn, and what it would ask for each month; an inner step.

    The line is locked first, so that two of its draws that change at once are counted one after the other.
    """
    line.refresh_from_db(from_queryset=CreditLine.objects.locked())
    undrawn = line.available_of(drawn_amount(line)) if line.is_open else ZERO
    monthly = monthly_of(undrawn, line.offer, start=line.opened_on)
    binding = credit.Binding(reserved_amount=undrawn, monthly_payment_amount=monthly)
    credit.keep_exposure(line.enterprise, subject=line.reference, binding=binding, at=at)


def monthly_of(undrawn: Decimal, offer: Offer, *, start: date) -> Decimal:
    """Tell what an amount drawn at once for the longest term asks for in the average month, by its schedule.

    A loan is measured so as well. Closed days are left out: they may make due dates collide.
    """
    if not undrawn:
        return ZERO
    made = interest.schedule(undrawn, offer.terms, start, adjust=lambda day: day)
    return contracted((undrawn + made.interest_amount) / offer.term_months, offer.terms.currency)
