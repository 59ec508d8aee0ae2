"""Every component in every state on one page, for whoever builds pages. Open in the demo only."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from crispy_forms.bootstrap import AppendedText, InlineRadios, PrependedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal.core.charts import Chart


class State(NamedTuple):
    """A word and its tone, as an enum member would give them."""

    label: str
    tone: str


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label=gettext_lazy("Your name"), help_text=gettext_lazy("As on your identity card."))
    amount = forms.DecimalField(label=gettext_lazy("How much do you need?"), min_value=1000)
    months = forms.IntegerField(label=gettext_lazy("For how long?"), min_value=3)
    place = forms.ChoiceField(
        label=gettext_lazy("Where is your shop?"),
        choices=[("", "–"), ("town", gettext_lazy("In a town")), ("village", gettext_lazy("In a village"))],
    )
    rhythm = forms.ChoiceField(
        label=gettext_lazy("How would you like to repay?"),
        help_text=gettext_lazy("You can change this once a year."),
        choices=[("month", gettext_lazy("Every month")), ("harvest", gettext_lazy("After each harvest"))],
        widget=forms.RadioSelect,
    )
    partner = forms.ChoiceField(
        label=gettext_lazy("Do you run it with somebody?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect,
    )
    evidence = forms.MultipleChoiceField(
        label=gettext_lazy("What can you show us?"),
        choices=[("bank", gettext_lazy("Bank statements")), ("invoices", gettext_lazy("Invoices"))],
        widget=forms.CheckboxSelectMultiple,
    )
    statement = forms.FileField(label=gettext_lazy("Bank statement"), help_text="PDF, CSV, XLSX, OFX")
    remark = forms.CharField(
        label=gettext_lazy("Anything else?"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    agree = forms.BooleanField(label=gettext_lazy("I have read the key facts"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "name",
            PrependedText("amount", "¥"),
            AppendedText("months", _("months")),
            "place",
            "rhythm",
            InlineRadios("partner"),
            "evidence",
            "statement",
            "remark",
            "agree",
            Submit("send", _("Continue")),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse as a whole, to show where that is told."""
        self.add_error(None, _("We could not reach the tax office. Try again in a minute."))
        return dict(self.cleaned_data)


@login_not_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the components."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    return render(request, "gallery.html", samples())


def samples() -> dict[str, Any]:
    """Give believable inputs to each component."""
    return {
        "empty_form": SampleForm(auto_id="fresh_%s"),
        "bound_form": SampleForm({"name": "", "amount": "12"}),
        "states": _states(),
        "tasks": _tasks(),
        "answers": _answers(),
        "events": _events(),
        "installments": _installments(),
        "amount": Decimal("1234567.8"),
        "debt": Decimal("-80.5"),
        "rate": Decimal("0.149"),
        "day": date(2026, 9, 1),
        "moment": datetime(2026, 9, 1, 8, 30, tzinfo=UTC),
        "page": Paginator(range(120), 40).page(2),
        "received": _("Received, 12 months"),
        **_charts(),
    }


def _states() -> list[State]:
    return [
        State(_("Approved"), "success"),
        State(_("A person is looking at it"), "info"),
        State(_("Papers missing"), "warning"),
        State(_("Declined"), "danger"),
        State(_("Draft"), "neutral"),
    ]


def _tasks() -> list[dict[str, Any]]:
    return [
        {"title": _("Your enterprise"), "url": "#", "status": State(_("Done"), "success"), "hint": ""},
        {
            "title": _("Bank statements"),
            "url": "#",
            "status": State(_("To do"), "info"),
            "hint": _("The last twelve months, from any bank."),
        },
        {
            "title": _("Check and send"),
            "url": "",
            "status": State(_("Cannot start yet"), "neutral"),
            "hint": _("Finish the steps above first."),
        },
    ]


def _answers() -> list[dict[str, Any]]:
    return [
        {"label": _("Name of the enterprise"), "value": _("Wang Fang Grocery"), "change_url": "#"},
        {"label": _("Amount"), "value": "¥50,000", "change_url": "#"},
        {"label": _("Registered since"), "value": "2019", "change_url": ""},
    ]


def _events() -> list[dict[str, Any]]:
    return [
        {
            "at": datetime(2026, 9, 1, 8, 30, tzinfo=UTC),
            "title": _("Money paid out"),
            "text": _("¥50,000 went to your settlement account."),
            "by": "",
        },
        {"at": datetime(2026, 9, 1, 8, 12, tzinfo=UTC), "title": _("Signed"), "text": "", "by": "Wang Fang"},
        {"at": date(2026, 8, 31), "title": _("Application sent"), "text": "", "by": "Wang Fang"},
    ]


def _installments() -> list[dict[str, Any]]:
    return [
        {
            "due": date(2026, 9 + number, 1),
            "principal": Decimal("8333.33"),
            "interest": Decimal("620.83") - 100 * number,
            "state": State(_("Paid"), "success") if number == 0 else State(_("Due"), "neutral"),
        }
        for number in range(3)
    ]


def _charts() -> dict[str, Chart]:
    months = [_("%(number)s.") % {"number": number} for number in range(1, 13)]
    received = [18200, 17100, 19800, 21000, None, 22600, 24100, 23800, 25500, 24900, 26300, 28100]
    spent = [15400, 16900, 15800, 17200, 16100, 18800, 19100, 20500, 19900, 21400, 20800, 22700]
    kept = [None if take is None else take - give for take, give in zip(received, spent, strict=True)]
    return {
        "bars": Chart(_("Money in and out"), "CNY", months, [(_("In"), received), (_("Out"), spent)]),
        "losses": Chart(
            _("What was left each quarter"),
            "CNY",
            ["Q1", "Q2", "Q3", "Q4"],
            [(_("Left over"), [5200, -3100, None, 9400])],
        ),
        "lines": Chart(
            _("Balance at the end of each month"),
            "CNY",
            months,
            [(_("Your shop"), kept), (_("Usual in your trade"), [3000 + 120 * number for number in range(12)])],
        ),
        "rates": Chart(
            _("Loans paid on time"), "percent", ["2024", "2025", "2026"], [(_("Share"), [0.931, 0.948, 0.962])]
        ),
    }
