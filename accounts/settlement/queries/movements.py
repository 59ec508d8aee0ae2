"""What moved in an account: its lines, by day and by what is looked for, and the statement of a period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Case, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When, Window
from django.db.models.expressions import CombinedExpression

from accounts.identity.models import FormerName
from accounts.ledger import events
from accounts.ledger import queries as ledger
from accounts.ledger.models import Direction, Posting
from accounts.settlement import periods, return_reasons
from accounts.settlement.models import (
    SettlementAccount,
    Transfer,
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
    a_day = timedelta(days=1)
    return ledger.balance(account.ledger_account, on=max(first, date.min + a_day) - a_day)


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
        for direction, side in ((Direction.CREDIT, "source"), (Direction.DEBIT, "destination")):
            now = Q(**{f"entry__transfer__{side}__enterprise__legal_name__icontains": text})
            names |= Q(now | Q(**{f"{side}_then__icontains": text}), direction=direction)
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
