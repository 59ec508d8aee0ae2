"""The contract as a PDF document: key facts, schedule, conditions."""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from lending.applications.models import Offer
from lending.products.queries import Cost, cost_of
from portal.core import pdf
from portal.core.formats import day, money, percent
from portal.core.language import localized


def contract(offer: Offer, *, on: date, language: str) -> bytes:
    """Render the contract of an offer as if it were signed on a day."""
    start = offer.loan.disbursed_on if hasattr(offer, "loan") else on
    cost = cost_of(offer.approved_amount, offer.terms, start=start)
    with translation.override(language):
        return pdf.render("contract", _contract_data(offer, cost, start), language=language)


def _contract_data(offer: Offer, cost: Cost, start: date) -> dict[str, Any]:
    application = offer.application
    chinese = (translation.get_language() or "en").startswith("zh")
    return {
        "title": _("Loan contract"),
        "bank": settings.BANK_NAME_ZH_HANS if chinese else settings.BANK_NAME_EN,
        "reference": offer.reference,
        "facts_title": _("Key facts"),
        "facts": [
            [_("Borrower"), application.enterprise.legal_name],
            [_("Branch"), localized(application.branch, "name")],
            [_("Product"), localized(application.product, "name")],
            [_("Amount"), money(offer.approved_amount)],
            [_("Paid out on"), day(start)],
            [_("Interest a year"), percent(offer.annual_rate)],
            [_("Fee kept at payout"), money(cost.schedule.upfront_fee_amount)],
            [_("Interest in all"), money(cost.schedule.interest_amount)],
            [_("You pay back in all"), money(cost.total_amount)],
            [_("Yearly cost (APR)"), percent(cost.apr)],
            [_("Last installment"), day(cost.schedule.maturity_date)],
        ],
        "schedule_title": _("Schedule"),
        "columns": [_("No."), _("Due"), _("Principal"), _("Interest"), _("Installment"), _("Then open")],
        "rows": [
            [
                str(row.number),
                day(row.due_date),
                money(row.principal_amount),
                money(row.interest_amount),
                money(row.total_amount),
                money(row.balance_after),
            ]
            for row in cost.schedule.installments
        ],
        "conditions_title": _("Conditions"),
        "conditions": [
            _("Interest runs from the day of payout, on what is still open, by actual days over a year of 365."),
            _("A due date on a day the bank is closed moves to the next day it is open."),
            _("A repayment pays the oldest installment first, and of each its interest before its principal."),
            _("The schedule is worked out for payout on the day shown; signing on another day moves it."),
            _("You may complain at any branch; the answer comes in writing within fifteen days."),
        ],
        "signature": _("Signed electronically in the portal with password and one-time code."),
    }
