"""An answer about columns, used again where the same heading comes again, and undone where it is not meant."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import transaction

from accounts.cashflow.models import BankTransaction, StatementImport
from accounts.cashflow.operations import contradicting
from accounts.cashflow.operations.withdrawing import read_again
from accounts.cashflow.questions import AnswerRefused
from accounts.cashflow.states import TRANSITIONS, Event, Status
from accounts.identity.operations import lock_to_change
from accounts.statements.parsing.headers import squeezed
from accounts.statements.parsing.questions import COLUMNS, FIRST_ROW
from portal.core import audit, jobs
from portal.core.transitions import target_of


class Recalled(NamedTuple):
    """A statement whose owner said what its columns hold, and what that says of this file."""

    statement: StatementImport
    columns: dict[str, int]


def layout_key(question: Mapping[str, Any], columns: Mapping[str, int]) -> str:
    """Make the mark of the heading above the first payment; empty where there is none."""
    above = [row["cells"] for row in question["rows"] if row["line"] < columns.get(FIRST_ROW, 1)]
    return _mark(above[-1]) if above else ""


def _mark(cells: Sequence[str]) -> str:
    names = [squeezed(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest() if len(names) > 1 else ""


def recalled(statement: StatementImport, question: Mapping[str, Any]) -> Recalled | None:
    """Find the newest answer about a heading that this file has, too; the lines below it may begin elsewhere."""
    if question["kind"] != COLUMNS or statement.asks_anew:
        return None
    rows = question["rows"]
    first_lines = {_mark(row["cells"]): below["line"] for row, below in reversed([*pairwise(rows)])}
    first_lines.pop("", None)
    answered = StatementImport.objects.filter(
        enterprise=statement.enterprise_id, layout_key__in=first_lines, answered_as=None, status=Status.READ
    )
    same = answered.exclude(pk=statement.pk).order_by("-read_at", "-pk").first()
    if same is None:
        return None
    return Recalled(same, {**same.answers[COLUMNS], FIRST_ROW: first_lines[same.layout_key]})


def note(statement: StatementImport, found: Recalled) -> None:
    """Write down, beside a statement that is about to be saved, whose answer it is read by."""
    statement.answers = {**statement.answers, COLUMNS: found.columns}
    statement.answered_as = found.statement


@transaction.atomic(durable=True)
def ask_anew(statement: StatementImport, *, by: str, at: datetime) -> None:
    """Take back that a statement was read by an earlier file's answer: it asks, and nothing of it counts until then.

    :raises AnswerRefused: when it was not.
    :raises TransitionRefused: when it is being read.
    """
    at = lock_to_change(statement.enterprise_id, at=at)
    statement.refresh_from_db(from_queryset=StatementImport.objects.locked())
    was_read = statement.status == Status.READ
    if statement.answered_as_id is None:
        raise AnswerRefused("answer_not_recalled")
    statement.status = target_of(TRANSITIONS, Event.ASK_ANEW, statement.status)
    statement.answers, statement.question, statement.answered_as, statement.asks_anew = {}, {}, None, True
    statement.read_at = None
    contradicting.take_over(statement)
    contradicting.look_again(statement, at=at)
    statement.save()
    BankTransaction.objects.current().filter(statement=statement).update(superseded_at=at)
    audit.record("cashflow.statement_asked_anew", subject=statement.reference, by=by, at=at)
    jobs.ask("cashflow.read", statement.reference, at=at, lane=statement.enterprise.reference)
    if was_read:
        read_again(statement, at=at)
