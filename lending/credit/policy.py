"""The bank's rules over a score: knock-outs, referrals, limit and price. Pure, and the same answer for ever.

A policy (JSON):

    {"form": 1, "code": "standard", "version": 1,
     "knock_outs": [{"code": "identity_not_verified", "fact": "identity_verified", "is": true},
                    {"code": "debt_too_heavy", "feature": "debt_service_share", "at_most": "0.5"}, ...],
     "referrals": [{"code": "evidence_too_short", "feature": "evidence_days", "at_least": 90}, ...],
     "most_missing": 5,
     "grades": [{"grade": "A", "pd_below": "0.02", "outcome": "approved", "inflow_months": "3", "coverage": "1.2",
                 "price": "0"}, ..., {"grade": "E", "outcome": "declined"}],
     "largest_exposure_amount": "500000", "round_amount_to": "100",
     "late_months": 24,  (optional: being late counts in this month and so many before, otherwise ever)
     "harvest": {"usable_share": "0.5", "least_share_due": "0.6"}}  (optional: see `harvest.py`)

A rule asks for `at_least` or `at_most` a figure, for what a fact `is`, or for a code that it `includes`. A knock-out
that is broken declines; a referral that is broken refers; either without its input refers and never approves, for the
reason `unseen` where the rule names one. The reason of a `silent` rule is its code alone: what was found is not told.
Grades stand from the best to the worst, the last without a bound. `price` is the place in the product's range of rates,
`inflow_months` the most that is lent in months of measured inflow, `coverage` how many times what is left after
running the business must cover all repayments, old and new; a worse grade never lends on better terms.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Any, Final

from lending.credit import explanation, harvest, limits
from lending.credit.features.declared import OF_REQUEST
from lending.credit.features.vocabulary import Direction, Topic
from lending.credit.limits import Case, Facts, Limit, Terms
from lending.credit.scorecards import Score, Table
from lending.credit.verdicts import MOST_REASONS, Alternative, Outcome, Reason, Verdict

_EXACT: Final = Context(prec=40)

# What a policy may ask about a case besides features. Amounts in the bank's currency; None is not known.
FACTS: Final = frozenset(
    {
        "requested_amount",
        "term_months",
        "exposure_amount",  # reserved and drawn, of the enterprise and those related to it
        "monthly_payment_amount",  # what it repays the bank each month on what it owes: debt service is no less
        "worst_days_past_due",  # in the policy's `late_months`, of the enterprise and those related to it
        "months_in_business",
        "identity_verified",  # by somebody of the bank; not known while a check is missing or has expired
        "open_hits",  # names like those on a watchlist, on which nobody has ruled
        "sanctions_confirmed",
        "pep_confirmed",
        "register_lenders",  # of the credit register, as it answered lately and by the owner's consent
        "register_outstanding_amount",
        "register_overdue_amount",
        "register_worst_days_past_due",
        "holder_matches",  # every statement is in the enterprise's name
        "foreign_evidence",  # some evidence is in another currency
        "suspicions",  # how many places in the evidence contradict each other
        "clearances_held",  # codes of what the applicant has shown to know
        *harvest.FACTS,  # of growers who told their plots
    }
)

# What tells more of a fact that is not known, and becomes the parameter of the reason for it.
DETAILS: Final = {"identity_verified": "checks_lacking"}

# What an applicant must not learn from a reason: whoever is warned that he is on a list moves his money.
SILENT: Final = frozenset({"open_hits", "sanctions_confirmed", "pep_confirmed"})
_CAPS: Final = {"requested_amount": "at_most", harvest.COVER: "at_least"} | {  # which test finds an amount too much
    feature: "at_most" if direction == Direction.LOWER_IS_BETTER else "at_least"
    for feature, direction in OF_REQUEST.items()
}
REGISTER: Final = frozenset(fact for fact in FACTS if fact.startswith("register_"))
LATE_MONTHS: Final = "late_months"  # of a policy, and of the facts that were gathered for it
REGISTER_GOOD_DAYS: Final = 30  # unless the policy says otherwise, as `register_good_days`
TESTS: Final = frozenset({"at_least", "at_most", "is", "includes"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's word against an approval."""

    outcome: Outcome
    reason: Reason


def judge(
    features: Mapping[str, Any], case_facts: Facts, scorecard: Table, policy: Mapping[str, Any], product_terms: Terms
) -> Verdict:
    """Judge a case by a scorecard and a policy.

    `product_terms` are the product's min_amount, max_amount, min_term_months, max_term_months, step_months (1 where it
    is not told), min_annual_rate and max_annual_rate. Amounts and rates may be decimals or their text, so that what was
    stored judges alike.
    """
    with localcontext(_EXACT):
        return _judged(Case(features, case_facts, scorecard, policy, product_terms))


def asks_for(policy: Mapping[str, Any], facts: frozenset[str]) -> bool:
    """Tell whether any rule reads one of these facts."""
    return any(rule.get("fact") in facts for rule in (*policy["knock_outs"], *policy["referrals"]))


def _judged(case: Case) -> Verdict:
    score = case.score
    grade = limits.grade_of(case.policy, score.probability_of_default)
    limit = limits.bound(case, grade)
    most = limits.largest(case, limit)
    findings = _findings(case, score, grade, limit, most)
    return Verdict(
        outcome=_heaviest(findings),
        grade=grade["grade"],
        probability_of_default=score.probability_of_default,
        points=score.points,
        limit_amount=most,
        annual_rate=limits.rate_of(grade, case.terms),
        reasons=_reasons(findings, score),
        helped=explanation.helps(score),
        alternatives=_alternatives(case, score, limit, most, findings),
    )


def _findings(
    case: Case, score: Score, grade: Mapping[str, Any], limit: Limit | None, most: Decimal | None
) -> list[Finding]:
    """Gather every word against an approval; `most` is what a reason names as the limit."""
    features, facts, policy = case.features, case.facts, case.policy
    rules = (*policy["knock_outs"], *policy["referrals"])
    return _once(
        [
            *_broken(policy["knock_outs"], features, facts, Outcome.DECLINED),
            *_broken(policy["referrals"], features, facts, Outcome.REFERRED),
            *_named_unseen(rules, features, facts),
            *_by_grade(score, grade, policy),
            *_by_limit(case, grade, limit, most),
            *_unseen(rules, features, facts),
        ]
    )


def _broken(
    rules: Iterable[Mapping[str, Any]], features: Mapping[str, Any], facts: Facts, outcome: Outcome
) -> Iterable[Finding]:
    for rule in rules:
        name, value = _input(rule, features, facts)
        if value is not None and not _passes(rule, value):
            yield Finding(outcome, _policy_reason(rule, name, value, facts))


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Say what carries no figures once, however many rules say it."""
    said: dict[Any, Finding] = {}
    for place, finding in enumerate(findings):
        said.setdefault(place if finding.reason.params else (finding.outcome, finding.reason.code), finding)
    return list(said.values())


def _named_unseen(rules: Iterable[Mapping[str, Any]], features: Mapping[str, Any], facts: Facts) -> Iterable[Finding]:
    """Refer for each rule whose input is missing and that has a reason of its own for this."""
    for rule in rules:
        if "unseen" in rule and _input(rule, features, facts)[1] is None:
            yield Finding(
                Outcome.REFERRED, Reason(rule["unseen"], _details(rule, facts), topic=rule.get("topic") or "")
            )


def _details(rule: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """Tell more of what is not known; decisions from before this was recorded say no more than they did."""
    name = DETAILS.get(rule.get("fact", ""), "")
    return {name: facts[name]} if facts.get(name) and not rule.get("silent") else {}


def _unseen(rules: Iterable[Mapping[str, Any]], features: Mapping[str, Any], facts: Facts) -> Iterable[Finding]:
    """Refer, once, for all other rules whose input is missing."""
    inputs = [_input(rule, features, facts) for rule in rules if "unseen" not in rule]
    missing = list(dict.fromkeys(name for name, value in inputs if value is None))
    if missing:
        yield Finding(Outcome.REFERRED, Reason("input_missing", {"inputs": missing}, topic=Topic.KEEP_RECORDS.value))


def _input(rule: Mapping[str, Any], features: Mapping[str, Any], facts: Facts) -> tuple[str, Any]:
    if "fact" in rule:
        return rule["fact"], facts.get(rule["fact"])
    return rule["feature"], features.get(rule["feature"])


def _passes(rule: Mapping[str, Any], value: Any) -> bool:
    if "is" in rule:
        return bool(value == rule["is"])
    if "includes" in rule:
        return rule["includes"] in value
    if "at_least" in rule:
        return _number(value) >= _number(rule["at_least"])
    return _number(value) <= _number(rule["at_most"])


def _policy_reason(rule: Mapping[str, Any], name: str, value: Any, facts: Facts) -> Reason:
    if rule.get("silent"):
        return Reason(rule["code"])
    bound = next(rule[test] for test in sorted(TESTS) if test in rule)
    params = {"input": name, "value": _plain(value), "bound": _plain(bound)}
    if name == "worst_days_past_due" and LATE_MONTHS in facts:
        params["months"] = facts[LATE_MONTHS]
    topic = rule.get("topic") or (explanation.feature_of(name).topic.value if "feature" in rule else "")
    return Reason(rule["code"], params, topic=topic)


def _by_grade(score: Score, grade: Mapping[str, Any], policy: Mapping[str, Any]) -> Iterable[Finding]:
    """Decline or refer by grade; a score that rests on too little evidence only refers."""
    missing = sum(each.is_missing for each in score.contributions)
    thin = missing > policy["most_missing"]
    if thin:
        params = {"missing": missing, "of": len(score.contributions)}
        yield Finding(Outcome.REFERRED, Reason("evidence_too_thin", params, topic=Topic.KEEP_RECORDS.value))
    outcome = Outcome(grade["outcome"])
    if outcome == Outcome.DECLINED and not thin:
        yield Finding(Outcome.DECLINED, Reason("score_too_low", {"grade": grade["grade"]}))
    elif outcome != Outcome.APPROVED:
        yield Finding(Outcome.REFERRED, Reason("score_unclear", {"grade": grade["grade"]}))


def _by_limit(case: Case, grade: Mapping[str, Any], limit: Limit | None, most: Decimal | None) -> Iterable[Finding]:
    """Decline what is above the limit; a person sees what unseen harvests would carry, and what falls due too early."""
    if grade["outcome"] == Outcome.DECLINED:
        return
    if limit is None:
        yield Finding(Outcome.REFERRED, Reason("limit_not_measured", topic=Topic.KEEP_RECORDS.value))
    elif _number(requested := case.facts["requested_amount"]) > limit.amount:
        params = {"limit": str(most), "requested": _plain(requested)}
        hoped = limits.bound(case, grade, plots=harvest.TOLD)
        if hoped and hoped.amount >= _number(requested):
            yield Finding(Outcome.REFERRED, Reason("harvest_may_carry", params, topic=Topic.PLAN_AHEAD.value))
            return
        yield Finding(Outcome.DECLINED, Reason(limit.held_by, params, topic=Topic.DEBT_BURDEN.value))
    elif short := limits.shortfall(case, grade):
        yield Finding(Outcome.REFERRED, Reason("due_date_short", short.as_data(), topic=Topic.PLAN_AHEAD.value))


def _heaviest(findings: list[Finding]) -> Outcome:
    outcomes = {finding.outcome for finding in findings}
    for outcome in (Outcome.DECLINED, Outcome.REFERRED):
        if outcome in outcomes:
            return outcome
    return Outcome.APPROVED


def _reasons(findings: list[Finding], score: Score) -> tuple[Reason, ...]:
    """Policy first, what declines before what refers, then what cost the most points; four at most."""
    ordered = sorted(findings, key=lambda finding: finding.outcome != Outcome.DECLINED)
    return (*(finding.reason for finding in ordered), *explanation.costs(score))[:MOST_REASONS]


def _alternatives(
    case: Case, score: Score, limit: Limit | None, most: Decimal | None, findings: list[Finding]
) -> tuple[Alternative, ...]:
    """Say what would change a refusal: another request at once, or else other habits, all of them together."""
    if any(finding.reason.code == "evidence_too_thin" for finding in findings):
        return explanation.unseen(score)
    if {finding.reason.code for finding in findings} == {"due_date_short"}:
        short = limits.shortfall(case, case.grade)
        offered = _other_requests(case, short.carried if short else None)
        return tuple(each for each in offered if each.params["outcome"] == Outcome.APPROVED)
    against = _against(findings)
    by_score = against == {"score_too_low"}
    by_bound = limit is not None and against == {limit.held_by}
    if not against or not (case.judges_offers or by_score or by_bound):
        return ()
    return _other_requests(case, most) or (_other_habits(case, score) if by_score else ())


def _against(findings: Iterable[Finding]) -> frozenset[str]:
    """Name the codes that decline."""
    return frozenset(finding.reason.code for finding in findings if finding.outcome == Outcome.DECLINED)


def _other_requests(case: Case, most: Decimal | None) -> tuple[Alternative, ...]:
    """Offer less, or a longer term, where asking for it would not be declined."""
    return tuple(each for each in (_smaller_amount(case, most), _longer_term(case)) if each)


def _smaller_amount(case: Case, most: Decimal | None) -> Alternative | None:
    if most is None or most < _number(case.terms["min_amount"]):
        return None
    if not case.judges_offers:
        return Alternative("smaller_amount", {"amount": str(most)})
    amount = _within_knock_outs(case, most)
    if amount < _number(case.terms["min_amount"]) or amount >= _number(case.facts["requested_amount"]):
        return None
    asked = case.asking(requested_amount=str(amount))
    return _offered("smaller_amount", {"amount": str(amount)}, _outcome(asked))


def _longer_term(case: Case) -> Alternative | None:
    if case.judges_offers and asks_for(case.policy, harvest.FACTS & set(case.facts)):
        return None  # nobody knows what the plots mean for another term
    for asked in limits.longer_terms(case):
        params = {"months": asked.facts["term_months"]}
        if not case.judges_offers:
            if limits.passes(asked):
                return Alternative("longer_term", params)
        elif offered := _offered("longer_term", params, _outcome(asked)):
            return offered
    return None


def _offered(code: str, params: dict[str, Any], outcome: Outcome) -> Alternative | None:
    return None if outcome == Outcome.DECLINED else Alternative(code, params | {"outcome": outcome.value})


def _outcome(case: Case) -> Outcome:
    """Judge what might be asked for as if it were, without looking for what else might be."""
    score = case.score
    grade = limits.grade_of(case.policy, score.probability_of_default)
    limit = limits.bound(case, grade)
    return _heaviest(_findings(case, score, grade, limit, limit.amount if limit else None))


def _within_knock_outs(case: Case, most: Decimal) -> Decimal:
    """Lower an amount to the largest of which no knock-out says that it is too much."""
    caps = [rule for rule in case.policy["knock_outs"] if _CAPS.get(rule.get("fact") or rule["feature"]) in rule]
    if not caps:
        return most

    def fits(amount: Decimal) -> bool:
        asked = case.asking(requested_amount=amount)
        return not any(_broken(caps, asked.features, asked.facts, Outcome.DECLINED))

    return limits.last_that(fits, case, Decimal(0), most)


def _other_habits(case: Case, score: Score) -> tuple[Alternative, ...]:
    """Name the habits that would reach a grade that lends; and less, where that grade lends less than is asked for."""
    lends = [each for each in case.policy["grades"][:-1] if each["outcome"] != Outcome.DECLINED]
    if not lends:
        return ()
    habits = explanation.improvements(
        case.scorecard, score, below=_number(lends[-1]["pd_below"]), as_before=not case.tells_by_figure
    )
    limit = limits.bound(case, lends[-1]) if habits and case.judges_offers else None
    if limit is None or _number(case.facts["requested_amount"]) <= limit.amount:
        return habits
    amount = _within_knock_outs(case, limit.amount)
    if amount < _number(case.terms["min_amount"]):
        return ()
    asked = case.asking(requested_amount=str(amount))
    if _against(_findings(asked, score, case.grade, None, None)) != {"score_too_low"}:
        return ()
    return (Alternative("smaller_amount", {"amount": str(amount)}), *habits)


def _number(value: Any) -> Decimal:
    return Decimal(str(value))


def _plain(value: Any) -> Any:
    """Write a figure as JSON holds it."""
    return str(value) if isinstance(value, Decimal) else value
