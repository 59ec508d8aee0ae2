"""What accounts cost: taken as far as they can pay it, carried on, given back, and waived when they are closed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry, LedgerAccount, LedgerBalance
from accounts.settlement import interest
from accounts.settlement.accruals import ZERO
from accounts.settlement.models import CarriedCharge, SettlementAccount, TermsPeriod
from accounts.settlement.periods import written
from accounts.settlement.states import PAYS
from portal.core import audit
from portal.core.money import rounded

events.register(
    {
        "account_charges": _("Account fee and overdraft interest"),
        "account_charges_reversed": _("Account fee and overdraft interest, reversed"),
    }
)


def bank_accounts(currency: str) -> dict[str, LedgerAccount]:
    """Find by purpose the bank's accounts that terms are given out of and paid into."""
    purposes = ("interest_payable", "tax_payable", "fee_income", "interest_income")
    found = LedgerAccount.objects.internal().filter(currency=currency, purpose__in=purposes)
    return {each.purpose: each for each in found}


def take(periods: Sequence[TermsPeriod], bank: Mapping[str, LedgerAccount], *, on: date, at: datetime) -> None:
    """Take what periods ask as far as their accounts, each with one of them, can pay it, and carry the rest.

    An inner step. What is due below zero, because postings dated back made an overdraft smaller, is given back.
    """
    payable = _payable([period.settlement_account for period in periods])
    for period in periods:
        account, due = period.settlement_account, period.due_amount
        period.charged_amount = min(due, payable[account.pk])
        period.carried_amount = due - period.charged_amount
        refunded = max(period.fee_amount - due, ZERO)  # pays for the fee before it is given back
        fee = min(period.fee_amount, period.charged_amount + refunded)
        key, text = f"charges {account.reference} {period.last_date}", written(period.first_date, period.last_date)
        charged = period.charged_amount
        period.charge_entry = _book(account, bank, charged, fee=fee, key=key, text=text, on=on, at=at, by="system")


def take_carried(account: SettlementAccount, *, on: date, at: datetime, by: str) -> JournalEntry | None:
    """Take what the last period carried, as far as the account can pay it by now; an inner step."""
    period = interest.last_period(account)
    if period is None:
        return None
    left = period.left_amount
    charged = min(left, _payable([account])[account.pk])
    key = f"charges {account.reference} {period.last_date}, {left} left"
    bank = bank_accounts(account.currency)
    entry = _book(account, bank, charged, fee=ZERO, key=key, text="", on=on, at=at, by=by)
    if entry:
        CarriedCharge.objects.create(period=period, charged_amount=charged, entry=entry, settled_at=at, settled_by=by)
    return entry


def waive_carried(account: SettlementAccount, *, at: datetime, by: str) -> None:
    """Waive what could not be charged, for good; an inner step of closing."""
    period = interest.last_period(account)
    if period is None or not period.left_amount:
        return
    left = rounded(period.left_amount, account.currency)
    CarriedCharge.objects.create(period=period, waived_amount=left, settled_at=at, settled_by=by)
    details = {"amount": str(left), "currency": account.currency}
    audit.record("settlement.charges_waived", subject=account.reference, by=by, at=at, details=details)


def _payable(accounts: Sequence[SettlementAccount]) -> dict[int, Decimal]:
    """Tell what each account can pay now, and lock it; nothing where it may not pay."""
    balances = LedgerBalance.objects.filter(pk__in=[account.ledger_account_id for account in accounts]).locked()
    available = {each.pk: each.available_amount for each in balances}
    return {
        account.pk: max(rounded(available[account.ledger_account_id], account.currency), ZERO)
        if account.status in PAYS
        else ZERO
        for account in accounts
    }


def _book(
    account: SettlementAccount,
    bank: Mapping[str, LedgerAccount],
    charged: Decimal,
    *,
    fee: Decimal,
    key: str,
    text: str,
    on: date,
    at: datetime,
    by: str,
) -> JournalEntry | None:
    debits = [
        (account.ledger_account, charged),
        (bank["fee_income"], -fee),
        (bank["interest_income"], fee - charged),
    ]
    lines = [
        ledger.debit(taken_from, amount) if amount > 0 else ledger.credit(taken_from, -amount)
        for taken_from, amount in debits
        if amount
    ]
    if not lines:
        return None
    return ledger.post(
        key=key,
        event="account_charges",
        subject=account.reference,
        lines=lines,
        effective_date=on,
        at=at,
        by=by,
        text=text,
    )
