"""What moves the cash of a drawer beside customers: handing over, counting; and the lines that all of it leaves."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, Final, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import JournalEntry
from accounts.settlement.drawer_states import CountStatus, HandoverStatus
from accounts.settlement.models.cash import CashMovement
from accounts.settlement.models.corrections import CashCorrection
from accounts.settlement.models.deliveries import CashDelivery
from accounts.settlement.models.drawers import CashDrawer
from portal.core.badges import State
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class CashHandoverQuerySet(LockableQuerySet["CashHandover"]):
    """Which handovers one may see."""

    def visible_to(self, user: Any) -> Self:
        """Whoever sees one of the two drawers sees what went between them."""
        drawers = CashDrawer.objects.visible_to(user)
        return self.filter(Q(giver__in=drawers) | Q(taker__in=drawers))

    def of(self, drawer: CashDrawer) -> Self:
        """Keep those of one drawer, given or taken."""
        return self.filter(Q(giver=drawer) | Q(taker=drawer))

    def told(self) -> Self:
        """Fetch what a list shows beside each."""
        return self.select_related("giver__branch", "giver__holder", "taker__branch", "taker__holder")


def _handover_reference() -> str:
    return new_reference("CH")


class CashHandover(models.Model):
    """Cash handed from one drawer to another; it counts when the other side has taken it over."""

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=_handover_reference)
    giver = models.ForeignKey(CashDrawer, on_delete=models.PROTECT, related_name="given")
    taker = models.ForeignKey(CashDrawer, on_delete=models.PROTECT, related_name="taken")
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=3)
    status = models.CharField(_("status"), max_length=10, choices=HandoverStatus.choices)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=40, blank=True)

    objects = models.Manager.from_queryset(CashHandoverQuerySet)()
    state = State(HandoverStatus)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="handover_amount_is_positive"),
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="handover_is_between_two_drawers"),
            models.CheckConstraint(condition=Q(status__in=HandoverStatus.values), name="handover_status_is_known"),
            models.CheckConstraint(
                condition=~Q(status=HandoverStatus.TAKEN) | (~Q(made_by=F("checked_by")) & ~Q(checked_by="")),
                name="handover_is_taken_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class CashCountQuerySet(LockableQuerySet["CashCount"]):
    """Which counts one may see."""

    def visible_to(self, user: Any) -> Self:
        """Whoever sees the drawer sees its counts."""
        return self.filter(drawer__in=CashDrawer.objects.visible_to(user))

    def told(self) -> Self:
        """Fetch what a list shows beside each."""
        return self.select_related("drawer__branch", "drawer__holder", "entry")


def _count_reference() -> str:
    return new_reference("CC")


class CashCount(models.Model):
    """What was found in a drawer, piece by piece, against what its lines say; a difference needs two people."""

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=_count_reference)
    drawer = models.ForeignKey(CashDrawer, on_delete=models.PROTECT, related_name="counts")
    on = models.DateField(_("date"))
    closes_date = models.DateField(null=True, help_text="the last day on which no cash moves through it any more")
    pieces = models.JSONField(help_text='{"100": 12, "0.50": 3}: face value, number')
    counted_amount = models.DecimalField(_("counted"), max_digits=19, decimal_places=3)
    expected_amount = models.DecimalField(_("expected"), max_digits=19, decimal_places=3)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=CountStatus.choices)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=40, blank=True)
    check_reason = models.CharField(max_length=200, blank=True, help_text="why it must be counted again")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="cash_count")
    last_line = models.ForeignKey(
        "DrawerLine", on_delete=models.PROTECT, null=True, related_name="+", help_text="the newest that it counted"
    )

    objects = models.Manager.from_queryset(CashCountQuerySet)()
    state = State(CountStatus)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["drawer", "closes_date"],
                condition=~Q(status=CountStatus.DECLINED),
                name="day_of_a_drawer_is_closed_once",
            ),
            models.UniqueConstraint(
                fields=["drawer"], condition=Q(status=CountStatus.WAITING), name="one_difference_of_a_drawer_waits"
            ),
            models.CheckConstraint(condition=Q(closes_date__lte=F("on")), name="count_closes_no_day_to_come"),
            models.CheckConstraint(condition=Q(counted_amount__gte=0), name="count_is_not_negative"),
            models.CheckConstraint(condition=Q(status__in=CountStatus.values), name="count_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=CountStatus.AGREED, counted_amount=F("expected_amount"))
                | (~Q(status=CountStatus.AGREED) & ~Q(counted_amount=F("expected_amount")) & ~Q(reason="")),
                name="count_that_differs_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status=CountStatus.BOOKED, entry__isnull=False)
                | (~Q(status=CountStatus.BOOKED) & Q(entry=None)),
                name="difference_is_booked_with_its_entry",
            ),
            models.CheckConstraint(condition=~Q(made_by=F("checked_by")), name="count_is_checked_by_another"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def difference_amount(self) -> Decimal:
        """What was found beyond what the lines say; negative when cash is missing."""
        return self.counted_amount - self.expected_amount


CAUSES: Final = ("movement", "handover", "count", "correction", "delivery")


def _without(*causes: str) -> Q:
    return Q(**dict.fromkeys(causes))


class DrawerLine(models.Model):
    """One change of a drawer's cash and its one cause; without a cause it is what a vault began with."""

    drawer = models.ForeignKey(CashDrawer, on_delete=models.PROTECT, related_name="lines")
    movement = models.OneToOneField(CashMovement, on_delete=models.PROTECT, null=True, related_name="drawer_line")
    handover = models.ForeignKey(CashHandover, on_delete=models.PROTECT, null=True, related_name="lines")
    count = models.OneToOneField(CashCount, on_delete=models.PROTECT, null=True, related_name="drawer_line")
    correction = models.OneToOneField(CashCorrection, on_delete=models.PROTECT, null=True, related_name="drawer_line")
    delivery = models.OneToOneField(CashDelivery, on_delete=models.PROTECT, null=True, related_name="drawer_line")
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=3, help_text="negative when it went out")
    held_after_amount = models.DecimalField(max_digits=19, decimal_places=3)
    on = models.DateField(_("date"))
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="drawer_line_changes_something"),
            models.CheckConstraint(condition=Q(held_after_amount__gte=0), name="drawer_line_leaves_nothing_negative"),
            models.CheckConstraint(
                condition=reduce(or_, (_without(*(each for each in CAUSES if each != kept)) for kept in CAUSES)),
                name="drawer_line_has_one_cause",
            ),
            models.UniqueConstraint(fields=["drawer"], condition=_without(*CAUSES), name="drawer_begins_once"),
            models.UniqueConstraint(fields=["handover", "drawer"], name="handover_moves_each_drawer_once"),
        ]
        indexes = [models.Index(fields=["drawer", "on"], name="drawer_lines_by_day")]

    def __str__(self) -> str:
        return f"{self.drawer_id} {self.amount}"
