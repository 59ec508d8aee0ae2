"""Whom an enterprise pays, by which rules of its own, and each payment on its way."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Enterprise
from accounts.ledger.models import Hold, JournalEntry
from accounts.settlement import banks, numbers
from accounts.settlement.models.accounts import SettlementAccount
from accounts.settlement.states import ON_THE_WAY, InstructionStatus
from portal.core.badges import State
from portal.core.models import StoredFile
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class PaymentRules(models.Model):
    """What an enterprise allows itself, from a moment on; rows are only added, the newest in effect counts."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="payment_rules")
    daily_limit_amount = models.DecimalField(_("daily limit"), max_digits=19, decimal_places=3)
    second_person_amount = models.DecimalField(
        _("second person from"), max_digits=19, decimal_places=3, null=True, help_text="none: one person is enough"
    )
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=40)
    effective_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(daily_limit_amount__gte=0), name="daily_limit_is_not_negative"),
            models.CheckConstraint(
                condition=Q(second_person_amount=None) | Q(second_person_amount__gte=0),
                name="second_person_amount_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(effective_at__gte=models.F("set_at")), name="payment_rules_begin_when_set_or_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise}: {self.daily_limit_amount}"

    def is_large(self, amount: Decimal | None) -> bool:
        """Tell whether an amount reaches the threshold for two people; one that nobody knows yet does."""
        threshold = self.second_person_amount
        return threshold is not None and (amount is None or amount >= threshold)


class PayeeQuerySet(LockableQuerySet["Payee"]):
    """Which payees one may see, and which may be paid."""

    def visible_to(self, user: Any) -> Self:
        """Members see their enterprises' payees; staff who see accounts those of their branches."""
        return self.filter(enterprise__in=Enterprise.objects.visible_to(user))

    def standing(self) -> Self:
        """Leave out those that were removed."""
        return self.filter(removed_at=None)

    def usable(self, at: datetime) -> Self:
        """Keep those whose cooling-off is over."""
        return self.standing().filter(usable_at__lte=at)


def _payee_reference() -> str:
    return new_reference("PY")


class Payee(models.Model):
    """Somebody an enterprise pays: an account of this bank, or of another bank named by its code.

    Or the account, here or at another bank, that staff named for money that they keep back; no enterprise saves or pays
    it, and another one that is named takes its place.
    """

    reference = models.CharField(max_length=20, unique=True, default=_payee_reference, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, related_name="payees")
    hold = models.ForeignKey(
        Hold, on_delete=models.PROTECT, null=True, related_name="payees", help_text="out of which the bank pays it"
    )
    name = models.CharField(_("name"), max_length=70)
    number = models.CharField(_("account number"), max_length=34)
    bank_code = models.CharField(
        _("bank code"), max_length=12, blank=True, help_text="BIC or CNAPS code; empty is this bank"
    )
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=40)
    usable_at = models.DateTimeField(_("can be paid from"))
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=40, blank=True)

    objects = models.Manager.from_queryset(PayeeQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "number", "bank_code"],
                condition=Q(removed_at=None),
                name="payee_stands_once_for_an_enterprise",
            ),
            models.CheckConstraint(
                condition=Q(number__regex="^[A-Z0-9]{4,34}$"), name="payee_number_is_letters_and_digits"
            ),
            models.CheckConstraint(condition=Q(usable_at__gte=models.F("added_at")), name="payee_cools_off_first"),
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False, hold=None) | Q(enterprise=None, hold__isnull=False),
                name="payee_is_an_enterprises_or_of_money_kept_back",
            ),
            models.UniqueConstraint(
                fields=["hold"], condition=Q(removed_at=None), name="money_kept_back_has_one_payee_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def grouped_number(self) -> str:
        """The number in groups of four."""
        return numbers.grouped(self.number)

    @property
    def bank(self) -> str:
        """The payee's bank as people read it."""
        return banks.told(self.bank_code) if self.bank_code else gettext("This bank")

    @property
    def is_inside(self) -> bool:
        """Tell whether the account is one of this bank's."""
        return not self.bank_code


def _file_reference() -> str:
    return new_reference("PF")


class PaymentFile(models.Model):
    """A pain.001 message that carried instructions out of the bank."""

    reference = models.CharField(max_length=20, unique=True, default=_file_reference, editable=False)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    payment_count = models.PositiveIntegerField()
    total_amount = models.DecimalField(max_digits=19, decimal_places=3)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.reference


class PaymentInstructionQuerySet(LockableQuerySet["PaymentInstruction"]):
    """Which payments one may see, and where they stand."""

    def visible_to(self, user: Any) -> Self:
        """Whoever sees the account sees what is paid from it."""
        return self.filter(settlement_account__in=SettlementAccount.objects.visible_to(user))

    def told(self) -> Self:
        """Fetch what a list shows beside each."""
        return self.select_related("settlement_account__enterprise", "payee", "entry")

    def by_customers(self) -> Self:
        """Leave out what the bank itself paid out of money that it kept back."""
        return self.filter(payee__hold=None)

    def by_bank(self) -> Self:
        """Keep what the bank itself pays out of money that it kept back."""
        return self.exclude(payee__hold=None)

    def to_send(self) -> Self:
        """Keep those that leave when the bank next sends payments: nobody asks to cancel them."""
        return self.filter(status=InstructionStatus.PENDING, void_asked_by="")

    def to_void(self) -> Self:
        """Keep those that one of the bank asks to cancel, and a colleague has not decided on."""
        return self.filter(status=InstructionStatus.PENDING).exclude(void_asked_by="")

    def on_the_way(self) -> Self:
        """Keep those whose money left the account and did not come back."""
        return self.filter(status__in=ON_THE_WAY)


def _instruction_reference() -> str:
    return new_reference("PI", length=12)


class PaymentInstruction(models.Model):
    """A payment to a payee: inside this bank settled at once, to another bank through clearing."""

    reference = models.CharField(
        _("reference"), max_length=20, unique=True, default=_instruction_reference, editable=False
    )
    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="instructions")
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="instructions")
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=3)
    text = models.CharField(_("text"), max_length=140, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=InstructionStatus.choices)
    effective_date = models.DateField(_("date"))
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=40, blank=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="payment_instruction")
    file = models.ForeignKey(PaymentFile, on_delete=models.PROTECT, null=True, related_name="instructions")
    sent_at = models.DateTimeField(null=True)
    settled_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="when it was declined, voided or returned")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    void_asked_by = models.CharField(
        max_length=40, blank=True, help_text="who of the bank asks to cancel it; meanwhile it is not sent"
    )

    objects = models.Manager.from_queryset(PaymentInstructionQuerySet)()
    state = State(InstructionStatus)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="instruction_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(status__in=InstructionStatus.values), name="instruction_status_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(made_by=models.F("checked_by")), name="instruction_is_checked_by_another"
            ),
            models.CheckConstraint(
                condition=Q(status__in=ON_THE_WAY, entry__isnull=False)
                | Q(status__in=[InstructionStatus.VOIDED, InstructionStatus.RETURNED])
                | (Q(status__in=[InstructionStatus.WAITING, InstructionStatus.DECLINED]) & Q(entry=None)),
                name="instruction_on_its_way_is_booked",
            ),
            models.CheckConstraint(
                condition=~Q(status=InstructionStatus.SENT) | Q(file__isnull=False),
                name="instruction_is_sent_in_a_file",
            ),
            models.CheckConstraint(
                condition=Q(void_asked_by="") | Q(status__in=[InstructionStatus.PENDING, InstructionStatus.VOIDED]),
                name="instruction_to_be_voided_is_not_sent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "id"],
                condition=Q(status__in=["waiting", "pending", "sent"]),
                name="instruction_open_by_status",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_of_bank(self) -> bool:
        """Tell whether the bank itself pays, out of money that it kept back."""
        return self.payee.hold_id is not None

    @property
    def is_to_void(self) -> bool:
        """Tell whether one of the bank asks to cancel it, and nobody has decided yet."""
        return bool(self.void_asked_by) and self.status == InstructionStatus.PENDING

    @property
    def signed_amount(self) -> Decimal:
        """The amount as the bank's own account abroad shows it: money out is negative."""
        return -self.amount
