"""The form on which staff bring a document that may decide."""

import json
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.buttons import with_button

LARGEST_FILE: Final = 5_000_000


class DocumentForm(forms.Form):
    """A scorecard, a policy, a challenger or industry standards, as a file."""

    file = forms.FileField(
        label=_("Document (JSON)"),
        help_text=_("Download a version, change it in a text editor, bring it here."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(_("Propose this document"))

    def clean_file(self) -> Any:
        """Read the document: what follows checks its parts."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is too large for a document that decides."))
        try:
            document = json.loads(file.read().decode("utf-8-sig"), parse_constant=_no_number)
            written = json.dumps(document, ensure_ascii=False, allow_nan=False)
            written.encode()
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(
                _("The file is not JSON in UTF-8: %(why)s."), params={"why": str(error).rstrip(".")}
            ) from error
        if "\\u0000" in written:
            raise forms.ValidationError(_("The file holds characters that are no text."))
        return document


def _no_number(name: str) -> None:
    raise ValueError(name)
