"""Bringing programs out: one person proposes an edition, another approves it; the next one replaces it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Industry
from accounts.identity.size import SizeClass
from lending.applications.models import Purpose
from lending.funding.models import CONTENT, STANDING, FundingProgram
from lending.funding.states import EDITION_TRANSITIONS, EditionEvent, EditionStatus
from lending.products.operations import SamePreparer
from portal.core import audit
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

EDITIONS_LOCK: Final = 7_203_015  # a code's first edition has no row yet that could be locked
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


class ProgramRefused(Refusal):
    """The edition contradicts itself, or another one is in its way; ``field`` names the place, if there is one."""

    def __init__(self, code: str, *, field: str = "", **params: Any) -> None:
        super().__init__(code, **params)
        self.field = field


@transaction.atomic(durable=True)
def propose(code: str, *, by: str, at: datetime, is_new: bool = False, **content: Any) -> FundingProgram:
    """Propose the next edition of a program; owners see it once another person has approved it.

    :param is_new: refuse a code that exists.
    :raises ValidationError: when a field is missing or cannot be read.
    :raises ProgramRefused: when it contradicts itself, an edition waits already, or the code is taken.
    """
    _lock_editions()
    editions = FundingProgram.objects.filter(code=code)
    if editions.drafts().exists():
        raise ProgramRefused("program_draft_open", field="code")
    if is_new and editions.exists():
        raise ProgramRefused("program_code_taken", field="code")
    newest = max(editions.values_list("version", flat=True), default=0)
    program = FundingProgram(code=code, version=newest + 1, proposed_by=by, proposed_at=at)
    _fill(program, content, on=timezone.localtime(at).date())
    program.save(force_insert=True)
    _record("proposed", program, by=by, at=at)
    return program


def _fill(program: FundingProgram, content: Mapping[str, Any], *, on: date) -> None:
    for name, value in content.items():
        assert name in CONTENT, name
        setattr(program, name, value)
    program.clean_fields(exclude=STANDING - {"code"})
    for field, code, params in _contradictions(program, on):
        raise ProgramRefused(code, field=field, **params)


def _contradictions(program: FundingProgram, on: date) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield from _in_its_terms(program, on)
    known = set(Industry.objects.filter(code__in=program.industries).values_list("code", flat=True))
    for code in program.industries:
        if code not in known:
            yield "industries", "industry_unknown", {"industry": code}
    for field, choices in (("sizes", set(SizeClass)), ("purposes", set(Purpose.values))):
        if not set(getattr(program, field)) <= choices:
            yield field, "choice_unknown", {}


def _in_its_terms(program: FundingProgram, on: date) -> Iterator[tuple[str, str, dict[str, Any]]]:
    if program.max_amount < program.min_amount:
        yield "max_amount", "funding_amounts_crossed", {}
    least, most = program.min_age_months, program.max_age_months
    if least is not None and most is not None and most < least:
        yield "max_age_months", "funding_ages_crossed", {}
    if program.apply_by is not None and program.apply_by < on:
        yield "apply_by", "program_over", {}
    if not program.website and not program.phone:
        yield "phone", "program_contact_missing", {}
    if program.commission_rate % FINEST_RATE:
        yield "commission_rate", "commission_too_fine", {}


@transaction.atomic(durable=True)
def approve(program: FundingProgram, *, published_from: date, by: str, at: datetime) -> None:
    """Bring an edition out with a second pair of eyes: from a day on owners see it, and the one before no longer.

    :raises TransitionRefused: when it does not wait for approval.
    :raises SamePreparer: when the person proposed it.
    :raises ProgramRefused: when the day is too early, or past the last day to apply.
    """
    _lock_editions()
    _move(program, EditionEvent.APPROVE)
    if by == program.proposed_by:
        raise SamePreparer
    if published_from < timezone.localtime(at).date():
        raise ProgramRefused("program_day_passed", field="published_from")
    if program.apply_by is not None and program.apply_by < published_from:
        raise ProgramRefused("program_over", field="published_from")
    _replace(program, published_from)
    program.approved_by, program.approved_at, program.published_from = by, at, published_from
    program.save(update_fields=["status", "approved_by", "approved_at", "published_from"])
    _record("approved", program, by=by, at=at, published_from=published_from)


@transaction.atomic(durable=True)
def discard(program: FundingProgram, *, by: str, at: datetime) -> None:
    """Drop an edition that waits for approval.

    :raises TransitionRefused: when it no longer waits.
    """
    _move(program, EditionEvent.DISCARD)
    program.save(update_fields=["status"])
    _record("discarded", program, by=by, at=at)


@transaction.atomic(durable=True)
def end(program: FundingProgram, *, on: date, by: str, at: datetime) -> None:
    """Publish an edition no longer from a day on; introductions to it go on. Ended again, nothing changes.

    One whose day has not come is never published: what is published until that day stays, until the next one after.

    :raises TransitionRefused: when it was never approved.
    """
    _lock_editions()
    _move(program, EditionEvent.END)
    if not program.may_end(on):
        return
    assert program.published_from is not None
    next_from, program.published_until = program.published_until, max(on, program.published_from)
    program.save(update_fields=["published_until"])
    if program.published_from > on:
        before = FundingProgram.objects.filter(code=program.code, published_until=program.published_from)
        before.filter(published_from__lt=program.published_from).update(published_until=next_from)
    _record("ended", program, by=by, at=at, published_until=program.published_until)


def _lock_editions() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [EDITIONS_LOCK])


def _move(program: FundingProgram, event: EditionEvent) -> None:
    program.refresh_from_db(from_queryset=FundingProgram.objects.locked())
    program.status = target_of(EDITION_TRANSITIONS, event, program.status)


def _replace(program: FundingProgram, published_from: date) -> None:
    approved = FundingProgram.objects.filter(code=program.code, status=EditionStatus.APPROVED, published_until=None)
    before = approved.first()
    if before is None:
        return
    assert before.published_from is not None
    if published_from < before.published_from:
        raise ProgramRefused("program_before_the_one_before", field="published_from", day=before.published_from)
    before.published_until = published_from
    before.save(update_fields=["published_until"])


def _record(verb: str, program: FundingProgram, *, by: str, at: datetime, **details: Any) -> None:
    audit.record(f"funding.{verb}", subject=program.reference, by=by, at=at, details=details)
