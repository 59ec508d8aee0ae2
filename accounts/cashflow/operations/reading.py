"""Reading what was received: whole, or not at all; what a file leaves open is asked."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cashflow import breaks, gathering, parties
from accounts.cashflow.categories import categorize, counterparty_key
from accounts.cashflow.gathering import Movement, Period
from accounts.cashflow.models import BankTransaction, StatementImport
from accounts.cashflow.operations import absorbing, accounts_alike, contradicting, remembering
from accounts.cashflow.operations.categorizing import Corrections
from accounts.cashflow.operations.naming import names_of, stand_for
from accounts.cashflow.questions import kept
from accounts.cashflow.states import TRANSITIONS, Event, Status
from accounts.identity.models import Enterprise
from accounts.settlement.models import SettlementAccount
from accounts.statements import joining
from accounts.statements.confined import statements_of_file
from accounts.statements.parsing import Answers, ParsedLine, ParsedStatement, StatementRefused
from accounts.statements.parsing.questions import COLUMNS
from portal.core import audit, jobs
from portal.core.copying import copy_in
from portal.core.fields import lookup_hash
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


def read(reference: str, *, at: datetime, reader: Reader = statements_of_file) -> None:
    """Read a received statement whole, refuse it whole, or ask what it leaves open; run twice, it is read once.

    The file is parsed before anything is locked, because that takes seconds where the rest takes less.

    :param reader: ``parse`` itself for files that we wrote ourselves.
    """
    statement = StatementImport.objects.select_related("file", "enterprise").get(reference=reference)
    if statement.status != Status.READING:
        return
    with statement.file.open() as content:
        raw = content.read()
    told, found = _told(statement, raw, reader), None
    if isinstance(told, StatementRefused) and told.question:
        found = remembering.recalled(statement, told.question.as_data())
    if found:
        once_more = _told(statement, raw, reader, columns=found.columns)
        if isinstance(once_more, StatementRefused) and once_more.question is None:
            found = None  # what was meant then cannot be meant here
        else:
            told = once_more
    if not isinstance(told, StatementRefused):
        _keep(statement, told, found=found, at=at)
    elif told.question is None:
        _refuse(statement, told, at=at)
    else:
        _ask(statement, told.question.as_data(), found=found, at=at)


def _told(
    statement: StatementImport, raw: bytes, reader: Reader, *, columns: Mapping[str, int] | None = None
) -> list[ParsedStatement] | StatementRefused:
    answers = Answers.of_data(statement.answers | ({COLUMNS: columns} if columns else {}))
    try:
        told = reader(raw, name=statement.file.original_name, currency=settings.BANK_CURRENCY, answers=answers)
        parsed = joining.by_account(told)
        if len(parsed) > gathering.MAX_ACCOUNTS:
            raise StatementRefused("statement_too_many", most=gathering.MAX_ACCOUNTS)
    except StatementRefused as refusal:
        return refusal
    return parsed


@transaction.atomic(durable=True)
def _ask(
    statement: StatementImport, question: Mapping[str, Any], *, found: remembering.Recalled | None, at: datetime
) -> None:
    if not _is_still_reading(statement):
        return
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
    Enterprise.objects.locked().get(pk=statement.enterprise_id)
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
    if not _is_still_reading(statement):
        return
    _set_refused(statement, refusal, at=at)
    audit.record(
        "cashflow.statement_refused", subject=statement.reference, by=None, at=at, details={"code": refusal.code}
    )


@transaction.atomic(durable=True)
def give_up(reference: str, *, error: str, attempts: int, at: datetime) -> None:
    """Refuse a statement whose reading failed again and again through a fault of ours; given up twice, it is once.

    ``error`` is the kind of the last failure, empty where the worker died of it; what it said may be a customer's.
    """
    statement = StatementImport.objects.get(reference=reference)
    if not _is_still_reading(statement):
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
def _keep(
    statement: StatementImport,
    parsed: Sequence[ParsedStatement],
    *,
    found: remembering.Recalled | None,
    at: datetime,
) -> None:
    """Record what is new; statements of one enterprise wait for each other, so that each line is recorded once."""
    if not _is_still_reading(statement):
        return
    if found:
        remembering.note(statement, found)
    absorbing.absorb(statement.enterprise, at=at)
    own_keys = names_of(statement.enterprise)
    for part, whole in enumerate(parsed, start=1):
        _keep_account(_part(statement, part), whole, own_keys=own_keys, at=at)


def _is_still_reading(statement: StatementImport) -> bool:
    Enterprise.objects.locked().get(pk=statement.enterprise_id)
    statement.refresh_from_db(from_queryset=StatementImport.objects.locked())
    return statement.status == Status.READING


def _part(statement: StatementImport, part: int) -> StatementImport:
    """Find the statement of one bank account in a file; the file's first is the one that was received."""
    if part == statement.part:
        return statement
    found = StatementImport.objects.locked().filter(file=statement.file_id, part=part).first()
    return found or StatementImport.objects.create(
        enterprise=statement.enterprise,
        file=statement.file,
        part=part,
        answers=statement.answers,
        uploaded_at=statement.uploaded_at,
        uploaded_by=statement.uploaded_by,
    )


def _keep_account(
    statement: StatementImport, whole: ParsedStatement, *, own_keys: frozenset[str], at: datetime
) -> None:
    if statement.status != Status.READING:
        return
    _describe(statement, whole, own_keys=own_keys)
    accounts_alike.recognize(statement, whole.lines)
    ours = accounts_alike.settlement_account_of(statement)
    marked = [(line, gathering.fingerprint(line, account_key=statement.account_key)) for line in whole.lines]
    recorded = list(_recorded(statement))
    own = frozenset(number for _move, owner, number in recorded if owner == statement.pk)
    statement.contradiction_count, statement.contradictions = _contradictions(statement, marked, recorded, ours=ours)
    known = [move for move, _owner, _number in recorded]
    fresh = gathering.new_lines(marked, known=Counter(move.mark for move in known), kept_numbers=own)
    told = gathering.movements(marked, account_key=statement.account_key)
    fresh = gathering.not_told_otherwise(fresh, told=told, known=known, account_key=statement.account_key)
    if ours is not None:
        fresh = []  # our own books tell all that there is
    names = own_keys | {counterparty_key(whole.holder_name)}
    copy_in(_rows(statement, fresh, own_keys=names, at=at))
    statement.line_count = len(marked)
    statement.known_count = len(marked) - len(own) - len(fresh)
    statement.status = target_of(TRANSITIONS, Event.READ, statement.status)
    statement.read_at = at
    statement.save()
    details = {
        "lines": len(marked),
        "new": len(fresh),
        "contradictions": statement.contradiction_count,
        "breaks": statement.break_count,
    }
    audit.record("cashflow.statement_read", subject=statement.reference, by=None, at=at, details=details)


def _describe(statement: StatementImport, whole: ParsedStatement, *, own_keys: frozenset[str]) -> None:
    account = "".join(whole.account_identifier.split())
    statement.format = whole.format
    foreign = [name for name in (whole.holder_name, *whole.other_holders) if not _may_hold(name, own_keys)]
    statement.holder_name = foreign[0] if foreign else whole.holder_name
    statement.is_foreign_holder = bool(foreign) or _is_kept_for_another(statement, account)
    statement.leaves_cards_out = whole.leaves_cards_out
    statement.account_masked = parties.masked(account)
    statement.account_key = accounts_alike.key_of(statement, account) if account else ""
    statement.currency = whole.currency
    statement.period_first, statement.period_last = whole.first_day, whole.last_day
    statement.opening_balance, statement.closing_balance = whole.opening_balance, whole.closing_balance
    statement.break_count = len(whole.breaks)
    statement.balance_breaks = breaks.as_data(whole.breaks, file_format=whole.format)


def _may_hold(name: str, own_keys: frozenset[str]) -> bool:
    return not counterparty_key(name) or stand_for(name, own_keys)


def _is_kept_for_another(statement: StatementImport, account: str) -> bool:
    """Tell whether we keep a statement's account for somebody else."""
    others = SettlementAccount.objects.exclude(enterprise=statement.enterprise_id)
    return bool(account) and others.filter(number=parties.whole_number(account)).exists()


Recorded = tuple[Movement, int | None, int]


def _recorded(statement: StatementImport) -> list[Recorded]:
    """Fetch what is evidence in the statement's days, with its statement and number.

    Lines of the statement's own bank account are marked as its lines are, even if recorded before it was recognized.
    """
    days = (statement.period_first, statement.period_last)
    if None in days:
        return []
    rows = BankTransaction.objects.current().filter(enterprise=statement.enterprise_id, booked_on__range=days)
    columns = (
        "booked_on",
        "amount",
        "currency",
        "fingerprint",
        "entry_mark",
        "statement_id",
        "line_number",
        "statement__account_key",
    )
    told = []
    for day, amount, currency, recorded, entry, owner, number, key in rows.values_list(*columns):
        is_own = key and key == statement.account_key
        mark = gathering.plain_mark(day, amount, currency, account_key=key) if is_own else recorded
        told.append((Movement(day, amount, mark, entry), owner, number))
    return told


def _contradictions(
    statement: StatementImport,
    marked: Sequence[tuple[ParsedLine, str]],
    recorded: Sequence[Recorded],
    *,
    ours: SettlementAccount | None,
) -> tuple[int, list[dict[str, Any]]]:
    """Count the days that our books tell otherwise, where they keep the account, or name those that its files do.

    Read again after a withdrawal, what was found between files stands or falls.
    """
    if not statement.account_key or statement.period_first is None or statement.period_last is None:
        return 0, []
    period = Period(statement.period_first, statement.period_last)
    if ours is not None:
        booked = BankTransaction.objects.current().filter(
            settlement_account=ours, booked_on__range=(period.first, period.last)
        )
        return gathering.days_that_differ(marked, booked.values_list("booked_on", "fingerprint"), period=period), []
    if statement.read_at is not None:
        still = contradicting.still_standing(statement)
        if not statement.contradictions and contradicting.of_one_account(statement).exists():
            return statement.contradiction_count, []  # found before the days were kept
        return len(still), still
    others = contradicting.of_one_account(statement).filter(period_first__isnull=False)
    known = [(owner, move) for move, owner, _number in recorded if owner in {each.pk for each in others}]
    told = gathering.movements(marked, account_key=statement.account_key)
    found = contradicting.told_otherwise(told, known=known, period=period, others=list(others))
    return len(found), found


def _rows(
    statement: StatementImport,
    fresh: Sequence[tuple[ParsedLine, str]],
    *,
    own_keys: frozenset[str],
    at: datetime,
) -> list[BankTransaction]:
    rows = [_row(statement, line, mark, at=at) for line, mark in fresh]
    corrections = Corrections.of(statement.enterprise, rows)
    for row in rows:
        by_rules = categorize(
            amount=row.amount,
            description=row.description,
            counterparty_name=row.counterparty_name,
            own_keys=own_keys,
        )
        corrections.apply(row, by_rules=by_rules)
    return rows


def _row(statement: StatementImport, line: ParsedLine, mark: str, *, at: datetime) -> BankTransaction:
    number, name = parties.number_and_name(line.counterparty_number, line.counterparty_name)
    return BankTransaction(
        statement=statement,
        enterprise_id=statement.enterprise_id,
        line_number=line.number,
        booked_on=line.booked_on,
        amount=line.amount,
        currency=line.currency,
        balance_after=line.balance_after,
        counterparty_name=line.counterparty_name,
        counterparty_key=counterparty_key(name),
        counterparty_account_masked=parties.masked(number),
        counterparty_account_key=lookup_hash(number) if number else "",
        description=line.description,
        bank_reference=line.reference,
        is_counted=line.currency == settings.BANK_CURRENCY and not statement.is_foreign_holder,
        fingerprint=mark,
        entry_mark=gathering.entry_mark(line, account_key=statement.account_key),
        recorded_at=at,
    )
