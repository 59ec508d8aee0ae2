"""Questions to settlement accounts: their history and their statements, what they may pay, what is underway."""

from accounts.settlement.queries.holding import (
    available_balance,
    cash_day,
    has_mandate,
    names_of,
    only_account,
    open_accounts_of,
    role_of,
    total_balance,
    with_payees,
)
from accounts.settlement.queries.movements import (
    Statement,
    StatementLine,
    counterparty,
    counterparty_number,
    found,
    history,
    lines,
    postings,
    statement,
    told,
)
from accounts.settlement.queries.paying import (
    Destination,
    awaits_debit,
    is_usable_payee,
    may_come_back,
    needs_code,
    owes_debit,
    paid_on,
    paid_to_the_unknown,
    payments_underway,
    rules_of,
    rules_to_come,
)
