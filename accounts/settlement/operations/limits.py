"""What an enterprise may pay in a day, and when a second person must agree: decided where the money moves."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import queries as identity
from accounts.identity.models import Enterprise
from accounts.settlement import queries
from accounts.settlement.models import PaymentRules, SettlementAccount
from portal.core import audit
from portal.core.money import is_exact
from portal.core.refusals import Refusal, register

register(
    {
        "daily_limit": _("This would exceed your daily limit: %(left)s are left today."),
        "new_payee_limit": _(
            "To a payee that is new or not saved you can pay %(left)s more today. "
            "Save the payee, and pay when the waiting time is over."
        ),
        "second_person_needed": _(
            "From %(amount)s on a second person of your enterprise must agree: pay a saved payee."
        ),
        "limit_refused": _("Enter limits of zero or more, with no more decimals than the currency has."),
    }
)


class LimitRefused(Refusal):
    """A limit is negative or finer than the currency."""

    code = "limit_refused"


@transaction.atomic(durable=True)
def set_rules(
    enterprise: Enterprise, *, daily_limit: Decimal, second_person_from: Decimal | None, at: datetime, by: str
) -> PaymentRules:
    """Set an enterprise's own rules: stricter ones count at once, looser ones after the cooling-off.

    So whoever gets hold of an owner's phone cannot lift the limits and pay in one evening. What was set last and is
    asked for again stays as it is: a looser rule sent twice does not wait longer.

    :raises LimitRefused: when an amount is negative or finer than the currency.
    """
    amounts = [daily_limit, *([] if second_person_from is None else [second_person_from])]
    if not all(is_exact(amount, settings.BANK_CURRENCY) and amount >= 0 for amount in amounts):
        raise LimitRefused
    Enterprise.objects.locked().get(pk=enterprise.pk)
    last = PaymentRules.objects.filter(enterprise=enterprise).order_by("-pk").first()
    if last and (last.daily_limit_amount, last.second_person_amount) == (daily_limit, second_person_from):
        return last
    now = queries.rules_of(enterprise, at=at)
    looser = daily_limit > now.daily_limit_amount or _from(second_person_from) > _from(now.second_person_amount)
    rules = PaymentRules.objects.create(
        enterprise=enterprise,
        daily_limit_amount=daily_limit,
        second_person_amount=second_person_from,
        set_at=at,
        set_by=by,
        effective_at=at + timedelta(hours=settings.COOLING_OFF_HOURS) if looser else at,
    )
    details = {"daily_limit": str(daily_limit), "second_person_from": str(second_person_from), "looser": looser}
    audit.record("settlement.rules_set", subject=enterprise.reference, by=by, at=at, details=details)
    return rules


def _from(amount: Decimal | None) -> Decimal:
    return Decimal("Infinity") if amount is None else amount


class DailyLimit(Refusal):
    """The enterprise would pay more in a day than its rules allow."""

    code = "daily_limit"


class NewPayeeLimit(Refusal):
    """More than a little would go to somebody who is not a saved payee, or too new a one."""

    code = "new_payee_limit"


class SecondPersonNeeded(Refusal):
    """The amount is one for which the enterprise wants two people, and this way has only one."""

    code = "second_person_needed"


def claim(source: SettlementAccount, amount: Decimal, *, on: date, at: datetime) -> PaymentRules:
    """Check an amount against the day's limit and keep others from using it up meanwhile; an inner step.

    :raises DailyLimit: when it exceeds what is left of the day.
    """
    Enterprise.objects.locked().get(pk=source.enterprise_id)
    rules = queries.rules_of(source.enterprise, at=at)
    left = rules.daily_limit_amount - queries.paid_on(source.enterprise, source.currency, on)
    if amount > left:
        raise DailyLimit(left=max(left, Decimal(0)), currency=source.currency)
    return rules


def claim_for_one(
    source: SettlementAccount, destination: SettlementAccount, amount: Decimal, *, on: date, at: datetime
) -> None:
    """Check a transfer that one person makes to an account typed in: the day's limit, and less for the unknown.

    Between accounts of one enterprise nothing is limited. An inner step.

    :raises DailyLimit: when it exceeds what is left of the day.
    :raises SecondPersonNeeded: when the enterprise wants two people for such an amount.
    :raises NewPayeeLimit: when the account is no saved payee's and more than a little was paid to such in the day, or
        anything where a member's number is new.
    """
    if source.enterprise_id == destination.enterprise_id:
        return
    rules = claim(source, amount, on=on, at=at)
    if rules.is_large(amount):
        raise SecondPersonNeeded(amount=rules.second_person_amount, currency=source.currency)
    if queries.is_usable_payee(source.enterprise, destination.number, at=at):
        return
    paid = queries.paid_to_the_unknown(source.enterprise, source.currency, on, at=at)
    least = Decimal(0) if identity.has_new_number(source.enterprise, at=at) else settings.NEW_PAYEE_LIMIT_AMOUNT
    left = least - paid
    if amount > left:
        raise NewPayeeLimit(left=max(left, Decimal(0)), currency=source.currency)
