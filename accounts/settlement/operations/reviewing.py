"""A payment to a payee looked at before it is made."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.ledger import operations as ledger
from accounts.settlement.models import Payee, PaymentRules, SettlementAccount
from accounts.settlement.operations import limits
from accounts.settlement.operations.accounts import AccountNotOpen, lock
from accounts.settlement.operations.agreeing import check_payee, needs_second
from accounts.settlement.operations.confirming import LeavingPayment, PaymentReview, review
from accounts.settlement.states import PAYS
from portal.core.idempotency import refuse_answered


@transaction.atomic(durable=True)
def review_payment(
    account: SettlementAccount, payee: Payee, amount: Decimal, *, text: str, key: str, on: date, at: datetime, by: str
) -> PaymentReview[LeavingPayment]:
    """Ask everything that paying would ask, and change nothing.

    :raises KeyReused: when the key made a payment already.
    :raises: as ``instruct``, whose refusals come before anything is confirmed.
    """
    refuse_answered(paying_scope(by), key)
    rules = check_payment(account, payee, amount, on=on, at=at)
    second = needs_second(account.enterprise, amount, rules=rules, by=by)
    return review(leaving_to(account, payee, amount, text=text, key=key), at=at, needs_second=second)


def check_payment(account: SettlementAccount, payee: Payee, amount: Decimal, *, on: date, at: datetime) -> PaymentRules:
    """Check all but the money, lock the account, and tell the rules in effect; an inner step.

    :raises PayeeGone, PayeeOfAnother, PayeeCoolsOff: when the payee cannot be paid.
    :raises AmountRefused: when the amount is not a positive whole number of minor units.
    :raises DailyLimit: when it exceeds what is left of the day.
    :raises AccountNotOpen: when the account cannot pay.
    """
    ledger.check_amount(amount, account.currency)
    rules = limits.claim(account, amount, on=on, at=at)
    check_payee(account, payee, at=at)
    lock(account)
    if account.status not in PAYS:
        raise AccountNotOpen
    return rules


def paying_scope(by: str) -> str:
    """Name where a person's keys of payments are kept."""
    return f"settlement.pay {by}"


def leaving_to(account: SettlementAccount, payee: Payee, amount: Decimal, *, text: str, key: str) -> LeavingPayment:
    """Say what leaves for a payee."""
    return LeavingPayment(account, amount, payee.name, payee.number, payee.bank_code, text, key)
