"""Files of one account that tell a day otherwise: what each tells, which one counts, and that somebody looked."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.cashflow import gathering
from accounts.cashflow.gathering import Movement, Period
from accounts.cashflow.models import ReplacementClearing, StatementImport
from accounts.cashflow.states import Status
from accounts.identity.models import Role, User
from accounts.identity.queries import ever_acted_for
from portal.core import audit
from portal.core.models import AuditEvent
from portal.core.refusals import Refusal, register

CLEARERS: Final = (Role.RISK_ANALYST, Role.APPROVER)  # who rules on watchlist hits, too
COUNTING: Final = (Status.READ, Status.READING)
register(
    {
        "clearing_without_reason": _("Say why this is no doubt."),
        "clearing_not_replaced": _("This file was not withdrawn, or the other one no longer counts."),
        "clearing_repeated": _("This was cleared before."),
        "clearing_of_own_files": _("Who brought or withdrew one of the files cannot clear this."),
        "clearing_on_own": _("Who acts for the enterprise, or did, cannot clear this."),
    }
)


class ClearingRefused(Refusal):
    """The replacement is not cleared."""

    code = "clearing_without_reason"


def of_one_account(statement: StatementImport) -> QuerySet[StatementImport]:
    """List the other statements of a statement's account that were read, if they are being read again."""
    return StatementImport.objects.filter(
        enterprise=statement.enterprise_id,
        account_key=statement.account_key,
        currency=statement.currency,
        status__in=COUNTING,
        read_at__isnull=False,
    ).exclude(pk=statement.pk)


def told_otherwise(
    told: Sequence[Movement],
    *,
    known: Sequence[tuple[int | None, Movement]],
    period: Period,
    others: Sequence[StatementImport],
) -> list[dict[str, Any]]:
    """Write down the days of which a file and the others tell otherwise, with the sums of both sides."""
    shared = {each: {*period.inside(Period(each.period_first, each.period_last))} for each in others}  # type: ignore[arg-type]
    moves = [move for _owner, move in known]
    periods = [Period(each.period_first, each.period_last) for each in others]  # type: ignore[arg-type]
    days = gathering.days_contradicted(told, known=moves, period=period, others=periods)
    sums = _sums_told(others)
    found = []
    for day in sorted(days):
        here, holding = _sum(told, day), [each for each in others if day in shared[each]]
        apart = [each for each in holding if sums.get((each.reference, day)) != here] or holding
        alike = {each.pk for each in holding} - {each.pk for each in apart}
        there = _sum([move for owner, move in known if owner not in alike], day)
        names = [each.reference for each in apart]
        found.append({"day": day.isoformat(), "here": str(here), "there": str(there), "with": names})
    return found


def _sums_told(statements: Sequence[StatementImport]) -> dict[tuple[str, date], Decimal]:
    """Say what files are known to tell of a day: by what each was found to tell, or one alone to tell otherwise."""
    sums: dict[tuple[str, date], Decimal] = {}
    for statement in statements:
        for each in statement.contradictions:
            day = date.fromisoformat(each["day"])
            sums[statement.reference, day] = Decimal(each["here"])
            if len(each["with"]) == 1:
                sums.setdefault((each["with"][0], day), Decimal(each["there"]))
    return sums


def _sum(moves: Sequence[Movement], day: date) -> Decimal:
    return sum((each.amount for each in moves if each.on == day), Decimal(0))


def still_standing(statement: StatementImport) -> list[dict[str, Any]]:
    """Keep the days on which another file that was found to tell otherwise still counts."""
    named = {name for each in statement.contradictions for name in each["with"]}
    counting = StatementImport.objects.filter(reference__in=named, status__in=COUNTING).values_list(
        "reference", flat=True
    )
    still = {*counting}
    return [each for each in statement.contradictions if still.intersection(each["with"])]


def opponents(statement: StatementImport) -> dict[StatementImport, list[str]]:
    """Find the counting files that contradict a statement, each with the days; the one with most days first."""
    days: defaultdict[str, set[str]] = defaultdict(set)
    for each in statement.contradictions:
        for name in each["with"]:
            days[name].add(each["day"])
    others = StatementImport.objects.filter(
        enterprise=statement.enterprise_id, account_key=statement.account_key, status__in=COUNTING
    ).exclude(pk=statement.pk)
    for other in others:
        days[other.reference] |= {each["day"] for each in other.contradictions if statement.reference in each["with"]}
    found = {other: sorted(days[other.reference]) for other in others.order_by("pk") if days[other.reference]}
    return dict(sorted(found.items(), key=lambda each: -len(each[1])))


def note_replaced(statement: StatementImport, *, instead: StatementImport | None = None) -> None:
    """Write down, beside a statement that is being withdrawn, which file counts instead and told otherwise."""
    against = opponents(statement)
    other = instead or next(iter(against), None)
    if other in against:
        statement.replaced_by, statement.replaced_days = other, against[other]


def take_over(statement: StatementImport) -> None:
    """Let a statement that is read anew, and is about to be saved, hold alone what others tell otherwise than it."""
    others = StatementImport.objects.locked().filter(
        enterprise=statement.enterprise_id, contradictions__contains=[{"with": [statement.reference]}]
    )
    for other in others.filter(status__in=COUNTING):
        for each in other.contradictions:
            if statement.reference in each["with"]:
                each["with"].remove(statement.reference)
                turned = {"here": each["there"], "there": each["here"], "with": [other.reference]}
                statement.contradictions.append({"day": each["day"], **turned})
        other.contradictions = [each for each in other.contradictions if each["with"]]
        other.contradiction_count = len(other.contradictions)
        other.save(update_fields=["contradictions", "contradiction_count"])


def look_again(statement: StatementImport, *, at: datetime) -> None:
    """Let no clearing stand by which a statement counts: it may tell something else now."""
    ReplacementClearing.objects.filter(replaced_by=statement, superseded_at=None).update(superseded_at=at)


@transaction.atomic(durable=True)
def clear(
    withdrawn: StatementImport, *, replaced_by: StatementImport, reason: str, by: User, at: datetime
) -> ReplacementClearing:
    """Record that a person looked at a withdrawn statement beside what counts instead, and that it is no doubt.

    :raises ClearingRefused: without a reason, by somebody of the enterprise, by who brought or withdrew a file, twice,
        or where nothing was replaced.
    """
    withdrawn.refresh_from_db(from_queryset=StatementImport.objects.locked())
    if not reason.strip():
        raise ClearingRefused
    is_replaced = withdrawn.status == Status.WITHDRAWN and replaced_by.status == Status.READ
    if not is_replaced or withdrawn.enterprise_id != replaced_by.enterprise_id:
        raise ClearingRefused("clearing_not_replaced")
    if ever_acted_for(withdrawn.enterprise, person=by.reference):
        raise ClearingRefused("clearing_on_own")
    acted = AuditEvent.objects.filter(verb="cashflow.statement_withdrawn", subject=withdrawn.reference)
    if by.reference in {withdrawn.uploaded_by, replaced_by.uploaded_by, *acted.values_list("by", flat=True)}:
        raise ClearingRefused("clearing_of_own_files")
    if withdrawn.clearings.filter(replaced_by=replaced_by, superseded_at=None).exists():
        raise ClearingRefused("clearing_repeated")
    cleared = ReplacementClearing.objects.create(
        withdrawn=withdrawn, replaced_by=replaced_by, reason=reason.strip(), by=by, at=at
    )
    details = {"by": replaced_by.reference}
    audit.record("cashflow.replacement_cleared", subject=withdrawn.reference, by=by.reference, at=at, details=details)
    return cleared
