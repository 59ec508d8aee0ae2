"""The contract: signing, schedule, disbursement, repayment, arrears."""
