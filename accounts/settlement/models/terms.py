"""What an account earns and costs: products in versions, what was agreed for an account, and what it came to."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import JournalEntry
from accounts.settlement.models.accounts import SettlementAccount
from portal.core.badges import State, Tones
from portal.core.interest import DayCount
from portal.core.language import localized
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class AccountDayCount(models.TextChoices):
    """How a day's part of the year is counted; only conventions by which every day counts."""

    ACT_365F = DayCount.ACT_365F.value, _("actual days of 365")
    ACT_360 = DayCount.ACT_360.value, _("actual days of 360")
    ACT_ACT_ISDA = DayCount.ACT_ACT_ISDA.value, _("actual days of the actual year")


class AccountTerms(models.Model):
    """What an account earns and costs; rates are fractions of a year, amounts in its currency.

    Each slice of a balance earns the rate of its own tier.
    """

    name_en = models.CharField(max_length=80)
    name_zh_hans = models.CharField(max_length=80)
    currency = models.CharField(_("currency"), max_length=3)
    day_count = models.CharField(max_length=20, choices=AccountDayCount.choices, default=AccountDayCount.ACT_365F)
    interest_tiers = models.JSONField(default=list, help_text='[["0", "0.0005"], ["50000", "0.0015"]]: from, rate')
    withholding_rate = models.DecimalField(max_digits=7, decimal_places=6, default=Decimal(0))
    monthly_fee_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    fee_free_from_amount = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, help_text="a month whose balance never falls below it costs nothing"
    )
    overdraft_limit_amount = models.DecimalField(
        max_digits=14, decimal_places=2, default=Decimal(0), help_text="the most that may be agreed for an account"
    )
    overdraft_annual_rate = models.DecimalField(max_digits=7, decimal_places=6, default=Decimal(0))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return localized(self, "name")

    @property
    def tiers(self) -> list[tuple[Decimal, Decimal]]:
        """From which balance on which rate is earned, lowest first."""
        return [(Decimal(begins), Decimal(rate)) for begins, rate in self.interest_tiers]


def _product_reference() -> str:
    return new_reference("AP")


class AccountProduct(AccountTerms):
    """The terms of a settlement account in one version; an account keeps the version it was opened on."""

    reference = models.CharField(max_length=20, unique=True, default=_product_reference, editable=False)
    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveIntegerField()
    is_offered = models.BooleanField(_("offered"), default=True)
    brought_out_at = models.DateTimeField()
    brought_out_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="account_product_version_is_unique"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(is_offered=True), name="one_version_of_an_account_product_is_offered"
            ),
            models.CheckConstraint(
                condition=Q(monthly_fee_amount__gte=0, overdraft_limit_amount__gte=0),
                name="account_product_amounts_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    withholding_rate__gte=0,
                    withholding_rate__lt=1,
                    overdraft_annual_rate__gte=0,
                    overdraft_annual_rate__lt=1,
                ),
                name="account_product_rates_are_fractions",
            ),
            models.CheckConstraint(
                condition=Q(day_count__in=AccountDayCount.values), name="account_product_day_count_is_known"
            ),
        ]


def _proposal_reference() -> str:
    return new_reference("AO")


class ProposalStatus(models.TextChoices):
    """Where proposed terms stand."""

    WAITING = "waiting", _("Waits for a second person")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Not confirmed")

    tone = Tones(waiting="warning", approved="success")


class AccountProductProposal(AccountTerms):
    """Terms that one person prepared; another brings them out as a product's next version, or not."""

    reference = models.CharField(max_length=20, unique=True, default=_proposal_reference, editable=False)
    code = models.SlugField(_("code"), max_length=40)
    status = models.CharField(max_length=10, choices=ProposalStatus.choices, default=ProposalStatus.WAITING)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=40)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    product = models.OneToOneField(AccountProduct, on_delete=models.PROTECT, null=True, related_name="proposal")

    objects = models.Manager.from_queryset(LockableQuerySet["AccountProductProposal"])()
    state = State(ProposalStatus)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(status=ProposalStatus.WAITING), name="one_proposal_of_a_code_waits"
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=models.F("decided_by")), name="proposal_is_decided_by_another"
            ),
            models.CheckConstraint(
                condition=Q(status=ProposalStatus.APPROVED, product__isnull=False)
                | (Q(status__in=[ProposalStatus.WAITING, ProposalStatus.DECLINED]) & Q(product=None)),
                name="approved_proposal_is_brought_out",
            ),
        ]


class TermsAgreement(models.Model):
    """Which product's terms an account stands on from a day on, and how far it may go below zero."""

    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="agreements")
    product = models.ForeignKey(AccountProduct, on_delete=models.PROTECT, related_name="agreements")
    overdraft_limit_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    effective_from = models.DateField()
    agreed_at = models.DateTimeField()
    agreed_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(overdraft_limit_amount__gte=0), name="agreed_overdraft_is_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.effective_from}"


class TermsPeriod(models.Model):
    """What an account's terms came to from one day through another, booked once.

    ``earned_amount`` is the period's interest, ``correction_amount`` what postings dated back since changed in earlier
    periods; likewise for what an overdraft cost. Charges below zero are given back. What could not be charged is
    carried to the next period.
    """

    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="terms_periods")
    first_date = models.DateField()
    last_date = models.DateField()
    earned_amount = models.DecimalField(max_digits=19, decimal_places=3)
    correction_amount = models.DecimalField(max_digits=19, decimal_places=3)
    tax_amount = models.DecimalField(max_digits=19, decimal_places=3)
    overdraft_interest_amount = models.DecimalField(max_digits=19, decimal_places=3)
    overdraft_correction_amount = models.DecimalField(max_digits=19, decimal_places=3, default=Decimal(0))
    fee_amount = models.DecimalField(max_digits=19, decimal_places=3)
    brought_amount = models.DecimalField(max_digits=19, decimal_places=3, help_text="not charged before")
    charged_amount = models.DecimalField(max_digits=19, decimal_places=3)
    carried_amount = models.DecimalField(max_digits=19, decimal_places=3)
    interest_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    correction_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    charge_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    booked_at = models.DateTimeField()

    objects = models.Manager.from_queryset(LockableQuerySet["TermsPeriod"])()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["settlement_account", "first_date"], name="terms_period_begins_once"),
            models.UniqueConstraint(fields=["settlement_account", "last_date"], name="terms_period_ends_once"),
            models.CheckConstraint(condition=Q(last_date__gte=models.F("first_date")), name="terms_period_has_days"),
            models.CheckConstraint(
                condition=Q(
                    charged_amount=models.F("brought_amount")
                    + models.F("overdraft_interest_amount")
                    + models.F("overdraft_correction_amount")
                    + models.F("fee_amount")
                    - models.F("carried_amount")
                ),
                name="terms_period_charges_or_carries_everything",
            ),
            models.CheckConstraint(
                condition=Q(carried_amount__gte=0, tax_amount__gte=0), name="terms_period_amounts_are_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(charged_amount__gte=0) | Q(overdraft_correction_amount__lt=0, carried_amount=0),
                name="terms_period_gives_back_only_what_was_corrected",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_date} – {self.last_date}"

    @property
    def interest_amount(self) -> Decimal:
        """What the account was given, before tax."""
        return self.earned_amount + self.correction_amount

    @property
    def due_amount(self) -> Decimal:
        """What is to be charged, or below zero to be given back."""
        return self.brought_amount + self.overdraft_interest_amount + self.overdraft_correction_amount + self.fee_amount

    @property
    def left_amount(self) -> Decimal:
        """What it carried and was neither charged nor waived before the next period."""
        settled = (each.charged_amount + each.waived_amount for each in self.carried_charges.all())
        return self.carried_amount - sum(settled, Decimal(0))


class CarriedCharge(models.Model):
    """What became of charges that a period carried: taken before the account was closed, or waived at its closing."""

    period = models.ForeignKey(TermsPeriod, on_delete=models.PROTECT, related_name="carried_charges")
    charged_amount = models.DecimalField(max_digits=19, decimal_places=3, default=Decimal(0))
    waived_amount = models.DecimalField(max_digits=19, decimal_places=3, default=Decimal(0))
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField()
    settled_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(charged_amount__gt=0, waived_amount=0, entry__isnull=False)
                | Q(charged_amount=0, waived_amount__gt=0, entry=None),
                name="carried_charge_is_taken_by_an_entry_or_waived",
            ),
        ]

    def __str__(self) -> str:
        return str(self.charged_amount or self.waived_amount)
