"""Money looked at before it leaves, and the one-time code that lets it go: one rule, whichever way it leaves."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import override

from accounts.identity import operations as identity
from accounts.identity.models import User
from accounts.ledger import operations as ledger
from accounts.settlement import queries
from accounts.settlement.models import SettlementAccount
from portal.core import formats
from portal.core.idempotency import fingerprint_of


@dataclass(frozen=True)
class Leaving:
    """Money about to leave an account: how much, to whom, with which words, under which key.

    :param bank_code: the other bank's code; empty is this bank.
    """

    account: SettlementAccount
    amount: Decimal
    name: str
    number: str
    bank_code: str
    text: str
    key: str

    @property
    def subject(self) -> str:
        """What a code is bound to: exactly this money, asked for exactly once."""
        told = [self.account.reference, str(self.amount.normalize()), self.number, self.bank_code, self.text, self.key]
        return f"payment {fingerprint_of(told)[:40]}"


@dataclass(frozen=True)
class PaymentReview:
    """What would happen, if the money left now: who must agree, and what the account can pay after it."""

    leaving: Leaving
    needs_code: bool
    needs_second: bool
    available_after: Decimal


def review(leaving: Leaving, *, at: datetime, needs_second: bool = False) -> PaymentReview:
    """Look at money whose other checks passed; an inner step.

    :raises InsufficientFunds: when the account does not hold it and nobody has to agree first.
    """
    account, amount = leaving.account, leaving.amount
    available = queries.available_balance(account)
    if available < amount and not needs_second:
        raise ledger.too_little(account.ledger_account)
    return PaymentReview(leaving, _needs_code(leaving, at=at), needs_second, available - amount)


def _needs_code(leaving: Leaving, *, at: datetime) -> bool:
    enterprise = leaving.account.enterprise
    rules = queries.rules_of(enterprise, at=at)
    return queries.needs_code(enterprise, leaving.amount, to=(leaving.number, leaving.bank_code), rules=rules)


def send_payment_code(leaving: Leaving, *, at: datetime, by: User) -> None:
    """Send the code by which a person lets money leave; the message says how much goes to whom.

    :raises SigningPhoneMissing, SigningCodesTooMany: see ``send_signing_code``.
    """
    with override(by.language):
        amount = formats.money(leaving.amount, leaving.account.currency)
    told = {"amount": amount, "payee": leaving.name, "number": leaving.number[-4:]}
    identity.send_signing_code(by, subject=leaving.subject, at=at, notice="payment_code", params=told)


def confirm_by_code(leaving: Leaving, code: str | None, *, at: datetime, by: str) -> None:
    """Confirm by a code what needs one; an inner step.

    :param code: what was typed; none where the channel asks for none, as a program with its token.
    :raises SigningCodeWrong: and its kin, when the code does not confirm exactly this.
    """
    assert connection.in_atomic_block, "a confirmation belongs to the payment it confirms"
    if code is not None and _needs_code(leaving, at=at):
        identity.confirm_signing_code(User.objects.get(reference=by), subject=leaving.subject, code=code, at=at)
