"""Whether a policy can judge anything, asked before anybody may approve it. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from lending.credit import policy, scorecards
from lending.credit.verdicts import Outcome
from portal.core.coded import Coded

FORM: Final = 1
_BOUNDS: Final = frozenset({"at_least", "at_most"})
_TEST_OF: Final = {fact: frozenset({"is"}) for fact in ("identity_verified", "holder_matches", "foreign_evidence")} | {
    "clearances_held": frozenset({"includes"})
}
_OF_GRADE: Final = {"inflow_months": -1, "coverage": 1, "price": 1}  # what a grade names, and which way it may run


class PolicyRefused(Coded):
    """A policy that cannot judge; `code` says why, `params` name the place."""


def check(table: Mapping[str, Any], *, known: frozenset[str]) -> None:
    """Make sure that a policy can judge anything; `known` are the codes of features.

    :raises PolicyRefused: when it cannot, naming the place.
    """
    if table.get("form") != FORM:
        raise PolicyRefused("unknown_form", form=table.get("form"))
    for name in ("code", "version", "knock_outs", "referrals", "most_missing", "largest_exposure_amount"):
        if name not in table:
            raise PolicyRefused("part_missing", part=name)
    for rule in (*table["knock_outs"], *table["referrals"]):
        _check_rule(rule, known)
    _check_grades(table.get("grades") or [])
    if "harvest" in table and {"usable_share", "least_share_due"} - set(table["harvest"]):
        raise PolicyRefused("part_missing", part="harvest")


def _check_rule(rule: Mapping[str, Any], known: frozenset[str]) -> None:
    if "fact" in rule and "feature" in rule:
        raise PolicyRefused("rule_with_two_inputs", rule=rule.get("code"))
    if not (rule.get("fact") in policy.FACTS or str(rule.get("feature")).removesuffix(scorecards.IN_TRADE) in known):
        raise PolicyRefused("input_unknown", rule=rule.get("code"))
    if len(policy.TESTS & set(rule)) != 1:
        raise PolicyRefused("rule_without_test", rule=rule.get("code"))
    if not _TEST_OF.get(rule.get("fact", ""), _BOUNDS) & set(rule):
        raise PolicyRefused("rule_of_another_kind", rule=rule.get("code"))
    if rule.get("fact") in policy.SILENT and not (rule.get("silent") and rule.get("unseen")):
        raise PolicyRefused("rule_would_warn", rule=rule.get("code"))


def _check_grades(grades: list[Mapping[str, Any]]) -> None:
    names = [each.get("grade") for each in grades]
    if len(names) != len(set(names)):
        raise PolicyRefused("grades_repeat")
    bounds = [Decimal(str(each["pd_below"])) for each in grades[:-1] if "pd_below" in each]
    if not grades or "pd_below" in grades[-1] or len(bounds) != len(grades) - 1 or bounds != sorted(set(bounds)):
        raise PolicyRefused("grades_unordered")
    lending = [each for each in grades if each.get("outcome") != Outcome.DECLINED]
    if lending != grades[: len(lending)]:
        raise PolicyRefused("grades_unordered")
    for each in lending:
        if not set(_OF_GRADE) <= set(each):
            raise PolicyRefused("grade_incomplete", grade=each.get("grade"))
    for better, worse in pairwise(lending):
        if any(way * _figure(better[name]) > way * _figure(worse[name]) for name, way in _OF_GRADE.items()):
            raise PolicyRefused("grade_better_than_the_one_above", grade=worse.get("grade"))


def _figure(value: Any) -> Decimal:
    return Decimal(str(value))
