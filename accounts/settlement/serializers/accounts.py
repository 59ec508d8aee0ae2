"""The shape of accounts and their terms to machines."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.settlement import interest
from accounts.settlement.models import SettlementAccount, TermsAgreement
from portal.core.amounts import ToldAmount
from portal.core.money import rounded


class OpenAccountSerializer(serializers.Serializer[Any]):
    """For which enterprise."""

    enterprise = serializers.CharField(max_length=20)


class SettlementAccountSerializer(serializers.ModelSerializer[SettlementAccount]):
    """An account with what it holds: ``balance`` is booked, ``held`` kept back of it, ``available`` can be paid."""

    enterprise = serializers.CharField(source="enterprise.reference", read_only=True)
    balance = serializers.DecimalField(max_digits=19, decimal_places=None, read_only=True)
    held = serializers.DecimalField(max_digits=19, decimal_places=None, read_only=True)
    available = serializers.DecimalField(max_digits=19, decimal_places=None, read_only=True)

    class Meta:
        model = SettlementAccount
        fields = [
            "reference", "number", "iban", "enterprise", "currency", "status", "balance", "held", "available",
            "opened_at", "closed_at",
        ]  # fmt: skip


class TierSerializer(serializers.Serializer[Any]):
    """From which balance on which yearly rate is earned, as a fraction."""

    begins = serializers.DecimalField(max_digits=19, decimal_places=None)
    annual_rate = serializers.DecimalField(max_digits=9, decimal_places=6)


class TermsSerializer(serializers.ModelSerializer[TermsAgreement]):
    """The terms an account stands on, amounts in its currency and rates as fractions of a year."""

    product = serializers.CharField(source="product.reference", read_only=True)
    name = serializers.CharField(source="product.__str__", read_only=True)
    interest_tiers = serializers.SerializerMethodField()
    earned_amount = serializers.SerializerMethodField()
    monthly_fee_amount = ToldAmount("product.currency", source="product.monthly_fee_amount")
    fee_free_from_amount = ToldAmount("product.currency", source="product.fee_free_from_amount", allow_null=True)
    overdraft_limit_amount = ToldAmount("product.currency")
    overdraft_annual_rate = serializers.DecimalField(
        source="product.overdraft_annual_rate", max_digits=7, decimal_places=6
    )

    class Meta:
        model = TermsAgreement
        fields = [
            "product", "name", "effective_from", "interest_tiers", "earned_amount", "monthly_fee_amount",
            "fee_free_from_amount", "overdraft_limit_amount", "overdraft_annual_rate",
        ]  # fmt: skip

    @extend_schema_field(TierSerializer(many=True))
    def get_interest_tiers(self, agreed: TermsAgreement) -> list[dict[str, str]]:
        """List the tiers, lowest first."""
        product = agreed.product
        return [
            {"begins": f"{rounded(begins, product.currency):f}", "annual_rate": f"{rate:.6f}"}
            for begins, rate in product.tiers
        ]

    def get_earned_amount(self, agreed: TermsAgreement) -> str:
        """Give the interest that is earned and not booked yet."""
        earned = interest.unbooked_interest(agreed.settlement_account, self.context["through"])
        return f"{rounded(earned, agreed.settlement_account.currency):f}"
