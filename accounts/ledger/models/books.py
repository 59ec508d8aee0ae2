"""Accounts of the chart, entries, postings, what is held and closed, and what is remembered of sums."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.ledger.states import ClosingStatus, HoldStatus
from portal.core.badges import State
from portal.core.language import localized
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class Direction(models.TextChoices):
    """The side of an account that a posting stands on."""

    DEBIT = "debit", _("Debit")
    CREDIT = "credit", _("Credit")

    @property
    def opposite(self) -> Direction:
        """The other side."""
        return Direction.CREDIT if self == Direction.DEBIT else Direction.DEBIT


class AccountKind(models.TextChoices):
    """What an account of the books tells of."""

    ASSET = "asset", _("Asset")
    LIABILITY = "liability", _("Liability")
    EQUITY = "equity", _("Equity")
    INCOME = "income", _("Income")
    EXPENSE = "expense", _("Expense")


class LedgerAccountQuerySet(LockableQuerySet["LedgerAccount"]):
    """Ways to the accounts of the chart."""

    def named(self, purpose: str, currency: str = "") -> LedgerAccount:
        """Fetch the bank's own account for a purpose, in the bank's currency unless another is given."""
        return self.get(purpose=purpose, currency=currency or settings.BANK_CURRENCY)

    def internal(self) -> Self:
        """Keep the bank's own accounts."""
        return self.filter(is_customer=False)


class LedgerAccount(models.Model):
    """An account of the books, in one currency: the bank's own by purpose, or one customer's under a summary."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    purpose = models.CharField(max_length=40, blank=True, help_text="by which programs find it; empty for customers'")
    name_en = models.CharField(max_length=120)
    name_zh_hans = models.CharField(max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=AccountKind.choices)
    normal_side = models.CharField(_("normal side"), max_length=6, choices=Direction.choices)
    currency = models.CharField(_("currency"), max_length=3)
    is_customer = models.BooleanField(default=False)
    is_summary = models.BooleanField(default=False, help_text="sums the accounts below it and takes no postings")
    summary = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="summed")
    opened_at = models.DateTimeField()

    objects = models.Manager.from_queryset(LedgerAccountQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "currency"], condition=~Q(purpose=""), name="ledger_account_has_its_purpose_alone"
            ),
            models.CheckConstraint(
                condition=Q(is_customer=False) | Q(summary__isnull=False, is_summary=False),
                name="customers_ledger_account_stands_under_a_summary",
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="ledger_account_currency_is_iso"),
            models.CheckConstraint(
                condition=Q(normal_side__in=Direction.values), name="ledger_account_side_is_debit_or_credit"
            ),
            models.CheckConstraint(condition=Q(kind__in=AccountKind.values), name="ledger_account_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {localized(self, 'name')}"


def entry_reference() -> str:
    """Make the reference of a new entry."""
    return new_reference("J", length=12)


class JournalEntry(models.Model):
    """One money movement: a business event, written once, never changed, corrected only by its reversal."""

    reference = models.CharField(_("reference"), max_length=20, default=entry_reference, editable=False)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    event = models.CharField(_("event"), max_length=60)
    subject = models.CharField(_("subject"), max_length=60)
    text = models.CharField(_("text"), max_length=140, blank=True)
    effective_date = models.DateField(_("effective"))
    posted_at = models.DateTimeField(_("posted"))
    by = models.CharField(_("by"), max_length=40)
    line_count = models.SmallIntegerField()
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        verbose_name_plural = "journal entries"
        indexes = [models.Index(fields=["subject"], name="entry_by_subject")]
        constraints = [  # not by unique=True, which would keep a second index for patterns nobody asks for
            models.UniqueConstraint(fields=["reference"], name="entry_has_its_reference_alone"),
            models.UniqueConstraint(fields=["key"], name="entry_has_its_key_alone"),
            models.CheckConstraint(  # one for all, here and below: each is read anew whenever money moves
                condition=Q(line_count__gte=2, key__gt="", event__gt="", reverses__lt=models.F("id")),
                name="entry_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Posting(models.Model):
    """A positive amount on one side of one account, in that account's currency."""

    # that both are there is judged by the statement's guard: a foreign key would lock the rows at every posting
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="postings", db_index=False, db_constraint=False
    )
    ledger_account = models.ForeignKey(
        LedgerAccount,
        on_delete=models.PROTECT,
        related_name="postings",
        db_index=False,
        db_constraint=False,
        verbose_name=_("account"),
    )
    direction = models.CharField(_("side"), max_length=6, choices=Direction.choices)
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=3)
    effective_date = models.DateField(help_text="the entry's, repeated so that an account's history is one index")
    line_number = models.SmallIntegerField(help_text="its place in the entry, from one to the entry's count")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "line_number"], name="posting_has_its_place_alone"),
            models.CheckConstraint(
                condition=Q(line_number__gte=1, amount__gt=0, direction__in=Direction.values),
                name="posting_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["ledger_account", "effective_date", "id"], name="posting_by_date"),
            models.Index(fields=["ledger_account", "id"], name="posting_by_arrival"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.amount}"


class LedgerBalance(models.Model):
    """What a customer's account holds now: the row that is locked when money moves; only customers have one.

    ``amount`` is booked; what pending holds keep back of it is ``held_amount``; the rest is available.
    """

    ledger_account = models.OneToOneField(
        LedgerAccount, on_delete=models.PROTECT, primary_key=True, related_name="kept_balance"
    )
    amount = models.DecimalField(_("balance"), max_digits=19, decimal_places=3, default=Decimal(0))
    held_amount = models.DecimalField(_("held"), max_digits=19, decimal_places=3, default=Decimal(0))
    overdraft_amount = models.DecimalField(
        max_digits=19,
        decimal_places=3,
        default=Decimal(0),
        help_text="how far below zero the account's terms let it go",
    )

    objects = models.Manager.from_queryset(LockableQuerySet["LedgerBalance"])()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    overdraft_amount__gte=0,
                    held_amount__gte=0,
                    amount__gte=models.F("held_amount") - models.F("overdraft_amount"),
                ),
                name="balance_keeps_within_its_overdraft",
            ),
        ]

    def __str__(self) -> str:
        return str(self.amount)

    @property
    def available_amount(self) -> Decimal:
        """What can be paid out: booked, less what is held, plus what the terms let it go below zero."""
        return self.amount - self.held_amount + self.overdraft_amount


def _hold_reference() -> str:
    return new_reference("H", length=10)


class Hold(models.Model):
    """Money kept back on a customer's account until it is captured, voided or expires; nothing is booked before."""

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=_hold_reference, editable=False)
    key = models.CharField(max_length=100, unique=True)
    fingerprint = models.CharField(max_length=64)
    ledger_account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="holds")
    event = models.CharField(_("event"), max_length=60)
    subject = models.CharField(_("subject"), max_length=60)
    text = models.CharField(_("text"), max_length=140, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=3)
    status = models.CharField(_("status"), max_length=10, choices=HoldStatus.choices, default=HoldStatus.PENDING)
    placed_at = models.DateTimeField(_("placed"))
    placed_by = models.CharField(max_length=40)
    expires_at = models.DateTimeField(_("expires"))
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True)
    captured_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="captured")

    objects = models.Manager.from_queryset(LockableQuerySet["Hold"])()
    state = State(HoldStatus)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_amount_is_positive"),
            models.CheckConstraint(condition=~Q(key=""), name="hold_key_is_not_empty"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("placed_at")), name="hold_expires_after_placing"
            ),
            models.CheckConstraint(condition=Q(status__in=HoldStatus.values), name="hold_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=HoldStatus.PENDING, ended_at=None)
                | (~Q(status=HoldStatus.PENDING) & Q(ended_at__isnull=False)),
                name="hold_ends_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(status=HoldStatus.CAPTURED, captured_entry__isnull=False)
                | (~Q(status=HoldStatus.CAPTURED) & Q(captured_entry=None)),
                name="hold_is_captured_by_an_entry",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(status=HoldStatus.PENDING), name="hold_pending_by_expiry")
        ]

    def __str__(self) -> str:
        return self.reference


class AccountingPeriod(models.Model):
    """A month whose books are closed, and with it everything before: nothing is dated into it any more."""

    last_date = models.DateField(_("closed up to"), unique=True)
    closed_at = models.DateTimeField(_("closed"))
    closed_by = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.last_date:%Y-%m}"


class MonthClosing(models.Model):
    """One person asks to close a month, another closes it."""

    last_date = models.DateField(_("closed up to"))
    status = models.CharField(max_length=10, choices=ClosingStatus.choices, default=ClosingStatus.WAITING)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text="why it was not closed")
    period = models.OneToOneField(AccountingPeriod, on_delete=models.PROTECT, null=True, related_name="closing")

    objects = models.Manager.from_queryset(LockableQuerySet["MonthClosing"])()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=Q(status=ClosingStatus.WAITING), name="one_closing_waits"
            ),
            models.CheckConstraint(condition=Q(status__in=ClosingStatus.values), name="closing_status_is_known"),
            models.CheckConstraint(
                condition=(
                    Q(status=ClosingStatus.CLOSED, period__isnull=False)
                    & ~Q(decided_by="")
                    & ~Q(asked_by=models.F("decided_by"))
                )
                | (~Q(status=ClosingStatus.CLOSED) & Q(period=None)),
                name="month_is_closed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.last_date:%Y-%m}"


class BalanceSnapshot(models.Model):
    """An account's sums of the postings dated up to ``as_of`` among those that had arrived by ``last_posting``.

    A balance is the snapshot, plus what is dated later, plus what arrived later: right even when a posting is dated
    back, and as fast after ten years as on the first day.
    """

    ledger_account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="snapshots", db_index=False
    )
    as_of = models.DateField()
    last_posting = models.BigIntegerField()
    debit_amount = models.DecimalField(max_digits=22, decimal_places=3)
    credit_amount = models.DecimalField(max_digits=22, decimal_places=3)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ledger_account", "as_of"], name="snapshot_is_taken_once_a_date"),
            models.CheckConstraint(
                condition=Q(debit_amount__gte=0, credit_amount__gte=0), name="snapshot_sums_are_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.as_of}"
