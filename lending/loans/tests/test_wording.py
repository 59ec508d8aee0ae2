"""Proofs that owners are told what is wrong in the bank's words, in both languages, and never in the framework's."""

import re
from decimal import Decimal

import pytest
from django.utils import translation

from accounts.settlement.models import SettlementAccount
from lending.applications.forms import DocumentForm, RequestForm
from lending.applications.models import Application, Offer
from lending.loans.forms import RepayForm, SignForm
from lending.loans.lines.forms import CodeForm, DrawForm, LowerForm
from lending.loans.lines.models import CreditLine
from lending.loans.tests.lines import make_line_product
from lending.products.forms import ExampleForm
from lending.products.tests.builders import make_product

pytestmark = pytest.mark.django_db
STOCK = re.compile(
    r"field is required|Ensure |Select a valid|Enter a (number|whole|valid)|No file was|submitted file is"
    r"|这个字段|必填|确保|选择一个有效|输入一个|没有提交"
)
AMOUNTS = ("", "abc", "-5", "0", "1.005", "1234567890123456", "NaN")


def forms():
    product = make_product()
    line = CreditLine(offer=Offer(application=Application(product=make_line_product())), currency=product.currency)
    for amount in AMOUNTS:
        asked = {"amount": amount, "term_months": "7.5", "purpose": "x", "note": "n" * 301, "annual_rate": amount}
        yield RequestForm(asked, product=product)
        yield ExampleForm(asked, product=product)
        yield RepayForm({"amount": amount})
        yield DrawForm({"amount": amount, "term_months": "7.5"}, line=line, available=Decimal(2000))
        yield LowerForm({"limit_amount": amount, "reason": ""})
    yield RequestForm({}, product=product)
    yield DocumentForm({"kind": "x"}, {})
    yield DocumentForm({}, {})
    for code in ("", "1" * 13):
        yield SignForm({"code": code, "account": "9"}, accounts=SettlementAccount.objects.none())
        yield CodeForm({"code": code})
    yield DrawForm({}, line=line, available=Decimal(2000))
    yield SignForm({}, accounts=SettlementAccount.objects.none())


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_mistake_has_words_of_the_bank(bank, language):
    with translation.override(language):
        said = {
            (type(form).__name__, name, text)
            for form in forms()
            for name, errors in form.errors.items()
            for text in errors
            if name != "idempotency_key"
        }
    assert len(said) > 15
    assert [each for each in said if STOCK.search(each[2])] == []
    assert language == "en" or [each for each in said if re.search(r"[A-Za-z]{2,}", each[2].replace("PDF", ""))] == []
