"""Money moved at once between two accounts of this bank."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.settlement import numbers
from accounts.settlement.models import SettlementAccount, Transfer
from accounts.settlement.operations import limits
from accounts.settlement.operations.accounts import AccountNotOpen
from accounts.settlement.operations.confirming import LeavingPayment, PaymentReview, confirm_by_code, review
from accounts.settlement.operations.receipts import note_receipt
from accounts.settlement.states import PAYS, RECEIVES
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of, refuse_answered
from portal.core.references import new_reference
from portal.core.refusals import Refusal, register

register(
    {
        "payee_unknown": _("No open account of this bank has this number and this name. Check both."),
        "transfer_to_itself": _("Choose another account to transfer to."),
        "currency_differs": _("The two accounts keep different currencies."),
    }
)
events.register({"transfer": _("Transfer"), "transfer_reversed": _("Transfer reversed")})


class PayeeUnknown(Refusal):
    """No account that can receive has this number and this holder's name; which of the two is wrong is not told."""

    code = "payee_unknown"


class TransferToItself(Refusal):
    """Source and destination are the same account."""

    code = "transfer_to_itself"


class CurrencyDiffers(Refusal):
    """Source and destination keep different currencies."""

    code = "currency_differs"


@transaction.atomic(durable=True)
def transfer(
    source: SettlementAccount,
    *,
    to_number: str,
    to_name: str,
    amount: Decimal,
    text: str,
    key: str,
    on: date,
    at: datetime,
    by: str,
    code: str | None = None,
) -> Transfer:
    """Move money at once to another account of this bank; the same key again returns the first transfer.

    :param code: the one-time code that was typed; none where the channel asks for none, as a program with its token.
    :raises KeyMissing: when the key is empty.
    :raises KeyReused: when the key made another transfer.
    :raises PayeeUnknown: when number and name do not belong to one account that can receive.
    :raises TransferToItself: when it is the same account.
    :raises CurrencyDiffers: when the currencies differ.
    :raises AccountNotOpen: when the source cannot pay.
    :raises AmountRefused: when the amount is not a positive whole number of minor units.
    :raises InsufficientFunds: when the source does not hold enough.
    :raises DailyLimit, SecondPersonNeeded, NewPayeeLimit: see ``limits.claim_for_one``.
    :raises SigningCodeWrong: and its kin, when such a transfer needs a code and this does not confirm it.
    """
    number = numbers.bare(to_number)
    asked = [source.reference, number, plain_name(to_name), str(amount.normalize()), text]

    def made() -> str:
        payee = _checked(source, number, to_name, amount, on=on, at=at)
        confirm_by_code(leaving_for(source, payee, amount, text=text, key=key), code, at=at, by=by)
        return move(source, payee, amount, text=text, on=on, at=at, by=by).reference

    reference = answer_once(_scope(by), key, fingerprint=fingerprint_of(asked), make=made)
    return Transfer.objects.select_related("source", "destination", "entry").get(reference=reference)


def plain_name(name: str) -> str:
    """Bring a name to the form in which two are compared: no blanks, no capitals."""
    return "".join(name.casefold().split())


def payee_account(number: str, name: str) -> SettlementAccount:
    """Find the account that a number and its holder's name both fit.

    :raises PayeeUnknown: when they do not fit one; which of the two is wrong is not told.
    """
    found = SettlementAccount.objects.select_related("enterprise").filter(number=number).first()
    if found is None or plain_name(found.enterprise.legal_name) != plain_name(name):
        raise PayeeUnknown
    return found


def _checked(
    source: SettlementAccount, number: str, name: str, amount: Decimal, *, on: date, at: datetime
) -> SettlementAccount:
    """Check whom and how much one person may pay, and find the account."""
    payee = payee_account(number, name)
    if payee.pk == source.pk:
        raise TransferToItself
    ledger.check_amount(amount, source.currency)
    limits.claim_for_one(source, payee, amount, on=on, at=at)
    return payee


def _scope(by: str) -> str:
    return f"settlement.transfer {by}"


def leaving_for(
    source: SettlementAccount, payee: SettlementAccount, amount: Decimal, *, text: str, key: str
) -> LeavingPayment:
    """Say what leaves for another account of this bank."""
    return LeavingPayment(source, amount, payee.enterprise.legal_name, payee.number, "", text, key)


@transaction.atomic(durable=True)
def review_transfer(
    source: SettlementAccount,
    *,
    to_number: str,
    to_name: str,
    amount: Decimal,
    text: str,
    key: str,
    on: date,
    at: datetime,
    by: str,
) -> PaymentReview[LeavingPayment]:
    """Ask everything that transferring would ask, and change nothing.

    :raises KeyReused: when the key made a transfer already.
    :raises: as ``transfer``, all but the code.
    """
    refuse_answered(_scope(by), key)
    payee = _checked(source, numbers.bare(to_number), to_name, amount, on=on, at=at)
    locked_pair(source, payee)
    return review(leaving_for(source, payee, amount, text=text, key=key), at=at)


def move(
    source: SettlementAccount, payee: SettlementAccount, amount: Decimal, *, text: str, on: date, at: datetime, by: str
) -> Transfer:
    """Book a transfer between two accounts whose limits were checked; an inner step.

    A text that holds the structured reference of a request for payment pays that request.

    :raises PayeeUnknown: when the destination was closed meanwhile.
    :raises AccountNotOpen, CurrencyDiffers, AmountRefused, InsufficientFunds: as ``transfer``.
    """
    source, payee = locked_pair(source, payee)
    made = book(source, payee, amount, text=text, on=on, at=at, by=by)
    made.save(force_insert=True)
    details = {"entry": made.entry.reference}
    audit.record("settlement.transferred", subject=made.reference, by=by, at=at, details=details)
    return made


def book(
    source: SettlementAccount, payee: SettlementAccount, amount: Decimal, *, text: str, on: date, at: datetime, by: str
) -> Transfer:
    """Book a transfer between two accounts that are locked and may pay and receive; unsaved; an inner step.

    :raises AmountRefused, InsufficientFunds: as ``transfer``.
    """
    reference = new_reference("T", length=10)
    entry = ledger.post(
        key=f"transfer {reference}",
        event="transfer",
        subject=reference,
        lines=[ledger.debit(source.ledger_account, amount), ledger.credit(payee.ledger_account, amount)],
        effective_date=on,
        at=at,
        by=by,
        text=text,
    )
    if text.strip():
        name = source.enterprise.legal_name
        note_receipt(payee, amount, entry=entry, text=text, payer_name=name, on=on, at=at, by=by)
    return Transfer(
        reference=reference,
        source=source,
        destination=payee,
        amount=amount,
        text=text,
        entry=entry,
        made_at=at,
        made_by=by,
    )


def locked_pair(source: SettlementAccount, payee: SettlementAccount) -> tuple[SettlementAccount, SettlementAccount]:
    """Lock two accounts, and refuse those between which no money can move; an inner step.

    :raises AccountNotOpen, PayeeUnknown, CurrencyDiffers: see there.
    """
    pair = SettlementAccount.objects.locked().select_related("ledger_account", "enterprise")
    locked = {account.pk: account for account in pair.filter(pk__in=[source.pk, payee.pk])}
    source, payee = locked[source.pk], locked[payee.pk]
    if source.status not in PAYS:
        raise AccountNotOpen
    if payee.status not in RECEIVES:
        raise PayeeUnknown
    if source.currency != payee.currency:
        raise CurrencyDiffers
    return source, payee
