"""Account terms prepared by one person and brought out by another."""

from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.settlement.models import AccountProduct, AccountProductProposal, AccountTerms, ProposalStatus
from accounts.settlement.operations.accounts import stated
from accounts.settlement.operations.cash import SamePerson
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.money import contracted, is_exact
from portal.core.refusals import Refusal, register

TERMS: Final = (
    "name_en", "name_zh_hans", "currency", "day_count", "interest_tiers", "withholding_rate", "monthly_fee_amount",
    "fee_free_from_amount", "overdraft_limit_amount", "overdraft_annual_rate",
)  # fmt: skip
VERSIONS_LOCK: Final = 7_203_016  # a code's first version has no row yet that could be locked
AMOUNTS: Final = ("monthly_fee_amount", "fee_free_from_amount", "overdraft_limit_amount")

register(
    {
        "tiers_refused": _("Tiers begin at rising balances of zero or more, each with a rate from 0 to below 1."),
        "proposal_waits": _("Other terms of this product already wait for a second person."),
        "proposal_decided": _("Somebody has decided on these terms already."),
        "terms_amount_refused": _("Give amounts of zero or more, with no more decimals than the currency has."),
    }
)


class TiersRefused(Refusal):
    """The tiers do not rise, or a rate is out of range."""

    code = "tiers_refused"


class ProposalWaits(Refusal):
    """A product has one proposal at a time."""

    code = "proposal_waits"


class ProposalDecided(Refusal):
    """The proposal does not wait any more."""

    code = "proposal_decided"


class TermsAmountRefused(Refusal):
    """An amount is negative or finer than the currency."""

    code = "terms_amount_refused"


@transaction.atomic(durable=True)
def propose_account_product(code: str, *, key: str, at: datetime, by: str, **terms: Any) -> AccountProductProposal:
    """Prepare a product's next version, which another person brings out; the same key proposes once.

    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises ProposalWaits: when other terms of the product wait.
    :raises TiersRefused, TermsAmountRefused, ValidationError: when the terms make no sense.
    """
    reference = answer_once(
        f"settlement.propose {by}",
        key,
        fingerprint=fingerprint_of([code, terms]),
        make=lambda: _proposed(code, terms, at=at, by=by).reference,
    )
    return AccountProductProposal.objects.get(reference=reference)


def _proposed(code: str, terms: dict[str, Any], *, at: datetime, by: str) -> AccountProductProposal:
    proposal = AccountProductProposal(code=code, proposed_at=at, proposed_by=by, **terms)
    amounts = [Decimal(amount) for name in AMOUNTS if (amount := getattr(proposal, name)) is not None]
    currency = proposal.currency
    if not all(is_exact(amount, currency) and contracted(amount, currency) == amount >= 0 for amount in amounts):
        raise TermsAmountRefused
    if AccountProductProposal.objects.filter(code=code, status=ProposalStatus.WAITING).exists():
        raise ProposalWaits
    check_terms(proposal)
    kept = AccountProductProposal.objects.bulk_create([proposal], ignore_conflicts=True)
    if not AccountProductProposal.objects.filter(reference=kept[0].reference).exists():
        raise ProposalWaits
    audit.record("settlement.terms_proposed", subject=proposal.reference, by=by, at=at, details={"code": code})
    return proposal


@transaction.atomic(durable=True)
def approve_account_product(proposal: AccountProductProposal, *, at: datetime, by: str) -> None:
    """Bring out the terms that another person prepared; accounts opened from now on stand on them.

    :raises ProposalDecided: when they do not wait.
    :raises SamePerson: when it is the person who prepared them.
    """
    _take(proposal, by=by)
    terms = {name: getattr(proposal, name) for name in TERMS}
    proposal.product = brought_out(proposal.code, by=by, at=at, **terms)
    _decide(proposal, ProposalStatus.APPROVED, at=at, by=by)


@transaction.atomic(durable=True)
def decline_account_product(proposal: AccountProductProposal, *, reason: str, at: datetime, by: str) -> None:
    """Refuse terms that another person prepared; what is offered stays.

    :raises ReasonMissing: when no reason is given.
    :raises ProposalDecided, SamePerson: as ``approve_account_product``.
    """
    reason = stated(reason)
    _take(proposal, by=by)
    proposal.reason = reason
    _decide(proposal, ProposalStatus.DECLINED, at=at, by=by)


def _take(proposal: AccountProductProposal, *, by: str) -> None:
    proposal.refresh_from_db(from_queryset=AccountProductProposal.objects.locked())
    if proposal.status != ProposalStatus.WAITING:
        raise ProposalDecided
    if proposal.proposed_by == by:
        raise SamePerson


def _decide(proposal: AccountProductProposal, status: ProposalStatus, *, at: datetime, by: str) -> None:
    proposal.status, proposal.decided_at, proposal.decided_by = status, at, by
    proposal.save()
    audit.record(f"settlement.terms_{status}", subject=proposal.reference, by=by, at=at)


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
