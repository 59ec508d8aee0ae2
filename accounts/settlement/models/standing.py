"""Standing orders, the versions of their terms, and what became of each of their dates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.settlement.models.accounts import SettlementAccount
from accounts.settlement.models.payments import Payee, PaymentInstruction
from accounts.settlement.standing import DayRule, Frequency, OrderStatus, Rhythm, RunStatus
from portal.core.badges import State
from portal.core.formats import money
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference
from portal.core.refusals import sentence_of


class StandingOrderQuerySet(LockableQuerySet["StandingOrder"]):
    """Which standing orders one may see, and which have something to do."""

    def visible_to(self, user: Any) -> Self:
        """Whoever sees the account sees what is paid from it by itself."""
        return self.filter(settlement_account__in=SettlementAccount.objects.visible_to(user))

    def told(self) -> Self:
        """Fetch what a list shows beside each."""
        return self.select_related("settlement_account__enterprise").prefetch_related("versions__payee")

    def due(self, on: date) -> Self:
        """Keep those with a date to pay, or one to try again."""
        again = Q(runs__status=RunStatus.RETRYING, runs__last_tried_on__lt=on)
        return self.filter(Q(next_pay_date__lte=on) | again, status=OrderStatus.ACTIVE).distinct()


def _reference() -> str:
    return new_reference("SO")


class StandingOrder(models.Model):
    """An order to pay a payee again and again, or once on a day to come; what it pays stands in its versions."""

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=_reference, editable=False)
    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="standing_orders")
    status = models.CharField(_("status"), max_length=10, choices=OrderStatus.choices)
    next_due_date = models.DateField(null=True, help_text="by the calendar")
    next_pay_date = models.DateField(null=True, help_text="moved where the bank is closed")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = models.Manager.from_queryset(StandingOrderQuerySet)()
    state = State(OrderStatus)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="standing_order_status_is_known"),
            models.CheckConstraint(
                condition=Q(next_due_date=None, next_pay_date=None)
                | Q(next_due_date__isnull=False, next_pay_date__isnull=False),
                name="standing_order_knows_when_a_date_is_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["next_pay_date"], condition=Q(status="active"), name="standing_order_active_by_date")
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def proposal(self) -> StandingOrderTerms | None:
        """The version that waits for a second person."""
        return next((each for each in self.versions.all() if each.waits), None)

    @property
    def terms(self) -> StandingOrderTerms:
        """The version in force; of an order that nobody agreed to yet, the one proposed first."""
        versions = sorted(self.versions.all(), key=lambda each: each.number)
        agreed = [each for each in versions if each.agreed_at]
        return agreed[-1] if agreed else versions[0]


class StandingOrderTerms(models.Model):
    """One version of what a standing order pays, to whom and when; it counts from when everybody agreed who had to."""

    standing_order = models.ForeignKey(StandingOrder, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="standing_orders")
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=3, null=True)
    kept_amount = models.DecimalField(max_digits=19, decimal_places=3, null=True, help_text="all above it is paid")
    text = models.CharField(_("text"), max_length=140, blank=True)
    frequency = models.CharField(max_length=10, choices=Frequency.choices)
    first_date = models.DateField()
    last_date = models.DateField(null=True)
    on_last_day = models.BooleanField(default=False)
    day_rule = models.CharField(max_length=20, choices=DayRule.choices)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.CharField(max_length=40, blank=True)
    declined_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["standing_order", "number"], name="standing_order_version_is_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["standing_order"],
                condition=Q(agreed_at=None, declined_at=None),
                name="standing_order_has_one_proposal",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, kept_amount=None) | Q(amount=None, kept_amount__gte=0),
                name="standing_order_pays_an_amount_or_all_above_one",
            ),
            models.CheckConstraint(
                condition=Q(last_date=None) | Q(last_date__gte=models.F("first_date")),
                name="standing_order_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at=None) | Q(declined_at=None), name="terms_are_agreed_or_declined"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standing_order} {self.number}"

    @property
    def told_amount(self) -> str:
        """What it pays on each date, as people read it."""
        currency = self.standing_order.settlement_account.currency
        if self.kept_amount is None:
            return money(self.amount, currency)
        return gettext("all above %(amount)s") % {"amount": money(self.kept_amount, currency)}

    @property
    def waits(self) -> bool:
        """Tell whether somebody must still agree."""
        return self.agreed_at is None and self.declined_at is None

    @property
    def rhythm(self) -> Rhythm:
        """The dates it pays on."""
        return Rhythm(
            frequency=self.frequency,
            first_date=self.first_date,
            last_date=self.last_date,
            on_last_day=self.on_last_day,
            rule=self.day_rule,
            country=settings.BANK_COUNTRY,
        )


class StandingOrderRun(models.Model):
    """What became of one date of a standing order; there is one for each date, whatever happens."""

    standing_order = models.ForeignKey(StandingOrder, on_delete=models.PROTECT, related_name="runs")
    terms = models.ForeignKey(StandingOrderTerms, on_delete=models.PROTECT, related_name="runs")
    due_date = models.DateField()
    status = models.CharField(_("status"), max_length=10, choices=RunStatus.choices)
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=3, null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_tried_on = models.DateField()
    retry_until = models.DateField(help_text="the last day on which it is tried")
    reason_code = models.CharField(max_length=60, blank=True)
    reason_params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    instruction = models.OneToOneField(
        PaymentInstruction, on_delete=models.PROTECT, null=True, related_name="standing_order_run"
    )
    made_at = models.DateTimeField()

    state = State(RunStatus)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["standing_order", "due_date"], name="standing_order_date_is_run_once"),
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="standing_order_run_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=RunStatus.PAID, instruction__isnull=False, amount__isnull=False)
                | (~Q(status=RunStatus.PAID) & Q(instruction=None)),
                name="standing_order_date_is_paid_by_an_instruction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standing_order} {self.due_date}"

    @property
    def reason(self) -> str:
        """Why it was not paid, in the active language."""
        return sentence_of(self.reason_code, self.reason_params) if self.reason_code else ""

    @property
    def shown_amount(self) -> Decimal | None:
        """What was paid, or what a fixed order would have paid."""
        return self.amount if self.amount is not None else self.terms.amount
