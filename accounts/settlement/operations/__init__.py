"""What can be done with a settlement account."""

from accounts.ledger.operations import InsufficientFunds
from accounts.settlement.operations.accounts import (
    AccountNotOpen,
    BalanceRemains,
    MandateStands,
    ReasonMissing,
    account_of,
    close,
    credit,
    debit,
    debit_to,
    end_mandate,
    freeze,
    open_account,
    register_mandate,
    unfreeze,
)
from accounts.settlement.operations.cash import SamePerson, confirm_cash, decline_cash, pay_in, pay_out
from accounts.settlement.operations.transfers import CurrencyDiffers, PayeeUnknown, TransferToItself, transfer

__all__ = [
    "AccountNotOpen",
    "BalanceRemains",
    "CurrencyDiffers",
    "InsufficientFunds",
    "MandateStands",
    "PayeeUnknown",
    "ReasonMissing",
    "SamePerson",
    "TransferToItself",
    "account_of",
    "close",
    "confirm_cash",
    "credit",
    "debit",
    "debit_to",
    "decline_cash",
    "end_mandate",
    "freeze",
    "open_account",
    "pay_in",
    "pay_out",
    "register_mandate",
    "transfer",
    "unfreeze",
]
