"""How loans written off, and the allowance, tie to the books: statements for the check of the loans."""

from typing import Final

# Money that came for a loan written off, and was not made a repayment again by reversing the write-off.
IS_RECOVERY: Final = "repayment.is_recovery AND repayment.id NOT IN (SELECT repayment_id FROM lending_rebookedrecovery)"
RECOVERED: Final = f"""
    SELECT loan.reference, sum({{amount}}) AS amount
    FROM lending_allocation allocation
    JOIN lending_repayment repayment ON repayment.id = allocation.repayment_id AND {IS_RECOVERY}
    JOIN lending_loan loan ON loan.id = repayment.loan_id
    WHERE repayment.id NOT IN (SELECT repayment_id FROM lending_undonerepayment) GROUP BY loan.reference"""  # noqa: S608 - of this file
WRITTEN_OFF: Final = """
    SELECT loan.reference, {amount} AS amount
    FROM lending_writeoff write_off JOIN lending_loan loan ON loan.id = write_off.loan_id
    WHERE write_off.status = 'approved'"""
SUMMED: Final = "SELECT reference, sum(amount) AS amount FROM ({parts}) part GROUP BY reference"
MONTHS: Final = "SELECT last_date || ' ' || currency AS reference, -moved_amount AS amount FROM lending_allowance"
ALLOWANCE: Final = SUMMED.format(
    parts=f"{MONTHS} UNION ALL {WRITTEN_OFF.format(amount='write_off.allowance_amount')}",
)
EXPENSE: Final = WRITTEN_OFF.format(amount="write_off.principal_amount - write_off.allowance_amount")
RECOVERY: Final = f"""
    SELECT loan.reference, -sum(repayment.amount) AS amount
    FROM lending_repayment repayment JOIN lending_loan loan ON loan.id = repayment.loan_id
    WHERE {IS_RECOVERY} AND repayment.id NOT IN (SELECT repayment_id FROM lending_undonerepayment)
    GROUP BY loan.reference"""  # noqa: S608 - of this file


def in_the_books(planned: str) -> str:
    """Take off the open principal what was written off; what was recovered of it since is not taken off twice."""
    recovered = RECOVERED.format(amount="allocation.principal_amount")
    written_off = WRITTEN_OFF.format(amount="-write_off.principal_amount")
    return SUMMED.format(parts=f"{planned} UNION ALL {recovered} UNION ALL {written_off}")


def earned(paid: str) -> str:
    """Leave out of the interest that was paid what is income from recoveries; income stands below zero."""
    return SUMMED.format(parts=f"{paid} UNION ALL {RECOVERED.format(amount='allocation.interest_amount')}")


# Each gives a subject and two figures that differ.
OTHERS: Final = {
    "written_off": """
        SELECT loan.reference, (loan.status IN ('written_off', 'settled'))::int, count(write_off.id)
        FROM lending_loan loan
        LEFT JOIN lending_writeoff write_off ON write_off.loan_id = loan.id AND write_off.status = 'approved'
        GROUP BY loan.id HAVING (loan.status IN ('written_off', 'settled'))::int <> count(write_off.id) ORDER BY 1""",
    "allowance_lines": """
        SELECT allowance.last_date || ' ' || allowance.currency, allowance.asked_amount, coalesce(sum(line.amount), 0)
        FROM lending_allowance allowance LEFT JOIN lending_allowanceline line ON line.allowance_id = allowance.id
        GROUP BY allowance.id HAVING allowance.asked_amount <> coalesce(sum(line.amount), 0) ORDER BY 1""",
    "allowance_balance": """
        SELECT newest.last_date || ' ' || newest.currency, newest.asked_amount, coalesce(sum(
            CASE posting.direction WHEN 'credit' THEN posting.amount ELSE -posting.amount END), 0)
        FROM (SELECT DISTINCT ON (currency) * FROM lending_allowance ORDER BY currency, last_date DESC) newest
        JOIN accounts_ledgeraccount account ON account.purpose = 'loan_loss_provision'
            AND account.currency = newest.currency
        LEFT JOIN accounts_posting posting ON posting.ledger_account_id = account.id
            AND posting.effective_date <= newest.last_date
        GROUP BY newest.id, newest.last_date, newest.currency, newest.asked_amount
        HAVING newest.asked_amount <> coalesce(sum(
            CASE posting.direction WHEN 'credit' THEN posting.amount ELSE -posting.amount END), 0) ORDER BY 1""",
}
