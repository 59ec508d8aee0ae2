"""The nightly check of the books compares every drawer with the ledger: the least difference is an alarm."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from structlog.testing import capture_logs

from accounts.ledger import queries
from accounts.ledger.models import BookCheck
from accounts.ledger.queries import checks
from accounts.ledger.tasks import check_books
from accounts.ledger.tests.builders import NOW, TODAY, tamper
from accounts.settlement import operations as settlement
from accounts.settlement.models import CashDrawer, DrawerLine
from accounts.settlement.tests.builders import count_pieces, fetch_cash, make_drawer, make_settlement_account
from portal.core.models import AuditEvent

CENT = "+ 0.01"


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="900.00")


@pytest.fixture
def drawer(bank, operations, account, vault):
    """Hua Qian's drawer, through which cash moved in every way: held in the end are 138.00."""
    drawer = make_drawer(bank.branch, operations)
    when = {"on": TODAY, "at": NOW}
    me = operations.reference
    handover = settlement.hand_over(vault, drawer, Decimal(100), key="h", by="U-1", **when)
    settlement.take_over(handover, by=me, **when)
    settlement.pay_in(account, Decimal(50), text="", key="in", by=me, **when)
    fetch_cash(account, Decimal(10), text="", key="out", by=me, **when)
    counted = settlement.count_drawer(
        drawer, count_pieces("138.00"), reason="two coins", closes_date=None, key="c", by=me, **when
    )
    settlement.confirm_count(counted, by="U-1", **when)
    brought = settlement.prepare_delivery(vault, "brought", Decimal(40), key="d", by="U-1", **when)
    settlement.confirm_delivery(brought, by="U-2", **when)
    return CashDrawer.objects.get(pk=drawer.pk)


def found():
    return [(each.kind, each.subject, each.kept - each.recomputed) for each in queries.discrepancies()]


def test_finds_nothing_where_all_went_through_the_operations(drawer):
    assert found() == []


def test_finds_a_drawer_that_holds_a_cent_more(drawer):
    tamper("accounts_cashdrawer", f"held_amount = held_amount {CENT} WHERE id = {drawer.pk}")
    cent = Decimal("0.01")
    assert found() == [("drawer", drawer.reference, cent), ("drawer_in_books", drawer.reference, cent)]


def test_finds_a_drawer_whose_lines_were_bent_with_it(drawer):
    line = DrawerLine.objects.get(movement__way="in")
    tamper("accounts_cashdrawer", f"held_amount = held_amount {CENT} WHERE id = {drawer.pk}")
    tamper("accounts_drawerline", f"amount = amount {CENT} WHERE id = {line.pk}")
    cent, subject = Decimal("0.01"), f"{drawer.reference} {line.pk}"
    assert found() == [("drawer_in_books", drawer.reference, cent), ("drawer_line", subject, cent)]


def test_finds_cash_whose_entry_says_otherwise(drawer, account):
    moved = account.cash_movements.get(way="out")
    tamper("accounts_cashmovement", f"amount = amount {CENT} WHERE id = {moved.pk}")
    assert found() == [("cash_movement", moved.reference, Decimal("-0.01"))]


@pytest.mark.parametrize("cause", ["movement__way", "count__status", "delivery__way"])
def test_finds_an_entry_that_was_bent_for_a_drawer(drawer, cause):
    line = DrawerLine.objects.filter(**{f"{cause}__isnull": False}).order_by("pk").last()
    entry = (line.movement or line.count or line.delivery).entry
    tamper(
        "accounts_posting", f"amount = amount {CENT} WHERE entry_id = {entry.pk}"
    )  # on both sides, so that it balances
    kinds = {kind for kind, _subject, _difference in found()}
    assert {"drawer_in_books", "drawer_line"} <= kinds


def test_finds_a_handover_that_was_bent(drawer, vault):
    tamper("accounts_cashhandover", f"amount = amount {CENT}")
    drawers = sorted([drawer.reference, vault.reference])
    assert [subject for kind, subject, _difference in found() if kind == "drawer_in_books"] == drawers


def test_finds_cash_in_transit_that_is_not_on_its_way(drawer):
    tamper("accounts_cashdelivery", f"amount = amount {CENT}")
    assert ("cash_in_transit", "CNY", Decimal("0.01")) in found()


def test_finds_drawers_that_hold_more_than_the_books(drawer, vault):
    line = DrawerLine.objects.get(drawer=vault, handover=None, delivery=None)
    tamper("accounts_cashdrawer", f"held_amount = held_amount + 1000 WHERE id = {vault.pk}")
    tamper("accounts_drawerline", f"amount = amount + 1000 WHERE id = {line.pk}")  # what it began with has no entry
    assert [kind for kind, _subject, _difference in found()] == ["cash_in_drawers"]


def test_raises_the_alarm(drawer, capsys):
    tamper("accounts_cashdrawer", f"held_amount = held_amount {CENT} WHERE id = {drawer.pk}")
    with capture_logs() as logs:
        check_books()
    assert [(each["event"], each["kind"], each["subject"]) for each in logs if each["log_level"] == "error"] == [
        ("ledger.books_wrong", "drawer", drawer.reference),
        ("ledger.books_wrong", "drawer_in_books", drawer.reference),
    ]
    assert BookCheck.objects.get().difference_count == 2
    assert drawer.reference in str(AuditEvent.objects.get(verb="ledger.books_wrong").details)
    with pytest.raises(CommandError, match="in 2 places"):
        call_command("check_books")
    assert drawer.reference in capsys.readouterr().err


def test_compares_one_thing_under_a_name():
    with pytest.raises(ValueError, match="compares two things"):
        checks.register({"drawer": "SELECT 1"})
