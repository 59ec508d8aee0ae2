"""Settlement accounts with believable defaults."""

import json
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.identity import operations as identity
from accounts.identity.models import Branch, Enterprise, User
from accounts.ledger import queries as books
from accounts.ledger.models import Hold, JournalEntry, LedgerAccount
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.denominations import DENOMINATIONS
from accounts.settlement.models import CashDelivery, CashDrawer, Payee, PaymentInstruction, SettlementAccount, Transfer
from accounts.settlement.operations.fetching import Fetcher, LeavingCash
from accounts.settlement.states import KnownBy
from portal.core.models import Notice


def make_settlement_account(
    enterprise: Enterprise, *, holding: str = "0", on: date = TODAY, at: datetime = NOW
) -> SettlementAccount:
    """Make an open account, with money paid in at the counter if asked."""
    account = settlement.open_account(enterprise, by="U-OFFICER", at=at)
    if Decimal(holding):
        make_deposit(account, holding, on=on)
    return account


def make_deposit(account: SettlementAccount, amount: str, *, on: date = TODAY, text: str = "") -> JournalEntry:
    """Pay cash into an account."""
    with transaction.atomic():
        return settlement.credit(
            account,
            Decimal(amount),
            from_account=LedgerAccount.objects.named("cash", account.currency),
            key=uuid.uuid4().hex,
            event="deposit",
            subject=account.reference,
            on=on,
            at=NOW,
            by="U-TELLER",
            text=text,
        )


def fetch_cash(account: SettlementAccount, amount: Decimal, *, key: str = "k", text: str = "", **when: Any) -> Any:
    """Hand cash to the owner, known by a code that is sent and read."""
    owner = account.enterprise.memberships.filter(role="owner").latest("-pk").user
    told: dict[str, Any] = {"on": TODAY, "at": NOW, "by": "U-TELLER"} | when
    leaving = LeavingCash(account, amount, text, key)
    subject = leaving.subject
    identity.send_signing_code(owner, subject=subject, at=told["at"], notice="cash_code", params=leaving.told())
    sent = [json.loads(notice.params) for notice in Notice.objects.filter(code="cash_code").order_by("pk")]
    code = [each["code"] for each in sent if each["subject"] == subject][-1]
    fetcher = Fetcher(owner, KnownBy.CODE)
    return settlement.pay_out(account, amount, fetcher=fetcher, code=code, text=text, key=key, **told)


def withdraw(account: SettlementAccount, amount: str | Decimal, *, on: date = TODAY) -> JournalEntry:
    """Take cash from an account."""
    with transaction.atomic():
        return settlement.debit(
            account,
            Decimal(amount),
            to_account=LedgerAccount.objects.named("cash"),
            key=uuid.uuid4().hex,
            event="withdrawal",
            subject=account.reference,
            on=on,
            at=NOW,
            by="U-TELLER",
        )


def make_transfer(source: SettlementAccount, to: SettlementAccount, amount: str = "30.00", **changed: Any) -> Transfer:
    """Send money to another account with us."""
    told: dict[str, Any] = {
        "to_number": to.number,
        "to_name": to.enterprise.legal_name,
        "amount": Decimal(amount),
        "text": "March flour",
        "key": uuid.uuid4().hex,
        "on": TODAY,
        "at": NOW,
        "by": "U-1",
    }
    return settlement.transfer(source, **told | changed)


def held(account: SettlementAccount) -> Decimal:
    """Tell what is booked on an account."""
    return books.balance(account.ledger_account)


def shown(hold: Hold) -> str:
    """Give the reference of the payee to whom money kept back may be paid now; empty where nobody is named."""
    return hold.payees.filter(removed_at=None).values_list("reference", flat=True).first() or ""


def balance(purpose: str) -> Decimal:
    """Tell what is booked on one of the bank's own accounts."""
    return books.balance(LedgerAccount.objects.named(purpose))


def make_payee(
    enterprise: Enterprise,
    *,
    name: str = "Mill Ltd",
    number: str = "DE21500500009876543210",
    bank_code: str = "SPUEDE2UXXX",
    at: datetime = NOW - timedelta(days=2),
) -> Payee:
    """Save a payee at another bank, long enough ago to be paid."""
    return settlement.add_payee(
        enterprise, name=name, number=number, bank_code=bank_code, key=uuid.uuid4().hex, at=at, by="U-OWNER"
    )


def make_payment(
    account: SettlementAccount, payee: Payee, amount: str = "30.00", *, on: date = TODAY, by: str = "U-OWNER"
) -> PaymentInstruction:
    """Pay a payee."""
    return settlement.pay(
        account, payee, Decimal(amount), text="March flour", key=uuid.uuid4().hex, on=on, at=NOW, by=by
    )


def make_drawer(
    branch: Branch,
    holder: User | None = None,
    *,
    kind: str = "counter",
    limit: str = "10000.00",
    begin: str = "0",
    by: str = "U-OPENER",
) -> CashDrawer:
    """Open a drawer for a person, or without one the branch's vault."""
    return settlement.open_drawer(
        branch,
        kind=kind if holder else "vault",
        holder=holder,
        limit_amount=Decimal(limit) if holder else None,
        begin_amount=Decimal(begin),
        key=uuid.uuid4().hex,
        on=TODAY,
        at=NOW,
        by=by,
    )


def make_delivery(vault: CashDrawer, amount: str, way: str = "brought") -> CashDelivery:
    """Let two people send cash between a vault and the other bank."""
    told = settlement.prepare_delivery(vault, way, Decimal(amount), key=uuid.uuid4().hex, on=TODAY, at=NOW, by="U-1")
    settlement.confirm_delivery(told, on=TODAY, at=NOW, by="U-2")
    return told


def count_pieces(amount: str) -> dict[str, int]:
    """Lay an amount in notes and coins, the largest first."""
    left, pieces = Decimal(amount), {}
    for face in DENOMINATIONS["CNY"]:
        pieces[face], left = int(left // Decimal(face)), left % Decimal(face)
    return pieces
