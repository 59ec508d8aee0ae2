"""Questions to settlement accounts: their history and their statements."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db.models import Case, Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When, Window
from django.db.models.expressions import CombinedExpression

from accounts.identity.models import Enterprise, FormerName, Membership, User
from accounts.ledger import events
from accounts.ledger import queries as ledger
from accounts.ledger.models import Direction, Posting
from accounts.settlement import periods, return_reasons
from accounts.settlement.models import (
    CashMovement,
    Mandate,
    Payee,
    PaymentInstruction,
    PaymentRules,
    SettlementAccount,
    Transfer,
)
from accounts.settlement.nostro_states import LineKind
from accounts.settlement.states import (
    INSTRUCTION_TRANSITIONS,
    CashStatus,
    InstructionEvent,
    InstructionStatus,
    Status,
    Way,
)
from portal.core.money import rounded

MONEY = DecimalField(max_digits=19, decimal_places=3)
WRITTEN_BY_US: Final = {
    "payment_returned": return_reasons.words,
    "deposit_interest": periods.words,
    "account_charges": periods.words,
}


def told(event: str, text: str) -> str:
    """Say what was written beside an entry, in the active language where the bank wrote it."""
    read = WRITTEN_BY_US.get(event.removesuffix("_reversed"))
    return read(text) if read else text


@dataclass(frozen=True)
class StatementLine:
    """One posting as the account's holder sees it: money in is positive, and what the account held after it."""

    booked_on: date
    reference: str
    event: str
    counterparty: str
    text: str
    amount: Decimal
    balance_after: Decimal

    @property
    def words(self) -> str:
        """What happened, in the active language."""
        return events.name_of(self.event)

    @property
    def details(self) -> str:
        """With whom, and what was written."""
        return " · ".join(part for part in (self.counterparty, self.told) if part)

    @property
    def told(self) -> str:
        """What was written, in the active language where the bank wrote it."""
        return told(self.event, self.text)

    @property
    def amount_in(self) -> Decimal | None:
        """The amount if money came in."""
        return self.amount if self.amount > 0 else None

    @property
    def amount_out(self) -> Decimal | None:
        """The amount if money went out."""
        return -self.amount if self.amount < 0 else None


@dataclass(frozen=True)
class Statement:
    """A period of an account: opening balance, plus every line, is the closing balance."""

    account: SettlementAccount
    first: date
    last: date
    opening_balance: Decimal
    lines: tuple[StatementLine, ...]
    closing_balance: Decimal

    @property
    def total_in(self) -> Decimal:
        """All that came in."""
        return sum((line.amount for line in self.lines if line.amount > 0), Decimal(0))

    @property
    def total_out(self) -> Decimal:
        """All that went out, as a positive amount."""
        return -sum((line.amount for line in self.lines if line.amount < 0), Decimal(0))


def opening_balance(account: SettlementAccount, first: date) -> Decimal:
    """Tell what the account held at the end of the day before ``first``."""
    return ledger.balance(account.ledger_account, on=first - timedelta(days=1))


def postings(account: SettlementAccount) -> QuerySet[Posting]:
    """All postings of an account, with ``signed`` amounts and what a line tells of them."""
    signed = Case(When(direction=Direction.CREDIT, then=F("amount")), default=-F("amount"), output_field=MONEY)
    return (
        Posting.objects.filter(ledger_account=account.ledger_account_id)
        .select_related(
            "entry__transfer__source__enterprise",
            "entry__transfer__destination__enterprise",
            "entry__payment_instruction__payee",
            "entry__receipt",
        )
        .annotate(signed=signed, source_then=_name_then("source"), destination_then=_name_then("destination"))
    )


def _name_then(side: str) -> Subquery:
    """What the holder on a side of a transfer was called when it was made, where that is another name now."""
    of_side = FormerName.objects.filter(
        enterprise=OuterRef(f"entry__transfer__{side}__enterprise"), until__gt=OuterRef("entry__posted_at")
    )
    return Subquery(of_side.order_by("until").values("name")[:1])


def history(account: SettlementAccount, first: date, last: date) -> QuerySet[Posting]:
    """The postings of a period, newest first, each with the balance after it (``running``)."""
    running = Window(Sum("signed", output_field=MONEY), order_by=[F("effective_date").asc(), F("id").asc()])
    return (
        postings(account)
        .filter(effective_date__range=(first, last))
        .annotate(running=running + Value(opening_balance(account, first), output_field=MONEY))
        .order_by("-effective_date", "-id")
    )


def found(
    account: SettlementAccount,
    first: date,
    last: date,
    *,
    text: str = "",
    low: Decimal | None = None,
    high: Decimal | None = None,
    way: str = "",
) -> QuerySet[Posting]:
    """The postings of a period that fit what is asked, newest first, each with the balance after it (``running``)."""
    rows = postings(account).filter(effective_date__range=(first, last))
    if text:
        names = Q(entry__text__icontains=text) | Q(entry__reference__iexact=text)
        names |= Q(direction=Direction.CREDIT, entry__transfer__source__enterprise__legal_name__icontains=text)
        names |= Q(direction=Direction.DEBIT, entry__transfer__destination__enterprise__legal_name__icontains=text)
        rows = rows.filter(names | Q(entry__payment_instruction__payee__name__icontains=text))
    if low is not None:
        rows = rows.filter(amount__gte=low)
    if high is not None:
        rows = rows.filter(amount__lte=high)
    if way:
        rows = rows.filter(direction=Direction.CREDIT if way == "in" else Direction.DEBIT)
    return rows.annotate(running=_moved_until_then(account, first)).order_by("-effective_date", "-id")


def _moved_until_then(account: SettlementAccount, first: date) -> CombinedExpression:
    """The balance after each line, worked out for those shown alone: lines left out still count."""
    earlier = Q(effective_date__lt=OuterRef("effective_date")) | Q(
        effective_date=OuterRef("effective_date"), id__lte=OuterRef("id")
    )
    signed = Case(When(direction=Direction.CREDIT, then=F("amount")), default=-F("amount"), output_field=MONEY)
    rows = Posting.objects.filter(earlier, ledger_account=account.ledger_account_id, effective_date__gte=first)
    summed = rows.order_by().values("ledger_account").annotate(total=Sum(signed)).values("total")
    return Subquery(summed, output_field=MONEY) + Value(opening_balance(account, first), output_field=MONEY)


def lines(account: SettlementAccount, postings: Iterable[Posting]) -> list[StatementLine]:
    """Turn the postings of ``history`` into lines, in the order given."""
    return [_line(account, posting) for posting in postings]


def _line(account: SettlementAccount, posting: Posting) -> StatementLine:
    return StatementLine(
        booked_on=posting.effective_date,
        reference=posting.entry.reference,
        event=posting.entry.event,
        counterparty=counterparty(posting),
        text=posting.entry.text,
        amount=rounded(posting.signed, account.currency),  # type: ignore[attr-defined]  # annotated
        balance_after=rounded(posting.running, account.currency),  # type: ignore[attr-defined]  # annotated
    )


def counterparty(posting: Posting) -> str:
    """Name a transfer's other enterprise, as it was called, a payment's payee or a receipt's payer; or nobody."""
    transfer = getattr(posting.entry, "transfer", None)
    if transfer is None:
        instruction = getattr(posting.entry, "payment_instruction", None)
        receipt = getattr(posting.entry, "receipt", None)
        return instruction.payee.name if instruction else receipt.payer_name if receipt else ""
    then = posting.source_then if posting.direction == Direction.CREDIT else posting.destination_then  # type: ignore[attr-defined]  # annotated
    return str(then or _other_side(posting, transfer).enterprise.legal_name)


def counterparty_number(posting: Posting) -> str:
    """Tell the number on the other side of a transfer, a payment or a receipt; empty for other events."""
    transfer = getattr(posting.entry, "transfer", None)
    if transfer is None:
        instruction = getattr(posting.entry, "payment_instruction", None)
        receipt = getattr(posting.entry, "receipt", None)
        return instruction.payee.number if instruction else receipt.payer_number if receipt else ""
    return _other_side(posting, transfer).number


def _other_side(posting: Posting, transfer: Transfer) -> SettlementAccount:
    return transfer.source if posting.direction == Direction.CREDIT else transfer.destination


def statement(account: SettlementAccount, first: date, last: date) -> Statement:
    """Tell a period of an account, oldest line first."""
    told = lines(account, history(account, first, last).reverse())
    opening = opening_balance(account, first)
    closing = told[-1].balance_after if told else opening
    assert opening + sum((line.amount for line in told), Decimal(0)) == closing
    return Statement(account, first, last, opening, tuple(told), closing)


def open_accounts_of(enterprise: Enterprise) -> QuerySet[SettlementAccount]:
    """List an enterprise's accounts that can receive and pay, oldest first."""
    return SettlementAccount.objects.filter(enterprise=enterprise, status=Status.OPEN).order_by("pk")


def available_balance(account: SettlementAccount) -> Decimal:
    """Tell what the account can pay now: booked, less what is kept back, plus what its terms lend."""
    return ledger.available_balance(account.ledger_account)


def has_mandate(purpose: str, subject: str) -> bool:
    """Tell whether a department may collect for a subject."""
    return Mandate.objects.filter(purpose=purpose, subject=subject, ended_at=None).exists()


def total_balance(enterprises: Iterable[Enterprise]) -> Decimal | None:
    """Add up what enterprises hold in the bank's currency; none where there is no account."""
    accounts = SettlementAccount.objects.filter(enterprise__in=list(enterprises), currency=settings.BANK_CURRENCY)
    total: Decimal | None = accounts.aggregate(total=Sum("ledger_account__kept_balance__amount"))["total"]
    return total


@dataclass(frozen=True)
class CashDay:
    """A day at the counter in one currency: what came in, what went out, and what the drawer gained or lost."""

    currency: str
    paid_in: Decimal
    paid_out: Decimal

    @property
    def net(self) -> Decimal:
        """What came in less what went out."""
        return self.paid_in - self.paid_out


def cash_day(movements: QuerySet[CashMovement], on: date) -> list[CashDay]:
    """Sum what the books have on a day, less what was reversed on it, per currency."""
    sums: dict[str, dict[str, Decimal]] = {}
    for sign, rows in (
        (1, movements.filter(status__in=[CashStatus.BOOKED, CashStatus.REVERSED], entry__effective_date=on)),
        (-1, movements.filter(corrections__reversal__effective_date=on)),
    ):
        for currency, way, total in rows.values_list("settlement_account__currency", "way").annotate(Sum("amount")):
            of_day = sums.setdefault(currency, dict.fromkeys(Way.values, Decimal(0)))
            of_day[way] += sign * total
    return [
        CashDay(currency, rounded(of_day[Way.IN], currency), rounded(of_day[Way.OUT], currency))
        for currency, of_day in sorted(sums.items())
    ]


def names_of(references: Iterable[str]) -> dict[str, str]:
    """Name the people behind references in the records; who is nobody's (a task's) keeps the reference."""
    wanted = set(references)
    found = {user.reference: str(user) for user in User.objects.filter(reference__in=wanted)}
    return {reference: found.get(reference, reference) for reference in wanted}


def rules_of(enterprise: Enterprise, *, at: datetime) -> PaymentRules:
    """Tell an enterprise's payment rules in effect, or the bank's where it has set none."""
    found = PaymentRules.objects.filter(enterprise=enterprise, effective_at__lte=at).order_by("-pk").first()
    return found or PaymentRules(enterprise=enterprise, daily_limit_amount=settings.DAILY_LIMIT_AMOUNT)


Destination = tuple[str, str]  # an account's number, and its bank's code; empty is this bank


def needs_code(
    enterprise: Enterprise, amount: Decimal | None, *, to: Collection[Destination], rules: PaymentRules
) -> bool:
    """Tell whether money asks for a one-time code: out of the bank, to an account never paid before, or a large amount.

    Between accounts of one enterprise it never does.

    :param amount: what leaves together, of a batch its sum; none where nobody knows it yet.
    """
    if any(bank_code for _number, bank_code in to):
        return True
    numbers = {number for number, _bank_code in to}
    own = enterprise.settlement_accounts.filter(number__in=numbers)
    others = numbers.difference(own.values_list("number", flat=True))
    paid = Transfer.objects.filter(source__enterprise=enterprise, destination__number__in=others)
    if others.difference(paid.values_list("destination__number", flat=True).distinct()):
        return True
    return bool(others) and rules.is_large(amount)


def rules_to_come(enterprise: Enterprise, *, at: datetime) -> PaymentRules | None:
    """Tell looser rules that still cool off, unless newer ones overtook them."""
    newest = PaymentRules.objects.filter(enterprise=enterprise).order_by("-pk").first()
    return newest if newest and newest.effective_at > at else None


def paid_on(enterprise: Enterprise, currency: str, on: date) -> Decimal:
    """Sum what an enterprise paid to others on a day, in one currency; what came back does not count."""
    transfers = _transfers_on(enterprise, currency, on)
    outside = PaymentInstruction.objects.on_the_way().filter(
        settlement_account__enterprise=enterprise, settlement_account__currency=currency, effective_date=on
    )
    outside = outside.exclude(payee__bank_code="")
    return _total(transfers) + _total(outside)


def _transfers_on(enterprise: Enterprise, currency: str, on: date) -> QuerySet[Transfer]:
    made = Transfer.objects.filter(source__enterprise=enterprise, source__currency=currency, entry__effective_date=on)
    return made.exclude(destination__enterprise=enterprise)


def _total(rows: QuerySet[Any]) -> Decimal:
    total: Decimal = rows.aggregate(total=Sum("amount", default=Decimal(0)))["total"]
    return total


def is_usable_payee(enterprise: Enterprise, number: str, *, at: datetime) -> bool:
    """Tell whether an account of this bank is a saved payee's whose cooling-off is over."""
    return Payee.objects.usable(at).filter(enterprise=enterprise, number=number, bank_code="").exists()


def paid_to_the_unknown(enterprise: Enterprise, currency: str, on: date, *, at: datetime) -> Decimal:
    """Sum a day's transfers to accounts of this bank that are not usable payees'."""
    known = Payee.objects.usable(at).filter(enterprise=enterprise, bank_code="").values("number")
    return _total(_transfers_on(enterprise, currency, on).exclude(destination__number__in=known))


def role_of(enterprise: Enterprise, reference: str) -> str:
    """Tell whether the person behind a reference is the enterprise's owner or manager; empty for everyone else."""
    standing = Membership.objects.filter(enterprise=enterprise, user__reference=reference, ended_at=None)
    return standing.values_list("role", flat=True).first() or ""


@dataclass(frozen=True)
class Underway:
    """How many payments of one currency and status there are, and what they sum to."""

    status: InstructionStatus
    currency: str
    count: int
    amount: Decimal


def payments_underway() -> list[Underway]:
    """Sum the payments that wait to be sent, and those that were sent and not yet confirmed, per currency."""
    rows = (
        PaymentInstruction.objects.filter(status__in=[InstructionStatus.PENDING, InstructionStatus.SENT])
        .values_list("status", "settlement_account__currency")
        .annotate(count=Count("pk"), total=Sum("amount"))
        .order_by("settlement_account__currency", "status")
    )
    return [
        Underway(InstructionStatus(status), currency, count, rounded(total, currency))
        for status, currency, count, total in rows
    ]


def awaits_debit(instruction: PaymentInstruction) -> bool:
    """Tell whether the other bank has yet to take the money of a payment that was sent."""
    return instruction.status == InstructionStatus.SENT or owes_debit(instruction)


def may_come_back(instruction: PaymentInstruction) -> bool:
    """Tell whether the money of a payment that was sent may still come back."""
    return instruction.status in INSTRUCTION_TRANSITIONS[InstructionEvent.RETURN].sources


def owes_debit(instruction: PaymentInstruction) -> bool:
    """Tell whether a payment's return came through our account at the other bank before its own debit was told."""
    if instruction.status != InstructionStatus.RETURNED or instruction.settled_on:
        return False
    return instruction.nostro_lines.filter(kind=LineKind.RETURNED).exists()
