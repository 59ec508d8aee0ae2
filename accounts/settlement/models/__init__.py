"""The nouns of settlement."""

from accounts.settlement.models.accounts import Mandate, SettlementAccount, SettlementAccountQuerySet, Transfer
from accounts.settlement.models.batches import PaymentBatch, PaymentBatchLine, PaymentBatchQuerySet
from accounts.settlement.models.cash import CashMovement, CashMovementQuerySet
from accounts.settlement.models.collections import (
    BillPlan,
    BillPlanQuerySet,
    PaymentRequest,
    PaymentRequestQuerySet,
    RequestMessage,
    RequestReceipt,
)
from accounts.settlement.models.corrections import CashCorrection, CashCorrectionQuerySet
from accounts.settlement.models.counts import (
    CashCount,
    CashCountQuerySet,
    CashHandover,
    CashHandoverQuerySet,
    DrawerLine,
)
from accounts.settlement.models.deliveries import CashDelivery, CashDeliveryQuerySet
from accounts.settlement.models.drawers import CashDrawer, CashDrawerQuerySet
from accounts.settlement.models.nostro import NostroLine, NostroStatement, SuspenseItem
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
from accounts.settlement.models.receipts import Receipt, ReceiptQuerySet
from accounts.settlement.models.standing import (
    StandingOrder,
    StandingOrderQuerySet,
    StandingOrderRun,
    StandingOrderTerms,
)
from accounts.settlement.models.terms import (
    AccountDayCount,
    AccountProduct,
    AccountProductProposal,
    AccountTerms,
    CarriedCharge,
    ProposalStatus,
    TermsAgreement,
    TermsPeriod,
)

__all__ = [
    "AccountDayCount",
    "AccountProduct",
    "AccountProductProposal",
    "AccountTerms",
    "AnnouncedBlock",
    "BalanceCertificate",
    "BalanceCertificateQuerySet",
    "BillPlan",
    "BillPlanQuerySet",
    "CarriedCharge",
    "CashCorrection",
    "CashCorrectionQuerySet",
    "CashCount",
    "CashCountQuerySet",
    "CashDelivery",
    "CashDeliveryQuerySet",
    "CashDrawer",
    "CashDrawerQuerySet",
    "CashHandover",
    "CashHandoverQuerySet",
    "CashMovement",
    "CashMovementQuerySet",
    "DrawerLine",
    "Mandate",
    "NostroLine",
    "NostroStatement",
    "NoticePreference",
    "Payee",
    "PayeeQuerySet",
    "PaymentBatch",
    "PaymentBatchLine",
    "PaymentBatchQuerySet",
    "PaymentFile",
    "PaymentInstruction",
    "PaymentInstructionQuerySet",
    "PaymentRequest",
    "PaymentRequestQuerySet",
    "PaymentRules",
    "ProposalStatus",
    "Receipt",
    "ReceiptQuerySet",
    "RequestMessage",
    "RequestReceipt",
    "SettlementAccount",
    "SettlementAccountQuerySet",
    "StandingOrder",
    "StandingOrderQuerySet",
    "StandingOrderRun",
    "StandingOrderTerms",
    "SuspenseItem",
    "TermsAgreement",
    "TermsPeriod",
    "Transfer",
]
