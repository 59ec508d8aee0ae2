"""Counting drawers: what agrees, what differs, which day is closed; and that drawers and books stay tied."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.ledger.models import JournalEntry
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import denominations
from accounts.settlement import operations as settlement
from accounts.settlement.models import CashCount, CashDrawer
from accounts.settlement.queries import drawers as drawer_queries
from accounts.settlement.tests.builders import balance, count_pieces, fetch_cash, make_drawer, make_settlement_account
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="900.00")


@pytest.fixture
def drawer(bank, operations, account):
    """Hua Qian's drawer, which holds 123.45."""
    drawer = make_drawer(bank.branch, operations)
    take(account, "123.45", operations.reference)
    return CashDrawer.objects.get(pk=drawer.pk)


def take(account, amount, by, *, key="k", on=TODAY):
    return settlement.pay_in(account, Decimal(amount), text="eggs", key=key, on=on, at=NOW, by=by)


def count(drawer, amount, *, reason="", closes=TODAY, key="c", on=TODAY, by="U-TELLER"):
    pieces = count_pieces(amount)
    return settlement.count_drawer(drawer, pieces, reason=reason, closes_date=closes, key=key, on=on, at=NOW, by=by)


class TestTotal:
    def test_sums_notes_and_coins(self):
        assert denominations.total({"100": 1, "20": 1, "1": 3, "0.10": 4, "0.05": 1}, "CNY") == Decimal("123.45")

    @pytest.mark.parametrize("pieces", [{"100": -1}, {"3": 1}])
    def test_refuses_what_cannot_lie_there(self, pieces):
        with pytest.raises(ValueError, match="pieces of CNY"):
            denominations.total(pieces, "CNY")


class TestCountDrawer:
    def test_agrees_at_once(self, drawer):
        counted = count(drawer, "123.45")
        assert (counted.status, counted.difference_amount, counted.entry) == ("agreed", 0, None)
        assert counted.pieces == {"100": 1, "20": 1, "1": 3, "0.10": 4, "0.05": 1}
        event = AuditEvent.objects.get(verb="settlement.cash_count")
        assert (event.subject, event.by, event.at) == (counted.reference, "U-TELLER", NOW)

    def test_asks_to_count_again_before_it_takes_a_difference(self, drawer):
        with pytest.raises(settlement.CountDiffers):
            count(drawer, "120.00")
        waiting = count(drawer, "120.00", reason="two coins rolled away")
        assert (waiting.status, waiting.difference_amount) == ("waiting", Decimal("-3.45"))
        assert (balance("cash_difference"), CashDrawer.objects.get().held_amount) == (0, Decimal("123.45"))

    def test_sent_twice_counts_once(self, drawer):
        assert count(drawer, "123.45") == count(drawer, "123.45")
        with pytest.raises(KeyReused):
            count(drawer, "123.45", closes=None)

    def test_refuses_pieces_that_are_none(self, drawer):
        with pytest.raises(settlement.PiecesRefused):
            settlement.count_drawer(
                drawer, {"3": 1}, reason="", closes_date=TODAY, key="c", on=TODAY, at=NOW, by="U-TELLER"
            )

    def test_closes_the_day_for_everything_else(self, drawer, account, operations):
        count(drawer, "123.45")
        with pytest.raises(settlement.DrawerDayCounted):
            take(account, "1", operations.reference, key="k2")
        with pytest.raises(settlement.DrawerDayCounted):
            count(drawer, "123.45", key="c2")
        take(account, "1", operations.reference, key="k2", on=TOMORROW)

    def test_leaves_the_day_open_if_it_was_only_a_look(self, drawer, account, operations):
        count(drawer, "123.45", closes=None)
        take(account, "1", operations.reference, key="k2")
        assert count(drawer, "124.45", key="c2").status == "agreed"

    def test_refuses_while_something_waits(self, bank, drawer, account, operations):
        vault = make_drawer(bank.branch)
        handover = settlement.hand_over(drawer, vault, Decimal(1), key="h", on=TODAY, at=NOW, by=operations.reference)
        with pytest.raises(settlement.DrawerWaits):
            count(drawer, "122.45")
        settlement.take_over(handover, on=TODAY, at=NOW, by="U-2")
        count(drawer, "120.00", reason="lost", closes=None, key="c2")
        with pytest.raises(settlement.DrawerWaits):
            count(drawer, "122.45", key="c3")


class TestConfirmCount:
    def test_books_what_is_missing_as_an_expense(self, drawer):
        waiting = count(drawer, "120.00", reason="lost")
        settlement.confirm_count(waiting, on=TODAY, at=NOW, by="U-OTHER")
        assert (waiting.status, waiting.entry.event) == ("booked", "cash_difference")
        assert (balance("cash_difference"), balance("cash")) == (Decimal("3.45"), Decimal("1020.00"))
        assert CashDrawer.objects.get().held_amount == 120

    def test_books_what_is_too_much_against_it(self, drawer):
        waiting = count(drawer, "130.00", reason="a customer left it")
        settlement.confirm_count(waiting, on=TODAY, at=NOW, by="U-OTHER")
        assert (balance("cash_difference"), CashDrawer.objects.get().held_amount) == (Decimal("-6.55"), 130)

    def test_refuses_who_counted_and_who_holds_the_drawer(self, drawer, operations):
        waiting = count(drawer, "120.00", reason="lost")
        for person in ("U-TELLER", operations.reference):
            with pytest.raises(settlement.SamePerson):
                settlement.confirm_count(waiting, on=TODAY, at=NOW, by=person)

    def test_refuses_what_does_not_wait(self, drawer):
        agreed = count(drawer, "123.45")
        with pytest.raises(TransitionRefused):
            settlement.confirm_count(agreed, on=TODAY, at=NOW, by="U-OTHER")

    def test_refuses_when_less_is_left_than_is_missing(self, drawer, account, operations):
        waiting = count(drawer, "0", reason="stolen", closes=None)
        fetch_cash(account, Decimal(20), text="", key="o", on=TODAY, at=NOW, by=operations.reference)
        with pytest.raises(settlement.DrawerShort):
            settlement.confirm_count(waiting, on=TODAY, at=NOW, by="U-OTHER")


class TestDeclineCount:
    def test_opens_the_day_again(self, drawer, operations):
        waiting = count(drawer, "120.00", reason="lost")
        settlement.decline_count(waiting, reason="it lay under the tray", at=NOW, by="U-OTHER")
        assert (waiting.status, waiting.check_reason) == ("declined", "it lay under the tray")
        assert count(drawer, "123.45", key="c2").status == "agreed"

    def test_refuses_without_a_reason_and_the_same_person(self, drawer):
        waiting = count(drawer, "120.00", reason="lost")
        with pytest.raises(settlement.ReasonMissing):
            settlement.decline_count(waiting, reason=" ", at=NOW, by="U-OTHER")
        with pytest.raises(settlement.SamePerson):
            settlement.decline_count(waiting, reason="no", at=NOW, by="U-TELLER")


class TestUncounted:
    def listed(self, today):
        return list(drawer_queries.uncounted(CashDrawer.objects.in_use(), today=today))

    def test_tells_of_a_drawer_that_moved_cash_and_closed_no_day(self, drawer):
        assert (self.listed(TODAY), self.listed(TOMORROW)) == ([], [drawer])
        count(drawer, "123.45", closes=None)
        assert self.listed(TOMORROW) == [drawer]

    def test_asks_no_count_of_a_vault_that_only_began(self, bank, drawer, operations):
        vault = make_drawer(bank.branch, begin="500.00")
        assert vault not in self.listed(TOMORROW)
        handover = settlement.hand_over(vault, drawer, Decimal(5), key="5", on=TODAY, at=NOW, by="U-1")
        settlement.take_over(handover, on=TODAY, at=NOW, by=operations.reference)
        assert vault in self.listed(TOMORROW)

    def test_can_be_made_good_the_next_morning_while_cash_moves(self, drawer, account, operations):
        assert count(drawer, "123.45", closes=TODAY, on=TOMORROW).closes_date == TODAY
        assert self.listed(TOMORROW) == []
        take(account, "1", operations.reference, key="k2", on=TOMORROW)
        with pytest.raises(settlement.DrawerDayCounted):
            count(drawer, "124.45", closes=TODAY, on=TOMORROW, key="c2")

    def test_tells_nothing_once_the_day_is_closed(self, drawer):
        waiting = count(drawer, "120.00", reason="lost")
        assert self.listed(TOMORROW) == []
        settlement.decline_count(waiting, reason="again", at=NOW, by="U-OTHER")
        assert self.listed(TOMORROW) == [drawer]


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_two_who_confirm_at_once_book_once(self, drawer):
        waiting = count(drawer, "120.00", reason="lost")

        def confirm(person):
            found = CashCount.objects.get(pk=waiting.pk)
            return lambda: settlement.confirm_count(found, on=TODAY, at=NOW, by=person)

        came = together(confirm("U-1"), confirm("U-2"))
        assert sorted(type(each).__name__ for each in came) == ["NoneType", "TransitionRefused"]
        assert JournalEntry.objects.filter(event="cash_difference").count() == 1

    def test_a_count_and_a_payment_at_once_leave_one_of_them_out(self, drawer, account, operations):
        came = together(lambda: count(drawer, "123.45"), lambda: take(account, "1", operations.reference, key="k2"))
        assert sorted(type(each).__name__ for each in came) in (
            ["CashCount", "DrawerDayCounted"],
            ["CashMovement", "CountDiffers"],
        )
