"""What accounts earned and cost in a month: given and charged once, some hundred accounts in a transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger import queries as ledger_queries
from accounts.ledger.models import JournalEntry, LedgerAccount, LedgerBalance
from accounts.settlement import interest, periods
from accounts.settlement.accruals import ZERO
from accounts.settlement.models import AccountProduct, SettlementAccount, TermsPeriod
from accounts.settlement.operations import accruing, charges
from accounts.settlement.states import Status
from portal.core.money import rounded

BOOKED_AT_ONCE: Final = 100  # nothing moves on these accounts for as long as it takes, some tenths of a second
DAY: Final = timedelta(days=1)

events.register(
    {
        "deposit_interest": _("Interest on the balance"),
        "deposit_interest_reversed": _("Interest on the balance, reversed"),
        "deposit_interest_corrected": _("Interest of earlier days, put right"),
        "deposit_interest_corrected_reversed": _("Interest of earlier days, put right, reversed"),
    }
)


def book_terms(account: SettlementAccount, *, through: date, at: datetime) -> None:
    """Give an account, held under its lock, the interest of its days through a day and take its charges; an inner step.

    A month that is over and was not booked, as after a fault, is a period of its own, because it costs its own fee. All
    is dated the day after its period, or the first that is open, and counts for interest itself from then on. What
    earlier periods lack, or had too much, is an entry of its own. What a charge cannot take, because the account holds
    too little or may not pay, is carried on.
    """
    begun = interest.first_unbooked_day(account) or through
    for last in [*interest.month_ends(begun, before=through), through]:
        _booked([account], through=last, at=at)


@transaction.atomic(durable=True)
def book_month(accounts: Sequence[int], *, through: date, at: datetime) -> int:
    """Do for many accounts of one currency what ``book_terms`` does for one; tell for how many there was anything.

    Leaves out whose month before is not booked, as after a fault: two months are two periods, and cost two fees.
    """
    rows = SettlementAccount.objects.locked().select_related("ledger_account")
    return len(_booked(list(rows.filter(pk__in=accounts)), through=through, at=at, begun=through.replace(day=1)))


def _booked(
    accounts: Sequence[SettlementAccount], *, through: date, at: datetime, begun: date = date.min
) -> list[TermsPeriod]:
    """Book what accounts that are locked have not booked yet; their balances are locked all at once, as holds do.

    :param begun: leaves out whose days that are not booked begin before it.
    """
    standing = [account for account in accounts if account.status != Status.CLOSED]
    workings = [each for each in interest.worked_out(standing, through) if begun <= each.first <= through]
    if not workings:
        return []
    accruing.keep_off()
    list(LedgerBalance.objects.filter(pk__in=[each.account.ledger_account_id for each in workings]).locked())
    on, bank = open_day(through + DAY), charges.bank_accounts(workings[0].account.currency)
    made = []
    for working in workings:
        product = working.agreement_on(through).product
        period = _period_of(working, product, through, at=at)
        _give_interest(period, bank, rate=product.withholding_rate, on=on, at=at)
        made.append(period)
    charges.take(made, bank, on=on, at=at)
    return TermsPeriod.objects.bulk_create(made)


def open_day(day: date) -> date:
    """Tell the day itself, or the first whose month is not closed."""
    closed_up_to = ledger_queries.closed_up_to()
    return day if closed_up_to is None or day > closed_up_to else closed_up_to + DAY


def _period_of(working: interest.Working, product: AccountProduct, last: date, *, at: datetime) -> TermsPeriod:
    earned, owed = interest.sum_of(working.days)
    earned_since, owed_since = working.correction
    correction = max(earned_since, -earned)  # below zero the rest waits for the next period
    return TermsPeriod(
        settlement_account=working.account,
        first_date=working.first,
        last_date=last,
        earned_amount=earned,
        correction_amount=correction,
        tax_amount=rounded((earned + correction) * product.withholding_rate, working.account.currency),
        overdraft_interest_amount=owed,
        overdraft_correction_amount=owed_since,
        fee_amount=_fee(working, product, last),
        brought_amount=working.charges_left,
        booked_at=at,
    )


def _fee(working: interest.Working, product: AccountProduct, last: date) -> Decimal:
    """Tell the fee of a month that ends and was whole; none where the balance never fell below the free amount.

    A closing that was refused booked a part of the month already; the fee is the whole month's all the same.
    """
    first = last.replace(day=1)
    if working.agreements[0].effective_from > first or (last + DAY).day != 1:
        return ZERO
    balances = [day.balance for day in working.days]
    if working.first > first:
        balances = [balance for _day, balance in interest.closing_balances(working.account, first, last)]
    free = product.fee_free_from_amount is not None and min(balances, default=ZERO) >= product.fee_free_from_amount
    return ZERO if free else product.monthly_fee_amount


def _give_interest(
    period: TermsPeriod, bank: Mapping[str, LedgerAccount], *, rate: Decimal, on: date, at: datetime
) -> None:
    """Book a period's interest, and apart from it what earlier ones lacked or had too much; each bears its tax."""
    account = period.settlement_account
    tax = rounded(period.earned_amount * rate, account.currency)
    text, named = periods.written(period.first_date, period.last_date), f"{account.reference} {period.last_date}"
    given = _given(account, bank, period.earned_amount, tax)
    period.interest_entry = _book(account, given, key=f"interest {named}", text=text, on=on, at=at)
    given = _given(account, bank, period.correction_amount, period.tax_amount - tax)
    event = "deposit_interest_corrected"
    period.correction_entry = _book(account, given, key=f"interest {named}, corrected", event=event, on=on, at=at)


def _given(
    account: SettlementAccount, bank: Mapping[str, LedgerAccount], gross: Decimal, tax: Decimal
) -> list[ledger.Line]:
    """Make the lines that give interest out of what is owed; below zero they take it back."""
    shares = [(bank["interest_payable"], -gross), (account.ledger_account, gross - tax), (bank["tax_payable"], tax)]
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
