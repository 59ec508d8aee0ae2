"""Gathers the slices' models for Django; nobody else imports this."""

from lending.applications.models import (
    Application,
    ApplicationDocument,
    ApplicationEvent,
    CreditDecision,
    Offer,
    Review,
    Revocation,
)
from lending.arrears.models import Contact, Reminder
from lending.credit.models import (
    Challenger,
    Exposure,
    IndustryStandard,
    LabeledCase,
    LateMonth,
    Policy,
    RegisterAnswer,
    Scorecard,
    StandardEdition,
)
from lending.funding.models import FundingProgram, Introduction
from lending.loans.lines.models import CreditLine
from lending.loans.losses.models import (
    Allowance,
    AllowanceLine,
    Judgment,
    LossRules,
    RebookedRecovery,
    WriteOff,
    WriteOffReversal,
)
from lending.loans.models import Allocation, Installment, Loan, Repayment, UndoneRepayment
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.waivers.models import Waiver
from lending.products.models import LoanProduct
