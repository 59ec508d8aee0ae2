"""Cash booked wrongly and corrected, for tests."""

from datetime import timedelta
from decimal import Decimal

from accounts.ledger import queries
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.models import CashDrawer
from accounts.settlement.tests.builders import count_pieces

LATER = NOW + timedelta(hours=2)
YESTERDAY = TODAY - timedelta(days=1)


def pay_in(account, amount, person, *, key="k", text="eggs"):
    return settlement.pay_in(account, Decimal(amount), text=text, key=key, on=TODAY, at=NOW, by=person.reference)


def enter(bag, account, amount, *, number="17", day=YESTERDAY):
    told = {"slip_number": number, "slip_date": day, "text": ""}
    return settlement.enter_slip(bag, account, "in", Decimal(amount), **told, on=TODAY, at=NOW, by="U-1")


def right(account, amount="100", way="in", **slip):
    return settlement.RightCash(account, way, Decimal(amount), "eggs", **slip)


def ask(movement, instead=None, *, reason="typed one zero too many", key="x", by="U-1"):
    return settlement.ask_correction(movement, instead, reason=reason, key=key, on=TODAY, at=LATER, by=by)


def correct(movement, instead=None, *, by="U-2", on=TODAY):
    correction = ask(movement, instead)
    settlement.confirm_correction(correction, on=on, at=LATER, by=by)
    return correction


def count(drawer, amount, *, reason="", at=NOW + timedelta(hours=1), closes=None):
    told = {"reason": reason, "closes_date": closes, "key": f"c{amount}", "on": TODAY, "at": at}
    return settlement.count_drawer(drawer, count_pieces(amount), **told, by="U-1")


def held(drawer):
    return CashDrawer.objects.get(pk=drawer.pk).held_amount


def balances(*accounts):
    return [queries.balance(each.ledger_account) for each in accounts]
