"""Recording what staff heard, or did not hear, of a late borrower."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Role, User
from accounts.identity.queries import ever_acted_for
from lending.arrears.models import Contact
from lending.loans.models import Loan
from lending.loans.queries import standing_of
from portal.core import audit, idempotency
from portal.core.money import is_exact
from portal.core.refusals import Refusal, register

register(
    {
        "contact_own_enterprise": _("This is a loan of your own enterprise. A colleague has to speak with it."),
        "contact_not_late": _("Nothing of this loan is late, so there is nothing to follow up."),
        "contact_note_missing": _("Say what was said, in a sentence."),
        "promise_half": _("A promise has an amount and a day. Give both, or neither."),
        "promise_without_contact": _("Only who was reached can promise something."),
        "promise_amount_wrong": _(
            "Promise an amount above zero, no finer than the currency, up to the %(most)s that is open."
        ),
        "promise_before_contact": _("The day of a promise is today or later."),
        "next_step_before_contact": _("The day of the next step is today or later."),
    }
)


RECORDERS: Final = (Role.OFFICER, Role.UNDERWRITER, Role.OPERATIONS)  # who speaks with borrowers


class ContactRefused(Refusal):
    """The contact cannot be recorded this way."""


@dataclass(frozen=True)
class Said:
    """What came of a contact."""

    way: str
    is_reached: bool
    note: str = ""
    promised_amount: Decimal | None = None
    promised_on: date | None = None
    next_step_on: date | None = None


@transaction.atomic(durable=True)
def record(loan: Loan, said: Said, *, key: str, by: User, at: datetime, on: date) -> Contact:
    """Record a contact about a loan that is late; the same key records it once. It is never changed afterwards.

    :raises ContactRefused: by who is or was a member of the enterprise, when nothing is late, or when note, promise or
        next step do not hold together.
    :raises KeyReused: when the key recorded something else.
    """
    fingerprint = idempotency.fingerprint_of([loan.reference, vars(said)])

    def make() -> str:
        _check(loan, said, by=by, on=on)
        contact = Contact.objects.create(
            loan=loan, **(vars(said) | {"note": said.note.strip()}), contacted_on=on, contacted_at=at, by=by
        )
        details: dict[str, Any] = {"contact": contact.reference, "way": said.way}
        if said.promised_amount is not None:
            details |= {"amount": said.promised_amount, "date": said.promised_on}
        audit.record("loans.contact", subject=loan.reference, by=by.reference, at=at, details=details)
        return contact.reference

    loan.refresh_from_db(from_queryset=Loan.objects.locked())
    scope = f"arrears.record:{by.reference}"
    return Contact.objects.get(reference=idempotency.answer_once(scope, key, fingerprint=fingerprint, make=make))


def _check(loan: Loan, said: Said, *, by: User, on: date) -> None:
    if ever_acted_for(loan.enterprise, person=by.reference):
        raise ContactRefused("contact_own_enterprise")
    standing = standing_of(loan, on=on)
    if not standing.late_amount:
        raise ContactRefused("contact_not_late")
    if said.is_reached and not said.note.strip():
        raise ContactRefused("contact_note_missing")
    if said.next_step_on and said.next_step_on < on:
        raise ContactRefused("next_step_before_contact")
    _check_promise(loan, said, most=standing.open_amount + standing.late_interest.open_amount, on=on)


def _check_promise(loan: Loan, said: Said, *, most: Decimal, on: date) -> None:
    amount, day = said.promised_amount, said.promised_on
    if (amount is None) != (day is None):
        raise ContactRefused("promise_half")
    if amount is None or day is None:
        return
    if not said.is_reached:
        raise ContactRefused("promise_without_contact")
    if not is_exact(amount, loan.currency) or not 0 < amount <= most:
        raise ContactRefused("promise_amount_wrong", most=most, currency=loan.currency)
    if day < on:
        raise ContactRefused("promise_before_contact")
