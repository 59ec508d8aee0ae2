"""Telling people what waits for them or what became of it, each in the own language, where they confirmed it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.utils.translation import override

from accounts.identity.models import Enterprise, StaffPost, User
from portal.core.models import Channel
from portal.core.notices import operations as notices


def address_of(user: User, channel: Channel) -> notices.Address | None:
    """Tell where a person gets messages by a channel: only numbers and addresses that they confirmed."""
    if channel == Channel.SMS:
        return notices.Address(channel, user.phone) if user.phone and user.phone_verified else None
    found = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk").first()
    return notices.Address(channel, found.email) if found else None


def usual_address(user: User) -> notices.Address | None:
    """Tell where a person is told who chose no channel: by text message, or by mail where that alone reaches them."""
    return address_of(user, Channel.SMS) or address_of(user, Channel.MAIL)


def tell_staff(posts: QuerySet[StaffPost], code: str, *, params: Mapping[str, Any], at: datetime) -> None:
    """Tell whoever holds one of some posts, by mail or else by text message; an inner step."""
    for person in User.objects.filter(pk__in=posts.values("user"), is_active=True).order_by("pk"):
        if address := address_of(person, Channel.MAIL) or address_of(person, Channel.SMS):
            notices.send(code, address=address, language=person.language, params=params, at=at)


def tell_person(person: User, code: str, *, params: Mapping[str, Any], at: datetime) -> None:
    """Tell a customer where they are usually told; an inner step."""
    if address := usual_address(person):
        notices.send(code, address=address, language=person.language, params=params, at=at)


def tell_owners(enterprise: Enterprise, code: str, *, params: Callable[[], Mapping[str, Any]], at: datetime) -> None:
    """Tell each owner of an enterprise what happened without them; an inner step.

    :param params: asked for under the owner's language.
    """
    for membership in enterprise.memberships.owning().select_related("user").order_by("pk"):
        with override(membership.user.language):
            told = params()
        tell_person(membership.user, code, params=told, at=at)
