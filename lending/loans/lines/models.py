"""The credit line: how much may be owed at once, until when."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from accounts.identity.models import Enterprise
from accounts.settlement.models import SettlementAccount
from lending.applications.models import Offer
from lending.loans.lines.states import BADGES, OPEN, LineStatus
from lending.products.models import LoanProduct
from portal.core.badges import Badge
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference

NOTICE_DAYS: Final = 30
OPEN_PRINCIPAL = F("draws__installments__principal_amount") - F("draws__installments__principal_paid_amount")


class CreditLineQuerySet(LockableQuerySet["CreditLine"]):
    """Which credit lines one may see, and which can still be drawn."""

    def visible_to(self, user: Any) -> CreditLineQuerySet:
        """Members see their enterprise's; staff who judge, keep or audit them those of their branches."""
        mine = Q(enterprise__in=Enterprise.objects.open_to(user))
        return self.filter(mine | Q(enterprise__in=Enterprise.objects.visible_to(user)))

    def open(self) -> CreditLineQuerySet:
        """Those that have not ended."""
        return self.filter(status__in=OPEN)

    def with_drawn(self) -> CreditLineQuerySet:
        """Tell with each, as ``drawn_amount``, the principal of its draws that is still owed."""
        current = Q(draws__installments__superseded_on=None)
        return self.annotate(drawn_amount=Coalesce(Sum(OPEN_PRINCIPAL, filter=current), Decimal(0)))


def _reference() -> str:
    return new_reference("CL")


class CreditLine(models.Model):
    """What an enterprise may owe at once by draws, and until which day it may draw."""

    reference = models.CharField(max_length=20, unique=True, default=_reference, editable=False)
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="line")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="credit_lines")
    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="+")
    limit_amount = models.DecimalField(max_digits=14, decimal_places=2)
    annual_rate = models.DecimalField(max_digits=7, decimal_places=6)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, default=LineStatus.ACTIVE)
    opened_on = models.DateField()
    ends_on = models.DateField(help_text="the last day on which it can be drawn")
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    suspended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    suspended_at = models.DateTimeField(null=True)
    reason = models.TextField(max_length=2000, blank=True, help_text="why it is suspended; for the bank's people")
    reminded_at = models.DateTimeField(null=True, help_text="when its owners were told that it ends soon")
    ended_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(CreditLineQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(status__in=sorted(OPEN)), name="enterprise_has_one_open_line"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in LineStatus]), name="line_status_is_known"
            ),
            models.CheckConstraint(condition=Q(limit_amount__gt=0), name="line_limit_is_positive"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("opened_on")), name="line_ends_after_it_opened"),
            models.CheckConstraint(
                condition=Q(status=LineStatus.SUSPENDED, suspended_by__isnull=False, suspended_at__isnull=False)
                & ~Q(reason="")
                | ~Q(status=LineStatus.SUSPENDED) & Q(suspended_by=None, suspended_at=None, reason=""),
                name="line_is_suspended_by_somebody_who_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status=LineStatus.ENDED, ended_at__isnull=False)
                | ~Q(status=LineStatus.ENDED) & Q(ended_at=None),
                name="line_ends_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def badge(self) -> Badge:
        """Say where it stands."""
        return BADGES[LineStatus(self.status)]

    @property
    def is_open(self) -> bool:
        """Tell whether it has not ended."""
        return self.status in OPEN

    @property
    def product(self) -> LoanProduct:
        """The version of the product that was applied for: it says what a draw may ask."""
        product: LoanProduct = self.offer.application.product
        return product

    @property
    def least_amount(self) -> Decimal:
        """The smallest draw."""
        least: Decimal | None = self.product.min_draw_amount
        assert least is not None, "a line's product names it"
        return least

    @property
    def available_amount(self) -> Decimal:
        """What can be drawn of a line that was fetched ``with_drawn``."""
        return self.available_of(vars(self)["drawn_amount"])

    @property
    def ends_soon_from(self) -> date:
        """The day on which its owners are told that it ends: thirty days before, for a short line the last third."""
        return self.ends_on - timedelta(days=min(NOTICE_DAYS, (self.ends_on - self.opened_on).days // 3))

    def may_be_drawn(self, *, on: date) -> bool:
        """Tell whether it is neither suspended nor over on a day."""
        return self.status == LineStatus.ACTIVE and on <= self.ends_on

    def available_of(self, drawn_amount: Decimal) -> Decimal:
        """Tell what can be drawn beside what is; a repayment that was undone may leave more drawn than the limit."""
        return max(self.limit_amount - drawn_amount, Decimal(0))
