"""Settlement accounts with believable defaults."""

import uuid
from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.identity.models import Enterprise
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.models import SettlementAccount


def make_settlement_account(enterprise: Enterprise, *, holding: str = "0", on: date = TODAY) -> SettlementAccount:
    """Make an open account, with money paid in at the counter if asked."""
    account = settlement.open_account(enterprise, by="U-OFFICER", at=NOW)
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
