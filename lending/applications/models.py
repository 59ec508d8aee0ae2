"""The case: application, documents, history, decision, reviews, offer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Branch, Enterprise
from lending.applications.states import BADGES, OPEN, REVOKED, Status
from lending.credit.models import Policy, Scorecard, StandardEdition
from lending.products.conventions import DocumentKind
from lending.products.models import LoanProduct
from portal.core import interest
from portal.core.badges import Badge
from portal.core.models import StoredFile
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class Purpose(models.TextChoices):
    """What the money is for."""

    STOCK = "stock", _("Goods and raw materials")
    EQUIPMENT = "equipment", _("Machines, vehicles and tools")
    PREMISES = "premises", _("Shop, workshop or stable")
    SEASON = "season", _("Seeds, feed and the growing season")
    WAGES = "wages", _("Wages and running costs")
    OTHER = "other", _("Something else")


class ApplicationQuerySet(LockableQuerySet["Application"]):
    """Which applications one may see."""

    def visible_to(self, user: Any) -> ApplicationQuerySet:
        """Members see their enterprise's; staff who judge or audit see what was sent to their branches."""
        mine = models.Q(enterprise__in=Enterprise.objects.of_member(user))
        if not user.is_staff_member:
            return self.filter(mine)
        sent = models.Q(enterprise__in=Enterprise.objects.visible_to(user), submitted_at__isnull=False)
        return self.filter(mine | sent)

    def of_member(self, user: Any) -> ApplicationQuerySet:
        """Keep those of the enterprises that the person acts for."""
        return self.filter(enterprise__in=Enterprise.objects.of_member(user))


def _application_reference() -> str:
    return new_reference("A")


class Application(models.Model):
    """An enterprise asks for a loan."""

    reference = models.CharField(max_length=20, unique=True, default=_application_reference, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="applications")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    product = models.ForeignKey(LoanProduct, on_delete=models.PROTECT)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    requested_amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    term_months = models.PositiveSmallIntegerField(_("months"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    purpose_note = models.CharField(_("in your words"), max_length=300, blank=True)
    status = models.CharField(max_length=20, default=Status.DRAFT)
    begun_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(ApplicationQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(requested_amount__gt=0), name="requested_amount_is_positive"),
            models.CheckConstraint(
                condition=models.Q(status__in=[status.value for status in Status]), name="application_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=[Status.DRAFT, Status.WITHDRAWN]) | models.Q(submitted_at__isnull=False),
                name="application_past_draft_was_submitted",
            ),
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=models.Q(status__in=sorted(OPEN)),
                name="enterprise_has_one_open_application",
            ),
        ]
        indexes = [models.Index(fields=["branch", "status", "submitted_at"], name="application_queue")]

    def __str__(self) -> str:
        return self.reference

    @property
    def badge(self) -> Badge:
        """Say where it stands; an offer ended by the bank was not withdrawn. Lists fetch the revocations ahead."""
        if self.status == Status.WITHDRAWN and any(each.is_confirmed for each in self.revocations.all()):
            return REVOKED
        return BADGES[Status(self.status)]


class ApplicationDocument(models.Model):
    """A document that belongs to an application."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("what it shows"), max_length=20, choices=DocumentKind.choices)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.file)


class ApplicationEvent(models.Model):
    """A row of the application's history."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="events")
    event = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    by_name = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return f"{self.application}: {self.event}"


class CreditDecision(models.Model):
    """The machine's verdict on one application, with everything needed to reach it again."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=10)
    grade = models.CharField(max_length=4)
    points = models.IntegerField()
    probability_of_default = models.DecimalField(max_digits=9, decimal_places=6)
    limit_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    annual_rate = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    verdict = models.JSONField(help_text="the whole verdict: reasons, what helped, alternatives")
    features = models.JSONField()
    facts = models.JSONField()
    product_terms = models.JSONField(help_text="the product's ranges as they were")
    second_opinion = models.JSONField(null=True, help_text="the challenger's reference and figure; decides nothing")
    inputs_fingerprint = models.CharField(max_length=64)
    features_version = models.CharField(max_length=64)
    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT)
    standards = models.ForeignKey(StandardEdition, on_delete=models.PROTECT, null=True)
    as_of = models.DateField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["approved", "referred", "declined"]), name="decision_outcome_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.outcome}"


class ReviewKind(models.TextChoices):
    """A step of the four eyes."""

    RECOMMENDATION = "recommendation", _("Recommendation")
    APPROVAL = "approval", _("Second check")


class ReviewOutcome(models.TextChoices):
    """What a reviewer says."""

    APPROVE = "approve", _("Approve")
    DECLINE = "decline", _("Decline")
    RETURN = "return", _("Return to the officer")


class Review(models.Model):
    """What a person said about a referred application; never changed afterwards."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=20, choices=ReviewKind.choices)
    outcome = models.CharField(max_length=10, choices=ReviewOutcome.choices)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True)
    annual_rate = models.DecimalField(_("annual rate"), max_digits=7, decimal_places=6, null=True)
    note = models.TextField(_("why"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ReviewKind.values, outcome__in=ReviewOutcome.values),
                name="review_kind_and_outcome_are_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=ReviewKind.RECOMMENDATION, outcome=ReviewOutcome.APPROVE)
                | models.Q(amount__isnull=False, amount__gt=0, annual_rate__isnull=False),
                name="recommended_approval_names_amount_and_rate",
            ),
            models.CheckConstraint(condition=~models.Q(note=""), name="review_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.kind} {self.outcome}"

    @property
    def shown(self) -> str:
        """Name it: whoever concludes says that this is what they read."""
        return str(self.pk)


class RevocationReason(models.TextChoices):
    """Why the bank takes an offer back, as its owner is told."""

    CHANGED = "changed", _("What the offer rested on has changed")
    EVIDENCE = "evidence", _("The evidence turned out to be incomplete or wrong")
    MISTAKE = "mistake", _("The bank made a mistake in the offer")


class RevocationOutcome(models.TextChoices):
    """What the second person says to a revocation."""

    CONFIRMED = "confirmed", _("Revoke the offer")
    DECLINED = "declined", _("Let the offer stand")


class Revocation(models.Model):
    """Somebody of the bank takes an unsigned offer back; what two people approved, two people revoke."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="revocations")
    reason = models.CharField(_("reason"), max_length=10, choices=RevocationReason.choices)
    note = models.TextField(_("why"), max_length=2000)
    needs_second = models.BooleanField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, blank=True, choices=RevocationOutcome.choices)
    concluded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    concluded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(outcome=""), name="one_revocation_of_an_offer_waits"
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=RevocationReason.values) & ~models.Q(note=""), name="revocation_says_why"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", concluded_by=None, concluded_at=None)
                | models.Q(
                    outcome__in=RevocationOutcome.values, concluded_by__isnull=False, concluded_at__isnull=False
                ),
                name="revocation_is_concluded_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(needs_second=False)
                | models.Q(outcome=RevocationOutcome.DECLINED)
                | ~models.Q(concluded_by=models.F("asked_by")),
                name="revocation_has_two_pairs_of_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.reason}"

    @property
    def is_confirmed(self) -> bool:
        """Tell whether the offer ended by it."""
        return self.outcome == RevocationOutcome.CONFIRMED

    @property
    def shown(self) -> str:
        """Name it: whoever concludes says that this is what they read."""
        return str(self.pk)


class OfferQuerySet(models.QuerySet["Offer"]):
    """Which offers one may see."""

    def visible_to(self, user: Any) -> OfferQuerySet:
        """Show those on applications that one may see."""
        return self.filter(application__in=Application.objects.visible_to(user))


def _offer_reference() -> str:
    return new_reference("O")


class Offer(models.Model):
    """What the bank offers on an approved application; good until a day, its terms never change."""

    reference = models.CharField(max_length=20, unique=True, default=_offer_reference, editable=False)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="offer")
    approved_amount = models.DecimalField(max_digits=14, decimal_places=2)
    annual_rate = models.DecimalField(max_digits=7, decimal_places=6)
    term_months = models.PositiveSmallIntegerField()
    kept_terms = models.JSONField()
    made_at = models.DateTimeField()
    expires_on = models.DateField()

    objects = models.Manager.from_queryset(OfferQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(approved_amount__gt=0), name="approved_amount_is_positive")
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def terms(self) -> interest.Terms:
        """The offered conventions."""
        return interest.Terms.from_data(self.kept_terms)
