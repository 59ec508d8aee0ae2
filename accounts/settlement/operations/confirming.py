"""Money looked at before it leaves, and the one-time code that lets it go: one rule, whichever way it leaves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Generic, Protocol, TypeVar

from django.db import connection
from django.utils.translation import override

from accounts.identity import operations as identity
from accounts.identity.models import User
from accounts.ledger import operations as ledger
from accounts.settlement import queries
from accounts.settlement.models import SettlementAccount
from accounts.settlement.queries import Destination
from portal.core import formats
from portal.core.idempotency import fingerprint_of


class Leaving(Protocol):
    """Money about to leave an account: in one payment, as a batch, or on the dates of a standing order."""

    notice: ClassVar[str]  # the message that carries its code

    @property
    def account(self) -> SettlementAccount:
        """Where it leaves."""

    @property
    def amount(self) -> Decimal | None:
        """What leaves together; none where nobody knows it yet."""

    @property
    def to(self) -> Collection[Destination]:
        """Every account that it goes to."""

    @property
    def subject(self) -> str:
        """What a code is bound to: exactly this."""

    def told(self) -> dict[str, str]:
        """Say in the active language what the message tells of it."""


@dataclass(frozen=True)
class LeavingPayment:
    """Money about to leave at once: how much, to whom, with which words, under which key.

    :param bank_code: the other bank's code; empty is this bank.
    """

    notice: ClassVar[str] = "payment_code"

    account: SettlementAccount
    amount: Decimal
    name: str
    number: str
    bank_code: str
    text: str
    key: str

    @property
    def to(self) -> Collection[Destination]:
        """The one account that it goes to."""
        return [(self.number, self.bank_code)]

    @property
    def subject(self) -> str:
        """Exactly this money, asked for exactly once."""
        told = [self.account.reference, str(self.amount.normalize()), self.number, self.bank_code, self.text, self.key]
        return f"payment {fingerprint_of(told)[:40]}"

    def told(self) -> dict[str, str]:
        """How much goes to whom."""
        amount = formats.money(self.amount, self.account.currency)
        return {"amount": amount, "payee": self.name, "number": self.number[-4:]}


L = TypeVar("L", bound=Leaving)


@dataclass(frozen=True)
class PaymentReview(Generic[L]):
    """What would happen, if this were let go now: who must agree, and what the account can pay after it.

    :param available_after: none where nothing leaves yet.
    """

    leaving: L
    needs_code: bool
    needs_second: bool
    available_after: Decimal | None = None


def review(leaving: L, *, at: datetime, needs_second: bool = False) -> PaymentReview[L]:
    """Look at money that leaves now and whose other checks passed; an inner step.

    :raises InsufficientFunds: when the account does not hold it and nobody has to agree first.
    """
    amount, available = leaving.amount, queries.available_balance(leaving.account)
    assert amount is not None, "what leaves now is known"
    if available < amount and not needs_second:
        raise ledger.too_little(leaving.account.ledger_account)
    return PaymentReview(leaving, needs_code(leaving, at=at), needs_second, available - amount)


def needs_code(leaving: Leaving, *, at: datetime) -> bool:
    """Tell whether a person needs a code to let this go."""
    enterprise = leaving.account.enterprise
    rules = queries.rules_of(enterprise, at=at)
    return queries.needs_code(enterprise, leaving.amount, to=leaving.to, rules=rules)


def send_payment_code(leaving: Leaving, *, to: User | None = None, at: datetime, by: User) -> None:
    """Send the code by which a person lets money leave; the message says how much goes to whom.

    :param to: whose code it is, where it is not the one who asks.

    :raises SigningPhoneMissing, SigningCodesTooMany: see ``send_signing_code``.
    """
    to = to or by
    with override(to.language):
        told = leaving.told()
    identity.send_signing_code(to, subject=leaving.subject, at=at, notice=leaving.notice, params=told, by=by.reference)


def confirm_by_code(leaving: Leaving, code: str | None, *, at: datetime, by: str) -> None:
    """Confirm by a code what needs one; an inner step.

    :param code: what was typed; none where the channel asks for none, as a program with its token.
    :raises SigningCodeWrong: and its kin, when the code does not confirm exactly this.
    """
    assert connection.in_atomic_block, "a confirmation belongs to what it lets go"
    if code is not None and needs_code(leaving, at=at):
        identity.confirm_signing_code(User.objects.get(reference=by), subject=leaving.subject, code=code, at=at)
