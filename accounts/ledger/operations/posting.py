"""Writing entries, and undoing them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from django.db import connection
from django.db.utils import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts.ledger import queries
from accounts.ledger.models import Direction, JournalEntry, LedgerAccount, entry_reference
from portal.core.idempotency import fingerprint_of
from portal.core.money import minor_units
from portal.core.refusals import Refusal, register

LARGEST_AMOUNT: Final = Decimal("999999999999.99")
POST: Final = "SELECT accounts_post_entry(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"

register(
    {
        "ledger_key_reused": _("This was already booked with other content. Reload the page and try again."),
        "amount_refused": _("Enter an amount above zero, with no more decimals than the currency has."),
        "entry_unbalanced": _("Debits and credits are not equal in every currency."),
        "insufficient_funds": _("There is not enough money in the account."),
        "insufficient_funds_available": _("There is not enough money: this account can pay %(available)s now."),
        "already_reversed": _("This entry was already reversed."),
        "reversal_not_reversible": _("A reversal cannot be reversed. Book the movement again instead."),
        "account_is_a_summary": _("This account only sums others. Choose one of the accounts below it."),
        "period_closed": _("The books are closed up to %(closed_up_to)s. Choose a later date."),
    }
)


class Line(NamedTuple):
    """A posting to be: which account, which side, how much (in the account's currency)."""

    ledger_account: LedgerAccount
    direction: Direction
    amount: Decimal

    @property
    def signed(self) -> Decimal:
        """The amount, above zero on the debit side and below on the credit side."""
        return self.amount if self.direction == Direction.DEBIT else -self.amount

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
    """A customer's account would fall below what its terms allow; ``available`` is what it can pay, in ``currency``."""

    code = "insufficient_funds"

    @property
    def sentence_code(self) -> str:
        """Name what is available, where that is known; a record of it that is read later does not."""
        return "insufficient_funds_available" if "available" in self.params else self.code


def too_little(ledger_account: LedgerAccount) -> InsufficientFunds:
    """Make the refusal of an account that cannot pay so much; it names what the account can."""
    available = max(queries.available_balance(ledger_account), Decimal(0))
    return InsufficientFunds(available=available, currency=ledger_account.currency)


class PeriodClosed(Refusal):
    """The date lies in a month whose books are closed."""

    code = "period_closed"


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
    :raises PeriodClosed: when the date lies in a closed month.
    """
    return _posted(_Told(key, event, subject, text, effective_date, at, by, None), list(lines))


def reverse(entry: JournalEntry, *, key: str, at: datetime, by: str, on: date) -> JournalEntry:
    """Undo an entry by its mirror image, once; an inner step like ``post``.

    :raises ReversalNotReversible: when the entry is itself a reversal.
    :raises AlreadyReversed: when another key reversed it.
    :raises KeyReused: when the key posted something else.
    :raises InsufficientFunds: when a customer already spent what would be taken back.
    :raises PeriodClosed: when the date lies in a closed month.
    """
    if entry.reverses_id:
        raise ReversalNotReversible
    postings = entry.postings.select_related("ledger_account").order_by("line_number")
    lines = [Line(line.ledger_account, Direction(line.direction), line.amount).reversed for line in postings]
    mirror = _Told(key, f"{entry.event}_reversed", entry.subject, entry.text, on, at, by, entry.pk)
    return _posted(mirror, lines)


class _Told(NamedTuple):
    """What an entry to be says beside its lines."""

    key: str
    event: str
    subject: str
    text: str
    effective_date: date
    at: datetime
    by: str
    reverses_id: int | None


def _posted(told: _Told, lines: Sequence[Line]) -> JournalEntry:
    assert connection.in_atomic_block, "an entry belongs to the transaction of what it books"
    moved = _checked(lines)
    content = [told.event, told.subject, told.text, told.effective_date.isoformat(), told.reverses_id]
    fingerprint = fingerprint_of([content, moved])
    reference = entry_reference()
    pk = _write(told, lines, reference=reference, fingerprint=fingerprint)
    if pk is None:
        return _standing(told, lines, fingerprint=fingerprint)
    key, event, subject, text, effective_date, at, by, reverses_id = told
    entry = JournalEntry(  # by position, which Django does in half the time
        pk, reference, key, fingerprint, event, subject, text, effective_date, at, by, len(lines), reverses_id
    )
    entry._state.adding = False  # noqa: SLF001 - Django's documented mark of a saved row
    return entry


def _checked(lines: Sequence[Line]) -> list[list[object]]:
    """Refuse lines that no entry may have, and tell each as its account, side and minor units."""
    sums: dict[str, int] = {}
    moved: list[list[object]] = []
    for line in lines:
        account = line.ledger_account
        if account.is_summary:
            raise AccountIsASummary(account=account.code)
        minor = check_amount(line.amount, account.currency)
        sign = 1 if line.direction == Direction.DEBIT else -1
        sums[account.currency] = sums.get(account.currency, 0) + sign * minor
        moved.append([account.id, line.direction, minor])
    if len(lines) < 2 or any(sums.values()):
        raise EntryUnbalanced
    return moved


def check_amount(amount: Decimal, currency: str) -> int:
    """Refuse what is no amount of money that can move, and tell its minor units; an inner step.

    :raises AmountRefused: when it is not a positive whole number of minor units.
    """
    try:
        minor = minor_units(amount, currency)
    except ValueError:
        minor = 0
    if minor <= 0 or amount > LARGEST_AMOUNT:
        raise AmountRefused(amount=str(amount), currency=currency)
    return minor


def array(values: Iterable[object]) -> str:
    """Write numbers or plain words as one literal, which the database reads faster than an expression of many."""
    return f"{{{','.join(map(str, values))}}}"


def _write(told: _Told, lines: Sequence[Line], *, reference: str, fingerprint: str) -> int | None:
    """Write the entry in one round trip, by the function that stands beside the migration, and tell its id, if it was.

    Customers come in the order of their ids, so that nobody waits in a circle.
    """
    changes: dict[int, Decimal] = {}
    for line in lines:
        account = line.ledger_account
        if account.is_customer:
            changes[account.id] = changes.get(account.id, Decimal(0)) + line.change
    customers = sorted(changes)
    values = [
        reference,
        told.key,
        fingerprint,
        told.event,
        told.subject,
        told.text,
        told.effective_date.isoformat(),
        told.at.isoformat(),
        told.by,
        told.reverses_id,
        array(customers),
        array([changes[customer] for customer in customers]),
        array([line.ledger_account.id for line in lines]),
        array([line.signed for line in lines]),
    ]
    try:
        with connection.cursor() as cursor:
            cursor.execute(POST, values)
            (pk,) = cursor.fetchone()
    except IntegrityError as error:  # the month was closed while this statement waited
        if (
            getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
            == "posting_stays_out_of_closed_months"
        ):
            raise PeriodClosed(closed_up_to=told.effective_date.isoformat()) from error
        raise
    return pk if pk is None else int(pk)


def _standing(told: _Told, lines: Sequence[Line], *, fingerprint: str) -> JournalEntry:
    """Return the entry that already holds the key, or refuse for the reason why nothing was written."""
    kept = JournalEntry.objects.filter(key=told.key).first()
    if kept is not None:
        if kept.fingerprint != fingerprint:
            raise KeyReused
        return kept
    if told.reverses_id and JournalEntry.objects.filter(reverses=told.reverses_id).exists():
        raise AlreadyReversed
    closed_up_to = queries.closed_up_to()
    if closed_up_to and told.effective_date <= closed_up_to:
        raise PeriodClosed(closed_up_to=closed_up_to.isoformat())
    payers = {line.ledger_account for line in lines if line.ledger_account.is_customer and line.change < 0}
    raise too_little(payers.pop()) if len(payers) == 1 else InsufficientFunds
