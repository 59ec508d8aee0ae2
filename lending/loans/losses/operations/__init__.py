"""What the bank does with a loan that goes bad: judging it worse, the allowance, writing it off."""

from lending.loans.losses.operations.allowance import post_allowances
from lending.loans.losses.operations.judging import JudgmentRefused, judge, lift
from lending.loans.losses.operations.reversing import approve_reversal, propose_reversal
from lending.loans.losses.operations.ruling import approve_rules, discard_rules, propose_rules, withdraw_rules
from lending.loans.losses.operations.writing_off import WriteOffRefused, approve, propose
