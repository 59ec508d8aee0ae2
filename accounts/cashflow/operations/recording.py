"""From what files tell to evidence: what is new of a bank account becomes lines, what is told otherwise is noted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.cashflow import breaks, gathering, parties
from accounts.cashflow.categories import categorize, counterparty_key
from accounts.cashflow.gathering import Movement, Period
from accounts.cashflow.models import BankTransaction, StatementImport
from accounts.cashflow.operations import accounts_alike, contradicting
from accounts.cashflow.operations.categorizing import Corrections
from accounts.cashflow.operations.naming import stand_for
from accounts.cashflow.states import TRANSITIONS, Event
from accounts.settlement.models import SettlementAccount
from accounts.statements.parsing import ParsedLine, ParsedStatement
from portal.core import audit
from portal.core.copying import copy_in
from portal.core.fields import lookup_hash
from portal.core.transitions import target_of

Recorded = tuple[Movement, int | None, int]
Names = Mapping[int, frozenset[str]]  # that stand for an enterprise, by its key


@dataclass(frozen=True)
class _Account:
    """A statement of one bank account, every line of it with its mark, and of these what is no evidence yet."""

    statement: StatementImport
    whole: ParsedStatement
    marked: Sequence[tuple[ParsedLine, str]]
    fresh: Sequence[tuple[ParsedLine, str]]


def record(told: Sequence[tuple[StatementImport, ParsedStatement]], *, own_keys: Names, at: datetime) -> None:
    """Record what statements tell, each of an enterprise of its own that is locked; an inner step."""
    for statement, whole in told:
        _describe(statement, whole, own_keys=own_keys[statement.enterprise_id])
    accounts_alike.recognize(told)
    recorded = _recorded([statement for statement, _whole in told])
    accounts = [_compared(*each, recorded.get(each[0].enterprise_id, ())) for each in told]
    copy_in(_rows(accounts, own_keys=own_keys, at=at))
    for each in accounts:
        each.statement.status = target_of(TRANSITIONS, Event.READ, each.statement.status)
        each.statement.read_at = at
        each.statement.save()
    audit.record_many("cashflow.statement_read", map(_noted, accounts), by=None, at=at)


def _compared(statement: StatementImport, whole: ParsedStatement, recorded: Sequence[Recorded]) -> _Account:
    """Hold a statement against what is evidence: what is new, and what is told otherwise."""
    ours = accounts_alike.settlement_account_of(statement)
    marked = [(line, gathering.fingerprint(line, account_key=statement.account_key)) for line in whole.lines]
    own = frozenset(number for _move, owner, number in recorded if owner == statement.pk)
    statement.contradiction_count, statement.contradictions = _contradictions(statement, marked, recorded, ours=ours)
    known = [move for move, _owner, _number in recorded]
    fresh = gathering.new_lines(marked, known=Counter(move.mark for move in known), kept_numbers=own)
    told = gathering.movements(marked, account_key=statement.account_key)
    fresh = gathering.not_told_otherwise(fresh, told=told, known=known, account_key=statement.account_key)
    if ours is not None:
        fresh = []  # our own books tell all that there is
    statement.line_count = len(marked)
    statement.known_count = len(marked) - len(own) - len(fresh)
    return _Account(statement, whole, marked, fresh)


def _noted(account: _Account) -> tuple[str, dict[str, int]]:
    details = {
        "lines": len(account.marked),
        "new": len(account.fresh),
        "contradictions": account.statement.contradiction_count,
        "breaks": account.statement.break_count,
    }
    return account.statement.reference, details


def _describe(statement: StatementImport, whole: ParsedStatement, *, own_keys: frozenset[str]) -> None:
    account = "".join(whole.account_identifier.split())
    statement.format = whole.format
    foreign = [name for name in (whole.holder_name, *whole.other_holders) if not _may_hold(name, own_keys)]
    statement.holder_name = foreign[0] if foreign else whole.holder_name
    statement.is_foreign_holder = bool(foreign) or _is_kept_for_another(statement, account)
    statement.leaves_cards_out = whole.leaves_cards_out
    statement.account_masked = parties.masked(parties.whole_number(account) or account)
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


def _recorded(statements: Sequence[StatementImport]) -> dict[int, list[Recorded]]:
    """Fetch what is evidence in statements' days, with its statement and number, by enterprise.

    Lines of a statement's own bank account are marked as its lines are, even if recorded before it was recognized.
    """
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
    keys = {each.enterprise_id: each.account_key for each in statements}
    told: dict[int, list[Recorded]] = {}
    for enterprise, rows in accounts_alike.lines_in_days(statements, *columns).items():
        told[enterprise] = []
        for day, amount, currency, recorded, entry, owner, number, key in rows:
            is_own = key and key == keys[enterprise]
            mark = gathering.plain_mark(day, amount, currency, account_key=key) if is_own else recorded
            told[enterprise].append((Movement(day, amount, mark, entry), owner, number))
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


def _rows(accounts: Sequence[_Account], *, own_keys: Names, at: datetime) -> list[BankTransaction]:
    fresh = {
        each.statement.enterprise: [_row(each.statement, line, mark, at=at) for line, mark in each.fresh]
        for each in accounts
    }
    corrections = Corrections.of_each(fresh)
    for each in accounts:
        holder_keys = {counterparty_key(each.whole.holder_name)}
        for row in fresh[each.statement.enterprise]:
            by_rules = categorize(
                amount=row.amount,
                description=row.description,
                counterparty_name=row.counterparty_name,
                own_keys=own_keys[each.statement.enterprise_id],
                holder_keys=holder_keys,
            )
            corrections[row.enterprise_id].apply(row, by_rules=by_rules)
    return [row for rows in fresh.values() for row in rows]


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
