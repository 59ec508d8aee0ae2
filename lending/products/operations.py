"""Bringing products out: one person prepares a version, another approves it from a day on; the next one replaces it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.products.contradictions import contradictions
from lending.products.models import LoanProduct
from portal.core import editions
from portal.core.refusals import register
from portal.core.seen import check_seen

register(
    {
        "product_draft_open": _("A version of this product already waits for approval. Change or discard that one."),
        "product_code_taken": _("There is already a product with this code. Prepare a new version of it."),
        "product_day_passed": _("A product is offered from today or a later day on."),
        "product_before_the_one_before": _(
            "The version before is offered only from %(day)s; choose that day or a later one."
        ),
    }
)


@transaction.atomic(durable=True)
def prepare(code: str, *, by: str, at: datetime, is_new: bool = False, **content: Any) -> LoanProduct:
    """Prepare the next version of a product; it is offered once another person has approved it.

    :param is_new: refuse a code that exists.
    :raises ValidationError: when a field is missing or cannot be read.
    :raises EditionRefused: when it contradicts itself, a version waits already, or the code is taken.
    """
    told = _here() | content
    return editions.make(LoanProduct, code, told, contradictions=contradictions, is_new=is_new, by=by, at=at)


def _here() -> dict[str, str]:
    """Tell what goes without saying: a bank lends in its own currency, by the calendar of its own country."""
    return {"currency": settings.BANK_CURRENCY, "country": settings.BANK_COUNTRY}


@transaction.atomic(durable=True)
def prepare_all(rows: Iterable[Mapping[str, Any]], *, by: str, at: datetime) -> list[LoanProduct]:
    """Prepare a version of each product that a file tells, or of none.

    :raises ValidationError: when a field cannot be read.
    :raises EditionRefused: when one contradicts itself, or a version of it waits already.
    """
    return [
        editions.make(
            LoanProduct, row["code"], {**_here(), **row}, contradictions=contradictions, is_new=False, by=by, at=at
        )
        for row in rows
    ]


@transaction.atomic(durable=True)
def change(product: LoanProduct, *, by: str, at: datetime, **content: Any) -> None:
    """Change what waits for approval; whoever changed it last cannot approve it.

    :raises ValidationError: when a field is missing or cannot be read.
    :raises EditionRefused: when it contradicts itself.
    :raises TransitionRefused: when it no longer waits.
    """
    editions.change(product, content, contradictions=contradictions, by=by, at=at)


@transaction.atomic(durable=True)
def discard(product: LoanProduct, *, by: str, at: datetime) -> None:
    """Drop a version that waits for approval.

    :raises TransitionRefused: when it no longer waits.
    """
    editions.discard(product, by=by, at=at)


@transaction.atomic(durable=True)
def approve(product: LoanProduct, *, seen: str, offered_from: date, by: str, at: datetime) -> None:
    """Approve a version with a second pair of eyes: from a day on it is offered, and the version before no longer.

    :param seen: the fingerprint of what the person has read.
    :raises TransitionRefused: when it does not wait for approval.
    :raises SamePreparer: when the person prepared it.
    :raises ChangedSince: when it was changed meanwhile.
    :raises EditionRefused: when it is in another currency than the bank's, or the day is too early.
    """
    editions.check_approving(product, by=by)
    check_seen(seen, shown=product.fingerprint)
    if product.currency != settings.BANK_CURRENCY:  # prepared before that was refused
        raise editions.EditionRefused("product_in_another_currency", currency=settings.BANK_CURRENCY)
    editions.bring_out(product, since=offered_from, by=by, at=at)


@transaction.atomic(durable=True)
def withdraw(product: LoanProduct, *, on: date, by: str, at: datetime) -> None:
    """Offer a product no longer from a day on; what was applied for goes on. Withdrawn again, nothing changes.

    A version whose day has not come is never offered, and the version that is offered until that day stays.

    :raises TransitionRefused: when it was never approved.
    """
    editions.end(product, on=on, by=by, at=at)
