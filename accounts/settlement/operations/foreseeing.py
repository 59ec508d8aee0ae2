"""What a file from the other bank would do if it were agreed to: looked at beforehand, and nothing is done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.identity import operations as identity
from accounts.identity.models import Role, StaffPost
from accounts.settlement.models import NostroLine, NostroStatement
from accounts.settlement.nostro_states import STATEMENT_TRANSITIONS, Foreseen, StatementEvent, StatementStatus
from accounts.settlement.queries import fitting
from accounts.statements import repeats
from portal.core.transitions import target_of

BATCH: Final = 500


@transaction.atomic(durable=True)
def foresee_nostro(reference: str, *, at: datetime) -> None:
    """Look at what each line of a file that was read would do; the file waits for a second person from then on.

    Done again whenever another file was applied, because something else may be left for this one then; what stays as
    it was, whoever looked at it before has seen.
    """
    statement = NostroStatement.objects.locked().get(reference=reference)
    if statement.status == StatementStatus.READING and statement.read_at:
        _tell_operations(statement, at=at)
        statement.status = target_of(STATEMENT_TRANSITIONS, StatementEvent.READ, statement.status)
    elif statement.status != StatementStatus.WAITING:
        return
    lines = list(statement.lines.order_by("line_number"))
    before = [(line.foreseen, line.foreseen_goal) for line in lines]
    known = {line.pk for line in known_lines(statement, lines)}
    spent: set[fitting.Spent] = set()
    for line in lines:
        if line.pk in known:
            line.foreseen, line.foreseen_goal = Foreseen.LEFT_OUT, ""
            continue
        fit = fitting.what_fits(line, spent=spent)
        line.foreseen, line.foreseen_goal = fit.told
        spent |= fitting.spent_by(line, fit)
    if statement.foreseen_at and before == [(line.foreseen, line.foreseen_goal) for line in lines]:
        return
    NostroLine.objects.bulk_update(lines, ["foreseen", "foreseen_goal"], batch_size=BATCH)
    statement.known_count, statement.foreseen_at = len(known), at
    statement.save(update_fields=["status", "known_count", "foreseen_at"])


def _tell_operations(statement: NostroStatement, *, at: datetime) -> None:
    """Tell whoever may agree to a file, unless others wait."""
    if NostroStatement.objects.filter(status=StatementStatus.WAITING).exists():
        return
    posts = StaffPost.objects.filter(role=Role.OPERATIONS, ended_at=None)
    others = posts.exclude(user__reference=statement.uploaded_by)
    identity.tell_staff(others, "nostro_waiting", params={"reference": statement.reference}, at=at)


def known_lines(statement: NostroStatement, lines: Sequence[NostroLine]) -> list[NostroLine]:
    """Pick the lines that a statement which was agreed to told before."""
    if not lines:
        return []
    days = (statement.period_first, statement.period_last)
    rows = NostroLine.objects.told().filter(currency=statement.currency, booked_on__range=days).order_by("pk")
    kept = rows.values_list("booked_on", "amount", "bank_reference", "statement__format")
    fresh = repeats.new_ones(
        lines,
        lambda line: repeats.Told(line.booked_on, line.amount, line.bank_reference, statement.format),
        kept=[repeats.Told(*each) for each in kept],
    )
    new = {line.pk for line in fresh}
    return [line for line in lines if line.pk not in new]
