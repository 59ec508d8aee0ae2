"""What waits for operations: for another person's word, for a statement, for a decision."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.ledger import loose_ends
from accounts.settlement.drawer_states import CountStatus, DeliveryStatus, HandoverStatus
from accounts.settlement.models import (
    CashCorrection,
    CashCount,
    CashDelivery,
    CashDrawer,
    CashHandover,
    CashMovement,
    NostroStatement,
    PaymentInstruction,
    SuspenseItem,
)
from accounts.settlement.nostro_states import StatementStatus, SuspenseStatus
from accounts.settlement.queries.drawers import uncounted
from accounts.settlement.states import CashStatus, InstructionStatus

DIFFERENCES: Final = CashCount.objects.filter(status=CountStatus.WAITING)
HANDOVERS: Final = CashHandover.objects.filter(status=HandoverStatus.WAITING)
CASH: Final = CashMovement.objects.filter(status=CashStatus.WAITING)
CORRECTIONS: Final = CashCorrection.objects.waiting()
DELIVERIES: Final = CashDelivery.objects.filter(status=DeliveryStatus.WAITING)
IN_TRANSIT: Final = CashDelivery.objects.filter(status=DeliveryStatus.ON_THE_WAY)
STATEMENTS: Final = NostroStatement.objects.filter(status=StatementStatus.WAITING)
SUSPENSE: Final = SuspenseItem.objects.exclude(status=SuspenseStatus.CLEARED)
TO_SEND: Final = PaymentInstruction.objects.to_send()
TO_VOID: Final = PaymentInstruction.objects.to_void()
SENT: Final = PaymentInstruction.objects.filter(status=InstructionStatus.SENT)


def for_operations(user: Any, *, today: date) -> Mapping[str, QuerySet[Any]]:
    """List by name what waits that a person of operations may see; the other bank's account is the whole bank's."""
    drawers = CashDrawer.objects.visible_to(user).in_use()
    return {
        "differences": DIFFERENCES.visible_to(user),
        "handovers": HANDOVERS.visible_to(user),
        "uncounted": uncounted(drawers, today=today),
        "cash": CASH.visible_to(user),
        "corrections": CORRECTIONS.visible_to(user),
        "deliveries": DELIVERIES.visible_to(user),
        "statements": STATEMENTS.all(),
        "suspense": SUSPENSE.all(),
        "to_send": TO_SEND.all(),
        "to_void": TO_VOID.visible_to(user),
        "sent": SENT.all(),
    }


loose_ends.register(
    {
        "differences": (
            _("Differences at counting that wait"),
            lambda last: DIFFERENCES.filter(on__lte=last).count(),
        ),
        "uncounted": (
            _("Drawers not counted"),
            lambda last: uncounted(CashDrawer.objects.in_use(), today=last + timedelta(days=1)).count(),
        ),
        "handovers": (
            _("Handovers of cash that wait"),
            lambda last: HANDOVERS.filter(made_at__date__lte=last).count(),
        ),
        "deliveries": (
            _("Cash to or from the other bank that waits"),
            lambda last: DELIVERIES.filter(made_at__date__lte=last).count(),
        ),
        "cash": (_("Cash at the counter that waits"), lambda last: CASH.filter(effective_date__lte=last).count()),
        "corrections": (
            _("Corrections of cash that wait"),
            lambda last: CORRECTIONS.filter(movement__effective_date__lte=last).count(),
        ),
        "in_transit": (_("Cash in transit"), lambda last: IN_TRANSIT.filter(effective_date__lte=last).count()),
        "statements": (
            _("Files of the other bank that wait"),
            lambda last: STATEMENTS.filter(period_first__lte=last).count(),
        ),
        "suspense": (_("Money in suspense"), lambda last: SUSPENSE.filter(line__booked_on__lte=last).count()),
        "sent": (
            _("Payments sent and not confirmed"),
            lambda last: SENT.filter(effective_date__lte=last).count(),
        ),
    }
)
