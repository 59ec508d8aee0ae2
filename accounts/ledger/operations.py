"""The books' verbs: open them, post, reverse, remember sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import queries
from accounts.ledger.chart import CHART
from accounts.ledger.models import (
    Direction,
    JournalEntry,
    LedgerAccount,
    LedgerBalance,
    Posting,
)
from portal.core import audit
from portal.core.idempotency import fingerprint_of
from portal.core.money import is_exact, minor_units
from portal.core.refusals import Refusal, register

ARRIVAL_LOCK: Final = 7_203_002  # shared by every statement that inserts postings: see the migration's trigger
LARGEST_AMOUNT: Final = Decimal("999999999999.99")

# Posting is what everything waits for: two statements are written by hand, for one round trip each.
ENTRY_COLUMNS: Final = (
    "reference", "key", "fingerprint", "event", "subject", "text", "effective_date", "posted_at", "by", "line_count",
    "reverses_id",
)  # fmt: skip
INSERT_ENTRY: Final = f"""
INSERT INTO accounts_journalentry ({", ".join(ENTRY_COLUMNS)})
VALUES ({", ".join(f"%({name})s" for name in ENTRY_COLUMNS)})
ON CONFLICT DO NOTHING RETURNING id"""  # noqa: S608 - our own names
MOVE_BALANCES: Final = """
UPDATE accounts_ledgerbalance kept SET amount = kept.amount + moved.change
FROM unnest(%s::bigint[], %s::numeric[]) AS moved (ledger_account_id, change)
WHERE kept.ledger_account_id = moved.ledger_account_id"""

register(
    {
        "ledger_key_reused": _("This was already booked with other content. Reload the page and try again."),
        "amount_refused": _("Enter an amount above zero, with no more decimals than the currency has."),
        "entry_unbalanced": _("Debits and credits are not equal in every currency."),
        "insufficient_funds": _("There is not enough money in the account."),
        "already_reversed": _("This entry was already reversed."),
        "reversal_not_reversible": _("A reversal cannot be reversed. Book the movement again instead."),
        "account_is_a_summary": _("This account only sums others. Choose one of the accounts below it."),
    }
)


@dataclass(frozen=True)
class Line:
    """A posting to be: which account, which side, how much (in the account's currency)."""

    ledger_account: LedgerAccount
    direction: Direction
    amount: Decimal

    @property
    def change(self) -> Decimal:
        """By how much the account's balance grows, seen from its normal side."""
        return self.amount if self.direction == self.ledger_account.normal_side else -self.amount

    @property
    def reversed(self) -> "Line":
        """The line that undoes this one."""
        return Line(self.ledger_account, self.direction.opposite, self.amount)


def debit(ledger_account: LedgerAccount, amount: Decimal) -> Line:
    """Make a line on the debit side."""
    return Line(ledger_account, Direction.DEBIT, amount)


def credit(ledger_account: LedgerAccount, amount: Decimal) -> Line:
    """Make a line on the credit side."""
    return Line(ledger_account, Direction.CREDIT, amount)


@transaction.atomic(durable=True)
def open_books(currency: str, *, at: datetime, by: str = "system") -> list[LedgerAccount]:
    """Open the bank's chart of accounts in a currency; accounts that already stand are left alone."""
    accounts = [
        LedgerAccount(
            code=f"{line.number}-{currency}",
            purpose=line.purpose,
            name_en=line.name_en,
            name_zh_hans=line.name_zh_hans,
            kind=line.kind,
            normal_side=line.normal_side,
            currency=currency,
            is_summary=line.is_summary,
            opened_at=at,
        )
        for line in CHART
    ]
    standing = LedgerAccount.objects.internal().filter(currency=currency).count()
    LedgerAccount.objects.bulk_create(accounts, ignore_conflicts=True)
    opened = list(LedgerAccount.objects.internal().filter(currency=currency).order_by("code"))
    if len(opened) > standing:
        audit.record("ledger.books_opened", subject=currency, by=by, at=at, details={"accounts": len(opened)})
    return opened


def open_customer_account(
    code: str, *, name_en: str, name_zh_hans: str, currency: str, at: datetime, overdraft_amount: Decimal = Decimal(0)
) -> LedgerAccount:
    """Open a customer's account under the deposits, with the balance row that is locked when money moves.

    An inner step.
    """
    assert connection.in_atomic_block, "an account and its balance row stand or fall together"
    summary = LedgerAccount.objects.named("customer_deposits", currency)
    account = LedgerAccount.objects.create(
        code=code,
        name_en=name_en,
        name_zh_hans=name_zh_hans,
        kind=summary.kind,
        normal_side=summary.normal_side,
        currency=currency,
        is_customer=True,
        summary=summary,
        opened_at=at,
    )
    LedgerBalance.objects.create(ledger_account=account, overdraft_amount=overdraft_amount)
    return account


class KeyReused(Refusal):
    """The key already posted an entry with other content."""

    code = "ledger_key_reused"


class AmountRefused(Refusal):
    """An amount is zero, negative, finer than its currency or beyond every reason."""

    code = "amount_refused"


class EntryUnbalanced(Refusal):
    """Debits and credits differ in a currency, or there are fewer than two lines."""

    code = "entry_unbalanced"


class AccountIsASummary(Refusal):
    """The account only sums others."""

    code = "account_is_a_summary"


class InsufficientFunds(Refusal):
    """A customer's account would fall below what its terms allow."""

    code = "insufficient_funds"


class AlreadyReversed(Refusal):
    """Another entry already reverses this one."""

    code = "already_reversed"


class ReversalNotReversible(Refusal):
    """The entry is itself a reversal."""

    code = "reversal_not_reversible"


def post(
    *,
    key: str,
    event: str,
    subject: str,
    lines: Iterable[Line],
    effective_date: date,
    at: datetime,
    by: str,
    text: str = "",
) -> JournalEntry:
    """Post one entry inside the caller's transaction, and move the balances of the customers it touches.

    The same key with the same content (event, subject, date, text, lines; not who and when) returns the first entry; a
    twin posting the same key at the same time is waited for.

    :raises AmountRefused: when an amount is not a positive whole number of minor units.
    :raises EntryUnbalanced: when debits and credits differ in a currency.
    :raises AccountIsASummary: when a line names an account that takes no postings.
    :raises KeyReused: when the key posted something else.
    :raises InsufficientFunds: when a customer's account would fall below its limit, decided under lock.
    """
    entry = JournalEntry(
        key=key, event=event, subject=subject, text=text, effective_date=effective_date, posted_at=at, by=by
    )
    return _posted(entry, list(lines))


def reverse(entry: JournalEntry, *, key: str, at: datetime, by: str, on: date) -> JournalEntry:
    """Undo an entry by its mirror image, once; an inner step like ``post``.

    :raises ReversalNotReversible: when the entry is itself a reversal.
    :raises AlreadyReversed: when another key reversed it.
    :raises KeyReused: when the key posted something else.
    :raises InsufficientFunds: when a customer already spent what would be taken back.
    """
    if entry.reverses_id:
        raise ReversalNotReversible
    postings = entry.postings.select_related("ledger_account").order_by("pk")
    lines = [Line(line.ledger_account, Direction(line.direction), line.amount).reversed for line in postings]
    mirror = JournalEntry(
        key=key,
        event=f"{entry.event}_reversed",
        subject=entry.subject,
        text=entry.text,
        effective_date=on,
        posted_at=at,
        by=by,
        reverses=entry,
    )
    return _posted(mirror, lines)


def _posted(entry: JournalEntry, lines: Sequence[Line]) -> JournalEntry:
    assert connection.in_atomic_block, "an entry belongs to the transaction of what it books"
    _check(lines)
    entry.line_count = len(lines)
    entry.fingerprint = _fingerprint(entry, lines)
    kept = _claim(entry)
    if kept.reference != entry.reference:
        return kept
    _move_balances(lines)
    Posting.objects.bulk_create(
        Posting(
            entry=kept,
            ledger_account=line.ledger_account,
            direction=line.direction,
            amount=line.amount,
            effective_date=entry.effective_date,
        )
        for line in lines
    )
    return kept


def _check(lines: Sequence[Line]) -> None:
    sums: dict[str, Decimal] = {}
    for line in lines:
        currency = line.ledger_account.currency
        if not (is_exact(line.amount, currency) and 0 < line.amount <= LARGEST_AMOUNT):
            raise AmountRefused(amount=str(line.amount), currency=currency)
        if line.ledger_account.is_summary:
            raise AccountIsASummary(account=line.ledger_account.code)
        signed = line.amount if line.direction == Direction.DEBIT else -line.amount
        sums[currency] = sums.get(currency, Decimal(0)) + signed
    if len(lines) < 2 or any(sums.values()):
        raise EntryUnbalanced


def _fingerprint(entry: JournalEntry, lines: Sequence[Line]) -> str:
    told = [entry.event, entry.subject, entry.text, entry.effective_date, entry.reverses_id]
    moved = [
        [line.ledger_account.pk, line.direction, minor_units(line.amount, line.ledger_account.currency)]
        for line in lines
    ]
    return fingerprint_of([told, moved])


def _claim(entry: JournalEntry) -> JournalEntry:
    """Insert the entry unless its key (or the reversal's place) is taken; return whichever entry holds the key."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ENTRY, {name: getattr(entry, name) for name in ENTRY_COLUMNS})
        inserted = cursor.fetchone()
    if inserted:
        entry.pk = inserted[0]
        entry._state.adding = False  # noqa: SLF001 - Django's documented mark of a saved row
        return entry
    kept = JournalEntry.objects.filter(key=entry.key).first()
    if kept is None:
        assert entry.reverses_id, "a reference of sixty random bits came twice"
        raise AlreadyReversed
    if kept.fingerprint != entry.fingerprint:
        raise KeyReused
    return kept


def _move_balances(lines: Sequence[Line]) -> None:
    changes: dict[int, Decimal] = {}
    for line in lines:
        if line.ledger_account.is_customer:
            changes[line.ledger_account.pk] = changes.get(line.ledger_account.pk, Decimal(0)) + line.change
    if not changes:
        return
    for balance in LedgerBalance.objects.filter(pk__in=changes).locked():
        change = changes[balance.pk]
        if change < 0 and balance.amount + change < -balance.overdraft_amount:
            raise InsufficientFunds
    with connection.cursor() as cursor:
        cursor.execute(MOVE_BALANCES, [list(changes), list(changes.values())])


def take_snapshots(as_of: date, *, at: datetime) -> int:
    """Remember each account's sums up to the end of a day, where they moved since, and tell for how many accounts.

    Posting stops only for the moment in which the last posting is read: whoever posts shares the lock taken here.
    """
    last = _last_posting()
    sql = f"""
        INSERT INTO accounts_balancesnapshot
            (ledger_account_id, as_of, last_posting, debit_amount, credit_amount, taken_at)
        SELECT id, %(on)s, %(last)s, debit, credit, %(at)s FROM ({queries.SUMS}) sums WHERE moved > 0
        ON CONFLICT (ledger_account_id, as_of) DO NOTHING"""  # noqa: S608 - our own text, no one's input
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(sql, {"on": as_of, "last": last, "at": at})
        return int(cursor.rowcount)


@transaction.atomic(durable=True)
def _last_posting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ARRIVAL_LOCK])
        cursor.execute("SELECT coalesce(max(id), 0) FROM accounts_posting")
        return int(cursor.fetchone()[0])
