"""The books' verbs: open them, post, reverse, hold, close months, seal, remember sums."""

from accounts.ledger.operations.books import OverdraftInUse, allow_overdraft, open_books, open_customer_account
from accounts.ledger.operations.checking import check_books
from accounts.ledger.operations.closing import MonthAlreadyClosed, MonthNotOver, close_month
from accounts.ledger.operations.holding import (
    CaptureExceedsHold,
    HoldExpired,
    capture,
    capture_to,
    expire_holds,
    hold,
    void,
)
from accounts.ledger.operations.posting import (
    LARGEST_AMOUNT,
    AccountIsASummary,
    AlreadyReversed,
    AmountRefused,
    EntryUnbalanced,
    InsufficientFunds,
    KeyReused,
    Line,
    PeriodClosed,
    ReversalNotReversible,
    credit,
    debit,
    post,
    reverse,
    too_little,
)
from accounts.ledger.operations.sealing import seal_entries
from accounts.ledger.operations.snapshots import ARRIVAL_LOCK, take_snapshots

__all__ = [
    "ARRIVAL_LOCK",
    "LARGEST_AMOUNT",
    "AccountIsASummary",
    "AlreadyReversed",
    "AmountRefused",
    "CaptureExceedsHold",
    "EntryUnbalanced",
    "HoldExpired",
    "InsufficientFunds",
    "KeyReused",
    "Line",
    "MonthAlreadyClosed",
    "MonthNotOver",
    "OverdraftInUse",
    "PeriodClosed",
    "ReversalNotReversible",
    "allow_overdraft",
    "capture",
    "capture_to",
    "check_books",
    "close_month",
    "credit",
    "debit",
    "expire_holds",
    "hold",
    "open_books",
    "open_customer_account",
    "post",
    "reverse",
    "seal_entries",
    "take_snapshots",
    "too_little",
    "void",
]
