"""People and enterprises with believable defaults."""

from datetime import UTC, date, datetime
from decimal import Decimal

from accounts.identity import consents
from accounts.identity.models import Branch, Consent, Enterprise, Industry, Membership, StaffPost, User
from portal.core.fields import lookup_hash

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def make_user(full_name: str = "Li Na", *, phone: str = "", role: str = "", branch: Branch | None = None) -> User:
    """Make a person, with a post if a role is given."""
    user = User.objects.create_user(phone=phone, full_name=full_name, password=None, phone_verified=bool(phone))
    if role:
        assert branch is not None
        StaffPost.objects.create(user=user, branch=branch, role=role)
    return user


def make_enterprise(
    owner: User,
    *,
    branch: Branch,
    legal_name: str = "Green Tea Shop",
    identifier: str = "91110108551385082Q",
    industry: str = "4711",
) -> Enterprise:
    """Make an enterprise with its owner."""
    enterprise = Enterprise.objects.create(
        legal_name=legal_name,
        identifier_kind="uscc",
        identifier=identifier,
        identifier_hash=lookup_hash(identifier),
        industry=Industry.objects.get(code=industry),
        setting="village",
        employees=4,
        annual_revenue_amount=Decimal("600000.00"),
        founded_on=date(2019, 5, 1),
        branch=branch,
        registered_at=NOW,
    )
    Membership.objects.create(enterprise=enterprise, user=owner, role="owner", began_at=NOW)
    Consent.objects.create(
        enterprise=enterprise,
        user=owner,
        purpose=consents.ENTERPRISE_DATA,
        wording_version=consents.CURRENT_VERSION,
        given_at=NOW,
    )
    return enterprise
