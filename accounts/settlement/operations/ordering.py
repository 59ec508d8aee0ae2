"""What a standing order shall pay: checked by the rules of payments before it is set up or changed."""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import ClassVar, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ledger import operations as ledger
from accounts.settlement import queries
from accounts.settlement.models import Payee, PaymentRules, SettlementAccount, StandingOrder, StandingOrderTerms
from accounts.settlement.operations.accounts import AccountNotOpen, lock
from accounts.settlement.operations.agreeing import check_payee, needs_second
from accounts.settlement.queries import Destination
from accounts.settlement.standing import MONTHS, Frequency, Occurrence, last_of_month
from accounts.settlement.states import PAYS
from portal.core import formats
from portal.core.idempotency import fingerprint_of
from portal.core.money import is_exact
from portal.core.refusals import Refusal, register

LONGEST_AHEAD: Final = timedelta(days=731)

register(
    {
        "standing_order_date_wrong": _("The first date must be today or later, and within two years."),
        "standing_order_ends_early": _("The last date is before the first one."),
        "standing_order_above_limit": _("This is more than your daily limit of %(limit)s, so it could never be paid."),
        "standing_order_has_no_date": _("No date is left to pay on. Change the dates or end the order."),
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


def check_terms(account: SettlementAccount, terms: StandingOrderTerms, *, on: date, at: datetime, by: str) -> bool:
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
    if not on <= terms.first_date <= on + LONGEST_AHEAD or first_of(terms, after=None, on=date.min).pay_date < on:
        raise StandingOrderDateWrong
    if terms.last_date and terms.last_date < terms.first_date:
        raise StandingOrderEndsEarly
    rules = check_limit(account, terms, at=at)
    return needs_second(account.enterprise, terms.amount, rules=rules, by=by)


def hindrance(terms: StandingOrderTerms, *, on: date, at: datetime) -> Refusal | None:
    """Tell why a date would not be paid as things stand now, whatever the account holds by then.

    :param on: the day on which it would be paid; what counts from that day on is counted with.
    """
    account = terms.standing_order.settlement_account
    then = max(at, timezone.make_aware(datetime.combine(on, time.min)))
    try:
        check_payee(account, terms.payee, at=then)
        check_limit(account, terms, at=then)
    except Refusal as refusal:
        return refusal
    return None if account.status in PAYS else AccountNotOpen()


def check_limit(account: SettlementAccount, terms: StandingOrderTerms, *, at: datetime) -> PaymentRules:
    """Refuse an amount that the rules in effect at a moment never let out in a day, and tell the rules; an inner step.

    :raises StandingOrderAboveLimit: see there.
    """
    rules = queries.rules_of(account.enterprise, at=at)
    if terms.amount is not None and terms.amount > rules.daily_limit_amount:
        raise StandingOrderAboveLimit(limit=rules.daily_limit_amount, currency=account.currency)
    return rules


def first_of(terms: StandingOrderTerms, *, after: date | None, on: date) -> Occurrence:
    """Find the first date later than ``after`` that is paid on a day or later.

    :raises StandingOrderEndsEarly, StandingOrderHasNoDate: when there is none.
    """
    found = terms.rhythm.next_to_pay(after=after, on=on)
    if found is None:
        raise (
            StandingOrderEndsEarly if terms.last_date and terms.last_date < terms.first_date else StandingOrderHasNoDate
        )
    return found


def all_of(asked: OrderTerms | StandingOrderTerms) -> list[object]:
    """List everything that terms say, for a digest of them."""
    return [
        asked.payee.reference,
        *(getattr(asked, field.name) for field in fields(OrderTerms) if field.name != "payee"),
    ]


@dataclass(frozen=True)
class LeavingByOrder:
    """Money about to leave again and again, by terms and from a date on.

    :param about: the reference of the account, or of the order where there is one already.
    :param waits: a second person must agree first.
    """

    notice: ClassVar[str] = "standing_order_code"

    terms: StandingOrderTerms
    first: Occurrence
    about: str
    key: str
    waits: bool

    @property
    def account(self) -> SettlementAccount:
        """Where it leaves."""
        return self.terms.standing_order.settlement_account

    @property
    def amount(self) -> Decimal | None:
        """What leaves on each date; none where all above an amount does."""
        return self.terms.amount

    @property
    def to(self) -> Collection[Destination]:
        """The one account that it goes to."""
        return [(self.terms.payee.number, self.terms.payee.bank_code)]

    @property
    def subject(self) -> str:
        """Exactly these terms, asked for exactly once."""
        return f"{self.about} {fingerprint_of([*all_of(self.terms), self.key])[:32]}"

    def told(self) -> dict[str, str]:
        """How much goes to whom, how often, and when first."""
        payee = self.terms.payee
        return {
            "amount": self.terms.told_amount,
            "payee": payee.name,
            "number": payee.number[-4:],
            "frequency": str(Frequency(self.terms.frequency).label),
            "day": formats.day(self.first.pay_date),
        }
