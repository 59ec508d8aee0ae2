"""From a case to a verdict: gathers what judging needs, and keeps what repeating it takes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder

from accounts.cashflow import queries as cashflow
from accounts.harvest import queries as harvests
from accounts.identity import queries as identity
from accounts.identity.models import Enterprise
from lending.applications import queries
from lending.applications.models import Application
from lending.credit import due_dates, harvest
from lending.credit import operations as exposures
from lending.credit import policy as credit_policy
from lending.credit import queries as credit
from lending.credit.features import FEATURES_VERSION, requested
from lending.credit.limits import JUDGING, terms_beyond
from lending.credit.models import Policy
from lending.credit.verdicts import Verdict
from lending.products.models import LoanProduct
from portal.core import interest
from portal.core.dates import add_months
from portal.core.idempotency import fingerprint_of

REPLACED: Final = "replaced_statements"


@dataclass(frozen=True)
class Judged:
    """A verdict and its inputs."""

    verdict: Verdict
    features: dict[str, Any]
    facts: dict[str, Any]
    product_terms: dict[str, Any]
    rules: credit.Rules
    second_opinion: dict[str, str] | None = None

    def record(self) -> dict[str, Any]:
        """Give a decision's columns what a replay needs."""
        return {
            "verdict": self.verdict.as_data(),
            "features": self.features,
            "second_opinion": self.second_opinion,
            "facts": self.facts,
            "product_terms": self.product_terms,
            "scorecard": self.rules.scorecard,
            "policy": self.rules.policy,
            "standards": self.rules.standards,
            "features_version": FEATURES_VERSION,
            "inputs_fingerprint": inputs_fingerprint(
                self.features, self.facts, self.product_terms, self.rules, features_version=FEATURES_VERSION
            ),
        }


def inputs_fingerprint(
    features: Mapping[str, Any], facts: Mapping[str, Any], product_terms: Mapping[str, Any], rules: credit.Rules, *,
    features_version: str,
) -> str:  # fmt: skip
    """Digest all that a verdict was reached from, so that a replay notices the least change of it."""
    return fingerprint_of([features, facts, product_terms, rules.versions, features_version])


def judge(application: Application, *, on: date, at: datetime) -> Judged:
    """Judge a case on the evidence recorded so far, by the rules in force.

    The inputs are made plain JSON first, so that a replay of what was stored judges the very same values.

    :raises RulesMissing: when no scorecard or no policy is in force.
    """
    enterprise = application.enterprise
    rules = credit.rules_for(enterprise, on=on)
    measured = credit.features_of(enterprise, as_of=on, recorded_before=at)
    places = credit.against_trade(measured, enterprise.industry, edition=rules.standards)
    seen = {"industry": enterprise.industry_id, "setting": enterprise.setting}  # an enterprise may correct them
    facts = _plain(facts_of(application, rules.policy, on=on, at=at) | seen)
    features = _plain(credit.with_places(measured, places) | asked_for(measured, facts))
    terms = product_terms(application.product)
    verdict = credit_policy.judge(features, facts, rules.scorecard.table, rules.policy.table, terms)
    return Judged(verdict, features, facts, terms, rules, credit.second_opinion(features, on=on))


def asked_for(measured: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, float | None]:
    """Work out the features of what the applicant asks for."""
    return requested(measured, amount=facts["requested_amount"], term_months=facts["term_months"])


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), cls=DjangoJSONEncoder))
    return plain


def facts_of(application: Application, policy: Policy, *, on: date, at: datetime) -> dict[str, Any]:
    """Gather what a policy may ask about a case besides features."""
    enterprise = application.enterprise
    late_months = policy.table.get(credit_policy.LATE_MONTHS)
    late_since = late_months and add_months(on.replace(day=1), -late_months)
    owed = credit.exposure_of(enterprise, late_since=late_since)
    doubts = cashflow.doubts_about(enterprise, judged_at=lambda: queries.judged_at(enterprise))
    return {
        "requested_amount": application.requested_amount,
        "term_months": application.term_months,
        "exposure_amount": owed.amount,
        "worst_days_past_due": owed.worst_days_past_due,
        "months_in_business": _whole_months(enterprise.founded_on, on),
        "holder_matches": doubts.holder_matches,
        "foreign_evidence": doubts.foreign_evidence,
        "suspicions": doubts.suspicions,
        "clearances_held": queries.clearances_of(enterprise),
        "monthly_payment_amount": owed.monthly_payment_amount,
        "judging": JUDGING,
        **({credit_policy.LATE_MONTHS: late_months} if late_months else {}),
        **_replaced_facts(doubts),
        **_identity_facts(enterprise, on=on),
        **_register_facts(enterprise, policy, at=at),
        **harvest_facts_of(application, on=on, at=at),
        **_due_dates_of(application, on=on, at=at),
    }


def _due_dates_of(application: Application, *, on: date, at: datetime) -> dict[str, Any]:
    """Walk the due dates of a loan whose principal a season asks for, for its term and the longer ones of its product.

    Written of the product's largest amount, so that another amount is judged by the very same parts.
    """
    product = application.product
    if not product.principal_months:
        return {}
    expected = harvests.expected_of(application.enterprise, on=on, at=at)
    brings = _brings(expected) if expected else []
    months = application.term_months
    walks = {}
    for each in (months, *terms_beyond(months, product_terms(product))):
        terms = product.terms(annual_rate=product.max_annual_rate, term_months=each)
        rows = interest.schedule(product.max_amount, terms, on).installments
        asked = [due_dates.Asked(row.due_date, row.principal_amount, row.interest_amount) for row in rows]
        walks[str(each)] = due_dates.walk(asked, brings, since=on)
    return {due_dates.WALKS: walks}


def _brings(expected: harvests.Expected) -> list[harvest.Brings]:
    return [harvest.Brings(month.first_day, month.prudent, month.confirmed) for month in expected.months]


def harvest_facts_of(application: Application, *, on: date, at: datetime | None) -> dict[str, Any]:
    """Set what a grower's plots may bring against the loan that is asked for, at the product's highest rate.

    Empty where nothing is planted: no rule of a policy asks every trade about its fields.
    """
    expected = harvests.expected_of(application.enterprise, on=on, at=at)
    if expected is None:
        return {}
    product = application.product
    terms = product.terms(annual_rate=product.max_annual_rate, term_months=application.term_months)
    schedule = interest.schedule(application.requested_amount, terms, on)
    return harvest.facts(
        _brings(expected),
        [harvest.Due(row.due_date, row.total_amount) for row in schedule.installments],
        requested=application.requested_amount,
    )


def _replaced_facts(doubts: cashflow.Doubts) -> dict[str, Any]:
    """Tell a person which statements were replaced by others that tell otherwise; nothing where none was."""
    told = [
        {
            "withdrawn": each.withdrawn.reference,
            "by": each.by.reference,
            "days": len(each.days),
            "first": min(each.days),
            "last": max(each.days),
        }
        for each in doubts.replaced
    ]
    return {REPLACED: told} if told else {}


def _identity_facts(enterprise: Enterprise, *, on: date) -> dict[str, Any]:
    hits = identity.hits_on(enterprise)
    needed = identity.requirements_of([enterprise], on=on)[enterprise.pk]
    return {
        "identity_verified": identity.verified(needed),
        "checks_lacking": [
            {"kind": each.kind.value, "person": str(each.person or ""), "state": each.state}
            for each in needed
            if not each.holds
        ],
        "open_hits": hits.open,
        "sanctions_confirmed": hits.sanctions_confirmed,
        "pep_confirmed": hits.pep_confirmed,
    }


def _register_facts(enterprise: Enterprise, policy: Policy, *, at: datetime) -> dict[str, Any]:
    """Tell what the credit register answered, where the policy asks for it; not known when it did not, or long ago."""
    if not credit_policy.asks_for(policy.table, credit_policy.REGISTER):
        return {}
    answer = credit.register_answer_of(enterprise, at=at, good_days=register_good_days(policy))
    return {
        "register_lenders": answer and answer.lender_count,
        "register_outstanding_amount": answer and answer.outstanding_amount,
        "register_overdue_amount": answer and answer.overdue_amount,
        "register_worst_days_past_due": answer and answer.worst_days_past_due,
    }


def register_good_days(policy: Policy) -> int:
    """Tell for how many days an answer of the credit register is good."""
    return int(policy.table.get("register_good_days", credit_policy.REGISTER_GOOD_DAYS))


def _whole_months(since: date, on: date) -> int:
    return (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day)


def product_terms(product: LoanProduct) -> dict[str, str | int]:
    """Write a product's ranges and steps as plain JSON."""
    amounts = ("min_amount", "max_amount", "min_annual_rate", "max_annual_rate")
    months = ("min_term_months", "max_term_months", "step_months")
    return {name: str(getattr(product, name)) for name in amounts} | {name: getattr(product, name) for name in months}


def reserve(application: Application, amount: Decimal, *, at: datetime) -> None:
    """Count an offer against the enterprise's exposure."""
    binding = exposures.Binding(reserved_amount=amount)
    exposures.keep_exposure(application.enterprise, subject=application.reference, binding=binding, at=at)


def release(application: Application, *, at: datetime) -> None:
    """Take an offer out of the exposure: it was signed, withdrawn or ended."""
    exposures.keep_exposure(application.enterprise, subject=application.reference, binding=exposures.Binding(), at=at)
