"""The shape of proposing, deciding on and agreeing to a rescheduling."""

from typing import Any, Final, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lending.loans.forms import SignForm
from lending.loans.proposals.forms import why
from lending.loans.rescheduling.terms import Wanted
from lending.products.conventions import InterestMethod
from portal.core import interest
from portal.core.buttons import with_button
from portal.core.idempotency import IdempotencyKeyField

MOST_INSTALLMENTS: Final = 600


class ProposeForm(forms.Form):
    """New terms; what they come to is shown before they are proposed: `seen` names what was shown."""

    FIELDS: Final = {
        "first_due_too_early": "first_due_date",
        "pause_too_long": "interest_only",
        "extended_too_long": "installments",
        "proposal_reason_missing": "reason",
    }

    first_due_date = forms.DateField(
        label=_("First installment due"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=dict.fromkeys(("required", "invalid"), _("Choose a day.")),
    )
    installments = forms.IntegerField(label=_("Number of installments"), min_value=1, max_value=MOST_INSTALLMENTS)
    interest_only = forms.IntegerField(
        label=_("Of these, without principal at first"), min_value=0, max_value=MOST_INSTALLMENTS, initial=0
    )
    interest_method = forms.ChoiceField(label=_("How it is repaid"), choices=InterestMethod.choices)
    reason = why(_("Why the loan is rescheduled"))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(_("Show the new schedule"))

    def wanted(self) -> Wanted:
        """Tell what is proposed."""
        told = self.cleaned_data
        return Wanted(
            first_due_date=told["first_due_date"],
            installments=told["installments"],
            interest_only=told["interest_only"],
            interest_method=interest.InterestMethod(told["interest_method"]),
        )

    def mark_seen(self, shown: str) -> None:
        """Let the form be sent once more, with what it comes to in sight."""
        data = cast("QueryDict", self.data).copy()
        data["seen"] = shown
        self.data = data
        self.helper.inputs[0].value = _("Propose this schedule")


class AgreeForm(forms.Form):
    """That the new schedule was read, and the code that confirms it."""

    FIELDS: Final = SignForm.FIELDS

    read = forms.BooleanField(
        label=_("I have read the new schedule and what it costs, and I agree."),
        error_messages={"required": _("Read the new schedule, then tick this box.")},
    )
    code = SignForm.declared_fields["code"]
