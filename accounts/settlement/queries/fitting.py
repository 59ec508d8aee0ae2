"""What a line of the nostro account fits: a payment, a file of them, an account, cash on its way; or why nothing."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.utils import timezone

from accounts.ledger.models import JournalEntry
from accounts.settlement import matching, queries
from accounts.settlement.drawer_states import DeliveryStatus
from accounts.settlement.models import (
    CashDelivery,
    NostroLine,
    PaymentFile,
    PaymentInstruction,
    SettlementAccount,
    SuspenseItem,
)
from accounts.settlement.nostro_states import Doubt, Foreseen, LineKind, Rule
from accounts.settlement.queries.around import (
    Around,
    around,
    numbers_of,
    references_of,
    request_of,
    sent_back_key,
)

T = TypeVar("T")
Goal = PaymentInstruction | PaymentFile | SuspenseItem | CashDelivery | SettlementAccount
Spent = tuple[bool, str]  # whether money came in, and the reference of what it was about


@dataclass(frozen=True)
class Fit:
    """What a line would move and what it is known by, or why it goes to suspense.

    :param parts: what of a file was not confirmed before, in the order in which it is locked.
    """

    foreseen: Foreseen
    goal: Goal | None = None
    rule: str = ""
    doubt: Doubt | None = None
    parts: tuple[PaymentInstruction | SuspenseItem, ...] = ()

    @property
    def kind(self) -> LineKind:
        """What the line turns out to be when it is booked so."""
        return LineKind.RECEIPT if self.foreseen == Foreseen.REQUEST else LineKind(self.foreseen)

    @property
    def told(self) -> tuple[Foreseen, str]:
        """What is shown of it before it is agreed to."""
        return self.foreseen, self.goal.reference if self.goal else ""


@dataclass(frozen=True)
class _Asked:
    """The line that is asked about, what it may be about, and what lines before it already stand for."""

    line: NostroLine
    around: Around
    spent: AbstractSet[Spent]

    @property
    def told(self) -> tuple[str, ...]:
        """The references that the line names."""
        return references_of(self.line)

    def named(self, found: Mapping[str, T]) -> list[T]:
        """Pick what the line names, in its order."""
        return [found[reference] for reference in self.told if reference in found]

    def spends(self, reference: str) -> bool:
        """Tell whether a line before this one moved it the same way."""
        return (self.line.amount > 0, reference) in self.spent


def what_fits(line: NostroLine) -> Fit:
    """Tell what a line fits, and change nothing."""
    (fit,) = what_fit([line])
    return fit


def what_fit(lines: Sequence[NostroLine]) -> list[Fit]:
    """Tell what each line of a statement fits, one after the other, and change nothing.

    What a line fits is spent for those after it, though nothing is booked yet.
    """
    found, spent = around(lines), set[Spent]()
    fits = []
    for line in lines:
        asked = _Asked(line, found, spent)
        fit = _in(asked) if line.amount > 0 else _out(asked)
        fits.append(Fit(Foreseen.SUSPENSE, doubt=fit) if isinstance(fit, Doubt) else fit)
        spent |= _spent_by(line, fits[-1])
    return fits


def _spent_by(line: NostroLine, fit: Fit) -> set[Spent]:
    """Name what a line that fits leaves nothing of for the lines after it."""
    goals = () if fit.goal is None or isinstance(fit.goal, SettlementAccount) else (fit.goal, *fit.parts)
    return {(line.amount > 0, each.reference) for each in goals}


def _out(asked: _Asked) -> Fit | Doubt:
    """Find what money went out for: a payment, a whole file of them, what was sent back out of suspense, or cash."""
    if found := _file(asked) or _sent_back(asked):
        return found
    named, unnamed = _candidates(asked)
    payment = matching.payment_that_left(_line(asked.line), named=named, unnamed=unnamed)
    cash = None if named else _cash(asked)
    if cash is None:
        return payment if isinstance(payment, Doubt) else _payment(Foreseen.PAID, payment, asked)
    return cash if payment == Doubt.NO_MATCH else Doubt.SEVERAL_FIT


def _in(asked: _Asked) -> Fit | Doubt:
    """Find whom money that came in is for: the maker of a payment that came back, an account that is named, or us."""
    named, _unnamed = _candidates(asked)
    if named:
        payment = matching.payment_that_came_back(_line(asked.line), named=named)
        return payment if isinstance(payment, Doubt) else _payment(Foreseen.RETURNED, payment, asked)
    account = _account(asked)
    return (_cash(asked) or account) if account == Doubt.NO_MATCH else account


def _payment(foreseen: Foreseen, found: matching.Match, asked: _Asked) -> Fit:
    return Fit(foreseen, asked.around.payments[found.reference], found.rule)


def _file(asked: _Asked) -> Fit | None:
    """Find the file whose open payments the other bank booked as one sum."""
    for file in asked.named(asked.around.files):
        parts = tuple(each for each in asked.around.parts.get(file.pk, ()) if not asked.spends(each.reference))
        total: Decimal = sum((each.amount for each in parts), Decimal(0))
        if total == -asked.line.amount:
            return Fit(Foreseen.FILE, file, Rule.REFERENCE, parts=parts)
    return None


def went_out(item: SuspenseItem) -> bool:
    """Tell whether a statement confirmed that money in suspense went back to its sender."""
    return JournalEntry.objects.filter(key=sent_back_key(item)).exists()


def _sent_back(asked: _Asked) -> Fit | None:
    for item in asked.named(asked.around.sent_back):
        if item.amount == -asked.line.amount and not asked.spends(item.reference):
            return Fit(Foreseen.SENT_BACK, item, Rule.REFERENCE)
    return None


def _cash(asked: _Asked) -> Fit | Doubt | None:
    """Find the cash between a vault and the other bank that a line tells of."""
    line, cash = asked.line, asked.around.cash
    named, unnamed = asked.named(cash), asked.around.cash_of.get(abs(line.amount), ())
    found = matching.cash_that_is_told(_line(line), named=_told_cash(named, asked), unnamed=_told_cash(unnamed, asked))
    if not isinstance(found, matching.Match):
        return found
    return Fit(Foreseen.CASH, cash[found.reference], found.rule)


def _told_cash(cash: Sequence[CashDelivery], asked: _Asked) -> list[matching.Candidate]:
    return [
        matching.Candidate(
            reference=each.reference,
            amount=-each.signed_amount,  # what leaves the vault comes to our account there
            sent_on=each.effective_date,
            payee_name="",
            payee_number="",
            awaits_debit=each.status == DeliveryStatus.ON_THE_WAY and not asked.spends(each.reference),
            may_come_back=False,
        )
        for each in cash
        if each.effective_date and each.vault.currency == asked.line.currency
    ]


def _account(asked: _Asked) -> Fit | Doubt:
    """Find the account that a line names: by its number, by an agreement on it, by a request for payment to it."""
    line, found = asked.line, asked.around
    accounts = list({found.accounts[number] for number in numbers_of(line) if number in found.accounts})
    if len(accounts) == 1:
        return Fit(Foreseen.RECEIPT, accounts[0], Rule.NUMBER)
    if accounts:
        return Doubt.SEVERAL_FIT
    mandates = [mandate for named in asked.named(found.mandates) for mandate in named]
    if len(mandates) == 1 and mandates[0].settlement_account.currency == line.currency:
        return Fit(Foreseen.RECEIPT, mandates[0].settlement_account, Rule.AGREEMENT)
    if request := found.requests.get(request_of(line)):
        return Fit(Foreseen.REQUEST, request.settlement_account, Rule.REQUEST)
    return Doubt.NO_MATCH


def _candidates(asked: _Asked) -> tuple[list[matching.Candidate], list[matching.Candidate]]:
    """Pick the payments that a line names, or else those sent that have its amount, unless it names cash."""
    found = asked.around
    unnamed = () if asked.line.amount > 0 or asked.named(found.cash) else found.payments_of.get(-asked.line.amount, ())
    return _told_of(asked.named(found.payments), asked), _told_of(unnamed, asked)


def _told_of(payments: Sequence[PaymentInstruction], asked: _Asked) -> list[matching.Candidate]:
    return [
        matching.Candidate(
            reference=each.reference,
            amount=each.amount,
            sent_on=timezone.localtime(each.sent_at).date(),
            payee_name=each.payee.name,
            payee_number=each.payee.number,
            awaits_debit=is_left and queries.awaits_debit(each),
            may_come_back=is_left and queries.may_come_back(each),
        )
        for each in payments
        for is_left in [not asked.spends(each.reference)]
    ]


def _line(line: NostroLine) -> matching.Line:
    return matching.Line(line.booked_on, line.amount, line.counterparty_name, line.counterparty_number)
