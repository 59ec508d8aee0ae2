"""The shape of what an applicant and a reviewer tell."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity import consents
from lending.applications import queries
from lending.applications.models import Application, Purpose, ReviewOutcome, RevocationReason
from lending.products.contradictions import terms_to_ask
from lending.products.conventions import DocumentKind
from lending.products.forms import AMOUNT_ERRORS
from lending.products.models import LoanProduct
from portal.core import formats
from portal.core.amounts import AmountField, PercentField, in_bank_currency
from portal.core.buttons import with_button
from portal.core.idempotency import IdempotencyKeyField
from portal.core.uploads import FilesField

NOTE_LENGTH: Final = 2000


def _chosen(missing: Any) -> dict[str, Any]:
    """Say the same of no choice and of one that is not offered."""
    return {"required": missing, "invalid_choice": missing}


class RequestForm(forms.Form):
    """How much, for how long, for what."""

    # The field that a refusal belongs to.
    FIELDS: Final = {
        "amount_outside_product": "amount",
        "amount_not_exact": "amount",
        "term_outside_product": "term_months",
        "term_between_installments": "term_months",
        "term_of_a_line": "term_months",
    }

    amount = AmountField(
        label=in_bank_currency(_("How much do you need?")),
        in_words=True,
        min_value=None,  # the product says from where on
        error_messages=AMOUNT_ERRORS | {"required": _("Say how much you need.")},
    )
    term_months = forms.TypedChoiceField(
        label=_("For how long?"), coerce=int, error_messages=_chosen(_("Choose for how long you need it."))
    )
    purpose = forms.ChoiceField(
        label=_("What is it for?"),
        choices=Purpose.choices,
        widget=forms.RadioSelect,
        error_messages=_chosen(_("Choose what it is for.")),
    )
    note = forms.CharField(
        label=_("In your words"),
        max_length=300,
        required=False,
        help_text=_("For example: a second freezer, and stock for the Spring Festival."),
        error_messages={"max_length": _("Use up to 300 characters.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, product: LoanProduct, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product = product
        terms = [(n, formats.months(n)) for n in terms_to_ask(product)]
        self.fields["term_months"].choices = [("", _("Choose for how long")), *terms]  # type: ignore[attr-defined]
        if product.is_line:
            self._ask_for_a_line(terms)
        self.fields["amount"].help_text = _("From %(least)s to %(most)s.") % formats.money_bounds(
            product.min_amount, product.max_amount, product.currency
        )
        self.helper = with_button(_("Continue"))

    def _ask_for_a_line(self, terms: list[tuple[int, str]]) -> None:
        """Ask for a limit; the term is the longest of a draw, so nobody chooses it."""
        self.fields["amount"].label = in_bank_currency(_("How much do you want to be able to draw in all?"))
        self.fields["term_months"].choices = terms  # type: ignore[attr-defined]
        self.fields["term_months"].initial = terms[0][0]
        self.fields["term_months"].widget = forms.HiddenInput()

    def clean_amount(self) -> Decimal:
        """Keep the amount within the product."""
        amount: Decimal = self.cleaned_data["amount"]
        _keep_within(amount, self.product.min_amount, self.product.max_amount, currency=self.product.currency)
        return amount

    def wanted(self) -> dict[str, Any]:
        """Tell what is asked for, as the operations take it."""
        return {name: self.cleaned_data[name] for name in ("amount", "term_months", "purpose", "note")} | {
            "product": self.product
        }


def _keep_within(amount: Decimal, least: Decimal, most: Decimal, *, currency: str) -> None:
    if not least <= amount <= most:
        params = formats.money_bounds(least, most, currency)
        raise forms.ValidationError(_("Enter an amount between %(least)s and %(most)s."), params=params)


def _wording(purpose: str) -> Any:
    return consents.WORDINGS[purpose, consents.CURRENT_VERSION]


class SendForm(forms.Form):
    """Whether the bank may ask the credit register; without it a person looks at the case."""

    register_consent = forms.BooleanField(
        label=_("I agree (optional): ask the credit register"),
        help_text=_wording(consents.CREDIT_REGISTER),
        required=False,
    )


class DocumentForm(forms.Form):
    """A document, one file or several, and what it shows."""

    kind = forms.ChoiceField(
        label=_("What does it show?"),
        choices=DocumentKind.choices,
        error_messages=_chosen(_("Choose what the document shows.")),
    )
    file = FilesField(
        label=_("Photos or PDF"),
        help_text=_("One or several: JPEG, PNG, HEIC, WebP or PDF, up to 10 MB each. Photos with your phone are fine."),
        error_messages={"required": _("Choose a photo or a PDF file.")},
        accept="image/*,application/pdf",
    )
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(_("Add document"))


RATE_ERRORS: Final = ("required", "invalid", "min_value", "max_digits", "max_decimal_places", "max_whole_digits")


def _why() -> forms.CharField:
    return forms.CharField(
        label=_("Why"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why, in a sentence.")},
    )


class RecommendForm(forms.Form):
    """What an officer or underwriter recommends."""

    FIELDS: Final = {
        "review_note_missing": "note",
        "review_amount_missing": "amount",
        "amount_outside_product": "amount",
        "amount_not_exact": "amount",
        "amount_above_request": "amount",
        "rate_outside_product": "annual_rate",
    }

    outcome = forms.ChoiceField(
        label=_("Recommendation"),
        choices=[(ReviewOutcome.APPROVE, _("Approve")), (ReviewOutcome.DECLINE, _("Decline"))],
        widget=forms.RadioSelect,
        error_messages=_chosen(_("Say whether you recommend to approve or to decline.")),
    )
    amount = AmountField(label=_("Amount"))
    annual_rate = PercentField(
        label=_("Annual rate in percent"),
        max_digits=6,
        decimal_places=3,
        error_messages=dict.fromkeys(RATE_ERRORS, _("Give the rate in percent, with three decimals at most.")),
    )
    note = _why()

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        amount, rate = queries.proposal_of(application)
        proposed = {"amount": amount, "annual_rate": f"{(rate * 100).normalize():f}"}
        super().__init__(*args, **{"initial": proposed, **kwargs})
        self.product = application.product
        self.fields["annual_rate"].help_text = _("From %(least)s to %(most)s.") % {
            "least": formats.percent(self.product.min_annual_rate),
            "most": formats.percent(self.product.max_annual_rate),
        }
        if self.is_bound and self.data.get("outcome") == ReviewOutcome.DECLINE:
            self.fields["amount"].required = self.fields["annual_rate"].required = False

    def clean(self) -> dict[str, Any]:
        """Take neither amount nor rate from a decline."""
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == ReviewOutcome.DECLINE:
            return cleaned | {"amount": None, "annual_rate": None}
        return cleaned


class ConcludeForm(forms.Form):
    """What the second person says."""

    FIELDS: Final = {"review_note_missing": "note"}

    outcome = forms.ChoiceField(
        label=_("Your decision"),
        choices=[
            (ReviewOutcome.APPROVE, _("Carry out the recommendation")),
            (ReviewOutcome.DECLINE, _("Decline the application")),
            (ReviewOutcome.RETURN, _("Return to the officer")),
        ],
        widget=forms.RadioSelect,
        error_messages=_chosen(_("Choose your decision.")),
    )
    note = _why()


class RevokeForm(forms.Form):
    """Why an offer is taken back."""

    FIELDS: Final = {"review_note_missing": "note"}

    reason = forms.ChoiceField(
        label=_("What the owner is told"),
        choices=RevocationReason.choices,
        widget=forms.RadioSelect,
        error_messages=_chosen(_("Choose what the owner is told.")),
    )
    note = _why()
