"""The shape of judging a loan worse, taking that back, writing it off, and reversing a write-off."""

from datetime import date
from typing import Any, Final

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lending.loans.losses.classes import RiskClass, Rules
from lending.loans.proposals.forms import CHOOSE, why
from portal.core.amounts import PercentField
from portal.core.buttons import with_button
from portal.core.idempotency import IdempotencyKeyField

PERCENT: Final[dict[str, Any]] = {
    "max_value": 100,
    "decimal_places": 2,
    "error_messages": dict.fromkeys(
        ("required", "invalid", "min_value", "max_value", "max_decimal_places", "max_digits", "max_whole_digits"),
        _("Enter a percentage from 0 to 100, with two decimals at most."),
    ),
}


class JudgeForm(forms.Form):
    """A worse class, and why."""

    FIELDS: Final = {"class_not_worse": "risk_class", "judgment_reason_missing": "reason"}

    risk_class = forms.TypedChoiceField(label=pgettext_lazy("risk", "Class"), coerce=int, error_messages=CHOOSE)
    reason = why(_("Why"))

    def __init__(self, *args: Any, better_than: RiskClass, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        worse = [each for each in RiskClass if each > better_than]
        self.fields["risk_class"].choices = [(each.value, each.label) for each in worse]  # type: ignore[attr-defined]
        self.helper = with_button(_("Put it in this class"))


class LiftForm(forms.Form):
    """Why what a colleague found holds no more."""

    FIELDS: Final = {"judgment_reason_missing": "reason"}

    reason = why(_("Why"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(_("Take it back"))


class ProposeForm(forms.Form):
    """Why nobody expects the money any more, and what shows it."""

    FIELDS: Final = {"write_off_grounds_missing": "grounds"}

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
        self.helper = with_button(_("Propose the write-off"))


class ReverseForm(forms.Form):
    """Why a write-off was a mistake."""

    FIELDS: Final = {"proposal_reason_missing": "reason"}

    reason = why(_("Why the write-off was a mistake"))
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(_("Propose the reversal"))


def _number(label: Any, most: int = 3650) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    wrong = dict.fromkeys(
        ("required", "invalid", "min_value", "max_value"), _("A whole number of days or months is needed.")
    )
    return forms.IntegerField(label=label, min_value=0, max_value=most, widget=widget, error_messages=wrong)


class RulesForm(forms.Form):
    """From how many days past due on a class begins, and what it asks for."""

    special_mention_days = _number(_("Special mention from day"))
    substandard_days = _number(_("Substandard from day"))
    doubtful_days = _number(_("Doubtful from day"))
    loss_days = _number(_("Loss from day"))
    observed_months = _number(_("Months under observation after a rescheduling"), 120)
    pass_rate = PercentField(label=_("Pass, in percent"), **PERCENT)
    special_mention_rate = PercentField(label=_("Special mention, in percent"), **PERCENT)
    substandard_rate = PercentField(label=_("Substandard, in percent"), **PERCENT)
    doubtful_rate = PercentField(label=_("Doubtful, in percent"), **PERCENT)
    loss_rate = PercentField(label=_("Loss, in percent"), **PERCENT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(_("Propose these rules"))
        self.helper.layout = Layout(Row(*(Column(name, css_class="col-md-6") for name in self.fields)))


def initial_of(rules: Rules) -> dict[str, Any]:
    """Fill the form with the rules in force."""
    days = dict(zip(list(RiskClass)[1:], rules.late_from_days, strict=True))
    rates = dict(zip(RiskClass, rules.rates, strict=True))
    return (
        {f"{each.code}_days": first for each, first in days.items()}
        | {f"{each.code}_rate": f"{(rate * 100).normalize():f}" for each, rate in rates.items()}
        | {"observed_months": rules.observed_months}
    )


class ApproveRulesForm(forms.Form):
    """From which day the rules count."""

    in_force_from = forms.DateField(
        label=_("In force from"),
        help_text=_("From this day on loans are classified by them. What was posted before stands."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"in_force_from": today}, **kwargs})
        self.fields["in_force_from"].widget.attrs["min"] = today.isoformat()
