"""Amounts as programs are told them: in the digits of their currency."""

from decimal import Decimal

import pytest

from accounts.settlement.denominations import DENOMINATIONS
from accounts.settlement.models import (
    AccountProduct,
    BillPlan,
    CashDelivery,
    CashDrawer,
    CashMovement,
    PaymentBatch,
    PaymentBatchLine,
    PaymentRequest,
    SettlementAccount,
    StandingOrder,
    StandingOrderRun,
    StandingOrderTerms,
    TermsAgreement,
)
from accounts.settlement.serializers import accounts, batches, collections, drawers, standing
from portal.core.money import digits


@pytest.mark.parametrize(("currency", "told"), [("CNY", "5.00"), ("JPY", "5"), ("KWD", "5.000")])
def test_follow_the_currency(currency, told):
    five, account, drawer = Decimal(5), SettlementAccount(currency=currency), CashDrawer(currency=currency)
    drawer.held_amount = drawer.limit_amount = five
    order = StandingOrder(settlement_account=account)
    product = AccountProduct(currency=currency, monthly_fee_amount=five)
    shapes = [
        (drawers.CashDrawerSerializer, drawer, "held_amount limit_amount"),
        (drawers.SlipSerializer, CashMovement(settlement_account=account, amount=five), "amount"),
        (drawers.CashDeliverySerializer, CashDelivery(vault=drawer, amount=five), "amount"),
        (
            collections.RequestToPaySerializer,
            PaymentRequest(settlement_account=account, amount=five),
            "amount open_amount",
        ),
        (collections.BillPlanSerializer, BillPlan(settlement_account=account, amount=five), "amount"),
        (
            batches.PaymentBatchLineSerializer,
            PaymentBatchLine(batch=PaymentBatch(settlement_account=account), amount=five),
            "amount",
        ),
        (standing.ShownTermsSerializer, StandingOrderTerms(standing_order=order, amount=five), "amount"),
        (standing.StandingOrderRunSerializer, StandingOrderRun(standing_order=order, amount=five), "amount"),
        (
            accounts.TermsSerializer,
            TermsAgreement(settlement_account=account, product=product, overdraft_limit_amount=five),
            "monthly_fee_amount overdraft_limit_amount",
        ),
    ]
    for shape, row, names in shapes:
        fields = shape(row).fields
        for name in names.split():
            field = fields[name]
            assert field.to_representation(field.get_attribute(row)) == told, (shape, name)


@pytest.mark.parametrize("currency", DENOMINATIONS)
def test_every_amount_can_be_counted(currency):
    assert Decimal(DENOMINATIONS[currency][-1]) == Decimal(1).scaleb(-digits(currency))
