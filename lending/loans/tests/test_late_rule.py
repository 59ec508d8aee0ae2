"""What a contract and a product say of late interest."""

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from lending.applications.tests.builders import TODAY
from lending.loans import documents
from lending.loans.tests.builders import LATE_RULE, make_offer
from lending.products.presentation import late_rule
from lending.products.tests.builders import make_product
from portal.core.interest import Terms


@pytest.fixture
def offer(bank, enterprise, owner):
    """The shop is offered a loan at a price for being late."""
    make_product(**LATE_RULE)
    return make_offer(enterprise, by=owner)


class TestRuleInWords:
    @pytest.mark.parametrize(
        ("language", "parts"),
        [
            ("en", ["contract's rate and 50% of it more", "first 3 days late bear none", "without it"]),
            ("zh-hans", ["合同利率", "50%", "前3天", "不含罚息"]),
        ],
    )
    def test_the_contract_says_it(self, offer, language, parts):
        read = PdfReader(io.BytesIO(documents.contract(offer, on=TODAY, language=language)))
        text = "".join("".join(page.extract_text() for page in read.pages).split())
        for each in parts:
            assert each.replace(" ", "") in text

    @pytest.mark.parametrize(
        ("rate", "markup", "of_it", "in_all"),
        [("0.0697", "0.5", "50%", "10.455%"), ("0.08", "0.375", "37.5%", "11.00%"), ("0.1", "0.004", "0.4%", "10.04%")],
    )
    def test_rounds_no_rate_that_is_charged(self, rate, markup, of_it, in_all):
        terms = Terms(annual_rate=Decimal(rate), installments=12, late_rate_markup=Decimal(markup))
        with translation.override("en"):
            assert f"and {of_it} of it more" in late_rule(terms)
            assert f"Late interest is {in_all} a year" in documents.late_rate(terms)[0]

    def test_the_products_page_says_it(self, client, offer):
        told = client.get(reverse("products:public", args=["quick"])).content.decode()
        assert "50% of it more" in told
        assert "late interest is not in it" in told

    def test_none_is_said_plainly(self, bank):
        with translation.override("en"):
            assert late_rule(make_product("plain")) == "A late installment costs no more interest and no fee."
