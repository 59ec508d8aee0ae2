"""What we ask of a new person besides number, e-mail and password; allauth builds its sign-up form on this one."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class NewPersonForm(forms.Form):
    """The name, and the language they are reading."""

    full_name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    field_order = ["full_name", "phone", "email", "password1"]

    def signup(self, _request: Any, user: Any) -> None:
        """Complete the new person."""
        user.full_name = self.cleaned_data["full_name"]
        user.language = get_language() or "en"
        user.save(update_fields=["full_name", "language"])
