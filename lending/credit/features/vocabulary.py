"""The words in which a feature is declared. Pure: no engine, no database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Unit(TextChoices):
    """What one of the feature is."""

    MONEY = "money", _("money")  # whole minor units of the bank's currency
    RATIO = "ratio", _("times")  # so many times something else
    SHARE = "share", _("share")  # a part of a whole, 0 to 1, shown as a percentage
    COUNT = "count", _("count")
    DAYS = "days", _("days")


class Direction(TextChoices):
    """Which way is good for credit, all else equal."""

    HIGHER_IS_BETTER = "higher_is_better", _("more is better")
    LOWER_IS_BETTER = "lower_is_better", _("less is better")
    NEUTRAL = "neutral", _("neither way")


UP, DOWN, EITHER = Direction.HIGHER_IS_BETTER, Direction.LOWER_IS_BETTER, Direction.NEUTRAL


class Family(TextChoices):
    """Features that tell of one side of a business. Reasons are grouped by it."""

    CAPITAL_FLOW = "capital_flow", _("Money coming in and going out")
    VOLATILITY = "volatility", _("Ups and downs")
    BUFFERS = "buffers", _("Money kept in reserve")
    CUSTOMERS = "customers", _("Customers")
    SUPPLIERS = "suppliers", _("Suppliers")
    OBLIGATIONS = "obligations", _("Debts and fixed costs")
    DISCIPLINE = "discipline", _("Taxes and invoices")
    MARGIN = "margin", _("Earnings on what is sold")
    TENURE = "tenure", _("How long and how often")


class Topic(TextChoices):
    """What a reason names and a course teaches."""

    CASH_BUFFER = "cash_buffer", _("Keeping a reserve")
    SEPARATE_ACCOUNTS = "separate_accounts", _("Keeping business and household apart")
    REGULAR_INCOME = "regular_income", _("Earning steadily")
    CUSTOMER_SPREAD = "customer_spread", _("Not leaning on one customer")
    DEBT_BURDEN = "debt_burden", _("Carrying debt you can bear")
    KEEP_RECORDS = "keep_records", _("Keeping records")
    TAX_DISCIPLINE = "tax_discipline", _("Taxes and invoices in order")
    PRICING_MARGIN = "pricing_margin", _("Prices that leave something over")
    PLAN_AHEAD = "plan_ahead", _("Planning ahead")
    KEEP_PROMISES = "keep_promises", _("Paying as agreed")


Measures = Any  # an Ibis table with one row for each case; Ibis is loaded only where a query is compiled
Expression = Any  # an Ibis value over it


@dataclass(frozen=True, slots=True)
class Feature:
    """One figure about an enterprise. `formula` reads the measures of `measures.py`; None means too little evidence."""

    code: str
    name: Promise
    meaning: Promise
    advice: Promise | None  # what an owner can honestly do about it, if anything
    unit: Unit
    direction: Direction
    family: Family
    topic: Topic
    digits: int  # after the point; rounded to these once, before anything uses the figure
    formula: Callable[[Measures], Expression]
    is_size: bool = False  # tells how large a business is more than how it is run; a card can leave these out
