"""The nouns of settlement."""

from accounts.settlement.models.accounts import READERS, Mandate, SettlementAccount, SettlementAccountQuerySet, Transfer
from accounts.settlement.models.cash import CashMovement, CashMovementQuerySet
from accounts.settlement.models.nostro import NostroLine, NostroStatement, SuspenseItem
from accounts.settlement.models.payments import (
    Payee,
    PayeeQuerySet,
    PaymentFile,
    PaymentInstruction,
    PaymentInstructionQuerySet,
    PaymentRules,
)
from accounts.settlement.models.receipts import Receipt, ReceiptQuerySet

__all__ = [
    "READERS",
    "CashMovement",
    "CashMovementQuerySet",
    "Mandate",
    "NostroLine",
    "NostroStatement",
    "Payee",
    "PayeeQuerySet",
    "PaymentFile",
    "PaymentInstruction",
    "PaymentInstructionQuerySet",
    "PaymentRules",
    "Receipt",
    "ReceiptQuerySet",
    "SettlementAccount",
    "SettlementAccountQuerySet",
    "SuspenseItem",
    "Transfer",
]
