"""Reasons in words: codes and parameters become sentences here, at the edge, in the reader's language.

A policy code has a sentence and what can be done about it. The code of a characteristic is its feature's: name and
advice come from the feature's declaration, so that no feature is described twice.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.identity.models import CheckKind
from lending.credit import too_little
from lending.credit.explanation import feature_of
from lending.credit.features.declared import ALL_FEATURES
from lending.credit.features.vocabulary import Direction, Feature, Unit
from lending.credit.scorecards import IN_TRADE
from lending.credit.too_little import Wording
from lending.credit.verdicts import Alternative, Outcome, Reason, Verdict
from portal.core import formats

WORDINGS: Final[dict[str, Wording]] = {
    "identity_not_verified": Wording(
        gettext_lazy("The bank could not confirm who you are."),
        gettext_lazy("Bring your business licence and identity card to a branch, or ask a field officer to come."),
    ),
    "identity_not_checked": Wording(
        gettext_lazy("Nobody of the bank has seen your papers yet, or what was seen is out of date."),
        gettext_lazy(
            "Bring your business license or household certificate and the identity card of every owner to your branch, "
            "or ask a field officer to come."
        ),
    ),
    "bank_cannot_lend": Wording(
        gettext_lazy("The bank cannot lend to you at present."),
        gettext_lazy("Your branch answers your questions."),
    ),
    "person_looks": Wording(
        gettext_lazy("A person at the bank looks at this before it is decided."),
        gettext_lazy("Nothing to do: we will call you."),
    ),
    "register_overdue": Wording(
        gettext_lazy(
            "The credit register tells of %(value)s that is overdue elsewhere; the most we can accept is %(bound)s."
        ),
        gettext_lazy("Pay what is overdue first. If the register is wrong, ask it to correct the entry."),
    ),
    "register_lenders_many": Wording(
        gettext_lazy("The credit register tells of %(value)s lenders; the most we can accept is %(bound)s."),
        gettext_lazy("Finish one of your loans first."),
    ),
    "register_not_seen": Wording(
        gettext_lazy("The credit register has not answered yet, or you have not agreed that we ask it."),
        gettext_lazy("Nothing to do: we will call you."),
    ),
    "in_arrears": Wording(
        gettext_lazy(
            "A loan of yours, or of a business that belongs with yours, was up to %(value)s days overdue; the most we "
            "can accept is %(bound)s."
        ),
        gettext_lazy(
            "Pay what is still overdue, or ask the bank for a new repayment plan. If all is paid, ask your branch."
        ),
    ),
    "too_young": Wording(
        gettext_lazy("The business is %(value)s months old; we lend from %(bound)s months on."),
        gettext_lazy("Let your business account run for a few more months, and apply again then."),
    ),
    "debt_too_heavy": Wording(
        gettext_lazy("%(value)s of what you earn already goes to loans; the most we can accept is %(bound)s."),
        gettext_lazy("Finish one of your loans first, or ask your lenders for smaller repayments over a longer time."),
    ),
    "no_recent_income": Wording(
        gettext_lazy("The last payment from a customer is %(value)s days old."),
        gettext_lazy("Add the newest statement. If your trade is resting, tell us when it earns again."),
    ),
    "holder_differs": Wording(
        gettext_lazy("A statement is not in the name of the business."),
        gettext_lazy("Add statements of the account that belongs to the business, or show us whose account it is."),
    ),
    "evidence_contradicts": Wording(
        gettext_lazy("Places where your statements do not add up: %(value)s."),
        gettext_lazy("Download the statements from your bank again, and add them unchanged."),
    ),
    "foreign_evidence": Wording(
        gettext_lazy("Some of your money moves in another currency, which a person looks at."),
        gettext_lazy("Tell us what this money is for."),
    ),
    "clearance_missing": Wording(
        gettext_lazy("This loan asks for a course that you have not finished yet."),
        gettext_lazy("Finish the course; it takes a few short lessons."),
    ),
    "evidence_too_short": Wording(
        gettext_lazy("Your statements cover %(value)s days; a quick answer needs %(bound)s."),
        gettext_lazy("Add older statements, up to a full year."),
    ),
    "evidence_too_old": Wording(
        gettext_lazy(
            "The newest entry on your statements is %(value)s days old; a quick answer needs %(bound)s or less."
        ),
        gettext_lazy("Add the statement of the current month."),
    ),
    "purpose_unknown": Wording(
        gettext_lazy("For %(value)s of the money that moved we cannot tell what it was for."),
        gettext_lazy("Say on your cash-flow page what these movements were."),
    ),
    "young_business": Wording(
        gettext_lazy("The business is %(value)s months old; a person looks at those younger than %(bound)s."),
        gettext_lazy("Nothing to do: we will call you."),
    ),
    "amount_needs_person": Wording(
        gettext_lazy("A person looks at every amount above %(bound)s."),
        gettext_lazy("Nothing to do: we will call you."),
    ),
    "input_missing": Wording(
        gettext_lazy("This could not be seen yet: %(inputs)s."),
        gettext_lazy("Add statements or papers that show it, or wait: a person will look at it."),
    ),
    "evidence_too_thin": Wording(
        gettext_lazy("%(missing)s of %(of)s figures could not be measured from what you showed us."),
        gettext_lazy("Add a full year of statements, and invoices if you have them."),
    ),
    "score_too_low": Wording(
        gettext_lazy("All figures taken together, the risk that this loan is not repaid is too high."),
        gettext_lazy("See below which figures weigh most, and what would change them."),
    ),
    "score_unclear": Wording(
        gettext_lazy("The figures do not give a clear answer, so a person looks at them."),
        gettext_lazy("Nothing to do: we will call you. More statements can help."),
    ),
    "limit_not_measured": Wording(
        gettext_lazy("From what you showed us, we cannot tell how much your business can repay."),
        gettext_lazy("Add bank statements of at least two months."),
    ),
    "cash_flow_carries_less": Wording(
        gettext_lazy("What your business has left each month carries %(limit)s, not %(requested)s."),
        gettext_lazy("Ask for less, or for a longer term."),
    ),
    "harvest_may_carry": Wording(
        gettext_lazy(
            "An average month carries %(limit)s; your harvest may carry %(requested)s, which a person looks at."
        ),
        gettext_lazy("Ask your officer to come and see your fields; plots that were seen count at once."),
    ),
    "due_date_short": Wording(
        gettext_lazy(
            "By %(on)s you would have to repay %(due)s. We expect you to have %(there)s for it by then, %(short)s too "
            "little, so a person looks at it."
        ),
        gettext_lazy(
            "Ask for less, or for a loan that is repaid each month or in other months. If a harvest pays it, tell us "
            "what you grow and ask your officer to come and see it."
        ),
    ),
    "above_share_of_inflow": Wording(
        gettext_lazy("%(requested)s is too much against what you earn in a month; %(limit)s would do."),
        gettext_lazy("Ask for less, and for more once this loan is repaid."),
    ),
    "exposure_too_high": Wording(
        gettext_lazy("With what you already owe us, we can lend %(limit)s more, not %(requested)s."),
        gettext_lazy("Repay part of what you owe, or ask for less."),
    ),
    "above_product": Wording(
        gettext_lazy("This kind of loan ends at %(limit)s."),
        gettext_lazy("Ask for less, or choose another kind of loan."),
    ),
}
_LATE_LATELY: Final = Wording(  # where the policy looks back so many months, and not for ever
    gettext_lazy(
        "In the month of the decision or the %(months)s months before it, a loan of yours, or of a business that "
        "belongs with yours, was up to %(value)s days overdue; the most we can accept is %(bound)s."
    ),
    gettext_lazy(
        "Pay what is still overdue, or ask the bank for a new repayment plan. A delay that is over stops counting with "
        "time."
    ),
)

# What is said instead where the reason tells which checks are lacking, in this order.
CHECKS_LACKING: Final[dict[str, Promise]] = {
    "failed": gettext_lazy("The bank looked at this and could not confirm it: %(checks)s."),
    "missing": gettext_lazy("Nobody of the bank has seen yet: %(checks)s."),
    "expired": gettext_lazy("What the bank has seen is out of date: %(checks)s."),
    "former": gettext_lazy("What the bank has seen is of a former name or number: %(checks)s."),
}

FACT_NAMES: Final[dict[str, Promise]] = {
    "requested_amount": gettext_lazy("the amount you ask for"),
    "term_months": gettext_lazy("for how long you ask"),
    "exposure_amount": gettext_lazy("what you owe the bank already"),
    "monthly_payment_amount": gettext_lazy("what you repay the bank each month"),
    "worst_days_past_due": gettext_lazy("how you repaid earlier loans"),
    "months_in_business": gettext_lazy("since when the business exists"),
    "identity_verified": gettext_lazy("who you are, seen by the bank"),
    "open_hits": gettext_lazy("watchlist hits on which nobody has ruled"),
    "sanctions_confirmed": gettext_lazy("confirmed hits on a sanctions list"),
    "pep_confirmed": gettext_lazy("confirmed hits on a list of politically exposed persons"),
    "register_lenders": gettext_lazy("how many lenders the credit register names"),
    "register_outstanding_amount": gettext_lazy("what you owe elsewhere by the credit register"),
    "register_overdue_amount": gettext_lazy("what is overdue elsewhere by the credit register"),
    "register_worst_days_past_due": gettext_lazy("how late you were elsewhere by the credit register"),
    "holder_matches": gettext_lazy("in whose name the statements are"),
    "foreign_evidence": gettext_lazy("whether money moves in another currency"),
    "suspicions": gettext_lazy("whether the statements add up"),
    "clearances_held": gettext_lazy("which courses you have finished"),
    "harvest_amount": gettext_lazy("what your harvests may bring"),
    "harvest_confirmed_amount": gettext_lazy("what the harvests that an officer saw may bring"),
    "harvest_share_due": gettext_lazy("how much falls due when you harvest"),
    "harvest_cover": gettext_lazy("how often the harvest covers the amount"),
}
_LIST_FACTS: Final = frozenset({"clearances_held"})
_MONEY_FACTS: Final = frozenset(name for name in FACT_NAMES if name.endswith("_amount"))
_FEATURE_CODES: Final = frozenset(feature.code for feature in ALL_FEATURES)


def with_checks(verdict: Verdict, facts: Mapping[str, Any]) -> Verdict:
    """Let a verdict's reasons name the checks that failed: judging names those not known, what was stored names all."""
    lacking = {"checks_lacking": facts.get("checks_lacking", [])}
    told = (
        replace(each, params=each.params | lacking) if each.params.get("input") == "identity_verified" else each
        for each in verdict.reasons
    )
    return replace(verdict, reasons=tuple(told))


def sentence(reason: Reason) -> str:
    """Say a reason in the active language."""
    if is_characteristic(reason.code):
        return _characteristic(reason)
    if reason.params.get("checks_lacking"):
        return _checks_lacking(reason.params["checks_lacking"])
    wording = _wording_of(reason)
    if wording is None:
        return _("A rule of the bank asks a person to look at this.")
    return str(wording.sentence) % _shown(reason.params)


def _wording_of(reason: Reason) -> Wording | None:
    if reason.code == "in_arrears" and "months" in reason.params:
        return _LATE_LATELY
    return too_little.wording_of(reason) or WORDINGS.get(reason.code)


def helped(reason: Reason) -> str:
    """Say what helped in the active language."""
    feature = feature_of(reason.code)
    return _("%(name)s: %(value)s") % {"name": feature.name, "value": figure(reason.code, reason.params["value"])}


def advice(reason: Reason) -> str:
    """Say what can be done about a reason; empty where nothing honest can."""
    if is_characteristic(reason.code):
        feature = feature_of(reason.code)
        if reason.params.get("value") is None:
            return _("Add statements or invoices that show it.")
        return str(feature.advice or "")
    lacking = reason.params.get("checks_lacking", [])
    if any(each["state"] == "failed" for each in lacking):
        return _("Ask your branch what was wrong, and show the original there. When it is in order, apply again.")
    if lacking:
        return _("Add photos of them now, and show the originals at your branch or to a field officer.")
    wording = _wording_of(reason)
    return str(wording.advice) if wording else ""


def how_to_change(alternatives: Sequence[Alternative]) -> str:
    """Say whether one of several changes is enough, or only all of them together; empty where there is no choice."""
    codes = {each.code for each in alternatives}
    if len(alternatives) < 2 or "show_evidence" in codes:
        return ""
    return _("All of this together is needed:") if "improve" in codes else _("One of these is enough:")


def alternative(found: Alternative) -> str:
    """Say what would change the outcome."""
    params = found.params
    needs_person = params.get("outcome") == Outcome.REFERRED
    if found.code == "smaller_amount":
        amount = {"amount": formats.money(Decimal(params["amount"]), whole=True)}
        if needs_person:
            return _("Ask for %(amount)s instead; a person at the bank then looks at it.") % amount
        return _("Ask for %(amount)s instead.") % amount
    if found.code == "longer_term":
        if needs_person:
            return _("Ask for %(months)s months instead; a person at the bank then looks at it.") % params
        return _("Ask for %(months)s months instead.") % params
    feature = feature_of(params["feature"])
    if found.code == "show_evidence":
        return _("Show us statements or invoices from which we can see: %(name)s.") % {"name": feature.name}
    words = {
        "name": feature.name,
        "target": figure(params["feature"], params["target"]),
        "months": params["months"],
        "advice": feature.advice,
    }
    if feature.direction == Direction.LOWER_IS_BETTER:
        told = ngettext(
            "%(name)s: come below %(target)s. This takes about %(months)s month. %(advice)s",
            "%(name)s: come below %(target)s. This takes about %(months)s months. %(advice)s",
            params["months"],
        )
    else:
        told = ngettext(
            "%(name)s: reach %(target)s. This takes about %(months)s month. %(advice)s",
            "%(name)s: reach %(target)s. This takes about %(months)s months. %(advice)s",
            params["months"],
        )
    return told % words


def is_characteristic(code: str) -> bool:
    """Tell whether a reason comes from the scorecard and not from the policy."""
    return code.removesuffix(IN_TRADE) in _FEATURE_CODES


def title(code: str) -> str:
    """Name a reason without a case: a feature by its name, a rule by its sentence with its figures left open."""
    if is_characteristic(code):
        return str(feature_of(code).name)
    if code not in WORDINGS:
        return code
    return str(WORDINGS[code].sentence) % defaultdict(lambda: "…")


def figure(code: str, value: Any) -> str:
    """Write a feature's figure with its unit."""
    if value is None:
        return _("not known")
    if code.endswith(IN_TRADE):
        return _("better than %(share)s of your trade") % {"share": formats.percent(Decimal(str(value)) / 100, 0)}
    return _by_unit(feature_of(code), Decimal(str(value)))


def _by_unit(feature: Feature, value: Decimal) -> str:
    if feature.unit == Unit.MONEY:
        return formats.money(value, whole=True)
    if feature.unit == Unit.SHARE:
        share = value * 100
        return formats.percent(value, 0 if share == share.to_integral_value() else max(feature.digits - 2, 0))
    if feature.unit == Unit.RATIO:
        return formats.percent(value, 0)
    if feature.unit == Unit.DAYS:
        return _("%(number)s days") % {"number": formats.number(value)}
    return formats.number(value)


def _characteristic(reason: Reason) -> str:
    feature = feature_of(reason.code)
    value, better = reason.params.get("value"), reason.params.get("better")
    if value is None:
        return _("We could not see this from what you showed us: %(name)s.") % {"name": feature.name}
    words = {"name": feature.name, "value": figure(reason.code, value), "better": figure(reason.code, better)}
    if better is None:
        return _("%(name)s: yours is %(value)s.") % words
    if Decimal(str(value)) < Decimal(str(better)):
        return _("%(name)s: yours is %(value)s, good would be %(better)s or more.") % words
    return _("%(name)s: yours is %(value)s, good would be less than %(better)s.") % words


def _checks_lacking(checks: Sequence[Mapping[str, str]]) -> str:
    """Say which checks failed, are missing or out of date, and whose."""
    named = defaultdict(list)
    for each in checks:
        named[each["state"]].append(_check(each))
    said = (
        str(told) % {"checks": _(", ").join(named[state])} for state, told in CHECKS_LACKING.items() if named[state]
    )
    return reduce(lambda first, then: _("%(first)s %(then)s") % {"first": first, "then": then}, said)


def _check(check: Mapping[str, str]) -> str:
    if check["person"]:
        return _("identity document of %(name)s") % {"name": check["person"]}
    return str(CheckKind(check["kind"]).label)


def _shown(params: dict[str, Any]) -> dict[str, Any]:
    """Write each parameter as people read it."""
    shown = dict(params)
    name = params.get("input")
    for key in ("value", "bound"):
        if name is not None and key in params:
            shown[key] = input_figure(name, params[key])
    for key in ("limit", "requested", "least", "due", "there", "short"):
        if key in params:
            shown[key] = formats.money(Decimal(str(params[key])), whole=True)
    if "on" in params:
        shown["on"] = formats.day(date.fromisoformat(params["on"]))
    if "inputs" in params:
        shown["inputs"] = _(", ").join(input_name(each) for each in params["inputs"])
    return shown


def input_name(name: str) -> str:
    """Name what a policy asks about."""
    if name in FACT_NAMES:
        return str(FACT_NAMES[name])
    return str(feature_of(name).name)


def rule_sentence(rule: Mapping[str, Any], name: str, *, late_months: int | None = None) -> str:
    """Say what an applicant is told when a rule of the policy is broken, with an ellipsis for the figure."""
    bound = rule.get("at_least", rule.get("at_most"))
    params = {"months": late_months} if late_months and name == "worst_days_past_due" else {}
    told = _wording_of(Reason(rule["code"], params))
    if told is None:
        return ""
    figures = {"value": "…", "bound": "" if bound is None else input_figure(name, bound)}
    return str(told.sentence) % (figures | params)


def input_figure(name: str, value: Any) -> str:
    """Write what a policy asks about with its unit."""
    if name in _LIST_FACTS:
        return value if isinstance(value, str) else _(", ").join(value)
    if name in _MONEY_FACTS:
        return formats.money(Decimal(str(value)), whole=True)
    if name in FACT_NAMES or feature_of(name).unit in {Unit.DAYS, Unit.COUNT}:
        return str(value) if isinstance(value, bool) else formats.number(Decimal(str(value)))
    return _by_unit(feature_of(name), Decimal(str(value)))
