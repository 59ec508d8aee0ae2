"""Who lost what they sign in with, and by what somebody of the bank knows them."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity.forms.fields import ContactField, PhoneField
from accounts.identity.models import IdentityPaper
from portal.core.idempotency import IdempotencyKeyField


class LostPhoneForm(forms.Form):
    """Whose it is, which number is new, and which paper was seen."""

    FIELDS: Final = {
        "lost_phone_own": "contact",
        "lost_phone_elsewhere": "contact",
        "lost_phone_partner": "contact",
        "lost_phone_waits": "contact",
        "lost_phone_taken": "number",
        "lost_phone_same_number": "number",
        "lost_phone_unreachable": "number",
    }

    contact = ContactField(
        label=_("Mobile number or e-mail until now"),
        help_text=_("By which the person has signed in."),
    )
    number = PhoneField(required=False)
    paper = forms.ChoiceField(
        label=_("Identity paper you have seen"),
        choices=IdentityPaper.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say which paper you have seen.")},
    )
    reason = forms.CharField(
        label=_("What was lost, and how"),
        help_text=_("For example: phone stolen on the market on Monday, new number since today."),
        max_length=200,
        error_messages={"required": _("Say what happened.")},
    )
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].label = _("New mobile number")
        self.fields["number"].help_text = _("Leave it empty if the number stays and only the second factor is lost.")
