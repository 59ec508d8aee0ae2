"""What an enterprise has with the bank: each slice tells of its own, and the enterprise's page shows it to staff."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise

from accounts.identity.models import Enterprise, User

MOST: Final = 5  # of a kind; its list has all


class Dealing(NamedTuple):
    """An account, a case, a credit line, a loan: what it is called, the figure that counts, and how it stands."""

    reference: str
    name: str
    amount: Decimal
    currency: str | None
    badge: Any  # or a state that is shown as one


class Kind(NamedTuple):
    """Dealings of one kind, in words; ``listed_at`` and ``shown_at`` name the pages of all, and of one, of them."""

    words: str | Promise
    listed_at: str
    shown_at: str
    tell: Callable[[Enterprise, User, date], Iterable[Dealing]]


_KINDS: Final[list[Kind]] = []


def offer_telling(kind: Kind) -> None:
    """Teach what a slice tells of an enterprise on a day, what matters first, as far as a person may see it."""
    _KINDS.append(kind)


def dealings_of(enterprise: Enterprise, user: User, *, on: date) -> Sequence[tuple[Kind, list[Dealing]]]:
    """Tell the first of what an enterprise has with the bank, by kind; no kind of which it has none."""
    told = ((kind, list(islice(kind.tell(enterprise, user, on), MOST))) for kind in _KINDS)
    return [(kind, dealings) for kind, dealings in told if dealings]
