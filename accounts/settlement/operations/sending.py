"""Sending what waits out of the bank: one pain.001 file a currency, each payment in exactly one."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import transaction

from accounts.settlement import pain
from accounts.settlement.models import PaymentFile, PaymentInstruction
from accounts.settlement.states import InstructionStatus
from portal.core import audit, files
from portal.core.references import new_reference

MOST_IN_A_FILE: Final = 5_000


@transaction.atomic(durable=True)
def send_payments(*, currency: str, on: date, at: datetime, by: str, version: int = 9) -> PaymentFile | None:
    """Write what is pending in a currency into one file and mark it sent; nothing pending, no file.

    Rows another sender holds are skipped, so two senders at once never send the same payment.
    """
    rows = PaymentInstruction.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    waiting = rows.select_related("settlement_account__enterprise", "payee").filter(
        status=InstructionStatus.PENDING, settlement_account__currency=currency
    )
    instructions = list(waiting.order_by("pk")[:MOST_IN_A_FILE])
    if not instructions:
        return None
    reference = new_reference("PF")
    message = pain.Message(
        reference=reference,
        created_at=at,
        execution_date=on,
        currency=currency,
        bank_name=settings.BANK_NAME_EN,
        bank_code=settings.NOSTRO_BIC,
        nostro_number=settings.NOSTRO_NUMBER,
        payments=tuple(_payment(each) for each in instructions),
    )
    content = pain.written(message, version=version)
    assert not pain.faults(content), "what we write keeps to the schema"
    stored = files.keep_bytes(content, name=f"{reference}.xml", media_type="application/xml", by=by, at=at)
    total: Decimal = sum((each.amount for each in instructions), Decimal(0))
    sent = PaymentFile.objects.create(
        reference=reference,
        file=stored,
        version=version,
        currency=currency,
        payment_count=len(instructions),
        total_amount=total,
        written_at=at,
        written_by=by,
    )
    PaymentInstruction.objects.filter(pk__in=[each.pk for each in instructions]).update(
        status=InstructionStatus.SENT, file=sent, sent_at=at
    )
    details = {"payments": len(instructions), "total": str(total), "currency": currency}
    audit.record("settlement.payments_sent", subject=reference, by=by, at=at, details=details)
    return sent


def _payment(instruction: PaymentInstruction) -> pain.Payment:
    return pain.Payment(
        reference=instruction.reference,
        amount=instruction.amount,
        debtor_name=instruction.settlement_account.enterprise.legal_name,
        creditor_name=instruction.payee.name,
        creditor_number=instruction.payee.number,
        creditor_bank_code=instruction.payee.bank_code,
        text=instruction.text,
    )
