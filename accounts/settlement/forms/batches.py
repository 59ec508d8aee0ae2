"""What people send as a batch of payments."""

from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from portal.core.idempotency import IdempotencyKeyField

MAX_BYTES: Final = 2 * 1024 * 1024


def check_size(file: "File[Any]") -> None:
    """Refuse what no file of payments weighs, before it is read."""
    if file.size and file.size > MAX_BYTES:
        raise forms.ValidationError(_("The file is too large. A file of payments may have up to 2 MB."))


class BatchForm(forms.Form):
    """A file of payments, and what to call it."""

    idempotency_key = IdempotencyKeyField()
    title = forms.CharField(
        label=_("What is it for?"),
        max_length=60,
        help_text=_("For example: wages in March. It stands on each payment that has no text of its own."),
    )
    file = forms.FileField(
        label=_("File of payments"),
        help_text=_("Excel (XLSX) or CSV, up to 2,000 lines: name, account number, bank code, amount, text."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        validators=[check_size],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("", _("Check the file"), css_id="check"))
