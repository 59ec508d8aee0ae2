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
from accounts.settlement.models.standing import (
    StandingOrder,
    StandingOrderQuerySet,
    StandingOrderRun,
    StandingOrderTerms,
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
    "StandingOrder",
    "StandingOrderQuerySet",
    "StandingOrderRun",
    "StandingOrderTerms",
    "Transfer",
]
