"""Finding an enterprise by whatever a customer at the counter or on the telephone tells."""

from collections.abc import Callable, Sequence
from typing import Final

from django.db.models import Q, QuerySet

from accounts.identity import identifiers, phones
from accounts.identity.models import Enterprise, Membership, User
from portal.core.fields import lookup_hash

ENDING: Final = 4  # of the number on an identity document
_FINDERS: Final[list[Callable[[str], Q]]] = []


def offer_finding(finder: Callable[[str], Q]) -> None:
    """Teach by which number of its own a slice finds an enterprise."""
    _FINDERS.append(finder)


def enterprises_matching(text: str, *, user: User) -> QuerySet[Enterprise]:
    """List the enterprises a person may see, the newest first.

    Staff find them by name, reference or whole identifier; by a number of what they have with us; and by who acts for
    them: the name, the whole mobile number, the end of the number on the identity document.
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
    for finder in _FINDERS:
        found |= finder(asked)
    return seen.filter(found | Q(pk__in=_members(asked).values("enterprise")))


def people_matching(text: str, enterprises: Sequence[Enterprise]) -> QuerySet[Membership]:
    """List who of some enterprises was found by what tells of the person alone."""
    held = _members(text.strip()).filter(enterprise__in=[each.pk for each in enterprises])
    return held.select_related("user", "enterprise").order_by("pk")


def _members(asked: str) -> QuerySet[Membership]:
    number = phones.normalized(asked)
    person = Q(user__full_name__icontains=asked)
    if number:
        person |= Q(user__phone_hash=lookup_hash(number), user__phone_verified=True)
    if len(asked) == ENDING and asked.isalnum():
        person |= Q(user__identity_checks__number_ending=asked.upper())
    return Membership.objects.filter(person, ended_at=None).distinct()
