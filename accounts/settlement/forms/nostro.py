"""What operations staff fill in about our account at the other bank."""

from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Fieldset, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.settlement import numbers
from accounts.settlement.drawer_states import DeliveryStatus
from accounts.settlement.models import CashDelivery, PaymentInstruction, SettlementAccount, SuspenseItem
from accounts.settlement.nostro_states import Clearing
from accounts.settlement.operations import NamedCash
from portal.core.idempotency import IdempotencyKeyField


class NostroForm(forms.Form):
    """A file from the other bank."""

    idempotency_key = IdempotencyKeyField()
    file = forms.FileField(
        label=_("File from the other bank"),
        help_text=_("A statement (camt.053, MT940, CSV), a notification (camt.054) or a status report (pain.002)."),
        widget=forms.FileInput(attrs={"accept": ".xml,.sta,.mt940,.940,.csv,.txt"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("", _("Send the file"), css_id="send_file"))


class ClearingForm(forms.Form):
    """What money in suspense is, and where it goes."""

    FIELDS: Final = {
        "payee_number_wrong": "sender_number",
        "bank_code_wrong": "sender_bank_code",
        "bank_of_another_country": "sender_bank_code",
        "insufficient_funds": "number",
        "account_not_open": "number",
    }
    OF_WHAT_IS_NAMED: Final = ("clearing_differs", "clearing_spent", "clearing_sums")
    NAMED: Final[dict[str, str]] = {Clearing.ACCOUNT: "number", Clearing.INSTRUCTION: "payment", Clearing.CASH: "cash"}

    way = forms.ChoiceField(label=_("What becomes of it?"), choices=Clearing.choices, widget=forms.RadioSelect)
    number = forms.CharField(label=_("The customer's account here (sixteen digits)"), max_length=30, required=False)
    payment = forms.CharField(label=_("Reference of the payment (PI-…)"), max_length=20, required=False)
    cash = forms.CharField(
        label=_("Reference of the cash (CT-…)"),
        max_length=200,
        required=False,
        help_text=_(
            "If the amounts differ, a colleague must agree, and the rest is booked as cash over or short. If the other"
            " bank credited several deposits as one, give all of them, a blank between."
        ),
    )
    beside = forms.CharField(
        label=_("Other money in suspense that is the same cash (SI-…)"),
        max_length=200,
        required=False,
        help_text=_("If the other bank credited one deposit in several lines, give the others. Their sum must match."),
    )
    sender_name = forms.CharField(label=_("Name of the sender (as its bank knows it)"), max_length=70, required=False)
    sender_number = forms.CharField(
        label=_("The sender's account at the other bank (IBAN or number)"),
        max_length=42,
        required=False,
        help_text=_("To any other account than the statement names, a colleague must agree."),
    )
    sender_bank_code = forms.CharField(
        label=_("Bank of the sender (name, CNAPS code or BIC)"),
        max_length=80,
        required=False,
        help_text=_("With an IBAN you may leave it empty."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "banks"}),
    )
    note = forms.CharField(label=_("How you know"), max_length=200)

    def __init__(self, *args: Any, item: SuspenseItem, **kwargs: Any) -> None:
        told = {"sender_name": item.line.counterparty_name[:70], "sender_number": item.line.counterparty_number[:42]}
        super().__init__(*args, **{"initial": told, **kwargs})
        impossible = Clearing.CHARGE if item.came_in else Clearing.SENDER
        self.fields["way"].choices = [  # type: ignore[attr-defined]  # a choice
            choice for choice in Clearing.choices if choice[0] != impossible
        ]
        self.helper = FormHelper()
        sender = (_("Back to the sender"), "sender_name", "sender_number", "sender_bank_code")
        self.helper.layout = Layout(
            Field("way"),
            Fieldset(_("To a customer's account"), "number"),
            Fieldset(_("To a payment"), "payment"),
            *([Fieldset(*sender)] if item.came_in else []),
            Fieldset(_("Cash that went to or came from the other bank"), "cash", "beside"),
            Field("note"),
            Submit("", _("Clear it"), css_id="clear"),
        )

    def clean(self) -> dict[str, Any]:
        """Find what is named: the account or the payment."""
        told = super().clean() or {}
        if told.get("way") == Clearing.ACCOUNT:
            number = numbers.bare(told.get("number", ""))
            self.account = SettlementAccount.objects.filter(number=number).first()
            if self.account is None:
                self.add_error("number", _("No account of this bank has this number."))
        if told.get("way") == Clearing.INSTRUCTION:
            reference = told.get("payment", "").strip().upper()
            self.instruction = PaymentInstruction.objects.filter(reference=reference).first()
            if self.instruction is None:
                self.add_error("payment", _("There is no payment with this reference."))
        if told.get("way") == Clearing.CASH:
            self._name_cash(told)
        return told

    def _name_cash(self, told: dict[str, Any]) -> None:
        cash, beside = (told.get(name, "").upper().replace(",", " ").split() for name in ("cash", "beside"))
        on_its_way = CashDelivery.objects.filter(status=DeliveryStatus.ON_THE_WAY)
        deliveries = {each.reference: each for each in on_its_way.filter(reference__in=cash)}
        others = {each.reference: each for each in SuspenseItem.objects.filter(reference__in=beside)}
        if not cash or not deliveries.keys() >= set(cash):
            self.add_error("cash", _("There is no cash on its way with this reference."))
        elif not others.keys() >= set(beside):
            self.add_error("beside", _("There is no money in suspense with this reference."))
        else:
            self.named_cash = NamedCash([deliveries[each] for each in cash], [others[each] for each in beside])

    @property
    def places(self) -> dict[str, str]:
        """The fields that refusals belong to; what differs is what was named."""
        named = self.NAMED.get(self.cleaned_data["way"])
        return self.FIELDS | (dict.fromkeys(self.OF_WHAT_IS_NAMED, named) if named else {})

    @property
    def decision(self) -> dict[str, Any]:
        """The decision as the operation takes it."""
        told = self.cleaned_data
        return {
            "way": told["way"],
            "note": told["note"],
            "account": getattr(self, "account", None),
            "instruction": getattr(self, "instruction", None),
            "cash": getattr(self, "named_cash", NamedCash()),
            "sender": (told["sender_name"], told["sender_number"], told["sender_bank_code"]),
        }
