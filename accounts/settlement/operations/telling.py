"""Telling an enterprise's owners what happened without them, each in the own language."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import override

from accounts.identity.models import Enterprise, MembershipRole
from portal.core.models import Channel
from portal.core.notices import operations as notices


def tell_owners(enterprise: Enterprise, code: str, *, params: Callable[[], Mapping[str, Any]], at: datetime) -> None:
    """Send each owner a text message; ``params`` is asked for under the owner's language. An inner step."""
    owners = enterprise.memberships.filter(role=MembershipRole.OWNER, ended_at=None, user__phone_verified=True)
    for membership in owners.select_related("user").order_by("pk"):
        owner = membership.user
        with override(owner.language):
            told = params()
        notices.send(
            code, address=notices.Address(Channel.SMS, owner.phone), language=owner.language, params=told, at=at
        )
