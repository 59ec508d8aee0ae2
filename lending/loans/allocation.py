"""What a repayment pays: what is due, interest of what is not, then principal of the next and of the last. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Generic, Protocol, TypeVar

from portal.core.interest import AllocationOrder

ZERO: Final = Decimal(0)
INTEREST: Final = "interest"
PRINCIPAL: Final = "principal"


class Owed(Protocol):
    """An installment as far as allocation cares; what was saved of its interest is not asked for."""

    number: Any
    due_date: Any
    interest_amount: Any
    interest_saved_amount: Any
    interest_carried_amount: Any
    interest_paid_amount: Any
    principal_amount: Any
    principal_paid_amount: Any


T = TypeVar("T", bound=Owed)


@dataclass(frozen=True)
class Share(Generic[T]):
    """What one installment gets."""

    installment: T
    interest_amount: Decimal
    principal_amount: Decimal


def allocate(
    amount: Decimal,
    installments: Iterable[T],
    *,
    on: date,
    order: AllocationOrder = AllocationOrder.BY_INSTALLMENT,
    interest_now: Sequence[Decimal] | None = None,
) -> list[Share[T]]:
    """Share an amount out over installments, which stand in order of their due dates.

    What is due by ``on`` comes first, then the next installment, interest before principal. What is more than that
    goes to the principal of the last installments, the very last first, and to interest only when none is open.

    :param amount: above zero and at most what is open in all.
    :param order: what comes first among the installments that are due.
    :param interest_now: how much interest of what is not due is paid before principal; without it, that of the next.
    :raises ValueError: when more comes in than is open.
    """
    rows = list(installments)
    left = amount
    given = [{INTEREST: ZERO, PRINCIPAL: ZERO} for _row in rows]
    for index, part, most in _turns(rows, order, on, interest_now):
        taken = min(left, open_part(rows[index], part) - given[index][part], *most)
        given[index][part] += taken
        left -= taken
    if left:
        raise ValueError(f"{left} more than is open")
    shares = [Share(row, got[INTEREST], got[PRINCIPAL]) for row, got in zip(rows, given, strict=True)]
    shares = [share for share in shares if share.interest_amount or share.principal_amount]
    assert sum((share.interest_amount + share.principal_amount for share in shares), ZERO) == amount
    return shares


def open_part(row: Owed, part: str) -> Decimal:
    """Tell what an installment still asks for of its interest or its principal."""
    if part == PRINCIPAL:
        return Decimal(row.principal_amount - row.principal_paid_amount)
    return Decimal(row.interest_amount - row.interest_saved_amount - row.interest_paid_amount)


def _turns(
    rows: Sequence[Owed], order: AllocationOrder, on: date, interest_now: Sequence[Decimal] | None
) -> Iterator[tuple[int, str, tuple[Decimal, ...]]]:
    """List whose turn it is: an installment by its place, the part of it that is paid, and at most how much."""
    due = [index for index, row in enumerate(rows) if row.due_date <= on]
    later = range(len(due), len(rows))
    parts = (PRINCIPAL, INTEREST) if order == AllocationOrder.PRINCIPAL_FIRST else (INTEREST, PRINCIPAL)
    if order == AllocationOrder.BY_INSTALLMENT:
        yield from ((index, part, ()) for index in due for part in parts)
    else:
        yield from ((index, part, ()) for part in parts for index in due)
    running = running_place(rows, on)
    if interest_now is not None:
        yield from ((index, INTEREST, (interest_now[index],)) for index in later)
    elif running is not None:
        yield running, INTEREST, ()
    yield from ((index, PRINCIPAL, ()) for index in principal_places(rows, on))
    yield from ((index, INTEREST, ()) for index in later)


def principal_places(rows: Sequence[Owed], on: date) -> list[int]:
    """Order the installments that are not due as their principal comes back: the next, then the very last first."""
    running = running_place(rows, on)
    later = (place for place, row in enumerate(rows) if row.due_date > on)
    return sorted(later, key=lambda place: (place != running, -place))


def running_place(rows: Sequence[Owed], on: date) -> int | None:
    """Find the installment that comes next and may be paid ahead: the first that asks for anything, but not the last.

    What comes early for the last one comes back early: its interest runs until then, and ends with its principal.
    """
    asking = (
        place for place, row in enumerate(rows[:-1]) if row.due_date > on and row.principal_amount + row.interest_amount
    )
    return next(asking, None)
