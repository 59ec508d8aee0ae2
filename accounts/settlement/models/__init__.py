"""The nouns of settlement."""

from accounts.settlement.models.accounts import READERS, Mandate, SettlementAccount, SettlementAccountQuerySet, Transfer
from accounts.settlement.models.cash import CashMovement, CashMovementQuerySet

__all__ = [
    "READERS",
    "CashMovement",
    "CashMovementQuerySet",
    "Mandate",
    "SettlementAccount",
    "SettlementAccountQuerySet",
    "Transfer",
]
