"""Bringing account terms out, and agreeing on them for an account."""

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.ledger import operations as ledger
from accounts.settlement import interest
from accounts.settlement.models import AccountProduct, AccountTerms, SettlementAccount, TermsAgreement
from portal.core import audit
from portal.core.money import rounded
from portal.core.refusals import Refusal, register

VERSIONS_LOCK: Final = 7_203_016  # a code's first version has no row yet that could be locked

register(
    {
        "tiers_refused": _("Tiers begin at rising balances of zero or more, each with a rate from 0 to below 1."),
        "overdraft_refused": _("These terms allow an overdraft of %(limit)s at most, in whole minor units."),
        "terms_of_another_currency": _("These terms are for accounts in another currency."),
        "terms_of_the_past": _("Terms change from today or later, never for days that are past."),
    }
)


class TiersRefused(Refusal):
    """The tiers do not rise, or a rate is out of range."""

    code = "tiers_refused"


def brought_out(code: str, *, by: str, at: datetime, **fields: Any) -> AccountProduct:
    """Offer terms from now on; an earlier version is no longer offered, and goes on for whoever stands on it.

    An inner step.

    :raises TiersRefused: when tiers do not rise or a rate is not a fraction.
    :raises ValidationError: when another field is out of its range.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [VERSIONS_LOCK])
    earlier = AccountProduct.objects.filter(code=code)
    version = max(earlier.values_list("version", flat=True), default=0) + 1
    product = AccountProduct(code=code, version=version, brought_out_at=at, brought_out_by=by, **fields)
    earlier.filter(is_offered=True).update(is_offered=False)
    check_terms(product)
    product.save(force_insert=True)
    details = {"code": code, "version": version}
    audit.record("settlement.terms_brought_out", subject=product.reference, by=by, at=at, details=details)
    return product


def check_terms(terms: AccountTerms) -> None:
    """Refuse terms that make no sense; an inner step.

    :raises TiersRefused, ValidationError: see ``brought_out``.
    """
    tiers = terms.tiers
    begins = [each for each, _rate in tiers]
    rising = all(lower < upper for lower, upper in pairwise(begins))
    if not rising or any(each < 0 for each in begins) or not all(0 <= rate < 1 for _begins, rate in tiers):
        raise TiersRefused
    terms.full_clean(exclude=["interest_tiers", "fee_free_from_amount", "decided_at", "product"])


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
