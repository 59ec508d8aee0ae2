"""What a credit line binds beside its draws: the part of its limit that is not drawn."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from lending.credit import operations as credit
from lending.loans.lines.models import CreditLine
from portal.core.money import rounded

ZERO: Final = Decimal(0)


def drawn_amount(line: CreditLine) -> Decimal:
    """Sum the principal of a line's draws that is still owed."""
    found: Any = CreditLine.objects.with_drawn().get(pk=line.pk)
    drawn: Decimal = found.drawn_amount
    return drawn


def bind_line(line: CreditLine, *, at: datetime) -> None:
    """Write below what could still be drawn, and what it would ask for each month; an inner step.

    The line is locked first, so that two of its draws that change at once are counted one after the other. Where it was
    drawn whole on the longest term, no month asks for more than a part of the principal and a month's interest on all.
    """
    line.refresh_from_db(from_queryset=CreditLine.objects.locked())
    undrawn = line.available_of(drawn_amount(line)) if line.is_open else ZERO
    monthly = undrawn / line.offer.term_months + undrawn * line.annual_rate / 12
    binding = credit.Binding(reserved_amount=undrawn, monthly_payment_amount=rounded(monthly, line.currency))
    credit.keep_exposure(line.enterprise, subject=line.reference, binding=binding, at=at)
