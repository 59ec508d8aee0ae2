"""A rescheduling, from the proposal to the borrower's agreement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, OuterRef, Q, Subquery, Sum

from accounts.identity.models import Enterprise
from lending.loans.models import Installment, Loan
from lending.loans.proposals.models import Proposal
from lending.loans.rescheduling.states import BADGES, OPEN, TRANSITIONS, Status
from lending.loans.states import LoanStatus
from portal.core import interest
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class ReschedulingQuerySet(LockableQuerySet["Rescheduling"]):
    """Which reschedulings one may see, which are open, and which may still be agreed to."""

    def visible_to(self, user: Any) -> ReschedulingQuerySet:
        """Staff see those of the loans they see; members see what a second person has approved, also once it ended."""
        mine = Q(loan__enterprise__in=Enterprise.objects.open_to(user))
        seen = Q(loan__in=Loan.objects.visible_to(user))
        ended = Q(status__in=[Status.WITHDRAWN, Status.LAPSED], decided_at__isnull=False)
        offered = Q(status__in=[Status.APPROVED, Status.AGREED]) | ended
        return self.filter(mine & offered | seen & ~mine)

    def open(self) -> ReschedulingQuerySet:
        """Those that still may come to an agreement."""
        return self.filter(status__in=OPEN)

    def standing(self, *, on: date) -> ReschedulingQuerySet:
        """Those that are open and neither ended nor outdated on a day."""
        return self.filter(_stands(on))

    def with_standing(self, *, on: date) -> ReschedulingQuerySet:
        """Tell with each, as ``stands``, whether it is one of those ``standing`` on a day."""
        return self.annotate(stands=ExpressionWrapper(_stands(on), output_field=models.BooleanField()))


def _stands(on: date) -> Q:
    rows = Installment.objects.filter(loan=OuterRef("loan"), superseded_on=None).order_by().values("loan")
    principal = rows.annotate(sum=Sum(F("principal_amount") - F("principal_paid_amount"))).values("sum")
    runs = Q(loan__status=LoanStatus.ACTIVE)
    return runs & Q(status__in=OPEN, expires_on__gte=on, principal_amount=Subquery(principal))


def _reference() -> str:
    return new_reference("RS")


class Rescheduling(Proposal):
    """Another schedule for what is open of a loan: proposed, approved by a second person, agreed to by the borrower."""

    WORD = "rescheduling"
    OPEN = OPEN
    TRANSITIONS = TRANSITIONS
    BADGES = BADGES

    reference = models.CharField(max_length=20, unique=True, default=_reference, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="reschedulings")
    principal_amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="what it is proposed for")
    kept_terms = models.JSONField()
    reason = models.TextField(max_length=2000)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    agreed_on = models.DateField(null=True)
    late_interest_amount = models.DecimalField(
        max_digits=14, decimal_places=2, default=Decimal(0), help_text="carried over; counts once agreed to"
    )
    version = models.PositiveSmallIntegerField(null=True, help_text="of the schedule that it brought")

    objects = models.Manager.from_queryset(ReschedulingQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["loan"],
                condition=Q(status__in=[Status.PROPOSED, Status.APPROVED]),
                name="one_rescheduling_of_a_loan_is_open",
            ),
            models.UniqueConstraint(fields=["loan", "version"], name="rescheduling_brings_a_schedule_of_its_own"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in Status]), name="rescheduling_status_is_known"
            ),
            models.CheckConstraint(condition=Q(principal_amount__gt=0), name="rescheduling_principal_is_positive"),
            models.CheckConstraint(
                condition=Q(late_interest_amount=0) | Q(late_interest_amount__gt=0, status=Status.AGREED),
                name="rescheduling_carries_late_interest_once_agreed_to",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="rescheduling_says_why"),
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")), name="rescheduling_has_two_pairs_of_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.APPROVED, Status.AGREED, Status.DECLINED])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="rescheduling_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.AGREED, agreed_by__isnull=False, agreed_at__isnull=False)
                & Q(agreed_on__isnull=False, version__gt=1)
                | ~Q(status=Status.AGREED) & Q(agreed_by=None, agreed_at=None, agreed_on=None, version=None),
                name="rescheduling_counts_once_agreed_to",
            ),
        ]

    @property
    def terms(self) -> interest.Terms:
        """The conventions that are proposed."""
        return interest.Terms.from_data(self.kept_terms)
