"""What a repayment pays: the oldest installment first, and of each its interest before its principal. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Generic, Protocol, TypeVar

ZERO: Final = Decimal(0)


class Owed(Protocol):
    """An installment as far as allocation cares."""

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


def allocate(amount: Decimal, installments: Iterable[T]) -> list[Share[T]]:
    """Share an amount out over unpaid installments in order of their due dates.

    :param amount: above zero and at most what is open in all.
    :raises ValueError: when more comes in than is open.
    """
    left = amount
    shares = []
    for installment in installments:
        if not left:
            break
        interest = min(left, installment.interest_amount - installment.interest_paid_amount)
        principal = min(left - interest, installment.principal_amount - installment.principal_paid_amount)
        left -= interest + principal
        if interest or principal:
            shares.append(Share(installment, interest, principal))
    if left:
        raise ValueError(f"{left} more than is open")
    assert sum((share.interest_amount + share.principal_amount for share in shares), ZERO) == amount
    return shares
