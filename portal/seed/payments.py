"""Payments out of the seeded bank, what the other bank told of them, and what waits in suspense."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.identity.models import MembershipRole
from accounts.ledger import operations as ledger
from accounts.ledger import queries as balances
from accounts.ledger.models import LedgerAccount
from accounts.settlement import operations as settlement
from accounts.settlement.models import PaymentInstruction, SettlementAccount
from accounts.settlement.queries import foreseen
from accounts.settlement.queries import nostro as nostro_queries
from accounts.statements import writing
from accounts.statements.parsing import ParsedLine, ParsedStatement
from lending.loans import operations as loans
from lending.loans.models import Loan
from lending.loans.queries import receipts_to_claim
from lending.loans.states import LoanStatus
from portal.seed.story import Story

OPENING: Final = Decimal("5000000.00")
CURRENCY: Final = "CNY"


class PayeeRow(NamedTuple):
    """Somebody at another bank whom enterprises pay."""

    name: str
    number: str
    bank_code: str
    amount: str
    text: str


PAYEES: Final = (
    PayeeRow("河镇面粉厂", "6222020200112233445", "ICBKCNBJXXX", "1860.00", "面粉款"),
    PayeeRow("果岭包装材料公司", "6217000010098765432", "PCBCCNBJXXX", "742.50", "包装箱货款"),
    PayeeRow("老桥运输队", "6228480030011223344", "ABOCCNBJXXX", "395.00", "运费"),
    PayeeRow("清水农资商行", "6216611900055667788", "BKCHCNBJXXX", "1280.00", "化肥款"),
)


def tell_of_payments(story: Story) -> None:
    """Let enterprises with a loan pay others, the other bank confirm and return, and money come that nobody expects."""
    running = Loan.objects.filter(status=LoanStatus.ACTIVE, currency=CURRENCY).order_by("pk")
    chosen = list(running.select_related("settlement_account__enterprise")[:3])
    if not chosen:
        return
    story.say("payments to other banks, statements of our account there")
    accounts = [loan.settlement_account for loan in chosen]
    _own_money(story)
    begin, next_day, later, yesterday = (story.days_ago(days) for days in (6, 5, 3, 1))
    for account in accounts:
        _pay_in(story, account, begin)
    sent = _paid(story, accounts, PAYEES, begin)
    first = [_out(each, next_day) for each in sent]
    first += [_came_back(sent[-1], next_day), *_expected(chosen, next_day), *_unexpected(next_day)]
    opening = balances.balance(LedgerAccount.objects.named("nostro", CURRENCY), on=begin)  # both sides begin alike
    _bring(story, first, opening=opening, suffix="xml")
    sent = _paid(story, accounts, PAYEES[:2], later)
    closing = opening + sum((each.amount for each in first), Decimal(0))
    charge = _line("-26.00", later, "账户服务费")
    _bring(story, [_out(sent[0], later), charge], opening=closing, suffix="sta")
    _clear(story, accounts[0])
    _keep_back(story, accounts[0], yesterday)
    lines = [
        _out(sent[1], yesterday),
        _line("2450.00", yesterday, f"货款 {accounts[-1].grouped_number}", name="新丰机械公司"),
    ]
    lines += [_line("310.00", yesterday, "定金", name="周海燕")]
    _bring(story, lines, opening=closing + charge.amount - sent[0].amount, suffix="xml", agreed=False)
    _paid(story, accounts, PAYEES[2:3], story.today, send=False)


def _own_money(story: Story) -> None:
    """Let the bank keep money of its own at the other bank."""
    on, named = story.days_ago(7), LedgerAccount.objects.named
    lines = [ledger.debit(named("nostro", CURRENCY), OPENING), ledger.credit(named("equity", CURRENCY), OPENING)]
    by, at = story.staff["admin"].reference, story.moment(on)
    with transaction.atomic():
        ledger.post(
            key="seed-own-money", event="capital", subject="capital", lines=lines, effective_date=on, at=at, by=by
        )


def _pay_in(story: Story, account: SettlementAccount, on: date) -> None:
    teller = story.staff["operations"].reference
    key = f"seed-payments-{account.reference}"
    settlement.pay_in(account, Decimal(20000), text="", key=key, on=on, at=story.moment(on, 8), by=teller)


def _paid(
    story: Story, accounts: Sequence[SettlementAccount], payees: Sequence[PayeeRow], on: date, *, send: bool = True
) -> list[PaymentInstruction]:
    """Let each payee be paid from one of the accounts in turn, and the payments be sent in a file."""
    made = [_pay(story, accounts[place % len(accounts)], row, on) for place, row in enumerate(payees)]
    if send:
        by = story.staff["operations"].reference
        settlement.send_payments(currency=CURRENCY, on=on, at=story.moment(on, 15), by=by)
    return [PaymentInstruction.objects.told().get(pk=each.pk) for each in made]


def _pay(story: Story, account: SettlementAccount, row: PayeeRow, on: date) -> PaymentInstruction:
    enterprise = account.enterprise
    owner = enterprise.memberships.get(role=MembershipRole.OWNER).user.reference
    payee = enterprise.payees.filter(number=row.number).first() or settlement.add_payee(
        enterprise,
        name=row.name,
        number=row.number,
        bank_code=row.bank_code,
        key=f"seed-{enterprise.reference}-{row.number}",
        at=story.moment(on - timedelta(days=3)),
        by=owner,
    )
    key = f"seed-{account.reference}-{row.number}-{on}"
    at = story.moment(on, 9)
    return settlement.pay(account, payee, Decimal(row.amount), text=row.text, key=key, on=on, at=at, by=owner)


def _line(amount: str | Decimal, on: date, text: str, *, name: str = "", number: str = "") -> ParsedLine:
    return ParsedLine(
        0, on, Decimal(amount), CURRENCY, counterparty_name=name, counterparty_number=number, description=text
    )


def _out(payment: PaymentInstruction, on: date) -> ParsedLine:
    text = f"{payment.text} {payment.reference}"
    return replace(_line(-payment.amount, on, text, name=payment.payee.name), end_to_end=payment.reference)


def _came_back(payment: PaymentInstruction, on: date) -> ParsedLine:
    back = _line(payment.amount, on, "", name=payment.payee.name)
    return replace(back, end_to_end=payment.reference, return_reason="AC04")


def _expected(chosen: Sequence[Loan], on: date) -> list[ParsedLine]:
    """Money from outside: for an account by its number, and for a loan by its reference."""
    account = chosen[0].settlement_account
    return [
        _line("3200.00", on, f"货款 {account.grouped_number}", name="邻县百货公司"),
        _line("500.00", on, f"还贷 {chosen[-1].reference}", name=chosen[-1].enterprise.legal_name),
    ]


def _unexpected(on: date) -> list[ParsedLine]:
    return [
        _line("880.00", on, "货款", name="张建国", number="6222021202009988776"),
        _line("15600.00", on, "设备款", name="新丰机械公司", number="6217001180023456789"),
        _line("64.00", on, "", name="李小梅"),
    ]


def _bring(story: Story, lines: Sequence[ParsedLine], *, opening: Decimal, suffix: str, agreed: bool = True) -> None:
    """Let one bring a statement of our account at the other bank and another agree, and do what the workers do."""
    on = lines[0].booked_on
    numbered = [replace(each, number=place, reference=f"{on:%m%d}{place:06}") for place, each in enumerate(lines, 1)]
    closing = opening + sum((each.amount for each in lines), Decimal(0))
    told = ParsedStatement("", settings.NOSTRO_NUMBER, settings.BANK_NAME_EN, CURRENCY, opening, closing, numbered)
    content = writing.as_camt053(told) if suffix == "xml" else writing.as_mt940(told)
    upload, at = SimpleUploadedFile(f"nostro-{on:%Y%m%d}.{suffix}", content), story.moment(on, 17)
    one, other = story.staff["operations2"].reference, story.staff["operations"].reference
    received = settlement.receive_nostro(upload, key=f"seed-{on}", by=one, at=at)
    settlement.read_nostro(received.reference, on=on, at=at)
    if not agreed:
        return
    received.refresh_from_db()
    at += timedelta(minutes=20)
    settlement.agree_to_nostro(received, seen=foreseen.shown(received), at=at, by=other)
    for line in nostro_queries.lines_to_book(received.reference):
        settlement.reconcile_line(line, at=at)
    for reference in list(receipts_to_claim().values_list("reference", flat=True)):
        loans.claim_receipt(reference, at=at, on=on)


def _keep_back(story: Story, account: SettlementAccount, on: date) -> None:
    """Keep back what a payer's bank says was sent by mistake, until it is known whose it is."""
    settlement.keep_back(
        account,
        Decimal("3200.00"),
        reason="汇款行来函称邻县百货公司的汇款有误，正在核实",
        until=on + timedelta(days=30),
        key="seed-kept-back",
        at=story.moment(on, 11),
        by=story.staff["operations2"].reference,
    )


def _clear(story: Story, account: SettlementAccount) -> None:
    """Clear a little at once, propose what is above the limit, and leave the rest."""
    on = story.days_ago(2)
    at, by = story.moment(on, 10), story.staff["operations"].reference
    for item in nostro_queries.open_items():
        if not item.came_in:
            settlement.propose_clearing(item, way="charge", note="每月账户费", on=on, at=at, by=by)
        elif item.amount == Decimal("15600.00"):
            note = "企业来电说明是退回的设备款"
            settlement.propose_clearing(item, way="account", account=account, note=note, on=on, at=at, by=by)
