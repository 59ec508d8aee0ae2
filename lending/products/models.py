"""Loan products: what the bank offers, and every convention of a loan as a field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.db.models import F, Q

from lending.products import states
from lending.products.conventions import (
    AllocationOrder,
    ClosedDay,
    DayCount,
    DeferredInterest,
    Frequency,
    InterestMethod,
    InterestPeriod,
    MonthEnd,
    Rounding,
)
from portal.core import editions, interest
from portal.core.dates import BusinessDayRule
from portal.core.idempotency import fingerprint_of
from portal.core.language import localized

WEEKS_IN_A_YEAR: Final = 52


class LoanProduct(editions.Edition):
    """One product in one version; amounts in the bank's currency, rates as fractions of a year.

    Prepared by one person and approved by another, it is offered from a day on and never changed: the next version
    replaces it. A loan copies its terms at the offer, so a new version never touches what was offered or signed.
    """

    AREA, WORD, LOCK = "products", "product", 7_203_011
    MADE, SINCE, UNTIL, ENDING = "prepared", "offered_from", "offered_until", "withdrawn"
    OUT, OVER = states.OFFERED, states.ENDED

    version = models.PositiveIntegerField(default=1)
    prepared_by = models.CharField(max_length=40, default="system")
    prepared_at = models.DateTimeField(null=True)
    offered_from = models.DateField(null=True)
    offered_until = models.DateField(null=True, help_text="the first day on which it is no longer offered")

    name_en = models.CharField(max_length=80)
    name_zh_hans = models.CharField(max_length=80)
    summary_en = models.CharField(max_length=240)
    summary_zh_hans = models.CharField(max_length=240)
    currency = models.CharField(max_length=3, default="CNY")
    country = models.CharField(max_length=2, default="CN")

    min_amount = models.DecimalField(max_digits=14, decimal_places=2)
    max_amount = models.DecimalField(max_digits=14, decimal_places=2)
    min_term_months = models.PositiveSmallIntegerField()
    max_term_months = models.PositiveSmallIntegerField()
    min_annual_rate = models.DecimalField(max_digits=7, decimal_places=6)
    max_annual_rate = models.DecimalField(max_digits=7, decimal_places=6)
    upfront_fee_rate = models.DecimalField(max_digits=7, decimal_places=6, default=Decimal(0))
    line_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="a credit line that lasts so long, its loans the draws; empty: one loan"
    )
    min_draw_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)

    sections = models.JSONField(default=list, blank=True, help_text="letters of industry sections; empty: all")
    documents = models.JSONField(default=list, blank=True, help_text="kinds of documents that must be there")
    requires_clearance = models.CharField(max_length=60, blank=True)

    interest_method = models.CharField(max_length=40, choices=InterestMethod.choices)
    frequency = models.CharField(max_length=10, choices=Frequency.choices, default=Frequency.MONTH)
    every = models.PositiveSmallIntegerField(default=1)
    due_day = models.PositiveSmallIntegerField(null=True, blank=True)
    month_end = models.CharField(max_length=10, choices=MonthEnd.choices, default=MonthEnd.CLAMP)
    business_day_rule = models.CharField(max_length=20, choices=ClosedDay.choices, default=ClosedDay.FOLLOWING)
    principal_grace = models.PositiveSmallIntegerField(default=0)
    interest_grace = models.PositiveSmallIntegerField(default=0)
    interest_free = models.PositiveSmallIntegerField(default=0)
    deferred_interest = models.CharField(
        max_length=10, choices=DeferredInterest.choices, default=DeferredInterest.SPREAD
    )
    principal_months = models.JSONField(default=list, blank=True, help_text="1 to 12; empty: all")
    interest_months = models.JSONField(default=list, blank=True, help_text="1 to 12; empty: all")
    balloon_rate = models.DecimalField(max_digits=7, decimal_places=6, default=Decimal(0))
    day_count = models.CharField(max_length=20, choices=DayCount.choices, default=DayCount.ACT_365F)
    interest_period = models.CharField(max_length=20, choices=InterestPeriod.choices, default=InterestPeriod.DAILY)
    rounding = models.CharField(max_length=20, choices=Rounding.choices, default=Rounding.HALF_UP)
    installment_multiple = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    allocation_order = models.CharField(
        max_length=20, choices=AllocationOrder.choices, default=AllocationOrder.BY_INSTALLMENT
    )
    late_rate_markup = models.DecimalField(max_digits=7, decimal_places=6, default=Decimal(0))
    late_grace_days = models.PositiveSmallIntegerField(default=0)
    late_on_interest = models.BooleanField(default=False)
    early_by_day = models.BooleanField(
        default=False, help_text="what is repaid early pays interest up to its day, not the next installment whole"
    )

    objects = models.Manager.from_queryset(editions.EditionQuerySet)()

    class Meta:
        constraints = [
            *editions.constraints(
                "product_version_is_unique",
                "one_version_of_a_product_is_offered",
                "one_draft_of_a_product_is_open",
                "product_status_is_known",
                "product_has_two_pairs_of_eyes",
                "product_is_approved_before_it_is_offered",
                "product_is_offered_before_it_ends",
                made="prepared",
                since="offered_from",
                until="offered_until",
            ),
            models.CheckConstraint(
                condition=Q(min_amount__gt=0, max_amount__gte=F("min_amount")), name="product_amounts_are_a_range"
            ),
            models.CheckConstraint(
                condition=Q(min_annual_rate__gte=0, max_annual_rate__gte=F("min_annual_rate")),
                name="product_rates_are_a_range",
            ),
            models.CheckConstraint(
                condition=Q(min_term_months__gt=0, max_term_months__gte=F("min_term_months")),
                name="product_terms_are_a_range",
            ),
            models.CheckConstraint(
                condition=Q(
                    late_rate_markup__gte=0,
                    late_rate_markup__lte=interest.MOST_LATE_RATE_MARKUP,
                    late_grace_days__lte=interest.MOST_LATE_GRACE_DAYS,
                ),
                name="product_late_interest_is_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(line_months=None, min_draw_amount=None)
                | Q(line_months__gt=0, min_draw_amount__gt=0, min_draw_amount__lte=F("min_amount")),
                name="product_line_names_its_smallest_draw",
            ),
        ]

    def __str__(self) -> str:
        return localized(self, "name")

    @property
    def fingerprint(self) -> str:
        """Digest the content, so that nobody approves what changed meanwhile."""
        return fingerprint_of({name: _alike(value) for name, value in self.content().items()})

    def told(self) -> dict[str, Any]:
        """Tell the audit trail exactly which content it was."""
        return {"fingerprint": self.fingerprint}

    @property
    def step_months(self) -> int:
        """Tell of how many whole months a term is a multiple."""
        return self.every if self.frequency == Frequency.MONTH else 1

    @property
    def is_line(self) -> bool:
        """Tell whether signing it opens a credit line; its terms are then those of a draw."""
        return self.line_months is not None

    def suits(self, section: str) -> bool:
        """Tell whether enterprises of an industry section may have it."""
        return not self.sections or section in self.sections

    def terms(self, *, annual_rate: Decimal, term_months: int) -> interest.Terms:
        """Put the product's conventions and a case's rate and term (whole months) together.

        :raises TermsRefused: when the conventions contradict each other.
        """
        weeks = term_months * WEEKS_IN_A_YEAR // 12
        steps = (term_months if self.frequency == Frequency.MONTH else weeks) // self.every
        return interest.Terms(
            annual_rate=annual_rate,
            installments=max(steps, 1),
            interest_method=interest.InterestMethod(self.interest_method),
            day_count=interest.DayCount(self.day_count),
            frequency=interest.FrequencyUnit(self.frequency),
            every=self.every,
            interest_period=interest.InterestPeriod(self.interest_period),
            due_day=self.due_day,
            month_end=interest.MonthEnd(self.month_end),
            business_day_rule=BusinessDayRule(self.business_day_rule),
            country=self.country,
            principal_grace=self.principal_grace,
            interest_grace=self.interest_grace,
            interest_free=self.interest_free,
            deferred_interest=interest.DeferredInterest(self.deferred_interest),
            principal_months=frozenset(self.principal_months),
            interest_months=frozenset(self.interest_months),
            balloon_rate=self.balloon_rate,
            currency=self.currency,
            rounding=interest.Rounding(self.rounding),
            installment_multiple=self.installment_multiple,
            upfront_fee_rate=self.upfront_fee_rate,
            allocation_order=interest.AllocationOrder(self.allocation_order),
            late_rate_markup=self.late_rate_markup,
            late_grace_days=self.late_grace_days,
            late_on_interest=self.late_on_interest,
            early_by_day=self.early_by_day,
        )


def _alike(value: Any) -> Any:
    """Write a figure the same before and after the database has seen it."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


CONTENT: Final = LoanProduct.says()
