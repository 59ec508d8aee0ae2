"""Who can sign in to the seeded bank, and by which codes: for the demo's door and the terminal."""

import time
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.utils.translation import gettext as _

from accounts.identity.models import Membership, User
from portal.core import formats

PASSWORD = "spring-rain-2026"  # noqa: S105 - the seeded bank's own, shown to everyone


@dataclass(frozen=True)
class SignIn:
    """One person's way in."""

    who: str
    role: str
    login: str
    second_factor: str


def sign_ins() -> list[SignIn]:
    """List the staff with the authenticator code of this moment, then a few owners, managers and a bookkeeper."""
    return [*_staff(), *_members()]


def _staff() -> list[SignIn]:
    people = User.objects.filter(staffpost__isnull=False).distinct().order_by("pk")
    secrets = dict(Authenticator.objects.filter(user__in=people, type="totp").values_list("user_id", "data"))
    rows = []
    for person in people.prefetch_related("staffpost_set__branch"):
        roles = ", ".join(
            post.get_role_display() + formats.aside(str(post.branch)) for post in person.staffpost_set.all()
        )
        data = secrets.get(person.pk)
        rows.append(SignIn(person.full_name, roles, person.email or "", code_of(data["secret"]) if data else "–"))
    return rows


def code_of(encrypted_secret: str) -> str:
    """Work out the authenticator code of this half minute."""
    return str(format_hotp_value(hotp_value(decrypt(encrypted_secret), int(time.time()) // 30)))


def _members() -> list[SignIn]:
    chosen = Membership.objects.filter(ended_at=None).select_related("user", "enterprise").order_by("pk")
    first = [
        *chosen.filter(role="owner")[:8],
        *chosen.filter(role="manager")[:3],
        *chosen.filter(role="bookkeeper")[:1],
    ]
    code = _("code by text message")
    return [
        SignIn(row.user.full_name, row.get_role_display() + _(": ") + str(row.enterprise), row.user.phone, code)
        for row in first
    ]
