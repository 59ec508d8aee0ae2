"""Which bank account a file is of: one that we keep ourselves, or one that another file told of by its number."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from accounts.cashflow import gathering, parties
from accounts.cashflow.gathering import Movements
from accounts.cashflow.models import BankTransaction, StatementImport
from accounts.settlement.models import SettlementAccount
from accounts.statements.parsing import ParsedStatement
from portal.core.fields import lookup_hash


def key_of(statement: StatementImport, account: str) -> str:
    """Give the key of the account that a statement names, however its number is written.

    Files from before numbers had one form, which name it as this one does, are known by that key from now on, too.
    """
    number = parties.whole_number(account) or account
    if number != account:
        earlier = StatementImport.objects.filter(enterprise=statement.enterprise_id, account_key=lookup_hash(account))
        earlier.update(account_key=lookup_hash(number))
    return lookup_hash(number)


def settlement_account_of(statement: StatementImport) -> SettlementAccount | None:
    """Find the enterprise's settlement account with us that a statement tells of."""
    if not statement.account_key:
        return None
    accounts = SettlementAccount.objects.filter(enterprise=statement.enterprise_id)
    return next((each for each in accounts if lookup_hash(each.number) == statement.account_key), None)


def recognize(told: Sequence[tuple[StatementImport, ParsedStatement]]) -> None:
    """Know files without an account number by their payments, so that they are not counted twice.

    A file that names its account gives its number to files read before that name none and tell the same payments.
    """
    known = lines_in_days([statement for statement, _whole in told], *_COLUMNS)
    numbers: dict[str, str] = {}
    for statement, whole in told:
        moves = Counter((line.booked_on, line.amount, line.currency) for line in whole.lines)
        named, nameless = _groups(known.get(statement.enterprise_id, ()), numbers)
        nameless.pop(statement.pk, None)
        if not statement.account_key:
            alike = [key for key, others in named.items() if gathering.are_alike(moves, others)]
            statement.account_key = alike[0] if len(alike) == 1 else ""
            continue
        same = [pk for pk, others in nameless.items() if gathering.are_alike(moves, others)]
        StatementImport.objects.filter(pk__in=same).update(account_key=statement.account_key)


_COLUMNS = ("booked_on", "amount", "currency", "statement_id", "statement__account_key", "settlement_account__number")


def _groups(rows: Iterable[Any], numbers: dict[str, str]) -> tuple[dict[str, Movements], dict[int, Movements]]:
    """Count the payments that are evidence in a statement's days: by account, and by file where it names none."""
    named: dict[str, Movements] = {}
    nameless: dict[int, Movements] = {}
    for day, amount, currency, owner, key, number in rows:
        if number and number not in numbers:
            numbers[number] = lookup_hash(number)
        group = named.setdefault(key or numbers.get(number, ""), Counter()) if key or number else None
        if group is None:
            group = nameless.setdefault(owner, Counter())
        group[(day, amount, currency)] += 1
    return named, nameless


def lines_in_days(statements: Iterable[StatementImport], *columns: str) -> dict[int, list[tuple[Any, ...]]]:
    """Fetch what is evidence in the days of statements, each of an enterprise of its own, by enterprise."""
    days = Q(pk__in=())
    for each in statements:
        if each.period_first is not None and each.period_last is not None:
            days |= Q(enterprise=each.enterprise_id, booked_on__range=(each.period_first, each.period_last))
    found: dict[int, list[tuple[Any, ...]]] = {}
    rows = BankTransaction.objects.current().filter(days).values_list("enterprise_id", *columns)
    for enterprise, *row in rows:
        found.setdefault(enterprise, []).append(tuple(row))
    return found
