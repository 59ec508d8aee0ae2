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

    Done again whenever somebody looks, because what it would do hangs on what happened meanwhile.
    """
    statement = NostroStatement.objects.locked().get(reference=reference)
    if statement.status == StatementStatus.READING and statement.read_at:
        _tell_operations(statement, at=at)
        statement.status = target_of(STATEMENT_TRANSITIONS, StatementEvent.READ, statement.status)
    elif statement.status != StatementStatus.WAITING:
        return
    look_again(statement)
    statement.save(update_fields=["status", "known_count"])


def look_again(statement: NostroStatement) -> list[NostroLine]:
    """Note what a locked statement's lines would do now, and give those that another file told before; an inner step.

    The statement itself is left unsaved.
    """
    lines = list(statement.lines.order_by("line_number"))
    known = known_lines(statement, lines)
    told = {line.pk: (Foreseen.LEFT_OUT, "") for line in known}
    new = [line for line in lines if line.pk not in told]
    told |= {line.pk: fit.told for line, fit in zip(new, fitting.what_fit(new), strict=True)}
    changed = [line for line in lines if told[line.pk] != (line.foreseen, line.foreseen_goal)]
    for line in changed:
        line.foreseen, line.foreseen_goal = told[line.pk]
    NostroLine.objects.bulk_update(changed, ["foreseen", "foreseen_goal"], batch_size=BATCH)
    statement.known_count = len(known)
    return known


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
