"""What the bank does with a loan that goes bad: judging it worse, the allowance, writing it off."""

from lending.loans.losses.operations.allowance import post_allowances
from lending.loans.losses.operations.judging import JudgmentRefused, judge, lift
from lending.loans.losses.operations.writing_off import WriteOffRefused, approve, decline, propose, withdraw

__all__ = [
    "JudgmentRefused",
    "WriteOffRefused",
    "approve",
    "decline",
    "judge",
    "lift",
    "post_allowances",
    "propose",
    "withdraw",
]
