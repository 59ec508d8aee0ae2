"""The shape of what learners send."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.buttons import with_button
from portal.core.language import localized
from training.models import Answer, Choice


class QuizForm(forms.Form):
    """The questions of an attempt, each a group of choices named by its position."""

    def __init__(self, questions: Sequence[tuple[Answer, Sequence[Choice]]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for answer, choices in questions:
            self.fields[f"question_{answer.position}"] = forms.TypedChoiceField(
                label=f"{answer.position}. {localized(answer.question, 'text')}",
                choices=[(choice.pk, localized(choice, "text")) for choice in choices],
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose an answer.")},
            )
        self.helper = with_button(_("Send my answers"))
        self.helper.form_class = "quiz"

    def answers(self) -> dict[int, int]:
        """Give the choice made at each position."""
        return {int(name.removeprefix("question_")): choice for name, choice in self.cleaned_data.items()}


class VerifyForm(forms.Form):
    """The code of a certificate."""

    code = forms.CharField(
        label=_("Certificate number"),
        max_length=40,
        help_text=_("It stands at the foot of the certificate, for example C-7K3QX9TM4B2D."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_action = "training:verify"
        self.helper.add_input(Submit("submit", _("Check it")))
