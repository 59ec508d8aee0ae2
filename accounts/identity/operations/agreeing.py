"""What people agree to."""

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
    assert connection.in_atomic_block, "a consent belongs to what it is given for"
    if wording_version != consents.CURRENT_VERSION:
        raise ConsentMissing
    consent: Consent = Consent.objects.create(
        enterprise=enterprise, user=by, purpose=purpose, wording_version=wording_version, given_at=at
    )
    details = {"purpose": purpose, "wording": wording_version}
    audit.record("identity.agreed", subject=enterprise.reference, by=by.reference, at=at, details=details)
    return consent
