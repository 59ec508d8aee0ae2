"""What staff fill in about drawers: who holds one, what lies in it, to whom cash goes, what a slip tells."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Branch, User
from accounts.settlement import numbers
from accounts.settlement.denominations import DENOMINATIONS
from accounts.settlement.drawer_states import DeliveryWay, DrawerKind
from accounts.settlement.models import CashDrawer, CashMovement, SettlementAccount
from accounts.settlement.operations import RightCash
from accounts.settlement.states import Way
from portal.core.amounts import AmountField, InCurrency
from portal.core.formats import money
from portal.core.idempotency import IdempotencyKeyField

MOST_PIECES: Final = 1_000_000
PIECE: Final = "piece_"
NUMBER_OF_PIECES: Final = _("Give a whole number of pieces: 0 or more, a million at most.")
TODAY: Final = "today"
EARLIER: Final = "earlier"


def closed_through(closes: str, today: date) -> date | None:
    """Tell the last day that ends with a count."""
    return {TODAY: today, EARLIER: today - timedelta(days=1)}.get(closes)


def _sent_by(label: Any, css_id: str) -> FormHelper:
    helper = FormHelper()
    helper.add_input(Submit("", label, css_id=css_id))
    return helper


class DrawerForm(InCurrency):
    """A drawer for a person, or a branch's vault."""

    idempotency_key = IdempotencyKeyField()
    kind = forms.ChoiceField(label=_("Kind"), choices=DrawerKind.choices, widget=forms.RadioSelect)
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none(), to_field_name="code")
    holder = forms.ModelChoiceField(
        label=_("Who holds it"),
        queryset=User.objects.none(),
        to_field_name="reference",
        required=False,
        help_text=_("Leave it empty for a vault."),
    )
    limit = AmountField(
        label=_("Cash limit"),
        min_value=Decimal(0),
        required=False,
        help_text=_("The most that may lie in it. A vault has none."),
    )
    begin = AmountField(
        label=_("What the vault begins with"),
        min_value=Decimal(0),
        required=False,
        help_text=_("Counted cash that is in the books and lies in no drawer."),
    )

    def __init__(self, *args: Any, branches: QuerySet[Branch], holders: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]  # a choice of rows
        self.fields["holder"].queryset = holders  # type: ignore[attr-defined]  # a choice of rows
        self.helper = _sent_by(_("Open it"), "open_drawer")

    def clean(self) -> dict[str, Any]:
        """Ask for holder and limit of a drawer, and for neither of a vault."""
        told = super().clean() or {}
        is_vault = told.get("kind") == DrawerKind.VAULT
        if not is_vault and not self.errors and not told.get("holder"):
            self.add_error("holder", _("Say who holds it."))
        if not is_vault and not self.errors and told.get("limit") is None:
            self.add_error("limit", _("Say how much may lie in it."))
        if is_vault:
            told["holder"] = told["limit"] = None
        return told

    @property
    def drawer(self) -> dict[str, Any]:
        """The drawer as the operation takes it."""
        told = self.cleaned_data
        amounts = {"limit_amount": told["limit"], "begin_amount": told["begin"] or Decimal(0)}
        return {name: told[name] for name in ("branch", "kind", "holder")} | amounts


class LimitForm(InCurrency):
    """How much may lie in a drawer from now on."""

    limit = AmountField(label=_("Cash limit"), min_value=Decimal(0), help_text=_("The most that may lie in it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _sent_by(_("Save the limit"), "save_limit")


class TakerField(forms.ModelChoiceField):
    """A choice of drawers, each by whose it is."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the holder, and what kind it is."""
        return f"{obj.title} · {obj.get_kind_display()}" if obj.holder else str(obj.title)


class HandoverForm(InCurrency):
    """To whom cash goes, and how much; of a colleague's drawer all of it, and why."""

    idempotency_key = IdempotencyKeyField()
    taker = TakerField(label=_("To whom"), queryset=CashDrawer.objects.none(), to_field_name="reference")
    amount = AmountField(label=_("Amount"))
    reason = forms.CharField(label=_("Why its holder does not do it"), max_length=200)

    def __init__(self, *args: Any, giver: CashDrawer, takers: QuerySet[CashDrawer], by: str, **kwargs: Any) -> None:
        super().__init__(*args, currency=giver.currency, **kwargs)
        self.fields["taker"].queryset = takers  # type: ignore[attr-defined]  # a choice of rows
        self.is_colleagues = giver.holder is not None and not giver.is_held_by(by)
        if self.is_colleagues:
            self.fields["amount"].initial = giver.held_amount
        else:
            del self.fields["reason"]
        self.helper = _sent_by(_("Hand it over"), "hand_over")


class CountForm(forms.Form):
    """How many there are of each note and coin, and whether the day ends with it."""

    idempotency_key = IdempotencyKeyField()
    closes = forms.ChoiceField(
        label=_("What ends with this count?"),
        choices=[
            (TODAY, _("Today: no more cash moves through the drawer")),
            (EARLIER, _("The days before today: cash still moves today")),
            ("", _("Nothing: this is a look in between")),
        ],
        required=False,
        initial=TODAY,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why it differs"),
        max_length=200,
        required=False,
        help_text=_("Only if you counted again and it still differs."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        faces = {f"{PIECE}{face}": _pieces(face, currency) for face in DENOMINATIONS.get(currency, ())}
        self.fields = {**faces, **self.fields}
        self.helper = _sent_by(_("This is what lies in it"), "count")
        self.helper.layout = Layout(Div(*faces, css_class="pieces"), "closes", "reason", "idempotency_key")

    @property
    def pieces(self) -> dict[str, int]:
        """Face value to number, as it was filled in; what is left empty is not there."""
        told = self.cleaned_data.items()
        return {name.removeprefix(PIECE): number for name, number in told if name.startswith(PIECE) and number}


def _pieces(face: str, currency: str) -> forms.IntegerField:
    attributes = {"inputmode": "numeric", "autocomplete": "off"}
    return forms.IntegerField(
        label=money(Decimal(face), currency),
        min_value=0,
        max_value=MOST_PIECES,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), NUMBER_OF_PIECES),
        widget=forms.TextInput(attrs=attributes),
    )


class SlipForm(InCurrency):
    """What a numbered slip tells."""

    slip_number = forms.CharField(
        label=_("Number of the slip"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    slip_date = forms.DateField(label=_("Date on the slip"), widget=forms.DateInput(attrs={"type": "date"}))
    number = forms.CharField(
        label=_("Account number"),
        max_length=30,
        help_text=_("Sixteen digits."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    way = forms.ChoiceField(label=_("Paid in or out?"), choices=Way.choices, widget=forms.RadioSelect)
    amount = AmountField(label=_("Amount"))
    text = forms.CharField(label=_("What for"), max_length=140, required=False)

    def __init__(self, *args: Any, accounts: QuerySet[SettlementAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = accounts
        self.account: SettlementAccount | None = None
        self.helper = _sent_by(_("Enter the slip"), "enter_slip")

    def clean_number(self) -> str:
        """Find the account that the number belongs to."""
        number = numbers.bare(self.cleaned_data["number"])
        self.account = self.accounts.filter(number=number).first()
        if self.account is None:
            raise forms.ValidationError(_("There is no account with this number. Check the digits."))
        return number


class CorrectionForm(InCurrency):
    """Why booked cash is wrong, and what should have been booked."""

    idempotency_key = IdempotencyKeyField()
    reason = forms.CharField(label=_("Why it is wrong"), max_length=200)
    instead = forms.ChoiceField(
        label=_("What happens?"),
        choices=[
            ("right", _("It is reversed, and what stands below is booked instead")),
            ("nothing", _("It is only reversed")),
        ],
        widget=forms.RadioSelect,
        initial="right",
    )
    number = forms.CharField(
        label=_("Account number"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    way = forms.ChoiceField(label=_("Paid in or out?"), choices=Way.choices, widget=forms.RadioSelect)
    amount = AmountField(label=_("Amount"))
    text = forms.CharField(label=_("What for"), max_length=140, required=False)
    slip_number = forms.CharField(
        label=_("Number of the slip"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    slip_date = forms.DateField(label=_("Date on the slip"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(
        self, *args: Any, movement: CashMovement, accounts: QuerySet[SettlementAccount], **kwargs: Any
    ) -> None:
        booked = {
            "number": movement.settlement_account.number,
            "way": movement.way,
            "amount": movement.amount,
            "text": movement.text,
            "slip_number": movement.slip_number,
            "slip_date": movement.effective_date.isoformat(),
        }
        super().__init__(*args, currency=movement.settlement_account.currency, **{"initial": booked, **kwargs})
        self.accounts = accounts
        self.right: RightCash | None = None
        if not movement.slip_number:
            del self.fields["slip_number"], self.fields["slip_date"]
        if self.is_bound and self.data.get("instead") == "nothing":
            for name in ("number", "way", "amount", "slip_number", "slip_date"):
                self.fields.get(name, forms.CharField()).required = False
        self.helper = _sent_by(_("Ask for the correction"), "ask_correction")

    def clean(self) -> dict[str, Any]:
        """Gather what should have been booked, where something should."""
        told = super().clean() or {}
        if told.get("instead") != "right" or self.errors:
            return told
        account = self.accounts.filter(number=numbers.bare(told["number"])).first()
        if account is None:
            self.add_error("number", _("There is no account with this number. Check the digits."))
            return told
        slip = {name: told[name] for name in ("slip_number", "slip_date") if name in self.fields}
        self.right = RightCash(account, told["way"], told["amount"], told["text"], **slip)
        return told


class DeliveryForm(InCurrency):
    """Which way cash goes between the vault and the other bank, and how much."""

    idempotency_key = IdempotencyKeyField()
    way = forms.ChoiceField(label=_("Which way?"), choices=DeliveryWay.choices, widget=forms.RadioSelect)
    amount = AmountField(label=_("Amount"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _sent_by(_("Ask a colleague to agree"), "deliver")
