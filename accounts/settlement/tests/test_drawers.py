"""Drawers: opened within limits, moved through by cash, handed between, given up empty."""

from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.models import CashDrawer, CashMovement, DrawerLine
from accounts.settlement.queries import drawers as drawer_queries
from accounts.settlement.tests.builders import balance, count_pieces, fetch_cash, make_drawer, make_settlement_account
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="900.00")


def take(account, amount, person, *, key="k", on=TODAY):
    verb = settlement.pay_in if Decimal(amount) > 0 else fetch_cash
    return verb(account, abs(Decimal(amount)), text="eggs", key=key, on=on, at=NOW, by=person.reference)


def hand(giver, taker, amount, by, *, key="h", **told):
    return settlement.hand_over(giver, taker, Decimal(amount), key=key, on=TODAY, at=NOW, by=by, **told)


def held(*drawers):
    return tuple(CashDrawer.objects.get(pk=each.pk).held_amount for each in drawers)


class TestOpenDrawer:
    def test_opens_it_for_a_person(self, bank, operations):
        drawer = make_drawer(bank.branch, operations)
        assert (drawer.holder, drawer.limit_amount, drawer.held_amount, drawer.status) == (operations, 10000, 0, "open")
        event = AuditEvent.objects.get(verb="settlement.drawer_open")
        assert (event.subject, event.by, event.at) == (drawer.reference, "U-OPENER", NOW)

    def test_opens_one_for_a_key(self, bank):
        asked = {"kind": "vault", "key": "k", "on": TODAY, "at": NOW, "by": "U-1"}
        first = settlement.open_drawer(bank.branch, **asked)
        assert settlement.open_drawer(bank.branch, **asked) == first
        with pytest.raises(KeyReused):
            settlement.open_drawer(bank.other_branch, **asked)

    def test_refuses_to_open_ones_own(self, bank, operations):
        with pytest.raises(settlement.OwnDrawer):
            make_drawer(bank.branch, operations, by=operations.reference)

    def test_refuses_a_second_one(self, bank, operations, drawer):
        with pytest.raises(settlement.DrawerExists):
            make_drawer(bank.branch, operations, kind="carried")
        make_drawer(bank.branch)
        with pytest.raises(settlement.DrawerExists):
            make_drawer(bank.branch)
        make_drawer(bank.other_branch)

    def test_refuses_people_who_handle_no_cash_there(self, bank, officer, underwriter, operations):
        for branch, person in ((bank.branch, officer), (bank.branch, underwriter), (bank.other_branch, operations)):
            with pytest.raises(settlement.HolderUnfit):
                make_drawer(branch, person)
        assert make_drawer(bank.branch, officer, kind="carried").holder == officer

    @pytest.mark.parametrize("limit", ["-1", "0.001"])
    def test_refuses_a_limit_that_is_no_money(self, bank, operations, limit):
        with pytest.raises(ledger.AmountRefused):
            make_drawer(bank.branch, operations, limit=limit)

    def test_lets_only_a_vault_begin_with_cash(self, bank, operations, account):
        with pytest.raises(ledger.AmountRefused):
            make_drawer(bank.branch, operations, begin="1")
        vault = make_drawer(bank.branch, begin="500.00")
        assert (vault.held_amount, drawer_queries.in_no_drawer("CNY")) == (500, 400)

    def test_refuses_a_beginning_beyond_what_lies_in_no_drawer(self, bank, vault):
        with pytest.raises(settlement.DrawerBeginsTooFull) as refused:
            make_drawer(bank.other_branch, begin="400.01")
        assert refused.value.params["free"] == 400


class TestChangeLimit:
    def test_changes_it(self, drawer):
        settlement.change_limit(drawer, Decimal(50), at=NOW, by="U-1")
        drawer.refresh_from_db()
        assert drawer.limit_amount == 50
        assert AuditEvent.objects.get(verb="settlement.drawer_limit").by == "U-1"

    def test_refuses_the_holder_and_the_vault(self, drawer, vault, operations):
        with pytest.raises(settlement.OwnDrawer):
            settlement.change_limit(drawer, Decimal(50), at=NOW, by=operations.reference)
        with pytest.raises(ledger.AmountRefused):
            settlement.change_limit(vault, Decimal(50), at=NOW, by="U-1")


class TestCloseDrawer:
    def test_gives_it_up_so_that_another_can_be_opened(self, bank, drawer, operations):
        settlement.close_drawer(drawer, at=NOW, by="U-1")
        assert drawer.status == "closed"
        assert make_drawer(bank.branch, operations) != drawer

    def test_refuses_what_holds_cash(self, account, drawer, operations):
        take(account, "20", operations)
        with pytest.raises(settlement.DrawerNotEmpty):
            settlement.close_drawer(drawer, at=NOW, by="U-1")

    def test_refuses_what_waits(self, enterprise, bank, operations):
        drawer = make_drawer(bank.branch, operations, limit="90000")
        take(make_settlement_account(enterprise), "60000", operations)
        with pytest.raises(settlement.DrawerWaits):
            settlement.close_drawer(drawer, at=NOW, by="U-1")

    def test_refuses_what_was_given_up(self, drawer):
        settlement.close_drawer(drawer, at=NOW, by="U-1")
        with pytest.raises(settlement.DrawerClosed):
            settlement.close_drawer(drawer, at=NOW, by="U-1")


class TestCashThroughADrawer:
    def test_moves_what_it_holds(self, account, drawer, operations):
        moved = take(account, "20", operations)
        take(account, "-5", operations, key="k2")
        assert held(drawer) == (15,)
        assert moved.drawer == drawer
        assert [line.held_after_amount for line in drawer.lines.order_by("pk")] == [20, 15]

    def test_sent_twice_moves_it_once(self, account, drawer, operations):
        take(account, "20", operations)
        take(account, "20", operations)
        assert held(drawer) == (20,)

    def test_refuses_to_pay_out_more_than_it_holds(self, account, drawer, operations):
        with pytest.raises(settlement.DrawerShort):
            take(account, "-5", operations)
        assert (CashMovement.objects.count(), queries.balance(account.ledger_account)) == (0, 900)

    def test_refuses_to_take_in_more_than_it_may_hold(self, account, drawer, operations):
        with pytest.raises(settlement.DrawerFull):
            take(account, "10000.01", operations)
        assert held(drawer) == (0,)

    def test_refuses_cash_without_a_drawer_where_there_is_a_vault(self, account, vault, colleague):
        with pytest.raises(settlement.DrawerMissing):
            take(account, "5", colleague)

    def test_moves_cash_above_the_limit_when_it_is_confirmed(self, account, bank, operations, colleague):
        drawer = make_drawer(bank.branch, operations, limit="90000")
        moved = take(account, "60000", operations)
        assert held(drawer) == (0,)
        settlement.confirm_cash(moved, on=TODAY, at=NOW, by=colleague.reference)
        assert held(drawer) == (60000,)

    def test_judges_the_drawer_again_at_the_confirmation(self, account, bank, operations, colleague):
        drawer = make_drawer(bank.branch, operations, limit="90000")
        moved = take(account, "60000", operations)
        take(account, "40000", operations, key="k2")
        with pytest.raises(settlement.DrawerFull):
            settlement.confirm_cash(moved, on=TODAY, at=NOW, by=colleague.reference)
        moved.refresh_from_db()
        assert (moved.status, held(drawer)) == ("waiting", (40000,))


class TestHandOver:
    def test_moves_nothing_before_the_other_side_spoke(self, vault, drawer):
        handover = hand(vault, drawer, "200", "U-1")
        assert (handover.status, held(vault, drawer)) == ("waiting", (500, 0))

    def test_sent_twice_hands_over_once(self, vault, drawer):
        assert hand(vault, drawer, "200", "U-1") == hand(vault, drawer, "200", "U-1")

    def test_refuses_more_than_is_there_beside_what_waits(self, vault, drawer):
        hand(vault, drawer, "300", "U-1")
        with pytest.raises(settlement.DrawerShort):
            hand(vault, drawer, "200.01", "U-1", key="h2")

    def test_refuses_more_than_the_taker_may_hold(self, bank, vault, operations):
        small = make_drawer(bank.branch, operations, limit="100")
        with pytest.raises(settlement.DrawerFull):
            hand(vault, small, "100.01", "U-1")

    def test_refuses_whoever_does_not_speak_for_the_giver(self, vault, drawer, operations):
        with pytest.raises(settlement.NotTheirSide):
            hand(vault, drawer, "1", operations.reference)

    def test_refuses_drawers_of_two_branches_but_not_vaults(self, bank, vault, drawer, operations):
        other = make_drawer(bank.other_branch)
        for giver, taker in ((drawer, other), (drawer, drawer)):
            with pytest.raises(settlement.HandoverRefused):
                hand(giver, taker, "1", operations.reference)
        assert hand(vault, other, "1", "U-1").status == "waiting"

    @pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
    def test_refuses_what_is_no_money(self, vault, drawer, amount):
        with pytest.raises(ledger.AmountRefused):
            hand(vault, drawer, amount, "U-1")


class TestHandOverForAColleague:
    """Hua Qian is ill, and 50 lie in the drawer."""

    @pytest.fixture
    def drawer(self, drawer, account, vault, operations):
        take(account, "50", operations)
        return drawer

    def count(self, drawer, amount, by="U-1", *, key="c", reason=""):
        told = {"reason": reason, "closes_date": None, "key": key, "on": TODAY, "at": NOW, "by": by}
        return settlement.count_drawer(drawer, count_pieces(amount), **told)

    def test_empties_it_so_that_it_can_be_given_up(self, vault, drawer):
        self.count(drawer, "50")
        handover = hand(drawer, vault, "50", "U-1", reason="ill")
        with pytest.raises(settlement.SamePerson):
            settlement.take_over(handover, on=TODAY, at=NOW, by="U-1")
        settlement.take_over(handover, on=TODAY, at=NOW, by="U-2")
        assert held(vault, drawer) == (550, 0)
        settlement.close_drawer(drawer, at=NOW, by="U-1")
        told = AuditEvent.objects.get(verb="settlement.cash_hand_over")
        assert (told.by, told.details["from"], told.details["reason"]) == ("U-1", drawer.reference, "ill")

    def test_hands_over_what_was_found_once_another_stood_by_the_difference(self, bank, vault, drawer, colleague):
        other = make_drawer(bank.branch, colleague)
        count = self.count(drawer, "48", reason="found so")
        with pytest.raises(settlement.HandoverUncounted):
            hand(drawer, other, "50", "U-1", reason="ill")
        settlement.confirm_count(count, on=TODAY, at=NOW, by="U-2")
        handover = hand(drawer, other, "48", "U-1", reason="ill")
        settlement.take_over(handover, on=TODAY, at=NOW, by=colleague.reference)
        assert (held(drawer, other), balance("cash_difference")) == ((0, 48), 2)

    def test_refuses_what_only_its_holder_counted_or_what_moved_since(self, vault, account, drawer, operations):
        with pytest.raises(settlement.HandoverUncounted):
            hand(drawer, vault, "50", "U-1", reason="ill")
        self.count(drawer, "50", operations.reference)
        with pytest.raises(settlement.HandoverUncounted):
            hand(drawer, vault, "50", "U-1", reason="ill")
        self.count(drawer, "50", key="c2")
        take(account, "5", operations, key="k2")
        with pytest.raises(settlement.HandoverUncounted):
            hand(drawer, vault, "55", "U-1", reason="ill")

    def test_refuses_a_part_no_reason_and_ones_own_drawer(self, bank, vault, drawer, colleague):
        self.count(drawer, "50", colleague.reference)
        with pytest.raises(settlement.HandoverUncounted):
            hand(drawer, vault, "49", colleague.reference, reason="ill")
        with pytest.raises(settlement.ReasonMissing):
            hand(drawer, vault, "50", colleague.reference)
        with pytest.raises(settlement.NotTheirSide):
            hand(drawer, make_drawer(bank.branch, colleague), "50", colleague.reference, reason="ill")

    def test_is_not_taken_over_by_its_holder(self, vault, drawer, operations):
        self.count(drawer, "50")
        handover = hand(drawer, vault, "50", "U-1", reason="ill")
        with pytest.raises(settlement.NotTheirSide):
            settlement.take_over(handover, on=TODAY, at=NOW, by=operations.reference)


class TestTakeOver:
    def test_moves_both_drawers_and_says_who(self, vault, drawer, operations):
        handover = hand(vault, drawer, "200", "U-1")
        settlement.take_over(handover, on=TODAY, at=NOW, by=operations.reference)
        assert (handover.status, held(vault, drawer)) == ("taken", (300, 200))
        assert AuditEvent.objects.get(verb="settlement.cash_take_over").by == operations.reference

    def test_refuses_whoever_handed_it_out_or_is_nobody_there(self, vault, drawer):
        handover = hand(vault, drawer, "200", "U-1")
        for person, refusal in (("U-1", settlement.SamePerson), ("U-2", settlement.NotTheirSide)):
            with pytest.raises(refusal):
                settlement.take_over(handover, on=TODAY, at=NOW, by=person)
        assert held(vault, drawer) == (500, 0)

    def test_refuses_what_was_taken(self, vault, drawer, operations):
        handover = hand(vault, drawer, "200", "U-1")
        settlement.take_over(handover, on=TODAY, at=NOW, by=operations.reference)
        with pytest.raises(TransitionRefused):
            settlement.take_over(handover, on=TODAY, at=NOW, by=operations.reference)

    def test_gives_back_to_the_vault_by_a_colleague(self, account, vault, drawer, operations):
        take(account, "50", operations)
        handover = hand(drawer, vault, "50", operations.reference)
        settlement.take_over(handover, on=TODAY, at=NOW, by="U-1")
        assert held(vault, drawer) == (550, 0)


class TestDeclineHandover:
    def test_leaves_the_cash_where_it_was(self, vault, drawer, operations):
        handover = hand(vault, drawer, "200", "U-1")
        settlement.decline_handover(handover, reason="a note is missing", at=NOW, by=operations.reference)
        assert (handover.status, handover.reason, held(vault, drawer)) == ("declined", "a note is missing", (500, 0))

    def test_lets_the_giver_take_it_back(self, vault, drawer):
        handover = hand(vault, drawer, "200", "U-1")
        settlement.decline_handover(handover, reason="wrong drawer", at=NOW, by="U-1")
        assert handover.status == "declined"

    def test_refuses_others_and_a_missing_reason(self, vault, drawer, operations):
        handover = hand(vault, drawer, "200", "U-1")
        with pytest.raises(settlement.NotTheirSide):
            settlement.decline_handover(handover, reason="no", at=NOW, by="U-2")
        with pytest.raises(settlement.ReasonMissing):
            settlement.decline_handover(handover, reason=" ", at=NOW, by=operations.reference)


class TestDatabase:
    def test_keeps_lines_as_they_are(self, account, drawer, operations):
        take(account, "20", operations)
        with pytest.raises(DatabaseError), transaction.atomic():
            DrawerLine.objects.update(amount=1)
        with pytest.raises(DatabaseError), transaction.atomic():
            DrawerLine.objects.all().delete()

    def test_refuses_a_line_that_does_not_follow(self, account, drawer, operations):
        take(account, "20", operations)
        with pytest.raises(IntegrityError, match="does not follow"), transaction.atomic():
            DrawerLine.objects.create(
                drawer=drawer, amount=5, held_after_amount=24, on=TODAY, made_at=NOW, made_by="U-1",
                movement=CashMovement.objects.create(
                    settlement_account=account, branch=drawer.branch, drawer=drawer, way="in", amount=5,
                    status="waiting", effective_date=TODAY, made_at=NOW, made_by="U-1",
                ),
            )  # fmt: skip

    def test_refuses_a_drawer_that_holds_other_than_its_lines(self, drawer):
        with pytest.raises(IntegrityError, match="does not hold"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; UPDATE accounts_cashdrawer SET held_amount = 5")

    def test_completes_books_that_were_open_before(self, bank):
        migration = import_module("accounts.migrations.0012_drawers")
        LedgerAccount.objects.create(
            code="1001-EUR", purpose="cash", kind="asset", normal_side="debit", currency="EUR", opened_at=NOW
        )
        migration.complete_the_books(apps, None)
        migration.complete_the_books(apps, None)
        found = LedgerAccount.objects.filter(currency="EUR").order_by("code")
        assert [each.purpose for each in found] == ["cash", "bank_charges", "cash_difference"]


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_two_who_pay_out_the_last_cash_at_once_do_not_both(self, account, drawer, operations):
        take(account, "50", operations)

        def pay_out(key):
            return lambda: take(account, "-40", operations, key=key).status

        came = together(pay_out("out1"), pay_out("out2"))
        assert sorted(str(each) if isinstance(each, str) else each.code for each in came) == ["booked", "drawer_short"]
        assert held(drawer) == (10,)

    def test_two_vaults_of_a_branch_opened_at_once_are_one(self, bank):
        came = together(lambda: make_drawer(bank.branch), lambda: make_drawer(bank.branch))
        assert sorted(type(each).__name__ for each in came) == ["CashDrawer", "DrawerExists"]

    def test_two_who_hand_to_each_other_at_once_both_do(self, account, bank, drawer, operations, colleague):
        other = make_drawer(bank.branch, colleague)
        take(account, "50", operations)
        take(account, "50", colleague, key="k2")

        def swap(giver, taker, first, second):
            handover = hand(giver, taker, "30", first.reference)
            return lambda: settlement.take_over(handover, on=TODAY, at=NOW, by=second.reference)

        there, back = swap(drawer, other, operations, colleague), swap(other, drawer, colleague, operations)
        assert together(there, back) == [None, None]
        assert held(drawer, other) == (50, 50)
