"""Which part of the book to look at."""

from datetime import date, timedelta
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Branch
from lending.portfolio.queries import Scope
from lending.products.models import LoanProduct
from portal.core.dates import add_months
from portal.core.language import localized

LONGEST_DAYS: Final = 3 * 366


class ScopeForm(forms.Form):
    """Days, a branch and a product; empty is the last year, all that one may see, and all products."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))
    branch = forms.ChoiceField(label=_("Branch"), required=False)
    product = forms.ChoiceField(label=_("Product"), required=False)

    def __init__(self, data: Any, *, today: date, branches: list[Branch], sees_all: bool) -> None:
        year_ago = add_months(today, -12) + timedelta(days=1)
        filled = {name: data.get(name, "") for name in ("branch", "product")}
        filled["first"] = data.get("first") or year_ago.isoformat()
        filled["last"] = data.get("last") or today.isoformat()
        super().__init__(filled)
        self.branches, self.sees_all = branches, sees_all
        products = LoanProduct.objects.order_by("code", "-version").distinct("code")
        self.fields["branch"] = forms.ChoiceField(
            label=_("Branch"),
            required=False,
            choices=[("", _("All")), *((each.code, localized(each, "name")) for each in branches)],
        )
        self.fields["product"] = forms.ChoiceField(
            label=_("Product"),
            required=False,
            choices=[("", _("All")), *((each.code, localized(each, "name")) for each in products)],
        )
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.form_class = "filter"
        self.helper.layout = Layout(
            Field("first"),
            Field("last"),
            Field("branch"),
            Field("product"),
            Submit("", _("Show"), css_class="btn btn-secondary", css_id="show"),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a period that runs backwards or is longer than three years."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            raise forms.ValidationError(_("The first day is after the last."))
        if first and last and (last - first).days > LONGEST_DAYS:
            raise forms.ValidationError(_("Choose a period of three years at most."))
        return cleaned

    def scope(self) -> Scope:
        """Give what was chosen, never more than one may see."""
        chosen = self.cleaned_data
        seen = None if self.sees_all else tuple(each.pk for each in self.branches)
        picked = tuple(each.pk for each in self.branches if each.code == chosen["branch"])
        return Scope(chosen["first"], chosen["last"], picked or seen, chosen["product"])
