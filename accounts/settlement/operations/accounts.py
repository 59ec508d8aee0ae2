"""What can be done with a settlement account."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identity import consents
from accounts.identity.models import Consent, Enterprise
from accounts.identity.queries import ever_acted_for, offer_finding
from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement import interest, numbers
from accounts.settlement.models import AccountProduct, Mandate, SettlementAccount, TermsAgreement
from accounts.settlement.operations.agreements import agree
from accounts.settlement.queries.finding import found_by_account
from accounts.settlement.states import PAYS, RECEIVES, TRANSITIONS, Event
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

register(
    {
        "account_consent_missing": _("Register the enterprise first, and agree to what the bank keeps of it."),
        "account_not_open": _("This account is frozen or closed. Ask your branch."),
        "own_account": _("This is your own enterprise's account. A colleague has to do this."),
        "reason_missing": _("Say why."),
    }
)
offer_finding(found_by_account)


@transaction.atomic(durable=True)
def open_account(
    enterprise: Enterprise, *, by: str, at: datetime, currency: str = "", key: str = ""
) -> SettlementAccount:
    """Open a settlement account on the terms that are offered now; a key makes asking twice one account.

    Who the enterprise is was checked when it was registered, and is kept with its consent.

    :raises ConsentMissing: when nobody agreed for the enterprise.
    :raises KeyReused: when the key opened an account for another enterprise.
    """
    if not key:
        return _opened(enterprise, currency=currency, by=by, at=at)
    reference = answer_once(
        f"settlement.open {by}",
        key,
        fingerprint=fingerprint_of([enterprise.reference, currency]),
        make=lambda: _opened(enterprise, currency=currency, by=by, at=at).reference,
    )
    return SettlementAccount.objects.get(reference=reference)


class ConsentMissing(Refusal):
    """Nobody agreed for the enterprise that the bank may keep its data and run its accounts."""

    code = "account_consent_missing"


def _opened(enterprise: Enterprise, *, currency: str, by: str, at: datetime) -> SettlementAccount:
    if not Consent.objects.filter(enterprise=enterprise, purpose=consents.ENTERPRISE_DATA).exists():
        raise ConsentMissing
    number = numbers.new_number()
    currency = currency or settings.BANK_CURRENCY
    account = SettlementAccount.objects.create(
        number=number,
        enterprise=enterprise,
        currency=currency,
        ledger_account=ledger.open_customer_account(
            f"2011-{number}",
            name_en=enterprise.legal_name,
            name_zh_hans=enterprise.legal_name,
            currency=currency,
            at=at,
        ),
        opened_at=at,
        opened_by=by,
    )
    account.iban = numbers.iban_of(account.pk, country=settings.BANK_COUNTRY, bank_code=settings.BANK_CODE)
    account.save(update_fields=["iban"])
    product = interest.offered_products(currency).first()
    if product:
        agree(account, product, overdraft=Decimal(0), on=timezone.localtime(at).date(), at=at, by=by)
    audit.record(
        "settlement.opened", subject=account.reference, by=by, at=at, details={"enterprise": enterprise.reference}
    )
    return account


class ReasonMissing(Refusal):
    """Nobody says why."""

    code = "reason_missing"


def stated(reason: str) -> str:
    """Give a reason as it is kept; an inner step.

    :raises ReasonMissing: when there is none.
    """
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()[:200]


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
def freeze(account: SettlementAccount, *, reason: str, by: str, at: datetime) -> None:
    """Stop payments out of an account; money may still come in.

    :raises ReasonMissing: when no reason is given.
    :raises TransitionRefused: when the account is not open.
    """
    _move(account, Event.FREEZE, reason=reason, by=by, at=at)


@transaction.atomic(durable=True)
def unfreeze(account: SettlementAccount, *, reason: str, by: str, at: datetime) -> None:
    """Let a frozen account pay again.

    :raises OwnAccount: by a member of the enterprise.
    :raises ReasonMissing: when no reason is given.
    :raises TransitionRefused: when the account is not frozen.
    """
    check_not_own(account, by=by)
    _move(account, Event.UNFREEZE, reason=reason, by=by, at=at)


class OwnAccount(Refusal):
    """Whoever acts, or ever acted, for the enterprise does nothing for the bank on its accounts."""

    code = "own_account"


def check_not_own(account: SettlementAccount, *, by: str) -> None:
    """Refuse a member of staff whose own enterprise's account it is; an inner step.

    :raises OwnAccount: when it is.
    """
    if ever_acted_for(account.enterprise, person=by):
        raise OwnAccount


def _move(account: SettlementAccount, event: Event, *, reason: str, by: str, at: datetime) -> None:
    reason = stated(reason)
    lock(account)
    account.status = target_of(TRANSITIONS, event, account.status)
    account.save(update_fields=["status"])
    audit.record(f"settlement.{event}", subject=account.reference, by=by, at=at, details={"reason": reason})


def lock(account: SettlementAccount) -> None:
    """Take the account's row, and with it the right to change it, until the transaction ends; an inner step."""
    rows = SettlementAccount.objects.locked().select_related("ledger_account")
    account.refresh_from_db(from_queryset=rows)


class AccountNotOpen(Refusal):
    """The account cannot pay (frozen or closed) or cannot receive (closed)."""

    code = "account_not_open"


def credit(
    account: SettlementAccount,
    amount: Decimal,
    *,
    from_account: LedgerAccount,
    key: str,
    event: str,
    subject: str,
    on: date,
    at: datetime,
    by: str,
    text: str = "",
) -> JournalEntry:
    """Pay an amount into the account from an account of the bank's; an inner step.

    :raises AccountNotOpen: when the account is closed.
    :raises ledger refusals: see ``ledger.operations.post``.
    """
    lock(account)
    if account.status not in RECEIVES:
        raise AccountNotOpen
    lines = [ledger.debit(from_account, amount), ledger.credit(account.ledger_account, amount)]
    return ledger.post(key=key, event=event, subject=subject, lines=lines, effective_date=on, at=at, by=by, text=text)


def debit(
    account: SettlementAccount,
    amount: Decimal,
    *,
    to_account: LedgerAccount,
    key: str,
    event: str,
    subject: str,
    on: date,
    at: datetime,
    by: str,
    text: str = "",
) -> JournalEntry:
    """Take an amount out of the account to an account of the bank's; an inner step.

    :raises AccountNotOpen: when the account is frozen or closed.
    :raises InsufficientFunds: when it does not hold enough, decided under lock.
    :raises ledger refusals: see ``ledger.operations.post``.
    """
    shares = [(to_account, amount)]
    return debit_to(account, shares, key=key, event=event, subject=subject, on=on, at=at, by=by, text=text)


def debit_to(
    account: SettlementAccount,
    shares: Sequence[tuple[LedgerAccount, Decimal]],
    *,
    key: str,
    event: str,
    subject: str,
    on: date,
    at: datetime,
    by: str,
    text: str = "",
) -> JournalEntry:
    """Take the sum of some shares out of the account in one entry, each to its account of the bank's; an inner step.

    :raises: as ``debit``.
    """
    lock(account)
    if account.status not in PAYS:
        raise AccountNotOpen
    total = sum((share for _to_account, share in shares), Decimal(0))
    lines = [ledger.debit(account.ledger_account, total), *(ledger.credit(*share) for share in shares)]
    return ledger.post(key=key, event=event, subject=subject, lines=lines, effective_date=on, at=at, by=by, text=text)


def register_mandate(
    account: SettlementAccount, *, purpose: str, subject: str, by: str, at: datetime, claim_job: str = ""
) -> Mandate:
    """Register another department's right to collect from the account; an inner step, the same again is the first.

    :param claim_job: the task that takes the reference of a receipt whose words name the subject.
    :raises AccountNotOpen: when the account is closed.
    """
    lock(account)
    if account.status not in RECEIVES:
        raise AccountNotOpen
    standing = Mandate.objects.filter(purpose=purpose, subject=subject, ended_at=None).first()
    if standing:
        return standing
    mandate = Mandate.objects.create(
        settlement_account=account,
        purpose=purpose,
        subject=subject,
        claim_job=claim_job,
        registered_at=at,
        registered_by=by,
    )
    audit.record("settlement.mandate_registered", subject=account.reference, by=by, at=at, details={"for": subject})
    return mandate


def end_mandate(*, purpose: str, subject: str, by: str, at: datetime) -> None:
    """End a mandate, if it still stands; an inner step."""
    for mandate in Mandate.objects.locked().filter(purpose=purpose, subject=subject, ended_at=None):
        mandate.ended_at = at
        mandate.save(update_fields=["ended_at"])
        audit.record(
            "settlement.mandate_ended",
            subject=mandate.settlement_account.reference,
            by=by,
            at=at,
            details={"for": subject},
        )
