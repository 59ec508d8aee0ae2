"""The shape of a watchlist's file that staff bring."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.idempotency import IdempotencyKeyField


class WatchlistForm(forms.Form):
    """Which list it is, of which day, and its file."""

    FIELDS: Final = {
        "file_empty": "file",
        "file_too_large": "file",
        "watchlist_of_tomorrow": "as_of",
        "watchlist_on_its_way": "name",
    }

    name = forms.SlugField(
        label=_("List"),
        help_text=_("A short name that stays the same from version to version, in Latin letters: un-sanctions."),
        max_length=40,
        widget=forms.TextInput(attrs={"list": "lists", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Name the list.")},
    )
    as_of = forms.DateField(
        label=_("As of"),
        help_text=_("The day on which the list was so, as its publisher says."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"}),
        error_messages={"required": _("Say of which day the list is.")},
    )
    file = forms.FileField(
        label=_("File (CSV)"),
        help_text=_(
            "UTF-8 with a heading: name, aliases, birth_year, country, list_kind (sanctions or pep), reference. Or the "
            "sdn.csv of OFAC as it is published. Up to 10 MB and 200,000 lines."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    idempotency_key = IdempotencyKeyField()
