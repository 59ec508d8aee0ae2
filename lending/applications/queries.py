"""Questions about applications."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.cashflow import queries as cashflow
from accounts.identity.models import User
from lending.applications.models import Application, ReviewKind
from lending.applications.states import WAITING_FOR_STAFF, Status
from portal.core.badges import Badge


def of_owner(user: User) -> QuerySet[Application]:
    """List the applications of a member's enterprises, newest first."""
    return Application.objects.visible_to(user).select_related("enterprise", "product").order_by("-pk")


def queue(user: User, *, status: str = "") -> QuerySet[Application]:
    """List the cases a member of staff may see, those waiting longest first; by default those that wait for people."""
    seen = Application.objects.visible_to(user).select_related(
        "enterprise", "enterprise__industry", "product", "branch"
    )
    seen = seen.filter(status=status) if status in set(Status) else seen.filter(status__in=WAITING_FOR_STAFF)
    return seen.select_related("decision").order_by("submitted_at", "pk")


def recommendation_of(application: Application) -> Any:
    """Find the recommendation that waits for a second person, or none."""
    return application.reviews.filter(kind=ReviewKind.RECOMMENDATION).select_related("by").last()


@dataclass(frozen=True)
class Progress:
    """What a draft still needs."""

    tasks: list[dict[str, Any]]
    is_ready: bool


def progress_of(application: Application) -> Progress:
    """List a draft's tasks with what is done."""
    has_evidence = cashflow.has_evidence(application.enterprise)
    documents = application.documents.filter(removed_at=None).count()
    return Progress(list(_tasks(application, has_evidence=has_evidence, documents=documents)), has_evidence)


def _tasks(application: Application, *, has_evidence: bool, documents: int) -> Iterable[dict[str, Any]]:
    reference = application.reference
    done = Badge(_("Done"), "success")
    missing = Badge(_("To do"), "warning")
    yield {"title": _("What you ask for"), "url": reverse("applications:change", args=[reference]), "status": done}
    yield {
        "title": _("Bank statements"),
        "url": reverse("applications:evidence", args=[reference]),
        "status": done if has_evidence else missing,
        "hint": _("They show how your business really does."),
    }
    yield {
        "title": _("Documents"),
        "url": reverse("applications:documents", args=[reference]),
        "status": done if documents else Badge(_("Optional"), "neutral"),
        "hint": _("License, identity card, photos. They help when a person looks at your case."),
    }
    yield {
        "title": _("Check and send"),
        "url": reverse("applications:check", args=[reference]) if has_evidence else "",
        "status": missing if has_evidence else Badge(_("Later"), "neutral"),
    }
