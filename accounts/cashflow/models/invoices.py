"""Invoices, and the ledgers that brought them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.cashflow.models.statements import EvidenceQuerySet
from accounts.cashflow.questions import LEDGER_COLUMNS, Columns
from accounts.cashflow.states import Direction, Status
from accounts.identity.models import Enterprise
from portal.core.badges import State
from portal.core.models import StoredFile
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class Invoice(models.Model):
    """An invoice that an enterprise issued or received; a credit note has negative amounts."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="invoices")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices)
    number = models.CharField(_("number"), max_length=64)
    issued_on = models.DateField(_("issued"))
    counterparty_name = models.CharField(_("with whom"), max_length=140, blank=True)
    counterparty_key = models.CharField(max_length=140, blank=True)
    net_amount = models.DecimalField(_("net"), max_digits=18, decimal_places=3)
    tax_amount = models.DecimalField(_("tax"), max_digits=18, decimal_places=3)
    gross_amount = models.DecimalField(_("total"), max_digits=18, decimal_places=3)
    currency = models.CharField(_("currency"), max_length=3)
    is_valid = models.BooleanField(_("valid"), default=True)
    is_credit_note = models.BooleanField(_("credit note"), default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=40)
    superseded_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(EvidenceQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "direction", "number", "issued_on", "counterparty_key"],
                condition=Q(superseded_at=None),
                name="invoice_is_current_once",
            ),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="invoice_direction_is_known"),
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")), name="invoice_net_and_tax_make_its_total"
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "issued_on"], name="invoice_by_day")]

    def __str__(self) -> str:
        return f"{self.number} {self.gross_amount} {self.currency}"


class InvoiceLedgerQuerySet(LockableQuerySet["InvoiceLedger"]):
    """Which invoice ledgers one may see."""

    def visible_to(self, user: Any) -> Self:
        """Members see their enterprises'; staff who judge or serve them their branches'; head office all."""
        return self.filter(enterprise__in=Enterprise.objects.visible_to(user))


def _ledger_reference() -> str:
    return new_reference("IL")


class InvoiceLedger(models.Model):
    """An invoice ledger that an enterprise brought: read at once, or waiting for an answer to what it leaves open."""

    reference = models.CharField(max_length=20, unique=True, default=_ledger_reference, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="invoice_ledgers")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.READING)
    question = models.JSONField(default=dict, help_text="what only its owner can tell, with the readings side by side")
    answers = models.JSONField(default=dict, help_text="what was answered, by kind of question")
    new_count = models.PositiveIntegerField(default=0, help_text="invoices that were not known before")
    changed_count = models.PositiveIntegerField(default=0, help_text="known invoices of which it tells otherwise")
    known_count = models.PositiveIntegerField(default=0, help_text="invoices that were known as it tells them")
    uploaded_at = models.DateTimeField(_("received"))
    uploaded_by = models.CharField(max_length=40)

    page: ClassVar[str] = "cashflow:ledger"
    columns: ClassVar[Columns] = LEDGER_COLUMNS
    objects = models.Manager.from_queryset(InvoiceLedgerQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=(Status.ASKS, Status.READ, Status.WITHDRAWN)), name="ledger_status_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.ASKS) | ~Q(question={}), name="asking_ledger_has_a_question"
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "-uploaded_at"], name="ledger_newest")]

    def __str__(self) -> str:
        return self.reference

    badge = State(Status)
