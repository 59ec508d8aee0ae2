"""The shape of products in the API."""

from lending.products.models import LoanProduct
from portal.core.amounts import TellsAmounts


class ProductSerializer(TellsAmounts):
    """A product as it is offered: ranges, conventions, and what it asks for. Rates are fractions of a year."""

    class Meta:
        model = LoanProduct
        fields = [
            "code", "version", "offered_from", "name_en", "name_zh_hans", "summary_en", "summary_zh_hans", "currency",
            "min_amount", "max_amount", "min_term_months", "max_term_months", "min_annual_rate", "max_annual_rate",
            "upfront_fee_rate", "line_months", "min_draw_amount", "sections", "documents", "requires_clearance",
            "interest_method", "frequency", "every",
            "due_day", "month_end", "business_day_rule", "principal_grace", "interest_grace", "interest_free",
            "deferred_interest", "principal_months", "interest_months", "balloon_rate", "day_count", "interest_period",
            "rounding", "installment_multiple", "allocation_order", "late_rate_markup", "late_grace_days",
            "late_on_interest", "early_by_day",
        ]  # fmt: skip
