"""What owners choose to be told, and where their programs are told it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout, Submit
from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.settlement.happenings import AMOUNT_LABELS, ON_BY_DEFAULT, WEBHOOK_EVENTS, Happening
from accounts.settlement.models import NoticePreference
from accounts.settlement.operations import Choice
from portal.core.amounts import AmountField, InCurrency
from portal.core.idempotency import IdempotencyKeyField
from portal.core.models import Channel


class NoticesForm(InCurrency):
    """For each kind of happening: by text message, by e-mail, from or below which amount.

    ``usual`` is the channel by which an owner is told what is on by default.
    """

    def __init__(
        self, data: Any = None, *, chosen: Iterable[NoticePreference] = (), usual: Channel | None = None
    ) -> None:
        super().__init__(data)
        sets = []
        for kind in Happening:
            names = [f"{kind}_{channel}" for channel in Channel]
            for name, channel in zip(names, Channel, strict=True):
                self.fields[name] = forms.BooleanField(label=channel.label, required=False)
            if kind in AMOUNT_LABELS:
                names.append(f"{kind}_amount")
                self.fields[names[-1]] = _amount(kind)
            sets.append(Fieldset(kind.label, Div(*names[: len(Channel)], css_class="pair"), *names[len(Channel) :]))
        unsaid = ON_BY_DEFAULT - {each.kind for each in chosen} if usual else ()
        self.initial = {f"{kind}_{usual}": True for kind in unsaid}
        self.initial |= {f"{each.kind}_{each.channel}": each.is_wanted for each in chosen}
        self.initial |= {f"{each.kind}_amount": each.threshold_amount for each in chosen if each.threshold_amount}
        self.helper = FormHelper()
        self.helper.layout = Layout(*sets, Submit("", _("Save"), css_id="save"))

    def choices(self) -> list[Choice]:
        """Give what was chosen."""
        told = self.cleaned_data
        return [
            Choice(kind, channel, told.get(f"{kind}_amount") or Decimal(0))
            for kind in Happening
            for channel in Channel
            if told[f"{kind}_{channel}"]
        ]


def _amount(kind: Happening) -> AmountField:
    """Ask for an amount; several stand on the page under one label, so a refusal above them names the notice."""
    field = AmountField(label=AMOUNT_LABELS[kind], min_value=Decimal(0), required=False)
    field.full_label = format_lazy(_("{notice}, “{label}”"), notice=kind.label, label=AMOUNT_LABELS[kind])
    return field


class WebhookForm(forms.Form):
    """An address, and what it is told."""

    idempotency_key = IdempotencyKeyField()
    url = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("It begins with https:// and can be reached from everywhere."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
    )
    events = forms.MultipleChoiceField(
        label=_("What it is told"), choices=list(WEBHOOK_EVENTS.items()), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("", _("Add the address"), css_id="add"))
