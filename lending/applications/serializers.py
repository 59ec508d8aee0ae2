"""The shape of applications in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.relations import SlugRelatedField

from accounts.identity.consents import CURRENT_VERSION
from lending.applications import presentation, queries
from lending.applications.models import (
    Application,
    ApplicationDocument,
    CreditDecision,
    Offer,
    Purpose,
    Review,
    ReviewOutcome,
    Revocation,
    RevocationOutcome,
    RevocationReason,
)
from lending.applications.states import LENT
from lending.credit import reasons, verdicts
from lending.products.conventions import DocumentKind
from portal.core.amounts import TellsAmounts, WrittenAmount


class ApplicationSerializer(TellsAmounts):
    """An application as it stands."""

    currency_at = "product.currency"
    enterprise: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    product: SlugRelatedField[Any] = SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = Application
        fields = [
            "reference", "enterprise", "product", "requested_amount", "term_months", "purpose", "purpose_note",
            "status", "begun_at", "submitted_at",
        ]  # fmt: skip


class NewApplicationSerializer(serializers.Serializer[Any]):
    """What is asked for."""

    enterprise = serializers.CharField(max_length=20)
    product = serializers.CharField(max_length=40)
    requested_amount = WrittenAmount(max_digits=14, decimal_places=2, min_value=None)
    term_months = serializers.IntegerField(min_value=1, max_value=600)
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    purpose_note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class RecommendationSerializer(serializers.Serializer[Any]):
    """What an officer or underwriter recommends; an approval names amount and rate."""

    outcome = serializers.ChoiceField(choices=[ReviewOutcome.APPROVE.value, ReviewOutcome.DECLINE.value])
    amount = WrittenAmount(max_digits=14, decimal_places=2, required=False, default=None, allow_null=True)
    annual_rate = serializers.DecimalField(
        max_digits=7, decimal_places=6, required=False, default=None, allow_null=True, help_text="A fraction."
    )
    note = serializers.CharField(max_length=2000)


class ConclusionSerializer(serializers.Serializer[Any]):
    """What a second person says to a recommendation, and which one was read: its `shown`."""

    outcome = serializers.ChoiceField(choices=ReviewOutcome.choices)
    note = serializers.CharField(max_length=2000)
    seen = serializers.CharField()


class ReviewSerializer(TellsAmounts):
    """What a person said about a case; `shown` is named by whoever concludes."""

    currency_at = "application.product.currency"
    by: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    shown = serializers.CharField(read_only=True)

    class Meta:
        model = Review
        fields = ["kind", "outcome", "amount", "annual_rate", "note", "by", "at", "shown"]


class NewRevocationSerializer(serializers.Serializer[Any]):
    """Why an offer is taken back; the note is for the bank's people."""

    reason = serializers.ChoiceField(choices=RevocationReason.choices)
    note = serializers.CharField(max_length=2000)


class RevocationConclusionSerializer(serializers.Serializer[Any]):
    """What a second person says to a revocation, and which one was read: its `shown`."""

    outcome = serializers.ChoiceField(choices=RevocationOutcome.choices)
    seen = serializers.CharField()


class RevocationSerializer(serializers.ModelSerializer[Revocation]):
    """An offer taken back, or about to be: without an outcome it waits for a second person."""

    asked_by: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    concluded_by: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    shown = serializers.CharField(read_only=True)

    class Meta:
        model = Revocation
        fields = [
            "reason", "note", "needs_second", "asked_by", "asked_at", "outcome", "concluded_by", "concluded_at",
            "shown",
        ]  # fmt: skip


class SubmissionSerializer(serializers.Serializer[Any]):
    """What is agreed to when an application is sent."""

    register_consent = serializers.CharField(
        max_length=20,
        required=False,
        default="",
        allow_blank=True,
        help_text=f"The version of the wording by which the bank may ask the credit register; now {CURRENT_VERSION}.",
    )


class NewDocumentSerializer(serializers.Serializer[Any]):
    """A document and what it shows."""

    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    file = serializers.FileField()


class DocumentSerializer(serializers.ModelSerializer[ApplicationDocument]):
    """A kept document."""

    name = serializers.CharField(source="file.original_name")
    media_type = serializers.CharField(source="file.media_type")
    sha256 = serializers.CharField(source="file.sha256")

    class Meta:
        model = ApplicationDocument
        fields = ["id", "kind", "name", "media_type", "sha256", "added_at"]


class ExplainedSerializer(serializers.Serializer[Any]):
    """A reason, as a code with parameters and as a sentence in the request's language."""

    code = serializers.CharField()
    params = serializers.JSONField()
    sentence = serializers.CharField()
    topic = serializers.CharField()


class AlternativeSerializer(serializers.Serializer[Any]):
    """What would change the outcome, as a code with parameters and as a sentence."""

    code = serializers.CharField()
    params = serializers.JSONField()
    sentence = serializers.CharField()


class OfferSerializer(TellsAmounts):
    """What the bank offers until a day; a person signs it in the portal."""

    currency_at = "application.product.currency"

    class Meta:
        model = Offer
        fields = ["reference", "approved_amount", "annual_rate", "term_months", "expires_on"]


class WaitSerializer(serializers.Serializer[Any]):
    """How long people took to answer the cases that they answered lately."""

    half = serializers.IntegerField(help_text="business days within which half were answered")
    most = serializers.IntegerField(help_text="business days within which nine in ten were answered")
    cases = serializers.IntegerField(help_text="how many cases were counted")
    at_branch = serializers.BooleanField(help_text="whether those of the application's branch; else the whole bank's")
    waited = serializers.IntegerField(help_text="business days that this one has waited")


class DecisionSerializer(TellsAmounts):
    """The verdict and why. What a score is made of stays with the bank, as on its pages."""

    currency_at = "application.product.currency"
    status = serializers.CharField(source="application.status", help_text="where the application stands now")
    reasons = serializers.SerializerMethodField()
    alternatives = serializers.SerializerMethodField()
    offer = serializers.SerializerMethodField()
    revocation_reason = serializers.SerializerMethodField()
    wait = serializers.SerializerMethodField()

    class Meta:
        model = CreditDecision
        fields = [
            "outcome", "status", "limit_amount", "annual_rate", "reasons", "alternatives", "offer",
            "revocation_reason", "wait", "inputs_fingerprint", "decided_at",
        ]  # fmt: skip

    @extend_schema_field(ExplainedSerializer(many=True))
    def get_reasons(self, decision: CreditDecision) -> list[dict[str, Any]]:
        """Explain the verdict; to who acts for the enterprise as its page does."""
        is_own = self.context.get("is_own")
        verdict = presentation.as_owners_read(decision) if is_own else presentation.as_staff_read(decision)
        return [
            {"code": each.code, "params": each.params, "sentence": reasons.sentence(each), "topic": each.topic}
            for each in verdict.reasons
        ]

    @extend_schema_field(AlternativeSerializer(many=True))
    def get_alternatives(self, decision: CreditDecision) -> list[dict[str, Any]]:
        """Say what would change it."""
        return [
            {"code": each.code, "params": each.params, "sentence": reasons.alternative(each)}
            for each in verdicts.verdict_of(decision.verdict).alternatives
        ]

    @extend_schema_field(WaitSerializer(allow_null=True))
    def get_wait(self, _decision: CreditDecision) -> dict[str, Any] | None:
        """Tell how long people usually take, while the case waits for them and enough is known."""
        wait = self.context.get("wait")
        return dict(WaitSerializer(wait).data) if wait else None

    @extend_schema_field(OfferSerializer(allow_null=True))
    def get_offer(self, decision: CreditDecision) -> dict[str, Any] | None:
        """Tell the offer, if there is one that can be signed or was."""
        application = decision.application
        return dict(OfferSerializer(application.offer).data) if application.status in LENT else None

    @extend_schema_field(serializers.ChoiceField(choices=RevocationReason.choices, allow_null=True))
    def get_revocation_reason(self, decision: CreditDecision) -> str | None:
        """Tell why the bank has revoked its offer, if it has."""
        revocation = queries.revocation_of(decision.application)
        return revocation.reason if revocation else None
