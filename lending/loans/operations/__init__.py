"""What happens to a loan: signing and disbursing, repaying."""

from lending.loans.operations.checking import check_loans
from lending.loans.operations.collect import collect_due
from lending.loans.operations.receipts import claim_receipt
from lending.loans.operations.repay import RepaymentRefused, repay
from lending.loans.operations.sign import SigningRefused, sign
from lending.loans.operations.weighing import weigh_again, weighed_otherwise
