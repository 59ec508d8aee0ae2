"""The nouns of settlement."""

from accounts.settlement.models.accounts import READERS, Mandate, SettlementAccount, SettlementAccountQuerySet, Transfer
from accounts.settlement.models.cash import CashMovement, CashMovementQuerySet
from accounts.settlement.models.notices import AnnouncedBlock, NoticePreference
from accounts.settlement.models.papers import BalanceCertificate, BalanceCertificateQuerySet
from accounts.settlement.models.payments import (
    Payee,
    PayeeQuerySet,
    PaymentFile,
    PaymentInstruction,
    PaymentInstructionQuerySet,
    PaymentRules,
)
from accounts.settlement.models.terms import AccountDayCount, AccountProduct, TermsAgreement, TermsPeriod

__all__ = [
    "READERS",
    "AccountDayCount",
    "AccountProduct",
    "AnnouncedBlock",
    "BalanceCertificate",
    "BalanceCertificateQuerySet",
    "CashMovement",
    "CashMovementQuerySet",
    "Mandate",
    "NoticePreference",
    "Payee",
    "PayeeQuerySet",
    "PaymentFile",
    "PaymentInstruction",
    "PaymentInstructionQuerySet",
    "PaymentRules",
    "SettlementAccount",
    "SettlementAccountQuerySet",
    "TermsAgreement",
    "TermsPeriod",
    "Transfer",
]
