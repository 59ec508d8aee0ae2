"""A person says what a payment was for."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cashflow import own_books, queries
from accounts.cashflow.categories import CHOICES, categorize
from accounts.cashflow.models import BankTransaction, CategoryCorrection
from accounts.cashflow.operations.categorizing import Corrections
from accounts.cashflow.operations.naming import names_of
from accounts.cashflow.states import Category, Scope
from accounts.identity.models import Enterprise
from accounts.identity.operations import lock_to_change
from portal.core import audit
from portal.core.refusals import Refusal, register

BATCH: Final = 2_000

register(
    {
        "correction_category_wrong": _("Choose what the payment was for from the list."),
        "correction_is_booked": _("Our own books say what this payment was for; it cannot be changed here."),
        "correction_too_late": _("This payment was changed or withdrawn meanwhile. Open the list again."),
        "correction_names_nobody": _("This payment tells neither a name nor a text. Correct it alone."),
    }
)


class CorrectionRefused(Refusal):
    """The category cannot be corrected this way."""


@transaction.atomic(durable=True)
def correct(
    line: BankTransaction, *, category: str, scope: str, by: str, is_by_staff: bool, at: datetime
) -> CategoryCorrection:
    """Set what a payment was for, and with it what all payments like it are for, those to come as well.

    The rows that change are superseded by copies, so that what was measured before can be measured again as it was.
    The same correction sent again changes nothing.

    :param scope: ``counterparty`` for all payments of the line's counterparty that go the same way (of its text, where
        it names nobody), ``line`` for this one.
    :raises CorrectionRefused: when the category does not fit the way the money goes, our own books tell it, the line
        was superseded, or nothing tells which other payments are like it.
    """
    at = lock_to_change(line.enterprise_id, at=at)
    enterprise = Enterprise.objects.get(pk=line.enterprise_id)
    line = BankTransaction.objects.select_related("posting__entry").get(pk=line.pk)
    if category not in CHOICES[line.way]:
        raise CorrectionRefused("correction_category_wrong")
    if is_told_by_our_books(line):
        raise CorrectionRefused("correction_is_booked")
    corrections = Corrections.of(enterprise, [line])
    key = corrections.key_of(line, scope)
    if not key:
        raise CorrectionRefused("correction_names_nobody")
    standing = corrections.standing.get((scope, key, line.way))
    if standing and standing.category == category and standing.is_by_staff == is_by_staff:
        return standing
    if line.superseded_at is not None:
        raise CorrectionRefused("correction_too_late")
    correction = CategoryCorrection.objects.create(
        enterprise=enterprise,
        scope=scope,
        key=key,
        way=line.way,
        category=category,
        category_before=line.category,
        corrected_at=at,
        corrected_by=by,
        is_by_staff=is_by_staff,
    )
    changed = _apply(enterprise, correction, at=at)
    details = {"from": line.category, "to": category, "reach": scope, "lines": changed, "by_staff": is_by_staff}
    audit.record("cashflow.category_corrected", subject=enterprise.reference, by=by, at=at, details=details)
    return correction


def is_told_by_our_books(line: BankTransaction) -> bool:
    """Tell whether an entry's event says what a line was for."""
    if line.posting is None:
        return False
    entry: Any = line.posting.entry
    transfer = getattr(entry, "transfer", None)
    is_own = transfer is not None and transfer.source.enterprise_id == transfer.destination.enterprise_id
    return is_own or bool(own_books.category_of(entry.event, way=line.way))


def _apply(enterprise: Enterprise, correction: CategoryCorrection, *, at: datetime) -> int:
    corrections = Corrections.of(enterprise)
    lines = BankTransaction.objects.current().filter(enterprise=enterprise)
    lines = lines.filter(amount__gt=0) if correction.way > 0 else lines.filter(amount__lt=0)
    if correction.scope == Scope.LINE:
        lines = lines.filter(fingerprint=correction.key)
    elif not correction.key.startswith("text "):
        lines = lines.filter(queries.of_party(corrections.parties, correction.key))
    else:
        lines = lines.filter(counterparty_key="")
    lines = lines.select_related(
        "statement",
        "posting__entry__transfer__source",
        "posting__entry__transfer__destination",
    )
    return _supersede(_corrected(enterprise, lines, correction, corrections, at=at), at=at)


def _supersede(found: Iterable[tuple[int, BankTransaction]], *, at: datetime) -> int:
    """Let copies stand for lines, so that what was measured before can be measured again as it was; tell how many."""
    copies = list(found)
    BankTransaction.objects.filter(pk__in=[before for before, _copy in copies]).update(superseded_at=at)
    BankTransaction.objects.bulk_create([copy for _before, copy in copies], batch_size=BATCH)
    return len(copies)


def _corrected(
    enterprise: Enterprise,
    lines: Iterable[BankTransaction],
    correction: CategoryCorrection,
    corrections: Corrections,
    *,
    at: datetime,
) -> Iterator[tuple[int, BankTransaction]]:
    own_keys = names_of(enterprise)
    for line in lines:
        if corrections.key_of(line, correction.scope) != correction.key or is_told_by_our_books(line):
            continue
        before = (line.pk, line.category, line.is_flattered)
        by_rules = categorize(
            amount=line.amount,
            description=line.description,
            counterparty_name=line.counterparty_name,
            own_keys=own_keys,
            holder_keys=line.holder_keys,
        )
        corrections.apply(line, by_rules=by_rules)
        if (line.category, line.is_flattered) != before[1:]:
            line.pk, line.recorded_at = None, at
            yield before[0], line


def take_for_own(enterprise: Enterprise, own_keys: frozenset[str], *, at: datetime) -> int:
    """Take payments under names that turned out to be the enterprise's own for own transfers; an inner step.

    What a person said of a payment stays, and what our own books tell, and wages: the enterprise pays its people, too.
    """
    lines = BankTransaction.objects.current().filter(
        enterprise=enterprise, counterparty_key__in=own_keys, correction=None
    )
    lines = lines.exclude(category__in=[Category.OWN_TRANSFER, Category.SALARY]).select_related(
        "posting__entry__transfer__source", "posting__entry__transfer__destination"
    )
    return _supersede(_taken_for_own(lines, at=at), at=at)


def _taken_for_own(lines: Iterable[BankTransaction], *, at: datetime) -> Iterator[tuple[int, BankTransaction]]:
    for line in lines:
        if not is_told_by_our_books(line):
            before, line.category = line.pk, Category.OWN_TRANSFER
            line.pk, line.recorded_at = None, at
            yield before, line
