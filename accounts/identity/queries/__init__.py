"""Questions about people, enterprises and trades, and about what the bank checked of them."""

from accounts.identity.queries.diligence import (
    checks_due,
    checks_of,
    consent_of,
    group_of,
    identity_verified,
    requirements_of,
)
from accounts.identity.queries.people import (
    SizeStep,
    branches_for_customers,
    branches_with_staff,
    enterprises_matching,
    find_industries,
    invitations_to,
    members_of,
    open_invitations,
    owns,
    person_by_contact,
    signs_with_authenticator,
    size_steps,
    staff_posts,
)
from accounts.identity.queries.screening import HitCounts, hits, hits_of, hits_on, stands_in_the_way

__all__ = [
    "HitCounts",
    "SizeStep",
    "branches_for_customers",
    "branches_with_staff",
    "checks_due",
    "checks_of",
    "consent_of",
    "enterprises_matching",
    "find_industries",
    "group_of",
    "hits",
    "hits_of",
    "hits_on",
    "identity_verified",
    "invitations_to",
    "members_of",
    "open_invitations",
    "owns",
    "person_by_contact",
    "requirements_of",
    "signs_with_authenticator",
    "size_steps",
    "staff_posts",
    "stands_in_the_way",
]
