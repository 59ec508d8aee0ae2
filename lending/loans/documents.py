"""The contract as a PDF document: key facts, schedule, conditions."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.identity.models import Enterprise
from accounts.identity.queries import identifier_at, name_at, person_name_at
from lending.applications.models import Offer
from lending.loans.models import Loan
from lending.loans.queries import schedule_of
from lending.products.presentation import early_rule, late_rule
from lending.products.queries import Cost, cost_of
from portal.core import pdf
from portal.core.dates import BusinessDayRule
from portal.core.formats import day, exact_percent, in_words, moment, money, month, percent
from portal.core.interest import AllocationOrder, DayCount, Terms
from portal.core.language import bank_name, localized

# How interest is counted, where the product's convention is one that customers meet.
DAY_COUNTS: Final = {
    DayCount.ACT_365F: gettext_lazy(
        "Interest runs from the day of payout, on what is still open, by actual days over a year of 365."
    ),
    DayCount.ACT_360: gettext_lazy(
        "Interest runs from the day of payout, on what is still open, by actual days over a year of 360."
    ),
    DayCount.THIRTY_360_MONTHS: gettext_lazy(
        "Interest runs from the day of payout, on what is still open; every month counts alike."
    ),
    DayCount.ACT_ACT_ISDA: gettext_lazy(
        "Interest runs from the day of payout, on what is still open, by actual days over the year they lie in."
    ),
    DayCount.THIRTY_E_360: gettext_lazy(
        "Interest runs from the day of payout, on what is still open, by months of 30 days over a year of 360."
    ),
}
ORDERS: Final = {
    AllocationOrder.BY_INSTALLMENT: gettext_lazy(
        "A repayment pays the oldest installment first, and of each its interest before its principal."
    ),
    AllocationOrder.INTEREST_FIRST: gettext_lazy(
        "A repayment pays all interest that is due, then all principal that is due, then the next installment."
    ),
    AllocationOrder.PRINCIPAL_FIRST: gettext_lazy(
        "A repayment pays all principal that is due, then all interest that is due, then the next installment."
    ),
}
CLOSED_DAYS: Final = {
    BusinessDayRule.FOLLOWING: gettext_lazy("A due date on a day the bank is closed moves to the next day it is open."),
    BusinessDayRule.MODIFIED_FOLLOWING: gettext_lazy(
        "A due date on a day the bank is closed moves to the next day it is open, but never into another month."
    ),
    BusinessDayRule.PRECEDING: gettext_lazy(
        "A due date on a day the bank is closed moves to the day before on which it is open."
    ),
}


def contract(offer: Offer, *, on: date, language: str) -> bytes:
    """Render the contract of an offer: as it was signed, or as it would be if signed on a day."""
    loan: Loan | None = offer.loans.select_related("signed_by").first()
    start = loan.disbursed_on if loan else on
    cost = cost_of(offer.approved_amount, offer.terms, start=start)
    if loan:  # as it was signed, whatever has become of the calendar since
        signed = list(loan.installments.filter(version=1).order_by("number"))
        cost = replace(cost, schedule=schedule_of(loan, signed), apr=loan.apr)
    with translation.override(language):
        text = _("Signed by %(name)s on %(when)s in the portal, with password and one-time code. Loan %(reference)s.")
        data = contract_data(offer, cost) | {"signature": signature(loan, text)}
        data["facts"] = _facts(offer, cost, start, signed_at=loan.signed_at if loan else None)
        data |= {"conditions_title": _("Conditions"), "conditions": conditions(offer)}
        return pdf.render("contract", data, language=language)


def contract_data(offer: Offer, cost: Cost) -> dict[str, Any]:
    """Give what every contract says: the bank, the schedule."""
    return {
        "title": _("Loan contract"),
        "bank": bank_name(),
        "reference": offer.reference,
        "facts_title": _("Key facts"),
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
    }


def borrower(enterprise: Enterprise, signed_at: datetime | None) -> list[list[str]]:
    """Name the borrower as at the signing; before it, as now."""
    return [
        [_("Borrower"), name_at(enterprise, signed_at)],
        [enterprise.get_identifier_kind_display(), identifier_at(enterprise, signed_at)],
    ]


def written_out(amount: Decimal) -> list[list[str]]:
    """Write an amount out below its digits, as Chinese contracts do; nothing in other languages."""
    words = in_words(amount, settings.BANK_CURRENCY)
    return [[_("Amount in words"), words]] if words else []


def _facts(offer: Offer, cost: Cost, start: date, *, signed_at: datetime | None) -> list[list[str]]:
    application = offer.application
    return [
        *borrower(application.enterprise, signed_at),
        [_("Branch"), localized(application.branch, "name")],
        [_("Product"), localized(application.product, "name")],
        [_("What for"), application.get_purpose_display()],
        [_("Amount"), money(offer.approved_amount)],
        *written_out(offer.approved_amount),
        [_("Paid out on"), day(start)],
        [_("Interest a year"), percent(offer.annual_rate)],
        [_("Fee kept at payout"), money(cost.schedule.upfront_fee_amount)],
        [_("Interest in all"), money(cost.schedule.interest_amount)],
        [_("You pay back in all"), money(cost.total_amount)],
        [_("Yearly cost (APR)"), percent(cost.apr)],
        *_heaviest(cost),
        [_("Last installment"), day(cost.schedule.maturity_date)],
    ]


def _heaviest(cost: Cost) -> list[list[str]]:
    if cost.is_level:
        return []
    heaviest = cost.heaviest_month
    told = {"amount": money(heaviest.amount), "month": month(heaviest.first_day), "share": percent(heaviest.share, 0)}
    return [[_("Heaviest month"), _("%(month)s: %(amount)s, %(share)s of all installments") % told]]


def conditions(offer: Offer) -> list[str]:
    """Say what holds for every loan that an offer brings."""
    terms = offer.terms
    told = [
        DAY_COUNTS.get(terms.day_count, ""),
        CLOSED_DAYS.get(terms.business_day_rule, ""),
        ORDERS[terms.allocation_order],
        _("The bank collects each installment on its day from the settlement account that the loan was paid out to."),
        early_rule(terms),
        late_rule(terms),
        *late_rate(terms),
        _("While an installment is late, the bank lends nothing more."),
        _("The schedule is worked out for payout on the day shown; signing on another day moves it."),
        _("You may complain at any branch; the answer comes in writing within fifteen days."),
    ]
    return [str(each) for each in told if each]


def late_rate(terms: Terms) -> list[str]:
    """Say what late interest comes to a year; nothing where the contract knows none."""
    if not terms.late_rate_markup:
        return []
    rate = exact_percent(terms.annual_rate * (1 + terms.late_rate_markup), 2)
    return [
        _("Late interest is %(rate)s a year. The yearly cost (APR) is that of a loan repaid on time, without it.")
        % {"rate": rate}
    ]


def signature(signed: Any, text: str) -> str:
    """Say who signed a loan or a credit line, when and how, in the words of ``text``."""
    if signed is None:
        return _("Not signed yet: this is what you would sign.")
    name = person_name_at(signed.signed_by, signed.signed_at)
    return text % {"name": name, "when": moment(signed.signed_at), "reference": signed.reference}
