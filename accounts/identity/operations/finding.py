"""Looking customers up: what shows of a person leaves its trace."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.identity import phones, queries
from accounts.identity.models import Enterprise, Membership, User
from portal.core import audit


@transaction.atomic(durable=True)
def note_found(asked: str, page: Sequence[Enterprise], *, by: User, at: datetime) -> None:
    """Record whom a member of staff found by what tells of the person: a name, a number; not what was typed."""
    found = [
        (membership.user.reference, {"enterprise": membership.enterprise.reference})
        for membership in queries.people_matching(asked, page)
    ]
    audit.record_many("identity.looked_up", found, by=by.reference, at=at)


@transaction.atomic(durable=True)
def show_number(membership: Membership, *, by: User, at: datetime) -> str:
    """Tell by which number a person is called, and record who asked."""
    details = {"enterprise": membership.enterprise.reference}
    person = membership.user
    audit.record("identity.number_shown", subject=person.reference, by=by.reference, at=at, details=details)
    return phones.readable(person.phone)


@transaction.atomic(durable=True)
def note_read(enterprise: Enterprise, *, by: User, at: datetime) -> None:
    """Record that an auditor read all that the bank keeps of a customer."""
    audit.record("identity.record_read", subject=enterprise.reference, by=by.reference, at=at)
