"""The dates of standing orders, each carried out once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.identity.operations.telling import tell_owners
from accounts.ledger import operations as ledger
from accounts.ledger import queries as books
from accounts.settlement.models import (
    PaymentInstruction,
    SettlementAccount,
    StandingOrder,
    StandingOrderRun,
    StandingOrderTerms,
)
from accounts.settlement.operations.limits import DailyLimit
from accounts.settlement.operations.payments import instruct
from accounts.settlement.operations.standing import leave_out_retries, lock_order, move, set_next
from accounts.settlement.standing import OrderEvent, OrderStatus, RunStatus
from accounts.settlement.states import Status
from portal.core import audit
from portal.core.formats import day, money
from portal.core.refusals import Refusal


@transaction.atomic(durable=True)
def carry_out(order: StandingOrder, *, on: date, at: datetime) -> StandingOrderRun | None:
    """Carry out the oldest thing an order has to do: a date tried in vain before, or its next date; none, nothing.

    Too little money, or too little left of the day's limit, is tried again once a day for
    ``STANDING_ORDER_RETRY_DAYS`` days; whatever else stands in the way is final for that date. The owners are told.
    """
    if lock_order(order) != OrderStatus.ACTIVE:
        return None
    run = order.runs.filter(status=RunStatus.RETRYING, last_tried_on__lt=on).order_by("due_date").first()
    if run is None and order.next_pay_date is not None and order.next_pay_date <= on:
        run = _begun(order, on=on, at=at)
    if run is None:
        return None
    _try(run, order, on=on, at=at)
    run.save()
    over = order.next_due_date is None and not order.runs.filter(status=RunStatus.RETRYING).exists()
    if order.settlement_account.status == Status.CLOSED:
        move(order, OrderEvent.END, at=at, by="system")
        leave_out_retries(order)
    elif over:
        move(order, OrderEvent.FINISH, at=at, by="system")
    return run


def _begun(order: StandingOrder, *, on: date, at: datetime) -> StandingOrderRun:
    assert order.next_due_date is not None
    terms, due = order.terms, order.next_due_date
    set_next(order, next(terms.rhythm.occurrences(after=due), None))
    order.save(update_fields=["next_due_date", "next_pay_date"])
    until = on + timedelta(days=settings.STANDING_ORDER_RETRY_DAYS)
    return StandingOrderRun(
        standing_order=order, terms=terms, due_date=due, last_tried_on=on, retry_until=until, made_at=at
    )


def _try(run: StandingOrderRun, order: StandingOrder, *, on: date, at: datetime) -> None:
    run.attempts += 1
    run.last_tried_on = on
    try:
        with transaction.atomic():
            run.instruction = _paid(run.terms, order.settlement_account, on=on, at=at)
    except (ledger.InsufficientFunds, DailyLimit) as refusal:
        _refused(run, refusal, RunStatus.RETRYING if on < run.retry_until else RunStatus.SKIPPED)
        if run.attempts == 1 or run.status == RunStatus.SKIPPED:
            _tell(run, order, at=at)
    except Refusal as refusal:
        _refused(run, refusal, RunStatus.REFUSED)
        _tell(run, order, at=at)
    else:
        run.status = RunStatus.PAID if run.instruction else RunStatus.NOTHING
        run.amount = run.instruction.amount if run.instruction else None
        run.reason_code, run.reason_params = "", {}
    details = {"date": run.due_date, "status": run.status, "reason": run.reason_code}
    audit.record("settlement.standing_order_run", subject=order.reference, by="system", at=at, details=details)


def _paid(
    terms: StandingOrderTerms, account: SettlementAccount, *, on: date, at: datetime
) -> PaymentInstruction | None:
    amount = terms.amount
    if amount is None:
        assert terms.kept_amount is not None
        amount = books.available_balance(account.ledger_account) - terms.kept_amount
    if amount <= 0:
        return None
    return instruct(account, terms.payee, amount, text=terms.text, on=on, at=at, by="system", agreed=True)


def _refused(run: StandingOrderRun, refusal: Refusal, status: RunStatus) -> None:
    run.status, run.reason_code, run.reason_params = status, refusal.code, refusal.params


def _tell(run: StandingOrderRun, order: StandingOrder, *, at: datetime) -> None:
    code = "standing_order_retried" if run.status == RunStatus.RETRYING else "standing_order_not_paid"
    tell_owners(order.settlement_account.enterprise, code, params=_words(run, order), at=at)


def _words(run: StandingOrderRun, order: StandingOrder) -> Callable[[], dict[str, str]]:
    def words() -> dict[str, str]:
        currency = order.settlement_account.currency
        return {
            "payee": run.terms.payee.name,
            "amount": money(run.terms.amount, currency) if run.terms.amount is not None else "",
            "reference": order.reference,
            "reason": run.reason,
            "day": day(run.due_date),
            "until": day(run.retry_until),
        }

    return words
