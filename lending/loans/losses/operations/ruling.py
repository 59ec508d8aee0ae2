"""The bank's own rules for losses: one person proposes an edition, another approves it from a day on."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.loans.losses.models import LossRules
from portal.core import editions
from portal.core.editions import Contradiction, EditionRefused
from portal.core.refusals import register

register(
    {
        "loss_rules_draft_open": _("An edition of the rules already waits for approval. Discard that one first."),
        "loss_rules_day_passed": _("Rules are in force from today or a later day on."),
        "loss_rules_before_the_one_before": _(
            "The edition before is in force only from %(day)s; choose that day or a later one."
        ),
        "loss_rules_not_to_come": _(
            "Only rules that were approved and whose day has not come are withdrawn. Those in force end with the next."
        ),
        "loss_rules_not_whole": _(
            "A worse class begins later, from the first day on, and asks for more, 100% at most."
        ),
    }
)


@transaction.atomic(durable=True)
def propose_rules(*, by: str, at: datetime, **content: Any) -> LossRules:
    """Propose the next edition of the rules; it counts once another person has approved it.

    :raises ValidationError: when a figure is missing or out of its range.
    :raises EditionRefused: when days or rates do not grow from class to class, or an edition waits already.
    """
    code = LossRules.CODE
    return editions.make(LossRules, code, content, contradictions=_contradictions, is_new=False, by=by, at=at)


def _contradictions(rules: LossRules, _on: date) -> Iterator[Contradiction]:
    if not rules.rules().is_whole:
        yield Contradiction("loss_rules_not_whole", "", {})


@transaction.atomic(durable=True)
def approve_rules(rules: LossRules, *, in_force_from: date, by: str, at: datetime) -> None:
    """Let an edition count from a day on, as a second person; what was posted before stands as it is.

    :raises TransitionRefused: when it does not wait for approval.
    :raises SamePreparer: when the person proposed it.
    :raises EditionRefused: when the day is too early.
    """
    editions.check_approving(rules, by=by)
    editions.bring_out(rules, since=in_force_from, by=by, at=at)


@transaction.atomic(durable=True)
def discard_rules(rules: LossRules, *, by: str, at: datetime) -> None:
    """Drop an edition that waits for approval.

    :raises TransitionRefused: when it no longer waits.
    """
    editions.discard(rules, by=by, at=at)


@transaction.atomic(durable=True)
def withdraw_rules(rules: LossRules, *, on: date, by: str, at: datetime) -> None:
    """Let an edition whose day has not come never count; those in force until that day stay in force.

    :raises EditionRefused: when it was never approved, or its day has come: the next edition replaces it then.
    """
    if not rules.may_end(on):
        raise EditionRefused("loss_rules_not_to_come")
    editions.end(rules, on=on, by=by, at=at)
