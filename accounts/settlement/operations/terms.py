"""What accounts earn and cost: interest by day for the bank's books, and by month for the customer."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger import queries as ledger_queries
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement import interest, periods
from accounts.settlement.accruals import ZERO
from accounts.settlement.models import AccountProduct, SettlementAccount, TermsAgreement, TermsPeriod
from accounts.settlement.operations import charges
from accounts.settlement.operations.accounts import check_not_own, lock
from accounts.settlement.operations.agreements import agree
from accounts.settlement.states import Status
from portal.core import audit
from portal.core.money import rounded

ACCRUAL_LOCK: Final = 7_203_013  # one accrual at a time: two would both see what is still missing
DAY: Final = timedelta(days=1)

events.register(
    {
        "interest_accrued": _("Interest of a day, owed to customers"),
        "deposit_interest": _("Interest on the balance"),
        "deposit_interest_reversed": _("Interest on the balance, reversed"),
        "deposit_interest_corrected": _("Interest of earlier days, put right"),
        "deposit_interest_corrected_reversed": _("Interest of earlier days, put right, reversed"),
    }
)


@transaction.atomic(durable=True)
def agree_on_terms(
    account: SettlementAccount, product: AccountProduct, *, overdraft: Decimal, on: date, at: datetime, by: str
) -> TermsAgreement:
    """Put an account on a product's terms from today on, with an overdraft limit of its own.

    :raises OwnAccount: by a member of the enterprise.
    :raises: as ``agreements.agree``.
    """
    check_not_own(account, by=by)
    lock(account)
    return agree(account, product, overdraft=overdraft, on=on, at=at, by=by)


@transaction.atomic(durable=True)
def accrue_interest(currency: str, *, on: date, at: datetime) -> JournalEntry | None:
    """Book what customers earned through a day and was not given yet, in one entry for the bank; once a day.

    It books the difference to what stands in the account of interest owed, so a missed night or a posting dated back is
    made good by the next.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ACCRUAL_LOCK])
    key = f"interest accrued {currency} {on}"
    if JournalEntry.objects.filter(key=key).exists():
        return None
    payable = interest.interest_payable(currency)
    missing = interest.owed_to_all(currency, on) - ledger_queries.balance(payable)
    if not missing:
        return None
    expense = LedgerAccount.objects.named("interest_expense", currency)
    return ledger.post(
        key=key,
        event="interest_accrued",
        subject=f"interest {currency}",
        lines=_between(expense, payable, missing),
        effective_date=_open_day(on),
        at=at,
        by="system",
    )


def _open_day(day: date) -> date:
    """Tell the day itself, or the first whose month is not closed."""
    closed_up_to = ledger_queries.closed_up_to()
    return day if closed_up_to is None or day > closed_up_to else closed_up_to + DAY


def _between(debited: LedgerAccount, credited: LedgerAccount, amount: Decimal) -> list[ledger.Line]:
    """Make the two lines of an amount; one below zero goes the other way."""
    if amount < 0:
        debited, credited, amount = credited, debited, -amount
    return [ledger.debit(debited, amount), ledger.credit(credited, amount)]


@transaction.atomic(durable=True)
def book_terms(account: SettlementAccount, *, through: date, at: datetime) -> TermsPeriod | None:
    """Give an account the interest of its days through the end of a month and take its charges; once for each day.

    All is dated the day after, or the first that is open, and counts for interest itself from then on. What earlier
    periods lack, or had too much, is an entry of its own. What a charge cannot take, because the account holds too
    little or may not pay, is carried on.
    """
    lock(account)
    first = interest.first_unbooked_day(account)
    if first is None or first > through or account.status == Status.CLOSED:
        return None
    agreement = interest.agreement_on(account, through)
    assert agreement is not None, "only accounts with terms have unbooked days"
    period = _worked_out(account, agreement.product, first, through, at=at)
    on = _open_day(through + DAY)
    _give_interest(account, period, rate=agreement.product.withholding_rate, on=on, at=at)
    period.charge_entry = charges.take(account, period, on=on, at=at)
    period.save(force_insert=True)
    return period


def _worked_out(
    account: SettlementAccount, product: AccountProduct, first: date, last: date, *, at: datetime
) -> TermsPeriod:
    days = interest.accrued_days(account, first, last)
    earned, owed = interest.sum_of(days)
    earned_since, owed_since = interest.correction(account)
    correction = max(earned_since, -earned)  # below zero the rest waits for the next period
    return TermsPeriod(
        settlement_account=account,
        first_date=first,
        last_date=last,
        earned_amount=earned,
        correction_amount=correction,
        tax_amount=rounded((earned + correction) * product.withholding_rate, account.currency),
        overdraft_interest_amount=owed,
        overdraft_correction_amount=owed_since,
        fee_amount=_fee(product, first, last, min((day.balance for day in days), default=ZERO)),
        brought_amount=interest.charges_left(account),
        booked_at=at,
    )


def _fee(product: AccountProduct, first: date, last: date, lowest: Decimal) -> Decimal:
    """Tell the fee of a period: for whole months only, and none where the balance never fell below the free amount."""
    whole = first.day == 1 and last.day == monthrange(last.year, last.month)[1]
    free = product.fee_free_from_amount is not None and lowest >= product.fee_free_from_amount
    return ZERO if free or not whole else product.monthly_fee_amount


def _give_interest(account: SettlementAccount, period: TermsPeriod, *, rate: Decimal, on: date, at: datetime) -> None:
    """Book a period's interest, and apart from it what earlier ones lacked or had too much; each bears its tax."""
    tax = rounded(period.earned_amount * rate, account.currency)
    text, named = periods.written(period.first_date, period.last_date), f"{account.reference} {period.last_date}"
    given = _given(account, period.earned_amount, tax)
    period.interest_entry = _book(account, given, key=f"interest {named}", text=text, on=on, at=at)
    given = _given(account, period.correction_amount, period.tax_amount - tax)
    event = "deposit_interest_corrected"
    period.correction_entry = _book(account, given, key=f"interest {named}, corrected", event=event, on=on, at=at)


def _given(account: SettlementAccount, gross: Decimal, tax: Decimal) -> list[ledger.Line]:
    """Make the lines that give interest out of what is owed; below zero they take it back."""
    taken_off = LedgerAccount.objects.named("tax_payable", account.currency)
    shares = [(interest.interest_payable(account.currency), -gross)]
    shares += [(account.ledger_account, gross - tax), (taken_off, tax)]
    return [
        ledger.credit(to_account, share) if share > 0 else ledger.debit(to_account, -share)
        for to_account, share in shares
        if share
    ]


def _book(
    account: SettlementAccount,
    lines: list[ledger.Line],
    *,
    key: str,
    on: date,
    at: datetime,
    event: str = "deposit_interest",
    text: str = "",
) -> JournalEntry | None:
    if not lines:
        return None
    subject = account.reference
    return ledger.post(
        key=key, event=event, subject=subject, lines=lines, effective_date=on, at=at, by="system", text=text
    )


@transaction.atomic(durable=True)
def charge_carried(account: SettlementAccount, *, on: date, at: datetime, by: str) -> JournalEntry | None:
    """Take what was carried, as far as the balance covers it by now; meant to come before an account is closed."""
    lock(account)
    return charges.take_carried(account, on=_open_day(on), at=at, by=by)


def end_day(*, on: date, at: datetime) -> int:
    """Accrue every currency's interest through the day before, and book the months that are over; tell how many.

    Safe to run again: each account's month is booked in a transaction of its own, and once.
    """
    booked = 0
    for currency in ledger_queries.currencies():
        accrue_interest(currency, on=on - DAY, at=at)
        for account in interest.bearing_accounts(currency):
            booked += _book_months(account, on=on, at=at)
    return booked


def _book_months(account: SettlementAccount, *, on: date, at: datetime) -> int:
    booked = 0
    while (first := interest.first_unbooked_day(account)) is not None:
        last = first.replace(day=monthrange(first.year, first.month)[1])
        if last >= on or not book_terms(account, through=last, at=at):
            break
        booked += 1
    return booked


@transaction.atomic(durable=True)
def check_interest(*, on: date, at: datetime) -> list[interest.InterestTie]:
    """Tie booked periods to their entries, and what is owed through the day before to its account; raise the alarm.

    Meant to follow ``end_day``; a posting dated back in between shows as a difference until the next night.
    """
    found = interest.untied_interest()
    for currency in ledger_queries.currencies():
        owed = interest.owed_to_all(currency, on - DAY)
        kept = ledger_queries.balance(interest.interest_payable(currency))
        if owed != kept:
            found.append(interest.InterestTie(f"interest_payable {currency}", kept, owed))
    if found:
        told = [f"{each.subject}: {each.kept} / {each.recomputed}" for each in found[:20]]
        audit.record("settlement.interest_untied", subject=f"{on}", by="system", at=at, details={"differences": told})
    return found
