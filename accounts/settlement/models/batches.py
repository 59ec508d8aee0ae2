"""Batches of payments from a file: wages, suppliers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q, Sum

from accounts.settlement import banks
from accounts.settlement.batching import GONE, BatchStatus
from accounts.settlement.models.accounts import SettlementAccount
from accounts.settlement.models.payments import Payee, PaymentInstruction
from portal.core.badges import State
from portal.core.models import StoredFile
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference
from portal.core.refusals import sentence_of


class PaymentBatchQuerySet(LockableQuerySet["PaymentBatch"]):
    """Which batches one may see."""

    def visible_to(self, user: Any) -> Self:
        """Whoever sees the account sees what is paid from it."""
        return self.filter(settlement_account__in=SettlementAccount.objects.visible_to(user))

    def with_payable(self) -> Self:
        """Fetch beside each what its lines without a problem sum to (``payable_amount``)."""
        return self.annotate(payable_amount=Sum("lines__amount", filter=Q(lines__problem_code=""), default=Decimal(0)))


def _reference() -> str:
    return new_reference("PB")


class PaymentBatch(models.Model):
    """A file of payments that are made together or not at all."""

    reference = models.CharField(max_length=20, unique=True, default=_reference, editable=False)
    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="batches")
    title = models.CharField(max_length=60)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, help_text="of the file")
    line_count = models.PositiveIntegerField()
    total_amount = models.DecimalField(max_digits=19, decimal_places=3)
    status = models.CharField(max_length=10, choices=BatchStatus.choices, default=BatchStatus.CHECKED)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=40, blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=40, blank=True)
    pay_at = models.DateTimeField(null=True, help_text="when the newest payee's cooling-off is over")
    paid_at = models.DateTimeField(null=True)
    reason_code = models.CharField(max_length=60, blank=True)
    reason_params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    reason_text = models.CharField(max_length=200, blank=True)

    objects = models.Manager.from_queryset(PaymentBatchQuerySet)()
    state = State(BatchStatus)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=BatchStatus.values), name="batch_status_is_known"),
            models.CheckConstraint(
                condition=Q(checked_by="") | ~Q(submitted_by=models.F("checked_by")), name="batch_is_checked_by_another"
            ),
            models.UniqueConstraint(
                fields=["settlement_account", "digest", "title"],
                condition=~Q(status__in=GONE),
                name="batch_file_is_taken_once_under_a_title",
            ),
        ]
        indexes = [models.Index(fields=["pay_at"], condition=Q(status="approved"), name="batch_to_pay")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reason(self) -> str:
        """Why nothing was paid, in the active language."""
        return sentence_of(self.reason_code, self.reason_params) if self.reason_code else self.reason_text


class PaymentBatchLine(models.Model):
    """One line of a batch: what it asks for, what is wrong with it, and the payment it became."""

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField(help_text="in the file")
    name = models.CharField(max_length=70, blank=True)
    number = models.CharField(max_length=42, blank=True)
    bank_code = models.CharField(max_length=14, blank=True)
    amount = models.DecimalField(max_digits=19, decimal_places=3, null=True)
    written_amount = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=140, blank=True)
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, null=True, related_name="+")
    problem_code = models.CharField(max_length=60, blank=True)
    problem_params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    instruction = models.OneToOneField(
        PaymentInstruction, on_delete=models.PROTECT, null=True, related_name="batch_line"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="batch_line_is_taken_once")]

    def __str__(self) -> str:
        return f"{self.batch} {self.line}"

    @property
    def problem(self) -> str:
        """What is wrong, in the active language."""
        return sentence_of(self.problem_code, self.problem_params) if self.problem_code else ""

    @property
    def bank(self) -> str:
        """The payee's bank as people read it; empty is this bank."""
        return banks.told(self.bank_code) if self.bank_code else ""

    @property
    def is_unreadable(self) -> bool:
        """Tell whether what was written is no amount that can move."""
        return self.amount is None or self.problem_code == "amount_refused"

    @property
    def is_new(self) -> bool:
        """Tell whether the payee is still to be saved."""
        return self.payee_id is None and not self.problem_code

    @property
    def due(self) -> Decimal:
        """The amount of a line that has one."""
        assert self.amount is not None, "a line without an amount has a problem"
        return self.amount
