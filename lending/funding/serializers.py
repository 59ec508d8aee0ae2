"""The shape of other funds in the API."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.relations import SlugRelatedField

from accounts.identity.consents import CURRENT_VERSION
from lending.applications.models import Purpose
from lending.funding.eligibility import Answer, Criterion, Fit
from lending.funding.models import FundingProgram, Introduction
from lending.funding.sharing import Item
from portal.core.amounts import TellsAmounts, WrittenAmount


class WantedSerializer(serializers.Serializer[Any]):
    """How much is wanted, and what for; what is left out is not known."""

    amount = WrittenAmount(max_digits=14, decimal_places=2, required=False)
    purpose = serializers.ChoiceField(choices=Purpose.choices, required=False)


class ProgramSerializer(TellsAmounts):
    """A program's edition."""

    currency_at = ""

    class Meta:
        model = FundingProgram
        fields = [
            "code", "version", "kind", "name_en", "name_zh_hans", "summary_en", "summary_zh_hans", "run_by_en",
            "run_by_zh_hans", "website", "phone", "min_amount", "max_amount", "cost_en", "cost_zh_hans", "papers_en",
            "papers_zh_hans", "apply_by", "commission_rate", "commission_amount",
        ]  # fmt: skip


class FindingSerializer(serializers.Serializer[Any]):
    """What was found of one criterion."""

    criterion = serializers.ChoiceField(choices=[each.value for each in Criterion])
    answer = serializers.ChoiceField(choices=[each.value for each in Answer])
    met_from = serializers.DateField(allow_null=True, help_text="from when waiting has helped")


class SuitedSerializer(serializers.Serializer[Any]):
    """A program and how it suits the enterprise."""

    program = ProgramSerializer()
    fit = serializers.ChoiceField(source="judgment.fit", choices=[each.value for each in Fit])
    findings = FindingSerializer(source="judgment.findings", many=True)


class ItemsSerializer(serializers.Serializer[Any]):
    """What is passed on where it is chosen."""

    items = serializers.MultipleChoiceField(
        choices=[Item.CASH_FLOW.value],
        required=False,
        default=set,
        help_text="what is passed on beside who the enterprise is and how to reach the owner",
    )


def chosen(given: Mapping[str, Any]) -> frozenset[Item]:
    """Give the items as the operations take them."""
    return frozenset(Item(item) for item in given["items"])


class SharedSerializer(serializers.Serializer[Any]):
    """What would be passed on, and the fingerprint that asking names."""

    version = serializers.IntegerField(help_text="of the edition that is published")
    content = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField()), help_text="by item and field"
    )
    fingerprint = serializers.CharField()


class NewIntroductionSerializer(ItemsSerializer):
    """An introduction, and what the owner agrees to."""

    program = serializers.SlugField(max_length=40)
    version = serializers.IntegerField(help_text="of the edition that the owner read")
    amount = WrittenAmount(max_digits=14, decimal_places=2)
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    seen = serializers.CharField(max_length=64, help_text="the fingerprint of what the owner read would be passed on")
    consent = serializers.CharField(
        max_length=20, help_text=f"The version of the wording that the owner agreed to; now {CURRENT_VERSION}."
    )


class IntroductionSerializer(TellsAmounts):
    """An introduction as it stands."""

    currency_at = ""
    enterprise: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    program = serializers.SlugField(source="program_code")
    version = serializers.IntegerField(source="program.version")
    items = serializers.SerializerMethodField(help_text="what is passed on")

    class Meta:
        model = Introduction
        fields = [
            "reference", "enterprise", "program", "version", "amount", "purpose", "items", "status", "asked_at",
            "passed_on_at", "ended_at", "funded_amount", "note",
        ]  # fmt: skip

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=[each.value for each in Item])))
    def get_items(self, introduction: Introduction) -> list[str]:
        """Name what is passed on."""
        return sorted(introduction.shared)
