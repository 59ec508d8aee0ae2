"""People and enterprises with believable defaults."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from accounts.identity import consents, operations
from accounts.identity.models import (
    Branch,
    Consent,
    Enterprise,
    IdentityCheck,
    Industry,
    Membership,
    Paper,
    StaffPost,
    User,
    Watchlist,
    WatchlistHit,
)
from portal.core.fields import lookup_hash

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def make_user(full_name: str = "Li Na", *, phone: str = "", role: str = "", branch: Branch | None = None) -> User:
    """Make a person, with a post if a role is given."""
    user = User.objects.create_user(phone=phone, full_name=full_name, password=None, phone_verified=bool(phone))
    if role:
        assert branch is not None
        StaffPost.objects.create(user=user, branch=branch, role=role)
    return user


def confirm_mail(user: User, email: str) -> None:
    """Give a person an e-mail that they confirmed."""
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)


def machine(user: User) -> APIClient:
    """Make a machine's client for a person."""
    token, _expires_at = operations.give_token(user, at=NOW)
    return APIClient(headers={"Authorization": f"Token {token}"})


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


GOOD_UNTIL = date(2035, 1, 1)
SOMEBODY_ELSE = "name,aliases,birth_year,country,list_kind,reference\nNikodem Wrzesniewski,,1961,XX,sanctions,S-1\n"


def make_check(enterprise: Enterprise, *, person: User | None = None, by: User | None = None, **changed: Any) -> Any:
    """Record that somebody saw the business license, or a person's identity card; by default all is well."""
    finding: dict[str, Any] = {"kind": "identity_document" if person else "business_license", "result": "passed"}
    finding |= {"expires_on": GOOD_UNTIL, "evidence": "Original seen at the counter."}
    at = changed.pop("at", NOW)
    checker = by or make_user("Checker Yu", role="operations", branch=enterprise.branch)
    key = f"{enterprise.pk} {person} {changed} {IdentityCheck.objects.count()}"
    return operations.record_check(
        enterprise, operations.Finding(**(finding | changed)), person=person, key=key, by=checker, at=at
    )


def make_checked(enterprise: Enterprise, **changed: Any) -> None:
    """Record every check that an enterprise needs."""
    paper = {"uscc": "business_license", "farm_household": "household_certificate"}[enterprise.identifier_kind]
    make_check(enterprise, kind=paper, **changed)
    for owner in enterprise.memberships.filter(role="owner", ended_at=None).select_related("user"):
        make_check(enterprise, person=owner.user, **changed)


def make_corrected(enterprise: Enterprise, *, at: datetime = NOW, person: User | None = None, **values: str) -> None:
    """Have two of the bank correct details, as ``queries.details_of`` writes them."""
    first, second = (make_user(name, role="officer", branch=enterprise.branch) for name in ("First Lu", "Second Lu"))
    asked = operations.AskedCorrection(values, "mistyped")
    [made] = operations.ask_correction(enterprise, asked, person=person, key=f"{at}{values}", by=first, at=at)
    operations.agree_correction(made, by=second, at=at)
    enterprise.refresh_from_db()


def make_picture(name: str = "card.png", *, color: str = "green") -> SimpleUploadedFile:
    """Make a small photo as a browser sends it."""
    content = io.BytesIO()
    Image.new("RGB", (8, 8), color).save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


def make_paper(
    enterprise: Enterprise, *, by: User, kind: str = "business_license", person: User | None = None, key: str = "paper"
) -> Paper:
    """Let a member bring a paper; another key, another picture."""
    details = operations.PaperDetails("identity_document" if person else kind, person)
    picture = make_picture(color=f"#{crc32(key.encode()) & 0xFFFFFF:06x}")
    return operations.add_paper(enterprise, picture, details, key=key, by=by, at=NOW)


def make_watchlist(
    *lines: str, name: str = "test-list", as_of: date = date(2026, 3, 1), at: datetime = NOW
) -> Watchlist:
    """Load a list; without lines one on which nobody of the cast is."""
    heading = SOMEBODY_ELSE.splitlines()[0]
    content = "\n".join([heading, *(lines or SOMEBODY_ELSE.splitlines()[1:])])
    return operations.load_watchlist(name, content.encode(), as_of=as_of, by="system", at=at)


def make_hit(enterprise: Enterprise, *, kind: str = "sanctions", name: str = "", at: datetime = NOW) -> WatchlistHit:
    """Load a list that names the enterprise, and screen it."""
    listed = name or enterprise.legal_name
    make_watchlist(f"{listed},,,CN,{kind},{kind}-{listed}", name=f"{kind} of {listed}", at=at)
    operations.screen([enterprise.reference], at=at)
    return WatchlistHit.objects.filter(enterprise=enterprise).latest("pk")
