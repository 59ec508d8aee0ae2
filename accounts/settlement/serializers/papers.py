"""The shape of statements and certificates to machines."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.settlement import writing
from accounts.settlement.forms.history import LONGEST_DAYS
from accounts.settlement.models import BalanceCertificate
from accounts.settlement.papers import address_of
from portal.core.money import rounded


class LanguageSerializer(serializers.Serializer[Any]):
    """In which language; the request's own where it says none."""

    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)


class PeriodSerializer(LanguageSerializer):
    """From which day to which, and as what."""

    first = serializers.DateField()
    last = serializers.DateField()
    kind = serializers.ChoiceField(choices=list(writing.MEDIA_TYPES), default="pdf")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a period that runs backwards or is longer than a statement covers."""
        if attrs["first"] > attrs["last"]:
            raise serializers.ValidationError(_("The first day is after the last."))
        if (attrs["last"] - attrs["first"]).days >= LONGEST_DAYS:
            raise serializers.ValidationError(_("Choose a period of one year at most."))
        return attrs


class CertifySerializer(serializers.Serializer[Any]):
    """At the end of which day."""

    of = serializers.DateField()


class CertificateOfBalanceSerializer(serializers.ModelSerializer[BalanceCertificate]):
    """What an account held at the end of a day, and where anyone may verify it."""

    account = serializers.CharField(source="settlement_account.reference", read_only=True)
    of = serializers.DateField(source="on")
    balance = serializers.SerializerMethodField()
    address = serializers.SerializerMethodField()

    class Meta:
        model = BalanceCertificate
        fields = ["code", "account", "holder_name", "of", "balance", "issued_at", "address"]

    def get_balance(self, certificate: BalanceCertificate) -> str:
        """Give the amount in the currency's digits."""
        return str(rounded(certificate.balance_amount, certificate.settlement_account.currency))

    def get_address(self, certificate: BalanceCertificate) -> str:
        """Give the public page that says the same."""
        return address_of(certificate)
