"""What an enterprise knows will come or go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.cashflow.states import Category, Repeats, Way
from accounts.identity.models import Enterprise
from portal.core.dates import add_months
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class PlannedItemQuerySet(LockableQuerySet["PlannedItem"]):
    """Which plans one may see."""

    def visible_to(self, user: Any) -> Self:
        """Members see their enterprises'; staff who judge or serve them their branches'; head office all."""
        return self.filter(enterprise__in=Enterprise.objects.visible_to(user))


def _planned_reference() -> str:
    return new_reference("PI")


class PlannedItem(models.Model):
    """Money that will come or go: the forecast counts it, judging never does.

    An enterprise plans; or a loan with us falls due, which lending writes down here, with the loan as ``source``.
    """

    reference = models.CharField(max_length=20, unique=True, default=_planned_reference, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="planned_items")
    way = models.CharField(_("direction"), max_length=3, choices=Way.choices)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    due_on = models.DateField(_("date"))
    repeats = models.CharField(_("how often"), max_length=7, choices=Repeats.choices, default=Repeats.ONCE)
    text = models.CharField(_("what for"), max_length=80)
    source = models.CharField(
        max_length=40, blank=True, default="", help_text="the loan that falls due; empty where the enterprise plans"
    )
    planned_at = models.DateTimeField()
    planned_by = models.CharField(max_length=40)

    objects = models.Manager.from_queryset(PlannedItemQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="planned_amount_is_positive"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="planned_way_is_known"),
            models.CheckConstraint(condition=Q(repeats__in=Repeats.values), name="planned_rhythm_is_known"),
            models.CheckConstraint(condition=~Q(text=""), name="planned_item_says_what_for"),
        ]
        indexes = [models.Index(fields=["enterprise", "due_on"], name="planned_by_day")]

    def __str__(self) -> str:
        return f"{self.due_on} {self.text}"

    @property
    def words(self) -> str:
        """What it is for, in the active language."""
        return f"{Category.LOAN_REPAYMENT.label} · {self.source}" if self.source else self.text

    @property
    def signed_amount(self) -> Decimal:
        """The amount, negative where it goes out."""
        return self.amount if self.way == Way.IN else -self.amount

    def dates(self, *, after: date, until: date) -> Iterator[date]:
        """Give the days on which it is due, after one day and until another."""
        months, day = 0, self.due_on
        while day <= until:
            if day > after:
                yield day
            if self.repeats == Repeats.ONCE:
                return
            months += 1
            day = add_months(self.due_on, months)
