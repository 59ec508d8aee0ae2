"""The port to a credit register: what the bank asks, what it is told, and how long it waits.

`CREDIT_REGISTER` names a class with the shape of `CreditRegister`; empty, there is none. The class is made without
arguments and reads its own settings. Whatever it raises and however long it takes: no answer in time is no answer, and
a rule that needs one refers.
"""

import threading
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What a register says of an enterprise, amounts in the bank's currency; unknown to it, all is zero."""

    as_of: date
    is_known: bool = True
    lender_count: int = 0
    outstanding_amount: Decimal = Decimal(0)
    overdue_amount: Decimal = Decimal(0)
    worst_days_past_due: int = 0
    reference: str = ""  # the register's own, of this answer


class CreditRegister(Protocol):
    """A credit register, as an adapter shows it."""

    name: str

    def ask(self, *, identifier_kind: str, identifier: str, seconds: float) -> Told | None:
        """Ask about an enterprise; none when the register gives no answer. Gives up by itself after so many seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer and where it came from."""

    told: Told
    source: str


def is_there() -> bool:
    """Tell whether this installation asks a register."""
    return bool(settings.CREDIT_REGISTER)


def ask(*, identifier_kind: str, identifier: str) -> Answered | None:
    """Ask the register, for `CREDIT_REGISTER_SECONDS` at most; none without a register or an answer in time.

    An adapter that hangs in spite of its limit is left behind in a thread that ends with the process.
    """
    if not is_there():
        return None
    register: CreditRegister = import_string(settings.CREDIT_REGISTER)()
    found: list[Told | None] = []

    def run() -> None:
        try:
            found.append(
                register.ask(
                    identifier_kind=identifier_kind, identifier=identifier, seconds=settings.CREDIT_REGISTER_SECONDS
                )
            )
        except Exception as error:  # noqa: BLE001 - whatever an adapter raises, there is no answer
            log.warning("register.failed", source=register.name, error=type(error).__name__)

    asking = threading.Thread(target=run, daemon=True)
    asking.start()
    asking.join(settings.CREDIT_REGISTER_SECONDS)
    if not found:
        log.warning("register.no_answer", source=register.name)
        return None
    return Answered(found[0], register.name) if found[0] else None
