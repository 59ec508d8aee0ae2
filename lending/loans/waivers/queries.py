"""Questions about waivers."""

from django.db.models import QuerySet

from accounts.identity.models import Role, User
from lending.loans.waivers.models import Waiver
from lending.loans.waivers.states import Status


def waiting_for(user: User) -> QuerySet[Waiver]:
    """List what waits for an approver's word, in the own branches, other than the own proposals."""
    if not user.has_role(Role.APPROVER):
        return Waiver.objects.none()
    waiting = Waiver.objects.visible_to(user).filter(status=Status.PROPOSED).exclude(proposed_by=user)
    return waiting.select_related("loan__enterprise", "proposed_by").order_by("proposed_at")
