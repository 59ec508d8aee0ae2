"""Features of those who paid into bank accounts and were paid from them."""

from django.utils.translation import gettext_lazy as _

from lending.credit.features.arithmetic import (
    DAYS_FOR_AVERAGE,
    DAYS_FOR_TREND,
    ENTRIES_FOR_PARTIES,
    LEAST_KNOWN,
    LEAST_NAMED,
    Value,
    concentration,
    given,
    monthly,
    ratio,
)
from lending.credit.features.vocabulary import DOWN, EITHER, UP, Family, Feature, Topic, Unit


def _knows_payers(m: Value) -> Value:
    """Tell whether enough of the earnings came from known customers, or from wallets and cards, whose payers are many.

    Who paid in cash, or is not known, may be one customer or a hundred.
    """
    known = m.customer_total.fill_null(0) + m.merchant_earned
    return (m.receipts >= ENTRIES_FOR_PARTIES) & (ratio(known, m.earned) >= LEAST_KNOWN)


def _knows_customers(m: Value, *, days: int) -> Value:
    """Tell whether known customers paid often, long, and a part of the earnings that stands for the rest."""
    is_part = ratio(m.customer_total, m.earned) >= LEAST_NAMED
    return (m.customer_entries >= ENTRIES_FOR_PARTIES) & (m.covered_days >= days) & is_part


PARTIES: tuple[Feature, ...] = (
    Feature(
        code="customer_count",
        name=_("Customers who pay by transfer"),
        meaning=_("How many different customers paid into your account."),
        advice=_("Ask customers to pay by transfer under their own name."),
        unit=Unit.COUNT,
        direction=UP,
        family=Family.CUSTOMERS,
        topic=Topic.CUSTOMER_SPREAD,
        digits=0,
        formula=lambda m: m.customer_count,
        is_size=True,
    ),
    Feature(
        code="returning_customer_share",
        name=_("Earnings from customers who come back"),
        meaning=_("Of what known customers paid, the part from those who paid in more than one month."),
        advice=_("Note who buys, and ask again after a month."),
        unit=Unit.SHARE,
        direction=UP,
        family=Family.CUSTOMERS,
        topic=Topic.CUSTOMER_SPREAD,
        digits=3,
        formula=lambda m: given(
            _knows_customers(m, days=DAYS_FOR_AVERAGE), ratio(m.customer_returning, m.customer_total)
        ),
    ),
    Feature(
        code="largest_customer_share",
        name=_("Weight of the largest customer"),
        meaning=_("Of all that you earned, the part that came from the largest customer."),
        advice=_("Win a second and a third customer of size, so that losing one does not stop you."),
        unit=Unit.SHARE,
        direction=DOWN,
        family=Family.CUSTOMERS,
        topic=Topic.CUSTOMER_SPREAD,
        digits=3,
        formula=lambda m: given(_knows_payers(m), ratio(m.customer_largest.fill_null(0), m.earned)),
    ),
    Feature(
        code="customer_concentration",
        name=_("How unevenly customers weigh"),
        meaning=_("Near 1 when one customer is nearly everything, near 0 when many small ones carry you."),
        advice=_("Grow with your smaller customers first."),
        unit=Unit.RATIO,
        direction=DOWN,
        family=Family.CUSTOMERS,
        topic=Topic.CUSTOMER_SPREAD,
        digits=3,
        formula=lambda m: given(_knows_payers(m), concentration(m.customer_squares.fill_null(0.0), m.earned)),
    ),
    Feature(
        code="new_customer_share",
        name=_("New customers"),
        meaning=_("Of your known customers, the part who paid for the first time in the last three months."),
        advice=None,
        unit=Unit.SHARE,
        direction=EITHER,
        family=Family.CUSTOMERS,
        topic=Topic.CUSTOMER_SPREAD,
        digits=3,
        formula=lambda m: given(_knows_customers(m, days=DAYS_FOR_TREND), ratio(m.customer_new, m.customer_count)),
    ),
    Feature(
        code="receipts_per_month",
        name=_("Receipts in a month"),
        meaning=_("How many times a month someone pays you."),
        advice=_("Bring cash to the bank often, in small amounts, and let customers pay directly."),
        unit=Unit.COUNT,
        direction=UP,
        family=Family.CUSTOMERS,
        topic=Topic.REGULAR_INCOME,
        digits=1,
        formula=lambda m: monthly(m.receipts, m.covered_days),
        is_size=True,
    ),
    Feature(
        code="average_receipt",
        name=_("Average receipt"),
        meaning=_("How much one payment to you is, on average."),
        advice=None,
        unit=Unit.MONEY,
        direction=EITHER,
        family=Family.CUSTOMERS,
        topic=Topic.PRICING_MARGIN,
        digits=0,
        formula=lambda m: ratio(m.earned, m.receipts),
        is_size=True,
    ),
    Feature(
        code="supplier_count",
        name=_("Suppliers paid by transfer"),
        meaning=_("How many different suppliers you paid from your account."),
        advice=None,
        unit=Unit.COUNT,
        direction=EITHER,
        family=Family.SUPPLIERS,
        topic=Topic.KEEP_RECORDS,
        digits=0,
        formula=lambda m: m.supplier_count,
        is_size=True,
    ),
    Feature(
        code="largest_supplier_share",
        name=_("Weight of the largest supplier"),
        meaning=_("Of what you paid to known suppliers, the part that went to the largest one."),
        advice=_("Know a second source for what you cannot do without."),
        unit=Unit.SHARE,
        direction=DOWN,
        family=Family.SUPPLIERS,
        topic=Topic.PLAN_AHEAD,
        digits=3,
        formula=lambda m: given(m.supplier_entries >= ENTRIES_FOR_PARTIES, ratio(m.supplier_largest, m.supplier_total)),
    ),
    Feature(
        code="returning_supplier_share",
        name=_("Purchases from steady suppliers"),
        meaning=_("Of what you paid to known suppliers, the part to those you paid in more than one month."),
        advice=_("Buy from suppliers who know you: they give better terms in a bad month."),
        unit=Unit.SHARE,
        direction=UP,
        family=Family.SUPPLIERS,
        topic=Topic.KEEP_PROMISES,
        digits=3,
        formula=lambda m: given(
            (m.supplier_entries >= ENTRIES_FOR_PARTIES) & (m.covered_days >= DAYS_FOR_AVERAGE),
            ratio(m.supplier_returning, m.supplier_total),
        ),
    ),
)
