"""The rules that come with the portal, in force."""

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from lending.credit import operations
from lending.credit.models import IndustryStandard, Policy, RuleSet, Scorecard, StandardEdition
from portal.core.models import AuditEvent

RULES: Final[tuple[type[RuleSet], ...]] = (Scorecard, Policy, StandardEdition)
_written: Final[dict[tuple[str, date, datetime], list[list[Any]]]] = {}


def install_rules(*, approved_by: str, on: date, at: datetime) -> None:
    """Put the shipped cards, policy and standards in force, where there are no rules yet.

    Their documents are checked the first time; asked again for the same, this writes the rows that were written then.
    """
    if any(model.objects.exists() for model in RULES):
        return
    asked = (approved_by, on, at)
    if asked not in _written:
        operations.install_shipped(approved_by=approved_by, on=on, at=at)
        rules = [list(model.objects.all()) for model in RULES]
        told = AuditEvent.objects.filter(subject__in=[each.reference for kind in rules for each in kind])
        standards = list(IndustryStandard.objects.all())  # first, because those of an approved edition stand still
        _written[asked] = [standards, *rules, list(told.order_by("pk"))]
        return
    with transaction.atomic():
        for rows in _written[asked]:
            type(rows[0]).objects.bulk_create(rows)
