"""What waits for the word of a second person of the enterprise."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Membership, MembershipRole, User
from accounts.settlement.batching import BatchStatus
from accounts.settlement.models import PaymentBatch, PaymentInstruction, SettlementAccount, StandingOrderTerms
from accounts.settlement.standing import OrderStatus
from accounts.settlement.states import InstructionStatus

OVER: Final = (OrderStatus.DECLINED, OrderStatus.FINISHED, OrderStatus.ENDED)


@dataclass(frozen=True)
class ToAgreeTo:
    """Something that another member made: what it is, how much to whom or what for, and where one agrees to it."""

    what: str | Promise
    name: str
    amount: Decimal | None
    account: SettlementAccount
    page: str
    reference: str


def to_agree_to(user: User, *, account: SettlementAccount | None = None) -> list[ToAgreeTo]:
    """List what waits for this person's word, on all their accounts or on one, the oldest of each kind first.

    A standing order that pays all above a sum has no amount.
    """
    payments = PaymentInstruction.objects.filter(status=InstructionStatus.WAITING).select_related("payee")
    batches = PaymentBatch.objects.filter(status=BatchStatus.WAITING)
    orders = StandingOrderTerms.objects.filter(agreed_at=None, declined_at=None).select_related("payee")
    orders = orders.exclude(standing_order__status__in=OVER)
    found = [
        ToAgreeTo(
            _("Payment"), each.payee.name, each.amount, each.settlement_account, "settlement:payment", each.reference
        )
        for each in _for(user, payments, account=account)
    ]
    found += [
        ToAgreeTo(
            _("Batch payment"),
            each.title,
            each.total_amount,
            each.settlement_account,
            "settlement:batch",
            each.reference,
        )
        for each in _for(user, batches, made_by="submitted_by", account=account)
    ]
    for each in _for(user, orders, path="standing_order__settlement_account", account=account):
        order = each.standing_order
        told = (each.payee.name, each.amount, order.settlement_account, "settlement:standing_order", order.reference)
        found.append(ToAgreeTo(_("Standing order"), *told))
    return found


def _for(
    user: User,
    rows: QuerySet[Any],
    *,
    path: str = "settlement_account",
    made_by: str = "made_by",
    account: SettlementAccount | None,
) -> QuerySet[Any]:
    """Keep what others of one's enterprises made; a manager agrees to what an owner made, an owner to all."""
    mine = Membership.objects.acting().filter(user=user)
    owner = Membership.objects.filter(
        role=MembershipRole.OWNER,
        ended_at=None,
        enterprise=OuterRef(f"{path}__enterprise"),
        user__reference=OuterRef(made_by),
    )
    owned = Q(**{f"{path}__enterprise__in": mine.filter(role=MembershipRole.OWNER).values("enterprise")})
    others = rows.filter(owned | Q(Exists(owner), **{f"{path}__enterprise__in": mine.values("enterprise")}))
    if account is not None:
        others = others.filter(**{path: account})
    return others.exclude(**{made_by: user.reference}).select_related(path).order_by("pk")
