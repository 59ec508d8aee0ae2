"""The shape of money that is kept back to machines."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.ledger.models import Hold
from accounts.settlement.models import SettlementAccount
from accounts.settlement.operations import Elsewhere
from accounts.settlement.serializers.nostro import SeenSerializer
from portal.core.amounts import ToldAmount, WrittenAmount


class ElsewhereSerializer(serializers.Serializer[Any]):
    """An account at another bank; ``bank_code`` takes a name, a CNAPS code or a BIC."""

    name = serializers.CharField(max_length=70)
    number = serializers.CharField(max_length=42)
    bank_code = serializers.CharField(max_length=80)


class HoldSerializer(serializers.ModelSerializer[Hold]):
    """Money kept back on an account, until it is paid (``captured``), let go (``voided``) or its time is over.

    It may be paid to the account ``to`` of this bank, or to ``payee`` at another one, by ``payment`` then. Whoever pays
    it sends ``shown`` back as what they saw.
    """

    amount = ToldAmount("ledger_account.currency")
    to = serializers.SerializerMethodField()
    payee = serializers.SerializerMethodField()
    shown = serializers.SerializerMethodField()
    entry = serializers.CharField(source="captured_entry.reference", read_only=True, default=None)
    payment = serializers.CharField(source="captured_entry.payment_instruction.reference", read_only=True, default=None)

    class Meta:
        model = Hold
        fields = [
            "reference", "amount", "text", "to", "payee", "shown", "status", "placed_at", "expires_at", "ended_at",
            "entry", "payment",
        ]  # fmt: skip

    def get_to(self, hold: Hold) -> str | None:
        """Name the account of this bank to which it may be paid, if one was named."""
        return next((each.account_reference for each in _named(hold)), None)

    @extend_schema_field(ElsewhereSerializer(allow_null=True))
    def get_payee(self, hold: Hold) -> dict[str, Any] | None:
        """Tell the account at another bank, if one was named."""
        elsewhere = (each for each in _named(hold) if each.bank_code)
        return next((dict(ElsewhereSerializer(each).data) for each in elsewhere), None)

    def get_shown(self, hold: Hold) -> str:
        """Give the reference of whom it may be paid to; empty where nobody was named."""
        return next((each.reference for each in _named(hold)), "")


def _named(hold: Hold) -> list[Any]:
    """Tell to whom it may be paid, as ``queries.with_payees`` fetches it."""
    return hold.named  # type: ignore[attr-defined, no-any-return]  # prefetched


class KeptPayeeSerializer(serializers.Serializer[Any]):
    """To which account money that is kept back may be paid: ``to`` at this bank, or ``payee`` at another one."""

    to = serializers.SlugRelatedField(
        slug_field="reference", queryset=SettlementAccount.objects.all(), allow_null=True, default=None
    )
    payee = ElsewhereSerializer(allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Put together where it may be paid."""
        payee = attrs.pop("payee")
        if payee and attrs["to"]:
            raise serializers.ValidationError(_("Name an account of this bank or one at another, not both."))
        if payee:
            attrs["to"] = Elsewhere(payee["name"], payee["number"], payee["bank_code"])
        return attrs


class NamePayeeSerializer(KeptPayeeSerializer):
    """The account to which money that is kept back may be paid from now on: ``to`` here, or ``payee`` elsewhere."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for one of the two."""
        told = super().validate(attrs)
        if told["to"] is None:
            raise serializers.ValidationError({"to": _("Name an account of this bank, or one at another as payee.")})
        return told


class KeepSerializer(KeptPayeeSerializer):
    """How much is kept back, through which day, why, and to which account a colleague may pay it, if to any.

    That is ``to`` at this bank, or ``payee`` at another one.
    """

    amount = WrittenAmount()
    until = serializers.DateField()
    reason = serializers.CharField(max_length=140)


class PayKeptSerializer(SeenSerializer):
    """How much is paid, all of it unless told; and to whom, as the hold's ``shown`` names it."""

    amount = WrittenAmount(allow_null=True, default=None)
