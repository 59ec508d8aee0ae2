"""The shape of judging a loan worse, taking that back, writing it off, and reversing a write-off."""

from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lending.loans.losses.classes import RiskClass
from lending.loans.proposals.forms import CHOOSE, why
from portal.core import files
from portal.core.idempotency import IdempotencyKeyField


def _helper(button: Any) -> FormHelper:
    helper = FormHelper()
    helper.attrs = {"novalidate": True}
    helper.add_input(Submit("submit", button))
    return helper


class JudgeForm(forms.Form):
    """A worse class, and why."""

    FIELDS: Final = {"class_not_worse": "risk_class", "judgment_reason_missing": "reason"}

    risk_class = forms.TypedChoiceField(label=pgettext_lazy("risk", "Class"), coerce=int, error_messages=CHOOSE)
    reason = why(_("Why"))

    def __init__(self, *args: Any, better_than: RiskClass, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        worse = [each for each in RiskClass if each > better_than]
        self.fields["risk_class"].choices = [(each.value, each.label) for each in worse]  # type: ignore[attr-defined]
        self.helper = _helper(_("Put it in this class"))


class LiftForm(forms.Form):
    """Why what a colleague found holds no more."""

    FIELDS: Final = {"judgment_reason_missing": "reason"}

    reason = why(_("Why"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper(_("Take it back"))


class ProposeForm(forms.Form):
    """Why nobody expects the money any more, and what shows it."""

    FIELDS: Final = dict.fromkeys(("write_off_grounds_missing",), "grounds") | dict.fromkeys(files.REFUSALS, "file")

    grounds = why(
        _("Why nobody expects this money any more, and what was tried"),
        error_messages={"required": _("Say why nobody expects this money any more, and what was tried.")},
    )
    file = forms.FileField(
        label=_("A document that shows it"),
        required=False,
        help_text=_("A photo or PDF, up to 10 MB: a court's ruling, a death certificate, a deregistration."),
    )
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper(_("Propose the write-off"))


class ReverseForm(forms.Form):
    """Why a write-off was a mistake."""

    FIELDS: Final = {"proposal_reason_missing": "reason"}

    reason = why(_("Why the write-off was a mistake"))
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper(_("Propose the reversal"))
