"""Requests for payment, what was received for them, the plans that make them, and whom they were sent to."""

from __future__ import annotations

import secrets
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.ledger.models import JournalEntry
from accounts.settlement import requesting
from accounts.settlement.models.accounts import SettlementAccount
from accounts.settlement.requesting import PAYABLE, Occasion, PlanStatus, RequestStatus
from accounts.settlement.standing import DayRule, Frequency, Rhythm
from accounts.settlement.states import RECEIVES
from portal.core.badges import State
from portal.core.fields import EncryptedTextField
from portal.core.money import rounded
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class Customer(models.Model):
    """Whom an enterprise asks to pay, and where the bank writes to: encrypted, and shown to the enterprise alone."""

    customer_name = models.CharField(max_length=120, blank=True)
    customer_phone = EncryptedTextField(blank=True, help_text="E.164")
    customer_email = EncryptedTextField(blank=True)
    customer_language = models.CharField(max_length=10, default="en")

    class Meta:
        abstract = True

    @property
    def is_reachable(self) -> bool:
        """Tell whether the bank can write to the customer."""
        return bool(self.customer_phone or self.customer_email)


class BillPlanQuerySet(LockableQuerySet["BillPlan"]):
    """Which plans one may see."""

    def visible_to(self, user: Any) -> Self:
        """Whoever sees the account sees the plans of what it collects."""
        return self.filter(settlement_account__in=SettlementAccount.objects.visible_to(user))


def _plan_reference() -> str:
    return new_reference("BP")


class BillPlan(Customer):
    """Asks a customer for the same amount again and again, until it is stopped."""

    reference = models.CharField(max_length=20, unique=True, default=_plan_reference, editable=False)
    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="bill_plans")
    amount = models.DecimalField(max_digits=19, decimal_places=3)
    text = models.CharField(max_length=140, blank=True)
    frequency = models.CharField(max_length=10, choices=Frequency.choices)
    first_date = models.DateField()
    last_date = models.DateField(null=True)
    on_last_day = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=PlanStatus.choices, default=PlanStatus.ACTIVE)
    next_due_date = models.DateField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(BillPlanQuerySet)()
    state = State(PlanStatus)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bill_amount_is_positive"),
            models.CheckConstraint(condition=Q(status__in=PlanStatus.values), name="bill_plan_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=PlanStatus.ACTIVE, next_due_date__isnull=False, ended_at=None)
                | (~Q(status=PlanStatus.ACTIVE) & Q(next_due_date=None, ended_at__isnull=False)),
                name="bill_plan_has_a_next_date_until_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def rhythm(self) -> Rhythm:
        """The dates on which its bills are due."""
        return Rhythm(
            self.frequency, self.first_date, self.last_date, self.on_last_day, DayRule.NONE, settings.BANK_COUNTRY
        )


class PaymentRequestQuerySet(LockableQuerySet["PaymentRequest"]):
    """Which requests one may see, and which are still to be paid."""

    def visible_to(self, user: Any) -> Self:
        """Whoever sees the account sees what it asks for."""
        return self.filter(settlement_account__in=SettlementAccount.objects.visible_to(user))

    def payable(self) -> Self:
        """Keep those that may still be paid."""
        return self.filter(status__in=PAYABLE)

    def overdue(self, on: date) -> Self:
        """Keep those whose date went by unpaid."""
        return self.payable().filter(due_date__lt=on)


def _reference() -> str:
    return new_reference("RQ")


def _token() -> str:
    return secrets.token_urlsafe(16)


class PaymentRequest(Customer):
    """An enterprise asks to be paid: by a link, a code, or a slip; a customer of this bank pays it in one step."""

    reference = models.CharField(max_length=20, unique=True, default=_reference, editable=False)
    token = models.CharField(max_length=22, unique=True, default=_token, help_text="what its public address ends with")
    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="payment_requests")
    amount = models.DecimalField(max_digits=19, decimal_places=3, null=True, help_text="none: the payer says how much")
    allows_parts = models.BooleanField(default=False)
    received_amount = models.DecimalField(max_digits=19, decimal_places=3, default=Decimal(0))
    text = models.CharField(max_length=140, blank=True)
    due_date = models.DateField()
    expires_on = models.DateField(help_text="the last day on which it may be paid")
    status = models.CharField(max_length=10, choices=RequestStatus.choices, default=RequestStatus.OPEN)
    plan = models.ForeignKey(BillPlan, on_delete=models.PROTECT, null=True, related_name="payment_requests")
    made_at = models.DateTimeField()
    made_on = models.DateField()
    made_by = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(PaymentRequestQuerySet)()
    state = State(RequestStatus)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gt=0), name="payment_request_amount_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(received_amount__lte=models.F("amount")),
                name="request_is_never_overpaid",
            ),
            models.CheckConstraint(
                condition=Q(status=RequestStatus.OPEN, received_amount=0)
                | Q(status=RequestStatus.PARTLY, received_amount__gt=0, allows_parts=True)
                | Q(status=RequestStatus.PAID, received_amount__gt=0)
                | Q(status__in=[RequestStatus.EXPIRED, RequestStatus.CANCELED]),
                name="request_status_fits_what_was_received",
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.PAID) | Q(amount=None) | Q(received_amount=models.F("amount")),
                name="request_is_paid_in_full",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gte=models.F("due_date")), name="request_expires_when_due_or_later"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=False) | Q(allows_parts=False), name="parts_are_parts_of_an_amount"
            ),
            models.UniqueConstraint(fields=["plan", "due_date"], name="plan_asks_once_for_a_date"),
        ]
        indexes = [
            models.Index(
                fields=["due_date"], condition=Q(status__in=["open", "partly"]), name="request_payable_by_date"
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_payable(self) -> bool:
        """Tell whether it may still be paid, into an account that still receives."""
        return self.status in PAYABLE and self.settlement_account.status in RECEIVES

    @property
    def open_amount(self) -> Decimal | None:
        """What is still to be paid; none where the payer says how much."""
        if self.amount is None:
            return None
        return rounded(self.amount - self.received_amount, self.settlement_account.currency)

    @property
    def structured_reference(self) -> str:
        """The reference that a payer outside writes (ISO 11649)."""
        return requesting.creditor_reference(self.reference)

    @property
    def grouped_reference(self) -> str:
        """The same in groups of four."""
        return requesting.grouped(self.structured_reference)

    @property
    def address(self) -> str:
        """The public address, as a code or a message carries it."""
        return str(settings.SITE_URL) + reverse("collecting:request", args=[self.token])


class RequestReceipt(models.Model):
    """Money that came for a request."""

    payment_request = models.ForeignKey(PaymentRequest, on_delete=models.PROTECT, related_name="receipts")
    amount = models.DecimalField(max_digits=19, decimal_places=3)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="request_receipt")
    received_on = models.DateField()
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=40)
    withdrawn_at = models.DateTimeField(null=True, help_text="its cash was booked wrongly")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="request_receipt_amount_is_positive")]

    def __str__(self) -> str:
        return f"{self.payment_request} {self.amount}"


class RequestMessage(models.Model):
    """That a customer was written to about a request, and why; by itself once for each occasion."""

    payment_request = models.ForeignKey(PaymentRequest, on_delete=models.PROTECT, related_name="messages")
    occasion = models.CharField(max_length=12, choices=Occasion.choices)
    sent_on = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment_request", "occasion"],
                condition=~Q(occasion=Occasion.BY_HAND),
                name="reminder_goes_out_once_an_occasion",
            ),
            models.UniqueConstraint(
                fields=["payment_request", "sent_on"],
                condition=Q(occasion=Occasion.BY_HAND),
                name="reminder_by_hand_goes_out_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment_request} {self.occasion}"
