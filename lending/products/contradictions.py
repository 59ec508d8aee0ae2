"""What in a product contradicts itself: found before anyone approves it, each with the field where it is mended."""

from collections.abc import Iterator
from datetime import date
from itertools import product as combinations
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lending.products.conventions import DocumentKind, InterestMethod
from lending.products.models import LoanProduct
from portal.core import interest
from portal.core.editions import Contradiction
from portal.core.refusals import register

AT_THE_END: Final = frozenset({InterestMethod.INTEREST_ONLY, InterestMethod.BULLET})
# What the arithmetic of interest refuses, by the field that a person would change.
ARITHMETIC: Final = {
    "annual_rate_out_of_range": "max_annual_rate",
    "installments_out_of_range": "max_term_months",
    "every_out_of_range": "every",
    "term_too_long": "max_term_months",
    "due_day_needs_months": "due_day",
    "grace_out_of_range": "principal_grace",
    "months_out_of_range": "principal_months",
    "balloon_out_of_range": "balloon_rate",
    "balloon_needs_declining_balance": "balloon_rate",
    "installment_multiple_not_positive": "installment_multiple",
    "fee_out_of_range": "upfront_fee_rate",
    "late_rate_markup_out_of_range": "late_rate_markup",
    "late_grace_out_of_range": "late_grace_days",
}
register(
    {
        "product_in_another_currency": _("This bank lends in %(currency)s alone."),
        "amounts_crossed": _("The largest amount must not be smaller than the smallest."),
        "terms_crossed": _("The longest term must not be shorter than the shortest."),
        "rates_crossed": _("The highest rate must not be lower than the lowest."),
        "amount_not_above_zero": _("The smallest amount must be above zero."),
        "no_term_fits": _("With an installment every %(every)s months no term fits between these two."),
        "principal_waits_anyway": _("With this method the principal is due at the end; leave this empty."),
        "months_never_due": _(
            "With an installment every %(every)s months, loans begun in some months never fall due in these. "
            "Choose monthly installments, or name more months."
        ),
        "multiple_needs_level": _("Only installments of the same amount can be rounded to a multiple."),
        "line_needs_both": _("A credit line needs both: how long it lasts, and its smallest draw."),
        "draw_above_line": _("The smallest draw must be above zero, and not larger than the smallest amount."),
        "line_counts_by_day": _("Who repays a credit line early pays interest up to the day only: tick this."),
        "section_unknown": _("There is no industry section %(section)s."),
        "document_unknown": _("There is no kind of document %(kind)s."),
        "annual_rate_out_of_range": _("A rate lies between 0% and 10,000% a year."),
        "installments_out_of_range": _("A loan has between one and two thousand installments."),
        "every_out_of_range": _("Between two installments lie 1 to 366 of these."),
        "term_too_long": _("A loan runs for a hundred years at most."),
        "due_day_needs_months": _("A day of the month (1 to 31) goes with installments by the month."),
        "grace_out_of_range": _("A grace must end before the last installment of the shortest term."),
        "months_out_of_range": _("Months are numbered from 1 to 12."),
        "balloon_out_of_range": _("A share lies between 0% and 100%."),
        "balloon_needs_declining_balance": _(
            "A share left for the end goes with equal installments or principal only."
        ),
        "installment_multiple_not_positive": _("The multiple must be above zero."),
        "fee_out_of_range": _("A fee lies between 0% and 100%."),
        "late_rate_markup_out_of_range": _("Late interest lies at most 50% above the contract's rate."),
        "late_grace_out_of_range": _("Between 0 and 30 days may be free of late interest."),
        "schedule_impossible": _("No schedule can be worked out of this: due dates collide."),
    }
)


def contradictions(product: LoanProduct, on: date) -> list[Contradiction]:
    """List what contradicts itself in a product; its example schedules are tried as if paid out on a day."""
    crossed = list(_ranges(product))
    if crossed:
        return crossed
    found = [*_lists(product), *_due(product), *_roundings(product)]
    return found or list(_schedules(product, on))


def _ranges(product: LoanProduct) -> Iterator[Contradiction]:
    if product.currency != settings.BANK_CURRENCY:
        yield Contradiction("product_in_another_currency", "currency", {"currency": settings.BANK_CURRENCY})
    if product.min_amount <= 0:
        yield Contradiction("amount_not_above_zero", "min_amount", {})
    if product.max_amount < product.min_amount:
        yield Contradiction("amounts_crossed", "max_amount", {})
    if product.max_term_months < product.min_term_months:
        yield Contradiction("terms_crossed", "max_term_months", {})
    if product.max_annual_rate < product.min_annual_rate:
        yield Contradiction("rates_crossed", "max_annual_rate", {})
    yield from _of_a_line(product)
    if not product.every or not terms_of(product):
        yield Contradiction("no_term_fits", "every", {"every": product.every})


def _of_a_line(product: LoanProduct) -> Iterator[Contradiction]:
    if (product.line_months is None) != (product.min_draw_amount is None):
        yield Contradiction("line_needs_both", "min_draw_amount" if product.is_line else "line_months", {})
    elif product.min_draw_amount is not None and not 0 < product.min_draw_amount <= product.min_amount:
        yield Contradiction("draw_above_line", "min_draw_amount", {})
    if product.is_line and not product.early_by_day:
        yield Contradiction("line_counts_by_day", "early_by_day", {})


def terms_of(product: LoanProduct) -> list[int]:
    """List the terms in months that a product allows: multiples of its step within its range."""
    step = product.step_months
    first = max(-(-product.min_term_months // step), 1) * step
    return list(range(first, product.max_term_months + 1, step))


def terms_to_ask(product: LoanProduct) -> list[int]:
    """List the terms in months that may be asked for: a credit line is judged by the longest of its draws alone."""
    return terms_of(product)[-1:] if product.is_line else terms_of(product)


def _lists(product: LoanProduct) -> Iterator[Contradiction]:
    for section in product.sections:
        if section not in {chr(code) for code in range(ord("A"), ord("U") + 1)}:
            yield Contradiction("section_unknown", "sections", {"section": section})
    for kind in product.documents:
        if kind not in DocumentKind.values:
            yield Contradiction("document_unknown", "documents", {"kind": kind})


def _due(product: LoanProduct) -> Iterator[Contradiction]:
    if product.interest_method in AT_THE_END:
        for field in ("principal_months", "principal_grace"):
            if getattr(product, field):
                yield Contradiction("principal_waits_anyway", field, {})
    for field in ("principal_months", "interest_months"):
        months = getattr(product, field)
        if not set(months) <= set(range(1, 13)):
            yield Contradiction("months_out_of_range", field, {})
        elif months and not _reached_from_everywhere(months, product.step_months):
            yield Contradiction("months_never_due", field, {"every": product.every})


def _reached_from_everywhere(months: list[int], step: int) -> bool:
    """Tell whether a loan begun in any month falls due in one of these, going ``step`` months at a time."""
    return all(any((begun + step * n - 1) % 12 + 1 in months for n in range(1, 13)) for begun in range(1, 13))


def _roundings(product: LoanProduct) -> Iterator[Contradiction]:
    if product.installment_multiple and product.interest_method != InterestMethod.EQUAL_INSTALLMENTS:
        yield Contradiction("multiple_needs_level", "installment_multiple", {})


def _schedules(product: LoanProduct, on: date) -> Iterator[Contradiction]:
    """Try the corners: smallest and largest amount, shortest and longest term, lowest and highest rate."""
    lengths = terms_of(product)
    corners = combinations(
        (product.min_amount, product.max_amount),
        (lengths[0], lengths[-1]),
        (product.min_annual_rate, product.max_annual_rate),
    )
    for amount, term_months, annual_rate in corners:
        try:
            interest.schedule(amount, product.terms(annual_rate=annual_rate, term_months=term_months), on)
        except interest.InterestRefused as refused:
            known = refused.code in ARITHMETIC
            yield Contradiction(
                refused.code if known else "schedule_impossible", ARITHMETIC.get(refused.code, "every"), {}
            )
            return
