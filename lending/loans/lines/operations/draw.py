"""Drawing: an amount of a line's limit is paid out as a loan of its own."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import operations as identity
from accounts.identity.models import User
from accounts.identity.operations.telling import tell_owners
from accounts.settlement.operations.accounts import lock
from lending.loans.lines.binding import drawn_amount
from lending.loans.lines.models import CreditLine
from lending.loans.lines.queries import Draw, draw_of, drawing_scope, drawing_subject, hindrance_of
from lending.loans.models import Loan
from lending.loans.operations.sign import disburse
from lending.products.contradictions import terms_of
from portal.core import audit, formats, idempotency
from portal.core.interest import InterestRefused
from portal.core.money import is_exact
from portal.core.refusals import Refusal, register
from portal.core.seen import check_seen

register(
    {
        "line_suspended": _("The bank has suspended this line: nothing can be drawn now. Ask your branch."),
        "line_ended": _("This line has ended. Apply for a new one; what you have drawn goes on as agreed."),
        "line_mandate_missing": _("The bank may no longer collect from this line's account. Ask your branch."),
        "line_late": _("An installment is late. Pay it, then you can draw again."),
        "line_unpaid_as_signed": _(
            "Nothing can be drawn while a loan runs by a new schedule, nor after one was written off. Ask your branch."
        ),
        "line_identity_unchecked": _(
            "A paper that the bank has to see is missing or has expired. Bring it to your branch, then you can draw"
            " again."
        ),
        "line_consent_missing": _(
            "No owner has agreed yet that the bank keeps this enterprise's data. Ask your branch."
        ),
        "line_on_hold": _("The bank has to look at this line once more. Your branch will call you."),
        "line_used_up": _("Less than the smallest draw is left of this line. Repay, then you can draw again."),
        "draw_not_exact": _("This amount has more decimals than its currency."),
        "draw_too_small": _("The smallest draw is %(least)s."),
        "draw_above_available": _("At most %(most)s can be drawn now."),
        "draw_term_wrong": _("Choose one of the terms."),
        "draw_impossible": _("No schedule can be made of this today. Choose another term."),
    }
)


class DrawRefused(Refusal):
    """Nothing, or not this, can be drawn from the line now."""


def preview(line: CreditLine, amount: Decimal, term_months: int, *, on: date) -> Draw:
    """Work out a draw as it would be made now, and refuse what cannot be drawn.

    :raises DrawRefused: while anything stands in the way (`hindrance_of`); for an amount that is not exact, too small
        or more than is left; for a term that the product does not know.
    """
    if hindrance := hindrance_of(line, on=on):
        raise DrawRefused(hindrance)
    if not is_exact(amount, line.currency):
        raise DrawRefused("draw_not_exact")
    least, most = line.least_amount, line.available_of(drawn_amount(line))
    if amount < least:
        raise DrawRefused("draw_too_small", least=least, currency=line.currency)
    if amount > most:
        raise DrawRefused("draw_above_available", most=most, currency=line.currency)
    if term_months not in terms_of(line.product):
        raise DrawRefused("draw_term_wrong")
    try:
        return draw_of(line, amount, term_months, on=on)
    except InterestRefused as refused:
        raise DrawRefused("draw_impossible") from refused


def send_draw_code(found: Draw, *, key: str, to: User, at: datetime) -> None:
    """Send the code that confirms exactly this draw; the message says how much.

    :raises SigningPhoneMissing, SigningCodesTooMany: see ``send_signing_code``.
    """
    subject = drawing_subject(found.line, found.amount, found.term_months, key=key)
    params = {"amount": formats.money(found.amount, found.line.currency), "line": found.line.reference}
    identity.send_signing_code(to, subject=subject, at=at, notice="draw_code", params=params)


@transaction.atomic(durable=True)
def draw(
    line: CreditLine,
    amount: Decimal,
    term_months: int,
    *,
    seen: str,
    code: str,
    key: str,
    by: User,
    at: datetime,
    on: date,
) -> Loan:
    """Draw an amount: in one act the loan, its schedule and the money in the account; the same key draws once.

    The account is locked before the line, as by whoever repays a draw. ``code`` is the one-time code for this draw.

    :param seen: the ``shown`` of the draw that was read.
    :raises DrawRefused: as `preview` says, decided under lock.
    :raises ChangedSince: when another schedule was read.
    :raises SigningCodeWrong: and its kin, when the code does not confirm this draw.
    :raises KeyMissing, KeyReused: see ``answer_once``.
    """
    identity.bring_up_to_date([line.enterprise], at=at)
    lock(line.settlement_account)
    line.refresh_from_db(from_queryset=CreditLine.objects.locked())
    fingerprint = idempotency.fingerprint_of([line.reference, str(amount.normalize()), term_months])

    def make() -> str:
        found = preview(line, amount, term_months, on=on)
        check_seen(seen, shown=found.shown)
        subject = drawing_subject(line, amount, term_months, key=key)
        identity.confirm_signing_code(by, subject=subject, code=code, at=at)
        return _pay_out(found, by=by, at=at, on=on).reference

    reference = idempotency.answer_once(drawing_scope(line), key, fingerprint=fingerprint, make=make)
    return Loan.objects.get(reference=reference)


def _pay_out(found: Draw, *, by: User, at: datetime, on: date) -> Loan:
    line = found.line
    loan = Loan(offer=line.offer, line=line, enterprise=line.enterprise, settlement_account=line.settlement_account)
    disburse(loan, found.cost, by=by, at=at, on=on)
    details = {"line": line.reference, "principal": loan.principal_amount, "apr": loan.apr}
    audit.record("loans.draw", subject=loan.reference, by=by.reference, at=at, details=details)
    tell_owners(
        line.enterprise,
        "line_drawn",
        params=lambda: {"amount": formats.money(found.amount, line.currency), "loan": loan.reference},
        at=at,
    )
    return loan
