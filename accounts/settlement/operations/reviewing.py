"""A payment looked at before it is made, and the code that lets it leave."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import override

from accounts.identity import operations as identity
from accounts.identity.models import User
from accounts.ledger import operations as ledger
from accounts.settlement import queries
from accounts.settlement.models import Payee, PaymentRules, SettlementAccount
from accounts.settlement.operations import limits
from accounts.settlement.operations.accounts import AccountNotOpen, lock
from accounts.settlement.operations.agreeing import check_payee, needs_second
from accounts.settlement.states import PAYS
from portal.core import formats
from portal.core.idempotency import fingerprint_of, refuse_answered
from portal.core.money import is_exact


@dataclass(frozen=True)
class PaymentReview:
    """What a payment would do, if it were made now: who must agree, and what the account holds after it."""

    needs_code: bool
    needs_second: bool
    balance_after: Decimal


@transaction.atomic(durable=True)
def review_payment(
    account: SettlementAccount, payee: Payee, amount: Decimal, *, key: str, on: date, at: datetime, by: str
) -> PaymentReview:
    """Ask everything that paying would ask, and change nothing.

    :raises KeyReused: when the key made a payment already.
    :raises: as ``instruct``, whose refusals come before anything is confirmed.
    """
    refuse_answered(paying_scope(by), key)
    rules = check_payment(account, payee, amount, on=on, at=at)
    second = needs_second(account.enterprise, amount, rules=rules, by=by)
    if not second and queries.available_balance(account) < amount:
        raise ledger.InsufficientFunds
    return PaymentReview(
        needs_code=queries.needs_code(payee, amount, rules=rules),
        needs_second=second,
        balance_after=queries.booked_balance(account) - amount,
    )


def check_payment(account: SettlementAccount, payee: Payee, amount: Decimal, *, on: date, at: datetime) -> PaymentRules:
    """Check all but the money, lock the account, and tell the rules in effect; an inner step.

    :raises PayeeGone, PayeeOfAnother, PayeeCoolsOff: when the payee cannot be paid.
    :raises AmountRefused: when the amount is not a positive whole number of minor units.
    :raises DailyLimit: when it exceeds what is left of the day.
    :raises AccountNotOpen: when the account cannot pay.
    """
    if not (is_exact(amount, account.currency) and amount > 0):
        raise ledger.AmountRefused(amount=str(amount), currency=account.currency)
    rules = limits.claim(account, amount, on=on, at=at)
    check_payee(account, payee, at=at)
    lock(account)
    if account.status not in PAYS:
        raise AccountNotOpen
    return rules


def paying_scope(by: str) -> str:
    """Name where a person's keys of payments are kept."""
    return f"settlement.pay {by}"


def payment_digest(account: SettlementAccount, payee: Payee, amount: Decimal, *, text: str) -> str:
    """Digest what a payment says, so that a key or a code serves this payment alone."""
    return fingerprint_of([account.reference, payee.reference, str(amount.normalize()), text])


def send_payment_code(
    account: SettlementAccount, payee: Payee, amount: Decimal, *, text: str, key: str, at: datetime, by: User
) -> None:
    """Send the code by which a person lets one payment leave; the message says how much goes to whom.

    :raises SigningPhoneMissing, SigningCodesTooMany: see ``send_signing_code``.
    """
    with override(by.language):
        told = {"amount": formats.money(amount, account.currency), "payee": payee.name, "number": payee.number[-4:]}
    subject = _subject(account, payee, amount, text=text, key=key)
    identity.send_signing_code(by, subject=subject, at=at, notice="payment_code", params=told)


def confirm_by_code(
    account: SettlementAccount,
    payee: Payee,
    amount: Decimal,
    *,
    text: str,
    key: str,
    code: str,
    at: datetime,
    by: str,
) -> None:
    """Confirm a payment by its code, where its amount and payee ask for one; an inner step.

    :raises SigningCodeWrong: and its kin, when the code does not confirm this payment.
    """
    assert connection.in_atomic_block, "a confirmation belongs to the payment it confirms"
    rules = queries.rules_of(account.enterprise, at=at)
    if queries.needs_code(payee, amount, rules=rules):
        subject = _subject(account, payee, amount, text=text, key=key)
        identity.confirm_signing_code(User.objects.get(reference=by), subject=subject, code=code, at=at)


def _subject(account: SettlementAccount, payee: Payee, amount: Decimal, *, text: str, key: str) -> str:
    return f"payment {fingerprint_of([payment_digest(account, payee, amount, text=text), key])[:40]}"
