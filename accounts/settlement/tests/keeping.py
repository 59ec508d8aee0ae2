"""Money that the bank keeps back for a court at another bank, and pays there."""

from datetime import timedelta
from decimal import Decimal

from accounts.ledger import queries as books
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import queries
from accounts.settlement.tests.builders import balance, held, shown

COURT = settlement.Elsewhere("District Court", "DE21 5005 0000 9876 5432 10", "SPUEDE2UXXX")
HIGH_COURT = settlement.Elsewhere("High Court", "6222020200112233445", "Bank of China")


def keep(account, amount="30.00", **changed):
    """Keep an amount back for the court, as one of operations."""
    told = {"reason": "court order 7", "until": TODAY + timedelta(days=9), "key": "k", "at": NOW, "by": "U-ONE"}
    return settlement.keep_back(account, Decimal(amount), **{"to": COURT} | told | changed)


def pay(account, hold, amount=None, *, by="U-TWO"):
    """Pay it to who was named last, as another."""
    return settlement.pay_kept(account, hold, amount and Decimal(amount), seen=shown(hold), on=TODAY, at=NOW, by=by)


def send():
    """Send what waits to the other bank."""
    return settlement.send_payments(currency="CNY", on=TODAY, at=NOW, by="U-OPS")


def kept(account):
    """Tell what an account holds, and what it can pay."""
    return held(account), queries.available_balance(account)


def in_the_books():
    """Tell what waits in clearing, and what the account at the other bank holds; everything must tie."""
    assert books.discrepancies() == []
    return balance("clearing"), balance("nostro")
