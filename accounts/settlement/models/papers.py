"""Papers about accounts that others rely on."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.settlement.models.accounts import SettlementAccount
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class BalanceCertificateQuerySet(LockableQuerySet["BalanceCertificate"]):
    """Which certificates one may see."""

    def visible_to(self, user: Any) -> Self:
        """Whoever sees the account sees its certificates."""
        return self.filter(settlement_account__in=SettlementAccount.objects.visible_to(user))


def _code() -> str:
    return new_reference("B", length=12)


class BalanceCertificate(models.Model):
    """What an account held at the end of a day, as it was known when the paper was issued; verified by its code."""

    code = models.CharField(max_length=20, unique=True, default=_code, editable=False)
    settlement_account = models.ForeignKey(SettlementAccount, on_delete=models.PROTECT, related_name="certificates")
    holder_name = models.CharField(_("account holder"), max_length=120)
    on = models.DateField(_("at the end of"))
    balance_amount = models.DecimalField(_("balance"), max_digits=19, decimal_places=3)
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.CharField(max_length=40)

    objects = models.Manager.from_queryset(BalanceCertificateQuerySet)()

    def __str__(self) -> str:
        return self.code
