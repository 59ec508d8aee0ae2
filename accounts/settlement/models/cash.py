"""Cash that crossed a branch's counter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Branch, User
from accounts.ledger.models import JournalEntry
from accounts.settlement.models.accounts import SettlementAccount
from accounts.settlement.models.drawers import CashDrawer
from accounts.settlement.states import CashStatus, KnownBy, Way
from portal.core.badges import State
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class CashMovementQuerySet(LockableQuerySet["CashMovement"]):
    """Which cash movements one may see."""

    def visible_to(self, user: Any) -> Self:
        """Whoever sees the account sees the cash that it received and gave."""
        return self.filter(settlement_account__in=SettlementAccount.objects.visible_to(user))

    def told(self) -> Self:
        """Fetch what a list shows beside each."""
        return self.select_related(
            "settlement_account__enterprise", "branch", "entry", "drawer__holder", "corrects", "fetched_by"
        )


def _reference() -> str:
    return new_reference("CM")


class CashMovement(models.Model):
    """Cash paid in or out; above the bank's limit it waits until a second person has counted it."""

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=_reference, editable=False)
    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="cash_movements")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, help_text="where the cash is")
    drawer = models.ForeignKey(
        CashDrawer, on_delete=models.PROTECT, null=True, help_text="none where a branch works without drawers"
    )
    slip_number = models.CharField(_("slip number"), max_length=20, blank=True, help_text="written away from the bank")
    way = models.CharField(_("in or out"), max_length=3, choices=Way.choices)
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=3)
    text = models.CharField(_("text"), max_length=140, blank=True)
    fetched_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="the owner who was handed the cash"
    )
    known_by = models.CharField(_("known by"), max_length=20, choices=KnownBy.choices, blank=True)
    document_ending = models.CharField(max_length=4, blank=True, help_text="of the number on the document")
    status = models.CharField(_("status"), max_length=10, choices=CashStatus.choices)
    effective_date = models.DateField(_("date"), help_text="on which the cash moved; its entry may have to be later")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="cash_movement")

    objects = models.Manager.from_queryset(CashMovementQuerySet)()
    state = State(CashStatus)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["drawer", "slip_number"],
                condition=~Q(slip_number="") & Q(status__in=[CashStatus.WAITING, CashStatus.BOOKED]),
                name="slip_counts_once",
            ),
            models.CheckConstraint(
                condition=Q(slip_number="") | Q(drawer__isnull=False), name="slip_belongs_to_a_drawer"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cash_amount_is_positive"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="cash_goes_in_or_out"),
            models.CheckConstraint(
                condition=Q(fetched_by=None, known_by="", document_ending="")
                | Q(way=Way.OUT, fetched_by__isnull=False, known_by=KnownBy.CODE, document_ending="")
                | (
                    Q(way=Way.OUT, fetched_by__isnull=False)
                    & Q(known_by__in=[known for known in KnownBy.values if known != KnownBy.CODE])
                    & ~Q(document_ending="")
                ),
                name="who_fetches_cash_is_known",
            ),
            models.CheckConstraint(
                condition=Q(known_by__in=["", KnownBy.CODE]) | Q(entry=None) | ~Q(checked_by=""),
                name="document_is_seen_by_two",
            ),
            models.CheckConstraint(condition=~Q(made_by=models.F("checked_by")), name="cash_is_checked_by_another"),
            models.CheckConstraint(
                condition=Q(status__in=[CashStatus.BOOKED, CashStatus.REVERSED], entry__isnull=False)
                | (Q(status__in=[CashStatus.WAITING, CashStatus.DECLINED]) & Q(entry=None)),
                name="cash_is_booked_with_its_entry",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def signed_amount(self) -> Decimal:
        """The amount as the bank's cash sees it: negative when it went out."""
        return self.amount if self.way == Way.IN else -self.amount

    @property
    def known_as(self) -> str:
        """Say by what the bank knew who fetched it; how its number ends is told to nobody who might copy it."""
        if self.known_by == KnownBy.CODE and (correction := getattr(self, "corrects", None)):
            return gettext("Correction %(reference)s of cash that a code let go") % {"reference": correction.reference}
        if not self.document_ending or self.entry_id is None:
            return self.get_known_by_display()
        return gettext("%(document)s, seen by two of the bank") % {"document": self.get_known_by_display()}
