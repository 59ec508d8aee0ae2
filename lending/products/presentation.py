"""What the pages of products show: finished rows, in the reader's language."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.identity.models import Industry, User
from lending.products import queries
from lending.products.conventions import MONTHS, DocumentKind, Frequency
from lending.products.models import LoanProduct
from portal.core import formats, interest
from portal.core.editions import Edition


def facts_of(product: LoanProduct) -> list[dict[str, str]]:
    """List every convention of a version in words, for whoever approves it."""
    return [{"label": label, "value": value} for label, value in _facts(product) if value]


def _facts(product: LoanProduct) -> Iterable[tuple[str, str]]:
    yield (
        _("Amount"),
        _("%(least)s to %(most)s") % formats.money_bounds(product.min_amount, product.max_amount, product.currency),
    )
    yield (
        _("Term"),
        _("%(least)s to %(most)s months") % {"least": product.min_term_months, "most": product.max_term_months},
    )
    yield (
        _("Interest a year"),
        _("%(least)s to %(most)s")
        % {"least": formats.percent(product.min_annual_rate), "most": formats.percent(product.max_annual_rate)},
    )
    if product.is_line:
        yield _("Credit line"), line_in_words(product)
    yield _("Fee at payout"), formats.percent(product.upfront_fee_rate) if product.upfront_fee_rate else _("None")
    yield _("Who can have it"), who_can(product)
    yield _("Documents that must be there"), _(", ").join(documents_of(product)) or _("None beside a bank statement")
    yield _("Course certificate required"), product.requires_clearance
    yield _("How principal and interest are repaid"), product.get_interest_method_display()
    yield _("An installment falls due"), rhythm_of(product)
    yield _("Day of the month"), f"{product.due_day} · {product.get_month_end_display()}" if product.due_day else ""
    yield _("A due date on which the bank is closed"), product.get_business_day_rule_display()
    yield from _seasons(product)
    yield _("How days are counted"), product.get_day_count_display()
    yield _("Interest of an installment is"), product.get_interest_period_display()
    yield _("Half a cent is rounded"), product.get_rounding_display()
    multiple = product.installment_multiple
    yield _("Installments are a multiple of"), formats.money(multiple, product.currency, whole=True) if multiple else ""
    yield _("Left for the last installment"), formats.percent(product.balloon_rate) if product.balloon_rate else ""
    yield _("A repayment pays"), product.get_allocation_order_display()
    yield _("What is repaid early"), early_rule(product)
    yield _("Late interest"), late_rule(product)


def early_rule(terms: LoanProduct | interest.Terms) -> str:
    """Say what repaying early costs, as a contract says it."""
    if terms.early_by_day:
        return _(
            "You may repay earlier at any time, in part or whole, without a charge, and pay interest only for the days"
            " you owed the money. What you repay early pays the interest up to that day, then principal: of the next"
            " installment first, then of the last ones. That principal bears no interest from that day on."
        )
    return _(
        "You may repay earlier at any time, in part or whole, without a charge. What goes beyond the next"
        " installment pays the last ones first and bears no interest from that day on; to end the loan you pay the"
        " interest up to that day."
    )


def late_rule(terms: LoanProduct | interest.Terms) -> str:
    """Say what is asked of an installment that is late, as a contract says it."""
    if not terms.late_rate_markup:
        return _("A late installment costs no more interest and no fee.")
    told = {"markup": formats.exact_percent(terms.late_rate_markup), "days": terms.late_grace_days}
    if terms.late_on_interest:
        rule = _("Principal and interest that are late bear the contract's rate and %(markup)s of it more, by the day.")
    else:
        rule = _("Principal that is late bears the contract's rate and %(markup)s of it more, by the day.")
    said = [rule, _("Late interest bears none itself, and a repayment pays it first.")]
    if terms.late_grace_days:
        days = ngettext(
            "The first day late bears none.", "The first %(days)s days late bear none.", terms.late_grace_days
        )
        said.insert(1, days)
    return formats.paragraph(*said) % told


def _seasons(product: LoanProduct) -> Iterable[tuple[str, str]]:
    yield _("Principal is due only in these months"), months_in_words(product.principal_months)
    yield _("Interest is due only in these months"), months_in_words(product.interest_months)
    yield _("Installments without principal"), _count(product.principal_grace)
    yield _("Installments without interest due"), _count(product.interest_grace)
    yield _("Installments for which no interest runs"), _count(product.interest_free)
    if product.interest_grace:
        yield _("Interest that waited is paid"), product.get_deferred_interest_display()


def _count(count: int) -> str:
    return str(count) if count else ""


def line_in_words(product: LoanProduct) -> str:
    """Say how long a credit line can be drawn, and from which amount on."""
    told = {
        "months": product.line_months,
        "least": formats.money(product.min_draw_amount, product.currency, whole=True),
    }
    return _("Can be drawn for %(months)s months, from %(least)s at a time") % told


def rhythm_of(product: LoanProduct) -> str:
    """Say how often an installment falls due."""
    weekly = product.frequency == Frequency.WEEK
    if product.every == 1:
        return _("every week") if weekly else _("every month")
    return (_("every %(n)d weeks") if weekly else _("every %(n)d months")) % {"n": product.every}


def months_in_words(months: Iterable[int]) -> str:
    """Name months of the year in their order."""
    names = dict(MONTHS)
    return _(", ").join(str(names[month]) for month in sorted(months))


def who_can(product: LoanProduct) -> str:
    """Say which trades may have a product."""
    if not product.sections:
        return _("Every trade")
    return _(", ").join(str(each) for each in Industry.objects.filter(code__in=product.sections).order_by("code"))


def documents_of(product: LoanProduct) -> list[str]:
    """Name the documents that must be there."""
    return [str(DocumentKind(kind).label) for kind in product.documents]


def history_of(edition: Edition, *, made: str) -> list[dict[str, Any]]:
    """Tell who made and who approved an edition, and when."""
    found = User.objects.filter(reference__in=[edition.made_by, edition.approved_by])
    people = {each.reference: str(each) for each in found}
    rows = [
        (made, getattr(edition, f"{edition.MADE}_at"), edition.made_by),
        (_("Approved"), edition.approved_at, edition.approved_by),
    ]
    return [{"title": title, "at": at, "by": people.get(by, by)} for title, at, by in rows if by]


def public_examples(product: LoanProduct, *, on: date) -> list[queries.Example]:
    """Work out what a usual loan costs at the lowest and at the highest rate, as if paid out on a day."""
    rates = dict.fromkeys((product.min_annual_rate, product.max_annual_rate))
    try:
        return [queries.example_of(product, on=on, annual_rate=rate) for rate in rates]
    except interest.InterestRefused:  # a holiday calendar may make due dates collide on some days
        return []
