"""What the bank offers, and on what terms."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from lending.products import operations as products
from lending.products import queries
from lending.products.models import LoanProduct
from lending.products.tests.builders import NOW, QUICK, make_product
from portal.core.models import AuditEvent
from portal.core.tests.together import together


class TestBringOut:
    def test_offers_the_product(self, db):
        product = make_product()
        assert list(queries.offered()) == [product]

    def test_replaces_the_version_before(self, db):
        first = make_product()
        second = make_product(max_amount=Decimal(100000))
        first.refresh_from_db()
        assert (first.is_offered, second.is_offered, second.version) == (False, True, 2)

    def test_leaves_other_products_alone(self, db):
        make_product()
        make_product("harvest")
        assert queries.offered().count() == 2

    def test_records_who_and_when(self, db):
        make_product()
        event = AuditEvent.objects.get(verb="products.brought_out")
        assert (event.subject, event.by, event.at) == ("quick/1", "U-ADMIN", NOW)

    @pytest.mark.parametrize(
        "changed",
        [
            {"min_amount": Decimal(0)},
            {"max_amount": Decimal(2999)},
            {"max_annual_rate": Decimal("0.05")},
            {"min_term_months": 0},
            {"max_term_months": 2},
            {"interest_method": "magic"},
            {"name_zh_hans": ""},
        ],
    )
    def test_refuses_what_is_no_product_and_keeps_the_version_before(self, db, changed):
        first = make_product()
        with pytest.raises(ValidationError):
            make_product(**changed)
        first.refresh_from_db()
        assert first.is_offered
        assert LoanProduct.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_are_two_versions_of_which_one_is_offered(self):
        made = together(*[lambda: make_product("race")] * 4)
        assert sorted(each.version for each in made) == [1, 2, 3, 4]
        assert LoanProduct.objects.get(is_offered=True).version == 4


class TestWithdraw:
    def test_offers_it_no_longer(self, db):
        product = make_product()
        products.withdraw(product, by="U-ADMIN", at=NOW)
        assert not queries.offered().exists()
        assert not product.is_offered

    def test_twice_is_recorded_once(self, db):
        product = make_product()
        for _ in range(2):
            products.withdraw(product, by="U-ADMIN", at=NOW)
        event = AuditEvent.objects.get(verb="products.withdrawn")
        assert (event.subject, event.by, event.at) == ("quick/1", "U-ADMIN", NOW)


class TestConstraints:
    @pytest.mark.parametrize(
        ("changed", "name"),
        [
            ({"min_amount": 0}, "product_amounts_are_a_range"),
            ({"max_amount": 1}, "product_amounts_are_a_range"),
            ({"min_annual_rate": "-0.01"}, "product_rates_are_a_range"),
            ({"max_annual_rate": "0.01"}, "product_rates_are_a_range"),
            ({"min_term_months": 0}, "product_terms_are_a_range"),
            ({"max_term_months": 1}, "product_terms_are_a_range"),
        ],
    )
    def test_keep_ranges_in_order(self, db, changed, name):
        with pytest.raises(IntegrityError, match=name):
            LoanProduct.objects.create(code="wrong", **(QUICK | changed))

    def test_offer_one_version_of_a_product(self, db):
        make_product()
        with pytest.raises(IntegrityError, match="one_version_of_a_product_is_offered"), transaction.atomic():
            LoanProduct.objects.create(code="quick", version=2, **QUICK)


class TestTerms:
    def test_put_the_products_conventions_and_the_case_together(self, db):
        product = make_product("harvest", interest_method="interest_only", months_between_installments=3)
        terms = product.terms(annual_rate=Decimal("0.09"), term_months=12)
        assert (terms.installments, terms.every, terms.annual_rate, terms.interest_method) == (
            4,
            3,
            Decimal("0.09"),
            "interest_only",
        )


class TestCost:
    def test_is_told_as_money_and_as_a_yearly_rate(self, db):
        """12,000 at 12 % over 3 months from 2 March 2026: 4,080.38 twice, then what is left.

        Worked by hand: interest of March 2 to April 2 is 12000 * 0.12 * 31 / 365 = 122.30.
        """
        terms = make_product().terms(annual_rate=Decimal("0.12"), term_months=3)
        cost = queries.cost_of(Decimal(12000), terms, start=date(2026, 3, 2))
        assert cost.schedule.installments[0].interest_amount == Decimal("122.30")
        assert cost.total_amount == Decimal(12000) + cost.schedule.interest_amount
        assert cost.first_installment_amount == cost.schedule.installments[0].total_amount
        assert Decimal("0.12") < cost.apr < Decimal("0.13")

    def test_counts_the_fee_kept_at_payout(self, db):
        plain = make_product().terms(annual_rate=Decimal("0.12"), term_months=12)
        with_fee = make_product(upfront_fee_rate=Decimal("0.01")).terms(annual_rate=Decimal("0.12"), term_months=12)
        cheap, dear = (queries.cost_of(Decimal(10000), each, start=date(2026, 3, 2)) for each in (plain, with_fee))
        assert dear.schedule.upfront_fee_amount == Decimal("100.00")
        assert dear.total_amount == cheap.total_amount + 100
        assert dear.apr > cheap.apr + Decimal("0.015")

    @pytest.mark.parametrize(
        ("method", "is_level"), [("equal_installments", True), ("equal_principal", False), ("interest_only", False)]
    )
    def test_says_whether_every_installment_takes_the_same(self, db, method, is_level):
        terms = make_product(interest_method=method).terms(annual_rate=Decimal("0.12"), term_months=6)
        cost = queries.cost_of(Decimal(12000), terms, start=date(2026, 3, 2))
        assert cost.is_level == is_level
        assert (cost.largest_installment_amount - cost.first_installment_amount < 1) == (method != "interest_only")
