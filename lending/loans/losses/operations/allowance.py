"""Moving the books to what the classes ask for, once a month."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger import queries as books
from accounts.ledger.models import JournalEntry, LedgerAccount
from lending.loans.losses.models import Allowance, AllowanceLine
from lending.loans.losses.queries import ZERO, Classified, classified, currencies_lent, rules_on
from lending.loans.operations.binding import SYSTEM
from portal.core import audit

events.register({"loan_allowance": _("Allowance for loan losses")})


@transaction.atomic(durable=True)
def post_allowances(last_date: date, *, at: datetime) -> list[Allowance]:
    """Post the allowance of a month that is over, dated its last day, one entry in each currency; once.

    What each loan asked for and why is kept beside it. Asked again, or by two at once, it is the first.

    :raises PeriodClosed: when the books of that month are closed.
    """
    found = [each for each in classified(last_date) if each.principal_amount]  # interest was never in the books
    currencies = currencies_lent(last_date)
    return [
        _post(last_date, currency, [each for each in found if each.currency == currency], at=at)
        for currency in sorted(currencies)
    ]


def _post(last_date: date, currency: str, found: list[Classified], *, at: datetime) -> Allowance:
    account = LedgerAccount.objects.locked().named("loan_loss_provision", currency)  # one posting at a time
    claimed = Allowance.objects.filter(last_date=last_date, currency=currency).first()
    if claimed:
        return claimed
    asked = sum((each.allowance_amount for each in found), ZERO)
    moved = asked - books.balance(account, on=last_date)
    allowance = Allowance(
        last_date=last_date,
        currency=currency,
        rules_version=rules_on(last_date).version,
        asked_amount=asked,
        moved_amount=moved,
        posted_at=at,
    )
    allowance.entry = _book(account, allowance, moved, at=at) if moved else None
    allowance.save(force_insert=True)
    AllowanceLine.objects.bulk_create([_line(allowance, each) for each in found], batch_size=1000)
    details = {"asked": asked, "moved": moved, "loans": len(found)}
    audit.record("loans.post_allowance", subject=str(allowance), by=SYSTEM, at=at, details=details)
    return allowance


def _book(account: LedgerAccount, allowance: Allowance, moved: Decimal, *, at: datetime) -> JournalEntry:
    expense = LedgerAccount.objects.named("provision_expense", allowance.currency)
    debited, credited = (expense, account) if moved > 0 else (account, expense)
    return ledger.post(
        key=f"loans.allowance:{allowance}",
        event="loan_allowance",
        subject=str(allowance),
        lines=[ledger.debit(debited, abs(moved)), ledger.credit(credited, abs(moved))],
        effective_date=allowance.last_date,
        at=at,
        by=SYSTEM,
    )


def _line(allowance: Allowance, each: Classified) -> AllowanceLine:
    return AllowanceLine(
        allowance=allowance,
        loan_id=each.loan_id,
        risk_class=each.risk_class,
        basis=each.basis,
        days_past_due=each.days_past_due,
        principal_amount=each.principal_amount,
        rate=each.rate,
        amount=each.allowance_amount,
    )
