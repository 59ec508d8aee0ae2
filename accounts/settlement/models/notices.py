"""What owners and managers chose to be told, and up to where they were told it."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Membership
from accounts.ledger.models import SealedBlock
from accounts.settlement.happenings import Happening
from portal.core.models import Channel


class NoticePreference(models.Model):
    """A person wants to be told of a kind of happening on an enterprise's accounts by one channel, or does not.

    Who chose nothing about a kind that is on by default is told of it as an owner.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="notice_preferences")
    kind = models.CharField(_("what"), max_length=20, choices=Happening.choices)
    channel = models.CharField(_("how"), max_length=4, choices=Channel.choices)
    threshold_amount = models.DecimalField(max_digits=19, decimal_places=3, default=Decimal(0))
    is_wanted = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "kind", "channel"], name="notice_is_chosen_once"),
            models.CheckConstraint(condition=Q(threshold_amount__gte=0), name="notice_amount_is_not_negative"),
            models.CheckConstraint(condition=Q(kind__in=Happening.values), name="notice_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}"


class AnnouncedBlock(models.Model):
    """A sealed block of entries whose happenings were told: each entry is in one block, and so is told once."""

    block = models.OneToOneField(SealedBlock, on_delete=models.PROTECT, primary_key=True, related_name="announced")
    announced_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.block_id)
