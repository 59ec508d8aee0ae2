"""What accounts cost: taken as far as they can pay it, carried on, given back, and waived when they are closed."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry, LedgerAccount, LedgerBalance
from accounts.settlement import interest, periods
from accounts.settlement.accruals import ZERO
from accounts.settlement.models import CarriedCharge, SettlementAccount, TermsPeriod
from accounts.settlement.states import PAYS
from portal.core import audit
from portal.core.money import rounded

events.register(
    {
        "account_charges": _("Account fee and overdraft interest"),
        "account_charges_reversed": _("Account fee and overdraft interest, reversed"),
    }
)


def take(account: SettlementAccount, period: TermsPeriod, *, on: date, at: datetime) -> JournalEntry | None:
    """Take a period's charges as far as the account can pay them, and carry the rest; an inner step.

    What is due below zero, because postings dated back made an overdraft smaller, is given back.
    """
    due = period.due_amount
    period.charged_amount = min(due, _payable(account))
    period.carried_amount = due - period.charged_amount
    refunded = max(period.fee_amount - due, ZERO)  # pays for the fee before it is given back
    fee = min(period.fee_amount, period.charged_amount + refunded)
    key, text = f"charges {account.reference} {period.last_date}", periods.written(period.first_date, period.last_date)
    return _book(account, period.charged_amount, fee=fee, key=key, text=text, on=on, at=at, by="system")


def take_carried(account: SettlementAccount, *, on: date, at: datetime, by: str) -> JournalEntry | None:
    """Take what the last period carried, as far as the account can pay it by now; an inner step."""
    period = interest.last_period(account)
    if period is None:
        return None
    left = period.left_amount
    charged = min(left, _payable(account))
    key = f"charges {account.reference} {period.last_date}, {left} left"
    entry = _book(account, charged, fee=ZERO, key=key, text="", on=on, at=at, by=by)
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


def _payable(account: SettlementAccount) -> Decimal:
    balance = LedgerBalance.objects.locked().get(pk=account.ledger_account_id)
    return max(rounded(balance.available_amount, account.currency), ZERO) if account.status in PAYS else ZERO


def _book(
    account: SettlementAccount, charged: Decimal, *, fee: Decimal, key: str, text: str, on: date, at: datetime, by: str
) -> JournalEntry | None:
    income = [("fee_income", fee), ("interest_income", charged - fee)]
    debits = [(account.ledger_account, charged)]
    debits += [(LedgerAccount.objects.named(purpose, account.currency), -share) for purpose, share in income if share]
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
