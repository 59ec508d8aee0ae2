"""The contract of a credit line as a PDF document: limit, price, what a draw asks, an example schedule."""

from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _

from lending.applications.models import Offer
from lending.loans import documents
from lending.loans.lines.models import CreditLine
from lending.products.queries import Cost, cost_of
from portal.core import pdf
from portal.core.dates import add_months
from portal.core.formats import day, money, percent
from portal.core.language import localized


def contract_of_line(offer: Offer, *, on: date, language: str) -> bytes:
    """Render the contract of a line: as it was signed, or as it would be if signed on a day."""
    line: CreditLine | None = getattr(offer, "line", None)
    start = line.opened_on if line else on
    with translation.override(language):
        cost = cost_of(offer.approved_amount, offer.terms, start=start)
        text = _("Signed by %(name)s on %(when)s in the portal, with password and one-time code. Line %(reference)s.")
        data = documents.contract_data(offer, cost) | {
            "title": _("Contract on a revolving credit line"),
            "facts": _facts(offer, cost, start, signed_at=line.signed_at if line else None),
            "schedule_title": _("An example: all of it drawn on one day, for the longest term"),
            "conditions_title": _("Conditions"),
            "conditions": _of_the_line() + documents.conditions(offer),
            "signature": documents.signature(line, text),
        }
        return pdf.render("contract", data, language=language)


def _facts(offer: Offer, cost: Cost, start: date, *, signed_at: datetime | None) -> list[list[str]]:
    application, product = offer.application, offer.application.product
    assert product.line_months is not None
    terms = {"least": product.min_term_months, "most": offer.term_months}
    return [
        *documents.borrower(application.enterprise, signed_at),
        [_("Branch"), localized(application.branch, "name")],
        [_("Product"), localized(product, "name")],
        [_("What for"), application.get_purpose_display()],
        [_("Limit"), money(offer.approved_amount)],
        *documents.written_out(offer.approved_amount),
        [_("Can be drawn through"), day(add_months(start, product.line_months))],
        [_("Smallest draw"), money(product.min_draw_amount)],
        [_("Term of a draw"), _("%(least)s to %(most)s months") % terms],
        [_("How it is repaid"), product.get_interest_method_display()],
        [_("Interest a year"), percent(offer.annual_rate)],
        [_("Fee kept at each payout"), percent(product.upfront_fee_rate)],
        [_("Yearly cost (APR) of the example"), percent(cost.apr)],
        [_("Interest of the example in all"), money(cost.schedule.interest_amount)],
    ]


def _of_the_line() -> list[str]:
    return [
        _(
            "Until the day above you may draw within the limit at any time, with a one-time code. Each draw is a loan"
            " of its own: before you confirm it you see its schedule and what it costs in all."
        ),
        _("What is not drawn costs nothing. Principal that is repaid can be drawn again."),
        _(
            "Nothing can be drawn while an installment of any loan is late, a loan runs by a new schedule, a paper that"
            " the bank has to see has expired, the account is frozen, or the bank has suspended the line or looks at it"
            " once more; nor after a loan was written off."
        ),
        _(
            "The bank may suspend the line or lower its limit, to no less than what is drawn, and tells you at once."
            " What is drawn goes on as agreed, also after the line's last day. You may give the line back at any time."
        ),
    ]
