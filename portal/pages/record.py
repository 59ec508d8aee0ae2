"""One customer's whole record, for an auditor to read: what departments keep of it, and what the trail tells."""

from typing import Any, Final

from accounts.identity import phones
from accounts.identity import queries as identity
from accounts.identity.models import Enterprise, User
from accounts.settlement.models import SettlementAccount
from lending.applications.models import Application
from lending.loans.lines.queries import lines_of
from lending.loans.queries import listed
from portal.core.models import AuditEvent
from portal.pages.audit import rows_of

EVENTS: Final = 50


def record_of(enterprise: Enterprise, user: User) -> dict[str, Any]:
    """Gather what the departments keep of a customer, former members too, and the newest that the trail tells of it."""
    members = list(enterprise.memberships.select_related("user").order_by("began_at", "pk"))
    accounts = list(SettlementAccount.objects.filter(enterprise=enterprise).with_balances().order_by("pk"))
    applications = list(
        Application.objects.visible_to(user)
        .filter(enterprise=enterprise)
        .select_related("product", "decision", "applicant")
        .prefetch_related("reviews__by", "revocations")
        .order_by("-pk")
    )
    loans = list(listed(user).filter(enterprise=enterprise).order_by("-pk"))
    lines = list(lines_of(user).filter(enterprise=enterprise))
    kept: list[Any] = [enterprise, *(member.user for member in members), *accounts, *applications, *lines, *loans]
    events = AuditEvent.objects.filter(subject__in=[each.reference for each in kept]).select_related("seal")
    return {
        "enterprise": enterprise,
        "members": [(member, phones.masked(member.user.phone)) for member in members],
        "former": identity.former_names_of(enterprise),
        "corrections": enterprise.corrections.select_related("person", "asked_by").order_by("-pk"),
        "checks": identity.checks_of(enterprise, with_former=True),
        "accounts": accounts,
        "applications": applications,
        "lines": lines,
        "loans": loans,
        "rows": rows_of(list(events.order_by("-pk")[:EVENTS])),
        "subjects": kept,
    }
