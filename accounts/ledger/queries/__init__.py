"""Questions to the books."""

from accounts.ledger.queries.balances import (
    SUMS,
    available_balance,
    balance,
    closed_months,
    closed_up_to,
    currencies,
    ended_holds,
    month_to_close,
    pending_holds,
    postings,
)
from accounts.ledger.queries.checks import Discrepancy, discrepancies, last_check
from accounts.ledger.queries.closing import ClosingPreview, closing_preview, closing_that_waits, trial_balances
from accounts.ledger.queries.days import closing_balances
from accounts.ledger.queries.seals import Broken, chain_checks, first_broken, unsealed
from accounts.ledger.queries.statements import (
    READERS,
    BalanceSheet,
    TrialBalance,
    TrialBalanceRow,
    balance_sheet,
    trial_balance,
)
