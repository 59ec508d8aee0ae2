"""Telling people what waits for them or what became of it, each in the own language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.identity.models import StaffPost, User
from portal.core.models import Channel
from portal.core.notices import operations as notices


def tell_staff(posts: QuerySet[StaffPost], code: str, *, params: Mapping[str, Any], at: datetime) -> None:
    """Tell whoever holds one of some posts, by mail or else by text message; an inner step."""
    for person in User.objects.filter(pk__in=posts.values("user"), is_active=True).order_by("pk"):
        address = (
            notices.Address(Channel.MAIL, person.email) if person.email else notices.Address(Channel.SMS, person.phone)
        )
        if address.value:
            notices.send(code, address=address, language=person.language, params=params, at=at)


def tell_person(person: User, code: str, *, params: Mapping[str, Any], at: datetime) -> None:
    """Tell a customer by text message, or else by mail; an inner step."""
    sms, mail = notices.Address(Channel.SMS, person.phone), notices.Address(Channel.MAIL, person.email)
    address = sms if sms.value else mail
    if address.value:
        notices.send(code, address=address, language=person.language, params=params, at=at)
