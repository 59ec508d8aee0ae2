"""Questions to drawers: which day is closed, what waits, what was not counted, what lies in none of them."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Sum

from accounts.identity.models import Branch, Role, StaffPost, User
from accounts.ledger import queries as ledger
from accounts.ledger.models import LedgerAccount
from accounts.ledger.queries import checks
from accounts.settlement.drawer_states import (
    CountStatus,
    DeliveryStatus,
    DeliveryWay,
    DrawerKind,
    DrawerStatus,
    HandoverStatus,
)
from accounts.settlement.models import (
    CashCorrection,
    CashCount,
    CashDelivery,
    CashDrawer,
    CashHandover,
    CashMovement,
    DrawerLine,
)
from accounts.settlement.models.drawers import CashDrawerQuerySet
from accounts.settlement.queries import ties
from accounts.settlement.states import CashStatus, Way

checks.register(ties.CHECKS)


def own_drawer(by: str, currency: str = "") -> CashDrawer | None:
    """Find the drawer in use that a person answers for, in the bank's currency unless another is given."""
    found = CashDrawer.objects.in_use().filter(holder__reference=by, currency=currency or settings.BANK_CURRENCY)
    return found.told().first()


def closed_on(drawer: CashDrawer) -> date | None:
    """Tell the last day that a count closed for a drawer."""
    counts = drawer.counts.exclude(status=CountStatus.DECLINED)
    last: date | None = counts.aggregate(last=Max("closes_date"))["last"]
    return last


def waits(drawer: CashDrawer) -> bool:
    """Tell whether something of a drawer still waits for another person: what lies in it is not told by its lines."""
    return (
        CashMovement.objects.filter(drawer=drawer, status=CashStatus.WAITING).exists()
        or CashHandover.objects.filter(giver=drawer, status=HandoverStatus.WAITING).exists()
        or CashDelivery.objects.filter(vault=drawer, status=DeliveryStatus.WAITING).exists()
        or CashCount.objects.filter(drawer=drawer, status=CountStatus.WAITING).exists()
    )


def is_counted_by_another(drawer: CashDrawer) -> bool:
    """Tell whether another than its holder counted a drawer last, and nothing moved since but what they found."""
    newest = drawer.lines.order_by("-pk").first()
    count = drawer.counts.exclude(status=CountStatus.DECLINED).order_by("-pk").first()
    if newest is None or count is None or drawer.is_held_by(count.made_by):
        return False
    return count.status != CountStatus.WAITING and (newest.pk == count.last_line_id or newest.count_id == count.pk)


def given_and_not_taken(drawer: CashDrawer) -> Decimal:
    """Sum what is to leave a drawer and waits for another person: handed out, or to be brought to the other bank."""
    handed = CashHandover.objects.filter(giver=drawer, status=HandoverStatus.WAITING)
    brought = drawer.deliveries.filter(status=DeliveryStatus.WAITING, way=DeliveryWay.BROUGHT)
    sums = [rows.aggregate(total=Sum("amount", default=Decimal(0)))["total"] for rows in (handed, brought)]
    return Decimal(sum(sums))


def is_settled(correction: CashCorrection) -> bool:
    """Tell whether what lies in the drawer was found anew since the cash moved: by counting it, or by giving it up."""
    drawer, line = correction.movement.drawer, DrawerLine.objects.filter(movement=correction.movement).first()
    if drawer is None or line is None:  # nothing of it lies in a drawer, or a correction left the drawer as it was
        return True
    counts = drawer.counts.filter(status__in=[CountStatus.AGREED, CountStatus.BOOKED], last_line__gte=line.pk)
    return drawer.status == DrawerStatus.CLOSED or counts.exists()


def uncounted(drawers: QuerySet[CashDrawer], *, today: date) -> QuerySet[CashDrawer]:
    """Keep the drawers through which cash moved on a day before today that no count has closed.

    What a vault began with is no movement.
    """
    closings = CashCount.objects.filter(drawer=OuterRef("drawer"), closes_date__gte=OuterRef("on"))
    moved = DrawerLine.objects.filter(drawer=OuterRef("pk"), on__lt=today, count=None)
    moved = moved.exclude(movement=None, handover=None, correction=None, delivery=None)
    return drawers.filter(Exists(moved.exclude(Exists(closings.exclude(status=CountStatus.DECLINED)))))


def in_no_drawer(currency: str) -> Decimal:
    """Tell how much of the cash in the books lies in no drawer: what a branch keeps that works without them."""
    lies: Decimal = CashDrawer.objects.filter(currency=currency).aggregate(
        total=Sum("held_amount", default=Decimal(0))
    )["total"]
    return ledger.balance(LedgerAccount.objects.named("cash", currency)) - lies


def takers_of(giver: CashDrawer) -> QuerySet[CashDrawer]:
    """The drawers that cash may be handed to."""
    return beside(giver).in_use().order_by(F("holder").asc(nulls_first=True), "pk")


def beside(giver: CashDrawer) -> CashDrawerQuerySet:
    """The drawers that are or were beside one: those of the same branch, and of a vault the other vaults."""
    among = Q(branch=giver.branch_id)
    if giver.holder_id is None:
        among |= Q(holder=None)
    return CashDrawer.objects.told().filter(among, currency=giver.currency).exclude(pk=giver.pk)


def lines_of(drawer: CashDrawer) -> QuerySet[DrawerLine]:
    """The lines of a drawer with what caused them, newest first."""
    related = ["movement__settlement_account__enterprise", "handover__giver__holder", "handover__taker__holder"]
    branches = ("handover__giver__branch", "handover__taker__branch", "count", "delivery")
    related += ["correction__movement__settlement_account__enterprise"]
    return drawer.lines.select_related(*related, *branches).order_by("-pk")


def day_of(drawer: CashDrawer, on: date) -> tuple[Decimal, Decimal]:
    """Sum what customers brought to a drawer on a day, and what they fetched, less what was corrected on that day."""
    sums = drawer.lines.filter(on=on).aggregate(
        paid_in=Sum("amount", filter=Q(movement__way=Way.IN) | Q(correction__movement__way=Way.IN), default=Decimal(0)),
        paid_out=Sum(
            "amount", filter=Q(movement__way=Way.OUT) | Q(correction__movement__way=Way.OUT), default=Decimal(0)
        ),
    )
    return sums["paid_in"], -sums["paid_out"]


def branches_of(user: User) -> QuerySet[Branch]:
    """The branches at which a person of the bank works; head office works at all."""
    branches = Branch.objects.order_by("code")
    return branches if user.sees_all_branches else branches.filter(pk__in=user.branches())


def possible_holders(branches: QuerySet[Branch], *, besides: str) -> QuerySet[User]:
    """The people who could hold a drawer at one of some branches, one of them excepted."""
    posts = StaffPost.objects.filter(ended_at=None, role__in=[Role.OPERATIONS, Role.OFFICER])
    posts = posts.filter(Q(branch__in=branches) | Q(branch__is_head_office=True))
    people = User.objects.filter(pk__in=posts.values("user"), is_active=True)
    return people.exclude(reference=besides).order_by("full_name", "pk")


def ever_of_the_bank(*, besides: str) -> QuerySet[User]:
    """The people who have a post or had one, one of them excepted."""
    return User.objects.filter(pk__in=StaffPost.objects.values("user")).exclude(reference=besides)


def cash_counters() -> set[int]:
    """Name the branches that take and hand out cash at a counter, by their keys."""
    return set(CashDrawer.objects.in_use().filter(kind=DrawerKind.COUNTER).values_list("branch", flat=True))
