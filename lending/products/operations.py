"""Bringing products out: one person prepares a version, another approves it from a day on; the next one replaces it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lending.products.contradictions import contradictions
from lending.products.models import CONTENT, STANDING, LoanProduct
from lending.products.states import TRANSITIONS, Event, Status
from portal.core import audit
from portal.core.refusals import Refusal, register
from portal.core.seen import check_seen
from portal.core.transitions import target_of

VERSIONS_LOCK: Final = 7_203_011  # a code's first version has no row yet that could be locked

register(
    {
        "draft_open": _("A version of this product already waits for approval. Change or discard that one."),
        "product_code_taken": _("There is already a product with this code. Prepare a new version of it."),
        "same_preparer": _("Whoever prepared this cannot approve it. Ask a colleague."),
        "offered_in_the_past": _("A product is offered from today or a later day on."),
        "before_the_version_before": _(
            "The version before is offered only from %(day)s; choose that day or a later one."
        ),
    }
)


class ProductRefused(Refusal):
    """The product contradicts itself, or another version is in its way; ``field`` names the place, if there is one."""

    def __init__(self, code: str, *, field: str = "", **params: Any) -> None:
        super().__init__(code, **params)
        self.field = field


class SamePreparer(Refusal):
    """The second pair of eyes belongs to the first."""

    code = "same_preparer"


@transaction.atomic(durable=True)
def prepare(code: str, *, by: str, at: datetime, is_new: bool = False, **content: Any) -> LoanProduct:
    """Prepare the next version of a product; it is offered once another person has approved it.

    :param is_new: refuse a code that exists.
    :raises ValidationError: when a field is missing or cannot be read.
    :raises ProductRefused: when it contradicts itself, a version waits already, or the code is taken.
    """
    return _prepare(code, by=by, at=at, is_new=is_new, content=content)


@transaction.atomic(durable=True)
def prepare_all(rows: Iterable[Mapping[str, Any]], *, by: str, at: datetime) -> list[LoanProduct]:
    """Prepare a version of each product that a file tells, or of none.

    :raises ValidationError: when a field cannot be read.
    :raises ProductRefused: when one contradicts itself, or a version of it waits already.
    """
    return [_prepare(by=by, at=at, content=row, code=row["code"]) for row in rows]


def _prepare(code: str, *, by: str, at: datetime, content: Mapping[str, Any], is_new: bool = False) -> LoanProduct:
    _lock_versions()
    versions = LoanProduct.objects.filter(code=code)
    if versions.drafts().exists():
        raise ProductRefused("draft_open", field="code")
    if is_new and versions.exists():
        raise ProductRefused("product_code_taken", field="code")
    newest = max(versions.values_list("version", flat=True), default=0)
    product = LoanProduct(code=code, version=newest + 1, prepared_by=by, prepared_at=at)
    _fill(product, content, on=timezone.localtime(at).date())
    product.save(force_insert=True)
    _record("prepared", product, by=by, at=at)
    return product


@transaction.atomic(durable=True)
def change(product: LoanProduct, *, by: str, at: datetime, **content: Any) -> None:
    """Change what waits for approval; whoever changed it last cannot approve it.

    :raises ValidationError: when a field is missing or cannot be read.
    :raises ProductRefused: when it contradicts itself.
    :raises TransitionRefused: when it no longer waits.
    """
    _move(product, Event.CHANGE)
    product.prepared_by, product.prepared_at = by, at
    _fill(product, content, on=timezone.localtime(at).date())
    product.save()
    _record("changed", product, by=by, at=at)


@transaction.atomic(durable=True)
def discard(product: LoanProduct, *, by: str, at: datetime) -> None:
    """Drop a version that waits for approval.

    :raises TransitionRefused: when it no longer waits.
    """
    _move(product, Event.DISCARD)
    product.save(update_fields=["status"])
    _record("discarded", product, by=by, at=at)


@transaction.atomic(durable=True)
def approve(product: LoanProduct, *, seen: str, offered_from: date, by: str, at: datetime) -> None:
    """Approve a version with a second pair of eyes: from a day on it is offered, and the version before no longer.

    :param seen: the fingerprint of what the person has read.
    :raises TransitionRefused: when it does not wait for approval.
    :raises SamePreparer: when the person prepared it.
    :raises ChangedSince: when it was changed meanwhile.
    :raises ProductRefused: when the day is too early.
    """
    _lock_versions()
    _move(product, Event.APPROVE)
    if by == product.prepared_by:
        raise SamePreparer
    check_seen(seen, shown=product.fingerprint)
    if offered_from < timezone.localtime(at).date():
        raise ProductRefused("offered_in_the_past", field="offered_from")
    _replace(product, offered_from)
    product.approved_by, product.approved_at, product.offered_from = by, at, offered_from
    product.save(update_fields=["status", "approved_by", "approved_at", "offered_from"])
    _record("approved", product, by=by, at=at, offered_from=offered_from)


@transaction.atomic(durable=True)
def withdraw(product: LoanProduct, *, on: date, by: str, at: datetime) -> None:
    """Offer a product no longer from a day on; what was applied for goes on. Withdrawn again, nothing changes.

    A version whose day has not come is never offered, and the version that is offered until that day stays.

    :raises TransitionRefused: when it was never approved.
    """
    _lock_versions()
    _move(product, Event.WITHDRAW)
    if product.offered_until is not None:
        return
    assert product.offered_from is not None
    product.offered_until = max(on, product.offered_from)
    product.save(update_fields=["offered_until"])
    if product.offered_from > on:
        before = LoanProduct.objects.filter(code=product.code, offered_until=product.offered_from)
        before.filter(offered_from__lt=product.offered_from).update(offered_until=None)
    _record("withdrawn", product, by=by, at=at, offered_until=product.offered_until)


def _lock_versions() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [VERSIONS_LOCK])


def _move(product: LoanProduct, event: Event) -> None:
    product.refresh_from_db(from_queryset=LoanProduct.objects.locked())
    product.status = target_of(TRANSITIONS, event, product.status)


def _fill(product: LoanProduct, content: Mapping[str, Any], *, on: date) -> None:
    for name, value in content.items():
        assert name in CONTENT or name == "code", name
        setattr(product, name, value)
    product.clean_fields(exclude=STANDING - {"code"})
    for found in contradictions(product, on=on)[:1]:
        raise ProductRefused(found.code, field=found.field, **found.params)


def _replace(product: LoanProduct, offered_from: date) -> None:
    before = LoanProduct.objects.filter(code=product.code, status=Status.APPROVED, offered_until=None).first()
    if before is None:
        return
    assert before.offered_from is not None
    if offered_from < before.offered_from:
        raise ProductRefused("before_the_version_before", field="offered_from", day=before.offered_from)
    before.offered_until = offered_from
    before.save(update_fields=["offered_until"])


def _record(verb: str, product: LoanProduct, *, by: str, at: datetime, **details: Any) -> None:
    told = {"fingerprint": product.fingerprint} | details
    audit.record(f"products.{verb}", subject=product.reference, by=by, at=at, details=told)
