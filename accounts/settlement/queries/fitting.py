"""What a line of the nostro account fits: a payment, a file of them, an account, cash on its way; or why nothing."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.ledger.models import JournalEntry
from accounts.settlement import matching, queries
from accounts.settlement.drawer_states import DeliveryStatus
from accounts.settlement.models import (
    CashDelivery,
    Mandate,
    NostroLine,
    PaymentFile,
    PaymentInstruction,
    PaymentRequest,
    SettlementAccount,
    SuspenseItem,
)
from accounts.settlement.nostro_states import Clearing, Doubt, Foreseen, LineKind, Rule
from accounts.settlement.requesting import reference_in
from accounts.settlement.states import InstructionStatus

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
    """The line that is asked about, and what lines before it already stand for."""

    line: NostroLine
    spent: AbstractSet[Spent]

    @property
    def told(self) -> tuple[str, ...]:
        """The references that the line names."""
        line = self.line
        return matching.references(line.end_to_end, line.description, line.bank_reference)

    def spends(self, reference: str) -> bool:
        """Tell whether a line before this one moved it the same way."""
        return (self.line.amount > 0, reference) in self.spent


def what_fits(line: NostroLine, *, spent: AbstractSet[Spent] = frozenset()) -> Fit:
    """Tell what a line fits, and change nothing.

    :param spent: what lines before it in the same statement fit, which are not booked yet.
    """
    asked = _Asked(line, spent)
    found = _in(asked) if line.amount > 0 else _out(asked)
    return Fit(Foreseen.SUSPENSE, doubt=found) if isinstance(found, Doubt) else found


def spent_by(line: NostroLine, fit: Fit) -> set[Spent]:
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
        return payment if isinstance(payment, Doubt) else _payment(Foreseen.PAID, payment)
    return cash if payment == Doubt.NO_MATCH else Doubt.SEVERAL_FIT


def _in(asked: _Asked) -> Fit | Doubt:
    """Find whom money that came in is for: the maker of a payment that came back, an account that is named, or us."""
    named, _unnamed = _candidates(asked)
    if named:
        payment = matching.payment_that_came_back(_line(asked.line), named=named)
        return payment if isinstance(payment, Doubt) else _payment(Foreseen.RETURNED, payment)
    account = _account(asked)
    return (_cash(asked) or account) if account == Doubt.NO_MATCH else account


def _payment(foreseen: Foreseen, found: matching.Match) -> Fit:
    return Fit(foreseen, PaymentInstruction.objects.get(reference=found.reference), found.rule)


def _file(asked: _Asked) -> Fit | None:
    """Find the file whose open payments the other bank booked as one sum."""
    for file in PaymentFile.objects.filter(reference__in=asked.told, currency=asked.line.currency):
        sent = file.instructions.filter(status=InstructionStatus.SENT).order_by(
            "settlement_account__enterprise_id", "pk"
        )
        items = file.suspense_items.select_related("line").order_by("pk")
        listed = (*sent, *(item for item in items if not went_out(item)))
        parts = tuple(each for each in listed if not asked.spends(each.reference))
        total: Decimal = sum((each.amount for each in parts), Decimal(0))
        if total == -asked.line.amount:
            return Fit(Foreseen.FILE, file, Rule.REFERENCE, parts=parts)
    return None


def went_out(item: SuspenseItem) -> bool:
    """Tell whether a statement confirmed that money in suspense went back to its sender."""
    return JournalEntry.objects.filter(key=f"sent back {item.reference} {item.file_id}").exists()


def _sent_back(asked: _Asked) -> Fit | None:
    items = SuspenseItem.objects.filter(reference__in=asked.told, way=Clearing.SENDER, file__isnull=False)
    for item in items.select_related("line"):
        if item.amount == -asked.line.amount and not asked.spends(item.reference) and not went_out(item):
            return Fit(Foreseen.SENT_BACK, item, Rule.REFERENCE)
    return None


def _cash(asked: _Asked) -> Fit | Doubt | None:
    """Find the cash between a vault and the other bank that a line tells of."""
    line = asked.line
    cash = CashDelivery.objects.filter(vault__currency=line.currency, effective_date__isnull=False)
    named = cash.filter(reference__in=asked.told)
    unnamed = cash.filter(status=DeliveryStatus.ON_THE_WAY, amount=abs(line.amount))
    found = matching.cash_that_is_told(
        _line(line), named=_told_cash(named, asked), unnamed=_told_cash(unnamed[:50], asked)
    )
    if not isinstance(found, matching.Match):
        return found
    return Fit(Foreseen.CASH, CashDelivery.objects.get(reference=found.reference), found.rule)


def _told_cash(cash: QuerySet[CashDelivery], asked: _Asked) -> list[matching.Candidate]:
    return [
        matching.Candidate(
            reference=each.reference,
            amount=-each.signed_amount,  # what leaves the vault comes to our account there
            sent_on=each.effective_date or date.min,
            payee_name="",
            payee_number="",
            awaits_debit=each.status == DeliveryStatus.ON_THE_WAY and not asked.spends(each.reference),
            may_come_back=False,
        )
        for each in cash
    ]


def _account(asked: _Asked) -> Fit | Doubt:
    """Find the account that a line names: by its number, by an agreement on it, by a request for payment to it."""
    line = asked.line
    told = set(matching.account_numbers(line.end_to_end, line.description)) - {settings.NOSTRO_NUMBER}
    accounts = list(SettlementAccount.objects.filter(number__in=told, currency=line.currency)[:2])
    if len(accounts) == 1:
        return Fit(Foreseen.RECEIPT, accounts[0], Rule.NUMBER)
    if accounts:
        return Doubt.SEVERAL_FIT
    mandate = mandate_named(asked.told)
    if mandate and mandate.settlement_account.currency == line.currency:
        return Fit(Foreseen.RECEIPT, mandate.settlement_account, Rule.AGREEMENT)
    requests = PaymentRequest.objects.select_related("settlement_account").filter(
        reference=reference_in(f"{line.end_to_end} {line.description}"), settlement_account__currency=line.currency
    )
    if request := requests.first():
        return Fit(Foreseen.REQUEST, request.settlement_account, Rule.REQUEST)
    return Doubt.NO_MATCH


def mandate_named(references: tuple[str, ...], *, account: SettlementAccount | None = None) -> Mandate | None:
    """Find the one standing mandate that some references name, on an account or on any."""
    standing = Mandate.objects.select_related("settlement_account").filter(subject__in=references, ended_at=None)
    if account is not None:
        standing = standing.filter(settlement_account=account)
    found = list(standing[:2]) if references else []
    return found[0] if len(found) == 1 else None


def _candidates(asked: _Asked) -> tuple[list[matching.Candidate], list[matching.Candidate]]:
    """Fetch the payments that a line names, or else those sent that have its amount, unless it names cash."""
    line = asked.line
    payments = PaymentInstruction.objects.select_related("payee", "settlement_account").filter(
        settlement_account__currency=line.currency, sent_at__isnull=False
    )
    named = payments.filter(reference__in=asked.told)
    unnamed = payments.filter(status=InstructionStatus.SENT, amount=-line.amount)
    names_cash = CashDelivery.objects.filter(reference__in=asked.told).exists()
    return _told_of(named, asked), ([] if line.amount > 0 or names_cash else _told_of(unnamed[:50], asked))


def _told_of(payments: QuerySet[PaymentInstruction], asked: _Asked) -> list[matching.Candidate]:
    return [
        matching.Candidate(
            reference=each.reference,
            amount=each.amount,
            sent_on=timezone.localtime(each.sent_at).date(),
            payee_name=each.payee.name,
            payee_number=each.payee.number,
            awaits_debit=is_left and (each.status == InstructionStatus.SENT or queries.owes_debit(each)),
            may_come_back=is_left and each.status in {InstructionStatus.SENT, InstructionStatus.SETTLED},
        )
        for each in payments
        for is_left in [not asked.spends(each.reference)]
    ]


def _line(line: NostroLine) -> matching.Line:
    return matching.Line(line.booked_on, line.amount, line.counterparty_name, line.counterparty_number)
