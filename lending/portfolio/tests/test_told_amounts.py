"""Amounts of lending as programs are told them: in the digits of their currency."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from lending.applications import serializers as applications
from lending.applications.models import Application, CreditDecision, Offer, Review
from lending.arrears import serializers as arrears
from lending.arrears.models import Contact
from lending.funding import serializers as funding
from lending.funding.models import FundingProgram, Introduction
from lending.loans import serializers as loans
from lending.loans.lines import api as lines
from lending.loans.lines.models import CreditLine
from lending.loans.losses import serializers as losses
from lending.loans.losses.models import Allowance, AllowanceLine, WriteOff
from lending.loans.models import Installment, Loan, Repayment
from lending.loans.rescheduling import api as rescheduling
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.waivers import api as waivers
from lending.loans.waivers.models import Waiver
from lending.portfolio import serializers as portfolio
from lending.products import serializers as products
from lending.products.models import LoanProduct

FIVE = Decimal(5)


@pytest.mark.parametrize(("currency", "told"), [("CNY", "5.00"), ("JPY", "5"), ("KWD", "5.000")])
def test_follow_the_currency(settings, currency, told):
    settings.BANK_CURRENCY = currency
    product = LoanProduct(currency=currency)
    application, loan = Application(product=product), Loan(currency=currency)
    line = CreditLine(currency=currency)
    shapes = [
        (applications.ApplicationSerializer, application),
        (applications.DecisionSerializer, CreditDecision(application=application)),
        (applications.OfferSerializer, Offer(application=application)),
        (applications.ReviewSerializer, Review(application=application)),
        (arrears.ContactSerializer, Contact(loan=loan)),
        (funding.ProgramSerializer, FundingProgram()),
        (funding.IntroductionSerializer, Introduction()),
        (products.ProductSerializer, product),
        (loans.InstallmentSerializer, Installment()),
        (loans.LoanSerializer, loan),
        (loans.RepaymentSerializer, Repayment(loan=loan)),
        (loans.PayoffSerializer, SimpleNamespace(made=SimpleNamespace(terms=loan))),
        (lines.CreditLineSerializer, line),
        (losses.WriteOffSerializer, WriteOff(loan=loan)),
        (losses.AllowanceSerializer, Allowance(currency=currency)),
        (losses.AllowanceLineSerializer, AllowanceLine(loan=loan)),
        (losses.SplitSerializer, SimpleNamespace()),
        (rescheduling.ReschedulingSerializer, Rescheduling(loan=loan)),
        (rescheduling.ComparisonSerializer, SimpleNamespace()),
        (waivers.WaiverSerializer, Waiver(loan=loan)),
        (portfolio.ClassTotalSerializer, SimpleNamespace()),
    ]
    for shape, row in shapes:
        amounts = {name: field for name, field in shape(row).fields.items() if name.endswith("amount")}
        assert amounts, shape
        for name, field in amounts.items():
            if type(row).__dict__.get(name) is None or not isinstance(type(row).__dict__[name], property):
                setattr(row, name, FIVE)
                assert field.to_representation(field.get_attribute(row)) == told, (shape, name)


def test_name_a_loans_own_currency_where_the_bank_has_another(settings):
    settings.BANK_CURRENCY = "JPY"
    shape = loans.InstallmentSerializer(Installment(principal_amount=FIVE), context={"currency": "CNY"})
    field = shape.fields["principal_amount"]
    assert field.to_representation(field.get_attribute(shape.instance)) == "5.00"
