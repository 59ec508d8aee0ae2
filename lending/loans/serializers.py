"""The shape of loans in the API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.relations import SlugRelatedField

from lending.loans.models import Installment, Loan, Repayment
from portal.core.amounts import TellsAmounts, ToldAmount, WrittenAmount
from portal.core.money import rounded


class InstallmentSerializer(TellsAmounts):
    """What is due on a day."""

    currency_at = ""

    class Meta:
        model = Installment
        fields = [
            "number", "due_date", "principal_amount", "interest_amount", "principal_paid_amount",
            "interest_paid_amount", "interest_saved_amount", "interest_carried_amount", "balance_after_amount",
            "version", "superseded_on",
        ]  # fmt: skip


class LoanSerializer(TellsAmounts):
    """A loan."""

    enterprise: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    settlement_account: SlugRelatedField[Any] = SlugRelatedField(slug_field="number", read_only=True)
    line: SlugRelatedField[Any] = SlugRelatedField(
        slug_field="reference", read_only=True, allow_null=True, help_text="the credit line that it is a draw of"
    )
    early_by_day = serializers.BooleanField(
        source="terms.early_by_day",
        read_only=True,
        help_text="what is repaid early pays interest up to its day, not the next installment whole",
    )

    class Meta:
        model = Loan
        fields = [
            "reference", "enterprise", "line", "settlement_account", "principal_amount", "upfront_fee_amount",
            "annual_rate", "apr", "currency", "status", "disbursed_on", "early_by_day",
        ]  # fmt: skip
        extra_kwargs = {"apr": {"help_text": "Of the contract as it was signed, also once the loan is rescheduled."}}


class LoanWithScheduleSerializer(LoanSerializer):
    """A loan with its schedule; the context tells its ``late_interest`` of today."""

    late_interest_amount = serializers.SerializerMethodField()
    late_interest_tomorrow_amount = serializers.SerializerMethodField()
    installments = serializers.SerializerMethodField()
    superseded_installments = serializers.SerializerMethodField()

    class Meta(LoanSerializer.Meta):
        fields = [
            *LoanSerializer.Meta.fields, "late_interest_amount", "late_interest_tomorrow_amount", "installments",
            "superseded_installments",
        ]  # fmt: skip

    @extend_schema_field(OpenApiTypes.DECIMAL)
    def get_late_interest_amount(self, loan: Loan) -> str:
        """Tell the late interest that is open today."""
        return f"{rounded(self.context['late_interest'].open_amount, loan.currency):f}"

    @extend_schema_field(OpenApiTypes.DECIMAL)
    def get_late_interest_tomorrow_amount(self, loan: Loan) -> str:
        """Tell what it is tomorrow if nothing is paid."""
        return f"{rounded(self.context['late_interest'].tomorrow_amount, loan.currency):f}"

    def get_installments(self, loan: Loan) -> list[dict[str, Any]]:
        """List the installments of the schedule in force, in order."""
        return self._told(loan, loan.installments.current())

    def get_superseded_installments(self, loan: Loan) -> list[dict[str, Any]]:
        """List those of earlier schedules, in order."""
        earlier = loan.installments.exclude(superseded_on=None).order_by("version", "number")
        return self._told(loan, earlier)

    def _told(self, loan: Loan, rows: Any) -> list[dict[str, Any]]:
        told = InstallmentSerializer(rows, many=True, context={"currency": loan.currency}).data
        return [dict(row) for row in told]


class PayoffSerializer(serializers.Serializer[Any]):
    """What ends a loan on a day, and how much interest that saves."""

    on = serializers.DateField()
    payoff_amount = ToldAmount("made.terms.currency")
    payoff_saved_amount = ToldAmount("made.terms.currency")
    late_interest_amount = ToldAmount("made.terms.currency", help_text="of the payoff amount")


class NewRepaymentSerializer(serializers.Serializer[Any]):
    """How much to repay."""

    amount = WrittenAmount(max_digits=14, decimal_places=2, min_value=None)


class RepaymentSerializer(TellsAmounts):
    """A repayment."""

    currency_at = "loan.currency"
    loan: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    entry: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    undone_at = serializers.DateTimeField(
        source="undone.undone_at",
        read_only=True,
        default=None,
        help_text="when it was undone, its money being booked wrongly",
    )
    undone_entry = serializers.CharField(source="undone.entry.reference", read_only=True, default=None)

    class Meta:
        model = Repayment
        fields = [
            "reference", "loan", "amount", "prepaid_amount", "late_interest_amount", "paid_on", "paid_at", "entry",
            "undone_at", "undone_entry",
        ]  # fmt: skip
