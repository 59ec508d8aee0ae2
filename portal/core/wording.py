"""What a form says where it has no words of its own, of no answer yet and of one that will not do: the house's words.

Fields take their words when they are made, so these are put in place before any form is.
"""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

NOTHING_YET: Final = _("Choose from the list")
LISTED: Final = _("Choose one of those listed.")
SEVERAL: Final = {"invalid_choice": LISTED, "invalid_list": LISTED, "invalid_pk_value": LISTED}
LIMITS: Final = {
    "min_value": _("Give at least %(limit_value)s."),
    "max_value": _("Give at most %(limit_value)s."),
    "step_size": _("Give a multiple of %(limit_value)s."),
}
DAY: Final = _("Choose a day.")
WORDS: Final[Mapping[type[forms.Field], Mapping[str, Any]]] = {
    forms.Field: {"required": _("Fill this in.")},
    forms.CharField: {
        "max_length": _("Use up to %(limit_value)d characters."),
        "min_length": _("Use at least %(limit_value)d characters."),
    },
    forms.EmailField: {"invalid": _("Give an e-mail address, for example name@example.com.")},
    forms.URLField: {"invalid": _("Give a web address that begins with https://.")},
    forms.SlugField: {"invalid": _("Use Latin letters, digits, hyphens and underscores only.")},
    forms.IntegerField: {"invalid": _("Give a whole number."), **LIMITS},
    forms.DecimalField: {
        "invalid": _("Give a number."),
        "max_digits": _("This number has too many digits."),
        "max_whole_digits": _("This number has too many digits."),
        "max_decimal_places": _("Use up to %(max)s decimals."),
    },
    forms.DateField: {"required": DAY, "invalid": DAY},
    forms.BooleanField: {"required": _("Tick this box.")},
    forms.ChoiceField: {"required": _("Choose one."), "invalid_choice": LISTED},
    forms.MultipleChoiceField: SEVERAL,
    forms.ModelChoiceField: {"invalid_choice": LISTED},
    forms.ModelMultipleChoiceField: SEVERAL,
    forms.JSONField: {"invalid": _("This did not arrive whole. Reload the page and try again.")},
    forms.FileField: {
        "required": _("Choose a file first."),
        "missing": _("Choose a file first."),
        "invalid": _("The file did not arrive. Choose it again."),
        "empty": _("The file is empty. Choose another one."),
        "max_length": _("The name of the file is too long. Give it a shorter one."),
    },
}


def put_in_place() -> None:
    """Let every field that is made from now on speak so."""
    for field, words in WORDS.items():
        own = vars(field).get("default_error_messages", {})
        field.default_error_messages = {**own, **words}
    defaults = forms.ModelChoiceField.__init__.__kwdefaults__
    assert defaults, "Django names the empty choice there"
    defaults["empty_label"] = NOTHING_YET
