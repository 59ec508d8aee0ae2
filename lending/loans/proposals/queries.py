"""Who may do what about a proposal, and what waits for whom."""

from datetime import date
from typing import Any, Final

from accounts.identity.models import Role, User
from accounts.identity.queries import ever_acted_for
from lending.loans.proposals.models import Proposal
from lending.loans.proposals.states import Status

PROPOSERS: Final = (Role.OFFICER, Role.UNDERWRITER)


def waiting_for(user: User, kind: type[Proposal], *, on: date) -> Any:
    """List what waits for an approver's word on a day, in the own branches, other than the own proposals."""
    if not user.has_role(Role.APPROVER):
        return kind.objects.none()
    waiting = kind.objects.visible_to(user).filter(status=Status.PROPOSED, expires_on__gte=on).exclude(proposed_by=user)
    return waiting.select_related("loan__enterprise", "proposed_by").order_by("proposed_at")


def may_decide(user: User, proposal: Proposal) -> bool:
    """Tell whether a person may approve or decline it, as the second one."""
    is_waiting = proposal.status == Status.PROPOSED and user != proposal.proposed_by
    return is_waiting and user.has_role(Role.APPROVER) and not _is_own(user, proposal)


def may_withdraw(user: User, proposal: Proposal) -> bool:
    """Tell whether a person may take it back."""
    return proposal.is_open and user.has_role(*PROPOSERS) and not _is_own(user, proposal)


def _is_own(user: User, proposal: Proposal) -> bool:
    return ever_acted_for(proposal.loan.enterprise, person=user.reference)
