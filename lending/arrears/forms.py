"""The shape of what staff tell of a contact."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from lending.arrears.models import ContactWay
from lending.arrears.operations import Said
from portal.core.amounts import AmountField
from portal.core.buttons import with_button
from portal.core.idempotency import IdempotencyKeyField

YES: Final = "yes"


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"})
    return forms.DateField(label=label, help_text=help_text, required=False, widget=widget)


class ContactForm(forms.Form):
    """How somebody tried to speak with a borrower, and what came of it."""

    FIELDS: Final = {
        "contact_note_missing": "note",
        "promise_half": "promised_amount",
        "promise_without_contact": "promised_amount",
        "promise_amount_wrong": "promised_amount",
        "promise_before_contact": "promised_on",
        "next_step_before_contact": "next_step_on",
    }

    way = forms.ChoiceField(
        label=_("How"),
        choices=ContactWay.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose how you reached out.")),
    )
    reached = forms.ChoiceField(
        label=_("Did you reach anybody?"),
        choices=[(YES, _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Say whether you reached anybody.")),
    )
    note = forms.CharField(
        label=_("What you heard"),
        help_text=_(
            "Needed where you reached somebody. The bank's people and its auditors read it; the borrower does not."
        ),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    promised_amount = AmountField(label=_("Promised amount"), required=False)
    promised_on = _day(_("Promised for"))
    next_step_on = _day(_("Next step on"), _("Without it, the day of the promise counts."))
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(_("Record the contact"))

    def said(self) -> Said:
        """Tell what came of it, as the operation takes it."""
        told = self.cleaned_data
        amount: Decimal | None = told["promised_amount"]
        return Said(
            way=told["way"],
            is_reached=told["reached"] == YES,
            note=told["note"],
            promised_amount=amount,
            promised_on=told["promised_on"],
            next_step_on=told["next_step_on"],
        )
