"""The books' verbs: open them, post, reverse, hold, close months, seal, remember sums."""

from accounts.ledger.operations.books import (
    OverdraftInUse,
    allow_overdraft,
    open_books,
    open_customer_account,
    rename_customer_accounts,
)
from accounts.ledger.operations.checking import alarm, check_books, check_chain
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
    CaptureExceedsHold,
    HoldExpired,
    capture,
    expire_holds,
    hold,
    tell_of_expiry,
    void,
)
from accounts.ledger.operations.posting import (
    AccountIsASummary,
    AlreadyReversed,
    AmountRefused,
    EntryUnbalanced,
    InsufficientFunds,
    KeyReused,
    Line,
    PeriodClosed,
    ReversalNotReversible,
    check_amount,
    credit,
    debit,
    post,
    reverse,
    too_little,
)
from accounts.ledger.operations.sealing import seal_entries
from accounts.ledger.operations.snapshots import ARRIVAL_LOCK, take_snapshots
