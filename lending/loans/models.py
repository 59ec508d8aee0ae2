"""The contract: loan, installments, repayments and what they were allocated to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Enterprise
from accounts.ledger.models import JournalEntry
from accounts.settlement.models import Receipt, SettlementAccount
from lending.applications.models import Offer
from lending.loans.states import BADGES, OWING, LoanStatus
from portal.core import interest
from portal.core.badges import Badge
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class LoanQuerySet(LockableQuerySet["Loan"]):
    """Which loans one may see."""

    def visible_to(self, user: Any) -> LoanQuerySet:
        """Members see their enterprise's; staff who judge, keep or audit them those of their branches."""
        mine = Q(enterprise__in=Enterprise.objects.open_to(user))
        return self.filter(mine | Q(enterprise__in=Enterprise.objects.visible_to(user)))


def _loan_reference() -> str:
    return new_reference("L")


class Loan(models.Model):
    """A signed loan, or a draw of a credit line; its terms are those of the offer, copied."""

    reference = models.CharField(max_length=20, unique=True, default=_loan_reference, editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="loans")
    line = models.ForeignKey("lending.CreditLine", on_delete=models.PROTECT, null=True, related_name="draws")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="loans")
    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT)
    principal_amount = models.DecimalField(max_digits=14, decimal_places=2)
    upfront_fee_amount = models.DecimalField(max_digits=14, decimal_places=2)
    annual_rate = models.DecimalField(max_digits=7, decimal_places=6)
    apr = models.DecimalField(max_digits=9, decimal_places=6)
    kept_terms = models.JSONField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12, default=LoanStatus.ACTIVE)
    disbursed_on = models.DateField()
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    disbursement_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")

    objects = models.Manager.from_queryset(LoanQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer"], condition=Q(line=None), name="offer_is_paid_out_once"),
            models.CheckConstraint(condition=Q(principal_amount__gt=0), name="loan_principal_is_positive"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in LoanStatus]), name="loan_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def badge(self) -> Badge:
        """Say where it stands."""
        return BADGES[LoanStatus(self.status)]

    @property
    def is_owed(self) -> bool:
        """Tell whether anything is owed; a write-off forgives nothing."""
        return self.status in OWING

    @property
    def is_written_off(self) -> bool:
        """Tell whether it stands in the books no more, settled since or not."""
        return self.status in (LoanStatus.WRITTEN_OFF, LoanStatus.SETTLED)

    @property
    def terms(self) -> interest.Terms:
        """The conventions that were signed."""
        return interest.Terms.from_data(self.kept_terms)


class InstallmentQuerySet(models.QuerySet["Installment"]):
    """Which installments count."""

    def current(self) -> InstallmentQuerySet:
        """Those of the schedule in force, in order: a rescheduling supersedes all that came before."""
        return self.filter(superseded_on=None).order_by("number")


class Installment(models.Model):
    """What is due on a day, and how much of it is paid."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="installments")
    version = models.PositiveSmallIntegerField(default=1, help_text="of the schedule; the first is the contract's")
    superseded_on = models.DateField(null=True, help_text="from this day on another schedule is in force")
    number = models.PositiveSmallIntegerField(_("number"))
    due_date = models.DateField(_("due"))
    principal_amount = models.DecimalField(max_digits=14, decimal_places=2)
    interest_amount = models.DecimalField(max_digits=14, decimal_places=2)
    principal_paid_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    interest_paid_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    interest_saved_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    interest_carried_amount = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        default=Decimal(0),
        help_text="part of the interest, owed by an earlier schedule",
    )
    balance_after_amount = models.DecimalField(max_digits=14, decimal_places=2)

    objects = models.Manager.from_queryset(InstallmentQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["loan", "version", "number"], name="installment_number_is_unique_in_its_schedule"
            ),
            models.CheckConstraint(
                condition=Q(interest_carried_amount__gte=0, interest_carried_amount__lte=F("interest_amount")),
                name="installment_carries_part_of_its_interest",
            ),
            models.CheckConstraint(
                condition=Q(principal_amount__gte=0, interest_amount__gte=0), name="installment_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(principal_paid_amount__gte=0, principal_paid_amount__lte=F("principal_amount")),
                name="installment_principal_is_not_overpaid",
            ),
            models.CheckConstraint(
                condition=Q(
                    interest_paid_amount__gte=0,
                    interest_saved_amount__gte=0,
                    interest_paid_amount__lte=F("interest_amount") - F("interest_saved_amount"),
                ),
                name="installment_interest_is_not_overpaid",
            ),
            models.CheckConstraint(condition=Q(balance_after_amount__gte=0), name="balance_after_is_not_negative"),
        ]
        indexes = [models.Index(fields=["due_date"], name="installment_due")]

    def __str__(self) -> str:
        return f"{self.loan} {self.number}"

    @property
    def total_amount(self) -> Decimal:
        """What falls due."""
        return self.principal_amount + self.asked_interest_amount

    @property
    def asked_interest_amount(self) -> Decimal:
        """The interest that falls due: as signed, less what was saved by repaying early."""
        return self.interest_amount - self.interest_saved_amount

    @property
    def paid_amount(self) -> Decimal:
        """What has been paid of it."""
        return self.principal_paid_amount + self.interest_paid_amount

    @property
    def open_amount(self) -> Decimal:
        """What is still to be paid of it."""
        return self.total_amount - self.paid_amount

    @property
    def is_paid(self) -> bool:
        """Tell whether nothing is left."""
        return not self.open_amount

    def days_past_due(self, *, on: date) -> int:
        """Count the days an unpaid installment is late; zero when paid or not yet due."""
        return 0 if self.is_paid else max((on - self.due_date).days, 0)


def _repayment_reference() -> str:
    return new_reference("R")


class Repayment(models.Model):
    """Money that came back."""

    reference = models.CharField(max_length=20, unique=True, default=_repayment_reference, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="repayments")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    prepaid_amount = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        default=Decimal(0),
        help_text="principal of the last installments, which bears no interest from this day on",
    )
    late_interest_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    is_recovery = models.BooleanField(default=False, help_text="of a loan written off: booked as income, all of it")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")
    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, null=True, related_name="+", help_text="the money that paid it by itself"
    )
    paid_on = models.DateField()
    paid_at = models.DateTimeField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="repayment_is_positive"),
            models.CheckConstraint(condition=Q(prepaid_amount__gte=0), name="repayment_prepaid_is_not_negative"),
            models.CheckConstraint(
                condition=Q(late_interest_amount__gte=0, late_interest_amount__lte=F("amount")),
                name="repayment_late_interest_is_part_of_it",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class UndoneRepayment(models.Model):
    """That a repayment was undone, because its money was booked wrongly; its allocations count no more."""

    repayment = models.OneToOneField(Repayment, on_delete=models.PROTECT, related_name="undone")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField()
    undone_by = models.CharField(max_length=40)

    def __str__(self) -> str:
        return str(self.repayment)


class Allocation(models.Model):
    """The part of a repayment that went to an installment."""

    repayment = models.ForeignKey(Repayment, on_delete=models.PROTECT, related_name="allocations")
    installment = models.ForeignKey(Installment, on_delete=models.PROTECT, related_name="allocations")
    principal_amount = models.DecimalField(max_digits=14, decimal_places=2)
    interest_amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(principal_amount__gte=0, interest_amount__gte=0), name="allocation_is_not_negative"
            ),
            models.UniqueConstraint(
                fields=["repayment", "installment"], name="repayment_is_allocated_to_an_installment_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.repayment} → {self.installment}"
