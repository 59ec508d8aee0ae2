"""Files from the other bank, agreed to by another person than the one who brought them, or set aside."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import LedgerAccount
from accounts.settlement.models import NostroLine, NostroStatement
from accounts.settlement.nostro_states import STATEMENT_TRANSITIONS, LineStatus, StatementEvent, StatementStatus
from accounts.settlement.operations import suspense
from accounts.settlement.operations.accounts import stated
from accounts.settlement.operations.cash import SamePerson
from accounts.settlement.operations.foreseeing import look_again
from accounts.settlement.operations.payments import reject_payment
from accounts.settlement.queries.foreseen import shown, taken_back_by
from accounts.settlement.queries.nostro import waiting_before
from portal.core import audit, jobs
from portal.core.refusals import Refusal, register
from portal.core.seen import check_seen
from portal.core.transitions import target_of

register({"nostro_out_of_order": _("%(reference)s tells of earlier days and waits as well. Decide on it first.")})


class OutOfOrder(Refusal):
    """A statement of earlier days waits."""

    code = "nostro_out_of_order"


@transaction.atomic(durable=True)
def agree_to_nostro(statement: NostroStatement, *, seen: str, at: datetime, by: str) -> None:
    """Agree, as the second person, to what a file tells: its new lines are booked, each in its turn.

    Two that are agreed to at once wait for each other at the ledger's nostro account, so no line is booked twice.

    :param seen: what ``queries.foreseen.shown`` named when the person looked.
    :raises TransitionRefused: when the file does not wait.
    :raises SamePerson: when it is the person who brought it.
    :raises OutOfOrder: when a statement of earlier days waits.
    :raises ChangedSince: when it would do something else now.
    """
    list(LedgerAccount.objects.locked().filter(purpose="nostro", currency=statement.currency))  # none for a report
    _lock(statement)
    status = target_of(STATEMENT_TRANSITIONS, StatementEvent.AGREE, statement.status)
    if by == statement.uploaded_by:
        raise SamePerson
    if before := waiting_before(statement):
        raise OutOfOrder(reference=before.reference)
    known = look_again(statement)
    check_seen(seen, shown=shown(statement))
    NostroLine.objects.filter(pk__in=[line.pk for line in known]).update(status=LineStatus.LEFT_OUT)
    statement.status, statement.decided_at, statement.decided_by = status, at, by
    statement.save()
    details = {"lines": statement.line_count, "known": statement.known_count}
    audit.record("settlement.nostro_agreed", subject=statement.reference, by=by, at=at, details=details)
    jobs.ask("settlement.reconcile", statement.reference, at=at)


@transaction.atomic(durable=True)
def set_nostro_aside(statement: NostroStatement, *, reason: str, at: datetime, by: str) -> None:
    """Do not agree to a file, or take it back: nothing of it is booked, and its lines count for nothing.

    :raises ReasonMissing: when no reason is given.
    :raises TransitionRefused: when the file does not wait.
    """
    reason = stated(reason)
    _lock(statement)
    statement.status = target_of(STATEMENT_TRANSITIONS, StatementEvent.SET_ASIDE, statement.status)
    statement.decided_at, statement.decided_by, statement.reason = at, by, reason
    statement.save()
    statement.lines.update(status=LineStatus.LEFT_OUT)
    details = {"reason": statement.reason}
    audit.record("settlement.nostro_set_aside", subject=statement.reference, by=by, at=at, details=details)


def _lock(statement: NostroStatement) -> None:
    statement.refresh_from_db(from_queryset=NostroStatement.objects.locked())


def act_on_report(reference: str, *, on: date, at: datetime) -> None:
    """Take back what a report that was agreed to says was refused, each payment on its own and once."""
    statement = NostroStatement.objects.get(reference=reference)
    if statement.status != StatementStatus.AGREED:
        return
    for refused in taken_back_by(statement):
        take_back = suspense.bounce if refused.reference.startswith("SI-") else reject_payment
        take_back(refused.reference, file=refused.file, reason=refused.reason, on=on, at=at, by="system")
