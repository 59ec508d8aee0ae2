"""Sending what waits out of the bank: one pain.001 file a currency, each payment in exactly one."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet

from accounts.settlement import pain
from accounts.settlement.models import PaymentFile, PaymentInstruction, SuspenseItem
from accounts.settlement.nostro_states import Clearing, SuspenseStatus
from accounts.settlement.operations.payees import fault_outside
from accounts.settlement.states import InstructionStatus
from portal.core import audit, failures, files
from portal.core.references import new_reference

MOST_IN_A_FILE: Final = 5_000
T = TypeVar("T", bound=Model)


@transaction.atomic(durable=True)
def send_payments(*, currency: str, on: date, at: datetime, by: str, version: int = 9) -> PaymentFile | None:
    """Write what is pending in a currency into one file and mark it sent; nothing pending, no file.

    Rows another sender holds are skipped, so two senders at once never send the same payment. What goes where no
    account can be would break the file and stays behind, but keeps nothing back that waits behind it: those who watch
    over the bank are told.
    """
    rows = PaymentInstruction.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    waiting = rows.to_send().select_related("settlement_account__enterprise", "payee")
    waiting = waiting.filter(settlement_account__currency=currency)
    instructions = _fit_to_send(waiting, _payment, most=MOST_IN_A_FILE, at=at)
    items = _fit_to_send(_to_send_back(currency), _payment_back, most=MOST_IN_A_FILE - len(instructions), at=at)
    if not (instructions or items):
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
        payments=(*map(_payment, instructions), *map(_payment_back, items)),
    )
    content = pain.written(message, version=version)
    assert not pain.faults(content), "what we write keeps to the schema"
    stored = files.keep_bytes(content, name=f"{reference}.xml", media_type="application/xml", by=by, at=at)
    total: Decimal = sum((each.amount for each in instructions), Decimal(0))
    total += sum((each.amount for each in items), Decimal(0))
    sent = PaymentFile.objects.create(
        reference=reference,
        file=stored,
        version=version,
        currency=currency,
        payment_count=len(instructions) + len(items),
        total_amount=total,
        written_at=at,
        written_by=by,
    )
    PaymentInstruction.objects.filter(pk__in=[each.pk for each in instructions]).update(
        status=InstructionStatus.SENT, file=sent, sent_at=at
    )
    SuspenseItem.objects.filter(pk__in=[each.pk for each in items]).update(file=sent)
    details = {"payments": sent.payment_count, "total": str(total), "currency": currency}
    audit.record("settlement.payments_sent", subject=reference, by=by, at=at, details=details)
    return sent


def _fit_to_send(rows: QuerySet[T], as_payment: Callable[[T], pain.Payment], *, most: int, at: datetime) -> list[T]:
    """List the oldest, but for what goes where no account can be: saved, and booked, before that was refused."""
    fit: list[T] = []
    wrong, last = [], 0
    while len(fit) < most and (some := list(rows.filter(pk__gt=last).order_by("pk")[:MOST_IN_A_FILE])):
        for row in some:
            payment = as_payment(row)
            if _is_wrong(payment):
                wrong.append(payment.reference)
            else:
                fit.append(row)
        last = some[-1].pk
    if wrong:
        failures.note("settlement.payment_not_sent", wrong, at=at)
    return fit[:most]


def _is_wrong(payment: pain.Payment) -> bool:
    code = payment.creditor_bank_code
    return bool(code and fault_outside(payment.creditor_number, code))


def _to_send_back(currency: str) -> QuerySet[SuspenseItem]:
    """Find money in suspense that goes back to its sender and was not sent yet."""
    rows = SuspenseItem.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related("line")
    decided = rows.filter(way=Clearing.SENDER, status=SuspenseStatus.CLEARED, file=None)
    return decided.filter(line__currency=currency)


def _payment_back(item: SuspenseItem) -> pain.Payment:
    return pain.Payment(
        reference=item.reference,
        amount=item.amount,
        debtor_name=settings.BANK_NAME_EN,
        creditor_name=item.sender_name,
        creditor_number=item.sender_number,
        creditor_bank_code=item.sender_bank_code,
        text=item.line.description,
    )


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
