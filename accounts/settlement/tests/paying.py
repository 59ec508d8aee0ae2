"""Payees, an enterprise's own limits, and the codes that let money go, for tests."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.identity.models import Enterprise
from accounts.ledger.tests.builders import NOW
from accounts.settlement import operations as settlement
from accounts.settlement.models import Payee, PaymentRules
from portal.core.models import Notice


def add_payee(enterprise: Enterprise, **changed: Any) -> Payee:
    """Save a mill abroad."""
    told = {"name": "Mill Ltd", "number": "DE21 5005 0000 9876 5432 10", "bank_code": "SPUEDE2UXXX", "key": "k"}
    return settlement.add_payee(enterprise, **(told | changed), at=NOW, by="U-1")


def set_rules(enterprise: Enterprise, daily: str, second: str | None = None, at: datetime = NOW) -> PaymentRules:
    """Let so much leave in a day, and from where on two must agree."""
    from_amount = None if second is None else Decimal(second)
    return settlement.set_rules(
        enterprise, daily_limit=Decimal(daily), second_person_from=from_amount, at=at, by="U-OWNER"
    )


def let_go(client: Any, address: str, asked: dict[str, Any] | None = None, *, code: str = "") -> Any:
    """Press the last button of a check page, with a code sent for it unless one is given."""
    asked = asked or {}
    if not code:
        client.post(address, asked | {"send_code": "1"})
        code = newest_code()
    return client.post(address, asked | {"confirm": "1", "code": code})


def newest_code() -> str:
    """Read the code in the newest message that carries one."""
    codes = Notice.objects.filter(code__in=["payment_code", "batch_code", "standing_order_code"])
    return str(json.loads(codes.latest("pk").params)["code"])
