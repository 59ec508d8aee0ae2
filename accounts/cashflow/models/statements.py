"""Imported statements, their lines, and what people said the lines were for."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.cashflow import breaks
from accounts.cashflow.categories import counterparty_key
from accounts.cashflow.questions import STATEMENT_COLUMNS, Columns
from accounts.cashflow.states import CURRENT, Category, Scope, Status
from accounts.identity.models import Enterprise, User
from accounts.ledger import events
from accounts.ledger.models import Posting
from accounts.settlement import queries as settlement
from accounts.settlement.models import SettlementAccount
from portal.core.badges import State
from portal.core.models import StoredFile
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference
from portal.core.refusals import sentence_of


class StatementImportQuerySet(LockableQuerySet["StatementImport"]):
    """Which statements one may see."""

    def visible_to(self, user: Any) -> Self:
        """Members see their enterprises'; staff who judge or serve them their branches'; head office all."""
        return self.filter(enterprise__in=Enterprise.objects.visible_to(user))

    def current(self, *, at: datetime | None = None) -> Self:
        """Leave out what was withdrawn; or had come by a moment, and not been withdrawn by then."""
        if at is None:
            return self.filter(status__in=CURRENT)
        return self.filter(Q(superseded_at=None) | Q(superseded_at__gt=at), uploaded_at__lte=at)


def _reference() -> str:
    return new_reference("S")


class StatementImport(models.Model):
    """A bank statement that an enterprise brought: the file as it came, and what was read from it.

    A file that holds several bank accounts becomes one statement for each, told apart by ``part``.
    """

    reference = models.CharField(max_length=20, unique=True, default=_reference, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="statements")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    part = models.PositiveSmallIntegerField(default=1)
    format = models.CharField(_("format"), max_length=10, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.READING)
    refusal_code = models.CharField(max_length=60, blank=True)
    refusal_params = models.JSONField(default=dict)
    holder_name = models.CharField(_("holder"), max_length=140, blank=True)
    is_foreign_holder = models.BooleanField(
        default=False, help_text="in another name than the enterprise's or its people's"
    )
    leaves_cards_out = models.BooleanField(
        default=False, help_text="its file also holds a card's bill, which is not read"
    )
    account_masked = models.CharField(_("account"), max_length=20, blank=True)
    account_key = models.CharField(max_length=64, blank=True, help_text="keyed hash of the account's number")
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    period_first = models.DateField(_("first day"), null=True)
    period_last = models.DateField(_("last day"), null=True)
    opening_balance = models.DecimalField(_("opening balance"), null=True, max_digits=18, decimal_places=3)
    closing_balance = models.DecimalField(_("closing balance"), null=True, max_digits=18, decimal_places=3)
    line_count = models.PositiveIntegerField(_("lines"), default=0)
    known_count = models.PositiveIntegerField(default=0, help_text="lines that another file had brought before")
    contradiction_count = models.PositiveIntegerField(default=0, help_text="days on which another file tells otherwise")
    contradictions = models.JSONField(
        default=list, help_text="these days: what either side tells of each, and the files on the other"
    )
    replaced_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="what counts instead and told otherwise",
    )
    replaced_days = models.JSONField(default=list, help_text="the days on which it did")
    break_count = models.PositiveIntegerField(default=0, help_text="places where its balances do not follow its lines")
    balance_breaks = models.JSONField(default=list, help_text="the first of them: place, expected and stated balance")
    question = models.JSONField(default=dict, help_text="what only its owner can tell, with the readings side by side")
    answers = models.JSONField(default=dict, help_text="what was answered, by kind of question")
    layout_key = models.CharField(
        max_length=64, blank=True, default="", help_text="mark of the heading whose columns were answered"
    )
    answered_as = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", help_text="whose answer about columns was used"
    )
    asks_anew = models.BooleanField(default=False, help_text="uses no earlier answer, because somebody said so")
    uploaded_at = models.DateTimeField(_("received"))
    uploaded_by = models.CharField(max_length=40)
    read_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    page: ClassVar[str] = "cashflow:statement"
    columns: ClassVar[Columns] = STATEMENT_COLUMNS
    objects = models.Manager.from_queryset(StatementImportQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "part"], name="statement_part_is_imported_once"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="statement_status_is_known"),
            models.CheckConstraint(
                condition=(Q(status=Status.REFUSED) & ~Q(refusal_code="")) | ~Q(status=Status.REFUSED),
                name="refused_statement_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.ASKS) | ~Q(question={}), name="asking_statement_has_a_question"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.WITHDRAWN, superseded_at__isnull=False)
                | (~Q(status=Status.WITHDRAWN) & Q(superseded_at=None)),
                name="statement_is_withdrawn_at_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "-uploaded_at"], name="statement_newest")]

    def __str__(self) -> str:
        return f"{self.reference} {self.account_masked}".strip()

    badge = State(Status)

    @property
    def refusal(self) -> str:
        """Why it was not accepted, in the reader's language."""
        return sentence_of(self.refusal_code, self.refusal_params) if self.refusal_code else ""

    @property
    def breaks(self) -> list[str]:
        """Where its balances do not follow its lines, in the reader's language; the first places only."""
        return [breaks.sentence(each, currency=self.currency) for each in self.balance_breaks]

    @property
    def further_break_count(self) -> int:
        """How many places there are besides the first."""
        return max(self.break_count - 1, 0)

    @property
    def unnamed_break_count(self) -> int:
        """How many places there are besides those that are named."""
        return self.break_count - len(self.balance_breaks)

    @property
    def is_current(self) -> bool:
        """Tell whether it was not withdrawn."""
        return self.status in CURRENT


class ReplacementClearing(models.Model):
    """Somebody of the bank looked at a withdrawn statement and at what counts instead, and said why it is no doubt.

    It is superseded when what counts instead is read anew.
    """

    withdrawn = models.ForeignKey(StatementImport, on_delete=models.PROTECT, related_name="clearings")
    replaced_by = models.ForeignKey(StatementImport, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("why"), max_length=2000)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["withdrawn", "replaced_by"],
                condition=Q(superseded_at=None),
                name="replacement_is_cleared_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="clearing_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.withdrawn} > {self.replaced_by}"


class EvidenceQuerySet(LockableQuerySet[Any]):
    """Rows that are recorded once and superseded, never changed."""

    def current(self, *, at: datetime | None = None) -> Self:
        """Leave out what was superseded; or keep what was recorded by a moment, and not superseded by then."""
        if at is None:
            return self.filter(superseded_at=None)
        return self.filter(Q(superseded_at=None) | Q(superseded_at__gt=at), recorded_at__lte=at)


class CategoryCorrection(models.Model):
    """What a person said a payment was for, against the rules; the newest of a key stands, and none is ever changed."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(_("reach"), max_length=12, choices=Scope.choices)
    key = models.CharField(max_length=160, help_text="the counterparty's, or the line's mark")
    way = models.SmallIntegerField(help_text="1: money in, -1: money out")
    category = models.CharField(_("what for"), max_length=20, choices=Category.choices)
    category_before = models.CharField(max_length=20, choices=Category.choices)
    corrected_at = models.DateTimeField(_("corrected"))
    corrected_by = models.CharField(max_length=40)
    is_by_staff = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="correction_reach_is_known"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="correction_category_is_known"),
            models.CheckConstraint(condition=Q(way__in=(1, -1)), name="correction_goes_one_way"),
            models.CheckConstraint(condition=~Q(key=""), name="correction_names_what_it_is_about"),
        ]
        indexes = [models.Index(fields=["enterprise", "scope", "key", "way"], name="correction_by_key")]

    def __str__(self) -> str:
        return f"{self.category_before} > {self.category}"


class BankTransaction(models.Model):
    """One line of a statement, or of a settlement account with us; money in is positive.

    Lines that another file had brought before are not repeated. A line whose category is corrected is superseded by a
    copy that has the new one.
    """

    statement = models.ForeignKey(StatementImport, on_delete=models.PROTECT, null=True, related_name="lines")
    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, null=True, related_name="+")
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    line_number = models.PositiveIntegerField()
    booked_on = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=3)
    currency = models.CharField(_("currency"), max_length=3)
    balance_after = models.DecimalField(_("balance"), null=True, max_digits=18, decimal_places=3)
    counterparty_name = models.CharField(_("with whom"), max_length=140, blank=True)
    counterparty_key = models.CharField(max_length=140, blank=True)
    counterparty_account_masked = models.CharField(_("their account"), max_length=20, blank=True, default="")
    counterparty_account_key = models.CharField(
        max_length=64, blank=True, default="", help_text="keyed hash of the number of the account on the other side"
    )
    description = models.CharField(_("text"), max_length=500, blank=True)
    bank_reference = models.CharField(max_length=64, blank=True)
    category = models.CharField(_("what for"), max_length=20, choices=Category.choices)
    correction = models.ForeignKey(CategoryCorrection, on_delete=models.PROTECT, null=True, related_name="+")
    is_flattered = models.BooleanField(
        default=False, help_text="by an owner's correction, looks better than by the rules"
    )
    is_counted = models.BooleanField(
        help_text="in the bank's currency and the enterprise's name; others are only shown"
    )
    fingerprint = models.CharField(max_length=64)
    entry_mark = models.CharField(
        max_length=64, blank=True, default="", help_text="the mark of the whole entry of which it is one part"
    )
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(EvidenceQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "line_number"],
                condition=Q(superseded_at=None),
                name="statement_line_is_current_once",
            ),
            models.UniqueConstraint(
                fields=["posting"], condition=Q(superseded_at=None), name="posting_is_evidence_once"
            ),
            models.CheckConstraint(
                condition=Q(statement__isnull=False, settlement_account=None, posting=None)
                | Q(statement=None, settlement_account__isnull=False, posting__isnull=False),
                name="transaction_comes_from_a_file_or_from_our_books",
            ),
            models.CheckConstraint(
                condition=Q(is_flattered=False) | Q(correction__isnull=False),
                name="transaction_is_flattered_by_a_correction",
            ),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="transaction_category_is_known"),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("recorded_at")),
                name="transaction_is_superseded_after_it_was_recorded",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "booked_on"], name="transaction_by_day"),
            models.Index(fields=["enterprise", "counterparty_key"], name="transaction_by_counterparty"),
            models.Index(fields=["settlement_account", "-posting"], name="transaction_by_posting"),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount} {self.currency}"

    @property
    def with_whom(self) -> str:
        """The name on the other side, otherwise what may be shown of its account's number."""
        return self.counterparty_name or self.counterparty_account_masked

    @property
    def words(self) -> str:
        """What was written; what our own books wrote, or else what happened, in the active language."""
        if self.posting is None:
            return self.description
        event = self.posting.entry.event
        return settlement.told(event, self.description) or events.name_of(event)

    @property
    def holder_keys(self) -> frozenset[str]:
        """The name its statement is held in, as names are compared."""
        return frozenset({counterparty_key(self.statement.holder_name)} - {""}) if self.statement else frozenset()

    @property
    def way(self) -> int:
        """Which way the money goes: 1 in, -1 out."""
        return 1 if self.amount > 0 else -1
