"""Questions of judging: what the evidence shows, how the trade stands, which rules decide, what is owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from weakref import WeakSet

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from accounts.identity import queries as identity
from accounts.identity.models import Enterprise, Industry, Role
from lending.credit import challenger, standards
from lending.credit.features import FEATURES, Direction, Feature, Features, cases_sql, compiled_sql, read
from lending.credit.models import (
    Challenger,
    Exposure,
    IndustryStandard,
    LateMonth,
    Policy,
    RegisterAnswer,
    RuleSet,
    Scorecard,
    StandardEdition,
)
from lending.credit.scorecards import IN_TRADE
from lending.credit.standards import Standard
from portal.core import money
from portal.core.refusals import Refusal, register

RULE_READERS: Final = (Role.RISK_ANALYST, Role.UNDERWRITER, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR)
_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)

# One plan for whoever is asked of. What evidence tells, the planner takes for a few rows, which it would hold each
# against each.
_PLANNED_ONCE: Final = "SET LOCAL plan_cache_mode TO force_generic_plan; SET LOCAL enable_nestloop TO off"
_PLANNED_AS_BEFORE: Final = "SET LOCAL plan_cache_mode TO DEFAULT; SET LOCAL enable_nestloop TO DEFAULT"

_PREPARED: Final = WeakSet[Any]()  # the connections whose server keeps the plan of `features_of_one`


class RulesMissing(Refusal):
    """Nothing decides yet: no scorecard or no policy is active."""

    code = "rules_missing"


register({"rules_missing": _("The bank has not put its rules for decisions in force yet.")})


def features_of(enterprise: Enterprise, *, as_of: date, recorded_before: datetime = _EVER) -> Features:
    """Measure an enterprise by the evidence of the year that ends on a day, in one query.

    :param recorded_before: what the bank knew at this moment: evidence recorded by then and not superseded by then.
    :returns: every feature by code; money in units of the bank's currency, None where there was too little evidence.
    """
    currency = settings.BANK_CURRENCY
    minor_per_unit = 10 ** money.digits(currency)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.connection not in _PREPARED:
            cursor.execute(compiled_sql())
            _PREPARED.add(connection.connection)
        cursor.execute(
            f"{_PLANNED_ONCE}; EXECUTE features_of_one (%s, %s, %s, %s, %s)",
            [enterprise.pk, as_of, recorded_before, currency, minor_per_unit],
        )
        names = [column[0] for column in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True))
        cursor.execute(_PLANNED_AS_BEFORE)
    return read(row, minor_per_unit=minor_per_unit)


@dataclass(frozen=True, slots=True)
class Case:
    """An enterprise as it stood on a day, by what the bank knew at a moment."""

    case_id: int
    enterprise_id: int
    as_of: date
    recorded_before: datetime


def features_of_cases(cases: Sequence[Case]) -> dict[int, Features]:
    """Measure many enterprises, each as `features_of` would, in one query; the figures by `case_id`."""
    minor_per_unit = 10 ** money.digits(settings.BANK_CURRENCY)
    parameters = {
        "case_ids": [case.case_id for case in cases],
        "enterprise_ids": [case.enterprise_id for case in cases],
        "days": [case.as_of for case in cases],
        "moments": [case.recorded_before for case in cases],
        "currency": settings.BANK_CURRENCY,
        "minor_per_unit": minor_per_unit,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{_PLANNED_ONCE}; {cases_sql()}", parameters)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute(_PLANNED_AS_BEFORE)
    return {row["case_id"]: read(row, minor_per_unit=minor_per_unit) for row in rows}


@dataclass(frozen=True, slots=True)
class TradePlace:
    """A figure beside the usual range of its trade."""

    feature: Feature
    value: Any
    low: Any  # the middle half of the trade lies between low
    high: Any  # and high
    place: int | None  # part of the trade below the figure, 0 to 100
    industry: str  # the trade whose standard was used; "*" is all
    n: int  # enterprises counted; 0 for a documented default

    @property
    def better_than(self) -> int | None:
        """What part of the trade does worse; None where neither way is better."""
        if self.place is None or self.feature.direction == Direction.NEUTRAL:
            return None
        return self.place if self.feature.direction == Direction.HIGHER_IS_BETTER else 100 - self.place


def against_trade(
    features: Mapping[str, Any], industry: Industry, *, edition: StandardEdition | None
) -> list[TradePlace]:
    """Set every figure that has a standard beside the usual range of the trade, in the order of the features."""
    return places_among(features, standards_of(industry, edition=edition))


def places_among(features: Mapping[str, Any], chosen: Mapping[str, Standard]) -> list[TradePlace]:
    """Set every figure that has a standard beside the usual range, in the order of the features."""
    places = []
    for feature in FEATURES:
        standard = chosen.get(feature.code)
        if standard is None:
            continue
        value = features.get(feature.code)
        places.append(
            TradePlace(
                feature=feature,
                value=value,
                low=standard.percentiles["25"],
                high=standard.percentiles["75"],
                place=None if value is None else standards.place(standard, value),
                industry=standard.industry,
                n=standard.n,
            )
        )
    return places


def edition_in_force(*, on: date) -> StandardEdition | None:
    """Find the industry standards that hold on a day."""
    edition: StandardEdition | None = StandardEdition.objects.in_force(on).first()
    return edition


def standards_of(industry: Industry, *, edition: StandardEdition | None) -> dict[str, Standard]:
    """Choose for each feature the standard of the nearest trade."""
    if edition is None:
        return {}
    codes = standards.lineage(industry.code, industry.section)
    rows = IndustryStandard.objects.filter(edition=edition, industry__in=codes).order_by("industry", "feature")
    columns = rows.values_list("industry", "feature", "percentiles", "n")
    return standards.nearest((Standard(*row) for row in columns), codes)


def with_places(features: Mapping[str, Any], places: list[TradePlace]) -> dict[str, Any]:
    """Add to the figures, under "<code>@trade", what part of the trade does worse, for scorecards that read it."""
    known = {f"{each.feature.code}{IN_TRADE}": each.better_than for each in places if each.better_than is not None}
    return dict(features) | known


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides a case; their references go into the decision."""

    scorecard: Scorecard
    policy: Policy
    standards: StandardEdition | None

    @property
    def versions(self) -> dict[str, str]:
        """References and fingerprints, as a decision stores them."""
        versions = {"scorecard": self.scorecard.reference, "scorecard_fingerprint": self.scorecard.fingerprint}
        versions |= {"policy": self.policy.reference, "policy_fingerprint": self.policy.fingerprint}
        if self.standards:
            versions |= {"standards": self.standards.reference, "standards_fingerprint": self.standards.fingerprint}
        return versions


def rules_for(enterprise: Enterprise, *, on: date) -> Rules:
    """Find what decides for an enterprise on a day: the card of its trade, or else the one for all trades.

    :raises RulesMissing: when no card or no policy is in force.
    """
    cards = Scorecard.objects.in_force(on)
    card = cards.filter(sections__contains=[enterprise.industry.section]).first() or cards.filter(sections=[]).first()
    policy = policy_in_force(on=on)
    if card is None or policy is None:
        raise RulesMissing
    return Rules(card, policy, edition_in_force(on=on))


def in_force_instead(rules: RuleSet, *, on: date) -> RuleSet | None:
    """Find what decides on a day where these rules would; of cards that of the same name, or else of a like trade."""
    standing: list[RuleSet] = list(type(rules).objects.in_force(on).exclude(pk=rules.pk))
    if not isinstance(rules, Scorecard):
        return next(iter(standing), None)
    named = [each for each in standing if each.code == rules.code]
    alike = [each for each in standing if isinstance(each, Scorecard) and _judges_alike(each, rules)]
    return next(iter([*named, *alike]), None)


def _judges_alike(one: Scorecard, other: Scorecard) -> bool:
    return bool(set(one.sections) & set(other.sections)) or one.sections == other.sections


def second_opinion(features: Mapping[str, Any], *, on: date) -> dict[str, str] | None:
    """Score by the challenger in force, where there is one: its reference and probability of default, as text."""
    found = Challenger.objects.in_force(on).first()
    if found is None:
        return None
    probability = challenger.probability_of_default(found.table, features)
    return {"challenger": found.reference, "probability_of_default": str(probability)}


@dataclass(frozen=True, slots=True)
class Owed:
    """All that an enterprise's offers and loans bind, with those of related ones."""

    amount: Decimal
    monthly_payment_amount: Decimal
    worst_days_past_due: int
    related: int = 0  # how many other enterprises are counted


def exposure_of(enterprise: Enterprise, *, late_since: date | None = None) -> Owed:
    """Sum what is reserved and drawn by an enterprise and those related to it, and find how late any of them was.

    What is repaid each month is its own alone: the others' installments do not leave its accounts.

    :param late_since: the first day of the first month in which being late counts; ever, where there is none.
    """
    group = identity.group_of(enterprise)
    late = LateMonth.objects.filter(exposure=OuterRef("pk"), **({"month__gte": late_since} if late_since else {}))
    worst = late.order_by("-worst_days_past_due").values("worst_days_past_due")[:1]
    sums = Exposure.objects.filter(enterprise__in=group).aggregate(
        reserved=Sum("reserved_amount"),
        drawn=Sum("drawn_amount"),
        monthly=Sum("monthly_payment_amount", filter=Q(enterprise=enterprise)),
        late=Max(Subquery(worst)),
    )
    zero = Decimal(0)
    amount = (sums["reserved"] or zero) + (sums["drawn"] or zero)
    return Owed(amount, sums["monthly"] or zero, sums["late"] or 0, len(group) - 1)


def policy_in_force(*, on: date) -> Policy | None:
    """Find the policy that decides on a day."""
    found: Policy | None = Policy.objects.in_force(on).first()
    return found


def register_answer_of(enterprise: Enterprise, *, at: datetime, good_days: int) -> RegisterAnswer | None:
    """Find what the credit register answered last, unless that is too long ago, or of a former name or number."""
    since = max(filter(None, (at - timedelta(days=good_days), enterprise.identity_corrected_at)))
    fresh = RegisterAnswer.objects.filter(enterprise=enterprise, fetched_at__gt=since)
    return fresh.order_by("-fetched_at", "-pk").first()
