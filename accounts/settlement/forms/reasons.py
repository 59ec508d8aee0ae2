"""Saying why."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why an account is frozen, or released again."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
