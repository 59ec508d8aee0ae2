"""What a repayment pays: what has fallen due in the contract's order, then the oldest installment first. Pure."""

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
    """An installment as far as allocation cares; its due date matters where what is due is paid by its kind."""

    interest_amount: Any
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
    order: AllocationOrder = AllocationOrder.BY_INSTALLMENT,
    on: date | None = None,
) -> list[Share[T]]:
    """Share an amount out over unpaid installments, which stand in order of their due dates.

    :param amount: above zero and at most what is open in all.
    :param order: what comes first among the installments due by ``on``; after them the oldest installment comes first,
        and of each its interest before its principal.
    :raises ValueError: when more comes in than is open.
    """
    rows = list(installments)
    left = amount
    given = [{INTEREST: ZERO, PRINCIPAL: ZERO} for _row in rows]
    for index, part in _turns(rows, order, on):
        owed = getattr(rows[index], f"{part}_amount") - getattr(rows[index], f"{part}_paid_amount")
        taken = min(left, owed - given[index][part])
        given[index][part] += taken
        left -= taken
    if left:
        raise ValueError(f"{left} more than is open")
    shares = [Share(row, got[INTEREST], got[PRINCIPAL]) for row, got in zip(rows, given, strict=True)]
    shares = [share for share in shares if share.interest_amount or share.principal_amount]
    assert sum((share.interest_amount + share.principal_amount for share in shares), ZERO) == amount
    return shares


def _turns(rows: Sequence[Any], order: AllocationOrder, on: date | None) -> Iterator[tuple[int, str]]:
    """List whose turn it is: an installment by its place, and the part of it that is paid."""
    if order != AllocationOrder.BY_INSTALLMENT:
        assert on is not None, "what is due is known on a day"
        due = [index for index, row in enumerate(rows) if row.due_date <= on]
        parts = (INTEREST, PRINCIPAL) if order == AllocationOrder.INTEREST_FIRST else (PRINCIPAL, INTEREST)
        yield from ((index, part) for part in parts for index in due)
    yield from ((index, part) for index in range(len(rows)) for part in (INTEREST, PRINCIPAL))
