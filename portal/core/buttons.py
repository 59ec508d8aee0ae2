"""How a form with one button is laid out."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit


def with_button(label: Any) -> FormHelper:
    """Lay a form out top to bottom with one button; what is missing or wrong the page says, not the browser."""
    helper = FormHelper()
    helper.attrs = {"novalidate": True}
    helper.add_input(Submit("submit", label))
    return helper
