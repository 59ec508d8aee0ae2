"""What an enterprise plans: operations on the money it knows will come or go."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.cashflow.models import PlannedItem
from accounts.cashflow.states import Way
from accounts.identity.models import Enterprise
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register

MOST_ITEMS: Final = 100

register(
    {
        "planned_too_many": _("%(most)s planned items are kept at most. Remove some first."),
        "planned_item_gone": _("This planned item was already removed."),
    }
)


class PlannedTooMany(Refusal):
    """The enterprise plans more than is kept."""

    code = "planned_too_many"


@transaction.atomic(durable=True)
def plan(
    enterprise: Enterprise,
    *,
    way: str,
    amount: Decimal,
    due_on: date,
    repeats: str,
    text: str,
    key: str,
    by: str,
    at: datetime,
) -> PlannedItem:
    """Add money that will come or go; the same key plans once.

    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises PlannedTooMany: when as many are planned as are kept.
    """
    reference = answer_once(
        f"cashflow.plan {by}",
        key,
        fingerprint=fingerprint_of([enterprise.reference, way, amount, due_on, repeats, text]),
        make=lambda: _planned(
            PlannedItem(
                enterprise=enterprise,
                way=way,
                amount=amount,
                due_on=due_on,
                repeats=repeats,
                text=text,
                planned_by=by,
                planned_at=at,
            )
        ),
    )
    return PlannedItem.objects.get(reference=reference)


def _planned(item: PlannedItem) -> str:
    Enterprise.objects.locked().get(pk=item.enterprise_id)
    if PlannedItem.objects.filter(enterprise=item.enterprise_id, source="").count() >= MOST_ITEMS:
        raise PlannedTooMany(most=MOST_ITEMS)
    item.save()
    details = {"enterprise": item.enterprise.reference, "way": item.way, "repeats": item.repeats}
    audit.record("cashflow.planned", subject=item.reference, by=item.planned_by, at=item.planned_at, details=details)
    return item.reference


class PlannedItemGone(Refusal):
    """The item was removed."""

    code = "planned_item_gone"


@transaction.atomic(durable=True)
def remove(item: PlannedItem, *, by: str, at: datetime) -> None:
    """Remove a planned item for good: it is a thought, not evidence.

    :raises PlannedItemGone: when it was removed before.
    """
    removed, _by_model = PlannedItem.objects.filter(pk=item.pk, source="").delete()
    if not removed:
        raise PlannedItemGone
    audit.record("cashflow.planned_item_removed", subject=item.reference, by=by, at=at)


def fall_due(
    enterprise: Enterprise, dues: Iterable[tuple[date, Decimal]], *, source: str, by: str, at: datetime
) -> None:
    """Write down what a loan still asks for and when, in the place of what it asked before; an inner step of lending.

    What the forecast would guess from past repayments is known instead.
    """
    assert connection.in_atomic_block, "what falls due is written with what changed it"
    PlannedItem.objects.filter(enterprise=enterprise, source=source).delete()
    PlannedItem.objects.bulk_create(
        PlannedItem(
            enterprise=enterprise,
            way=Way.OUT,
            amount=amount,
            due_on=day,
            text=source,
            source=source,
            planned_by=by,
            planned_at=at,
        )
        for day, amount in dues
    )
