"""The books' verbs: open them, post, reverse, hold, close months, seal, remember sums."""

from accounts.ledger.operations.books import OverdraftInUse, allow_overdraft, open_books, open_customer_account
from accounts.ledger.operations.checking import check_books
from accounts.ledger.operations.closing import (
    BooksUnbalanced,
    ClosedAlone,
    ClosingReasonMissing,
    ClosingWaits,
    MonthAlreadyClosed,
    MonthNotOver,
    ask_to_close_month,
    close_month,
    decline_closing,
)
from accounts.ledger.operations.holding import (
    expire_holds,
    hold,
    tell_of_expiry,
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
    "BooksUnbalanced",
    "ClosedAlone",
    "ClosingReasonMissing",
    "ClosingWaits",
    "EntryUnbalanced",
    "InsufficientFunds",
    "KeyReused",
    "Line",
    "MonthAlreadyClosed",
    "MonthNotOver",
    "OverdraftInUse",
    "PeriodClosed",
    "ReversalNotReversible",
    "allow_overdraft",
    "ask_to_close_month",
    "check_books",
    "close_month",
    "credit",
    "debit",
    "decline_closing",
    "expire_holds",
    "hold",
    "open_books",
    "open_customer_account",
    "post",
    "reverse",
    "seal_entries",
    "take_snapshots",
    "tell_of_expiry",
    "too_little",
    "void",
]
