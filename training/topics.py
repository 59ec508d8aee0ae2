"""What can be taught: a lesson teaches one of these. The first ten are those that a decision's reasons name."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """The subjects of lessons."""

    CASH_BUFFER = "cash_buffer", _("A cash buffer")
    SEPARATE_ACCOUNTS = "separate_accounts", _("Separate accounts")
    REGULAR_INCOME = "regular_income", _("Regular income")
    CUSTOMER_SPREAD = "customer_spread", _("Many customers")
    DEBT_BURDEN = "debt_burden", _("The burden of debt")
    KEEP_RECORDS = "keep_records", _("Keeping records")
    TAX_DISCIPLINE = "tax_discipline", _("Tax on time")
    PRICING_MARGIN = "pricing_margin", _("Prices and margins")
    PLAN_AHEAD = "plan_ahead", _("Planning ahead")
    KEEP_PROMISES = "keep_promises", _("Keeping promises")
    GET_PAID = "get_paid", _("Getting paid")
    FARM_YEAR = "farm_year", _("The farm year")
    SAFE_MONEY = "safe_money", _("Safe money")
    GROWTH = "growth", _("Growing")
