"""Reading what was received: whole, or not at all; what a file leaves open is asked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cashflow import gathering
from accounts.cashflow.models import BankTransaction, StatementImport
from accounts.cashflow.operations import absorbing, recording, remembering
from accounts.cashflow.operations.naming import names_of_each
from accounts.cashflow.questions import kept
from accounts.cashflow.states import TRANSITIONS, Event, Status
from accounts.identity.operations import lock_to_change
from accounts.statements import joining
from accounts.statements.confined import statements_of_file
from accounts.statements.parsing import Answers, ParsedStatement, StatementRefused
from accounts.statements.parsing.questions import COLUMNS
from portal.core import audit, jobs
from portal.core.refusals import register
from portal.core.transitions import target_of

Reader = Callable[..., list[ParsedStatement]]

register(
    {
        "statement_unreadable": _(
            "The file could not be read; we were told and look into it. "
            "Until then you can bring the same statement in another format."
        ),
    }
)


@dataclass(frozen=True)
class _Told:
    """What the file of a statement tells: of each bank account, or why not; by whose answer about its columns."""

    statement: StatementImport
    parsed: Sequence[ParsedStatement] = ()
    refusal: StatementRefused | None = None
    found: remembering.Recalled | None = None


def read(*references: str, at: datetime, reader: Reader = statements_of_file) -> None:
    """Read received statements, each whole, refuse it whole, or ask what it leaves open; run twice, it is read once.

    Files are parsed before anything is locked, because that takes seconds where the rest takes less.

    :param references: of statements, each of an enterprise of its own.
    :param reader: ``parse`` itself for files that we wrote ourselves.
    """
    received = StatementImport.objects.select_related("file", "enterprise").filter(reference__in=references)
    told = [_heard(each, reader) for each in received.order_by("pk") if each.status == Status.READING]
    for each in told:
        if each.refusal is not None and each.refusal.question is None:
            _refuse(each.statement, each.refusal, at=at)
        elif each.refusal is not None and each.refusal.question is not None:
            _ask(each.statement, each.refusal.question.as_data(), found=each.found, at=at)
    readable = [each for each in told if each.refusal is None]
    if readable:
        _keep(readable, at=at)


def _heard(statement: StatementImport, reader: Reader) -> _Told:
    with statement.file.open() as content:
        raw = content.read()
    told = _told(statement, raw, reader)
    question = told.refusal.question if told.refusal else None
    found = remembering.recalled(statement, question.as_data()) if question else None
    if found is None:
        return told
    once_more = _told(statement, raw, reader, columns=found.columns)
    if once_more.refusal is not None and once_more.refusal.question is None:
        return told  # what was meant then cannot be meant here
    return replace(once_more, found=found)


def _told(statement: StatementImport, raw: bytes, reader: Reader, *, columns: Mapping[str, int] | None = None) -> _Told:
    answers = Answers.of_data(statement.answers | ({COLUMNS: columns} if columns else {}))
    try:
        told = reader(raw, name=statement.file.original_name, currency=settings.BANK_CURRENCY, answers=answers)
        parsed = joining.by_account(told)
        if len(parsed) > gathering.MAX_ACCOUNTS:
            raise StatementRefused("statement_too_many", most=gathering.MAX_ACCOUNTS)
    except StatementRefused as refusal:
        return _Told(statement, refusal=refusal)
    return _Told(statement, parsed)


@transaction.atomic(durable=True)
def _ask(
    statement: StatementImport, question: Mapping[str, Any], *, found: remembering.Recalled | None, at: datetime
) -> None:
    at = lock_to_change(statement.enterprise_id, at=at)
    fresh = _still_reading([statement]).get(statement.pk)
    if fresh is None:
        return
    statement = fresh
    if found:
        remembering.note(statement, found)
    statement.status = target_of(TRANSITIONS, Event.ASK, statement.status)
    statement.question = dict(question)
    statement.save(update_fields=["status", "question", "answers", "answered_as"])
    details = {"kind": question["kind"]}
    audit.record("cashflow.statement_asks", subject=statement.reference, by=None, at=at, details=details)


@transaction.atomic(durable=True)
def answer(statement: StatementImport, told: Mapping[str, Any], *, by: str, at: datetime) -> None:
    """Answer what a statement asks and let it be read; the answer is kept beside it. The same answer twice is one.

    :param told: by kind of question: ``{"dates": "dmy"}``, ``{"amounts": "comma"}``, or
        ``{"columns": {"first_row": 2, "date": 0, "amount": 3}}`` with columns counted from zero.
    :raises AnswerRefused: when it is no answer to the question.
    :raises TransitionRefused: when nothing is asked any more.
    """
    at = lock_to_change(statement.enterprise_id, at=at)
    statement.refresh_from_db(from_queryset=StatementImport.objects.locked())
    if statement.status == Status.READING and told and told.items() <= statement.answers.items():
        return
    status = target_of(TRANSITIONS, Event.ANSWER, statement.status)
    kind, answered = kept(statement.question, told, columns=statement.columns)
    if kind == COLUMNS:
        statement.layout_key = remembering.layout_key(statement.question, answered)
    statement.status, statement.question = status, {}
    statement.answers = {**statement.answers, kind: answered}
    statement.save(update_fields=["status", "question", "answers", "layout_key"])
    details = {"kind": kind, "answer": answered}
    audit.record("cashflow.statement_answered", subject=statement.reference, by=by, at=at, details=details)
    jobs.ask("cashflow.read", statement.reference, at=at, lane=statement.enterprise.reference)


@transaction.atomic(durable=True)
def _refuse(statement: StatementImport, refusal: StatementRefused, *, at: datetime) -> None:
    at = lock_to_change(statement.enterprise_id, at=at)
    fresh = _still_reading([statement]).get(statement.pk)
    if fresh is None:
        return
    _set_refused(fresh, refusal, at=at)
    audit.record(
        "cashflow.statement_refused", subject=statement.reference, by=None, at=at, details={"code": refusal.code}
    )


@transaction.atomic(durable=True)
def give_up(reference: str, *, error: str, attempts: int, at: datetime) -> None:
    """Refuse a statement whose reading failed again and again through a fault of ours; given up twice, it is once.

    ``error`` is the kind of the last failure, empty where the worker died of it; what it said may be a customer's.
    """
    told = StatementImport.objects.get(reference=reference)
    at = lock_to_change(told.enterprise_id, at=at)
    statement = _still_reading([told]).get(told.pk)
    if statement is None:
        return
    _set_refused(statement, StatementRefused("statement_unreadable"), at=at)
    details = {"error": error, "attempts": attempts, "sha256": statement.file.sha256}
    audit.record("cashflow.statement_unreadable", subject=statement.reference, by=None, at=at, details=details)


def _set_refused(statement: StatementImport, refusal: StatementRefused, *, at: datetime) -> None:
    """Keep why; lines of an earlier reading, from before another file was withdrawn, no longer count."""
    statement.status = target_of(TRANSITIONS, Event.REFUSE, statement.status)
    statement.refusal_code, statement.refusal_params = refusal.code, refusal.params
    statement.read_at = at
    statement.save()
    BankTransaction.objects.current().filter(statement=statement).update(superseded_at=at)


@transaction.atomic(durable=True)
def _keep(told: Sequence[_Told], *, at: datetime) -> None:
    """Record what is new; statements of one enterprise wait for each other, so that each line is recorded once."""
    at = lock_to_change(*(each.statement.enterprise_id for each in told), at=at)
    reading = _still_reading(each.statement for each in told)
    told = [replace(each, statement=reading[each.statement.pk]) for each in told if each.statement.pk in reading]
    for each in told:
        if each.found:
            remembering.note(each.statement, each.found)
    enterprises = [each.statement.enterprise for each in told]
    absorbing.absorb(*enterprises, at=at)
    own_keys = names_of_each(enterprises)
    for part in range(1, 1 + max((len(each.parsed) for each in told), default=0)):
        accounts = [(_part(each.statement, part), each.parsed[part - 1]) for each in told if part <= len(each.parsed)]
        recording.record([each for each in accounts if each[0].status == Status.READING], own_keys=own_keys, at=at)


def _still_reading(statements: Iterable[StatementImport]) -> dict[int, StatementImport]:
    """Lock statements of enterprises that are locked, and give those that nobody has read, or unlocked, meanwhile."""
    seen = {each.pk: each.file_id for each in statements}
    locked = StatementImport.objects.locked().select_related("file", "enterprise")
    held = locked.filter(pk__in=seen)
    return {each.pk: each for each in held if each.status == Status.READING and each.file_id == seen[each.pk]}


def _part(statement: StatementImport, part: int) -> StatementImport:
    """Find the statement of one bank account in a file; the file's first is the one that was received."""
    if part == statement.part:
        return statement
    found = StatementImport.objects.locked().filter(file=statement.file_id, part=part).first()
    return found or StatementImport.objects.create(
        enterprise=statement.enterprise,
        file=statement.file,
        locked_file=statement.locked_file,
        part=part,
        answers=statement.answers,
        uploaded_at=statement.uploaded_at,
        uploaded_by=statement.uploaded_by,
    )
