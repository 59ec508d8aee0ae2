"""Reminders that owners were sent, and contacts that staff had with them; neither is ever rewritten."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lending.arrears.states import BADGES, Moment, Standing, standing_of
from lending.loans.models import Installment, Loan
from portal.core.badges import Badge
from portal.core.references import new_reference


class Reminder(models.Model):
    """The owners were reminded of an installment at one of its moments."""

    installment = models.ForeignKey(Installment, on_delete=models.PROTECT, related_name="reminders")
    moment = models.CharField(max_length=10)
    reminded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["installment", "moment"], name="installment_is_reminded_of_once_a_moment"),
            models.CheckConstraint(
                condition=Q(moment__in=[moment.value for moment in Moment]), name="reminder_moment_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.installment}: {self.moment}"


class ContactWay(models.TextChoices):
    """How somebody of the bank reached out."""

    CALL = "call", _("Call")
    VISIT = "visit", _("Visit")
    MESSAGE = "message", _("Text message")
    COUNTER = "counter", _("At the counter")


def _contact_reference() -> str:
    return new_reference("LC")


class Contact(models.Model):
    """Somebody of the bank spoke, or tried to speak, with a late borrower; only staff read it."""

    reference = models.CharField(max_length=20, unique=True, default=_contact_reference, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="contacts")
    way = models.CharField(_("how"), max_length=10, choices=ContactWay.choices)
    is_reached = models.BooleanField(_("reached"))
    note = models.TextField(_("note"), max_length=2000, blank=True)
    promised_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    promised_on = models.DateField(null=True)
    next_step_on = models.DateField(null=True)
    contacted_on = models.DateField()
    contacted_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=ContactWay.values), name="contact_way_is_known"),
            models.CheckConstraint(
                condition=Q(promised_amount=None, promised_on=None)
                | Q(promised_amount__isnull=False, promised_on__isnull=False)
                & Q(is_reached=True, promised_amount__gt=0, promised_on__gte=F("contacted_on")),
                name="promise_is_whole_and_of_whom_was_reached",
            ),
            models.CheckConstraint(condition=Q(is_reached=False) | ~Q(note=""), name="contact_says_what_was_said"),
            models.CheckConstraint(
                condition=Q(next_step_on=None) | Q(next_step_on__gte=F("contacted_on")),
                name="next_step_comes_after_its_contact",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def standing(self, *, on: date) -> Standing | None:
        """Tell what became of its promise, if it has one that stands; ask it of contacts that ``queries`` gives.

        Where another schedule was agreed to by its day, it is kept or not owed any more.
        """
        if self.promised_amount is None or self.promised_on is None:
            return None
        paid, is_moot = self.paid_amount, self.is_moot  # type: ignore[attr-defined]
        standing = standing_of(self.promised_amount, self.promised_on, paid_amount=paid, on=on)
        return None if is_moot and standing != Standing.KEPT else standing

    def badge(self, *, on: date) -> Badge | None:
        """Say what became of its promise, as ``standing``."""
        standing = self.standing(on=on)
        return BADGES[standing] if standing else None
