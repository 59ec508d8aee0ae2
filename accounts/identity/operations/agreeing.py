"""What people agree to."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from accounts.identity import consents
from accounts.identity.models import Consent, Enterprise, User
from portal.core import audit
from portal.core.refusals import Refusal


class ConsentMissing(Refusal):
    """The person did not agree to the current wording."""

    code = "consent_missing"


def agree(enterprise: Enterprise, *, purpose: str, wording_version: str, by: User, at: datetime) -> Consent:
    """Write down that a person agreed to a wording, for an enterprise; an inner step.

    :raises ConsentMissing: when the wording agreed to is not the current one.
    """
    return agree_for_each([enterprise], purpose=purpose, wording_version=wording_version, by=by, at=at)[0]


def agree_for_each(
    enterprises: Sequence[Enterprise], *, purpose: str, wording_version: str, by: User, at: datetime
) -> list[Consent]:
    """Write down that a person agreed to a wording for each of some enterprises, as ``agree`` does."""
    assert connection.in_atomic_block, "a consent belongs to what it is given for"
    if wording_version != consents.CURRENT_VERSION:
        raise ConsentMissing
    given = Consent.objects.bulk_create(
        Consent(enterprise=each, user=by, purpose=purpose, wording_version=wording_version, given_at=at)
        for each in enterprises
    )
    details = {"purpose": purpose, "wording": wording_version}
    told = [(each.reference, details) for each in enterprises]
    audit.record_many("identity.agreed", told, by=by.reference, at=at)
    return given
