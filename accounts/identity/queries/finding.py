"""Finding an enterprise by whatever a customer at the counter or on the telephone tells."""

from collections.abc import Callable, Sequence
from typing import Final

from django.db.models import Q, QuerySet

from accounts.identity import identifiers, phones
from accounts.identity.models import Enterprise, FormerName, Membership, User
from portal.core.fields import lookup_hash

_FINDERS: Final[list[Callable[[str], Q]]] = []


def offer_finding(finder: Callable[[str], Q]) -> None:
    """Teach by which number of its own a slice finds an enterprise."""
    _FINDERS.append(finder)


def enterprises_matching(text: str, *, user: User, by_person: bool = False) -> QuerySet[Enterprise]:
    """List the enterprises a person may see, the newest first.

    They are found by name, also a former one, reference or whole identifier, and by a number of what they have with us.

    :param by_person: also by the name or whole mobile number of who acts for them; for staff, and it leaves its trace
        (``operations.note_found``).
    """
    seen = Enterprise.objects.visible_to(user).select_related("industry", "branch").order_by("-pk")
    asked = text.strip()
    if not asked:
        return seen
    hashes = [
        lookup_hash(identifier)
        for kind in (identifiers.USCC, identifiers.FARM_HOUSEHOLD)
        if (identifier := identifiers.normalized(kind, asked))
    ]
    found = Q(legal_name__icontains=asked) | Q(reference__iexact=asked) | Q(identifier_hash__in=hashes)
    found |= Q(pk__in=FormerName.objects.filter(name__icontains=asked).exclude(enterprise=None).values("enterprise"))
    for finder in _FINDERS:
        found |= finder(asked)
    if by_person:
        found |= Q(pk__in=_members(asked).values("enterprise"))
    return seen.filter(found)


def people_matching(text: str, enterprises: Sequence[Enterprise]) -> QuerySet[Membership]:
    """List who of some enterprises was found by what tells of the person alone."""
    held = _members(text.strip()).filter(enterprise__in=[each.pk for each in enterprises])
    return held.select_related("user", "enterprise").order_by("pk")


def _members(asked: str) -> QuerySet[Membership]:
    number = phones.normalized(asked)
    person = Q(user__full_name__icontains=asked)
    if number:
        person |= Q(user__phone_hash=lookup_hash(number), user__phone_verified=True)
    return Membership.objects.filter(person, ended_at=None)
