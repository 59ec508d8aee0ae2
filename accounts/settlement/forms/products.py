"""What staff fill in about account products."""

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.settlement.models import AccountDayCount, AccountProduct
from portal.core.amounts import AmountField, PercentField
from portal.core.idempotency import IdempotencyKeyField

MOST_PERCENT: Final = Decimal("99.99")


class TiersField(forms.CharField):
    """Tiers as lines: from which balance on, and which yearly rate in percent."""

    def to_python(self, value: Any) -> list[list[str]]:  # type: ignore[override]  # rows, not a text
        """Read the lines.

        :raises ValidationError: when a line is not two numbers.
        """
        try:
            rows = [[Decimal(part.replace(",", "").rstrip("%")) for part in line.split()] for line in _lines(value)]
            return [[str(begins), str(rate / 100)] for begins, rate in rows]
        except (InvalidOperation, ValueError) as error:
            raise forms.ValidationError(
                _("Write two numbers in each line: a balance and a rate in percent.")
            ) from error


def _lines(value: Any) -> list[str]:
    return [line for line in str(value or "").splitlines() if line.strip()]


class AccountProductForm(forms.Form):
    """The next version of an account product."""

    FIELDS: Final = {"tiers_refused": "interest_tiers", "proposal_waits": "code"}

    idempotency_key = IdempotencyKeyField()
    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("The same code again is the next version of that product.")
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    name_zh_hans = forms.CharField(label=_("Name in Chinese"), max_length=80)
    interest_tiers = TiersField(
        label=_("Interest"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A line for each tier: from which balance on, and the yearly rate in percent, as “50000 0.15”."),
    )
    withholding_rate = PercentField(label=_("Tax kept from interest (percent)"), max_value=MOST_PERCENT, initial=0)
    day_count = forms.ChoiceField(label=_("How days are counted"), choices=AccountDayCount.choices)
    monthly_fee_amount = AmountField(label=_("Monthly fee"), min_value=Decimal(0), initial=Decimal(0))
    fee_free_from_amount = AmountField(
        label=_("No fee from this balance on"),
        min_value=Decimal(0),
        required=False,
        help_text=_("Leave it empty if the fee is always charged."),
    )
    overdraft_limit_amount = AmountField(label=_("Highest overdraft"), min_value=Decimal(0), initial=Decimal(0))
    overdraft_annual_rate = PercentField(
        label=_("Overdraft interest a year (percent)"), max_value=MOST_PERCENT, initial=0
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": True}
        self.helper.add_input(Submit("", _("Prepare these terms"), css_id="propose"))

    @property
    def terms(self) -> dict[str, Any]:
        """What was asked for, as the operation takes it."""
        asked = {name: value for name, value in self.cleaned_data.items() if name not in {"idempotency_key", "code"}}
        return asked | {"currency": settings.BANK_CURRENCY}


def as_filled(product: AccountProduct) -> dict[str, Any]:
    """Fill the form with a product's terms, to prepare its next version."""
    told = {name: getattr(product, name) for name in AccountProductForm.base_fields if hasattr(product, name)}
    for name in ("withholding_rate", "overdraft_annual_rate"):
        told[name] = f"{told[name] * 100:.4f}"
    return told | {"interest_tiers": "\n".join(f"{begins:f} {rate * 100:f}" for begins, rate in product.tiers)}
