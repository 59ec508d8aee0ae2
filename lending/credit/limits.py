"""How much may be lent: what bounds an amount, and the largest that passes. Pure.

A bound belongs to a grade: to its rate, its coverage and its months of inflow. Where the card reads what the loan would
ask for, a grade belongs to an amount, so the largest that passes is searched. Below it every amount passes: a smaller
one never has a worse grade (`scorecards.check`), and a better grade never a lower bound (`policy_check.check`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from math import lcm
from typing import Any, Final

from lending.credit import due_dates, harvest, scorecards
from lending.credit.due_dates import Means, Shortfall
from lending.credit.features.declared import OF_REQUEST, requested
from lending.credit.scorecards import Score, Table
from lending.credit.verdicts import Outcome

# How judging went on when a decision was taken, kept with its facts; a replay goes on alike. From 2 on, whatever is
# offered instead of what was asked for is judged as if it were asked for; 1, or none, held it against the bounds alone.
# From 3 on, the harvest facts count a month at its end; before, from its first day. They are stored, never told anew.
# From 4 on, a change of habits takes as long as the figure looks back.
JUDGING: Final = 4
_OFFERS_JUDGED: Final = 2
_FIGURES_LOOK_BACK: Final = 4

_RATE: Final = Decimal("0.0001")
_CENT: Final = Decimal("0.01")

Facts = Mapping[str, Any]
Terms = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged, and by what."""

    features: Mapping[str, Any]
    facts: Facts
    scorecard: Table
    policy: Mapping[str, Any]
    terms: Terms

    def asking(self, **request: Any) -> "Case":
        """Ask for another `requested_amount` or another `term_months`.

        What harvests bring within a term, and what falls due with them, was told of the term asked for alone. Decisions
        from before a product's `step_months` was stored are judged as they were: the facts of the one served for all.
        """
        untold = harvest.FACTS if "term_months" in request and "step_months" in self.terms else frozenset()
        facts = {name: value for name, value in self.facts.items() if name not in untold} | request
        if None not in (facts.get(harvest.TOLD), facts["requested_amount"]):
            facts[harvest.COVER] = harvest.cover(_number(facts[harvest.TOLD]), _number(facts["requested_amount"]))
        figures = requested(self.features, amount=facts["requested_amount"], term_months=facts["term_months"])
        return replace(self, features={**self.features, **figures}, facts=facts)

    @property
    def judges_offers(self) -> bool:
        """Tell whether what is offered is judged as if it were asked for."""
        return self._judging >= _OFFERS_JUDGED

    @property
    def tells_by_figure(self) -> bool:
        """Tell whether a change of habits takes as long as its figure looks back, and not as its family did."""
        return self._judging >= _FIGURES_LOOK_BACK

    @property
    def _judging(self) -> int:
        return int(self.facts.get("judging", 1))

    @property
    def score(self) -> Score:
        """What the card says."""
        return scorecards.score(self.scorecard, self.features)

    @property
    def grade(self) -> Mapping[str, Any]:
        """The grade of the card's probability of default."""
        return grade_of(self.policy, self.score.probability_of_default)


@dataclass(frozen=True, slots=True)
class Limit:
    """The largest amount that passes under a grade, and what holds it there."""

    amount: Decimal
    held_by: str


def grade_of(policy: Mapping[str, Any], probability: Decimal) -> Mapping[str, Any]:
    """Find the grade of a probability of default."""
    grades: list[Mapping[str, Any]] = policy["grades"]
    for grade in grades[:-1]:
        if probability < Decimal(str(grade["pd_below"])):
            return grade
    return grades[-1]


def rate_of(grade: Mapping[str, Any], terms: Terms) -> Decimal | None:
    """Price a grade within the product's range of rates; None where it does not lend."""
    if grade["outcome"] == Outcome.DECLINED:
        return None
    low, high = _number(terms["min_annual_rate"]), _number(terms["max_annual_rate"])
    return (low + (high - low) * _number(grade["price"])).quantize(_RATE, rounding=ROUND_HALF_UP)


def bound(case: Case, grade: Mapping[str, Any], *, plots: str = harvest.SEEN) -> Limit | None:
    """Find the largest amount that every bound of a grade allows, rounded down; None when a bound lacks its input.

    The average month carries it, or harvests do: by default only those of plots that an officer has seen.
    """
    asked = [case.facts.get(name) for name in ("exposure_amount", "requested_amount", "term_months")]
    rate, means = rate_of(grade, case.terms), _means(case, grade)
    if rate is None or means is None or None in asked:
        return None
    months = int(case.facts["term_months"])
    harvested = harvest.carries(
        case.facts, case.policy, fact=plots, annual_rate=rate, debt_service=means.debt_service, months=months
    )
    bounds = {
        "cash_flow_carries_less": max(means.monthly * _annuity(rate, months), harvested),
        "above_share_of_inflow": _number(case.features["monthly_inflow"]) * _number(grade["inflow_months"]),
        "exposure_too_high": _number(case.policy["largest_exposure_amount"]) - _number(case.facts["exposure_amount"]),
        "above_product": _number(case.terms["max_amount"]),
    }
    held_by = min(bounds, key=lambda name: bounds[name])
    return Limit(_rounded_down(bounds[held_by], _step(case)), held_by)


def shortfall(case: Case, grade: Mapping[str, Any]) -> Shortfall | None:
    """Find the first due date that cannot be paid; none where each can, and where no season asks for the principal.

    The most without such a date is rounded down.
    """
    steps = (case.facts.get(due_dates.WALKS) or {}).get(str(case.facts.get("term_months")))
    rate, means = rate_of(grade, case.terms), _means(case, grade)
    if not steps or rate is None or means is None:
        return None
    share = rate / (_number(case.terms["max_annual_rate"]) or 1)
    found = due_dates.shortfall(steps, means, _number(case.facts["requested_amount"]), rate_share=share)
    return found and replace(found, carried=_rounded_down(found.carried, _step(case)))


def _means(case: Case, grade: Mapping[str, Any]) -> Means | None:
    """Tell what is there for repaying a new loan under a grade; None when it was not measured or nothing is lent."""
    names = ("monthly_inflow", "monthly_outflow", "monthly_debt_service")
    inputs = [case.features.get(name) for name in names]
    if None in inputs or grade["outcome"] == Outcome.DECLINED:
        return None
    inflow, outflow, measured = (_number(each) for each in inputs)
    # A loan of last month hardly shows in the average of a year, but its installments will come.
    debt_service = max(measured, _number(case.facts.get("monthly_payment_amount") or 0))
    coverage, usual = _number(grade["coverage"]), inflow * _number(case.features.get("buffer_to_inflow") or 0)
    return Means(
        kept=max(usual, Decimal(0)) / coverage,
        monthly=(inflow - outflow) / coverage - debt_service,
        debt_service=debt_service,
        usable_share=_number(case.policy.get("harvest", {}).get("usable_share", 0)),
    )


def passes(case: Case) -> bool:
    """Tell whether what is asked for stays within the bounds of the grade that it has."""
    limit = bound(case, case.grade)
    return limit is not None and _number(case.facts["requested_amount"]) <= limit.amount


def largest(case: Case, limit: Limit | None) -> Decimal | None:
    """Find the largest amount that passes for the term asked for; None when it cannot be measured or nothing passes.

    :param limit: what bounds the grade of the amount asked for.
    """
    reading = [each for each in case.scorecard["characteristics"] if each["feature"] in OF_REQUEST]
    if not reading:
        return limit.amount if limit else None
    wanted = _number(case.facts.get("requested_amount") or 0)
    least = wanted if limit and wanted <= limit.amount else Decimal(0)
    most = limit.amount if least and limit else wanted
    found = max(_last_that_passes(case, reading, least, most), least)
    return found.quantize(_CENT) if found or limit else None


def _last_that_passes(case: Case, reading: list[Mapping[str, Any]], least: Decimal, most: Decimal) -> Decimal:
    """Search between an amount that passes, or nothing, and one above which none does.

    Amounts in the same bins of what the card reads of them have one grade, and so one bound.
    """
    bounds: dict[tuple[int | None, ...], Limit | None] = {}

    def fits(amount: Decimal) -> bool:
        asked = case.asking(requested_amount=amount)
        bins = tuple(scorecards.place_of(each, asked.features[each["feature"]]) for each in reading)
        if bins not in bounds:
            bounds[bins] = bound(asked, asked.grade)
        limit = bounds[bins]
        return limit is not None and amount <= limit.amount

    return last_that(fits, case, least, most)


def last_that(fits: Callable[[Decimal], bool], case: Case, least: Decimal, most: Decimal) -> Decimal:
    """Halve the range between an amount that fits, or nothing, and one above which none does, in the policy's steps."""
    step = _step(case)
    low, high = int(least // step), int(most // step)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle * step) else (low, middle - 1)
    return (low * step).quantize(_CENT)


def longer_terms(case: Case) -> Iterator[Case]:
    """Ask for each longer term that the product has, in steps of three months, the shortest first."""
    return (case.asking(term_months=months) for months in terms_beyond(int(case.facts["term_months"]), case.terms))


def terms_beyond(months: int, terms: Terms) -> range:
    """List the longer terms that may be offered instead of one."""
    step = lcm(3, int(terms.get("step_months", 1)))
    return range(months + step, int(terms["max_term_months"]) + 1, step)


def _annuity(annual_rate: Decimal, months: int) -> Decimal:
    """What one unit a month repays: (1 - (1 + i)^-n) / i, the present value of an ordinary annuity."""
    monthly = annual_rate / 12
    if monthly == 0:
        return Decimal(months)
    return (1 - (1 + monthly) ** -months) / monthly


def _step(case: Case) -> Decimal:
    return _number(case.policy.get("round_amount_to", 1))


def _rounded_down(amount: Decimal, step: Decimal) -> Decimal:
    return max((amount / step).to_integral_value(ROUND_FLOOR) * step, Decimal(0)).quantize(_CENT)


def _number(value: Any) -> Decimal:
    return Decimal(str(value))
