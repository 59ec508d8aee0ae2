"""Cash brought to the other bank and fetched there: two people, cash in transit, and the statement that confirms it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.models import CashDelivery, CashDrawer, NostroLine, SettlementAccount, SuspenseItem
from accounts.settlement.queries import drawers as drawer_queries
from accounts.settlement.queries import nostro as nostro_queries
from accounts.settlement.tests.builders import (
    make_delivery,
    make_drawer,
    make_payee,
    make_payment,
    make_settlement_account,
)
from accounts.settlement.tests.nostro import bring, line
from portal.core.models import AuditEvent
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

WHEN = {"on": TODAY, "at": NOW}


@pytest.fixture
def vault(bank, enterprise):
    make_settlement_account(enterprise, holding="900.00")
    return make_drawer(bank.branch, begin="500.00")


def prepare(vault, amount="200", way="brought", *, key="d", by="U-1"):
    return settlement.prepare_delivery(vault, way, Decimal(amount), key=key, by=by, **WHEN)


def send(vault, amount="200", way="brought"):
    return make_delivery(vault, amount, way)


def say(item, *cash, beside=(), by="U-3", note="the slips"):
    named = settlement.NamedCash(cash, beside)
    settlement.propose_clearing(item, way="cash", note=note, cash=named, by=by, **WHEN)


def held(vault):
    return CashDrawer.objects.get(pk=vault.pk).held_amount


def booked():
    return [queries.balance(LedgerAccount.objects.named(each)) for each in ("cash", "cash_in_transit", "nostro")]


class TestPrepare:
    def test_moves_nothing_before_a_second_person_spoke(self, vault):
        assert (prepare(vault).status, held(vault), booked()) == ("waiting", 500, [900, 0, 0])
        event = AuditEvent.objects.get(verb="settlement.cash_delivery")
        assert (event.by, event.details["amount"], event.details["way"]) == ("U-1", "200", "brought")

    def test_sent_twice_happens_once(self, vault):
        assert prepare(vault) == prepare(vault)

    def test_refuses_more_than_is_there_beside_what_waits(self, vault):
        prepare(vault, "300")
        with pytest.raises(settlement.DrawerShort):
            prepare(vault, "200.01", key="d2")
        assert prepare(vault, "9000", way="fetched", key="d3").status == "waiting"

    @pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1000000000000"])
    def test_refuses_what_is_no_money(self, vault, amount):
        with pytest.raises(ledger.AmountRefused):
            prepare(vault, amount)

    def test_refuses_a_drawer_that_is_no_vault(self, bank, vault, operations):
        with pytest.raises(settlement.DeliveryThroughVault):
            prepare(make_drawer(bank.branch, operations), way="fetched")

    def test_keeps_the_vault_from_being_counted(self, vault):
        prepare(vault)
        assert drawer_queries.waits(vault)


class TestConfirm:
    def test_books_cash_on_its_way_to_the_other_bank(self, vault):
        delivery = send(vault)
        assert (delivery.status, held(vault), booked()) == ("on_the_way", 300, [700, 200, 0])
        assert AuditEvent.objects.get(verb="settlement.cash_delivery_confirm").by == "U-2"

    def test_books_cash_that_came_from_there(self, vault):
        send(vault, way="fetched")
        assert (held(vault), booked()) == (700, [1100, -200, 0])

    def test_refuses_the_person_who_prepared_it(self, vault):
        with pytest.raises(settlement.SamePerson):
            settlement.confirm_delivery(prepare(vault), by="U-1", **WHEN)
        assert held(vault) == 500

    def test_refuses_what_was_confirmed(self, vault):
        delivery = send(vault)
        with pytest.raises(TransitionRefused):
            settlement.confirm_delivery(delivery, by="U-3", **WHEN)


class TestDecline:
    def test_books_nothing_and_says_why(self, vault):
        delivery = prepare(vault)
        settlement.decline_delivery(delivery, reason="the car is late", at=NOW, by="U-1")
        assert (delivery.status, delivery.reason, held(vault)) == ("declined", "the car is late", 500)
        assert not drawer_queries.waits(vault)

    def test_refuses_without_a_reason(self, vault):
        with pytest.raises(settlement.ReasonMissing):
            settlement.decline_delivery(prepare(vault), reason=" ", at=NOW, by="U-2")


class TestReconciling:
    def test_confirms_what_its_reference_names(self, vault):
        delivery = send(vault)
        bring(line("200.00", f"cash paid in {delivery.reference}"))
        told = NostroLine.objects.get()
        assert (told.status, told.kind, told.rule, told.delivery) == ("matched", "cash", "reference", delivery)
        assert (CashDelivery.objects.get().status, booked()) == ("settled", [700, 0, 200])
        [position] = nostro_queries.positions()
        assert (position.difference, nostro_queries.behind(position).entries) == (0, [])

    def test_confirms_what_was_fetched(self, vault):
        delivery = send(vault, way="fetched")
        bring(line("-200.00", f"cash withdrawn {delivery.reference}"))
        assert (CashDelivery.objects.get().status, booked()) == ("settled", [1100, 0, -200])

    def test_takes_it_for_no_payment_of_the_same_amount(self, vault):
        account = SettlementAccount.objects.get()
        payment = make_payment(account, make_payee(account.enterprise), "200.00")
        settlement.send_payments(currency="CNY", by="U-OPS", **WHEN)
        delivery = send(vault, way="fetched")
        bring(line("-200.00", f"cash withdrawn {delivery.reference}"))
        payment.refresh_from_db()
        assert (CashDelivery.objects.get().status, payment.status) == ("settled", "sent")

    def test_knows_it_by_amount_and_date_where_nobody_is_named(self, vault):
        send(vault)
        bring(line("200.00", "CASH DEPOSIT", on=TODAY))
        assert NostroLine.objects.get().rule == "cash_and_date"

    @pytest.mark.parametrize(
        ("amount", "told"),
        [
            ("200.00", {"counterparty_name": "Mill Ltd"}),
            ("-200.00", {}),
            ("199.99", {}),
        ],
    )
    def test_does_not_guess(self, vault, amount, told):
        send(vault)
        bring(line(amount, "deposit", **told))
        assert (SuspenseItem.objects.get().doubt, CashDelivery.objects.get().status) == ("no_match", "on_the_way")

    def test_leaves_two_of_one_amount_to_a_person(self, vault):
        send(vault)
        send(vault)
        bring(line("200.00", "deposit"))
        assert SuspenseItem.objects.get().doubt == "several_fit"

    def test_leaves_another_amount_to_a_person(self, vault):
        delivery = send(vault)
        bring(line("190.00", f"cash {delivery.reference}"))
        assert SuspenseItem.objects.get().doubt == "amount_differs"

    def test_expects_no_cash_twice(self, vault):
        delivery = send(vault)
        bring(line("200.00", f"cash {delivery.reference}"), line("200.00", f"again {delivery.reference}"))
        assert [each.status for each in NostroLine.objects.order_by("pk")] == ["matched", "suspense"]
        assert SuspenseItem.objects.get().doubt == "not_expected"

    def test_forgets_what_was_long_ago(self, vault):
        send(vault)
        bring(line("200.00", "deposit", on=TODAY + timedelta(days=11)), on=TODAY + timedelta(days=11))
        assert SuspenseItem.objects.get().doubt == "no_match"

    def test_is_cleared_out_of_suspense_by_a_person(self, vault):
        first = send(vault)
        send(vault)
        bring(line("200.00", "deposit"))
        item = SuspenseItem.objects.get()
        settlement.propose_clearing(
            item, way="cash", note="the slip says so", cash=settlement.NamedCash([first]), by="U-1", **WHEN
        )
        first.refresh_from_db()
        assert (item.status, first.status, booked()) == ("cleared", "settled", [500, 200, 200])
        assert queries.discrepancies() == []

    def test_is_not_cleared_with_cash_that_went_the_other_way(self, vault):
        other = send(vault, "200", "fetched")
        bring(line("200.00", "deposit"))
        item = SuspenseItem.objects.get()
        with pytest.raises(settlement.ClearingDiffers):
            settlement.propose_clearing(
                item, way="cash", note="?", cash=settlement.NamedCash([other]), by="U-1", **WHEN
            )
        with pytest.raises(settlement.ClearingTarget):
            say(item)

    def test_leaves_to_a_person_what_a_payment_fits_as_well(self, vault):
        account = SettlementAccount.objects.get()
        payment = make_payment(account, make_payee(account.enterprise), "200.00")
        settlement.send_payments(currency="CNY", by="U-OPS", **WHEN)
        delivery = send(vault, way="fetched")
        bring(line("-200.00", "withdrawn"))
        item = SuspenseItem.objects.get()
        payment.refresh_from_db()
        assert (item.doubt, payment.status, CashDelivery.objects.get().status) == ("several_fit", "sent", "on_the_way")
        assert list(nostro_queries.cash_that_may_fit(item)) == [delivery]
        assert list(nostro_queries.payments_of_amount(item)) == [payment]

    def test_takes_a_line_that_names_a_payee_for_the_payment(self, vault):
        account = SettlementAccount.objects.get()
        mill = make_payee(account.enterprise)
        make_payment(account, mill, "200.00")
        settlement.send_payments(currency="CNY", by="U-OPS", **WHEN)
        send(vault, way="fetched")
        bring(line("-200.00", counterparty_name=mill.name))
        assert NostroLine.objects.get().kind == "paid"


class TestAnotherAmount:
    """Two people settle the rest of cash of which the other bank booked another amount."""

    @pytest.fixture
    def item(self, vault):
        def make(amount, delivery):
            bring(line(amount, f"cash {delivery.reference}"))
            return SuspenseItem.objects.get()

        return make

    @pytest.mark.parametrize(
        ("way", "told", "short", "after"),
        [
            ("brought", "190.00", 10, [700, 0, 190]),
            ("brought", "201.50", Decimal("-1.5"), [700, 0, Decimal("201.5")]),
            ("fetched", "-210.00", 10, [1100, 0, -210]),
            ("fetched", "-200.01", Decimal("0.01"), [1100, 0, Decimal("-200.01")]),
        ],
    )
    def test_goes_over_or_short(self, vault, item, way, told, short, after):
        delivery = send(vault, way=way)
        found = item(told, delivery)
        settlement.propose_clearing(
            found, way="cash", note="a note torn", cash=settlement.NamedCash([delivery]), by="U-3", **WHEN
        )
        assert (found.status, found.difference_amount) == ("proposed", -short)
        assert booked()[1] == -delivery.signed_amount
        settlement.confirm_clearing(found, seen=found.shown, by="U-2", **WHEN)
        delivery.refresh_from_db()
        difference = queries.balance(LedgerAccount.objects.named("cash_difference"))
        assert (found.status, delivery.status, difference) == ("cleared", "settled", short)
        assert (booked(), queries.balance(LedgerAccount.objects.named("suspense"))) == (after, 0)
        assert delivery.nostro_lines.get() == found.line
        assert queries.discrepancies() == []
        [position] = nostro_queries.positions()
        assert (position.difference, nostro_queries.behind(position).cash) == (0, [])

    def test_takes_another_than_who_proposed_it_or_prepared_the_cash(self, vault, item):
        delivery = send(vault)
        found = item("190.00", delivery)
        settlement.propose_clearing(
            found, way="cash", note="torn", cash=settlement.NamedCash([delivery]), by="U-3", **WHEN
        )
        for by in ("U-3", "U-1"):
            with pytest.raises(settlement.SamePerson):
                settlement.confirm_clearing(found, seen=found.shown, by=by, **WHEN)
        settlement.decline_clearing(found, reason="the bank counts again", at=NOW, by="U-2")
        delivery.refresh_from_db()
        assert (found.status, delivery.status) == ("waiting", "on_the_way")


class TestTogetherOnTheStatement:
    """Two people settle cash that the other bank credited in several lines, or several deposits in one."""

    def lines(self, *amounts):
        bring(*(line(amount, "deposit", reference=f"B{place}") for place, amount in enumerate(amounts)))
        return list(SuspenseItem.objects.order_by("pk"))

    def confirm(self, item, by="U-4"):
        settlement.confirm_clearing(item, seen=item.shown, by=by, **WHEN)

    def is_clean(self, *after):
        [position] = nostro_queries.positions()
        suspense = queries.balance(LedgerAccount.objects.named("suspense"))
        assert (booked(), suspense, position.difference) == (list(after), 0, 0)
        assert queries.discrepancies() == []

    @pytest.mark.parametrize(
        ("way", "sign", "after"), [("brought", "", [700, 0, 200]), ("fetched", "-", [1100, 0, -200])]
    )
    def test_takes_several_lines_for_one_deposit(self, vault, way, sign, after):
        delivery = send(vault, way=way)
        one, two = self.lines(f"{sign}120.00", f"{sign}80.00")
        say(one, delivery, beside=[two])
        two.refresh_from_db()
        assert (one.status, two.status, two.cleared_with, booked()[1]) == (
            "proposed", "proposed", one, -delivery.signed_amount,
        )  # fmt: skip
        self.confirm(one)
        for each in (delivery, two):
            each.refresh_from_db()
        assert (one.status, two.status, one.entry, delivery.status) == ("cleared", "cleared", two.entry, "settled")
        assert nostro_queries.confirmation_of(delivery) == ([one.line, two.line], [])
        self.is_clean(*after)

    def test_takes_one_line_for_several_deposits(self, vault):
        first, second = send(vault), send(vault, "50")
        [item] = self.lines("250.00")
        say(item, second, first)
        assert item.status == "proposed"
        self.confirm(item)
        for each in (first, second):
            each.refresh_from_db()
        assert (first.status, second.status, first.settled_entry) == ("settled", "settled", second.settled_entry)
        assert nostro_queries.confirmation_of(first) == ([item.line], [second])
        self.is_clean(650, 0, 250)

    def test_refuses_sums_that_differ(self, vault):
        delivery, other = send(vault), send(vault, "50")
        one, two = self.lines("120.00", "79.99")
        for cash, beside in (([delivery], [two]), ([delivery, other], [])):
            with pytest.raises(settlement.ClearingSums):
                say(one, *cash, beside=beside)
        assert {each.status for each in SuspenseItem.objects.all()} == {"waiting"}

    def test_refuses_the_same_twice_and_what_goes_the_other_way(self, vault):
        delivery, fetched = send(vault), send(vault, way="fetched")
        one, two, out = self.lines("120.00", "80.00", "-7.00")
        for cash, beside in (
            ([delivery, delivery], [two]),
            ([delivery], [two, one]),
            ([delivery, fetched], [two]),
            ([delivery], [two, out]),
        ):
            with pytest.raises(settlement.ClearingDiffers):
                say(one, *cash, beside=beside)

    def test_names_cash_and_lines_in_one_proposal_only(self, vault):
        first, second, third = send(vault, "100"), send(vault, "50"), send(vault)
        one, two = self.lines("150.00", "150.00")
        say(one, first, second)
        with pytest.raises(settlement.ClearingDiffers):
            say(two, second, first)
        with pytest.raises(TransitionRefused):
            say(two, first, third, beside=[one])

    def test_takes_another_than_who_proposed_it(self, vault):
        delivery = send(vault)
        one, two = self.lines("120.00", "80.00")
        say(one, delivery, beside=[two])
        with pytest.raises(settlement.SamePerson):
            self.confirm(one, by="U-3")

    def test_lets_all_of_it_wait_again_where_the_colleague_declines(self, vault):
        first, second = send(vault), send(vault, "50")
        one, two = self.lines("150.00", "100.00")
        say(one, first, second, beside=[two])
        two.refresh_from_db()
        for act in (self.confirm, lambda part: settlement.decline_clearing(part, reason="no", at=NOW, by="U-4")):
            with pytest.raises(TransitionRefused):
                act(two)
        settlement.decline_clearing(one, reason="not these", at=NOW, by="U-4")
        for each in (two, second):
            each.refresh_from_db()
        assert (one.status, two.status, two.way, two.note, two.cleared_with, second.cleared_with) == (
            "waiting", "waiting", "", "not these", None, None,
        )  # fmt: skip
        say(two, second, first, beside=[one])
        self.confirm(two)
        self.is_clean(650, 0, 250)


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_two_who_confirm_at_once_book_once(self, vault):
        prepared = prepare(vault)

        def confirm(by):
            found = CashDelivery.objects.get(pk=prepared.pk)
            return lambda: settlement.confirm_delivery(found, by=by, **WHEN)

        came = together(confirm("U-2"), confirm("U-3"))
        assert sorted(type(each).__name__ for each in came) == ["NoneType", "TransitionRefused"]
        assert (held(vault), booked()) == (300, [700, 200, 0])
