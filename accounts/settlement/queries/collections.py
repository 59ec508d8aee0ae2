"""Questions to requests for payment: what is open, overdue, and came in this month; what their codes look like."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import segno
from django.db.models import F, Q, QuerySet, Sum

from accounts.identity.models import MembershipRole, User
from accounts.settlement.models import PaymentRequest, RequestReceipt, SettlementAccount
from accounts.settlement.models.accounts import SettlementAccountQuerySet
from accounts.settlement.states import Status
from portal.core.badges import Badge
from portal.core.money import rounded


@dataclass(frozen=True)
class Totals:
    """What an account's requests sum to."""

    not_due_amount: Decimal
    overdue_amount: Decimal
    paid_this_month: Decimal


def totals(account: SettlementAccount, *, on: date) -> Totals:
    """Sum what is still to come in time, what is late, and what came since the first of the month."""
    left = F("amount") - F("received_amount")
    sums = account.payment_requests.payable().aggregate(
        left=Sum(left, filter=Q(due_date__gte=on), default=Decimal(0)),
        late=Sum(left, filter=Q(due_date__lt=on), default=Decimal(0)),
    )
    came = RequestReceipt.objects.filter(
        withdrawn_at=None, payment_request__settlement_account=account, received_on__range=(on.replace(day=1), on)
    ).aggregate(total=Sum("amount", default=Decimal(0)))["total"]
    return Totals(*(rounded(each, account.currency) for each in (sums["left"], sums["late"], came)))


def badge_of(request: PaymentRequest, *, on: date, overdue: str) -> Badge:
    """Tell where a request stands as people see it: overdue where its date went by unpaid."""
    if request.is_payable and request.due_date < on:
        return Badge(overdue, "danger")
    return Badge(request.state.label, request.state.tone)


def accounts_to_pay_from(user: User, request: PaymentRequest) -> QuerySet[SettlementAccount]:
    """List the accounts from which a person may pay a request: those that are open of ``own_accounts``."""
    return own_accounts(user, request).filter(status=Status.OPEN)


def own_accounts(user: User, request: PaymentRequest) -> SettlementAccountQuerySet:
    """List the accounts in a request's currency, of enterprises that a person owns, whatever they may do now."""
    owned = SettlementAccount.objects.filter(
        enterprise__memberships__user=user,
        enterprise__memberships__role=MembershipRole.OWNER,
        enterprise__memberships__ended_at=None,
        currency=request.settlement_account.currency,
    )
    return owned.exclude(pk=request.settlement_account_id).with_balances().order_by("pk")


def code_of(request: PaymentRequest) -> str:
    """Draw the request's public address as a QR code: SVG without a style or a size of its own."""
    code = segno.make_qr(request.address, error="m")
    return str(code.svg_inline(omitsize=True, border=0, svgclass=None, lineclass=None, dark="#000"))
