"""Credit lines, opened and drawn by the operations that the pages use."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.identity.models import Enterprise, User
from accounts.ledger import queries as books
from accounts.settlement.models import SettlementAccount
from accounts.settlement.tests.builders import make_settlement_account
from lending.applications.models import Offer
from lending.applications.tests.builders import NOW, TODAY
from lending.loans.lines import operations as lines
from lending.loans.lines.models import CreditLine
from lending.loans.lines.queries import draw_of
from lending.loans.models import Loan
from lending.loans.tests.builders import make_offer, sent_code
from lending.products.models import LoanProduct
from lending.products.tests.builders import make_product
from portal.core.models import Notice


def make_line_product(code: str = "line", **changed: Any) -> LoanProduct:
    """Bring out a line of twelve months, its draws from one to twelve months and from 1,000 on."""
    told = {"min_term_months": 1, "max_term_months": 12, "line_months": 12, "min_draw_amount": Decimal(1000)}
    return make_product(code, **(told | {"early_by_day": True} | changed))


def open_line(
    offer: Offer, *, by: User, account: SettlementAccount | None = None, at: datetime = NOW, on: date = TODAY
) -> CreditLine:
    """Sign the offer of a line."""
    account = account or make_settlement_account(offer.application.enterprise)
    return lines.open_line(offer, account=account, code=sent_code(offer, to=by, at=at), by=by, at=at, on=on)


def make_line(enterprise: Enterprise, *, by: User, **changed: Any) -> CreditLine:
    """Open a line of 20,000."""
    return open_line(make_offer(enterprise, by=by, **changed), by=by)


def draw_code(line: CreditLine, amount: Decimal, *, by: User, key: str, months: int = 12, at: datetime = NOW) -> str:
    """Have the code of a draw sent, and read it as its owner does."""
    found = draw_of(line, amount, months, on=at.date())
    lines.send_draw_code(found, key=key, to=by, at=at)
    told: dict[str, str] = json.loads(Notice.objects.filter(code="draw_code").latest("pk").params)
    return told["code"]


def draw(
    line: CreditLine, amount: str, *, by: User, key: str = "draw", months: int = 12, code: str = "", seen: str = "",
    at: datetime = NOW, on: date = TODAY,
) -> Loan:  # fmt: skip
    """Draw an amount, having read what it costs, with the right code unless another is given."""
    asked = Decimal(amount)
    code = code or draw_code(line, asked, by=by, key=key, months=months, at=at)
    seen = seen or draw_of(line, asked, months, on=on).shown
    return lines.draw(line, asked, months, seen=seen, code=code, key=key, by=by, at=at, on=on)


def held(line: CreditLine) -> Decimal:
    """Tell what the account of a line holds."""
    return books.balance(line.settlement_account.ledger_account)
