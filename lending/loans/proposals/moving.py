"""Writing down what happened to a proposal, whoever did it; inner steps."""

from datetime import datetime
from enum import StrEnum

from lending.loans.proposals.models import Proposal
from portal.core import audit
from portal.core.transitions import target_of


def move(proposal: Proposal, event: StrEnum, *, by: str, at: datetime, **details: object) -> None:
    """Write down what happened to a locked proposal.

    :raises TransitionRefused: when that does not happen in its status.
    """
    proposal.status = target_of(proposal.TRANSITIONS, event, proposal.status)
    proposal.save()
    record(event, proposal, by=by, at=at, **details)


def record(verb: str, proposal: Proposal, *, by: str, at: datetime, **details: object) -> None:
    """Let the audit trail tell it."""
    amount = {proposal.AMOUNT.removesuffix("_amount"): proposal.limited_amount}
    told = {proposal.WORD: proposal.reference, **amount, **details}
    audit.record(f"loans.{verb}_{proposal.WORD}", subject=proposal.loan.reference, by=by, at=at, details=told)
