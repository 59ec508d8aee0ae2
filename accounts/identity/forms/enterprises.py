"""What an owner tells about an enterprise, one group of questions at a time."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from babel.numbers import get_currency_name
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.identity import identifiers, queries
from accounts.identity.forms.fields import PhoneField
from accounts.identity.models import Branch, Enterprise, IdentifierKind, Industry, MembershipRole, Setting
from accounts.identity.operations.register import EARLIEST, IdentifierInvalid, IdentifierTaken, check_founded
from portal.core import formats, refusals
from portal.core.amounts import AmountField, AsksOnce
from portal.core.fields import lookup_hash
from portal.core.idempotency import IdempotencyKeyField

PEOPLE: Final = _("Give how many people work there, from 1 to 100,000.")


class WhoForm(forms.Form):
    """Which enterprise it is."""

    legal_name = forms.CharField(
        label=_("Name of the enterprise"),
        help_text=_("As on the business license or the household's certificate."),
        max_length=120,
        error_messages={"required": _("Give the name of the enterprise.")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    identifier_kind = forms.ChoiceField(
        label=_("How is it registered?"),
        choices=IdentifierKind.choices,
        initial=IdentifierKind.USCC,
        widget=forms.RadioSelect,
    )
    identifier = forms.CharField(
        label=_("Its number"),
        help_text=_(
            "The code on a business license has 18 letters and digits, for example 91110108551385082Q. "
            "A farm household's number has 18 digits and stands on its certificate; if you do not find it, ask the "
            "village committee or your branch."
        ),
        max_length=40,
        error_messages={"required": _("Give its number.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )
    founded_on = forms.DateField(
        label=_("Founded on"),
        help_text=_("The day on the license. If you do not know it, give the first of January of that year."),
        error_messages={"required": _("Give the day it was founded.")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": EARLIEST.isoformat()}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["founded_on"].widget.attrs["max"] = today.isoformat()

    def clean_founded_on(self) -> date:
        """Refuse a day that is none."""
        founded: date = self.cleaned_data["founded_on"]
        try:
            check_founded(founded, on=self.today)
        except refusals.Refusal as refusal:
            raise forms.ValidationError(refusals.sentence(refusal)) from refusal
        return founded

    def clean(self) -> dict[str, Any]:
        """Normalize the identifier by its kind and refuse one that is registered."""
        cleaned: dict[str, Any] = super().clean() or {}
        kind, text = cleaned.get("identifier_kind"), cleaned.get("identifier")
        if kind and text:
            identifier = identifiers.normalized(kind, text)
            if identifier is None:
                self.add_error("identifier", refusals.sentence(IdentifierInvalid(kind, text)))
            elif Enterprise.objects.filter(identifier_hash=lookup_hash(identifier)).exists():
                self.add_error("identifier", refusals.sentence(IdentifierTaken()))
            cleaned["identifier"] = identifier
        return cleaned


class IndustryForm(forms.Form):
    """Which trade it follows, chosen from what a search found."""

    industry = forms.ModelChoiceField(
        label=_("Trade"),
        queryset=Industry.objects.filter(code__regex=r"^\d{4}$"),
        error_messages={"required": _("Choose the trade that fits best.")},
    )


class PlaceForm(AsksOnce):
    """Where it works and how large it is."""

    USUAL = {"annual_revenue_amount": (Decimal(10_000), Decimal(500_000_000))}

    setting = forms.ChoiceField(
        label=_("Where does it work?"),
        choices=Setting.choices,
        error_messages={"required": _("Choose town or village.")},
        widget=forms.RadioSelect,
        initial=None,
    )
    branch = forms.ModelChoiceField(
        label=_("Your branch"),
        help_text=_("The branch nearest to you keeps your file."),
        queryset=Branch.objects.none(),
        empty_label=_("Choose a branch"),
        error_messages={"required": _("Choose the branch nearest to you.")},
    )
    employees = forms.IntegerField(
        label=_("People who work there"),
        help_text=_("Yourself and helping family included."),
        min_value=1,
        max_value=100_000,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), PEOPLE),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
    )
    annual_revenue_amount = AmountField(
        label=_("Revenue in a year"),
        min_value=Decimal(0),
        whole_digits=14,
        in_words=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branch: Any = self.fields["branch"]
        branch.queryset = queries.branches_for_customers()
        told = _("What customers paid in the last twelve months, in %(currency)s. A careful guess is enough.")
        currency = get_currency_name(settings.BANK_CURRENCY, locale=formats.locale())
        self.fields["annual_revenue_amount"].help_text = told % {"currency": currency}  # in the reader's language


class RegisterForm(forms.Form):
    """The last page: everything is right, and the person agrees."""

    consent = forms.BooleanField(
        label=_("I agree"), error_messages={"required": _("Tick the box to agree; otherwise we cannot register it.")}
    )
    idempotency_key = IdempotencyKeyField()


class InviteForm(forms.Form):
    """Whom an owner invites."""

    phone = PhoneField(help_text=_("We send an invitation to this number."))
    role = forms.ChoiceField(
        label=_("What this person may do"),
        choices=[
            (MembershipRole.MANAGER, _("Manager: sees all, prepares payments and applications. Only an owner signs.")),
            (
                MembershipRole.BOOKKEEPER,
                _("Bookkeeper: reads accounts, statements, invoices and loans. Changes nothing."),
            ),
        ],
        error_messages={"required": _("Choose what this person may do.")},
        widget=forms.RadioSelect,
    )


class EnterpriseSearchForm(forms.Form):
    """What staff look for."""

    q = forms.CharField(
        label=_("Enterprise or person by name, mobile number, any reference or number"),
        required=False,
        max_length=120,
    )
