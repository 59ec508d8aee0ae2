"""Requests for payment and the plans that make them: asked, paid, reminded of, canceled, expired."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.identity.models import Enterprise
from accounts.ledger import operations as ledger
from accounts.settlement.models import BillPlan, PaymentRequest, RequestMessage, SettlementAccount
from accounts.settlement.operations.accounts import AccountNotOpen, lock
from accounts.settlement.operations.receiving import RequestNotOpen
from accounts.settlement.requesting import (
    PAYABLE,
    REQUEST_TRANSITIONS,
    Occasion,
    PlanStatus,
    RequestEvent,
    occasion_on,
)
from accounts.settlement.standing import MONTHS, last_of_month
from accounts.settlement.states import PAYS, RECEIVES, Status
from portal.core import audit
from portal.core.formats import day, money
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.models import Channel
from portal.core.notices import operations as notices
from portal.core.refusals import Refusal, register
from portal.core.transitions import TransitionRefused, target_of

LONGEST_AHEAD: Final = timedelta(days=731)

register(
    {
        "request_date_wrong": _("The due date must be today or later, and within two years."),
        "bill_plan_ends_early": _("The last date is before the first one."),
        "customer_unreachable": _("Enter the customer's mobile number or e-mail address first."),
        "reminded_today": _("The customer was already reminded today."),
    }
)


@dataclass(frozen=True)
class Contact:
    """Whom to ask, where to write to (E.164 number or mail address, both may be empty), and in which language."""

    name: str = ""
    phone: str = ""
    email: str = ""
    language: str = "en"

    @property
    def columns(self) -> dict[str, str]:
        """The same as a row keeps it."""
        return {f"customer_{name}": value for name, value in vars(self).items()}


@dataclass(frozen=True)
class Asked:
    """What a request asks for; no amount leaves it to the payer."""

    amount: Decimal | None
    text: str
    due_date: date
    allows_parts: bool = False
    contact: Contact = Contact()


class RequestDateWrong(Refusal):
    """The due date is past, or further away than anybody plans."""

    code = "request_date_wrong"


@transaction.atomic(durable=True)
def request_payment(
    account: SettlementAccount, asked: Asked, *, key: str, on: date, at: datetime, by: str
) -> PaymentRequest:
    """Ask for a payment into an account; where the customer can be reached, the link goes out. The same key asks once.

    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises AmountRefused: when the amount is not a positive whole number of minor units.
    :raises RequestDateWrong: when the due date is past or more than two years away.
    :raises AccountNotOpen: when the account is frozen or closed.
    """
    reference = answer_once(
        f"settlement.request {by}",
        key,
        fingerprint=fingerprint_of([account.reference, {**vars(asked), "contact": vars(asked.contact)}]),
        make=lambda: _requested(account, asked, on=on, at=at, by=by).reference,
    )
    return PaymentRequest.objects.select_related("settlement_account__enterprise").get(reference=reference)


def _requested(
    account: SettlementAccount, asked: Asked, *, on: date, at: datetime, by: str, plan: BillPlan | None = None
) -> PaymentRequest:
    if asked.amount is not None:
        ledger.check_amount(asked.amount, account.currency)
    if plan is None and not on <= asked.due_date <= on + LONGEST_AHEAD:
        raise RequestDateWrong
    lock(account)
    if account.status not in PAYS:
        raise AccountNotOpen
    made = PaymentRequest.objects.create(
        settlement_account=account,
        amount=asked.amount,
        allows_parts=asked.allows_parts and asked.amount is not None,
        text=asked.text,
        due_date=asked.due_date,
        expires_on=max(asked.due_date, on) + timedelta(days=settings.REQUEST_EXPIRY_DAYS),
        plan=plan,
        made_at=at,
        made_on=on,
        made_by=by,
        **asked.contact.columns,
    )
    details = {"account": account.reference, "amount": str(asked.amount), "plan": plan.reference if plan else ""}
    audit.record("settlement.request_made", subject=made.reference, by=by, at=at, details=details)
    if made.is_reachable:
        _write_to(made, Occasion.SENT, on=on, at=at, by=by)
    return made


@transaction.atomic(durable=True)
def cancel_request(request: PaymentRequest, *, at: datetime, by: str) -> None:
    """Take a request back; what was received in part stays received.

    :raises TransitionRefused: when it is paid, expired or canceled.
    """
    _end(request, RequestEvent.CANCEL, at=at, by=by)


def _end(request: PaymentRequest, event: RequestEvent, *, at: datetime, by: str) -> None:
    _lock(request)
    request.status = target_of(REQUEST_TRANSITIONS, event, request.status)
    request.ended_at = at
    request.save(update_fields=["status", "ended_at"])
    audit.record(f"settlement.request_{event}", subject=request.reference, by=by, at=at)


def _lock(request: PaymentRequest) -> None:
    rows = PaymentRequest.objects.locked().select_related("settlement_account__enterprise")
    request.refresh_from_db(from_queryset=rows)


@transaction.atomic(durable=True)
def expire_request(request: PaymentRequest, *, on: date, at: datetime) -> None:
    """End a request that nobody paid in time.

    :raises TransitionRefused: when it is not payable, or its time is not over.
    """
    if request.expires_on >= on:
        raise TransitionRefused(event=str(RequestEvent.EXPIRE), status=request.status)
    _end(request, RequestEvent.EXPIRE, at=at, by="system")


class CustomerUnreachable(Refusal):
    """The request names no number and no mail address."""

    code = "customer_unreachable"


class RemindedToday(Refusal):
    """One reminder by hand a day is enough."""

    code = "reminded_today"


@transaction.atomic(durable=True)
def remind(request: PaymentRequest, *, on: date, at: datetime, by: str) -> None:
    """Remind the customer now, once a day at most.

    :raises RequestNotOpen: when there is nothing to pay any more.
    :raises CustomerUnreachable: when there is no number and no address.
    :raises RemindedToday: when a reminder by hand already went out.
    """
    _lock(request)
    if request.status not in PAYABLE:
        raise RequestNotOpen
    if not request.is_reachable:
        raise CustomerUnreachable
    if request.messages.filter(sent_on=on, occasion=Occasion.BY_HAND).exists():
        raise RemindedToday
    _write_to(request, Occasion.BY_HAND, on=on, at=at, by=by)


@transaction.atomic(durable=True)
def remind_in_time(request: PaymentRequest, *, on: date, at: datetime) -> bool:
    """Send the latest reminder whose day has come, once; after an outage only that one. Tell whether one was sent."""
    _lock(request)
    occasion = occasion_on(on, due=request.due_date, made=request.made_on)
    if request.status not in PAYABLE or not request.is_reachable or occasion is None:
        return False
    if request.messages.filter(occasion=occasion).exists():
        return False
    _write_to(request, occasion, on=on, at=at, by="system")
    return True


def _write_to(request: PaymentRequest, occasion: Occasion, *, on: date, at: datetime, by: str) -> None:
    """Send what the bank says, never the enterprise's own words: nobody uses us to write as they like to strangers."""
    RequestMessage.objects.create(payment_request=request, occasion=occasion, sent_on=on, asked_at=at, asked_by=by)
    language = request.customer_language
    with override(language):
        params = {
            "enterprise": request.settlement_account.enterprise.legal_name,
            "amount": money(request.open_amount, request.settlement_account.currency) if request.amount else "",
            "day": day(request.due_date),
            "address": request.address,
            "is_overdue": request.due_date < on,
        }
    for channel, value in ((Channel.SMS, request.customer_phone), (Channel.MAIL, request.customer_email)):
        if value:
            address = notices.Address(channel, value)
            notices.send("payment_request", address=address, language=language, params=params, at=at)
    details = {"occasion": occasion}
    audit.record("settlement.request_sent", subject=request.reference, by=by, at=at, details=details)


class BillPlanEndsEarly(Refusal):
    """The last date is before the first."""

    code = "bill_plan_ends_early"


@dataclass(frozen=True)
class BillTerms:
    """What a plan asks for again and again; ``first_date`` is when its first bill is due."""

    amount: Decimal
    text: str
    frequency: str
    first_date: date
    last_date: date | None
    on_last_day: bool
    contact: Contact


@transaction.atomic(durable=True)
def plan_bills(account: SettlementAccount, asked: BillTerms, *, key: str, on: date, at: datetime, by: str) -> BillPlan:
    """Plan bills to a customer: each is made and sent ``BILL_AHEAD_DAYS`` before it is due. The same key plans once.

    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises AmountRefused: when the amount is not a positive whole number of minor units.
    :raises RequestDateWrong, BillPlanEndsEarly: when the dates make no sense.
    :raises CustomerUnreachable: when the bills could be sent to nobody.
    :raises AccountNotOpen: when the account is frozen or closed.
    """
    reference = answer_once(
        f"settlement.bill_plan {by}",
        key,
        fingerprint=fingerprint_of([account.reference, {**vars(asked), "contact": vars(asked.contact)}]),
        make=lambda: _planned(account, asked, on=on, at=at, by=by).reference,
    )
    return BillPlan.objects.select_related("settlement_account__enterprise").get(reference=reference)


def _planned(account: SettlementAccount, asked: BillTerms, *, on: date, at: datetime, by: str) -> BillPlan:
    ledger.check_amount(asked.amount, account.currency)
    if asked.on_last_day and asked.frequency in MONTHS:
        asked = replace(asked, first_date=last_of_month(asked.first_date))
    else:
        asked = replace(asked, on_last_day=False)
    if not on <= asked.first_date <= on + LONGEST_AHEAD:
        raise RequestDateWrong
    if asked.last_date and asked.last_date < asked.first_date:
        raise BillPlanEndsEarly
    if not (asked.contact.phone or asked.contact.email):
        raise CustomerUnreachable
    lock(account)
    if account.status not in PAYS:
        raise AccountNotOpen
    fields = {name: value for name, value in vars(asked).items() if name != "contact"}
    plan = BillPlan.objects.create(
        settlement_account=account,
        next_due_date=asked.first_date,
        made_at=at,
        made_by=by,
        **fields,
        **asked.contact.columns,
    )
    details = {"account": account.reference, "amount": str(asked.amount), "frequency": asked.frequency}
    audit.record("settlement.bill_plan_made", subject=plan.reference, by=by, at=at, details=details)
    return plan


@transaction.atomic(durable=True)
def make_next_bill(plan: BillPlan, *, on: date, at: datetime) -> PaymentRequest | None:
    """Make a plan's next bill when its time has come, each date once; none when there is nothing to make.

    On an account that does not receive any more the plan stops; on a frozen one it waits.
    """
    _lock_plan(plan)
    account = plan.settlement_account
    if plan.status != PlanStatus.ACTIVE or plan.next_due_date is None:
        return None
    if account.status not in RECEIVES:
        _end_plan(plan, PlanStatus.STOPPED, at=at, by="system")
        return None
    if plan.next_due_date > on + timedelta(days=settings.BILL_AHEAD_DAYS) or account.status == Status.FROZEN:
        return None
    contact = Contact(plan.customer_name, plan.customer_phone, plan.customer_email, plan.customer_language)
    asked = Asked(plan.amount, plan.text, plan.next_due_date, contact=contact)
    made = _requested(account, asked, on=on, at=at, by="system", plan=plan)
    following = next(plan.rhythm.occurrences(after=plan.next_due_date), None)
    plan.next_due_date = following.due_date if following else None
    if following is None:
        _end_plan(plan, PlanStatus.FINISHED, at=at, by="system")
    else:
        plan.save(update_fields=["next_due_date"])
    return made


def _lock_plan(plan: BillPlan) -> None:
    """Lock the plan, its enterprise first."""
    Enterprise.objects.locked().get(settlement_accounts=plan.settlement_account_id)
    plan.refresh_from_db(from_queryset=BillPlan.objects.locked().select_related("settlement_account__enterprise"))


def _end_plan(plan: BillPlan, status: PlanStatus, *, at: datetime, by: str) -> None:
    plan.status, plan.next_due_date, plan.ended_at = status, None, at
    plan.save(update_fields=["status", "next_due_date", "ended_at"])
    audit.record(f"settlement.bill_plan_{status}", subject=plan.reference, by=by, at=at)


@transaction.atomic(durable=True)
def stop_plan(plan: BillPlan, *, at: datetime, by: str) -> None:
    """Make no more bills; those that were sent stay as they are.

    :raises TransitionRefused: when it ended before.
    """
    _lock_plan(plan)
    if plan.status != PlanStatus.ACTIVE:
        raise TransitionRefused(event="stop", status=plan.status)
    _end_plan(plan, PlanStatus.STOPPED, at=at, by=by)
