"""What a person found of a loan's risk, write-offs, and the allowance as it was posted month by month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import JournalEntry
from lending.loans.losses.classes import BASES, Basis, RiskClass, Rules
from lending.loans.losses.classes import editions as file_editions
from lending.loans.losses.states import BADGES, BOOKED, REVERSAL_BADGES, REVERSED, TRANSITIONS
from lending.loans.models import Loan, Repayment
from lending.loans.proposals.models import Proposal
from lending.loans.proposals.states import Status
from portal.core import editions
from portal.core.badges import Badge
from portal.core.models import StoredFile
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference

P = TypeVar("P", bound=Proposal)


class Judgment(models.Model):
    """A person found a loan worse than its days tell, or took that back; the newest counts, none is ever rewritten."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="judgments")
    risk_class = models.PositiveSmallIntegerField(
        _("class"), choices=RiskClass.choices, null=True, help_text="empty where what was found before is taken back"
    )
    reason = models.TextField(_("why"), max_length=2000)
    judged_on = models.DateField()
    judged_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(risk_class=None) | Q(risk_class__gt=RiskClass.PASS, risk_class__lte=RiskClass.LOSS),
                name="judgment_finds_a_loan_worse",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="judgment_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.loan}: {self.risk_class}"

    @property
    def badge(self) -> Badge | None:
        """Show the class that was found."""
        return RiskClass(self.risk_class).badge if self.risk_class else None


class OfTheBankQuerySet(LockableQuerySet[P]):
    """Which write-offs, and reversals of them, one may see."""

    def visible_to(self, user: Any) -> Self:
        """The bank's people see those of the loans they see, unless they act for the borrower, or ever did."""
        if not user.serves_customers:
            return self.none()
        mine = Loan.objects.filter(enterprise__memberships__user=user)
        return self.filter(loan__in=Loan.objects.visible_to(user)).exclude(loan__in=mine)


def _reference() -> str:
    return new_reference("WO")


class WriteOff(Proposal):
    """A loan taken out of the books, because nobody expects its money any more: the debt stands."""

    WORD = "write_off"
    BADGES = BADGES
    TRANSITIONS = TRANSITIONS

    reference = models.CharField(max_length=20, unique=True, default=_reference, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="write_offs")
    principal_amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="what it is proposed for")
    grounds = models.TextField(max_length=2000)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True)
    written_off_on = models.DateField(null=True)
    allowance_amount = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, help_text="what the allowance bore of it; the rest was expense"
    )
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    reversed_on = models.DateField(null=True)

    objects = models.Manager.from_queryset(OfTheBankQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["loan"],
                condition=Q(status__in=[Status.PROPOSED, Status.APPROVED]),
                name="loan_is_written_off_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[*(each.value for each in Status), REVERSED]),
                name="write_off_status_is_known",
            ),
            models.CheckConstraint(condition=Q(principal_amount__gt=0), name="write_off_principal_is_positive"),
            models.CheckConstraint(condition=~Q(grounds=""), name="write_off_has_grounds"),
            models.CheckConstraint(condition=~Q(decided_by=F("proposed_by")), name="write_off_has_two_pairs_of_eyes"),
            models.CheckConstraint(
                condition=~Q(status__in=[*BOOKED, Status.DECLINED])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="write_off_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status__in=BOOKED, written_off_on__isnull=False, entry__isnull=False)
                & Q(allowance_amount__gte=0, allowance_amount__lte=F("principal_amount"))
                | ~Q(status__in=BOOKED) & Q(written_off_on=None, entry=None, allowance_amount=None),
                name="write_off_is_booked_once_approved",
            ),
            models.CheckConstraint(
                condition=Q(status=REVERSED, reversed_on__gte=F("written_off_on"))
                | ~Q(status=REVERSED) & Q(reversed_on=None),
                name="write_off_is_reversed_on_a_day",
            ),
        ]


def _reversal_reference() -> str:
    return new_reference("WR")


class WriteOffReversal(Proposal):
    """That a write-off was a mistake: the loan stands in the books again, as if it had never left them."""

    WORD = "write_off_reversal"
    BADGES = REVERSAL_BADGES

    reference = models.CharField(max_length=20, unique=True, default=_reversal_reference, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="write_off_reversals")
    write_off = models.ForeignKey(WriteOff, on_delete=models.PROTECT, related_name="reversals")
    reason = models.TextField(max_length=2000)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    objects = models.Manager.from_queryset(OfTheBankQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["write_off"],
                condition=Q(status__in=[Status.PROPOSED, Status.APPROVED]),
                name="write_off_is_reversed_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[each.value for each in Status]), name="write_off_reversal_status_is_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="write_off_reversal_says_why"),
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")), name="write_off_reversal_has_two_pairs_of_eyes"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.APPROVED, Status.DECLINED], decided_by__isnull=False)
                & Q(decided_at__isnull=False)
                | Q(status__in=[Status.PROPOSED, Status.WITHDRAWN, Status.LAPSED], decided_by=None, decided_at=None),
                name="write_off_reversal_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.APPROVED, entry__isnull=False) | ~Q(status=Status.APPROVED) & Q(entry=None),
                name="write_off_reversal_is_booked_once_approved",
            ),
        ]

    @property
    def principal_amount(self) -> Decimal:
        """Tell what comes back into the books, against which an approver's limit is held."""
        return self.write_off.principal_amount


class RebookedRecovery(models.Model):
    """That a recovery is no income any more but a repayment, because the write-off before it was reversed."""

    reversal = models.ForeignKey(WriteOffReversal, on_delete=models.PROTECT, related_name="rebooked")
    repayment = models.OneToOneField(Repayment, on_delete=models.PROTECT, related_name="rebooked")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.repayment)


class LossRules(editions.Edition):
    """Rules of classes and rates of the bank's own: proposed by one, approved by another, in force from a day on."""

    AREA, WORD, LOCK = "loss_rules", "loss_rules", 7_203_046
    MADE, SINCE, UNTIL, ENDING = "proposed", "in_force_from", "in_force_until", "withdrawn"
    ENDS_BY_THE_NEXT = True
    OUT, OVER = editions.IN_FORCE, editions.NOT_IN_FORCE
    CODE: Final = "losses"

    proposed_by = models.CharField(max_length=40)
    proposed_at = models.DateTimeField()
    in_force_from = models.DateField(null=True)
    in_force_until = models.DateField(null=True)
    special_mention_days = models.PositiveSmallIntegerField()
    substandard_days = models.PositiveSmallIntegerField()
    doubtful_days = models.PositiveSmallIntegerField()
    loss_days = models.PositiveSmallIntegerField()
    observed_months = models.PositiveSmallIntegerField()
    pass_rate = models.DecimalField(max_digits=5, decimal_places=4)
    special_mention_rate = models.DecimalField(max_digits=5, decimal_places=4)
    substandard_rate = models.DecimalField(max_digits=5, decimal_places=4)
    doubtful_rate = models.DecimalField(max_digits=5, decimal_places=4)
    loss_rate = models.DecimalField(max_digits=5, decimal_places=4)

    objects = models.Manager.from_queryset(editions.EditionQuerySet)()

    class Meta:
        constraints = [
            *editions.constraints(
                "loss_rules_are_written_once",
                "one_edition_of_loss_rules_is_in_force",
                "one_draft_of_loss_rules_is_open",
                "loss_rules_status_is_known",
                "loss_rules_have_two_pairs_of_eyes",
                "loss_rules_are_approved_before_they_count",
                "loss_rules_count_before_they_end",
                made="proposed",
                since="in_force_from",
                until="in_force_until",
            ),
            models.CheckConstraint(
                condition=Q(
                    special_mention_days__gte=1,
                    substandard_days__gte=F("special_mention_days"),
                    doubtful_days__gte=F("substandard_days"),
                    loss_days__gte=F("doubtful_days"),
                ),
                name="loss_rules_days_grow",
            ),
            models.CheckConstraint(
                condition=Q(
                    pass_rate__gte=0,
                    special_mention_rate__gte=F("pass_rate"),
                    substandard_rate__gte=F("special_mention_rate"),
                    doubtful_rate__gte=F("substandard_rate"),
                    loss_rate__gte=F("doubtful_rate"),
                    loss_rate__lte=1,
                ),
                name="loss_rules_rates_grow",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @classmethod
    def last_before(cls) -> int:
        """Tell the last version of the file."""
        return max(each.version for each in file_editions())

    def rules(self) -> Rules:
        """Give the rules as the arithmetic takes them."""
        return Rules(
            version=self.version,
            in_force_from=self.in_force_from or date.max,
            late_from_days=(self.special_mention_days, self.substandard_days, self.doubtful_days, self.loss_days),
            observed_months=self.observed_months,
            rates=(
                self.pass_rate,
                self.special_mention_rate,
                self.substandard_rate,
                self.doubtful_rate,
                self.loss_rate,
            ),
        )


class Allowance(models.Model):
    """What the classes of a month's last day asked for, and by how much the books were moved to it."""

    last_date = models.DateField()
    currency = models.CharField(max_length=3)
    rules_version = models.PositiveIntegerField()
    asked_amount = models.DecimalField(max_digits=16, decimal_places=2)
    moved_amount = models.DecimalField(max_digits=16, decimal_places=2, help_text="below zero, less than before")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    posted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["last_date", "currency"], name="allowance_is_posted_once_a_month"),
            models.CheckConstraint(condition=Q(asked_amount__gte=0), name="allowance_is_not_negative"),
            models.CheckConstraint(
                condition=Q(moved_amount=0, entry=None) | ~Q(moved_amount=0) & Q(entry__isnull=False),
                name="allowance_is_booked_where_it_moves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.last_date} {self.currency}"


class AllowanceLine(models.Model):
    """What one loan asked of a month's allowance, and why."""

    allowance = models.ForeignKey(Allowance, on_delete=models.PROTECT, related_name="lines")
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="allowance_lines")
    risk_class = models.PositiveSmallIntegerField(choices=RiskClass.choices)
    basis = models.CharField(max_length=12)
    days_past_due = models.PositiveIntegerField()
    principal_amount = models.DecimalField(max_digits=14, decimal_places=2)
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["allowance", "loan"], name="loan_asks_once_of_an_allowance"),
            models.CheckConstraint(condition=Q(risk_class__in=RiskClass.values), name="allowance_line_class_is_known"),
            models.CheckConstraint(
                condition=Q(basis__in=[basis.value for basis in Basis]), name="allowance_line_basis_is_known"
            ),
            models.CheckConstraint(
                condition=Q(principal_amount__gt=0, rate__gte=0, rate__lte=1, amount__gte=0),
                name="allowance_line_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.allowance}: {self.loan}"

    @property
    def badge(self) -> Badge:
        """Show the class."""
        return RiskClass(self.risk_class).badge

    @property
    def why(self) -> Any:
        """Say what the class follows from."""
        return BASES[Basis(self.basis)]
