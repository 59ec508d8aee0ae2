"""What staff fill in about a product: every convention of its loans, in groups, each with plain help."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Industry
from lending.products.contradictions import contradictions, terms_of
from lending.products.conventions import (
    MONTHS,
    AllocationOrder,
    ClosedDay,
    DayCount,
    DeferredInterest,
    DocumentKind,
    Frequency,
    InterestMethod,
    InterestPeriod,
    MonthEnd,
    Rounding,
)
from lending.products.models import CONTENT, LoanProduct
from lending.products.queries import usual_amount, usual_term
from portal.core import formats, interest
from portal.core.amounts import AmountField, PercentField
from portal.core.refusals import sentence_of

PERCENT_FIELDS: Final = ("min_annual_rate", "max_annual_rate", "upfront_fee_rate", "balloon_rate", "late_rate_markup")
GROUPS: Final[dict[str, tuple[Any, tuple[str, ...]]]] = {
    "names": (_("What it is called"), ("code", "name_en", "name_zh_hans", "summary_en", "summary_zh_hans")),
    "range": (
        _("How much, how long, at what price"),
        ("min_amount", "max_amount", "min_term_months", "max_term_months", "min_annual_rate", "max_annual_rate",
         "upfront_fee_rate"),
    ),
    "line": (_("Only for a credit line"), ("line_months", "min_draw_amount")),
    "who": (_("Who can have it"), ("sections", "documents", "requires_clearance")),
    "dates": (
        _("When installments fall due"),
        ("interest_method", "frequency", "every", "due_day", "month_end", "business_day_rule"),
    ),
    "seasons": (
        _("Seasons and grace"),
        ("principal_months", "interest_months", "principal_grace", "interest_grace", "interest_free",
         "deferred_interest"),
    ),
    "interest": (
        _("How interest is counted and rounded"),
        ("day_count", "interest_period", "rounding", "installment_multiple", "balloon_rate", "allocation_order",
         "early_by_day"),
    ),
    "late": (_("When an installment is late"), ("late_rate_markup", "late_grace_days", "late_on_interest")),
}  # fmt: skip
HALVES: Final = (
    *GROUPS["range"][1],
    *GROUPS["line"][1],
    "frequency",
    "every",
    "due_day",
    "month_end",
    "late_rate_markup",
    "late_grace_days",
)
CHECKS: Final = ("sections", "documents", "principal_months", "interest_months")


# What is said of an amount and of a rate that cannot be read.
_UNREADABLE: Final = ("invalid", "max_digits", "max_decimal_places", "max_whole_digits")
AMOUNT_ERRORS: Final = {"required": _("Enter an amount."), "min_value": _("Enter an amount above zero.")}
RATE_ERRORS: Final = dict.fromkeys(_UNREADABLE, _("Write the rate in percent, for example 9.8.")) | {
    "required": _("Enter a rate."),
    "min_value": _("A rate is not below zero."),
}


class MonthsField(forms.TypedMultipleChoiceField):
    """Months of the year."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"choices": MONTHS, "coerce": int, "required": False, "widget": forms.CheckboxSelectMultiple, **kwargs}
        )


def _amount(label: Any, **kwargs: Any) -> AmountField:
    return AmountField(label=label, **{"min_value": None, **kwargs})


def _count(label: Any, most: int, **kwargs: Any) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(label=label, max_value=most, widget=widget, **{"min_value": 0, **kwargs})


def _column(name: str) -> Column:
    """Give figures half the width, and long lists of choices two columns of their own."""
    if name in HALVES:
        return Column(name, css_class="col-md-6")
    return Column(name, css_class="col-12 checks" if name in CHECKS else "col-12")


class ProductForm(forms.Form):
    """A version of a product."""

    code = forms.SlugField(
        label=_("Product code"),
        max_length=40,
        help_text=_("Short, in Latin letters, for addresses and the API: quick, harvest. It never changes."),
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    name_zh_hans = forms.CharField(label=_("Name in Chinese"), max_length=80)
    summary_en = forms.CharField(
        label=_("What it is for, in English"),
        max_length=240,
        help_text=_("One or two sentences that an owner understands."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    summary_zh_hans = forms.CharField(
        label=_("What it is for, in Chinese"), max_length=240, widget=forms.Textarea(attrs={"rows": 2})
    )
    min_amount = _amount(_("Smallest amount"))
    max_amount = _amount(_("Largest amount"))
    min_term_months = _count(_("Shortest term in months"), 600, min_value=1)
    max_term_months = _count(_("Longest term in months"), 600, min_value=1)
    min_annual_rate = PercentField(
        label=_("Lowest annual rate in percent"), help_text=_("The best grade of the scorecard pays this.")
    )
    max_annual_rate = PercentField(
        label=_("Highest annual rate in percent"), help_text=_("The weakest grade that is lent to pays this.")
    )
    upfront_fee_rate = PercentField(
        label=_("Fee at payout in percent"),
        initial=Decimal(0),
        help_text=_("Of the principal, kept when it is paid out."),
    )
    line_months = _count(
        _("How many months money can be drawn"),
        60,
        min_value=1,
        required=False,
        help_text=_("Empty: one loan. Otherwise the amounts above are its limit and the terms are those of a draw."),
    )
    min_draw_amount = _amount(_("Smallest draw"), required=False)
    sections = forms.MultipleChoiceField(
        label=_("Only for these trades"),
        required=False,
        help_text=_("None chosen: every trade may have it."),
        widget=forms.CheckboxSelectMultiple,
    )
    documents = forms.MultipleChoiceField(
        label=_("Documents that must be there"),
        choices=DocumentKind.choices,
        required=False,
        help_text=_("Beside a bank statement, which every application needs. Without these it cannot be sent."),
        widget=forms.CheckboxSelectMultiple,
    )
    requires_clearance = forms.SlugField(
        label=_("Course certificate required"),
        max_length=60,
        required=False,
        help_text=_("The clearance code that a course gives, as its page for editors shows it."),
    )
    interest_method = forms.ChoiceField(
        label=_("How principal and interest are repaid"), choices=InterestMethod.choices, widget=forms.RadioSelect
    )
    frequency = forms.ChoiceField(
        label=_("Installments are counted in"), choices=Frequency.choices, initial=Frequency.MONTH
    )
    every = _count(
        _("One every so many"), 52, min_value=1, initial=1, help_text=_("1: each month or week. 3: each quarter.")
    )
    due_day = _count(
        _("Day of the month"), 31, min_value=1, required=False, help_text=_("Empty: the day on which it was paid out.")
    )
    month_end = forms.ChoiceField(
        label=_("In a month without that day"), choices=MonthEnd.choices, initial=MonthEnd.CLAMP
    )
    business_day_rule = forms.ChoiceField(
        label=_("A due date on which the bank is closed"), choices=ClosedDay.choices, initial=ClosedDay.FOLLOWING
    )
    principal_months = MonthsField(
        label=_("Principal is due only in these months"),
        help_text=_("For harvests and seasons. None chosen: every month. The last installment takes what is left."),
    )
    interest_months = MonthsField(
        label=_("Interest is due only in these months"), help_text=_("None chosen: every month.")
    )
    principal_grace = _count(
        _("Installments without principal"),
        600,
        initial=0,
        help_text=_("At the beginning; interest is paid meanwhile."),
    )
    interest_grace = _count(
        _("Installments without interest due"), 600, initial=0, help_text=_("It runs, and is paid later.")
    )
    interest_free = _count(
        _("Installments for which no interest runs"),
        600,
        initial=0,
        help_text=_("A gift of the bank, at the beginning."),
    )
    deferred_interest = forms.ChoiceField(
        label=_("Interest that waited is paid"), choices=DeferredInterest.choices, initial=DeferredInterest.SPREAD
    )
    day_count = forms.ChoiceField(label=_("How days are counted"), choices=DayCount.choices, initial=DayCount.ACT_365F)
    interest_period = forms.ChoiceField(
        label=_("Interest of an installment is"), choices=InterestPeriod.choices, initial=InterestPeriod.DAILY
    )
    rounding = forms.ChoiceField(label=_("Half a cent is rounded"), choices=Rounding.choices, initial=Rounding.HALF_UP)
    installment_multiple = _amount(
        _("Installments are a multiple of"),
        required=False,
        help_text=_("For example 10: installments of whole tens. The last one differs. Empty: to the cent."),
    )
    balloon_rate = PercentField(
        label=_("Share of the principal left for the last installment, in percent"), initial=Decimal(0)
    )
    allocation_order = forms.ChoiceField(
        label=_("A repayment pays"), choices=AllocationOrder.choices, initial=AllocationOrder.BY_INSTALLMENT
    )
    early_by_day = forms.BooleanField(
        label=_("What is repaid early pays interest up to its day only"),
        help_text=_("Without: it pays the next installment with its whole interest first. A credit line needs it."),
        required=False,
        initial=True,
    )
    late_rate_markup = PercentField(
        label=_("Late interest, percent above the contract's rate"),
        initial=Decimal(0),
        help_text=_("50: what is late bears one and a half times the rate, by the day. 0: none. At most 50."),
    )
    late_grace_days = _count(_("Days late that bear none"), interest.MOST_LATE_GRACE_DAYS, initial=0)
    late_on_interest = forms.BooleanField(
        label=_("Interest that is late bears it too, not principal alone"), required=False
    )

    def __init__(self, *args: Any, today: date, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["sections"].choices = [  # type: ignore[attr-defined]
            (each.code, f"{each.code} {each}") for each in Industry.objects.filter(parent=None).order_by("code")
        ]
        if code:
            del self.fields["code"]
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": True}
        self.helper.layout = Layout(
            *(self._group(title, names) for title, names in GROUPS.values()), Submit("submit", _("Prepare and preview"))
        )

    def _group(self, title: Any, names: tuple[str, ...]) -> Fieldset:
        shown = [name for name in names if name in self.fields]
        return Fieldset(title, Row(*(_column(name) for name in shown)), css_class="group")

    def content(self) -> dict[str, Any]:
        """Give what was filled in as the operations take it."""
        return {name: self.cleaned_data[name] for name in CONTENT if name in self.cleaned_data} | {
            "currency": settings.BANK_CURRENCY,
            "country": settings.BANK_COUNTRY,
        }

    def clean(self) -> dict[str, Any]:
        """Refuse what contradicts itself, each at its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            for found in contradictions(LoanProduct(**self.content()), self.today):
                self.add_error(found.field, ValidationError(sentence_of(found.code, found.params)))
        return cleaned


def initial_of(product: LoanProduct) -> dict[str, Any]:
    """Fill the form with a version: rates in percent."""
    told = product.content()
    return (
        told
        | {name: _plain(told[name] * 100) for name in PERCENT_FIELDS}
        | {name: _plain(told[name]) for name in ("min_amount", "max_amount", "min_draw_amount") if told[name]}
    )


def _plain(figure: Decimal) -> str:
    return f"{figure.normalize():f}"


class ExampleForm(forms.Form):
    """Which loan an example is worked out for; what is left out is usual."""

    LEAVES_OUT: ClassVar[tuple[str, ...]] = ("amount", "term_months", "annual_rate")

    amount = _amount(_("Amount"), error_messages=AMOUNT_ERRORS)
    term_months = forms.TypedChoiceField(
        label=_("Months"), coerce=int, error_messages={"invalid_choice": _("Choose one of the terms.")}
    )
    annual_rate = PercentField(label=_("Rate in percent"), error_messages=RATE_ERRORS)

    def __init__(self, data: Any, *, product: LoanProduct) -> None:
        usual = {
            "amount": _plain(usual_amount(product)),
            "term_months": str(usual_term(product)),
            "annual_rate": _plain(product.max_annual_rate * 100),
        }
        super().__init__({name: data.get(name) or usual[name] for name in self.LEAVES_OUT})
        self.product = product
        self.fields["term_months"].choices = [(n, n) for n in terms_of(product)]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        self.helper.attrs = {"novalidate": True, "action": "#example"}
        self.helper.layout = Layout(
            Row(*(Column(name, css_class="col-md-4") for name in self.LEAVES_OUT)),
            Submit("", _("Work it out"), css_class="btn-secondary"),
        )

    def clean_amount(self) -> Decimal:
        """Keep the amount within the product."""
        amount: Decimal = self.cleaned_data["amount"]
        least, most = self.product.min_amount, self.product.max_amount
        return _within(amount, least, most, told=formats.money_bounds(least, most))

    def clean_annual_rate(self) -> Decimal:
        """Keep the rate within the product."""
        rate: Decimal = self.cleaned_data["annual_rate"]
        least, most = self.product.min_annual_rate, self.product.max_annual_rate
        return _within(rate, least, most, told={"least": formats.percent(least), "most": formats.percent(most)})


def _within(value: Decimal, least: Decimal, most: Decimal, *, told: dict[str, str]) -> Decimal:
    if not least <= value <= most:
        raise forms.ValidationError(_("Enter a figure between %(least)s and %(most)s."), params=told)
    return value


class ApproveForm(forms.Form):
    """From which day a version is offered."""

    offered_from = forms.DateField(
        label=_("Offered from"),
        help_text=_("From this day on owners can apply for it; the version before ends."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offered_from"].widget.attrs["min"] = today.isoformat()
