"""Where cash lies: a branch's vault, a drawer at its counter, the bag of a field agent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Branch, Role, User
from accounts.settlement.drawer_states import DrawerKind, DrawerStatus
from portal.core.badges import State
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class CashDrawerQuerySet(LockableQuerySet["CashDrawer"]):
    """Which drawers one may see."""

    def visible_to(self, user: Any) -> Self:
        """Operations and auditors see their branch's, head office all; everyone else of the bank only their own."""
        if not user.is_staff_member:
            return self.none()
        if not user.has_role(Role.OPERATIONS, Role.AUDITOR):
            return self.filter(holder=user)
        return self if user.sees_all_branches else self.filter(Q(branch__in=user.branches()) | Q(holder=user))

    def in_use(self) -> Self:
        """Keep those through which cash may move."""
        return self.filter(status=DrawerStatus.OPEN)

    def told(self) -> Self:
        """Fetch what a list shows beside each."""
        return self.select_related("branch", "holder")


def _reference() -> str:
    return new_reference("CD")


class CashDrawer(models.Model):
    """Where cash lies, and who answers for it; what it holds is the sum of its lines, kept under lock."""

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=_reference, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=DrawerKind.choices)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, verbose_name=_("branch"))
    holder = models.ForeignKey(User, on_delete=models.PROTECT, null=True, help_text="nobody alone holds a vault")
    currency = models.CharField(_("currency"), max_length=3)
    limit_amount = models.DecimalField(_("cash limit"), max_digits=19, decimal_places=3, null=True)
    held_amount = models.DecimalField(max_digits=19, decimal_places=3, default=Decimal(0))
    status = models.CharField(_("status"), max_length=10, choices=DrawerStatus.choices, default=DrawerStatus.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=40)
    closed_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(CashDrawerQuerySet)()
    state = State(DrawerStatus)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "currency"],
                condition=Q(status=DrawerStatus.OPEN),
                name="person_holds_one_drawer_in_use",
            ),
            models.UniqueConstraint(
                fields=["branch", "currency"],
                condition=Q(kind=DrawerKind.VAULT, status=DrawerStatus.OPEN),
                name="branch_has_one_vault_in_use",
            ),
            models.CheckConstraint(condition=Q(held_amount__gte=0), name="drawer_holds_nothing_negative"),
            models.CheckConstraint(condition=Q(limit_amount__gte=0), name="drawer_limit_is_not_negative"),
            models.CheckConstraint(
                condition=Q(kind=DrawerKind.VAULT, holder=None, limit_amount=None)
                | Q(
                    kind__in=[DrawerKind.COUNTER, DrawerKind.CARRIED],
                    holder__isnull=False,
                    limit_amount__isnull=False,
                ),
                name="drawer_but_no_vault_has_holder_and_limit",
            ),
            models.CheckConstraint(
                condition=Q(status=DrawerStatus.OPEN, closed_at=None)
                | Q(status=DrawerStatus.CLOSED, closed_at__isnull=False, held_amount=0),
                name="drawer_is_given_up_empty",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def title(self) -> str:
        """Whose it is; a vault is its branch's."""
        return str(self.holder) if self.holder else f"{self.get_kind_display()} · {self.branch}"

    @property
    def is_above_limit(self) -> bool:
        """Whether more lies in it than should."""
        return self.limit_amount is not None and self.held_amount > self.limit_amount

    def is_held_by(self, reference: str) -> bool:
        """Tell whether a person answers for it."""
        return self.holder is not None and self.holder.reference == reference
