"""The shape of what an applicant and a reviewer tell."""

from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from lending.applications.models import DocumentKind, Purpose, ReviewOutcome
from lending.products.models import LoanProduct
from portal.core.idempotency import IdempotencyKeyField


def helper(label: Any) -> FormHelper:
    """Lay a form out top to bottom with one button."""
    made = FormHelper()
    made.add_input(Submit("submit", label))
    made.attrs = {"novalidate": True}
    return made


class RequestForm(forms.Form):
    """How much, for how long, for what."""

    amount = forms.DecimalField(
        label=_("How much do you need? (yuan)"),
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    term_months = forms.TypedChoiceField(label=_("For how long?"), coerce=int)
    purpose = forms.ChoiceField(label=_("What is it for?"), choices=Purpose.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("In your words (optional)"),
        max_length=300,
        required=False,
        help_text=_("For example: a second freezer, and stock for the Spring Festival."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, product: LoanProduct, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product = product
        step = product.months_between_installments
        first = -(-product.min_term_months // step) * step
        months = range(first, product.max_term_months + 1, step)
        self.fields["term_months"].choices = [  # type: ignore[attr-defined]
            (n, _("%(months)d months") % {"months": n}) for n in months
        ]
        self.helper = helper(_("Continue"))

    def clean_amount(self) -> Decimal:
        """Keep the amount within the product."""
        amount: Decimal = self.cleaned_data["amount"]
        if not self.product.min_amount <= amount <= self.product.max_amount:
            raise forms.ValidationError(
                _("Enter an amount between %(least)s and %(most)s."),
                params={"least": f"{self.product.min_amount:,.0f}", "most": f"{self.product.max_amount:,.0f}"},
            )
        return amount


class DocumentForm(forms.Form):
    """A document and what it shows."""

    kind = forms.ChoiceField(label=_("What does it show?"), choices=DocumentKind.choices)
    file = forms.FileField(
        label=_("Photo or PDF"),
        help_text=_("JPEG, PNG, HEIC or PDF, up to 10 MB. A photo with your phone is fine."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Add document"))


class EvidenceForm(forms.Form):
    """A bank statement file."""

    file = forms.FileField(
        label=_("Statement file from your bank"),
        help_text=_("XLSX, CSV, camt.053, MT940 or OFX, up to 10 MB. Your bank's app or website can export one."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Add statement"))


class RecommendForm(forms.Form):
    """What an officer or underwriter recommends."""

    outcome = forms.ChoiceField(
        label=_("Recommendation"),
        choices=[(ReviewOutcome.APPROVE, _("Approve")), (ReviewOutcome.DECLINE, _("Decline"))],
        widget=forms.RadioSelect,
    )
    amount = forms.DecimalField(label=_("Amount"), max_digits=14, decimal_places=2, required=False)
    annual_rate = forms.DecimalField(label=_("Annual rate in percent"), max_digits=6, decimal_places=3, required=False)
    note = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, product: LoanProduct, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product = product
        self.helper = helper(_("Send to a second person"))

    def clean(self) -> dict[str, Any]:
        """Require amount and rate within the product where approval is recommended."""
        cleaned = super().clean() or {}
        if cleaned.get("outcome") != ReviewOutcome.APPROVE:
            return cleaned | {"amount": None, "annual_rate": None}
        self._check(cleaned, "amount", self.product.min_amount, self.product.max_amount)
        rates = (self.product.min_annual_rate * 100, self.product.max_annual_rate * 100)
        self._check(cleaned, "annual_rate", *rates)
        if cleaned.get("annual_rate") is not None:
            cleaned["annual_rate"] = cleaned["annual_rate"] / 100
        return cleaned

    def _check(self, cleaned: dict[str, Any], name: str, least: Decimal, most: Decimal) -> None:
        value = cleaned.get(name)
        if value is None or not least <= value <= most:
            text = _("Enter a number between %(least)s and %(most)s.")
            self.add_error(name, forms.ValidationError(text, params={"least": f"{least:,f}", "most": f"{most:,f}"}))


class ConcludeForm(forms.Form):
    """What the second person says."""

    outcome = forms.ChoiceField(
        label=_("Your decision"),
        choices=[
            (ReviewOutcome.APPROVE, _("Carry out the recommendation")),
            (ReviewOutcome.DECLINE, _("Decline the application")),
            (ReviewOutcome.RETURN, _("Return to the officer")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Decide"))
