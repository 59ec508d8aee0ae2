"""The steps that every verb of the case takes: lock, move, trace, tell."""

from datetime import datetime
from typing import Any, Final

from accounts.identity import queries
from accounts.identity.models import Enterprise, MembershipRole, User
from accounts.identity.operations.telling import tell_person
from lending.applications.models import Application, ApplicationEvent
from lending.applications.states import TRANSITIONS, Event, Status
from portal.core import audit
from portal.core.transitions import target_of

SYSTEM: Final = "system"


def lock(application: Application) -> None:
    """Read the case again under its lock and its enterprise's, so that what is checked next stays true.

    The enterprise comes first, as where it is corrected or its group is judged.
    """
    Enterprise.objects.locked().get(pk=application.enterprise_id)
    application.refresh_from_db(from_queryset=Application.objects.locked())


def move(application: Application, event: Event, *, by: User | None, at: datetime) -> None:
    """Bring the case to where the event leads, and record it; ``by`` nobody is the bank's rules.

    :raises TransitionRefused: when that does not happen in its status.
    """
    application.status = target_of(TRANSITIONS, event, application.status)
    application.save(update_fields=["status", "submitted_at", "applicant"])
    trace(application, event, by=by, at=at)


def trace(
    application: Application, event: str, *, by: User | None, at: datetime, details: dict[str, Any] | None = None
) -> None:
    """Write what happened into the case's history and the audit trail."""
    actor = by.reference if by else SYSTEM
    ApplicationEvent.objects.create(
        application=application, event=event, status=application.status, at=at, by=actor, by_name=str(by) if by else ""
    )
    audit.record(f"applications.{event}", subject=application.reference, by=actor, at=at, details=details)


def tell(application: Application, *, at: datetime) -> None:
    """Send the applicant a message that there is an answer, or that people decide; more is read behind the sign-in.

    Where they no longer act for the enterprise, its owners are told.
    """
    acting = queries.members_of(application.enterprise)
    told = acting.filter(user=application.applicant_id) or acting.filter(role=MembershipRole.OWNER)
    code = "application_referred" if application.status == Status.REFERRED else "application_decided"
    for each in told:
        tell_person(each.user, code, params={"reference": application.reference}, at=at)
