"""Money that came in with words on it: noted where it is booked, claimed once by the department it is for."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import JournalEntry
from accounts.settlement import matching
from accounts.settlement.models import Mandate, Receipt, SettlementAccount
from accounts.settlement.operations import receiving
from portal.core import audit, jobs
from portal.core.refusals import Refusal, register

register(
    {
        "receipt_claimed": _("This receipt was already used for something else."),
        "receipt_kept": _(
            "The money of %(receipt)s paid %(subject)s, and what it did there cannot be undone from here. Decline this,"
            " and settle the difference with the customer."
        ),
    }
)


def note_receipt(
    account: SettlementAccount,
    amount: Decimal,
    *,
    entry: JournalEntry,
    text: str,
    on: date,
    at: datetime,
    by: str,
    payer_name: str = "",
    payer_number: str = "",
) -> Receipt:
    """Note money that an entry brought to an account; an inner step.

    The department whose mandate its words name is asked to claim it; the request for payment that they name is marked.

    Noted again for the same entry, it is the first receipt.
    """
    assert connection.in_atomic_block, "a receipt stands or falls with its entry"
    told = matching.references(text)
    mandate = _mandate_named(told, account)
    receipt, made = Receipt.objects.get_or_create(
        entry=entry,
        defaults={
            "settlement_account": account,
            "amount": amount,
            "text": text[:500],
            "payer_name": payer_name[:140],
            "payer_number": payer_number[:64],
            "purpose": mandate.purpose if mandate else "",
            "subject": mandate.subject if mandate else next(iter(told), ""),
            "received_on": on,
            "received_at": at,
        },
    )
    if made and mandate and mandate.claim_job:
        jobs.ask(mandate.claim_job, receipt.reference, at=at)
    if made:
        receiving.note(text, amount, entry=entry, account=account, on=on, at=at, by=by)
    return receipt


def _mandate_named(references: tuple[str, ...], account: SettlementAccount) -> Mandate | None:
    """Find the one mandate standing on an account that some references name and whose department claims money."""
    named = account.mandates.filter(subject__in=references, ended_at=None)
    found = list(named.exclude(claim_job="")[:2])
    return found[0] if len(found) == 1 else None


class ReceiptClaimed(Refusal):
    """Another purpose claimed the receipt before."""

    code = "receipt_claimed"


def claim_receipt(receipt: Receipt, *, purpose: str, subject: str, at: datetime, by: str) -> bool:
    """Claim a receipt for what a department does with it in the same transaction; an inner step.

    Tell whether it is claimed now; claimed before for the same, it is not, and there is nothing to do.

    :raises ReceiptClaimed: when it was claimed for something else.
    """
    receipt.refresh_from_db(from_queryset=Receipt.objects.locked().select_related("settlement_account"))
    if receipt.claimed_at:
        if (receipt.claimed_by, receipt.claimed_for) != (purpose, subject):
            raise ReceiptClaimed
        return False
    receipt.claimed_at, receipt.claimed_by, receipt.claimed_for = at, purpose, subject
    receipt.save(update_fields=["claimed_at", "claimed_by", "claimed_for"])
    audit.record("settlement.receipt_claimed", subject=receipt.reference, by=by, at=at, details={"for": subject})
    return True


def cannot_give_up(receipt: Receipt) -> ReceiptClaimed:
    """Say for what a receipt was claimed that is not undone."""
    return ReceiptClaimed("receipt_kept", receipt=receipt.reference, subject=receipt.claimed_for)


GiveUp = Callable[[Callable[[date], date], datetime, str], JournalEntry]
_GIVING_UP: Final[dict[str, Callable[[Receipt], GiveUp]]] = {}


def offer_giving_up(purpose: str, prepare: Callable[[Receipt], GiveUp]) -> None:
    """Teach how a department undoes what it did with a receipt whose money was booked wrongly.

    :param prepare: locks what is the department's own and gives what undoes it. That is called when the accounts are
        locked too, with what tells the day on which something is booked that belongs to another, the moment and the
        person; it gives the entry by which the money is back.
    """
    _GIVING_UP[purpose] = prepare


def prepare_giving_up(receipt: Receipt) -> GiveUp | None:
    """Lock a receipt and, before it, what a department did with it; give what undoes that, if it was claimed.

    An inner step, which comes before accounts are locked.

    :raises ReceiptClaimed: when the department does not offer to undo it, or claimed it this moment.
    """
    purpose = receipt.claimed_by
    if purpose and purpose not in _GIVING_UP:
        raise cannot_give_up(receipt)
    undo = _GIVING_UP[purpose](receipt) if purpose else None
    receipt.refresh_from_db(from_queryset=Receipt.objects.locked())
    if receipt.claimed_by != purpose:
        raise ReceiptClaimed
    if undo is None:
        return None

    def give_up(day_of: Callable[[date], date], at: datetime, by: str) -> JournalEntry:
        entry = undo(day_of, at, by)
        details = {"for": receipt.claimed_for, "entry": entry.reference}
        receipt.claimed_at, receipt.claimed_by, receipt.claimed_for = None, "", ""
        receipt.save(update_fields=["claimed_at", "claimed_by", "claimed_for"])
        audit.record("settlement.receipt_given_up", subject=receipt.reference, by=by, at=at, details=details)
        return entry

    return give_up
