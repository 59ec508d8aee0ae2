"""Settlement accounts, the transfers between them, and the mandates upon them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Enterprise
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement import numbers
from accounts.settlement.states import Status
from portal.core.badges import State
from portal.core.money import rounded
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class SettlementAccountQuerySet(LockableQuerySet["SettlementAccount"]):
    """Which settlement accounts one may see."""

    def visible_to(self, user: Any) -> Self:
        """Members see their enterprises'; staff who handle money or judge it their branches'; head office all."""
        mine = Q(enterprise__in=Enterprise.objects.open_to(user))
        return self.filter(mine | Q(enterprise__in=Enterprise.objects.visible_to(user)))

    def with_balances(self) -> Self:
        """Fetch what a list shows beside each account."""
        return self.select_related("enterprise", "ledger_account__kept_balance")


def _reference() -> str:
    return new_reference("SA")


class SettlementAccount(models.Model):
    """Where an enterprise keeps its money with the bank."""

    reference = models.CharField(max_length=20, unique=True, default=_reference, editable=False)
    number = models.CharField(_("account number"), max_length=16, unique=True, default=numbers.new_number)
    iban = models.CharField("IBAN", max_length=34, blank=True, help_text="empty where the bank's country has none")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="settlement_accounts")
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    ledger_account = models.OneToOneField(LedgerAccount, on_delete=models.PROTECT, related_name="settlement_account")
    opened_at = models.DateTimeField(_("opened"))
    opened_by = models.CharField(max_length=40)
    closed_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(SettlementAccountQuerySet)()
    state = State(Status)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["iban"], condition=~Q(iban=""), name="account_has_its_iban_alone"),
            models.CheckConstraint(condition=Q(number__regex=r"^\d{16}$"), name="account_number_has_sixteen_digits"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="settlement_account_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_at__isnull=False)
                | (~Q(status=Status.CLOSED) & Q(closed_at=None)),
                name="settlement_account_closes_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def grouped_number(self) -> str:
        """The number in groups of four."""
        return numbers.grouped(self.number)

    @property
    def grouped_iban(self) -> str:
        """The IBAN in groups of four, empty where there is none."""
        return numbers.grouped(self.iban)

    @property
    def available(self) -> Decimal:
        """What the account could pay when it was fetched: holds taken off, what its terms lend added."""
        return rounded(self.ledger_account.kept_balance.available_amount, self.currency)

    @property
    def held(self) -> Decimal:
        """What was kept back when it was fetched."""
        return rounded(self.ledger_account.kept_balance.held_amount, self.currency)

    @property
    def balance(self) -> Decimal:
        """What the account held when it was fetched."""
        return rounded(self.ledger_account.kept_balance.amount, self.currency)


def _transfer_reference() -> str:
    return new_reference("T", length=10)


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Whose doing transfers were."""

    def by_customers(self) -> Self:
        """Leave out what the bank itself paid out of money that it kept back."""
        return self.filter(entry__event="transfer")


class Transfer(models.Model):
    """Money moved at once between two settlement accounts of this bank."""

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=_transfer_reference)
    source = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="transfers_out")
    destination = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="transfers_in")
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=3)
    text = models.CharField(_("text"), max_length=140, blank=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="transfer")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)

    objects = models.Manager.from_queryset(TransferQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_is_positive"),
            models.CheckConstraint(
                condition=~Q(source=models.F("destination")), name="transfer_goes_to_another_account"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Mandate(models.Model):
    """Another department's right to collect from an account; while it stands the account stays open."""

    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="mandates")
    purpose = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    claim_job = models.CharField(max_length=80, blank=True, help_text="asked for when a receipt names the subject")
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(LockableQuerySet["Mandate"])()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "subject"], condition=Q(ended_at=None), name="mandate_stands_once_for_a_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject}"
