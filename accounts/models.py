"""Gathers the slices' models for Django; nobody else imports this."""

from accounts.cashflow.models import BankTransaction, Invoice, StatementImport
from accounts.identity.models import (
    Branch,
    Clearance,
    Consent,
    Enterprise,
    Industry,
    Invitation,
    Membership,
    SigningCode,
    StaffPost,
    User,
)
from accounts.ledger.models import (
    AccountingPeriod,
    BalanceSnapshot,
    EntrySeal,
    Hold,
    JournalEntry,
    LedgerAccount,
    LedgerBalance,
    Posting,
    SealedBlock,
)
from accounts.settlement.models import CashMovement, Mandate, SettlementAccount, Transfer

__all__ = [
    "AccountingPeriod",
    "BalanceSnapshot",
    "BankTransaction",
    "Branch",
    "CashMovement",
    "Clearance",
    "Consent",
    "Enterprise",
    "EntrySeal",
    "Hold",
    "Industry",
    "Invitation",
    "Invoice",
    "JournalEntry",
    "LedgerAccount",
    "LedgerBalance",
    "Mandate",
    "Membership",
    "Posting",
    "SealedBlock",
    "SettlementAccount",
    "SigningCode",
    "StaffPost",
    "StatementImport",
    "Transfer",
    "User",
]
