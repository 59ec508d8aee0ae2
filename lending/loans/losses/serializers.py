"""The shape of risk classes, write-offs and the allowance in the API."""

from typing import Any

from rest_framework import serializers
from rest_framework.relations import SlugRelatedField

from lending.loans.losses.classes import Basis, RiskClass
from lending.loans.losses.models import Allowance, AllowanceLine, Judgment, WriteOff, WriteOffReversal
from lending.loans.losses.queries import shown_of, split_of
from portal.core.amounts import TellsAmounts, ToldAmount

CLASSES = [each.code for each in RiskClass]


class RiskSerializer(serializers.Serializer[Any]):
    """A loan's class today."""

    risk_class = serializers.ChoiceField(choices=CLASSES, source="risk_class.code", default=None, allow_null=True)
    basis = serializers.ChoiceField(choices=[each.value for each in Basis], default=None, allow_null=True)
    days_past_due = serializers.IntegerField(default=None, allow_null=True)
    principal_amount = ToldAmount(default=None, allow_null=True)
    rate = serializers.DecimalField(max_digits=5, decimal_places=4, default=None, allow_null=True)
    allowance_amount = ToldAmount(default=None, allow_null=True)


class JudgmentSerializer(serializers.ModelSerializer[Judgment]):
    """What a person found; no class where it was taken back."""

    risk_class = serializers.SerializerMethodField()
    by: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)

    class Meta:
        model = Judgment
        fields = ["risk_class", "reason", "judged_on", "judged_at", "by"]

    def get_risk_class(self, judgment: Judgment) -> str | None:
        """Write the code."""
        return RiskClass(judgment.risk_class).code if judgment.risk_class else None


class NewJudgmentSerializer(serializers.Serializer[Any]):
    """A worse class, or none to take back what a colleague found; and why."""

    risk_class = serializers.ChoiceField(choices=CLASSES, allow_null=True)
    reason = serializers.CharField(max_length=2000)


class SplitSerializer(serializers.Serializer[Any]):
    """Who bears a write-off; `shown` is named by whoever approves."""

    allowance_amount = ToldAmount("")
    expense_amount = ToldAmount("")
    shown = serializers.CharField()


class WriteOffSerializer(TellsAmounts):
    """A write-off; while it waits, with who would bear it."""

    currency_at = "loan.currency"
    loan: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    entry: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    split = serializers.SerializerMethodField()

    class Meta:
        model = WriteOff
        fields = [
            "reference", "loan", "status", "principal_amount", "grounds", "proposed_at", "expires_on", "decided_at",
            "note", "written_off_on", "allowance_amount", "entry", "reversed_on", "split",
        ]  # fmt: skip

    def get_split(self, write_off: WriteOff) -> dict[str, Any] | None:
        """Work it out as of now."""
        if not write_off.is_open:
            return None
        split = split_of(write_off.loan, write_off.principal_amount)
        return dict(SplitSerializer(split, context={"currency": write_off.loan.currency}).data)


class NewWriteOffSerializer(serializers.Serializer[Any]):
    """Why nobody expects the money any more, and what shows it."""

    grounds = serializers.CharField(max_length=2000)
    file = serializers.FileField(required=False, help_text="JPEG, PNG, HEIC, WebP or PDF, up to 10 MB.")


class NewReversalSerializer(serializers.Serializer[Any]):
    """Why a write-off was a mistake."""

    reason = serializers.CharField(max_length=2000)


class ReversalSerializer(serializers.ModelSerializer[WriteOffReversal]):
    """The reversal of a write-off; while it waits, `shown` is named by whoever approves."""

    write_off: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    loan: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    entry: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    principal_amount = ToldAmount("loan.currency")
    shown = serializers.SerializerMethodField()

    class Meta:
        model = WriteOffReversal
        fields = [
            "reference", "write_off", "loan", "status", "principal_amount", "reason", "proposed_at", "expires_on",
            "decided_at", "note", "entry", "shown",
        ]  # fmt: skip

    def get_shown(self, reversal: WriteOffReversal) -> str | None:
        """Name what it would book now."""
        return shown_of(reversal.write_off) if reversal.is_open else None


class AllowanceSerializer(TellsAmounts):
    """A month's allowance in one currency."""

    number = serializers.IntegerField(source="pk")
    entry: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)

    class Meta:
        model = Allowance
        fields = ["number", "last_date", "currency", "rules_version", "asked_amount", "moved_amount", "entry"]


class AllowanceLineSerializer(TellsAmounts):
    """What a loan asked for, and why."""

    currency_at = "loan.currency"
    loan: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    risk_class = serializers.SerializerMethodField()

    class Meta:
        model = AllowanceLine
        fields = ["loan", "risk_class", "basis", "days_past_due", "principal_amount", "rate", "amount"]

    def get_risk_class(self, line: AllowanceLine) -> str:
        """Write the code."""
        return RiskClass(line.risk_class).code
