"""Opening the books and the accounts in them."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger.chart import CHART
from accounts.ledger.models import LedgerAccount, LedgerBalance
from portal.core import audit
from portal.core.refusals import Refusal, register

register({"overdraft_in_use": _("The account already stands further below zero, or money is kept back on it.")})


@transaction.atomic(durable=True)
def open_books(currency: str, *, at: datetime) -> list[LedgerAccount]:
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
        audit.record("ledger.books_opened", subject=currency, by="system", at=at, details={"accounts": len(opened)})
    return opened


class OverdraftInUse(Refusal):
    """The account stands further below zero than the new limit allows."""

    code = "overdraft_in_use"


def allow_overdraft(ledger_account: LedgerAccount, amount: Decimal) -> None:
    """Let a customer's account go so far below zero, and no further; decided under lock, an inner step.

    :raises OverdraftInUse: when it stands lower already, or money kept back would not be covered.
    """
    assert connection.in_atomic_block, "a limit belongs to the transaction of what it was agreed in"
    balance = LedgerBalance.objects.locked().get(pk=ledger_account.pk)
    if balance.amount - balance.held_amount + amount < 0:
        raise OverdraftInUse
    LedgerBalance.objects.filter(pk=balance.pk).update(overdraft_amount=amount)


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


def rename_customer_accounts(accounts: Iterable[int], *, name: str) -> None:
    """Call customers' accounts, given by their keys, by their holder's name of now; an inner step."""
    assert connection.in_atomic_block, "the books and what stands above them call a holder alike"
    LedgerAccount.objects.filter(pk__in=accounts, is_customer=True).update(name_en=name, name_zh_hans=name)
