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

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.identity.models import CheckKind
from lending.credit import too_little
from lending.credit.explanation import feature_of
from lending.credit.features.declared import ALL_FEATURES
from lending.credit.features.vocabulary import Direction, Feature, Unit
from lending.credit.scorecards import IN_TRADE
from lending.credit.verdicts import Alternative, Outcome, Reason, Verdict
from lending.credit.wordings import CHECKS_LACKING, FACT_NAMES, LATE_LATELY, WORDINGS, Wording
from portal.core import formats

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
        return LATE_LATELY
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
