"""Agreeing on terms for an account."""

from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.ledger import operations as ledger
from accounts.settlement import interest
from accounts.settlement.models import AccountProduct, SettlementAccount, TermsAgreement
from portal.core import audit
from portal.core.money import rounded
from portal.core.refusals import Refusal, register

register(
    {
        "overdraft_refused": _("These terms allow an overdraft of %(limit)s at most, in whole minor units."),
        "terms_of_another_currency": _("These terms are for accounts in another currency."),
        "terms_of_the_past": _("Terms change from today or later, never for days that are past."),
    }
)


class OverdraftRefused(Refusal):
    """The overdraft asked for is negative, finer than the currency or beyond the product's limit."""

    code = "overdraft_refused"


class TermsOfAnotherCurrency(Refusal):
    """Product and account keep different currencies."""

    code = "terms_of_another_currency"


class TermsOfThePast(Refusal):
    """The day lies before today."""

    code = "terms_of_the_past"


def agree(
    account: SettlementAccount, product: AccountProduct, *, overdraft: Decimal, on: date, at: datetime, by: str
) -> TermsAgreement:
    """Put an account, whose row is locked or new, on terms; an inner step.

    :raises TermsOfAnotherCurrency: when the product is for another currency.
    :raises OverdraftRefused: when the overdraft is beyond what the product allows.
    :raises OverdraftInUse: when the account stands lower than the new limit.
    :raises TermsOfThePast: when a later agreement stands, or days from then on are booked.
    """
    assert connection.in_atomic_block, "an agreement belongs to the transaction of what it is for"
    if product.currency != account.currency:
        raise TermsOfAnotherCurrency
    exact = rounded(overdraft, account.currency) == overdraft
    if not exact or not 0 <= overdraft <= product.overdraft_limit_amount:
        raise OverdraftRefused(limit=product.overdraft_limit_amount, currency=account.currency)
    last = interest.last_period(account)
    if (last and last.last_date >= on) or account.agreements.filter(effective_from__gt=on).exists():
        raise TermsOfThePast
    ledger.allow_overdraft(account.ledger_account, overdraft)
    made = TermsAgreement.objects.create(
        settlement_account=account,
        product=product,
        overdraft_limit_amount=overdraft,
        effective_from=on,
        agreed_at=at,
        agreed_by=by,
    )
    details = {"product": product.reference, "overdraft": str(overdraft), "from": on}
    audit.record("settlement.terms_agreed", subject=account.reference, by=by, at=at, details=details)
    return made
