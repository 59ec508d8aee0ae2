"""What people ask the books."""

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class DayForm(forms.Form):
    """The books of which day and currency; empty is today, in the bank's currency."""

    on = forms.DateField(label=_("At the end of"), widget=forms.DateInput(attrs={"type": "date"}))
    currency = forms.ChoiceField(label=_("Currency"))

    def __init__(self, data: Any, *, today: date, currencies: list[str]) -> None:
        chosen = data.get("currency") or settings.BANK_CURRENCY
        super().__init__({"on": data.get("on") or today.isoformat(), "currency": chosen})
        self.fields["currency"] = forms.ChoiceField(
            label=_("Currency"), choices=[(code, code) for code in currencies or [settings.BANK_CURRENCY]]
        )
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.form_class = "filter"
        self.helper.add_input(Submit("", _("Show"), css_class="btn btn-secondary", css_id="show"))


class ReasonForm(forms.Form):
    """Why a month is not closed."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
