"""Who lets whom in again, and whose number is new."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings

from accounts.identity.models import CUSTOMER_HELPERS, Enterprise, Role, User


def may_let_in_again(user: User, person: User) -> bool:
    """Tell whether somebody of the bank may help a person who lost what they sign in with."""
    helpers = (Role.ADMINISTRATOR,) if person.is_staff_member else CUSTOMER_HELPERS
    return user.has_role(*helpers)


def is_reachable(person: User) -> bool:
    """Tell whether a code reaches the person: by a number, or the main e-mail where it is confirmed."""
    mails = EmailAddress.objects.filter(user=person, verified=True, primary=True)
    return bool(person.phone) or bool(mails.exists())


def has_new_number(enterprise: Enterprise, *, at: datetime) -> bool:
    """Tell whether a number of who acts for it became another within the cooling-off: it may be a thief's."""
    since = _cooling_from(at)
    return bool(enterprise.memberships.acting().filter(user__phone_changed_at__gt=since).exists())


def number_is_new(person: User, *, at: datetime) -> bool:
    """Tell whether this person's number became another within the cooling-off."""
    return person.phone_changed_at is not None and person.phone_changed_at > _cooling_from(at)


def _cooling_from(at: datetime) -> datetime:
    return at - timedelta(hours=settings.COOLING_OFF_HOURS)
