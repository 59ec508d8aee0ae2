"""Money that came in with words on it, for a department to claim."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import JournalEntry
from accounts.settlement.models.accounts import SettlementAccount
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class ReceiptQuerySet(LockableQuerySet["Receipt"]):
    """Which receipts one may see, and which nobody claimed."""

    def visible_to(self, user: Any) -> Self:
        """Whoever sees the account sees what it received."""
        return self.filter(settlement_account__in=SettlementAccount.objects.visible_to(user))

    def unclaimed(self) -> Self:
        """Leave out those that a department claimed."""
        return self.filter(claimed_at=None)


def _reference() -> str:
    return new_reference("RC", length=10)


class Receipt(models.Model):
    """Money credited to an account, with what was written: the money is the account's, the words are claimed once.

    ``purpose`` and ``subject`` are a standing mandate's, where the words name one; a subject without a purpose is what
    looks like a reference of this bank.
    """

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=_reference, editable=False)
    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="receipts")
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=3)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="receipt")
    payer_name = models.CharField(_("from whom"), max_length=140, blank=True)
    payer_number = models.CharField(max_length=64, blank=True)
    text = models.CharField(_("text"), max_length=500, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=60, blank=True)
    received_on = models.DateField(_("date"))
    received_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=40, blank=True, help_text="the purpose of the department that claimed it")
    claimed_for = models.CharField(max_length=60, blank=True)

    objects = models.Manager.from_queryset(ReceiptQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(claimed_at=None, claimed_by="", claimed_for="")
                | (Q(claimed_at__isnull=False) & ~Q(claimed_by="") & ~Q(claimed_for="")),
                name="receipt_is_claimed_by_someone_for_something",
            ),
        ]
        indexes = [
            models.Index(fields=["subject"], condition=Q(claimed_at=None) & ~Q(subject=""), name="receipt_unclaimed")
        ]

    def __str__(self) -> str:
        return self.reference
