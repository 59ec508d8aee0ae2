"""Cases in every status, made by the operations that the pages use."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.cashflow.models import StatementImport
from accounts.cashflow.tests.builders import Told, make_statement
from accounts.identity.models import Branch, Enterprise, IdentityCheck, Role, StaffPost, User, Watchlist
from accounts.identity.tests.builders import make_checked, make_user, make_watchlist
from lending.applications import operations as applications
from lending.applications.models import Application, Review, ReviewKind
from lending.applications.states import Status
from lending.credit.tests.shipped import install_rules
from lending.products.models import LoanProduct
from lending.products.tests.builders import make_product

NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY: Final = date(2026, 3, 2)
DAY: Final = timedelta(days=1)


def make_rules() -> None:
    """Put the shipped cards, policy and standards in force, and load a watchlist, once."""
    if not Watchlist.objects.exists():
        make_watchlist()
    install_rules(approved_by="U-RISK", on=date(2026, 1, 1), at=datetime(2025, 12, 1, tzinfo=UTC))


def sound_lines(days: int = 360, *, last: date = TODAY - DAY) -> Iterator[Told]:
    """Tell of a shop that sells every third day to six customers, buys monthly, pays wages, rent and taxes."""
    for back in reversed(range(days)):
        day = last - timedelta(days=back)
        if back % 3 == 0:
            yield (day.isoformat(), f"{2400 + back % 7 * 90}.00", f"Customer {back // 3 % 6}", "sale of goods")
        if day.day == 5:
            yield (day.isoformat(), "-9000.00", "Jiangnan Wholesale Co Ltd", "purchase of goods")
        if day.day == 10:
            yield (day.isoformat(), "-3200.00", "Xiao Mei", "salary")
            yield (day.isoformat(), "-1200.00", "Landlord", "rent")
        if day.day == 15 and day.month % 3 == 1:
            yield (day.isoformat(), "-600.00", "Tax bureau", "tax")


def make_evidence(enterprise: Enterprise, *, days: int = 360, at: datetime = NOW - DAY) -> StatementImport:
    """Bring a year of a sound shop's statement; fewer days are too little for the rules to decide alone."""
    return make_statement(enterprise, list(sound_lines(days)), holder=enterprise.legal_name, opening="30000.00", at=at)


def make_draft(
    enterprise: Enterprise, *, by: User, product: LoanProduct | None = None, amount: str = "20000.00",
    term_months: int = 12, key: str = "draft", at: datetime = NOW,
) -> Application:  # fmt: skip
    """Begin an application for working capital."""
    product = product or LoanProduct.objects.out(NOW.date()).first() or make_product()
    return applications.begin(
        enterprise,
        product=product,
        amount=Decimal(amount),
        term_months=term_months,
        purpose="stock",
        note="Stock for the Spring Festival.",
        key=key,
        by=by,
        at=at,
    )


def make_submitted(enterprise: Enterprise, *, by: User, days: int = 360, **changed: Any) -> Application:
    """Send an application with evidence, of an enterprise whose papers somebody has seen."""
    if not IdentityCheck.objects.filter(enterprise=enterprise).exists():
        make_checked(enterprise)
    make_evidence(enterprise, days=days)
    application = make_draft(enterprise, by=by, **changed)
    applications.submit(application, by=by, at=NOW)
    return application


def make_decided(enterprise: Enterprise, *, by: User, days: int = 360, **changed: Any) -> Application:
    """Have the rules decide an application: by default they approve it."""
    make_rules()
    application = make_submitted(enterprise, by=by, days=days, **changed)
    applications.decide(application.reference, at=NOW, on=TODAY)
    return Application.objects.select_related("enterprise", "product").get(pk=application.pk)


def make_approved(enterprise: Enterprise, *, by: User, **changed: Any) -> Application:
    """Have the rules approve."""
    application = make_decided(enterprise, by=by, **changed)
    assert application.status == Status.APPROVED, application.decision.verdict
    return application


def make_referred(enterprise: Enterprise, *, by: User, **changed: Any) -> Application:
    """Have the rules refer: eighty days are too little."""
    application = make_decided(enterprise, by=by, days=80, **changed)
    assert application.status == Status.REFERRED, application.decision.verdict
    return application


def make_declined(enterprise: Enterprise, *, by: User, amount: str = "200000.00", **changed: Any) -> Application:
    """Have the rules decline: it is more than the cash flow carries."""
    application = make_decided(enterprise, by=by, amount=amount, term_months=3, **changed)
    assert application.status == Status.DECLINED, application.decision.verdict
    return application


def recommend(application: Application, *, by: User, outcome: str = "approve", **changed: Any) -> Review:
    """Recommend, by default all that was asked for at a rate of the product."""
    told: dict[str, Any] = {"amount": application.requested_amount, "annual_rate": Decimal("0.098")}
    told |= {"note": "Visited the shop. The books fit what I saw.", "at": NOW}
    return applications.recommend(application, outcome=outcome, by=by, **(told | changed))


def conclude(application: Application, *, by: User, outcome: str = "approve", **changed: Any) -> None:
    """Conclude, by default with agreement to what was recommended last."""
    newest = application.reviews.filter(kind=ReviewKind.RECOMMENDATION).order_by("-pk").first()
    told: dict[str, Any] = {"note": "I agree.", "at": NOW, "on": TODAY, "seen": newest.shown if newest else ""}
    applications.conclude(application, outcome=outcome, by=by, **(told | changed))


def make_recommended(
    enterprise: Enterprise, *, by: User, recommender: User, rate: str = "0.098", **changed: Any
) -> Application:
    """Have a person recommend approval."""
    application = make_referred(enterprise, by=by, **changed)
    recommend(application, by=recommender, annual_rate=Decimal(rate))
    return application


def make_in(status: str, enterprise: Enterprise, *, by: User, recommender: User) -> Application:
    """Bring a case into a status by the shortest way."""
    if status == Status.DRAFT:
        make_evidence(enterprise)
        return make_draft(enterprise, by=by)
    if status == Status.WITHDRAWN:
        application = make_draft(enterprise, by=by)
        applications.withdraw(application, by=by, at=NOW)
        return application
    if status == Status.RECOMMENDED:
        return make_recommended(enterprise, by=by, recommender=recommender)
    ways = {Status.SUBMITTED: make_submitted, Status.REFERRED: make_referred, Status.DECLINED: make_declined}
    if status in ways:
        return ways[Status(status)](enterprise, by=by)
    application = make_approved(enterprise, by=by)
    if status == Status.EXPIRED:
        applications.expire(application.reference, at=NOW, on=application.offer.expires_on + DAY)
        application.refresh_from_db()
    return application


def make_approver(branch: Branch, *, limit: str | None = "200000", name: str = "Second Gao") -> User:
    """Make someone who may approve up to a limit."""
    person = make_user(name)
    amount = None if limit is None else Decimal(limit)
    StaffPost.objects.create(user=person, branch=branch, role=Role.APPROVER, approval_limit_amount=amount)
    return person


def make_picture(name: str = "license.png", *, color: str = "green") -> SimpleUploadedFile:
    """Make a small photo as a browser sends it."""
    content = io.BytesIO()
    Image.new("RGB", (8, 8), color).save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


def traces_of(application: Application) -> list[tuple[str, str, str, datetime]]:
    """Tell what was traced of an application: the event, who, by which name, when."""
    return list(application.events.order_by("pk").values_list("event", "by", "by_name", "at"))
