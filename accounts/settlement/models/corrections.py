"""What undoes cash that was booked wrongly, and books what should have been booked."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import JournalEntry
from accounts.settlement.models.accounts import SettlementAccount
from accounts.settlement.models.cash import CashMovement
from accounts.settlement.states import CorrectionStatus, Way
from portal.core.badges import State
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class CashCorrectionQuerySet(LockableQuerySet["CashCorrection"]):
    """Which corrections one may see."""

    def visible_to(self, user: Any) -> Self:
        """Members of staff who see the cash see what corrects it."""
        return self.filter(movement__in=CashMovement.objects.visible_to(user)) if user.is_staff_member else self.none()

    def waiting(self) -> Self:
        """Keep those that another person has not decided on."""
        return self.filter(status=CorrectionStatus.WAITING)

    def told(self) -> Self:
        """Fetch what a page shows beside each."""
        movement = ("movement__settlement_account__enterprise", "movement__drawer__holder", "movement__entry")
        return self.select_related(*movement, "settlement_account__enterprise", "replacement", "reversal", "given_up")


def _reference() -> str:
    return new_reference("CX")


class CashCorrection(models.Model):
    """One person asks to reverse a booked cash movement, another does it; what stands beside is booked instead."""

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=_reference, editable=False)
    movement = models.ForeignKey(CashMovement, on_delete=models.PROTECT, related_name="corrections")
    reason = models.CharField(_("reason"), max_length=200)
    settlement_account = models.ForeignKey(
        SettlementAccount, on_delete=models.PROTECT, null=True, related_name="+", help_text="none is only a reversal"
    )
    way = models.CharField(_("in or out"), max_length=3, choices=Way.choices, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=3, null=True)
    text = models.CharField(_("text"), max_length=140, blank=True)
    slip_number = models.CharField(_("slip number"), max_length=20, blank=True)
    slip_date = models.DateField(null=True, help_text="the day that stands on the slip")
    status = models.CharField(_("status"), max_length=10, choices=CorrectionStatus.choices)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=40, blank=True)
    check_reason = models.CharField(max_length=200, blank=True, help_text="why it was not confirmed")
    reversal = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    replacement = models.OneToOneField(CashMovement, on_delete=models.PROTECT, null=True, related_name="corrects")
    given_up = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, null=True, related_name="+", help_text="what the cash had paid, undone"
    )
    difference = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, null=True, related_name="+", help_text="where a count stands between"
    )

    objects = models.Manager.from_queryset(CashCorrectionQuerySet)()
    state = State(CorrectionStatus)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["movement"],
                condition=~Q(status=CorrectionStatus.DECLINED),
                name="cash_is_corrected_once",
            ),
            models.CheckConstraint(condition=Q(status__in=CorrectionStatus.values), name="correction_status_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_says_why"),
            models.CheckConstraint(
                condition=Q(settlement_account=None, way="", amount=None, slip_number="", slip_date=None)
                | Q(settlement_account__isnull=False, way__in=Way.values, amount__gt=0),
                name="correction_tells_the_right_cash_whole",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=CorrectionStatus.BOOKED, reversal__isnull=False)
                    & ~Q(checked_by="")
                    & ~Q(made_by=F("checked_by"))
                )
                | (
                    ~Q(status=CorrectionStatus.BOOKED)
                    & Q(reversal=None, replacement=None, given_up=None, difference=None)
                ),
                name="correction_is_booked_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
