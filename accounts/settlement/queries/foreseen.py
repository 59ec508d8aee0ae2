"""What a file from the other bank would do, shown to whoever is to agree to it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Abs

from accounts.settlement.models import (
    NostroLine,
    NostroStatement,
    PaymentInstruction,
    SettlementAccount,
    SuspenseItem,
)
from accounts.settlement.nostro_states import Foreseen, SuspenseStatus
from accounts.settlement.queries.fitting import went_out
from accounts.settlement.queries.nostro import BALANCED, waiting_before
from accounts.settlement.states import InstructionStatus
from portal.core.idempotency import fingerprint_of

LARGEST: Final = 5
ALIKE: Final = ("booked_on", "amount", "counterparty_name", "counterparty_number", "description")


def shown(statement: NostroStatement) -> str:
    """Name what a file that waits would do, as last looked at: whoever agrees says that this is what they saw."""
    if statement.is_report:
        return fingerprint_of([each.reference for each in taken_back_by(statement)])
    lines = statement.lines.order_by("line_number")
    return fingerprint_of([list(each) for each in lines.values_list("foreseen", "foreseen_goal")])


@dataclass(frozen=True)
class ForeseenSum:
    """Lines that would do the same: how many, and what they bring and take."""

    foreseen: Foreseen
    count: int
    came_in: Decimal
    went_out: Decimal


@dataclass(frozen=True)
class Preview:
    """What a statement would do, how it joins the one before, and which statement is decided on first."""

    sums: list[ForeseenSum]
    largest: list[NostroLine]
    previous: NostroStatement | None
    first: NostroStatement | None
    alike_count: int  # new lines that tell the same as another one: perhaps one too many

    @property
    def new_count(self) -> int:
        """How many lines no file told before."""
        return sum(each.count for each in self.sums if each.foreseen != Foreseen.LEFT_OUT)


def preview(statement: NostroStatement) -> Preview:
    """Tell what a statement that waits would do."""
    nothing = Decimal(0)
    rows = statement.lines.values("foreseen").annotate(
        count=Count("pk"),
        came_in=Sum("amount", filter=Q(amount__gt=0), default=nothing),
        went_out=Sum("amount", filter=Q(amount__lt=0), default=nothing),
    )
    told = {row["foreseen"]: row for row in rows}
    new = statement.lines.exclude(foreseen=Foreseen.LEFT_OUT)
    return Preview(
        sums=[
            ForeseenSum(each, row["count"], row["came_in"], row["went_out"])
            for each in Foreseen
            if (row := told.get(each))
        ],
        largest=list(new.order_by(Abs("amount").desc(), "line_number")[:LARGEST]),
        previous=_previous(statement),
        first=waiting_before(statement),
        alike_count=sum(new.values_list(*ALIKE).annotate(n=Count("pk")).filter(n__gt=1).values_list("n", flat=True)),
    )


def _previous(statement: NostroStatement) -> NostroStatement | None:
    """Find the statement agreed to that this one joins: the newest that ends before it begins.

    Of those that tell its first day too, one counts if this one goes on where that closed, as where a day comes in two
    files, or if nothing else is there to compare with; not where this one tells the same days once more.
    """
    told = NostroStatement.objects.filter(BALANCED, currency=statement.currency).order_by("-period_last", "-pk")
    first, opening = statement.period_first, statement.opening_balance
    if first is None:
        return told.first()
    before, same = (
        told.filter(period_last__lt=first).first(),
        told.filter(period_first__lte=first, period_last__gte=first),
    )
    if joined := same.filter(closing_balance=opening).first():
        return joined
    is_told_again = same.filter(period_first=first, opening_balance=opening).exists()
    return before if is_told_again else before or same.first()


def accounts_foreseen(lines: Iterable[NostroLine]) -> QuerySet[SettlementAccount]:
    """List the accounts that lines would credit."""
    goals = {line.foreseen_goal for line in lines if line.foreseen in {Foreseen.RECEIPT, Foreseen.REQUEST}}
    return SettlementAccount.objects.select_related("enterprise").filter(reference__in=goals)


@dataclass(frozen=True)
class TakenBack:
    """A payment, or money sent back out of suspense, that the other bank refused."""

    reference: str
    name: str
    amount: Decimal
    currency: str
    file: str
    reason: str = ""


def taken_back_by(report: NostroStatement) -> list[TakenBack]:
    """List what a report says was refused and what was neither confirmed nor taken back before."""
    rejected = [verdict for verdict in report.verdicts if verdict["is_rejected"]]
    found: dict[str, TakenBack] = {}
    for file in dict.fromkeys(verdict["file"] for verdict in rejected):
        sent = _sent_in(file)
        for verdict in (each for each in rejected if each["file"] == file):
            for reference in [verdict["payment"]] if verdict["payment"] else list(sent):
                if reference in sent:
                    found.setdefault(reference, replace(sent[reference], reason=verdict["reason"]))
    return list(found.values())


def _sent_in(file: str) -> dict[str, TakenBack]:
    """Gather by reference what a file sent and nobody confirmed."""
    payments = PaymentInstruction.objects.told().filter(file__reference=file, status=InstructionStatus.SENT)
    items = SuspenseItem.objects.select_related("line").filter(file__reference=file, status=SuspenseStatus.CLEARED)
    told = [
        TakenBack(each.reference, each.payee.name, each.amount, each.settlement_account.currency, file)
        for each in payments.order_by("pk")
    ]
    told += [
        TakenBack(each.reference, each.sender_name, each.amount, each.line.currency, file)
        for each in items.order_by("pk")
        if not went_out(each)
    ]
    return {each.reference: each for each in told}
