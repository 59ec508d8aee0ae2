"""Waiving late interest: one person proposes, another approves within a limit, the owners are told."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from accounts.identity.operations.telling import tell_owners
from lending.loans.models import Loan
from lending.loans.proposals import operations as proposals
from lending.loans.proposals.states import Event
from lending.loans.queries import late_interest_of
from lending.loans.waivers.models import Waiver
from portal.core import formats
from portal.core.money import is_exact
from portal.core.refusals import Refusal, register

register(
    {
        "no_late_interest": _("No late interest of this loan is open: there is nothing to waive."),
        "waiver_amount_wrong": _(
            "Waive an amount above zero, no finer than the currency, up to the %(most)s that is open."
        ),
    }
)


class WaiverRefused(Refusal):
    """The late interest cannot be waived this way."""


@transaction.atomic(durable=True)
def propose(loan: Loan, amount: Decimal, *, reason: str, key: str, by: User, at: datetime, on: date) -> Waiver:
    """Propose to waive late interest that is open on a day, in whole or part; the same key proposes once.

    :raises WaiverRefused: when none is open; for more than that.
    :raises ProposalRefused: without a reason; while another is open.
    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    """

    def make() -> Waiver:
        most = late_interest_of(loan, on=on).open_amount
        if not most:
            raise WaiverRefused("no_late_interest")
        if not is_exact(amount, loan.currency) or not 0 < amount <= most:
            raise WaiverRefused("waiver_amount_wrong", most=most, currency=loan.currency)
        return Waiver(amount=amount, reason=reason)

    return proposals.propose(loan, Waiver, amount, reason=reason, make=make, key=key, by=by, at=at, on=on)


@transaction.atomic(durable=True)
def approve(waiver: Waiver, *, note: str, by: User, at: datetime, on: date) -> None:
    """Approve what another person proposed, within one's limit; the owners are told.

    :raises FourEyesRefused: by who proposed it, by a member of the enterprise, or above the limit.
    :raises ProposalRefused: without a note; once its days are over, or less than that is open.
    :raises TransitionRefused: when it does not wait for approval.
    """
    proposals.check_approving(waiver, note=note, by=by, on=on)
    loan = waiver.loan
    proposals.decide(waiver, Event.APPROVE, note=note, by=by, at=at)
    tell_owners(
        loan.enterprise,
        "late_interest_waived",
        params=lambda: {"amount": formats.money(waiver.amount, loan.currency), "loan": loan.reference},
        at=at,
    )
