"""The shape of late loans and contacts in the API."""

from typing import Any

from rest_framework import serializers
from rest_framework.relations import SlugRelatedField

from lending.arrears.models import Contact, ContactWay
from lending.arrears.states import Standing
from lending.loans.losses.classes import RiskClass
from portal.core.amounts import TellsAmounts, ToldAmount, WrittenAmount


class LateLoanSerializer(serializers.Serializer[Any]):
    """A loan of which something is late, and where speaking with its borrower stands."""

    loan = serializers.CharField(source="loan.reference")
    enterprise = serializers.CharField(source="loan.enterprise.reference")
    currency = serializers.CharField(source="loan.currency")
    risk_class = serializers.ChoiceField(
        choices=[each.code for each in RiskClass], source="risk_class.code", default=None, allow_null=True
    )
    days_past_due = serializers.IntegerField()
    late_amount = ToldAmount("loan.currency", source="loan.late_amount")
    late_interest_amount = ToldAmount("loan.currency", source="late_interest.open_amount")
    open_principal_amount = ToldAmount("loan.currency", source="loan.open_principal_amount")
    last_contact = serializers.CharField(source="contact.reference", default=None)
    last_promise = serializers.CharField(source="promise.reference", default=None)
    next_step_on = serializers.DateField(source="loan.step_on", allow_null=True)


class ContactSerializer(TellsAmounts):
    """A contact; what became of its promise follows from the repayments through its day."""

    currency_at = "loan.currency"
    loan: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    by: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    promise = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = [
            "reference", "loan", "way", "is_reached", "note", "promised_amount", "promised_on", "promise",
            "next_step_on", "contacted_at", "by",
        ]  # fmt: skip

    def get_promise(self, contact: Contact) -> Standing | None:
        """Tell what became of its promise."""
        return contact.standing(on=self.context["on"])


class NewContactSerializer(serializers.Serializer[Any]):
    """A contact to record."""

    way = serializers.ChoiceField(choices=ContactWay.choices)
    is_reached = serializers.BooleanField()
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")
    promised_amount = WrittenAmount(max_digits=14, decimal_places=2, min_value=None, default=None, allow_null=True)
    promised_on = serializers.DateField(default=None, allow_null=True)
    next_step_on = serializers.DateField(default=None, allow_null=True)
