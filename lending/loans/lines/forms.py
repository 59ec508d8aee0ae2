"""The shape of drawing from a line, and of what the bank's people do about it."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from lending.loans.forms import SignForm
from lending.loans.lines.models import CreditLine
from lending.loans.proposals.forms import why
from lending.products.contradictions import terms_of
from lending.products.forms import AMOUNT_ERRORS
from portal.core import formats
from portal.core.amounts import AmountField, in_bank_currency
from portal.core.buttons import with_button
from portal.core.idempotency import IdempotencyKeyField


class DrawForm(forms.Form):
    """How much to draw, and for how long."""

    FIELDS: Final = dict.fromkeys(("draw_not_exact", "draw_too_small", "draw_above_available"), "amount") | {
        "draw_term_wrong": "term_months",
        "draw_impossible": "term_months",
    }

    amount = AmountField(label=in_bank_currency(_("How much?")), min_value=None, error_messages=AMOUNT_ERRORS)
    term_months = forms.TypedChoiceField(
        label=_("For how long?"),
        coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose one of the terms.")),
    )
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, line: CreditLine, available: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms = [(n, formats.months(n)) for n in terms_of(line.product)]
        self.fields["term_months"].choices = terms  # type: ignore[attr-defined]
        self.fields["amount"].help_text = _("From %(least)s to %(most)s.") % formats.money_bounds(
            line.least_amount, available, line.currency
        )
        self.helper = with_button(_("Show what it costs"))


class CodeForm(forms.Form):
    """The code that confirms a draw."""

    FIELDS: Final = SignForm.FIELDS

    code = SignForm.declared_fields["code"]


class ReasonForm(forms.Form):
    """Why a line is suspended or resumed."""

    FIELDS: Final = {"line_reason_missing": "reason"}

    reason = why(_("Why"))


class LowerForm(forms.Form):
    """To how much a line is lowered, and why."""

    FIELDS: Final = {
        "line_reason_missing": "reason",
        "limit_not_lower": "limit_amount",
        "limit_below_drawn": "limit_amount",
    }

    limit_amount = AmountField(label=_("New limit"), error_messages=AMOUNT_ERRORS)
    reason = why(_("Why"))
