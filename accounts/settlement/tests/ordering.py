"""Standing orders with believable defaults."""

import uuid
from datetime import date
from decimal import Decimal

from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.models import Payee, SettlementAccount, StandingOrder


def make_terms(payee: Payee, amount: str | None = "100.00", **changed) -> settlement.OrderTerms:
    """Make terms: a hundred a month for the rent, from the fifth on."""
    told = {
        "amount": None if amount is None else Decimal(amount),
        "kept_amount": None,
        "text": "Rent",
        "frequency": "monthly",
        "first_date": date(2026, 3, 5),
        "last_date": None,
        "on_last_day": False,
        "day_rule": "none",
    }
    return settlement.OrderTerms(payee=payee, **(told | changed))


def make_standing_order(
    account: SettlementAccount, payee: Payee, amount: str | None = "100.00", *, by: str = "U-OWNER", **changed
) -> StandingOrder:
    """Set up a standing order."""
    return settlement.set_up_standing_order(
        account, make_terms(payee, amount, **changed), key=uuid.uuid4().hex, on=TODAY, at=NOW, by=by
    )
