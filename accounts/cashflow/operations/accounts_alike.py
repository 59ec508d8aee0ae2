"""Which bank account a file is of: one that we keep ourselves, or one that another file told of by its number."""

from collections import Counter
from collections.abc import Mapping, Sequence

from accounts.cashflow import gathering, parties
from accounts.cashflow.gathering import Movements
from accounts.cashflow.models import BankTransaction, StatementImport
from accounts.settlement.models import SettlementAccount
from accounts.statements.parsing import ParsedLine
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


def recognize(statement: StatementImport, lines: Sequence[ParsedLine]) -> None:
    """Know a file without an account number by its payments, so that they are not counted twice.

    A file that names its account gives its number to files read before that name none and tell the same payments.
    """
    told = Counter((line.booked_on, line.amount, line.currency) for line in lines)
    named, nameless = _groups(statement)
    if not statement.account_key:
        alike = [key for key, known in named.items() if gathering.are_alike(told, known)]
        statement.account_key = alike[0] if len(alike) == 1 else ""
        return
    same = [pk for pk, known in nameless.items() if gathering.are_alike(told, known)]
    StatementImport.objects.filter(pk__in=same).update(account_key=statement.account_key)


def _groups(statement: StatementImport) -> tuple[Mapping[str, Movements], Mapping[int, Movements]]:
    """Count the payments that are evidence in the statement's days: by account, and by file where it names none."""
    named: dict[str, Movements] = {}
    nameless: dict[int, Movements] = {}
    if statement.period_first is None or statement.period_last is None:
        return named, nameless
    rows = BankTransaction.objects.current().filter(
        enterprise=statement.enterprise_id, booked_on__range=(statement.period_first, statement.period_last)
    )
    numbers: dict[str, str] = {}
    columns = (
        "booked_on",
        "amount",
        "currency",
        "statement_id",
        "statement__account_key",
        "settlement_account__number",
    )
    for day, amount, currency, owner, key, number in rows.values_list(*columns):
        if number and number not in numbers:
            numbers[number] = lookup_hash(number)
        group = named.setdefault(key or numbers.get(number, ""), Counter()) if key or number else None
        if group is None:
            group = nameless.setdefault(owner, Counter())
        group[(day, amount, currency)] += 1
    nameless.pop(statement.pk, None)
    return named, nameless
