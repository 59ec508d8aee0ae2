"""What somebody asks to be corrected of an enterprise or a person, why, and what shows it."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.identity import identifiers, queries
from accounts.identity.correction_states import Detail
from accounts.identity.forms.enterprises import PlaceForm, WhoForm
from accounts.identity.models import Branch, Enterprise, User
from accounts.identity.operations import AskedCorrection
from accounts.identity.operations.register import IdentifierInvalid
from portal.core import formats, refusals
from portal.core.idempotency import IdempotencyKeyField
from portal.core.language import localized


class WhyForm(forms.Form):
    """Why it is wrong, and a paper that shows it."""

    FIELDS: Final = {
        "identifier_invalid": "identifier",
        "identifier_taken": "identifier",
        "founded_in_future": "founded_on",
        "founded_too_early": "founded_on",
    }

    reason = forms.CharField(
        label=gettext_lazy("What is wrong, and how was it noticed?"),
        help_text=gettext_lazy("For example: one character mistyped when registering; the license has the right one."),
        max_length=200,
        error_messages={"required": gettext_lazy("Say what is wrong.")},
    )
    file = forms.FileField(
        label=gettext_lazy("Photo or PDF of a paper that shows it"),
        help_text=gettext_lazy("JPEG, PNG, HEIC, WebP or PDF, up to 10 MB. A photo with your phone is fine."),
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
        required=False,
    )
    idempotency_key = IdempotencyKeyField()

    def asked_of(self, told: dict[str, str]) -> AskedCorrection:
        """Give what was told of each detail and why, as the operation takes it."""
        return AskedCorrection(told, self.cleaned_data["reason"], self.cleaned_data["file"])


class NameCorrectionForm(WhyForm):
    """The right name of a person."""

    full_name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give the name as on the identity card.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("full_name",)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"full_name": person.full_name}
        self.fields["full_name"].help_text = _on_file(person.full_name)

    def asked(self) -> AskedCorrection:
        """Give the name in one form: no blanks around or twice between."""
        return self.asked_of({Detail.FULL_NAME.value: " ".join(self.cleaned_data["full_name"].split())})


class CorrectionForm(WhyForm, PlaceForm):
    """Every detail as it is on file: whoever asks changes what is wrong."""

    legal_name = WhoForm.base_fields["legal_name"]
    identifier = WhoForm.base_fields["identifier"]
    founded_on = WhoForm.base_fields["founded_on"]
    trade = forms.CharField(label=gettext_lazy("Trade"), max_length=80, required=False)
    industry = forms.ChoiceField(
        label=gettext_lazy("Which trade fits best?"), widget=forms.RadioSelect, required=False, choices=()
    )
    field_order = (
        *("legal_name", "identifier", "founded_on", "trade", "industry", "branch"),
        *("setting", "employees", "annual_revenue_amount", "reason", "file"),
    )

    def __init__(self, *args: Any, enterprise: Enterprise, **kwargs: Any) -> None:
        initial = queries.details_of(enterprise) | {"branch": enterprise.branch_id, "industry": None}
        super().__init__(*args, **kwargs)
        self.initial = initial
        self.enterprise = enterprise
        fields: dict[str, Any] = self.fields
        kept = queries.branches_for_customers() | Branch.objects.filter(pk=enterprise.branch_id)
        fields["branch"].queryset = kept
        for name, written in self._on_file().items():
            fields[name].help_text = _on_file(written)
        fields["trade"].help_text += " · " + _("Wrong? Say in your own words what it does.")
        words = str(self.data.get("trade", "")) if self.is_bound else ""
        found = queries.find_industries(words)
        fields["industry"].choices = [(each.code, localized(each, "name") + formats.aside(each.code)) for each in found]
        if not found:
            del fields["industry"]

    def _on_file(self) -> dict[str, str]:
        kept = self.enterprise
        return {
            "legal_name": kept.legal_name,
            "identifier": kept.identifier,
            "founded_on": formats.day(kept.founded_on),
            "trade": localized(kept.industry, "name") + formats.aside(kept.industry_id),
            "branch": localized(kept.branch, "name"),
            "setting": kept.get_setting_display(),
            "employees": formats.number(kept.employees),
            "annual_revenue_amount": formats.money(kept.annual_revenue_amount),
        }

    def clean_identifier(self) -> str:
        """Write the number in its one form."""
        kind, told = self.enterprise.identifier_kind, self.cleaned_data["identifier"]
        number = identifiers.normalized(kind, told)
        if number is None:
            raise forms.ValidationError(refusals.sentence(IdentifierInvalid(kind, told)))
        return number

    def clean(self) -> dict[str, Any]:
        """Ask which of the trades found it is."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("trade") and "industry" not in self.fields:
            self.add_error("trade", _("We found no trade for these words. Try others."))
        elif cleaned.get("trade") and not cleaned.get("industry"):
            self.add_error("industry", _("Choose the trade that fits best."))
        return cleaned

    def asked(self) -> AskedCorrection:
        """Give what was told of each detail, as the operation takes it."""
        told = self.cleaned_data
        values = {
            Detail.LEGAL_NAME.value: " ".join(told["legal_name"].split()),
            Detail.IDENTIFIER.value: told["identifier"],
            Detail.FOUNDED_ON.value: told["founded_on"].isoformat(),
            Detail.INDUSTRY.value: told.get("industry") or self.enterprise.industry_id,
            Detail.BRANCH.value: told["branch"].code,
            Detail.SETTING.value: told["setting"],
            Detail.EMPLOYEES.value: str(told["employees"]),
            Detail.ANNUAL_REVENUE.value: str(told["annual_revenue_amount"].quantize(Decimal("0.01"))),
        }
        return self.asked_of(values)


def _on_file(written: str) -> str:
    return _("On file: %(value)s") % {"value": written}


class RefusalForm(forms.Form):
    """Why something stays as it is."""

    FIELDS: Final = {"correction_note_missing": "note"}

    note = forms.CharField(
        label=gettext_lazy("Why not?"),
        help_text=gettext_lazy("The customer reads this."),
        max_length=200,
        error_messages={"required": gettext_lazy("Say why it is not corrected.")},
    )
