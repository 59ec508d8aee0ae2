"""Which terms an account stands on."""

from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.settlement.models import AccountProduct, TermsAgreement
from portal.core.amounts import AmountField


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
