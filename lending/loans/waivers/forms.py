"""The shape of proposing a waiver."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from lending.loans.proposals.forms import why
from portal.core.amounts import AmountField
from portal.core.buttons import with_button
from portal.core.idempotency import IdempotencyKeyField


class ProposeForm(forms.Form):
    """How much late interest is waived, and why."""

    FIELDS: Final = {"waiver_amount_wrong": "amount", "no_late_interest": "amount", "proposal_reason_missing": "reason"}

    amount = AmountField(label=_("Late interest to waive"))
    reason = why(_("Why it is waived"))
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(_("Propose the waiver"))
