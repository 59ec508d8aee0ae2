"""Loan products: what the bank offers, and every convention of a loan as a field."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import interest
from portal.core.dates import BusinessDayRule
from portal.core.language import localized


class InterestMethod(models.TextChoices):
    """How principal and interest are spread, in an owner's words."""

    EQUAL_INSTALLMENTS = interest.InterestMethod.EQUAL_INSTALLMENTS.value, _("The same amount each time")
    EQUAL_PRINCIPAL = interest.InterestMethod.EQUAL_PRINCIPAL.value, _("Falling amounts: equal principal plus interest")
    INTEREST_ONLY = interest.InterestMethod.INTEREST_ONLY.value, _("Interest each time, principal at the end")


class LoanProduct(models.Model):
    """One product in one version; amounts in the bank's currency, rates as fractions of a year.

    A loan copies its terms at signing, so a new version never touches what was signed.
    """

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveIntegerField(default=1)
    is_offered = models.BooleanField(_("offered"), default=True)
    name_en = models.CharField(max_length=80)
    name_zh_hans = models.CharField(max_length=80)
    summary_en = models.CharField(max_length=240)
    summary_zh_hans = models.CharField(max_length=240)
    currency = models.CharField(max_length=3, default="CNY")
    min_amount = models.DecimalField(max_digits=14, decimal_places=2)
    max_amount = models.DecimalField(max_digits=14, decimal_places=2)
    min_term_months = models.PositiveSmallIntegerField()
    max_term_months = models.PositiveSmallIntegerField()
    min_annual_rate = models.DecimalField(max_digits=7, decimal_places=6)
    max_annual_rate = models.DecimalField(max_digits=7, decimal_places=6)
    upfront_fee_rate = models.DecimalField(max_digits=7, decimal_places=6, default=Decimal(0))
    interest_method = models.CharField(max_length=40, choices=InterestMethod.choices)
    day_count = models.CharField(max_length=20, default=interest.DayCount.ACT_365F.value)
    months_between_installments = models.PositiveSmallIntegerField(default=1)
    principal_grace = models.PositiveSmallIntegerField(default=0)
    principal_months = models.JSONField(default=list, blank=True, help_text="1 to 12; empty: all")
    business_day_rule = models.CharField(max_length=20, default=BusinessDayRule.FOLLOWING.value)
    country = models.CharField(max_length=2, default="CN")
    requires_clearance = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="product_version_is_unique"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(is_offered=True), name="one_version_of_a_product_is_offered"
            ),
            models.CheckConstraint(
                condition=models.Q(min_amount__gt=0, max_amount__gte=models.F("min_amount")),
                name="product_amounts_are_a_range",
            ),
            models.CheckConstraint(
                condition=models.Q(min_annual_rate__gte=0, max_annual_rate__gte=models.F("min_annual_rate")),
                name="product_rates_are_a_range",
            ),
            models.CheckConstraint(
                condition=models.Q(min_term_months__gt=0, max_term_months__gte=models.F("min_term_months")),
                name="product_terms_are_a_range",
            ),
        ]

    def __str__(self) -> str:
        return localized(self, "name")

    @property
    def reference(self) -> str:
        """What people call this version."""
        return f"{self.code}/{self.version}"

    def terms(self, *, annual_rate: Decimal, term_months: int) -> interest.Terms:
        """Put the product's conventions and a case's rate and term (whole months) together."""
        return interest.Terms(
            annual_rate=annual_rate,
            installments=max(term_months // self.months_between_installments, 1),
            interest_method=interest.InterestMethod(self.interest_method),
            day_count=interest.DayCount(self.day_count),
            every=self.months_between_installments,
            principal_grace=self.principal_grace,
            principal_months=frozenset(self.principal_months),
            business_day_rule=BusinessDayRule(self.business_day_rule),
            country=self.country,
            currency=self.currency,
            upfront_fee_rate=self.upfront_fee_rate,
        )
