"""The nouns of settlement."""

from accounts.settlement.models.accounts import READERS, Mandate, SettlementAccount, SettlementAccountQuerySet, Transfer
from accounts.settlement.models.cash import CashMovement, CashMovementQuerySet
from accounts.settlement.models.payments import (
    Payee,
    PayeeQuerySet,
    PaymentFile,
    PaymentInstruction,
    PaymentInstructionQuerySet,
    PaymentRules,
)

__all__ = [
    "READERS",
    "CashMovement",
    "CashMovementQuerySet",
    "Mandate",
    "Payee",
    "PayeeQuerySet",
    "PaymentFile",
    "PaymentInstruction",
    "PaymentInstructionQuerySet",
    "PaymentRules",
    "SettlementAccount",
    "SettlementAccountQuerySet",
    "Transfer",
]
