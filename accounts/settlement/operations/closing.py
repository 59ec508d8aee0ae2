"""The end of a settlement account: what it earned and owes is booked, and it is closed where nothing is left."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ledger import queries
from accounts.settlement.models import SettlementAccount
from accounts.settlement.operations import charges
from accounts.settlement.operations.accounts import lock
from accounts.settlement.operations.booking import book_terms, open_day
from accounts.settlement.states import TRANSITIONS, UNDERWAY, Event
from portal.core import audit, jobs
from portal.core.refusals import Fault, Refusal, register
from portal.core.transitions import target_of

register(
    {
        "balance_remains": _("Move the money out first: the account still holds %(amount)s."),
        "payments_underway": _("Payments from this account are still on their way. Close it when they have arrived."),
        "mandate_stands": _("This account still serves a loan or another agreement, so it stays open."),
        "account_not_closed": _(
            "The account could not be closed now; nothing was changed. The bank has been told. Try again later."
        ),
    }
)


class BalanceRemains(Refusal):
    """An account with money in it, or owing money, is not closed."""

    code = "balance_remains"


class MandateStands(Refusal):
    """An account in use is not closed."""

    code = "mandate_stands"


class PaymentsUnderway(Refusal):
    """An account whose payments may still come back is not closed."""

    code = "payments_underway"


class AccountNotClosed(Fault):
    """A fault of ours keeps the account from being closed."""

    code = "account_not_closed"


def close(account: SettlementAccount, *, at: datetime, by: str) -> None:
    """Book what an account earned and owes through the day before, and close it; what cannot be charged is waived.

    Where money is left, what was booked stands. Through a fault of ours nothing changes, and it is told as others are.

    :raises TransitionRefused: when the account is not open.
    :raises MandateStands: when another department may still collect from it.
    :raises PaymentsUnderway: when payments from it wait, or are not confirmed yet.
    :raises BalanceRemains: when its balance is not zero.
    :raises AccountNotClosed: when a fault of ours is in the way.
    """
    refused: list[Refusal] = []

    def end(one: SettlementAccount) -> None:
        try:
            left = _closed(one, at=at, by=by)
        except Refusal as refusal:
            refused.append(refusal)
        else:
            if left:
                refused.append(BalanceRemains(amount=left, currency=one.currency))

    if jobs.each_alone([account], end, failed="settlement.account_not_closed"):
        raise AccountNotClosed
    for refusal in refused:
        raise refusal


@transaction.atomic(durable=True)
def _closed(account: SettlementAccount, *, at: datetime, by: str) -> Decimal:
    """Book and close, unless money is left; tell how much."""
    lock(account)
    closed = target_of(TRANSITIONS, Event.CLOSE, account.status)
    if account.mandates.filter(ended_at=None).exists():
        raise MandateStands
    if account.instructions.filter(status__in=UNDERWAY).exists():
        raise PaymentsUnderway
    today = timezone.localtime(at).date()
    book_terms(account, through=today - timedelta(days=1), at=at)
    charges.take_carried(account, on=open_day(today), at=at, by=by)
    left = queries.balance(account.ledger_account)
    if left:
        return left
    charges.waive_carried(account, at=at, by=by)
    account.status, account.closed_at = closed, at
    account.save(update_fields=["status", "closed_at"])
    audit.record("settlement.close", subject=account.reference, by=by, at=at)
    return left
