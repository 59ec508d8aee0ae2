"""Money that the bank keeps back on an account: at once by one person, as a freeze; let go again by another."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ledger import operations as ledger
from accounts.ledger.models import Hold
from accounts.settlement.models import SettlementAccount
from accounts.settlement.operations.accounts import AccountNotOpen, ReasonMissing, check_not_own, lock
from accounts.settlement.operations.cash import SamePerson
from accounts.settlement.operations.notices import tell_of_kept_ended
from accounts.settlement.operations.telling import tell_owners
from accounts.settlement.states import Status
from portal.core import audit
from portal.core.formats import day, money
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register

EVENT: Final = "kept_back"
LONGEST: Final = timedelta(days=366)

register({"keep_until_wrong": _("Choose a day after today, within a year.")})


ledger.tell_of_expiry(EVENT, tell_of_kept_ended)


class KeepUntilWrong(Refusal):
    """The last day is not after today, or more than a year away."""

    code = "keep_until_wrong"


@transaction.atomic(durable=True)
def keep_back(
    account: SettlementAccount, amount: Decimal, *, reason: str, until: date, key: str, at: datetime, by: str
) -> Hold:
    """Keep an amount back through a day, and tell the owners; the same key again keeps it once.

    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises ReasonMissing: when no reason is given.
    :raises KeepUntilWrong: when the day is not after today, or more than a year away.
    :raises AccountNotOpen: when the account is closed.
    :raises AmountRefused, InsufficientFunds: see ``ledger.hold``.
    """
    reason = reason.strip()[:140]

    def kept() -> str:
        if not reason:
            raise ReasonMissing
        if not timezone.localtime(at).date() < until <= timezone.localtime(at).date() + LONGEST:
            raise KeepUntilWrong
        lock(account)
        if account.status == Status.CLOSED:
            raise AccountNotOpen
        expires_at = timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min))
        made = ledger.hold(
            account.ledger_account,
            amount,
            key=f"{EVENT} {fingerprint_of([by, key])}",
            event=EVENT,
            subject=account.reference,
            text=reason,
            expires_at=expires_at,
            at=at,
            by=by,
        )
        _tell(account, made, "money_kept_back", until=until, at=at)
        return made.reference

    fingerprint = fingerprint_of([account.reference, str(amount.normalize()), reason, until])
    reference = answer_once(f"settlement.keep_back {by}", key, fingerprint=fingerprint, make=kept)
    return Hold.objects.get(reference=reference)


@transaction.atomic(durable=True)
def let_go(account: SettlementAccount, hold: Hold, *, reason: str, at: datetime, by: str) -> None:
    """Let go of what the bank kept back, as another person than who kept it; the owners are told.

    :raises ReasonMissing: when no reason is given.
    :raises SamePerson: when it is the person who kept it back.
    :raises OwnAccount: by a member of the enterprise.
    :raises TransitionRefused: when it is not kept back any more.
    """
    if not reason.strip():
        raise ReasonMissing
    if by == hold.placed_by:
        raise SamePerson
    check_not_own(account, by=by)
    lock(account)
    ledger.void(hold, at=at, by=by)
    _tell(account, hold, "money_let_go", until=None, at=at)
    details = {"account": account.reference, "reason": reason.strip()[:200]}
    audit.record("settlement.let_go", subject=hold.reference, by=by, at=at, details=details)


def _tell(account: SettlementAccount, hold: Hold, code: str, *, until: date | None, at: datetime) -> None:
    def params() -> dict[str, str]:
        told = {"amount": money(hold.amount, account.currency), "number": account.number[-4:]}
        return told | ({"until": day(until), "reason": hold.text} if until else {})

    tell_owners(account.enterprise, code, params=params, at=at)
