"""Cash between a branch's vault and the bank at which we keep our account."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import JournalEntry
from accounts.settlement.drawer_states import DeliveryStatus, DeliveryWay
from accounts.settlement.models.drawers import CashDrawer
from portal.core.badges import State
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class CashDeliveryQuerySet(LockableQuerySet["CashDelivery"]):
    """Which deliveries one may see."""

    def visible_to(self, user: Any) -> Self:
        """Whoever sees the vault sees what left it and came to it."""
        return self.filter(vault__in=CashDrawer.objects.visible_to(user))

    def told(self) -> Self:
        """Fetch what a list shows beside each."""
        return self.select_related("vault__branch", "vault__holder", "entry", "settled_entry")


def _reference() -> str:
    return new_reference("CT", length=12)


class CashDelivery(models.Model):
    """Cash brought to the other bank or fetched there: two people stand by it, then a statement confirms it."""

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=_reference, editable=False)
    vault = models.ForeignKey(CashDrawer, on_delete=models.PROTECT, related_name="deliveries")
    way = models.CharField(_("which way"), max_length=10, choices=DeliveryWay.choices)
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=3)
    status = models.CharField(_("status"), max_length=10, choices=DeliveryStatus.choices)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    effective_date = models.DateField(null=True, help_text="on which it left the vault, or came to it")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=40, blank=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="cash_delivery")
    settled_entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    cleared_with = models.ForeignKey(
        "SuspenseItem",
        on_delete=models.PROTECT,
        null=True,
        related_name="further_cash",
        help_text="money in suspense that is this cash beside other",
    )

    objects = models.Manager.from_queryset(CashDeliveryQuerySet)()
    state = State(DeliveryStatus)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="delivery_amount_is_positive"),
            models.CheckConstraint(condition=Q(way__in=DeliveryWay.values), name="delivery_way_is_known"),
            models.CheckConstraint(condition=Q(status__in=DeliveryStatus.values), name="delivery_status_is_known"),
            models.CheckConstraint(
                condition=Q(
                    status__in=[DeliveryStatus.WAITING, DeliveryStatus.DECLINED], entry=None, effective_date=None
                )
                | (
                    Q(
                        status__in=[DeliveryStatus.ON_THE_WAY, DeliveryStatus.SETTLED],
                        entry__isnull=False,
                        effective_date__isnull=False,
                    )
                    & ~Q(checked_by="")
                    & ~Q(made_by=F("checked_by"))
                ),
                name="delivery_is_booked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status=DeliveryStatus.SETTLED, settled_entry__isnull=False)
                | (~Q(status=DeliveryStatus.SETTLED) & Q(settled_entry=None)),
                name="delivery_is_settled_with_its_entry",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def signed_amount(self) -> Decimal:
        """The amount as the vault sees it: negative when it left."""
        return self.amount if self.way == DeliveryWay.FETCHED else -self.amount
