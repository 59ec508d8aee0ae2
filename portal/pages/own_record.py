"""What the bank keeps about whoever asks, to read and to take along (Personal Information Protection Law, 45)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.identity import consents, phones
from accounts.identity.access import user_of
from accounts.identity.models import Consent, FormerName, IdentityCheck, Membership, Paper, StaffPost, User
from portal.core.files import private_file
from portal.core.models import AuditEvent
from portal.pages import acts
from training import queries as training
from training.models import Certificate, Enrollment

NEWEST: Final = 100  # acts on the page; the file has them all
LOOKS: Final = ("identity.looked_up", "identity.number_shown", "identity.record_read", "identity.paper_read")


@dataclass(frozen=True)
class OwnRecord:
    """What departments keep of one person; what they keep of the enterprises stands on the enterprises' own pages."""

    person: User
    phone: str
    former_names: Sequence[FormerName]
    memberships: Sequence[Membership]
    posts: Sequence[StaffPost]
    consents: Sequence[Consent]
    checks: Sequence[IdentityCheck]
    papers: Sequence[Paper]
    enrollments: Sequence[Enrollment]
    certificates: Sequence[Certificate]
    looks: Sequence[AuditEvent]
    acts: Sequence[AuditEvent]


@require_safe
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Show a person what the bank keeps about them."""
    user = user_of(request)
    record = record_of(user, newest=NEWEST)
    context = {
        "record": record,
        "consents": [(each, consents.WORDINGS[each.purpose, each.wording_version]) for each in record.consents],
        "looks": [(each, acts.name(each.verb)) for each in record.looks],
        "acts": [(each, acts.name(each.verb)) for each in record.acts],
    }
    return render(request, "profile/record.html", context)


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """Hand a person the same as a file that programs read: JSON, codes as they are kept, moments in UTC."""
    user = user_of(request)
    text = json.dumps(as_file(record_of(user)), ensure_ascii=False, indent=1)
    return private_file(text.encode(), name=f"{user.reference}.json", media_type="application/json")


def record_of(person: User, *, newest: int | None = None) -> OwnRecord:
    """Gather what is kept of a person.

    :param newest: how many acts and looks to give, all where none is named.
    """
    memberships = list(person.memberships.select_related("enterprise").order_by("began_at", "pk"))
    looked_at = Q(subject=person.reference)
    for each in memberships:
        looked_at |= Q(subject=each.enterprise.reference, at__gte=each.began_at) & (
            Q(at__lt=each.ended_at) if each.ended_at else Q()
        )
    return OwnRecord(
        person=person,
        phone=phones.readable(person.phone) if person.phone else "",
        former_names=list(person.former_names.order_by("until")),
        memberships=memberships,
        posts=list(person.staffpost_set.select_related("branch").order_by("pk")),
        consents=list(Consent.objects.filter(user=person).select_related("enterprise").order_by("-given_at", "-pk")),
        checks=list(person.identity_checks.order_by("-checked_at", "-pk")),
        papers=list(person.papers.select_related("enterprise", "file").order_by("-added_at", "-pk")),
        enrollments=list(Enrollment.objects.filter(user=person).select_related("course").order_by("pk")),
        certificates=list(training.certificates_of(person)),
        looks=list(AuditEvent.objects.filter(looked_at, verb__in=LOOKS).order_by("-pk")[:newest]),
        acts=list(AuditEvent.objects.filter(by=person.reference).order_by("-pk")[:newest]),
    )


def as_file(record: OwnRecord) -> dict[str, Any]:
    """Write a record as data."""
    person = record.person
    return {
        "person": {
            "reference": person.reference,
            "name": person.full_name,
            "former_names": [{"name": each.name, "until": each.until.isoformat()} for each in record.former_names],
            "phone": person.phone,
            "email": person.email,
            "language": person.language,
            "joined_at": person.joined_at.isoformat(),
        },
        "memberships": [
            {
                "enterprise": each.enterprise.reference,
                "name": str(each.enterprise),
                "role": each.role,
                "began_at": each.began_at.isoformat(),
                "ended_at": each.ended_at and each.ended_at.isoformat(),
            }
            for each in record.memberships
        ],
        "posts": [
            {"branch": each.branch.code, "role": each.role, "ended_at": each.ended_at and each.ended_at.isoformat()}
            for each in record.posts
        ],
        "consents": [
            {
                "enterprise": each.enterprise.reference,
                "purpose": each.purpose,
                "wording": str(consents.WORDINGS[each.purpose, each.wording_version]),
                "wording_version": each.wording_version,
                "given_at": each.given_at.isoformat(),
            }
            for each in record.consents
        ],
        "identity_checks": [
            {
                "reference": each.reference,
                "result": each.result,
                "evidence": each.evidence,
                "number_ending": each.number_ending,
                "checked_at": each.checked_at.isoformat(),
                "expires_on": each.expires_on and each.expires_on.isoformat(),
            }
            for each in record.checks
        ],
        "papers": [
            {
                "reference": each.reference,
                "enterprise": each.enterprise.reference,
                "kind": each.kind,
                "file": each.file.original_name,
                "added_at": each.added_at.isoformat(),
                "taken_back_at": each.taken_back_at and each.taken_back_at.isoformat(),
            }
            for each in record.papers
        ],
        "courses": [
            {"course": each.course.slug, "began_at": each.enrolled_at.isoformat()} for each in record.enrollments
        ],
        "certificates": [
            {"code": each.code, "course": each.course.slug, "awarded_on": each.awarded_on.isoformat()}
            for each in record.certificates
        ],
        "looked_at_by_the_bank": [{"at": each.at.isoformat(), "act": each.verb} for each in record.looks],
        "acts": [{"at": each.at.isoformat(), "act": each.verb, "subject": each.subject} for each in record.acts],
    }
