"""Money that came in with words on it: noted where it is booked, claimed once by the department it is for."""

from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import JournalEntry
from accounts.settlement import matching
from accounts.settlement.models import Receipt, SettlementAccount
from accounts.settlement.operations import receiving
from accounts.settlement.queries.fitting import mandate_named
from portal.core import audit, jobs
from portal.core.refusals import Refusal, register

register({"receipt_claimed": _("This receipt was already used for something else.")})


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
    mandate = mandate_named(told, account=account)
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
