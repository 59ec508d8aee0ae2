"""Finding a loan worse than its days tell, and taking that back by another person."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from lending.applications.operations import FourEyesRefused
from lending.loans.losses.classes import RiskClass
from lending.loans.losses.models import Judgment
from lending.loans.losses.queries import class_of, judgment_standing
from lending.loans.models import Loan
from lending.loans.proposals.lapsing import lapse_ended
from lending.loans.proposals.operations import check_not_own
from portal.core import audit
from portal.core.refusals import Refusal, register

register(
    {
        "class_not_worse": _("The loan stands in this class or a worse one already. A person finds a loan worse only."),
        "nothing_to_classify": _("Nothing of this loan is open in the books: it has no class."),
        "nothing_judged": _("Nobody found this loan worse than its days tell."),
        "judgment_reason_missing": _("Say why, in a sentence."),
    }
)


class JudgmentRefused(Refusal):
    """The loan cannot be classified this way."""


@transaction.atomic(durable=True)
def judge(loan: Loan, risk_class: RiskClass, *, reason: str, by: User, at: datetime, on: date) -> Judgment:
    """Find a loan worse than it stands; it is that at least, until another person takes it back.

    :raises JudgmentRefused: without a reason; of a loan of which nothing is open; when the class is not worse.
    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    """
    loan.refresh_from_db(from_queryset=Loan.objects.locked())
    check_not_own(loan, by)
    _check_reason(reason)
    found = class_of(loan, on=on)
    if found is None:
        raise JudgmentRefused("nothing_to_classify")
    if risk_class <= found.risk_class:
        raise JudgmentRefused("class_not_worse")
    return _record("judge", loan, risk_class, reason=reason, by=by, at=at, on=on)


@transaction.atomic(durable=True)
def lift(loan: Loan, *, reason: str, by: User, at: datetime, on: date) -> Judgment:
    """Take back what another person found of a loan: its class follows from its days again.

    A proposal to write it off lapses where it rested on that.

    :raises JudgmentRefused: without a reason; when nothing stands.
    :raises FourEyesRefused: by who found it, or by who is, or ever was, a member of the enterprise.
    """
    loan.refresh_from_db(from_queryset=Loan.objects.locked())
    check_not_own(loan, by)
    _check_reason(reason)
    standing = judgment_standing(loan)
    if standing is None:
        raise JudgmentRefused("nothing_judged")
    if standing.by == by:
        raise FourEyesRefused("same_person_twice")
    lifted = _record("lift_judgment", loan, None, reason=reason, by=by, at=at, on=on)
    lapse_ended(loan, on=on, at=at)
    return lifted


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise JudgmentRefused("judgment_reason_missing")


def _record(
    verb: str, loan: Loan, risk_class: RiskClass | None, *, reason: str, by: User, at: datetime, on: date
) -> Judgment:
    judgment = Judgment.objects.create(
        loan=loan, risk_class=risk_class, reason=reason.strip(), judged_on=on, judged_at=at, by=by
    )
    details = {"reason": judgment.reason} | ({"class": risk_class.code} if risk_class else {})
    audit.record(f"loans.{verb}", subject=loan.reference, by=by.reference, at=at, details=details)
    return judgment
