"""The books of the whole bank: trial balance, balance sheet, income statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from accounts.identity.models import Role
from accounts.ledger.models import (
    AccountKind,
    Direction,
    LedgerAccount,
)
from accounts.ledger.queries.balances import sums_of
from portal.core.money import rounded

READERS: Final = (Role.AUDITOR, Role.OPERATIONS, Role.ADMINISTRATOR, Role.RISK_ANALYST)


@dataclass(frozen=True)
class TrialBalanceRow:
    """An account of the bank's own, customers' summed up, with its net sum in one of two columns."""

    ledger_account: LedgerAccount
    debit_amount: Decimal
    credit_amount: Decimal

    @property
    def amount(self) -> Decimal:
        """The balance on the account's normal side."""
        net = self.debit_amount - self.credit_amount
        return net if self.ledger_account.normal_side == Direction.DEBIT else -net


@dataclass(frozen=True)
class TrialBalance:
    """All accounts of one currency at the end of a day; the two totals are equal or the books are wrong."""

    on: date
    currency: str
    rows: tuple[TrialBalanceRow, ...]
    debit_total: Decimal
    credit_total: Decimal

    @property
    def balances(self) -> bool:
        """Tell whether both totals are equal, as they must be."""
        return self.debit_total == self.credit_total

    def of(self, purpose: str) -> Decimal:
        """The balance of the account with this purpose."""
        return next(row.amount for row in self.rows if row.ledger_account.purpose == purpose)


def trial_balance(on: date, *, currency: str = "CNY") -> TrialBalance:
    """Sum every account of a currency at the end of a day, customers' under their summary."""
    accounts = {each.pk: each for each in LedgerAccount.objects.internal().filter(currency=currency).order_by("code")}
    net = dict.fromkeys(accounts, Decimal(0))
    under = dict(LedgerAccount.objects.filter(currency=currency, is_customer=True).values_list("pk", "summary_id"))
    for pk, debit, credit in sums_of("AND account.currency = %(currency)s", {"currency": currency}, on):
        net[under.get(pk, pk)] += debit - credit
    rows = tuple(
        TrialBalanceRow(
            account, rounded(max(net[pk], Decimal(0)), currency), rounded(max(-net[pk], Decimal(0)), currency)
        )
        for pk, account in accounts.items()
    )
    return TrialBalance(
        on=on,
        currency=currency,
        rows=rows,
        debit_total=sum((row.debit_amount for row in rows), Decimal(0)),
        credit_total=sum((row.credit_amount for row in rows), Decimal(0)),
    )


@dataclass(frozen=True)
class BalanceSheet:
    """What the bank owns, what it owes and what is its own at the end of a day: the first equals the other two.

    Earnings that were not carried to retained earnings yet are shown beside equity.
    """

    on: date
    currency: str
    assets: tuple[TrialBalanceRow, ...]
    liabilities: tuple[TrialBalanceRow, ...]
    equity: tuple[TrialBalanceRow, ...]
    earnings: Decimal
    assets_total: Decimal
    liabilities_total: Decimal
    equity_total: Decimal

    @property
    def balances(self) -> bool:
        """Tell whether both sides are equal, as they must be."""
        return self.assets_total == self.liabilities_total + self.equity_total


def balance_sheet(on: date, *, currency: str = "CNY") -> BalanceSheet:
    """Draw the balance sheet at the end of a day; what contra accounts hold is taken off."""
    rows = trial_balance(on, currency=currency).rows
    assets, liabilities, equity, income, expense = (_of_kind(rows, kind) for kind in AccountKind)
    earnings = _net(income, Direction.CREDIT) + _net(expense, Direction.CREDIT)
    return BalanceSheet(
        on=on,
        currency=currency,
        assets=assets,
        liabilities=liabilities,
        equity=equity,
        earnings=earnings,
        assets_total=_net(assets, Direction.DEBIT),
        liabilities_total=_net(liabilities, Direction.CREDIT),
        equity_total=_net(equity, Direction.CREDIT) + earnings,
    )


def _of_kind(rows: Iterable[TrialBalanceRow], kind: str) -> tuple[TrialBalanceRow, ...]:
    return tuple(row for row in rows if row.ledger_account.kind == kind)


def _net(rows: Iterable[TrialBalanceRow], side: Direction) -> Decimal:
    net = sum((row.debit_amount - row.credit_amount for row in rows), Decimal(0))
    return net if side == Direction.DEBIT else -net
