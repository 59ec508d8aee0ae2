"""The end of a day: what accounts earned and cost on it, booked for the bank, and for the customer by month."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger import queries as ledger_queries
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement import interest
from accounts.settlement.models import SettlementAccount
from accounts.settlement.operations import accruing
from accounts.settlement.operations.booking import BOOKED_AT_ONCE, book_month, open_day
from portal.core import audit, jobs

DAY: Final = timedelta(days=1)

events.register({"interest_accrued": _("Interest of a day, owed to customers")})


@transaction.atomic(durable=True)
def accrue_interest(currency: str, *, on: date, at: datetime) -> JournalEntry | None:
    """Book what customers earned through a day and was not given yet, in one entry for the bank; once a day.

    It books the difference to what stands in the account of interest owed, so a missed night or a posting dated back is
    made good by the next; and nothing for a day before one that was booked.
    """
    accruing.wait_for_the_turn()
    key = f"interest accrued {currency} {on}"
    if JournalEntry.objects.filter(subject=f"interest {currency}", key__gte=key).exists():
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
        effective_date=open_day(on),
        at=at,
        by="system",
    )


def _between(debited: LedgerAccount, credited: LedgerAccount, amount: Decimal) -> list[ledger.Line]:
    """Make the two lines of an amount; one below zero goes the other way."""
    if amount < 0:
        debited, credited, amount = credited, debited, -amount
    return [ledger.debit(debited, amount), ledger.credit(credited, amount)]


def end_day(*, on: date, at: datetime) -> int:
    """Accrue every currency's interest through the day before, and book the months that are over; tell how many.

    What is given is owed before: each month is accrued through its end, with the interest that the month before gave.

    Safe to run again, and after it was killed: some hundred accounts' month is booked in a transaction, and once. What
    fails through a fault of ours, a currency or an account, fails alone.
    """
    booked: list[int] = []

    def accrue(currency: str, *, through: date) -> None:
        act = partial(accrue_interest, on=through, at=at)
        jobs.each_alone([currency], act, failed="settlement.interest_not_accrued")

    def book(accounts: Sequence[int], *, through: date) -> None:
        booked.append(book_month(accounts, through=through, at=at))

    for currency in ledger_queries.currencies():
        for last, accounts in interest.months_to_book(currency, before=on).items():
            accrue(currency, through=last)
            jobs.some_at_once(
                accounts,
                partial(book, through=last),
                size=BOOKED_AT_ONCE,
                failed="settlement.month_not_booked",
                name_of=_name_of,
            )
        accrue(currency, through=on - DAY)
    return sum(booked)


def _name_of(account: int) -> str:
    return SettlementAccount.objects.get(pk=account).reference


@transaction.atomic(durable=True)
def check_interest(*, on: date, at: datetime) -> list[interest.InterestTie]:
    """Tie booked periods to their entries, and what is owed through the day before to its account; raise the alarm.

    Meant to follow ``end_day``; a posting dated back in between shows as a difference until the next night.
    """
    accruing.wait_for_the_turn()  # what was given between would stand as untied
    found = interest.untied_interest()
    for currency in ledger_queries.currencies():
        owed = interest.owed_to_all(currency, on - DAY)
        kept = ledger_queries.balance(interest.interest_payable(currency))
        if owed != kept:
            found.append(interest.InterestTie(f"interest_payable {currency}", kept, owed))
    if found:
        told = [f"{each.subject}: {each.kept} / {each.recomputed}" for each in found[:20]]
        audit.record("settlement.interest_untied", subject=f"{on}", by="system", at=at, details={"differences": told})
        ledger.alarm("untied", at=at)
    return found
