"""The amendment to a loan's contract as a PDF document: what changes, the new schedule, what stays."""

from datetime import date
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.identity.queries import name_at, person_name_at
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.rescheduling.queries import Comparison, comparison_of
from lending.products.conventions import InterestMethod
from portal.core import pdf
from portal.core.formats import day, moment, money, percent
from portal.core.language import bank_name, localized

CONDITIONS: Final = (
    gettext_lazy("From the day of the agreement this schedule takes the place of what was open of the one before."),
    gettext_lazy(
        "All principal that is open, what is late included, bears the contract's interest from that day on. The"
        " interest owed up to that day, late interest included, is shared out over the new installments and bears none"
        " itself."
    ),
    gettext_lazy("Interest that was paid for days after it comes off the first interest of the new schedule."),
    gettext_lazy("What was paid stays paid. Everything else of the contract stays as it was signed."),
    gettext_lazy("The schedule is worked out for the day shown; agreeing on another day moves its interest."),
)


def amendment(rescheduling: Rescheduling, *, on: date, language: str) -> bytes | None:
    """Render the amendment: as it was agreed to, or as it would be if agreed to on a day; nothing where neither."""
    start = rescheduling.agreed_on or on
    found = comparison_of(rescheduling, on=start)
    if found is None:
        return None
    with translation.override(language):
        return pdf.render("contract", _data(rescheduling, found, start), language=language)


def _data(rescheduling: Rescheduling, found: Comparison, start: date) -> dict[str, Any]:
    return {
        "title": _("Amendment to the loan contract"),
        "bank": bank_name(),
        "reference": rescheduling.reference,
        "facts_title": _("What changes"),
        "facts": _facts(rescheduling, found, start),
        "schedule_title": _("New schedule"),
        "columns": [_("No."), _("Due"), _("Principal"), _("Interest"), _("Installment"), _("Then open")],
        "rows": [
            [
                str(row.number),
                day(row.due_date),
                money(row.principal_amount),
                money(row.interest_amount),
                money(row.principal_amount + row.interest_amount),
                money(row.balance_after_amount),
            ]
            for row in found.after
        ],
        "conditions_title": _("Conditions"),
        "conditions": [str(each) for each in CONDITIONS],
        "signature": _signature(rescheduling),
    }


def _facts(rescheduling: Rescheduling, found: Comparison, start: date) -> list[list[str]]:
    loan = rescheduling.loan
    return [
        [_("Loan"), loan.reference],
        [_("Contract"), loan.offer.reference],
        [_("Borrower"), name_at(loan.enterprise, rescheduling.agreed_at)],
        [_("Branch"), localized(loan.offer.application.branch, "name")],
        [_("Counts from"), day(start)],
        [_("Principal scheduled anew"), money(found.principal_amount)],
        [_("Interest carried over"), money(found.carried_amount)],
        *([[_("Of it late interest"), money(found.late_interest_amount)]] if found.late_interest_amount else []),
        [_("Interest a year"), percent(loan.annual_rate)],
        [_("How it is repaid"), str(InterestMethod(rescheduling.terms.interest_method.value).label)],
        [_("Interest still to pay, before"), money(found.interest_before_amount)],
        [_("Interest still to pay, now"), money(found.interest_after_amount)],
        [_("Last installment, before"), day(found.last_due_before)],
        [_("Last installment, now"), day(found.last_due_after)],
    ]


def _signature(rescheduling: Rescheduling) -> str:
    if rescheduling.agreed_at is None:
        return _("Not agreed to yet: this is what you would agree to.")
    assert rescheduling.agreed_by is not None
    name = person_name_at(rescheduling.agreed_by, rescheduling.agreed_at)
    told = {"name": name, "when": moment(rescheduling.agreed_at)}
    return _("Agreed to by %(name)s on %(when)s in the portal, with password and one-time code.") % told
