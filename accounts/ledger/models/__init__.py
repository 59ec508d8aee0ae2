"""The nouns of the books."""

from accounts.ledger.models.books import (
    AccountingPeriod,
    AccountKind,
    BalanceSnapshot,
    Direction,
    Hold,
    JournalEntry,
    LedgerAccount,
    LedgerBalance,
    MonthClosing,
    Posting,
    _hold_reference,
    entry_reference,
)
from accounts.ledger.models.seals import BookCheck, Chain, ChainCheck, EntrySeal, SealedBlock
