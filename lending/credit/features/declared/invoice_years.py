"""Features of all the years of invoices that an enterprise showed, up to three."""

from django.utils.translation import gettext_lazy as _

from lending.credit.features.arithmetic import (
    DAYS_FOR_AVERAGE,
    DAYS_FOR_TREND,
    MONTHS_FOR_SPREAD,
    given,
    monthly,
    ratio,
    spread,
)
from lending.credit.features.vocabulary import DOWN, UP, Family, Feature, Topic, Unit

YEARS: tuple[Feature, ...] = (
    Feature(
        code="history_sales_volatility",
        name=_("How much sales swing over the years"),
        meaning=_("How far your invoiced months differ from the average month in all the time you showed us."),
        advice=_("Agree with steady customers on regular orders."),
        unit=Unit.RATIO,
        direction=DOWN,
        family=Family.VOLATILITY,
        topic=Topic.REGULAR_INCOME,
        digits=3,
        formula=lambda m: spread(
            m.history_month_sales_squares, m.history_month_sales_total, m.invoice_history_full_months
        ),
    ),
    Feature(
        code="history_best_sales_month_share",
        name=_("Weight of the best sales month over the years"),
        meaning=_("Of what you invoiced in all the time you showed us, the part invoiced in the best month."),
        advice=_("Add older invoices, and do not count on one large order."),
        unit=Unit.SHARE,
        direction=DOWN,
        family=Family.VOLATILITY,
        topic=Topic.PLAN_AHEAD,
        digits=3,
        formula=lambda m: given(
            m.invoice_history_full_months >= MONTHS_FOR_SPREAD,
            ratio(m.history_month_sales_max, m.history_month_sales_total),
        ),
    ),
    Feature(
        code="history_sales_per_month",
        name=_("Sales invoices in a month over the years"),
        meaning=_("How many sales you invoiced in an average month of all the time you showed us, up to three years."),
        advice=_("Issue an invoice for every sale that can have one."),
        unit=Unit.COUNT,
        direction=UP,
        family=Family.TENURE,
        topic=Topic.REGULAR_INCOME,
        digits=1,
        formula=lambda m: monthly(m.history_sold_entries, m.invoice_history_days),
        is_size=True,
    ),
    Feature(
        code="history_selling_days_share",
        name=_("Days with a sales invoice over the years"),
        meaning=_("Of the days you showed us, up to three years, the part on which you invoiced a sale."),
        advice=_("Invoice on the day on which you deliver."),
        unit=Unit.SHARE,
        direction=UP,
        family=Family.TENURE,
        topic=Topic.REGULAR_INCOME,
        digits=3,
        formula=lambda m: given(
            m.invoice_history_days >= DAYS_FOR_AVERAGE, ratio(m.history_selling_days, m.invoice_history_days)
        ),
    ),
    Feature(
        code="history_steady_buyer_count",
        name=_("Steady customers over the years"),
        meaning=_("How many customers bought from you in at least four months of all the time you showed us."),
        advice=_("Offer those who bought twice a standing order."),
        unit=Unit.COUNT,
        direction=UP,
        family=Family.CUSTOMERS,
        topic=Topic.CUSTOMER_SPREAD,
        digits=0,
        formula=lambda m: given(m.invoice_history_days >= DAYS_FOR_TREND, m.history_steady_buyers),
        is_size=True,
    ),
)
