"""What people fill in about their accounts."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout, Submit
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.identity import phones
from accounts.identity.models import User
from accounts.settlement import numbers
from accounts.settlement.models import AccountProduct, Payee, SettlementAccount, TermsAgreement
from accounts.settlement.operations.fetching import Fetcher
from accounts.settlement.states import KnownBy, Way
from portal.core.amounts import AmountField, FigureField
from portal.core.idempotency import IdempotencyKeyField

USUAL_DAYS: Final = 90
LONGEST_DAYS: Final = 366


class PercentField(FigureField):
    """A fraction that people write in percent."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"max_digits": 7, "decimal_places": 4, "min_value": 0, "widget": widget, **kwargs})

    def clean(self, value: Any) -> Decimal | None:
        """Read percent as a fraction."""
        read: Decimal | None = super().clean(value)
        return None if read is None else read / 100


class PayeeField(forms.ModelChoiceField):
    """A choice of payees, each with the number that tells it from its namesakes."""

    def __init__(self, **kwargs: Any) -> None:
        fixed: dict[str, Any] = {"label": _("Payee"), "queryset": Payee.objects.none(), "to_field_name": "reference"}
        super().__init__(**{**fixed, "empty_label": _("Choose a payee"), **kwargs})

    def label_from_instance(self, obj: Any) -> str:
        """Write name and number."""
        return f"{obj.name} · {obj.grouped_number}"


class PeriodForm(forms.Form):
    """From which day to which; empty is the last ninety days."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any, *, today: date) -> None:
        filled = {
            "first": data.get("first") or (today - timedelta(days=USUAL_DAYS)).isoformat(),
            "last": data.get("last") or today.isoformat(),
        }
        super().__init__(filled)
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.form_class = "filter"
        self.helper.layout = Layout(
            Field("first"), Field("last"), Submit("", _("Show"), css_class="btn btn-secondary", css_id="show")
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a period that runs backwards or is longer than a statement covers."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            raise forms.ValidationError(_("The first day is after the last."))
        if first and last and (last - first).days >= LONGEST_DAYS:
            raise forms.ValidationError(_("Choose a period of one year at most."))
        return cleaned


class MovementsForm(PeriodForm):
    """Which movements of a period to show: by a word, by amount, in or out; empty is all of them."""

    text = forms.CharField(
        label=_("Word"), max_length=60, required=False, help_text=_("In a name, a text or a reference.")
    )
    low = AmountField(label=_("Amount from"), required=False)
    high = AmountField(label=_("Amount to"), required=False)
    way = forms.ChoiceField(
        label=_("In or out"), choices=[("", _("Both")), ("in", _("Money in")), ("out", _("Money out"))], required=False
    )

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, today=today)
        self.data = {**self.data, **{name: data.get(name, "") for name in ("text", "low", "high", "way")}}
        self.helper.layout = Layout(
            Field("first"), Field("last"), Field("text"), Field("low"), Field("high"), Field("way"),
            Submit("", _("Show"), css_class="btn btn-secondary", css_id="show"),
        )  # fmt: skip

    def asked(self) -> dict[str, Any]:
        """Give what narrows the movements down, if anything does."""
        return {name: self.cleaned_data[name] for name in ("text", "low", "high", "way") if self.cleaned_data[name]}


class CertificateForm(forms.Form):
    """At the end of which day."""

    idempotency_key = IdempotencyKeyField()
    of = forms.DateField(label=_("At the end of"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"of": today - timedelta(days=1)}
        self.helper = FormHelper()
        self.helper.add_input(Submit("", _("Issue a certificate"), css_id="issue"))


class VerifyForm(forms.Form):
    """The code of a certificate of balance or an electronic receipt."""

    code = forms.CharField(
        label=_("Code of the certificate or receipt"),
        max_length=40,
        help_text=_("It stands at the foot of the paper, for example B-7K3QX9TM4B2D."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_action = "settlement:verify"
        self.helper.add_input(Submit("submit", _("Check it")))


class TermsForm(forms.Form):
    """Which terms an account stands on, and how far it may go below zero."""

    product = forms.ModelChoiceField(
        label=_("Terms"), queryset=AccountProduct.objects.none(), to_field_name="reference", empty_label=None
    )
    overdraft = AmountField(label=_("Overdraft limit"), min_value=Decimal(0))

    def __init__(
        self, *args: Any, products: QuerySet[AccountProduct], agreed: TermsAgreement | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if agreed:
            self.initial = {"product": agreed.product.reference, "overdraft": agreed.overdraft_limit_amount}
        self.fields["product"].queryset = products  # type: ignore[attr-defined]  # a choice of rows
        self.helper = FormHelper()
        self.helper.add_input(Submit("", _("Agree"), css_id="agree"))


class TransferForm(forms.Form):
    """Whom to pay, how much, and what for."""

    FIELDS: Final = dict.fromkeys(
        ("amount_refused", "insufficient_funds", "daily_limit", "new_payee_limit", "second_person_needed"), "amount"
    ) | dict.fromkeys(("payee_unknown", "transfer_to_itself"), "to_number")

    idempotency_key = IdempotencyKeyField()
    to_name = forms.CharField(
        label=_("Name of the payee"),
        max_length=120,
        help_text=_("The enterprise's name, as it stands on its account."),
    )
    to_number = forms.CharField(
        label=_("Account number of the payee"),
        max_length=30,
        help_text=_("Sixteen digits. Only accounts of this bank."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    amount = AmountField(label=_("Amount"))
    text = forms.CharField(label=_("What for"), max_length=140, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": True}
        self.helper.add_input(Submit("review", _("Check the transfer"), css_id="review"))

    def clean_to_number(self) -> str:
        """Refuse a number whose check digits do not fit."""
        number = numbers.bare(self.cleaned_data["to_number"])
        if not numbers.is_valid(number):
            raise forms.ValidationError(_("This is not a correct account number. Check the digits."))
        return number


class CashForm(forms.Form):
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
        label=_("Paid in or out?"), choices=[("in", _("Paid in")), ("out", _("Paid out"))], widget=forms.RadioSelect
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


class RulesForm(forms.Form):
    """How much an enterprise pays in a day, and from which amount two people must agree."""

    daily_limit = AmountField(label=_("Most that may be paid in a day"), min_value=Decimal(0))
    second_person_from = AmountField(
        label=_("A second person must agree from"),
        min_value=Decimal(0),
        required=False,
        help_text=_("Leave it empty if one owner is enough for every amount."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("", _("Save the limits"), css_id="save"))


class KeepForm(forms.Form):
    """How much the bank keeps back, through which day, and why."""

    FIELDS: Final = dict.fromkeys(("amount_refused", "insufficient_funds"), "amount") | {
        "keep_until_wrong": "until",
        "reason_missing": "reason",
        "transfer_to_itself": "to",
        "currency_differs": "to",
        "payee_unknown": "to",
    }

    idempotency_key = IdempotencyKeyField()
    amount = AmountField(label=_("Amount"))
    until = forms.DateField(label=_("Through which day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Reason"), max_length=140, help_text=_("The owners read it."))
    to = forms.CharField(
        label=_("Account to which it may be paid"),
        max_length=30,
        required=False,
        help_text=_("Sixteen digits, of this bank. Then a colleague can pay it there, in whole or in part."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("", _("Keep it back"), css_id="keep"))

    def clean_to(self) -> SettlementAccount | None:
        """Find the account that the number belongs to."""
        number = numbers.bare(self.cleaned_data["to"])
        found = SettlementAccount.objects.filter(number=number).first() if number else None
        if number and found is None:
            raise forms.ValidationError(_("There is no account with this number. Check the digits."))
        return found


class PayKeptForm(forms.Form):
    """How much is paid of what is kept back."""

    amount = AmountField(label=_("Amount"))


class ReasonForm(forms.Form):
    """Why an account is frozen, or released again."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
