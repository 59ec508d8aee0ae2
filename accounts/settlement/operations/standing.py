"""Standing orders: set up, agreed to, changed, paused and ended."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Enterprise
from accounts.ledger import operations as ledger
from accounts.settlement import queries
from accounts.settlement.models import (
    Payee,
    SettlementAccount,
    StandingOrder,
    StandingOrderTerms,
)
from accounts.settlement.operations.accounts import AccountNotOpen, ReasonMissing, lock
from accounts.settlement.operations.agreeing import check_payee, check_second, needs_second
from accounts.settlement.standing import (
    MONTHS,
    ORDER_TRANSITIONS,
    RUNNING,
    Occurrence,
    OrderEvent,
    OrderStatus,
    RunStatus,
    last_of_month,
)
from accounts.settlement.states import PAYS
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.money import is_exact
from portal.core.refusals import Refusal, register
from portal.core.transitions import TransitionRefused, target_of

LONGEST_AHEAD: Final = timedelta(days=731)

register(
    {
        "standing_order_date_wrong": _("The first date must be today or later, and within two years."),
        "standing_order_ends_early": _("The last date is before the first one."),
        "standing_order_above_limit": _("This is more than your daily limit of %(limit)s, so it could never be paid."),
        "standing_order_has_no_date": _("No date is left to pay on. Change the dates or end the order."),
        "standing_order_nothing_waits": _("Nothing waits for a second person here."),
    }
)


@dataclass(frozen=True)
class OrderTerms:
    """What a standing order shall pay: ``amount``, or all above ``kept_amount``; one of them is none."""

    payee: Payee
    amount: Decimal | None
    kept_amount: Decimal | None
    text: str
    frequency: str
    first_date: date
    last_date: date | None
    on_last_day: bool
    day_rule: str

    def version(self, order: StandingOrder, number: int, *, at: datetime, by: str) -> StandingOrderTerms:
        """Make a version of an order; the last day of the month means the month of the first date."""
        on_last_day = self.on_last_day and self.frequency in MONTHS
        asked = replace(
            self,
            on_last_day=on_last_day,
            first_date=last_of_month(self.first_date) if on_last_day else self.first_date,
            last_date=self.last_date if self.frequency != "once" else None,
        )
        return StandingOrderTerms(standing_order=order, number=number, made_at=at, made_by=by, **vars(asked))


class StandingOrderDateWrong(Refusal):
    """The first date is past, or further away than anybody plans."""

    code = "standing_order_date_wrong"


class StandingOrderEndsEarly(Refusal):
    """The last date is before the first."""

    code = "standing_order_ends_early"


class StandingOrderAboveLimit(Refusal):
    """The amount is more than the enterprise's rules let out in a day."""

    code = "standing_order_above_limit"


class StandingOrderHasNoDate(Refusal):
    """All dates are past."""

    code = "standing_order_has_no_date"


@transaction.atomic(durable=True)
def set_up_standing_order(
    account: SettlementAccount, asked: OrderTerms, *, key: str, on: date, at: datetime, by: str
) -> StandingOrder:
    """Set up a standing order; the same key again returns the first one.

    It waits for a second person by the rules of payments: what a manager makes, what reaches the enterprise's
    threshold, and where there is a threshold whatever has no amount of its own. Once agreed, its dates are paid
    without asking again.

    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises: as ``_checked``.
    """
    reference = answer_once(
        f"settlement.standing_order {by}",
        key,
        fingerprint=fingerprint_of([account.reference, *_told(asked)]),
        make=lambda: _set_up(account, asked, on=on, at=at, by=by).reference,
    )
    return StandingOrder.objects.told().get(reference=reference)


def _told(asked: OrderTerms) -> list[object]:
    return [value.reference if isinstance(value, Payee) else value for value in vars(asked).values()]


def _set_up(account: SettlementAccount, asked: OrderTerms, *, on: date, at: datetime, by: str) -> StandingOrder:
    Enterprise.objects.locked().get(pk=account.enterprise_id)
    order = StandingOrder(settlement_account=account, status=OrderStatus.WAITING, made_at=at, made_by=by)
    terms = asked.version(order, 1, at=at, by=by)
    if not _checked(account, terms, on=on, at=at, by=by):
        terms.agreed_at = at
        order.status = OrderStatus.ACTIVE
        set_next(order, _first_of(terms, after=None, on=on))
    order.save(force_insert=True)
    terms.save(force_insert=True)
    details = {"account": account.reference, "payee": terms.payee.reference, "frequency": terms.frequency}
    audit.record("settlement.standing_order_made", subject=order.reference, by=by, at=at, details=details)
    return order


def _checked(account: SettlementAccount, terms: StandingOrderTerms, *, on: date, at: datetime, by: str) -> bool:
    """Check terms by the rules of payments, and tell whether a second person must agree.

    :raises StandingOrderHasNoDate: when they name no date at all.
    :raises AmountRefused: when an amount is finer than the currency, or not above zero where one is paid.
    :raises PayeeOfAnother, PayeeGone, PayeeCoolsOff: when the payee cannot be paid.
    :raises AccountNotOpen: when the account cannot pay.
    :raises StandingOrderDateWrong, StandingOrderEndsEarly: when the dates make no sense.
    :raises StandingOrderAboveLimit: when the amount is above the enterprise's daily limit.
    """
    figure = terms.kept_amount if terms.amount is None else terms.amount
    if figure is None or not is_exact(figure, account.currency) or figure < 0 or terms.amount == 0:
        raise ledger.AmountRefused(amount=str(figure), currency=account.currency)
    check_payee(account, terms.payee, at=at)
    lock(account)
    if account.status not in PAYS:
        raise AccountNotOpen
    if not on <= terms.first_date <= on + LONGEST_AHEAD or _first_of(terms, after=None, on=date.min).pay_date < on:
        raise StandingOrderDateWrong
    if terms.last_date and terms.last_date < terms.first_date:
        raise StandingOrderEndsEarly
    rules = queries.rules_of(account.enterprise, at=at)
    if terms.amount is not None and terms.amount > rules.daily_limit_amount:
        raise StandingOrderAboveLimit(limit=rules.daily_limit_amount, currency=account.currency)
    return needs_second(account.enterprise, terms.amount, rules=rules, by=by)


def _first_of(terms: StandingOrderTerms, *, after: date | None, on: date) -> Occurrence:
    found = terms.rhythm.next_to_pay(after=after, on=on)
    if found is None:
        raise (
            StandingOrderEndsEarly if terms.last_date and terms.last_date < terms.first_date else StandingOrderHasNoDate
        )
    return found


def set_next(order: StandingOrder, found: Occurrence | None) -> None:
    """Note the date that comes next; unsaved."""
    order.next_due_date = found.due_date if found else None
    order.next_pay_date = found.pay_date if found else None


@transaction.atomic(durable=True)
def change_standing_order(
    order: StandingOrder, asked: OrderTerms, *, key: str, on: date, at: datetime, by: str
) -> StandingOrder:
    """Change what a running order pays, as a new version: until a second person agreed, where one must, the old counts.

    A proposal that still waited is replaced.

    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises TransitionRefused: when the order does not run.
    :raises: as ``_checked``.
    """
    answer_once(
        f"settlement.standing_order_change {by}",
        key,
        fingerprint=fingerprint_of([order.reference, *_told(asked)]),
        make=lambda: _changed(order, asked, on=on, at=at, by=by).reference,
    )
    return StandingOrder.objects.told().get(pk=order.pk)


def _changed(order: StandingOrder, asked: OrderTerms, *, on: date, at: datetime, by: str) -> StandingOrder:
    if lock_order(order) not in RUNNING:
        raise TransitionRefused(event="change", status=order.status)
    number = order.versions.count() + 1
    terms = asked.version(order, number, at=at, by=by)
    waits = _checked(order.settlement_account, terms, on=on, at=at, by=by)
    if order.proposal:
        _decline(order.proposal, at=at)
    if not waits:
        _put_in_force(order, terms, on=on, at=at, by="")
    terms.save(force_insert=True)
    details = {"version": number, "payee": terms.payee.reference, "waits": waits}
    audit.record("settlement.standing_order_changed", subject=order.reference, by=by, at=at, details=details)
    return order


def _decline(terms: StandingOrderTerms, *, at: datetime) -> None:
    terms.declined_at = at
    terms.save(update_fields=["declined_at"])


def _put_in_force(order: StandingOrder, terms: StandingOrderTerms, *, on: date, at: datetime, by: str) -> None:
    last = order.runs.order_by("-due_date").values_list("due_date", flat=True).first()
    terms.agreed_at, terms.agreed_by = at, by
    set_next(order, _first_of(terms, after=last, on=on))
    order.save(update_fields=["status", "next_due_date", "next_pay_date"])


class NothingWaits(Refusal):
    """Nobody is asked to agree to anything."""

    code = "standing_order_nothing_waits"


@transaction.atomic(durable=True)
def confirm_standing_order(order: StandingOrder, *, on: date, at: datetime, by: str) -> None:
    """Agree as the second person to a new order, or to a change of one.

    :raises NothingWaits: when nothing waits.
    :raises SamePerson, OwnerConfirms: see ``payments.check_second``.
    :raises PayeeGone: when the payee was removed meanwhile.
    :raises StandingOrderHasNoDate: when its dates went by meanwhile.
    """
    terms = _proposal(order, by=by)
    check_payee(order.settlement_account, terms.payee, at=at)
    if order.status == OrderStatus.WAITING:
        order.status = target_of(ORDER_TRANSITIONS, OrderEvent.CONFIRM, order.status)
    _put_in_force(order, terms, on=on, at=at, by=by)
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
    if not reason.strip():
        raise ReasonMissing
    terms = _proposal(order, by=by)
    _decline(terms, at=at)
    if order.status == OrderStatus.WAITING:
        order.status = target_of(ORDER_TRANSITIONS, OrderEvent.DECLINE, order.status)
        order.reason, order.ended_at = reason.strip()[:200], at
        order.save(update_fields=["status", "reason", "ended_at"])
    details = {"version": terms.number, "reason": reason.strip()}
    audit.record("settlement.standing_order_decline", subject=order.reference, by=by, at=at, details=details)


@transaction.atomic(durable=True)
def pause_standing_order(order: StandingOrder, *, at: datetime, by: str) -> None:
    """Stop paying until the order is resumed; what is being tried again is left out.

    :raises TransitionRefused: when it is not active.
    """
    move(order, OrderEvent.PAUSE, at=at, by=by)
    leave_out_retries(order)


@transaction.atomic(durable=True)
def resume_standing_order(order: StandingOrder, *, on: date, at: datetime, by: str) -> None:
    """Pay again from the next date on; dates that went by meanwhile are not made up.

    :raises TransitionRefused: when it is not paused.
    :raises StandingOrderHasNoDate: when no date is left.
    """
    move(order, OrderEvent.RESUME, at=at, by=by)
    last = order.runs.order_by("-due_date").values_list("due_date", flat=True).first()
    set_next(order, _first_of(order.terms, after=last, on=on))
    order.save(update_fields=["next_due_date", "next_pay_date"])


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
