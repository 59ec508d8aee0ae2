"""What the proofs about an account's terms share."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.ledger import operations as ledger
from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import NOW
from accounts.settlement import operations as settlement
from accounts.settlement.operations.proposals import brought_out

MARCH_2, MARCH_31, APRIL_1, MAY_1 = date(2026, 3, 2), date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 1)
TIERS = [["0", "0.002"], ["50000", "0.011"]]


def date_back(account, amount, *, on=date(2026, 3, 22)):
    cash, holder = LedgerAccount.objects.named("cash"), account.ledger_account
    paid, received = (cash, holder) if Decimal(amount) > 0 else (holder, cash)
    lines = [ledger.debit(paid, abs(Decimal(amount))), ledger.credit(received, abs(Decimal(amount)))]
    told = {"key": "late", "event": "correction", "subject": "late", "at": NOW + timedelta(hours=1), "by": "U-1"}
    with transaction.atomic():
        ledger.post(lines=lines, effective_date=on, **told)


def end_day(on, *, later=0):
    return settlement.end_day(on=on, at=NOW + timedelta(hours=later))


def make_product(**fields):
    told = {
        "name_en": "Business account",
        "name_zh_hans": "对公活期账户",
        "currency": "CNY",
        "interest_tiers": TIERS,
        "withholding_rate": Decimal("0.20"),
        "monthly_fee_amount": Decimal("5.00"),
        "fee_free_from_amount": Decimal("1000.00"),
        "overdraft_limit_amount": Decimal("20000.00"),
        "overdraft_annual_rate": Decimal("0.0730"),
    }
    with transaction.atomic():
        return brought_out("business", by="U-ADMIN", at=NOW, **told | fields)
