"""What a policy's codes say, what can be done about each, and how the facts that it asks about are called."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class Wording:
    """What a code says, and what can be done about it."""

    sentence: Promise
    advice: Promise


WORDINGS: Final[dict[str, Wording]] = {
    "identity_not_verified": Wording(
        gettext_lazy("The bank could not confirm who you are."),
        gettext_lazy("Bring your business licence and identity card to a branch, or ask a field officer to come."),
    ),
    "identity_not_checked": Wording(
        gettext_lazy("Nobody of the bank has seen your papers yet, or what was seen is out of date."),
        gettext_lazy(
            "Bring your business license or household certificate and the identity card of every owner to your branch, "
            "or ask a field officer to come."
        ),
    ),
    "bank_cannot_lend": Wording(
        gettext_lazy("The bank cannot lend to you at present."),
        gettext_lazy("Your branch answers your questions."),
    ),
    "person_looks": Wording(
        gettext_lazy("A person at the bank looks at this before it is decided."),
        gettext_lazy("Nothing to do: we will call you."),
    ),
    "register_overdue": Wording(
        gettext_lazy(
            "The credit register tells of %(value)s that is overdue elsewhere; the most we can accept is %(bound)s."
        ),
        gettext_lazy("Pay what is overdue first. If the register is wrong, ask it to correct the entry."),
    ),
    "register_lenders_many": Wording(
        gettext_lazy("The credit register tells of %(value)s lenders; the most we can accept is %(bound)s."),
        gettext_lazy("Finish one of your loans first."),
    ),
    "register_not_seen": Wording(
        gettext_lazy("The credit register has not answered yet, or you have not agreed that we ask it."),
        gettext_lazy("Nothing to do: we will call you."),
    ),
    "in_arrears": Wording(
        gettext_lazy(
            "A loan of yours, or of a business that belongs with yours, was up to %(value)s days overdue; the most we "
            "can accept is %(bound)s."
        ),
        gettext_lazy(
            "Pay what is still overdue, or ask the bank for a new repayment plan. If all is paid, ask your branch."
        ),
    ),
    "too_young": Wording(
        gettext_lazy("The business is %(value)s months old; we lend from %(bound)s months on."),
        gettext_lazy("Let your business account run for a few more months, and apply again then."),
    ),
    "debt_too_heavy": Wording(
        gettext_lazy("%(value)s of what you earn already goes to loans; the most we can accept is %(bound)s."),
        gettext_lazy("Finish one of your loans first, or ask your lenders for smaller repayments over a longer time."),
    ),
    "no_recent_income": Wording(
        gettext_lazy("The last payment from a customer is %(value)s days old."),
        gettext_lazy("Add the newest statement. If your trade is resting, tell us when it earns again."),
    ),
    "holder_differs": Wording(
        gettext_lazy("A statement is not in the name of the business."),
        gettext_lazy("Add statements of the account that belongs to the business, or show us whose account it is."),
    ),
    "evidence_contradicts": Wording(
        gettext_lazy("Places where your statements do not add up: %(value)s."),
        gettext_lazy("Download the statements from your bank again, and add them unchanged."),
    ),
    "foreign_evidence": Wording(
        gettext_lazy("Some of your money moves in another currency, which a person looks at."),
        gettext_lazy("Tell us what this money is for."),
    ),
    "clearance_missing": Wording(
        gettext_lazy("This loan asks for a course that you have not finished yet."),
        gettext_lazy("Finish the course; it takes a few short lessons."),
    ),
    "evidence_too_short": Wording(
        gettext_lazy("Your statements cover %(value)s days; a quick answer needs %(bound)s."),
        gettext_lazy("Add older statements, up to a full year."),
    ),
    "evidence_too_old": Wording(
        gettext_lazy(
            "The newest entry on your statements is %(value)s days old; a quick answer needs %(bound)s or less."
        ),
        gettext_lazy("Add the statement of the current month."),
    ),
    "purpose_unknown": Wording(
        gettext_lazy("For %(value)s of the money that moved we cannot tell what it was for."),
        gettext_lazy("Say on your cash-flow page what these movements were."),
    ),
    "young_business": Wording(
        gettext_lazy("The business is %(value)s months old; a person looks at those younger than %(bound)s."),
        gettext_lazy("Nothing to do: we will call you."),
    ),
    "amount_needs_person": Wording(
        gettext_lazy("A person looks at every amount above %(bound)s."),
        gettext_lazy("Nothing to do: we will call you."),
    ),
    "input_missing": Wording(
        gettext_lazy("This could not be seen yet: %(inputs)s."),
        gettext_lazy("Add statements or papers that show it, or wait: a person will look at it."),
    ),
    "evidence_too_thin": Wording(
        gettext_lazy("%(missing)s of %(of)s figures could not be measured from what you showed us."),
        gettext_lazy("Add a full year of statements, and invoices if you have them."),
    ),
    "score_too_low": Wording(
        gettext_lazy("All figures taken together, the risk that this loan is not repaid is too high."),
        gettext_lazy("See below which figures weigh most, and what would change them."),
    ),
    "score_unclear": Wording(
        gettext_lazy("The figures do not give a clear answer, so a person looks at them."),
        gettext_lazy("Nothing to do: we will call you. More statements can help."),
    ),
    "limit_not_measured": Wording(
        gettext_lazy("From what you showed us, we cannot tell how much your business can repay."),
        gettext_lazy("Add bank statements of at least two months."),
    ),
    "cash_flow_carries_less": Wording(
        gettext_lazy("What your business has left each month carries %(limit)s, not %(requested)s."),
        gettext_lazy("Ask for less, or for a longer term."),
    ),
    "harvest_may_carry": Wording(
        gettext_lazy(
            "An average month carries %(limit)s; your harvest may carry %(requested)s, which a person looks at."
        ),
        gettext_lazy("Ask your officer to come and see your fields; plots that were seen count at once."),
    ),
    "due_date_short": Wording(
        gettext_lazy(
            "By %(on)s you would have to repay %(due)s. We expect you to have %(there)s for it by then, %(short)s too "
            "little, so a person looks at it."
        ),
        gettext_lazy(
            "Ask for less, or for a loan that is repaid each month or in other months. If a harvest pays it, tell us "
            "what you grow and ask your officer to come and see it."
        ),
    ),
    "above_share_of_inflow": Wording(
        gettext_lazy("%(requested)s is too much against what you earn in a month; %(limit)s would do."),
        gettext_lazy("Ask for less, and for more once this loan is repaid."),
    ),
    "exposure_too_high": Wording(
        gettext_lazy("With what you already owe us, we can lend %(limit)s more, not %(requested)s."),
        gettext_lazy("Repay part of what you owe, or ask for less."),
    ),
    "above_product": Wording(
        gettext_lazy("This kind of loan ends at %(limit)s."),
        gettext_lazy("Ask for less, or choose another kind of loan."),
    ),
}
LATE_LATELY: Final = Wording(  # where the policy looks back so many months, and not for ever
    gettext_lazy(
        "In the month of the decision or the %(months)s months before it, a loan of yours, or of a business that "
        "belongs with yours, was up to %(value)s days overdue; the most we can accept is %(bound)s."
    ),
    gettext_lazy(
        "Pay what is still overdue, or ask the bank for a new repayment plan. A delay that is over stops counting with "
        "time."
    ),
)

# What is said instead where the reason tells which checks are lacking, in this order.
CHECKS_LACKING: Final[dict[str, Promise]] = {
    "failed": gettext_lazy("The bank looked at this and could not confirm it: %(checks)s."),
    "missing": gettext_lazy("Nobody of the bank has seen yet: %(checks)s."),
    "expired": gettext_lazy("What the bank has seen is out of date: %(checks)s."),
    "former": gettext_lazy("What the bank has seen is of a former name or number: %(checks)s."),
}

FACT_NAMES: Final[dict[str, Promise]] = {
    "requested_amount": gettext_lazy("the amount you ask for"),
    "term_months": gettext_lazy("for how long you ask"),
    "exposure_amount": gettext_lazy("what you owe the bank already"),
    "monthly_payment_amount": gettext_lazy("what you repay the bank each month"),
    "worst_days_past_due": gettext_lazy("how you repaid earlier loans"),
    "months_in_business": gettext_lazy("since when the business exists"),
    "identity_verified": gettext_lazy("who you are, seen by the bank"),
    "open_hits": gettext_lazy("watchlist hits on which nobody has ruled"),
    "sanctions_confirmed": gettext_lazy("confirmed hits on a sanctions list"),
    "pep_confirmed": gettext_lazy("confirmed hits on a list of politically exposed persons"),
    "register_lenders": gettext_lazy("how many lenders the credit register names"),
    "register_outstanding_amount": gettext_lazy("what you owe elsewhere by the credit register"),
    "register_overdue_amount": gettext_lazy("what is overdue elsewhere by the credit register"),
    "register_worst_days_past_due": gettext_lazy("how late you were elsewhere by the credit register"),
    "holder_matches": gettext_lazy("in whose name the statements are"),
    "foreign_evidence": gettext_lazy("whether money moves in another currency"),
    "suspicions": gettext_lazy("whether the statements add up"),
    "clearances_held": gettext_lazy("which courses you have finished"),
    "harvest_amount": gettext_lazy("what your harvests may bring"),
    "harvest_confirmed_amount": gettext_lazy("what the harvests that an officer saw may bring"),
    "harvest_share_due": gettext_lazy("how much falls due when you harvest"),
    "harvest_cover": gettext_lazy("how often the harvest covers the amount"),
}
