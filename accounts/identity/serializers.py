"""The shape of people and enterprises in the API."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.identity import consents, identifiers, queries
from accounts.identity.correction_states import CorrectionEvent, Detail
from accounts.identity.models import (
    Branch,
    CheckKind,
    DetailsCorrection,
    Enterprise,
    FormerName,
    IdentifierKind,
    Industry,
    Paper,
    PaperKind,
    Setting,
    User,
)
from accounts.identity.operations import AskedCorrection, EnterpriseDetails, PaperDetails, PaperRefused
from accounts.identity.queries import diligence
from accounts.identity.size import SizeClass
from portal.core.amounts import WrittenAmount


class TokenRequestSerializer(serializers.Serializer):
    """Who signs in."""

    login = serializers.CharField(max_length=254, help_text="Mobile number or e-mail.")
    password = serializers.CharField(max_length=128, trim_whitespace=False)
    code = serializers.CharField(
        max_length=20,
        required=False,
        default="",
        help_text="What the authenticator shows; from whoever has none, the code sent by message (`code_sent`).",
    )


class TokenSerializer(serializers.Serializer):
    """A token, told once. Send it as ``Authorization: Token …``."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class IndustrySerializer(serializers.ModelSerializer):
    """A trade: a class of ISIC Rev. 4."""

    class Meta:
        model = Industry
        fields = ("code", "section", "name_en", "name_zh_hans")


def _validate_branch(serializer: serializers.Serializer, branch: Branch) -> Branch:
    """Refuse a branch that keeps no customers."""
    if not queries.branches_for_customers().filter(pk=branch.pk).exists():
        serializer.fields["branch"].fail("does_not_exist", slug_name="code", value=branch.code)
    return branch


class BranchSerializer(serializers.ModelSerializer):
    """A branch that keeps customers."""

    class Meta:
        model = Branch
        fields = (
            "code",
            "name_en",
            "name_zh_hans",
            "address_en",
            "address_zh_hans",
            "phone",
            "hours_en",
            "hours_zh_hans",
        )


class FormerNameSerializer(serializers.ModelSerializer):
    """What an enterprise was called, and until when."""

    class Meta:
        model = FormerName
        fields = ("name", "until")


class EnterpriseSerializer(serializers.ModelSerializer):
    """An enterprise, as its members and the bank see it."""

    former_names = FormerNameSerializer(many=True, read_only=True)
    industry = serializers.CharField(source="industry_id")
    branch = serializers.CharField(source="branch.code")
    size_class = serializers.ChoiceField(choices=[size.value for size in SizeClass], read_only=True)

    class Meta:
        model = Enterprise
        fields = (
            "reference",
            "legal_name",
            "former_names",
            "identifier_kind",
            "identifier",
            "industry",
            "setting",
            "employees",
            "annual_revenue_amount",
            "founded_on",
            "branch",
            "size_class",
            "registered_at",
        )
        read_only_fields = fields


class RequirementSerializer(serializers.Serializer):
    """A check that is needed, and how it stands."""

    kind = serializers.ChoiceField(choices=CheckKind.choices)
    person = serializers.CharField(source="person.full_name", allow_null=True, default=None)
    person_reference = serializers.CharField(source="person.reference", allow_null=True, default=None)
    state = serializers.ChoiceField(choices=sorted(diligence.BADGES))
    checked_at = serializers.DateTimeField(source="check.checked_at", allow_null=True, default=None)
    expires_on = serializers.DateField(source="check.expires_on", allow_null=True, default=None)


class ChecksSerializer(serializers.Serializer):
    """Whether the bank knows who this is: true, false when a check failed, null while one is missing or expired."""

    identity_verified = serializers.BooleanField(allow_null=True)
    checks = RequirementSerializer(many=True)


class PaperSerializer(serializers.ModelSerializer):
    """A paper on file; ``seen_at`` says when somebody of the bank looked at it."""

    enterprise = serializers.CharField(source="enterprise.reference")
    person = serializers.CharField(source="person.full_name", allow_null=True, default=None)
    person_reference = serializers.CharField(source="person.reference", allow_null=True, default=None)
    name = serializers.CharField(source="file.original_name")
    media_type = serializers.CharField(source="file.media_type")

    class Meta:
        model = Paper
        fields = (
            "reference",
            "enterprise",
            "kind",
            "person",
            "person_reference",
            "name",
            "media_type",
            "came_with",
            "added_at",
            "seen_at",
        )
        read_only_fields = fields


class NewPaperSerializer(serializers.Serializer):
    """A photo or PDF document that a member brings."""

    file = serializers.FileField(help_text="JPEG, PNG, HEIC, WebP or PDF, up to 10 MB.")
    kind = serializers.ChoiceField(choices=PaperKind.choices)
    person = serializers.CharField(
        max_length=20,
        required=False,
        default="",
        help_text="Whose identity document it is: a ``person_reference`` of the enterprise's checks.",
    )

    def details(self) -> PaperDetails:
        """Give what was told, as the operation takes it.

        :raises PaperRefused: of somebody who is not here.
        """
        told = self.validated_data
        person = User.objects.filter(reference=told["person"]).first()
        if told["person"] and person is None:
            raise PaperRefused
        return PaperDetails(told["kind"], person)

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        """Ask whose identity document it is, and of nothing else."""
        if bool(told["person"]) != (told["kind"] == PaperKind.IDENTITY_DOCUMENT):
            raise serializers.ValidationError({"person": _("Say whose identity document it is, and only of one.")})
        return told


class ChangeSerializer(serializers.Serializer):
    """One detail of a correction, as texts: trades and branches by their codes, days as ISO 8601."""

    detail = serializers.ChoiceField(choices=Detail.choices)
    before = serializers.CharField()
    after = serializers.CharField()


class CorrectionSerializer(serializers.ModelSerializer):
    """A correction of details: ``asked``, ``proposed``, ``agreed``, ``done`` (at once), ``refused``, ``withdrawn``."""

    enterprise = serializers.CharField(source="enterprise.reference")
    person_reference = serializers.CharField(source="person.reference", allow_null=True, default=None)
    paper = serializers.CharField(source="paper.reference", allow_null=True, default=None)
    details = ChangeSerializer(many=True)

    class Meta:
        model = DetailsCorrection
        fields = (
            "reference",
            "enterprise",
            "person_reference",
            "status",
            "details",
            "reason",
            "paper",
            "note",
            "asked_at",
            "proposed_at",
            "decided_at",
        )
        read_only_fields = fields


class NewCorrectionSerializer(serializers.Serializer):
    """What is wrong: only what differs need be given; ``full_name`` with a person, the others without."""

    legal_name = serializers.CharField(max_length=120, required=False)
    identifier = serializers.CharField(max_length=40, required=False)
    founded_on = serializers.DateField(required=False)
    industry = serializers.SlugRelatedField(slug_field="code", queryset=Industry.objects.all(), required=False)
    branch = serializers.SlugRelatedField(slug_field="code", queryset=Branch.objects.all(), required=False)
    setting = serializers.ChoiceField(choices=Setting.choices, required=False)
    employees = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    annual_revenue_amount = WrittenAmount(max_digits=16, decimal_places=2, min_value=Decimal(0), required=False)
    person = serializers.CharField(
        max_length=20, required=False, help_text="Whose name it is: a ``person_reference`` of the enterprise's checks."
    )
    full_name = serializers.CharField(max_length=80, required=False)
    reason = serializers.CharField(max_length=200)
    file = serializers.FileField(required=False, help_text="JPEG, PNG, HEIC, WebP or PDF, up to 10 MB, that shows it.")

    validate_branch = _validate_branch

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        """Ask for a person's name, or for details of the enterprise, and not for both."""
        given = set(told) & set(Detail.values)
        if given != {Detail.FULL_NAME.value} if "person" in told else Detail.FULL_NAME in given:
            raise serializers.ValidationError({"full_name": _("Give it with the person whose name it is, alone.")})
        return told

    def asked(self, enterprise: Enterprise) -> AskedCorrection:
        """Give what was told, as the operation takes it."""
        told = dict(self.validated_data)
        written = {name: told[name] for name in Detail.values if name in told}
        for name in ("industry", "branch"):
            if name in written:
                written[name] = written[name].code
        if "identifier" in written:
            kind, number = enterprise.identifier_kind, written["identifier"]
            written["identifier"] = identifiers.normalized(kind, number) or number
        if "annual_revenue_amount" in written:
            written["annual_revenue_amount"] = written["annual_revenue_amount"].quantize(Decimal("0.01"))
        values = {name: " ".join(str(value).split()) for name, value in written.items()}
        return AskedCorrection(values, told["reason"], told.get("file"))


class StepSerializer(serializers.Serializer):
    """What happens to a correction."""

    step = serializers.ChoiceField(choices=[event.value for event in CorrectionEvent])
    note = serializers.CharField(max_length=200, required=False, default="", help_text="Why not: with ``refuse``.")


class RegisterSerializer(serializers.Serializer):
    """A new enterprise."""

    legal_name = serializers.CharField(max_length=120)
    identifier_kind = serializers.ChoiceField(choices=IdentifierKind.choices)
    identifier = serializers.CharField(max_length=40)
    industry = serializers.SlugRelatedField(slug_field="code", queryset=Industry.objects.all())
    setting = serializers.ChoiceField(choices=Setting.choices)
    employees = serializers.IntegerField(min_value=1, max_value=100_000)
    annual_revenue_amount = WrittenAmount(max_digits=16, decimal_places=2, min_value=Decimal(0))
    founded_on = serializers.DateField()
    branch = serializers.SlugRelatedField(slug_field="code", queryset=Branch.objects.all())
    consented_to = serializers.CharField(
        max_length=20,
        help_text=f"The version of the wording that the person agreed to; now {consents.CURRENT_VERSION}.",
    )

    validate_branch = _validate_branch

    def details(self) -> EnterpriseDetails:
        """Give what was told, without the agreement."""
        told = dict(self.validated_data)
        del told["consented_to"]
        return EnterpriseDetails(**told)
