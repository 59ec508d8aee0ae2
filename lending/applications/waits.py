"""How long people take to answer a referred case, by those that they answered lately."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils.timezone import localtime

from lending.applications.models import Application, Review, ReviewKind, ReviewOutcome
from lending.applications.states import WAITING_FOR_STAFF
from portal.core.dates import business_days

LATELY: Final = timedelta(days=180)
FEWEST: Final = 10  # with fewer, nothing is said
MOST: Final = 100


@dataclass(frozen=True)
class Wait:
    """Within how many business days half of the cases, and nine in ten, were answered; and what this one has waited."""

    half: int
    most: int
    cases: int
    at_branch: bool
    waited: int


def usual_wait(application: Application, *, on: date) -> Wait | None:
    """Tell how long a case that waits for people may take: by its branch, else by the whole bank; none if unknown."""
    if application.status not in WAITING_FOR_STAFF:
        return None
    answered = Review.objects.filter(kind=ReviewKind.APPROVAL, at__date__gte=on - LATELY)
    answered = answered.exclude(outcome=ReviewOutcome.RETURN).order_by("-pk")
    of_branch = _days(answered.filter(application__branch=application.branch_id))
    days = of_branch if len(of_branch) >= FEWEST else _days(answered)
    if len(days) < FEWEST:
        return None
    waited = _between(localtime(application.decision.decided_at).date(), on)
    return Wait(_within(days, 50), _within(days, 90), len(days), at_branch=days is of_branch, waited=waited)


def _days(answered: QuerySet[Review]) -> list[int]:
    spans = answered.values_list("application__decision__decided_at__date", "at__date")[:MOST]
    return sorted(_between(since, until) for since, until in spans)


def _between(since: date, until: date) -> int:
    return business_days(since, until, settings.BANK_COUNTRY)


def _within(days: list[int], percent: int) -> int:
    """Give the days within which that share was answered (nearest rank); the day itself counts as one."""
    return max(days[-(-percent * len(days) // 100) - 1], 1)
