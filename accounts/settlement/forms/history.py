"""What people choose of an account's history, and papers about it."""

from datetime import date, timedelta
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.amounts import AmountField, InCurrency
from portal.core.idempotency import IdempotencyKeyField

USUAL_DAYS: Final = 90
LONGEST_DAYS: Final = 366
DAYS_TO_COME: Final = _("Choose today or an earlier day.")


class PeriodForm(forms.Form):
    """From which day to which; empty is the last ninety days."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any, *, today: date) -> None:
        filled = {
            "first": data.get("first") or (today - timedelta(days=USUAL_DAYS)).isoformat(),
            "last": data.get("last") or today.isoformat(),
        }
        super().__init__(filled)
        self.today = today
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.form_class = "filter"
        self.helper.layout = Layout(
            Field("first"), Field("last"), Submit("", _("Show"), css_class="btn btn-secondary", css_id="show")
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a period that runs backwards, is longer than a statement covers, or of which nobody knows yet."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if last and last > self.today:
            raise forms.ValidationError({"last": DAYS_TO_COME})
        if first and last and first > last:
            raise forms.ValidationError(_("The first day is after the last."))
        if first and last and (last - first).days >= LONGEST_DAYS:
            raise forms.ValidationError(_("Choose a period of one year at most."))
        return cleaned


class MovementsForm(InCurrency, PeriodForm):
    """Which movements of a period to show: by a word, by amount, in or out; empty is all of them."""

    text = forms.CharField(
        label=_("Word"), max_length=60, required=False, help_text=_("In a name, a text or a reference.")
    )
    low = AmountField(label=_("Amount from"), required=False)
    high = AmountField(label=_("Amount to"), required=False)
    way = forms.ChoiceField(
        label=_("In or out"), choices=[("", _("Both")), ("in", _("Money in")), ("out", _("Money out"))], required=False
    )

    def __init__(self, data: Any, *, today: date, currency: str) -> None:
        super().__init__(data, today=today, currency=currency)
        self.data = {**self.data, **{name: data.get(name, "") for name in ("text", "low", "high", "way")}}
        self.helper.layout = Layout(
            Field("first"), Field("last"), Field("text"), Field("low"), Field("high"), Field("way"),
            Submit("", _("Show"), css_class="btn btn-secondary", css_id="show"),
        )  # fmt: skip

    def asked(self) -> dict[str, Any]:
        """Give what narrows the movements down, if anything does."""
        return {name: self.cleaned_data[name] for name in ("text", "low", "high", "way") if self.cleaned_data[name]}


class CertificateForm(forms.Form):
    """At the end of which day."""

    idempotency_key = IdempotencyKeyField()
    of = forms.DateField(label=_("At the end of"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"of": today - timedelta(days=1)}
        self.helper = FormHelper()
        self.helper.add_input(Submit("", _("Issue a certificate"), css_id="issue"))


class VerifyForm(forms.Form):
    """The code of a certificate of balance or an electronic receipt."""

    code = forms.CharField(
        label=_("Code of the certificate or receipt"),
        max_length=40,
        help_text=_("It stands at the foot of the paper, for example B-7K3QX9TM4B2D."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_action = "settlement:verify"
        self.helper.add_input(Submit("submit", _("Check it")))
