"""What rules that do not decide yet would have said of the cases that were decided."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet

from accounts.identity.models import Industry, User
from lending.applications.models import CreditDecision
from lending.credit import policy as credit_policy
from lending.credit.models import Policy, Scorecard
from lending.credit.verdicts import Outcome, Verdict
from portal.core.dates import add_months

NEWEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Changed:
    """A case that would have been answered otherwise."""

    decision: CreditDecision
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Trial:
    """How many cases were answered so, and would have been answered so: by (then, now); and those that differ."""

    decisions: int
    counts: Counter[tuple[Outcome, Outcome]]
    changed: list[Changed]
    late_otherwise: int = 0  # in which being late was counted in other months, and as it was kept


def trial(rules: Scorecard | Policy, *, reader: User, on: date) -> Trial:
    """Judge the newest decisions of a year again, from their stored figures, by other rules.

    A policy is tried with the card that each case was scored by, a card with the policy that each was judged by.

    :param reader: whose branches count, and whose own enterprises do not.
    """
    chosen = CreditDecision.objects.filter(as_of__gt=add_months(on, -12), as_of__lte=on)
    if not reader.sees_all_branches:
        chosen = chosen.filter(application__enterprise__branch__in=reader.branches())
    chosen = chosen.exclude(application__enterprise__memberships__user=reader)
    chosen = _concerned(chosen, rules).select_related("application__enterprise", "scorecard", "policy")
    counts: Counter[tuple[Outcome, Outcome]] = Counter()
    changed, late_otherwise = [], 0
    for decision in chosen.order_by("-pk")[:NEWEST]:
        card = rules if isinstance(rules, Scorecard) else decision.scorecard
        policy = rules if isinstance(rules, Policy) else decision.policy
        verdict = credit_policy.judge(
            decision.features, decision.facts, card.table, policy.table, decision.product_terms
        )
        counts[Outcome(decision.outcome), verdict.outcome] += 1
        late_otherwise += _is_late_otherwise(decision.facts, policy)
        if verdict.outcome != decision.outcome:
            changed.append(Changed(decision, verdict))
    return Trial(counts.total(), counts, changed, late_otherwise)


def _is_late_otherwise(facts: Mapping[str, Any], policy: Policy) -> bool:
    """Tell whether being late was counted in other months than those of a policy, in which the worst may be another."""
    kept, asked = facts.get(credit_policy.LATE_MONTHS), policy.table.get(credit_policy.LATE_MONTHS)
    if kept == asked:
        return False
    are_fewer = asked is not None and (kept is None or asked < kept)
    return not are_fewer or bool(facts["worst_days_past_due"])


def _concerned(chosen: QuerySet[CreditDecision], rules: Scorecard | Policy) -> QuerySet[CreditDecision]:
    """Keep the cases that the rules would judge: a policy all, a card those of its trades or of no other."""
    if isinstance(rules, Policy):
        return chosen
    if not rules.sections:
        return chosen.filter(scorecard__sections=[])
    trades = Industry.objects.filter(section__in=rules.sections)
    return chosen.filter(facts__industry__in=list(trades.values_list("code", flat=True)))
