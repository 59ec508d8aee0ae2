"""Proofs of the size classes, by the published thresholds."""

from decimal import Decimal

import pytest

from accounts.identity import queries
from accounts.identity.models import Enterprise, Industry
from accounts.identity.size import size_class


class TestSizeClass:
    @pytest.mark.parametrize(
        ("section", "division", "employees", "revenue", "expected"),
        [
            ("G", "47", 4, "600000", "micro"),
            ("G", "47", 10, "999999.99", "micro"),
            ("G", "47", 9, "5000000", "micro"),
            ("G", "47", 10, "1000000", "small"),
            ("G", "47", 50, "5000000", "medium"),
            ("G", "46", 5, "10000000", "small"),
            ("G", "46", 5, "9999999", "micro"),
            ("A", "01", 1, "499999", "micro"),
            ("A", "01", 1, "500000", "small"),
            ("A", "01", 1, "5000000", "medium"),
            ("C", "10", 20, "3000000", "small"),
            ("C", "10", 300, "20000000", "medium"),
            ("I", "56", 10, "1000000", "small"),
            ("S", "96", 9, "9000000", "micro"),
            ("S", "96", 10, "0", "small"),
            ("S", "96", 100, "0", "medium"),
        ],
    )
    def test_follows_the_standard(self, section, division, employees, revenue, expected):
        found = size_class(section=section, division=division, employees=employees, annual_revenue=Decimal(revenue))
        assert found == expected


class TestInAnotherCurrency:
    """A yen is a twentieth of a yuan, and a shop is small from a million yuan on."""

    @pytest.mark.parametrize(("revenue", "expected"), [(19_999_999, "micro"), (20_000_000, "small")])
    def test_compares_revenue_in_yuan(self, settings, revenue, expected):
        settings.YUAN_RATE = Decimal("0.05")
        shop = Enterprise(industry=Industry(section="G", code="4711"), employees=10, annual_revenue_amount=revenue)
        assert shop.size_class == expected
        assert queries.size_steps(shop.industry)[0].revenue == 20_000_000
