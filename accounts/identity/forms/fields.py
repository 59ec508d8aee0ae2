"""Fields that several forms ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity import phones, queries
from accounts.identity.models import User


class PhoneField(forms.CharField):
    """A mobile number, local or international; it comes out in E.164 form."""

    default_error_messages = {"invalid": _("Enter a mobile number, for example 138 0013 8000.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                **kwargs,
                "label": _("Mobile number"),
                "max_length": 30,
                "widget": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
            }
        )

    def clean(self, value: Any) -> str:
        """Check and normalize the number."""
        text = str(super().clean(value) or "")
        if not text:
            return ""
        number = phones.normalized(text)
        if number is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class ContactField(forms.CharField):
    """The number or e-mail that somebody has signed up with; it comes out as the person."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def clean(self, value: Any) -> User:
        """Find the person."""
        found = queries.person_by_contact(str(super().clean(value)))
        if found is None:
            raise forms.ValidationError(_("Nobody has signed up with this number or e-mail."))
        return found
