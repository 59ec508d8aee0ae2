"""Gathers the slices' models for Django; nobody else imports this."""

from lending.applications.models import (
    Application,
    ApplicationDocument,
    ApplicationEvent,
    CreditDecision,
    Offer,
    Review,
)
from lending.credit.models import (
    Challenger,
    Exposure,
    IndustryStandard,
    LabeledCase,
    Policy,
    RegisterAnswer,
    Scorecard,
    StandardEdition,
)
from lending.funding.models import FundingProgram, Introduction
from lending.loans.models import Allocation, Installment, Loan, Repayment, UndoneRepayment
from lending.loans.rescheduling.models import Rescheduling
from lending.products.models import LoanProduct

__all__ = [
    "Allocation",
    "Application",
    "ApplicationDocument",
    "ApplicationEvent",
    "Challenger",
    "CreditDecision",
    "Exposure",
    "FundingProgram",
    "IndustryStandard",
    "Installment",
    "Introduction",
    "LabeledCase",
    "Loan",
    "LoanProduct",
    "Offer",
    "Policy",
    "RegisterAnswer",
    "Repayment",
    "Rescheduling",
    "Review",
    "Scorecard",
    "StandardEdition",
    "UndoneRepayment",
]
