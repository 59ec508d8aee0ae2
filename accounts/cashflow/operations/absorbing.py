"""What our own books tell of an enterprise becomes evidence without any upload."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from accounts.cashflow import gathering, own_books, parties, queries
from accounts.cashflow.categories import categorize, counterparty_key
from accounts.cashflow.models import BankTransaction, Invoice
from accounts.cashflow.operations.categorizing import Corrections
from accounts.cashflow.operations.naming import names_of
from accounts.cashflow.states import Direction as InvoiceDirection
from accounts.identity.models import Enterprise
from accounts.identity.operations import lock_to_change
from accounts.ledger.models import Posting
from accounts.settlement import queries as settlement
from accounts.settlement.models import SettlementAccount, Transfer
from portal.core.fields import lookup_hash

BATCH: Final = 2_000


@transaction.atomic(durable=True)
def absorb_new(*references: str, at: datetime) -> int:
    """Record what was booked on enterprises' settlement accounts since the last time; tell how many lines."""
    enterprises = list(Enterprise.objects.filter(reference__in=references))
    return absorb(*enterprises, at=lock_to_change(*(each.pk for each in enterprises), at=at))


def absorb(*enterprises: Enterprise, at: datetime) -> int:
    """Record the new postings of enterprises' settlement accounts as lines; an inner step of whoever measures.

    An account's postings arrive in the order of their numbers, because its balance is locked while one is written: so
    those above the highest number recorded are the new ones.
    """
    assert connection.in_atomic_block, "evidence is absorbed in the transaction that needs it"
    behind = queries.behind().filter(enterprise__in=enterprises)
    if not behind.exists():
        return 0
    list(Enterprise.objects.locked().filter(pk__in=[each.pk for each in enterprises]))
    rows: list[BankTransaction] = []
    accounts = list(behind.all())
    lasts = _last_lines(accounts)
    for enterprise in enterprises:
        held = [account for account in accounts if account.enterprise_id == enterprise.pk]
        if held:
            corrections, names = Corrections.of(enterprise), _names_around(enterprise)
            for account in held:
                rows += _rows(account, lasts.get(account.pk), corrections, names, at=at)
    _uncount(rows, accounts, at=at)
    BankTransaction.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def _last_lines(accounts: Sequence[SettlementAccount]) -> dict[int | None, BankTransaction]:
    known = [account.known for account in accounts]  # type: ignore[attr-defined]  # annotated
    lines = BankTransaction.objects.filter(settlement_account__in=accounts, posting__in=known).order_by("pk")
    return {line.settlement_account_id: line for line in lines}


@dataclass(frozen=True)
class Names:
    """The name in which an enterprise holds its accounts, all its own, and those of whoever it bought from."""

    holder: str
    own: frozenset[str]
    sellers: frozenset[str]


def _names_around(enterprise: Enterprise) -> Names:
    return Names(counterparty_key(enterprise.legal_name), names_of(enterprise), _sellers_to(enterprise))


def _sellers_to(enterprise: Enterprise) -> frozenset[str]:
    bought = Invoice.objects.current().filter(enterprise=enterprise, direction=InvoiceDirection.PURCHASE, is_valid=True)
    return frozenset(bought.values_list("counterparty_key", flat=True)) - {""}


def _rows(
    account: SettlementAccount, last: BankTransaction | None, corrections: Corrections, names: Names, *, at: datetime
) -> Iterator[BankTransaction]:
    number, balance = (last.line_number, last.balance_after or Decimal(0)) if last else (0, Decimal(0))
    new: Any = settlement.postings(account).filter(pk__gt=account.known).order_by("pk")  # type: ignore[attr-defined]
    for posting in new.select_related(
        "entry__transfer__source__enterprise",
        "entry__transfer__destination__enterprise",
        "entry__payment_instruction__payee",
        "entry__reverses",
    ):
        number, balance = number + 1, balance + posting.signed
        row = _row(account, posting, number=number, balance=balance, at=at)
        corrections.apply(row, by_rules=_by_event(posting, row, names))
        yield row


def _row(
    account: SettlementAccount, posting: Posting, *, number: int, balance: Decimal, at: datetime
) -> BankTransaction:
    name, amount = settlement.counterparty(posting), posting.signed  # type: ignore[attr-defined]  # annotated
    key, their = lookup_hash(account.number), parties.whole_number(settlement.counterparty_number(posting))
    return BankTransaction(
        settlement_account=account,
        posting=posting,
        enterprise_id=account.enterprise_id,
        line_number=number,
        booked_on=posting.effective_date,
        amount=amount,
        currency=account.currency,
        balance_after=balance,
        counterparty_name=name[:140],
        counterparty_key=counterparty_key(name),
        counterparty_account_masked=parties.masked(their),
        counterparty_account_key=lookup_hash(their) if their else "",
        description=posting.entry.text,
        bank_reference=posting.entry.reference,
        is_counted=account.currency == settings.BANK_CURRENCY,
        fingerprint=gathering.plain_mark(posting.effective_date, amount, account.currency, account_key=key),
        recorded_at=at,
    )


def _by_event(posting: Posting, row: BankTransaction, names: Names) -> str:
    """Tell the category exactly where the event does, otherwise by the rules."""
    entry: Any = posting.entry
    transfer = getattr(entry, "transfer", None)
    if transfer is not None and transfer.source.enterprise_id == transfer.destination.enterprise_id:
        return "own_transfer"
    exact = own_books.category_of(entry.event, way=row.way)
    if exact:
        return exact
    amount = -abs(row.amount) if own_books.comes_back(entry.event) else row.amount
    found = categorize(
        amount=amount,
        description=entry.text,
        counterparty_name=row.counterparty_name,
        own_keys=names.own,
        holder_keys={names.holder},
    )
    if found != "unknown":
        return found
    if own_books.comes_back(entry.event) or (row.way < 0 and _buys(transfer, row, names)):
        return "supplier_payment"
    return found


def _buys(transfer: Transfer | None, row: BankTransaction, names: Names) -> bool:
    """Tell whether money out that no word explains went to a trade: another enterprise here, or a seller by invoices.

    A payee elsewhere who is known by a person's name alone may be anybody.
    """
    return transfer is not None or row.counterparty_key in names.sellers


def _uncount(rows: Sequence[BankTransaction], accounts: Sequence[SettlementAccount], *, at: datetime) -> None:
    """Let movements that were undone and what undid them not count: the books took them back.

    Those recorded before are superseded by copies that do not count.
    """
    undone: set[int] = set()
    for row in rows:
        assert row.posting is not None
        if row.posting.entry.reverses_id:
            row.is_counted = False
            undone.add(row.posting.entry.reverses_id)
    if not undone:
        return
    for row in rows:
        if row.posting is not None and row.posting.entry_id in undone:
            row.is_counted = False
    lines = BankTransaction.objects.current().filter(
        settlement_account__in=accounts, posting__entry__in=undone, is_counted=True
    )
    copies = list(_copies(list(lines), at=at))
    lines.update(superseded_at=at)
    BankTransaction.objects.bulk_create(copies, batch_size=BATCH)


def _copies(lines: Iterable[BankTransaction], *, at: datetime) -> Iterator[BankTransaction]:
    for line in lines:
        line.pk, line.is_counted, line.recorded_at = None, False, at
        yield line
