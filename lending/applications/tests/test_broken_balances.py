"""A statement whose balances do not follow from its lines is read, and never leads to an approval nobody looked at."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.cashflow.tests.builders import make_parsed, make_read, make_received
from accounts.identity.tests.builders import make_checked, make_watchlist
from accounts.statements.writing import as_csv
from lending.applications import operations as applications
from lending.applications.models import CreditDecision
from lending.credit import operations as credit
from lending.products.tests.builders import make_product

NOW = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
TODAY = date(2026, 9, 1)
FIRST_DAY = date(2025, 9, 1)


def make_year() -> bytes:
    """Write a good year: customers pay every third day, suppliers and taxes are paid."""
    told = []
    for step in range(121):
        day = (FIRST_DAY + timedelta(days=3 * step)).isoformat()
        told.append((day, "1000.00", f"Customer {step % 9}", "order"))
        told.append((day, "-600.00", f"Supplier {step % 4} Ltd", "goods"))
        if step % 10 == 0:
            told.append((day, "-120.00", "Tax bureau", "tax"))
    return as_csv(make_parsed(told, opening="30000.00"))


@pytest.fixture
def product(bank):
    """A plain loan, and the rules that came with the portal."""
    credit.install_shipped(approved_by="U-APPROVER", on=FIRST_DAY, at=NOW - timedelta(days=365))
    make_watchlist()
    return make_product("plain", min_amount=Decimal(1000), max_amount=Decimal(100000), max_annual_rate=Decimal("0.16"))


class TestDecide:
    """What becomes of a case that rests on such a statement."""

    def decided(self, enterprise, owner, product, content: bytes) -> CreditDecision:
        """Bring a statement, apply for a loan and let it be decided."""
        make_checked(enterprise)
        assert make_read(make_received(enterprise, content)).status == "read"
        application = applications.begin(
            enterprise, product=product, amount=Decimal(10000), term_months=12, purpose="stock", note="",
            key="k", by=owner, at=NOW,
        )  # fmt: skip
        applications.submit(application, by=owner, at=NOW)
        applications.decide(application.reference, at=NOW, on=TODAY)
        return CreditDecision.objects.get(application=application)

    def test_approves_a_year_whose_balances_roll(self, enterprise, owner, product):
        decision = self.decided(enterprise, owner, product, make_year())
        assert (decision.outcome, decision.facts["suspicions"]) == ("approved", 0)

    def test_asks_a_person_when_one_payment_was_taken_out(self, enterprise, owner, product):
        lines = make_year().splitlines(keepends=True)
        decision = self.decided(enterprise, owner, product, b"".join(lines[:-20] + lines[-19:]))
        assert (decision.outcome, decision.facts["suspicions"]) == ("referred", 1)
        assert decision.verdict["reasons"][0]["code"] == "evidence_contradicts"
