"""A waiver of late interest, from the proposal to the second person's word."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.identity.models import Enterprise
from lending.loans.models import Loan
from lending.loans.proposals.models import Proposal
from lending.loans.proposals.states import Status
from lending.loans.waivers.states import BADGES
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class WaiverQuerySet(LockableQuerySet["Waiver"]):
    """Which waivers one may see."""

    def visible_to(self, user: Any) -> WaiverQuerySet:
        """Staff see those of the loans they see; members see what a second person has approved."""
        mine = Q(loan__enterprise__in=Enterprise.objects.open_to(user))
        seen = Q(loan__in=Loan.objects.visible_to(user))
        return self.filter(mine & Q(status=Status.APPROVED) | seen & ~mine)


def _reference() -> str:
    return new_reference("WV")


class Waiver(Proposal):
    """Late interest that the bank asks for no more, in whole or part."""

    WORD = "waiver"
    AMOUNT = "amount"
    BADGES = BADGES

    reference = models.CharField(max_length=20, unique=True, default=_reference, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="waivers")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.TextField(max_length=2000)

    objects = models.Manager.from_queryset(WaiverQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["loan"], condition=Q(status=Status.PROPOSED), name="one_waiver_of_a_loan_is_open"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[each.value for each in Status]),
                name="waiver_status_is_known",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="waiver_is_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_says_why"),
            models.CheckConstraint(condition=~Q(decided_by=F("proposed_by")), name="waiver_has_two_pairs_of_eyes"),
            models.CheckConstraint(
                condition=Q(status__in=[Status.APPROVED, Status.DECLINED], decided_by__isnull=False)
                & Q(decided_at__isnull=False)
                | Q(status__in=[Status.PROPOSED, Status.WITHDRAWN, Status.LAPSED], decided_by=None, decided_at=None),
                name="waiver_is_decided_by_somebody",
            ),
        ]
