"""Requests for payment and bill plans with believable defaults."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.models import BillPlan, PaymentRequest, SettlementAccount

CUSTOMER = settlement.Contact("Village School", "+8613612345678", "", "zh-hans")
DUE = date(2026, 3, 20)


def make_request(
    account: SettlementAccount, amount: str | None = "80.00", *, on: date = TODAY, by: str = "U-OWNER", **changed
) -> PaymentRequest:
    """Ask for eighty by the twentieth of March."""
    told: dict[str, Any] = {"text": "School lunch", "due_date": DUE} | changed
    asked = settlement.Asked(None if amount is None else Decimal(amount), **told)
    return settlement.request_payment(account, asked, key=uuid.uuid4().hex, on=on, at=NOW, by=by)


def make_plan(
    account: SettlementAccount, amount: str = "80.00", *, on: date = TODAY, by: str = "U-OWNER", **changed
) -> BillPlan:
    """Ask the school for eighty a month, from the twentieth of March on."""
    told: dict[str, Any] = {
        "text": "School lunch",
        "frequency": "monthly",
        "first_date": DUE,
        "last_date": None,
        "on_last_day": False,
        "contact": CUSTOMER,
    } | changed
    asked = settlement.BillTerms(Decimal(amount), **told)
    return settlement.plan_bills(account, asked, key=uuid.uuid4().hex, on=on, at=NOW, by=by)
