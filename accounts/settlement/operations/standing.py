"""Standing orders: set up, agreed to, changed, paused and ended."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Enterprise
from accounts.settlement.models import SettlementAccount, StandingOrder, StandingOrderTerms
from accounts.settlement.operations.accounts import stated
from accounts.settlement.operations.agreeing import check_payee, check_second
from accounts.settlement.operations.confirming import PaymentReview, confirm_by_code, needs_code
from accounts.settlement.operations.ordering import LeavingByOrder, OrderTerms, all_of, check_terms, first_of
from accounts.settlement.standing import (
    ORDER_TRANSITIONS,
    RUNNING,
    Occurrence,
    OrderEvent,
    OrderStatus,
    RunStatus,
)
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of, refuse_answered
from portal.core.refusals import Refusal, register
from portal.core.seen import check_seen
from portal.core.transitions import TransitionRefused, target_of

register({"standing_order_nothing_waits": _("Nothing waits for a second person here.")})


@transaction.atomic(durable=True)
def review_standing_order(
    account: SettlementAccount, asked: OrderTerms, *, key: str, on: date, at: datetime, by: str
) -> PaymentReview[LeavingByOrder]:
    """Ask everything that setting up an order would ask, and change nothing.

    :raises KeyReused: when the key set one up already.
    :raises: as ``set_up_standing_order``, all but the code.
    """
    refuse_answered(_setting_scope(by), key)
    return _reviewed(_drafted(account, asked, key=key, on=on, at=at, by=by), at=at)


def _reviewed(leaving: LeavingByOrder, *, at: datetime) -> PaymentReview[LeavingByOrder]:
    return PaymentReview(leaving, needs_code(leaving, at=at), needs_second=leaving.waits)


def _setting_scope(by: str) -> str:
    return f"settlement.standing_order {by}"


@transaction.atomic(durable=True)
def set_up_standing_order(
    account: SettlementAccount,
    asked: OrderTerms,
    *,
    key: str,
    on: date,
    at: datetime,
    by: str,
    code: str | None = None,
) -> StandingOrder:
    """Set up a standing order; the same key again returns the first one.

    It waits for a second person by the rules of payments: what a manager makes, what reaches the enterprise's
    threshold, and where there is a threshold whatever has no amount of its own. Once agreed, its dates are paid
    without asking again.

    :param code: the one-time code that was typed; none where the channel asks for none, as a program with its token.
    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises SigningCodeWrong: and its kin, when the order needs a code and this does not confirm it.
    :raises: as ``check_terms``.
    """

    def made() -> str:
        leaving = _drafted(account, asked, key=key, on=on, at=at, by=by)
        confirm_by_code(leaving, code, at=at, by=by)
        return _set_up(leaving, at=at, by=by).reference

    digest = fingerprint_of([account.reference, *all_of(asked)])
    reference = answer_once(_setting_scope(by), key, fingerprint=digest, make=made)
    return StandingOrder.objects.told().get(reference=reference)


def _drafted(
    account: SettlementAccount, asked: OrderTerms, *, key: str, on: date, at: datetime, by: str
) -> LeavingByOrder:
    """Draft an order, and check its terms."""
    Enterprise.objects.locked().get(pk=account.enterprise_id)
    order = StandingOrder(settlement_account=account, status=OrderStatus.WAITING, made_at=at, made_by=by)
    terms = asked.version(order, 1, at=at, by=by)
    waits = check_terms(account, terms, on=on, at=at, by=by)
    return LeavingByOrder(terms, first_of(terms, after=None, on=on), account.reference, key, waits)


def _set_up(leaving: LeavingByOrder, *, at: datetime, by: str) -> StandingOrder:
    terms, order = leaving.terms, leaving.terms.standing_order
    if not leaving.waits:
        terms.agreed_at = at
        order.status = OrderStatus.ACTIVE
        set_next(order, leaving.first)
    order.save(force_insert=True)
    terms.save(force_insert=True)
    details = {"account": leaving.about, "payee": terms.payee.reference, "frequency": terms.frequency}
    audit.record("settlement.standing_order_made", subject=order.reference, by=by, at=at, details=details)
    return order


def set_next(order: StandingOrder, found: Occurrence | None) -> None:
    """Note the date that comes next; unsaved."""
    order.next_due_date = found.due_date if found else None
    order.next_pay_date = found.pay_date if found else None


@transaction.atomic(durable=True)
def review_order_change(
    order: StandingOrder, asked: OrderTerms, *, key: str, on: date, at: datetime, by: str
) -> PaymentReview[LeavingByOrder]:
    """Ask everything that changing an order would ask, and change nothing.

    :raises KeyReused: when the key changed it already.
    :raises: as ``change_standing_order``, all but the code.
    """
    refuse_answered(_changing_scope(by), key)
    return _reviewed(_next_version(order, asked, key=key, on=on, at=at, by=by), at=at)


def _changing_scope(by: str) -> str:
    return f"settlement.standing_order_change {by}"


@transaction.atomic(durable=True)
def change_standing_order(
    order: StandingOrder,
    asked: OrderTerms,
    *,
    key: str,
    on: date,
    at: datetime,
    by: str,
    code: str | None = None,
) -> StandingOrder:
    """Change what a running order pays, as a new version: until a second person agreed, where one must, the old counts.

    A proposal that still waited is replaced.

    :param code: as for a new order.
    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises TransitionRefused: when the order does not run.
    :raises SigningCodeWrong: and its kin, when the new terms need a code and this does not confirm them.
    :raises StandingOrderHasNoDate: when no date of the new terms is left.
    :raises: as ``check_terms``.
    """

    def made() -> str:
        leaving = _next_version(order, asked, key=key, on=on, at=at, by=by)
        confirm_by_code(leaving, code, at=at, by=by)
        _change(order, leaving, at=at, by=by)
        return order.reference

    digest = fingerprint_of([order.reference, *all_of(asked)])
    answer_once(_changing_scope(by), key, fingerprint=digest, make=made)
    return StandingOrder.objects.told().get(pk=order.pk)


def _next_version(
    order: StandingOrder, asked: OrderTerms, *, key: str, on: date, at: datetime, by: str
) -> LeavingByOrder:
    """Lock a running order, draft its next version and check that."""
    if lock_order(order) not in RUNNING:
        raise TransitionRefused(event="change", status=order.status)
    terms = asked.version(order, order.versions.count() + 1, at=at, by=by)
    waits = check_terms(order.settlement_account, terms, on=on, at=at, by=by)
    return LeavingByOrder(terms, _first_to_come(terms, on=on), order.reference, key, waits)


def _first_to_come(terms: StandingOrderTerms, *, on: date) -> Occurrence:
    """Find the first date of terms after those that were carried out."""
    last = terms.standing_order.runs.order_by("-due_date").values_list("due_date", flat=True).first()
    return first_of(terms, after=last, on=on)


def _change(order: StandingOrder, leaving: LeavingByOrder, *, at: datetime, by: str) -> None:
    terms = leaving.terms
    if order.proposal:
        _decline(order.proposal, at=at)
    if not leaving.waits:
        _put_in_force(order, terms, leaving.first, at=at, by="")
    terms.save(force_insert=True)
    details = {"version": terms.number, "payee": terms.payee.reference, "waits": leaving.waits}
    audit.record("settlement.standing_order_changed", subject=order.reference, by=by, at=at, details=details)


def _decline(terms: StandingOrderTerms, *, at: datetime) -> None:
    terms.declined_at = at
    terms.save(update_fields=["declined_at"])


def _put_in_force(order: StandingOrder, terms: StandingOrderTerms, first: Occurrence, *, at: datetime, by: str) -> None:
    terms.agreed_at, terms.agreed_by = at, by
    set_next(order, first)
    order.save(update_fields=["status", "next_due_date", "next_pay_date"])


class NothingWaits(Refusal):
    """Nobody is asked to agree to anything."""

    code = "standing_order_nothing_waits"


@transaction.atomic(durable=True)
def confirm_standing_order(order: StandingOrder, *, version: int, on: date, at: datetime, by: str) -> None:
    """Agree as the second person to a new order, or to a change of one.

    :param version: the number of the terms that the person looked at.
    :raises NothingWaits: when nothing waits.
    :raises SamePerson, OwnerConfirms: see ``payments.check_second``.
    :raises ChangedSince: when other terms were proposed since.
    :raises PayeeGone: when the payee was removed meanwhile.
    :raises StandingOrderHasNoDate: when its dates went by meanwhile.
    """
    terms = _proposal(order, by=by)
    check_seen(version, shown=terms.number)
    check_payee(order.settlement_account, terms.payee, at=at)
    if order.status == OrderStatus.WAITING:
        order.status = target_of(ORDER_TRANSITIONS, OrderEvent.CONFIRM, order.status)
    _put_in_force(order, terms, _first_to_come(terms, on=on), at=at, by=by)
    terms.save(update_fields=["agreed_at", "agreed_by"])
    details = {"version": terms.number}
    audit.record("settlement.standing_order_confirm", subject=order.reference, by=by, at=at, details=details)


def _proposal(order: StandingOrder, *, by: str) -> StandingOrderTerms:
    lock_order(order)
    terms = order.proposal
    if terms is None or order.status not in {OrderStatus.WAITING, *RUNNING}:
        raise NothingWaits
    check_second(order.settlement_account.enterprise, made_by=terms.made_by, by=by)
    return terms


@transaction.atomic(durable=True)
def decline_standing_order(order: StandingOrder, *, reason: str, at: datetime, by: str) -> None:
    """Refuse to agree to a new order, or to a change of one, which then goes on as it was.

    :raises ReasonMissing: when no reason is given.
    :raises NothingWaits: when nothing waits.
    :raises SamePerson, OwnerConfirms: see ``payments.check_second``.
    """
    reason = stated(reason)
    terms = _proposal(order, by=by)
    _decline(terms, at=at)
    if order.status == OrderStatus.WAITING:
        order.status = target_of(ORDER_TRANSITIONS, OrderEvent.DECLINE, order.status)
        order.reason, order.ended_at = reason, at
        order.save(update_fields=["status", "reason", "ended_at"])
    details = {"version": terms.number, "reason": reason}
    audit.record("settlement.standing_order_decline", subject=order.reference, by=by, at=at, details=details)


@transaction.atomic(durable=True)
def pause_standing_order(order: StandingOrder, *, at: datetime, by: str) -> None:
    """Stop paying until the order is resumed; what is being tried again is left out.

    :raises TransitionRefused: when it is not active.
    """
    move(order, OrderEvent.PAUSE, at=at, by=by)
    leave_out_retries(order)


@transaction.atomic(durable=True)
def review_resuming(order: StandingOrder, *, on: date, at: datetime) -> PaymentReview[LeavingByOrder]:
    """Ask everything that resuming an order would ask, and change nothing.

    :raises: as ``resume_standing_order``, all but the code.
    """
    return _reviewed(_to_resume(order, on=on), at=at)


@transaction.atomic(durable=True)
def resume_standing_order(order: StandingOrder, *, on: date, at: datetime, by: str, code: str | None = None) -> None:
    """Pay again from the next date on; dates that went by meanwhile are not made up.

    :param code: as for a new order.
    :raises TransitionRefused: when it is not paused.
    :raises StandingOrderHasNoDate: when no date is left.
    :raises SigningCodeWrong: and its kin, when what it pays needs a code and this does not confirm it.
    """
    leaving = _to_resume(order, on=on)
    confirm_by_code(leaving, code, at=at, by=by)
    move(order, OrderEvent.RESUME, at=at, by=by)
    set_next(order, leaving.first)
    order.save(update_fields=["next_due_date", "next_pay_date"])


def _to_resume(order: StandingOrder, *, on: date) -> LeavingByOrder:
    target_of(ORDER_TRANSITIONS, OrderEvent.RESUME, lock_order(order))
    terms = order.terms
    return LeavingByOrder(terms, _first_to_come(terms, on=on), order.reference, "resume", waits=False)


@transaction.atomic(durable=True)
def end_standing_order(order: StandingOrder, *, at: datetime, by: str) -> None:
    """End an order for good.

    :raises TransitionRefused: when it ended before.
    """
    move(order, OrderEvent.END, at=at, by=by)
    if order.proposal:
        _decline(order.proposal, at=at)
    leave_out_retries(order)


def move(order: StandingOrder, event: OrderEvent, *, at: datetime, by: str) -> None:
    """Lock an order, change its status, and record that.

    :raises TransitionRefused: when its status does not allow it.
    """
    order.status = target_of(ORDER_TRANSITIONS, event, lock_order(order))
    if order.status in {OrderStatus.ENDED, OrderStatus.FINISHED}:
        order.ended_at = at
        set_next(order, None)
    order.save(update_fields=["status", "ended_at", "next_due_date", "next_pay_date"])
    audit.record(f"settlement.standing_order_{event}", subject=order.reference, by=by, at=at)


def leave_out_retries(order: StandingOrder) -> None:
    """Give up the dates that are being tried again."""
    order.runs.filter(status=RunStatus.RETRYING).update(status=RunStatus.SKIPPED)


def lock_order(order: StandingOrder) -> str:
    """Lock the order, its enterprise first as whoever pays does, and tell where it stands."""
    Enterprise.objects.locked().get(settlement_accounts=order.settlement_account_id)
    order.refresh_from_db(from_queryset=StandingOrder.objects.locked().select_related("settlement_account__enterprise"))
    return order.status
