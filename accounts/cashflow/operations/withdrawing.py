"""Taking a statement out of the evidence."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cashflow.models import BankTransaction, StatementImport
from accounts.cashflow.operations import contradicting
from accounts.cashflow.operations.correcting import take_for_own
from accounts.cashflow.operations.naming import names_of, stand_for
from accounts.cashflow.states import TRANSITIONS, Event, Status
from accounts.identity.models import Enterprise
from accounts.identity.operations import lock_to_change
from portal.core import audit, jobs
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

register({"choice_without_other": _("This file does not count now, or no other one tells otherwise any more.")})


class ChoiceRefused(Refusal):
    """There is nothing to choose between."""

    code = "choice_without_other"


@transaction.atomic(durable=True)
def withdraw(statement: StatementImport, *, by: str, at: datetime) -> None:
    """Take a statement out of the evidence; what it shared with other files is read from those again.

    :raises TransitionRefused: when it is still being read or was withdrawn before.
    """
    at = lock_to_change(statement.enterprise_id, at=at)
    _take_out([statement], by=by, at=at)


@transaction.atomic(durable=True)
def choose(statement: StatementImport, *, by: str, at: datetime) -> None:
    """Let a statement count, and none that tells otherwise on some days: those are withdrawn, and a person looks.

    :raises ChoiceRefused: when it does not count itself, or none tells otherwise.
    :raises TransitionRefused: when one of them is being read.
    """
    at = lock_to_change(statement.enterprise_id, at=at)
    statement.refresh_from_db(from_queryset=StatementImport.objects.locked())
    others = list(contradicting.opponents(statement)) if statement.status == Status.READ else []
    if not others:
        raise ChoiceRefused
    _take_out(others, by=by, at=at, instead=statement)


def _take_out(
    statements: Sequence[StatementImport], *, by: str, at: datetime, instead: StatementImport | None = None
) -> None:
    were_read = []
    for statement in statements:
        statement.refresh_from_db(from_queryset=StatementImport.objects.locked())
        if statement.status == Status.READ:
            were_read.append(statement)
        statement.status = target_of(TRANSITIONS, Event.WITHDRAW, statement.status)
        statement.superseded_at = at
        contradicting.note_replaced(statement, instead=instead)
        statement.save(update_fields=["status", "superseded_at", "replaced_by", "replaced_days"])
        withdrawn = BankTransaction.objects.current().filter(statement=statement).update(superseded_at=at)
        details = {"lines": withdrawn}
        audit.record("cashflow.statement_withdrawn", subject=statement.reference, by=by, at=at, details=details)
    for statement in were_read:
        read_again(statement, at=at)


@transaction.atomic(durable=True)
def know_by_new_name(reference: str, *, at: datetime) -> None:
    """Read files again that were another holder's, and are the enterprise's under the name that it has now.

    Payments under that name are own transfers, as they would be had they been recorded since.

    :param reference: the enterprise's.
    """
    enterprise = Enterprise.objects.locked().get(reference=reference)
    at = lock_to_change(enterprise.pk, at=at)
    own_keys = names_of(enterprise)
    foreign = StatementImport.objects.locked().filter(enterprise=enterprise, status=Status.READ, is_foreign_holder=True)
    for statement in foreign:
        if stand_for(statement.holder_name, own_keys):
            BankTransaction.objects.current().filter(statement=statement).update(superseded_at=at)
            _ask_to_read_again(statement, at=at)
            read_again(statement, at=at)
    if lines := take_for_own(enterprise, own_keys, at=at):
        details = {"lines": lines}
        audit.record("cashflow.own_by_new_name", subject=reference, by=None, at=at, details=details)


def read_again(withdrawn: StatementImport, *, at: datetime) -> None:
    """Have the files read again that a statement shared its days with: its lines may have been taken for known."""
    others = (
        StatementImport.objects.locked()
        .filter(
            enterprise=withdrawn.enterprise_id,
            account_key=withdrawn.account_key,
            status=Status.READ,
            period_first__lte=withdrawn.period_last,
            period_last__gte=withdrawn.period_first,
        )
        .exclude(pk=withdrawn.pk)
    )
    for other in others if withdrawn.period_first else ():
        _ask_to_read_again(other, at=at)


def _ask_to_read_again(statement: StatementImport, *, at: datetime) -> None:
    statement.status = target_of(TRANSITIONS, Event.READ_AGAIN, statement.status)
    statement.save(update_fields=["status"])
    jobs.ask("cashflow.read", statement.reference, at=at, lane=statement.enterprise.reference)
