"""Cash paid in and out."""

from collections.abc import Iterable
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity import phones
from accounts.identity.models import User
from accounts.settlement.operations.fetching import Fetcher
from accounts.settlement.states import KnownBy, Way
from portal.core.amounts import AmountField, InCurrency
from portal.core.idempotency import IdempotencyKeyField


class CashForm(InCurrency):
    """Cash at the counter: in or out, how much, what for; and of cash paid out, to whom and how they are known."""

    FIELDS: Final = dict.fromkeys(("amount_refused", "insufficient_funds"), "amount") | {
        "fetcher_no_owner": "person",
        "fetcher_number_missing": "known_by",
        "fetcher_number_new": "known_by",
        "document_not_recorded": "known_by",
        "document_differs": "ending",
        "document_tries": "ending",
    }

    idempotency_key = IdempotencyKeyField()
    way = forms.ChoiceField(
        label=_("Paid in or out?"),
        choices=[("in", _("Paid in")), ("out", _("Paid out"))],
        widget=forms.RadioSelect,
        help_text=_("Cash paid in is booked at once; cash paid out is looked at first."),
    )
    amount = AmountField(label=_("Amount"))
    text = forms.CharField(label=_("What for"), max_length=140, required=False)
    person = forms.ChoiceField(label=_("Paid out: who fetches it?"), widget=forms.RadioSelect, required=False)
    known_by = forms.ChoiceField(
        label=_("Paid out: how do you know them?"),
        choices=KnownBy.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text=_("Where the phone is not at hand, look at the document; a colleague then looks at it as well."),
    )
    ending = forms.CharField(label=_("Last four characters of the document's number"), max_length=8, required=False)

    def __init__(self, *args: Any, owners: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {owner.reference: owner for owner in owners}
        person: Any = self.fields["person"]
        person.choices = [
            (reference, f"{owner} · {phones.masked(owner.phone)}") for reference, owner in self.owners.items()
        ]
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": True}
        paid_out = Div("person", "known_by", "ending", css_class="at-times")
        self.helper.layout = Layout("idempotency_key", "way", "amount", "text", paid_out)
        self.helper.add_input(Submit("review", _("Continue"), css_id="book"))

    def clean(self) -> dict[str, Any]:
        """Ask of cash paid out to whom, and by what they are known."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("way") == Way.OUT:
            by_document = told.get("known_by") not in {"", None, KnownBy.CODE}
            for name in ("person", "known_by", *(["ending"] if by_document else [])):
                if not told.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return told

    @property
    def fetcher(self) -> Fetcher:
        """Tell who fetches the cash, and how they are known."""
        told = self.cleaned_data
        return Fetcher(self.owners[told["person"]], KnownBy(told["known_by"]), told["ending"])
