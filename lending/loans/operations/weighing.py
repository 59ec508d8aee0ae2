"""Weighing loans again that nothing moved since another version of the portal weighed them."""

from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Prefetch

from lending.credit.models import Exposure
from lending.loans.models import Installment, Loan
from lending.loans.operations.binding import binding_of, weigh
from lending.loans.states import OWING

BATCH: Final = 500


def weighed_otherwise() -> list[Loan]:
    """List the loans of which something else is kept than what they bind now, looking at some hundreds at a time."""
    owed = Loan.objects.filter(status__in=OWING).select_related("enterprise").order_by("pk")
    exposures = Exposure.objects.filter(subject__in=owed.order_by().values("reference"))
    kept = {
        subject: (drawn, monthly)
        for subject, drawn, monthly in exposures.values_list("subject", "drawn_amount", "monthly_payment_amount")
    }
    current = Prefetch("installments", Installment.objects.current(), to_attr="rows")
    found = []
    for loan in owed.prefetch_related(current, "reschedulings").iterator(chunk_size=BATCH):
        binding = binding_of(loan, loan.rows)  # type: ignore[attr-defined]  # prefetched
        if kept.get(loan.reference) != (binding.drawn_amount, binding.monthly_payment_amount):
            found.append(loan)
    return found


@transaction.atomic(durable=True)
def weigh_again(loan: Loan, *, on: date, at: datetime) -> None:
    """Let the next judgment see what a loan binds; what was decided keeps what was seen then."""
    loan.refresh_from_db(from_queryset=Loan.objects.locked())
    if loan.is_owed:
        weigh(loan, on=on, at=at)
