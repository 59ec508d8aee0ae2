"""Who proposes what a command writes as a draft."""

from django.core.management.base import CommandError

from accounts.identity import queries as people
from accounts.identity.models import User
from lending.credit.operations import SHIPPED_BY


def proposer(told: str) -> str:
    """Give the reference of the person meant by a number, an e-mail or a reference; the portal stands for itself.

    :raises CommandError: when it is nobody of the staff.
    """
    if told == SHIPPED_BY:
        return told
    person = User.objects.filter(reference=told).first() or people.person_by_contact(told)
    if person is None or not person.is_staff_member:
        raise CommandError("Nobody on the staff has this number, e-mail or reference.")
    return person.reference
