"""What every proposal for a loan keeps: who proposed it, who decided, and why."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from lending.loans.models import Loan
from lending.loans.proposals.states import PROPOSED, TRANSITIONS, Status
from portal.core.badges import Badge
from portal.core.transitions import Transition


class Proposal(models.Model):
    """Something that one person proposes for a loan and another decides on."""

    WORD: ClassVar[str]  # what the audit trail calls it
    AMOUNT: ClassVar[str] = "principal_amount"  # the column that an approver's limit is held against
    OPEN: ClassVar[frozenset[str]] = PROPOSED
    TRANSITIONS: ClassVar[Mapping[Any, Transition]] = TRANSITIONS
    BADGES: ClassVar[Mapping[Any, Badge]]

    objects: Any
    reference: Any
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    expires_on = models.DateField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(max_length=2000, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.reference)

    @property
    def limited_amount(self) -> Decimal:
        """Tell what an approver's limit is held against."""
        amount: Decimal = getattr(self, self.AMOUNT)
        return amount

    @property
    def badge(self) -> Badge:
        """Say where it stands."""
        return self.BADGES[self.status]

    @property
    def is_open(self) -> bool:
        """Tell whether anything may still come of it."""
        return self.status in self.OPEN
