"""Loans, signed and paid out by the operations that the pages use."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.cashflow.tests.builders import make_statement
from accounts.identity import operations as identity
from accounts.identity.models import Enterprise, User
from accounts.identity.tests.builders import make_checked
from accounts.ledger import queries as books
from accounts.settlement.models import SettlementAccount
from accounts.settlement.tests.builders import make_settlement_account
from lending.applications import operations as applications
from lending.applications.models import Offer
from lending.applications.tests.builders import DAY, NOW, TODAY, make_approved, make_draft, make_rules, sound_lines
from lending.loans import operations as loans
from lending.loans.models import Loan, Repayment
from portal.core.models import Notice

LATE_RULE = {"late_rate_markup": Decimal("0.5"), "late_grace_days": 3, "late_on_interest": True}


def make_offer(enterprise: Enterprise, *, by: User, **changed: Any) -> Offer:
    """Have the rules approve an application, and give its offer."""
    return make_approved(enterprise, by=by, **changed).offer


def sent_code(offer: Offer, *, to: User, at: datetime = NOW) -> str:
    """Have a code sent for an offer, and read it as its owner does."""
    identity.send_signing_code(to, subject=offer.reference, at=at)
    return told_code()


def told_code() -> str:
    """Read the newest code that was sent."""
    told: dict[str, str] = json.loads(Notice.objects.filter(code="signing_code").latest("pk").params)
    return told["code"]


def sign(
    offer: Offer, *, by: User, account: SettlementAccount | None = None, code: str = "", at: datetime = NOW,
    on: date = TODAY,
) -> Loan:  # fmt: skip
    """Sign an offer, with the right code unless another is given."""
    account = account or make_settlement_account(offer.application.enterprise)
    return loans.sign(offer, account=account, code=code or sent_code(offer, to=by, at=at), by=by, at=at, on=on)


def make_loan(enterprise: Enterprise, *, by: User, **changed: Any) -> Loan:
    """Sign an offer of 20,000 over twelve months."""
    return sign(make_offer(enterprise, by=by, **changed), by=by)


def repay(
    loan: Loan, amount: str | Decimal, *, by: User, key: str = "repay", at: datetime = NOW, on: date = TODAY
) -> Repayment:
    """Repay from the loan's settlement account."""
    return loans.repay(loan, Decimal(amount), key=key, by=by, at=at, on=on)


def held(loan: Loan) -> Decimal:
    """Tell what the loan's settlement account holds."""
    return books.balance(loan.settlement_account.ledger_account)


def make_offer_today(enterprise: Enterprise, *, by: User) -> Offer:
    """Have the rules approve an application by the clock, as pages do: the offer can be signed now."""
    now = timezone.now()
    today = timezone.localdate(now)
    make_rules()
    make_checked(enterprise)
    lines = list(sound_lines(last=today - DAY))
    make_statement(enterprise, lines, holder=enterprise.legal_name, opening="30000.00", at=now)
    application = make_draft(enterprise, by=by, at=now)
    applications.submit(application, by=by, at=now)
    applications.decide(application.reference, at=now, on=today)
    return Offer.objects.get(application=application)
