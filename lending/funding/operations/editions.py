"""Bringing programs out: one person proposes an edition, another approves it; the next one replaces it."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Industry
from accounts.identity.size import SizeClass
from lending.applications.models import Purpose
from lending.funding.models import FundingProgram
from portal.core import editions
from portal.core.editions import Contradiction, EditionRefused
from portal.core.refusals import register

FINEST_RATE: Final = Decimal("0.0001")  # a hundredth of a percent, as finely as it is shown

register(
    {
        "program_draft_open": _("An edition of this program already waits for approval. Discard that one first."),
        "program_code_taken": _("There is already a program with this code. Propose a new edition of it."),
        "program_day_passed": _("An edition is published from today or a later day on."),
        "program_before_the_one_before": _(
            "The edition before is published only from %(day)s; choose that day or a later one."
        ),
        "program_over": _("The last day to apply has passed."),
        "funding_amounts_crossed": _("The largest amount must not be smaller than the smallest."),
        "funding_ages_crossed": _("The highest age must not be lower than the lowest."),
        "industry_unknown": _("There is no industry %(industry)s."),
        "choice_unknown": _("Choose from the list."),
        "program_contact_missing": _("Give a website or a telephone, so that owners can go there themselves."),
        "commission_too_fine": _("Write at most two decimals of a percent."),
    }
)


@transaction.atomic(durable=True)
def propose(code: str, *, by: str, at: datetime, is_new: bool = False, **content: Any) -> FundingProgram:
    """Propose the next edition of a program; owners see it once another person has approved it.

    :param is_new: refuse a code that exists.
    :raises ValidationError: when a field is missing or cannot be read.
    :raises EditionRefused: when it contradicts itself, an edition waits already, or the code is taken.
    """
    return editions.make(FundingProgram, code, content, contradictions=_contradictions, is_new=is_new, by=by, at=at)


def _contradictions(program: FundingProgram, on: date) -> Iterator[Contradiction]:
    yield from _in_its_terms(program, on)
    known = set(Industry.objects.filter(code__in=program.industries).values_list("code", flat=True))
    for code in program.industries:
        if code not in known:
            yield Contradiction("industry_unknown", "industries", {"industry": code})
    for field, choices in (("sizes", set(SizeClass)), ("purposes", set(Purpose.values))):
        if not set(getattr(program, field)) <= choices:
            yield Contradiction("choice_unknown", field, {})


def _in_its_terms(program: FundingProgram, on: date) -> Iterator[Contradiction]:
    if program.max_amount < program.min_amount:
        yield Contradiction("funding_amounts_crossed", "max_amount", {})
    least, most = program.min_age_months, program.max_age_months
    if least is not None and most is not None and most < least:
        yield Contradiction("funding_ages_crossed", "max_age_months", {})
    if program.apply_by is not None and program.apply_by < on:
        yield Contradiction("program_over", "apply_by", {})
    if not program.website and not program.phone:
        yield Contradiction("program_contact_missing", "phone", {})
    if program.commission_rate % FINEST_RATE:
        yield Contradiction("commission_too_fine", "commission_rate", {})


@transaction.atomic(durable=True)
def approve(program: FundingProgram, *, published_from: date, by: str, at: datetime) -> None:
    """Bring an edition out with a second pair of eyes: from a day on owners see it, and the one before no longer.

    :raises TransitionRefused: when it does not wait for approval.
    :raises SamePreparer: when the person proposed it.
    :raises EditionRefused: when the day is too early, or past the last day to apply.
    """
    editions.check_approving(program, by=by)
    if program.apply_by is not None and program.apply_by < published_from:
        raise EditionRefused("program_over", field="published_from")
    editions.bring_out(program, since=published_from, by=by, at=at)


@transaction.atomic(durable=True)
def discard(program: FundingProgram, *, by: str, at: datetime) -> None:
    """Drop an edition that waits for approval.

    :raises TransitionRefused: when it no longer waits.
    """
    editions.discard(program, by=by, at=at)


@transaction.atomic(durable=True)
def end(program: FundingProgram, *, on: date, by: str, at: datetime) -> None:
    """Publish an edition no longer from a day on; introductions to it go on. Ended again, nothing changes.

    One whose day has not come is never published: what is published until that day stays, until the next one after.

    :raises TransitionRefused: when it was never approved.
    """
    editions.end(program, on=on, by=by, at=at)
