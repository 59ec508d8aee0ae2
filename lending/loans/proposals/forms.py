"""The shape of a reason, and of what the second person says."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

WHY: Final = {"required": _("Say why, in a sentence.")}
CHOOSE: Final = dict.fromkeys(("required", "invalid_choice"), _("Choose one of the answers."))


def why(label: Any, **told: Any) -> forms.CharField:
    """Ask for a reason in a few lines."""
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=2000, widget=area, **{"error_messages": WHY, **told})


class DecideForm(forms.Form):
    """What the second person says."""

    FIELDS: Final = {"proposal_reason_missing": "note"}

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[("approve", _("Approve")), ("decline", _("Decline"))],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    note = why(_("Why"))
