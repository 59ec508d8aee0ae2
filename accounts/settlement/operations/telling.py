"""Telling an enterprise's owners what happened without them, each in the own language."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import override

from accounts.identity.models import Enterprise
from accounts.settlement.operations.notices import address_of, usual_channel
from portal.core.notices import operations as notices


def tell_owners(enterprise: Enterprise, code: str, *, params: Callable[[], Mapping[str, Any]], at: datetime) -> None:
    """Tell each owner by text message, or by mail where that alone reaches them; an inner step.

    :param params: asked for under the owner's language.
    """
    for membership in enterprise.memberships.owning().select_related("user").order_by("pk"):
        owner = membership.user
        if address := address_of(owner, usual_channel(owner)):
            with override(owner.language):
                told = params()
            notices.send(code, address=address, language=owner.language, params=told, at=at)
