"""The nouns of settlement."""

from accounts.settlement.models.accounts import Mandate, SettlementAccount, Transfer
from accounts.settlement.models.batches import PaymentBatch, PaymentBatchLine
from accounts.settlement.models.cash import CashMovement
from accounts.settlement.models.collections import (
    BillPlan,
    PaymentRequest,
    RequestMessage,
    RequestReceipt,
)
from accounts.settlement.models.corrections import CashCorrection
from accounts.settlement.models.counts import (
    CashCount,
    CashHandover,
    DrawerLine,
)
from accounts.settlement.models.deliveries import CashDelivery
from accounts.settlement.models.drawers import CashDrawer
from accounts.settlement.models.nostro import NostroLine, NostroStatement, SuspenseItem
from accounts.settlement.models.notices import AnnouncedBlock, NoticePreference
from accounts.settlement.models.papers import BalanceCertificate
from accounts.settlement.models.payments import (
    Payee,
    PaymentFile,
    PaymentInstruction,
    PaymentRules,
)
from accounts.settlement.models.receipts import Receipt
from accounts.settlement.models.standing import (
    StandingOrder,
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
