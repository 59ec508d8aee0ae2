"""What lines of the nostro account may be about, fetched for all of them at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.conf import settings
from django.db.models import Q

from accounts.ledger.models import JournalEntry
from accounts.settlement import matching
from accounts.settlement.drawer_states import DeliveryStatus
from accounts.settlement.models import (
    CashDelivery,
    Mandate,
    NostroLine,
    PaymentFile,
    PaymentInstruction,
    PaymentRequest,
    SettlementAccount,
    SuspenseItem,
)
from accounts.settlement.nostro_states import Clearing
from accounts.settlement.requesting import reference_in
from accounts.settlement.states import InstructionStatus


@dataclass(frozen=True)
class Around:
    """By reference, number or IBAN what lines may name, and by amount what they may mean without naming it.

    :param parts: by file what of it was not confirmed yet, in the order in which it is locked.
    :param sent_back: what went back out of suspense and no statement confirmed yet.
    """

    files: Mapping[str, PaymentFile]
    parts: Mapping[int, Sequence[PaymentInstruction | SuspenseItem]]
    sent_back: Mapping[str, SuspenseItem]
    payments: Mapping[str, PaymentInstruction]
    payments_of: Mapping[Decimal, Sequence[PaymentInstruction]]
    cash: Mapping[str, CashDelivery]
    cash_of: Mapping[Decimal, Sequence[CashDelivery]]
    accounts: Mapping[str, SettlementAccount]
    mandates: Mapping[str, Sequence[Mandate]]
    requests: Mapping[str, PaymentRequest]


def references_of(line: NostroLine) -> tuple[str, ...]:
    """Find the references that a line names."""
    return matching.references(line.end_to_end, line.description, line.bank_reference)


def numbers_of(line: NostroLine) -> set[str]:
    """Find what may be account numbers of this bank, or their IBANs, in a line."""
    texts = line.end_to_end, line.description
    return {*matching.account_numbers(*texts), *matching.ibans(*texts)} - {settings.NOSTRO_NUMBER}


def request_of(line: NostroLine) -> str:
    """Find the request for payment that a line names by its structured reference."""
    return reference_in(f"{line.end_to_end} {line.description}")


def around(lines: Sequence[NostroLine]) -> Around:
    """Fetch all that lines of one currency may be about."""
    currency = lines[0].currency if lines else ""
    told = {reference for line in lines for reference in references_of(line)}
    files = {each.reference: each for each in PaymentFile.objects.filter(reference__in=told, currency=currency)}
    items = _sent_back(told, files.values())
    parts: dict[int, list[PaymentInstruction | SuspenseItem]] = defaultdict(list)
    sent = PaymentInstruction.objects.filter(file__in=files.values(), status=InstructionStatus.SENT)
    for payment in sent.order_by("settlement_account__enterprise_id", "pk"):
        parts[payment.file_id or 0].append(payment)
    for item in items:
        parts[item.file_id or 0].append(item)
    payments, cash = _payments(lines, told, currency), _cash(lines, told)
    numbers = {number for line in lines for number in numbers_of(line)}
    accounts = SettlementAccount.objects.filter(Q(number__in=numbers) | Q(iban__in=numbers), currency=currency)
    mandates: dict[str, list[Mandate]] = defaultdict(list)
    for mandate in Mandate.objects.select_related("settlement_account").filter(subject__in=told, ended_at=None):
        mandates[mandate.subject].append(mandate)
    requests = PaymentRequest.objects.select_related("settlement_account").filter(
        reference__in={request_of(line) for line in lines} - {""}, settlement_account__currency=currency
    )
    return Around(
        files=files,
        parts=parts,
        sent_back={each.reference: each for each in items if each.way == Clearing.SENDER},
        payments={each.reference: each for each in payments},
        payments_of=_by_amount((each, each.amount) for each in payments if each.status == InstructionStatus.SENT),
        cash={each.reference: each for each in cash},
        cash_of=_by_amount((each, each.amount) for each in cash if each.status == DeliveryStatus.ON_THE_WAY),
        accounts={number: each for each in accounts for number in (each.number, each.iban) if number},
        mandates=mandates,
        requests={each.reference: each for each in requests},
    )


def _sent_back(told: Iterable[str], files: Iterable[PaymentFile]) -> list[SuspenseItem]:
    """List what went out of suspense in one of the files or is named itself, unless a statement confirmed it."""
    named = Q(file__in=list(files)) | Q(reference__in=told, way=Clearing.SENDER, file__isnull=False)
    items = list(SuspenseItem.objects.filter(named).select_related("line").order_by("pk"))
    keys = {sent_back_key(each): each.pk for each in items}
    gone = set(JournalEntry.objects.filter(key__in=keys).values_list("key", flat=True))
    return [each for each in items if sent_back_key(each) not in gone]


def sent_back_key(item: SuspenseItem) -> str:
    """Name the entry that books that money went back to its sender, once for each file that sent it."""
    return f"sent back {item.reference} {item.file_id}"


def _payments(lines: Sequence[NostroLine], told: Iterable[str], currency: str) -> list[PaymentInstruction]:
    """List the payments that lines name, and those underway of their amounts."""
    amounts = {-line.amount for line in lines if line.amount < 0}
    meant = Q(reference__in=told) | Q(status=InstructionStatus.SENT, amount__in=amounts)
    payments = PaymentInstruction.objects.select_related("payee", "settlement_account").filter(meant)
    return list(payments.filter(settlement_account__currency=currency, sent_at__isnull=False).order_by("pk"))


def _cash(lines: Sequence[NostroLine], told: Iterable[str]) -> list[CashDelivery]:
    """List the cash that lines name, and what is on its way of their amounts."""
    amounts = {abs(line.amount) for line in lines}
    meant = Q(reference__in=told) | Q(status=DeliveryStatus.ON_THE_WAY, amount__in=amounts)
    return list(CashDelivery.objects.select_related("vault").filter(meant).order_by("pk"))


T = TypeVar("T")


def _by_amount(found: Iterable[tuple[T, Decimal]]) -> Mapping[Decimal, Sequence[T]]:
    gathered: dict[Decimal, list[T]] = defaultdict(list)
    for each, amount in found:
        gathered[amount].append(each)
    return gathered
