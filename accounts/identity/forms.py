"""The shape of what people tell about themselves."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class PhoneField(forms.CharField):
    """A mobile number, local or international; it comes out in E.164 form."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["label"] = _("Mobile number")
        kwargs["widget"] = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Check and normalize the number."""
        from accounts.identity.adapter import normalized_phone

        text = str(super().clean(value) or "")
        return normalized_phone(text) if text else ""


class SignupForm(forms.Form):
    """What we ask besides phone, e-mail and password."""

    full_name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    field_order = ["full_name", "phone", "email", "password1"]

    def signup(self, _request: Any, user: Any) -> None:
        """Complete the new person."""
        user.full_name = self.cleaned_data["full_name"]
        user.language = get_language() or "en"
        user.save(update_fields=["full_name", "language"])
