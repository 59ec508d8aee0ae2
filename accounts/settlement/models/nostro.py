"""What the other bank tells of our account there, and what of it waits in suspense."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import JournalEntry
from accounts.settlement.models.accounts import SettlementAccount
from accounts.settlement.models.deliveries import CashDelivery
from accounts.settlement.models.payments import PaymentFile, PaymentInstruction
from accounts.settlement.models.receipts import Receipt
from accounts.settlement.nostro_states import (
    Clearing,
    Doubt,
    Foreseen,
    LineKind,
    LineStatus,
    Rule,
    StatementStatus,
    SuspenseStatus,
)
from portal.core.badges import State
from portal.core.models import StoredFile
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference
from portal.core.refusals import sentence_of


def _statement_reference() -> str:
    return new_reference("NS")


class NostroStatement(models.Model):
    """A file from the other bank: a statement of our account, a notification, or a report on what we sent."""

    reference = models.CharField(
        _("reference"), max_length=20, unique=True, default=_statement_reference, editable=False
    )
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        _("status"), max_length=10, choices=StatementStatus.choices, default=StatementStatus.READING
    )
    refusal_code = models.CharField(max_length=60, blank=True)
    refusal_params = models.JSONField(default=dict)
    format = models.CharField(max_length=12, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    period_first = models.DateField(null=True)
    period_last = models.DateField(null=True)
    opening_balance = models.DecimalField(null=True, max_digits=19, decimal_places=3)
    closing_balance = models.DecimalField(null=True, max_digits=19, decimal_places=3)
    line_count = models.PositiveIntegerField(default=0)
    known_count = models.PositiveIntegerField(default=0, help_text="lines that another file told before")
    verdicts = models.JSONField(default=list, help_text="what a report says of payments and files")
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=40)
    read_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = models.Manager.from_queryset(LockableQuerySet["NostroStatement"])()
    state = State(StatementStatus)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=StatementStatus.values), name="nostro_statement_is_known"),
            models.CheckConstraint(
                condition=(Q(status=StatementStatus.REFUSED) & ~Q(refusal_code=""))
                | (~Q(status=StatementStatus.REFUSED) & Q(refusal_code="")),
                name="refused_nostro_statement_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status=StatementStatus.AGREED) | (~Q(decided_by="") & ~Q(decided_by=F("uploaded_by"))),
                name="nostro_statement_is_agreed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(status=StatementStatus.SET_ASIDE) | ~Q(reason=""), name="set_aside_nostro_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def refusal(self) -> str:
        """Why it was not accepted, in the reader's language."""
        return sentence_of(self.refusal_code, self.refusal_params) if self.refusal_code else ""

    @property
    def is_report(self) -> bool:
        """Tell whether it reports on what we sent instead of telling bookings."""
        return self.format == "pain002"


def _line_reference() -> str:
    return new_reference("NL", length=10)


class NostroLineQuerySet(LockableQuerySet["NostroLine"]):
    """Which lines count."""

    def told(self) -> Self:
        """Keep what was agreed to, each booking once."""
        return self.filter(statement__status=StatementStatus.AGREED).exclude(status=LineStatus.LEFT_OUT)


class NostroLine(models.Model):
    """One booking on our account at the other bank; money in is positive. What is told is never changed."""

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=_line_reference, editable=False)
    statement = models.ForeignKey(NostroStatement, on_delete=models.PROTECT, related_name="lines")
    line_number = models.PositiveIntegerField()
    booked_on = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=3)
    currency = models.CharField(_("currency"), max_length=3)
    counterparty_name = models.CharField(_("with whom"), max_length=140, blank=True)
    counterparty_number = models.CharField(max_length=64, blank=True)
    description = models.CharField(_("text"), max_length=500, blank=True)
    bank_reference = models.CharField(max_length=64, blank=True)
    end_to_end = models.CharField(max_length=64, blank=True)
    return_reason = models.CharField(max_length=4, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=LineStatus.choices, default=LineStatus.NEW)
    foreseen = models.CharField(max_length=10, choices=Foreseen.choices, blank=True)
    foreseen_goal = models.CharField(max_length=20, blank=True, help_text="the reference of what it would move")
    kind = models.CharField(max_length=10, choices=LineKind.choices, blank=True)
    rule = models.CharField(max_length=16, choices=Rule.choices, blank=True)
    effective_date = models.DateField(null=True, help_text="under which it stands in our books")
    instruction = models.ForeignKey(
        PaymentInstruction, on_delete=models.PROTECT, null=True, related_name="nostro_lines"
    )
    file = models.ForeignKey(PaymentFile, on_delete=models.PROTECT, null=True, related_name="nostro_lines")
    delivery = models.ForeignKey(CashDelivery, on_delete=models.PROTECT, null=True, related_name="nostro_lines")
    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, null=True, related_name="nostro_line")

    objects = models.Manager.from_queryset(NostroLineQuerySet)()
    state = State(LineStatus)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "line_number"], name="nostro_line_is_told_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="nostro_line_moves_money"),
            models.CheckConstraint(condition=Q(status__in=LineStatus.values), name="nostro_line_status_is_known"),
            models.CheckConstraint(
                condition=Q(status__in=[LineStatus.NEW, LineStatus.LEFT_OUT], effective_date=None)
                | (~Q(status__in=[LineStatus.NEW, LineStatus.LEFT_OUT]) & Q(effective_date__isnull=False)),
                name="nostro_line_is_booked_under_a_date",
            ),
        ]
        indexes = [
            models.Index(fields=["currency", "booked_on"], name="nostro_line_by_day"),
            models.Index(fields=["statement"], condition=Q(status=LineStatus.NEW), name="nostro_line_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount} {self.currency}"

    @property
    def words(self) -> str:
        """What it turned out to be, and what it was known by."""
        parts = [LineKind(self.kind).label if self.kind else "", Rule(self.rule).label if self.rule else ""]
        return ", ".join(str(part) for part in parts if part)


def _item_reference() -> str:
    return new_reference("SI", length=12)


class SuspenseItem(models.Model):
    """Money that fits nothing: it waits on an account of its own until a person says what it is."""

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=_item_reference, editable=False)
    line = models.OneToOneField(NostroLine, on_delete=models.PROTECT, related_name="suspense_item")
    doubt = models.CharField(max_length=16, choices=Doubt.choices)
    refusal_code = models.CharField(max_length=60, blank=True, help_text="why what fits could not be booked")
    status = models.CharField(
        _("status"), max_length=10, choices=SuspenseStatus.choices, default=SuspenseStatus.WAITING
    )
    way = models.CharField(max_length=12, choices=Clearing.choices, blank=True)
    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, null=True, related_name="+")
    instruction = models.ForeignKey(PaymentInstruction, on_delete=models.PROTECT, null=True, related_name="+")
    sender_name = models.CharField(max_length=70, blank=True)
    sender_number = models.CharField(max_length=34, blank=True)
    sender_bank_code = models.CharField(max_length=12, blank=True)
    delivery = models.ForeignKey(CashDelivery, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("note"), max_length=200, blank=True)
    proposed_at = models.DateTimeField(null=True)
    proposed_by = models.CharField(max_length=40, blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=40, blank=True)
    cleared_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="parts", help_text="whose clearing speaks for it"
    )
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    file = models.ForeignKey(
        PaymentFile, on_delete=models.PROTECT, null=True, related_name="suspense_items", help_text="that sent it back"
    )

    objects = models.Manager.from_queryset(LockableQuerySet["SuspenseItem"])()
    state = State(SuspenseStatus)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=SuspenseStatus.values), name="suspense_status_is_known"),
            models.CheckConstraint(
                condition=Q(checked_by="") | ~Q(proposed_by=F("checked_by")), name="suspense_is_checked_by_another"
            ),
            models.CheckConstraint(
                condition=Q(status=SuspenseStatus.CLEARED, entry__isnull=False)
                | (~Q(status=SuspenseStatus.CLEARED) & Q(entry=None)),
                name="suspense_is_cleared_by_an_entry",
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(cleared_with=None), name="suspense_entry_clears_one_and_its_parts"
            ),
            models.CheckConstraint(
                condition=~Q(way=Clearing.ACCOUNT) | Q(settlement_account__isnull=False),
                name="suspense_goes_to_an_account_that_is_named",
            ),
            models.CheckConstraint(
                condition=~Q(way=Clearing.INSTRUCTION) | Q(instruction__isnull=False),
                name="suspense_goes_to_a_payment_that_is_named",
            ),
            models.CheckConstraint(
                condition=~Q(way=Clearing.CASH) | Q(delivery__isnull=False), name="suspense_goes_to_cash_that_is_named"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=~Q(status=SuspenseStatus.CLEARED), name="suspense_open"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def shown(self) -> str:
        """Name what is proposed: whoever agrees says that this is what they saw."""
        return self.proposed_at.isoformat() if self.proposed_at else ""

    @property
    def amount(self) -> Decimal:
        """How much it is, whichever way it went."""
        return abs(self.line.amount)

    @property
    def came_in(self) -> bool:
        """Tell whether the money came in."""
        return self.line.amount > 0

    @property
    def is_to_send(self) -> bool:
        """Tell whether it goes back to its sender with the next payments."""
        return (self.status, self.way, self.file_id) == (SuspenseStatus.CLEARED, Clearing.SENDER, None)

    @property
    def together(self) -> list[SuspenseItem]:
        """It and what is cleared with it, first whatever speaks for all."""
        first = self.cleared_with or self
        return [first, *first.parts.select_related("line").order_by("pk")]

    @property
    def cash(self) -> list[CashDelivery]:
        """The cash that it is, where it is cash."""
        further = (self.cleared_with or self).further_cash.order_by("pk")
        return [self.delivery, *further] if self.delivery else []

    @property
    def difference_amount(self) -> Decimal:
        """What the bank has over (positive) or short where the other bank booked another amount than the cash."""
        if self.delivery is None:
            return Decimal(0)
        told = sum((each.line.amount for each in self.together), Decimal(0))
        return sum((each.signed_amount for each in self.cash), told)

    def is_own_of(self, person: str) -> bool:
        """Tell whether it is the person's own: proposed by them, or they prepared the cash that is over or short."""
        prepared = self.delivery.made_by if self.delivery and self.difference_amount else ""
        return person in {self.proposed_by, prepared}
