"""Drawers against a model of them: whatever happens in whatever order, lines, drawers and books stay tied."""

from datetime import timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.identity.models import SigningCode
from accounts.identity.tests.builders import make_enterprise, make_user
from accounts.ledger import queries
from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.models import CashCount, CashDrawer, CashHandover
from accounts.settlement.tests.builders import count_pieces, fetch_cash, make_drawer, make_settlement_account
from portal.core.refusals import Refusal

amounts = st.integers(1, 30_000).map(lambda cents: Decimal(cents) / 100)
places = st.integers(0, 2)
QUIET = {"suppress_health_check": list(HealthCheck)}


class DrawerMachine(RuleBasedStateMachine):
    """A vault, a drawer, a bag and one customer; the model is what each of the three should hold."""

    branch = None

    def __init__(self):
        super().__init__()
        self.before = transaction.savepoint()
        holders = [make_user(name, role="operations", branch=self.branch) for name in ("He Ping", "Lin Bo")]
        enterprise = make_enterprise(make_user("Wang Fang"), branch=self.branch)
        self.account = make_settlement_account(enterprise, holding="1000.00")
        self.drawers = [
            make_drawer(self.branch, begin="300.00"),
            make_drawer(self.branch, holders[0], limit="250.00"),
            make_drawer(self.branch, holders[1], kind="carried", limit="200.00"),
        ]
        self.people = ["U-VAULT", *(holder.reference for holder in holders)]
        self.expected = [Decimal(300), Decimal(0), Decimal(0)]
        self.day, self.count = TODAY, 0

    def teardown(self):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            assert queries.discrepancies() == []
        finally:
            transaction.savepoint_rollback(self.before)

    def attempt(self, act, changes):
        """Do it; what is refused changes nothing, and what would leave less than nothing is refused."""
        self.count += 1
        short = any(self.expected[place] + change < 0 for place, change in changes.items())
        try:
            act({"on": self.day, "at": NOW + timedelta(seconds=self.count)})
        except Refusal:
            return
        assert not short
        for place, change in changes.items():
            self.expected[place] += change

    @rule(place=st.integers(1, 2), amount=amounts, way=st.sampled_from(["in", "out"]))
    def move_cash(self, place, amount, way):
        verb, change = (settlement.pay_in, amount) if way == "in" else (fetch_cash, -amount)
        told = {"text": "", "key": f"k{self.count}", "by": self.people[place]}
        SigningCode.objects.all().delete()  # an owner asks for few in an hour
        self.attempt(lambda when: verb(self.account, amount, **told, **when), {place: change})

    @rule(amount=amounts, number=st.integers(1, 4), ago=st.integers(0, 2))
    def enter_a_slip(self, amount, number, ago):
        told = {"slip_number": str(number), "slip_date": self.day - timedelta(days=ago), "text": "", "by": "U-VAULT"}
        known = self.drawers[2].cashmovement_set.filter(slip_number=str(number)).exists()
        change = {} if known else {2: amount}
        self.attempt(
            lambda when: settlement.enter_slip(self.drawers[2], self.account, "in", amount, **told, **when), change
        )

    @rule(giver=places, taker=places, amount=amounts)
    def hand_over(self, giver, taker, amount):
        told = {"key": f"h{self.count}", "by": self.people[giver]}
        self.attempt(
            lambda when: settlement.hand_over(self.drawers[giver], self.drawers[taker], amount, **told, **when), {}
        )

    @rule()
    def take_over(self):
        waiting = CashHandover.objects.filter(status="waiting").told().first()
        if waiting:
            giver, taker = (self.drawers.index(each) for each in (waiting.giver, waiting.taker))
            changes = {giver: -waiting.amount, taker: waiting.amount}
            self.attempt(lambda when: settlement.take_over(waiting, by=self.people[taker], **when), changes)

    @rule(place=places, closes=st.booleans(), off=st.sampled_from([0, 0, 0, -1, 2]))
    def count_pieces(self, place, closes, off):
        pieces = count_pieces(str(max(self.expected[place] + off, Decimal(0))))
        told = {
            "reason": "found so",
            "closes_date": self.day if closes else None,
            "key": f"c{self.count}",
            "by": self.people[place],
        }
        self.attempt(lambda when: settlement.count_drawer(self.drawers[place], pieces, **told, **when), {})

    @rule()
    def confirm_a_difference(self):
        waiting = CashCount.objects.filter(status="waiting").told().first()
        if waiting:
            changes = {self.drawers.index(waiting.drawer): waiting.difference_amount}
            self.attempt(lambda when: settlement.confirm_count(waiting, by="U-CHECKER", **when), changes)

    @rule(place=st.integers(1, 2), amount=st.none() | amounts, way=st.sampled_from(["in", "out"]))
    def correct_the_newest_cash(self, place, amount, way):
        wrong = self.drawers[place].cashmovement_set.filter(status="booked").order_by("-pk").first()
        if wrong is None:
            return
        slip = {"slip_number": wrong.slip_number, "slip_date": wrong.effective_date}
        right = amount and settlement.RightCash(self.account, way, amount, "", **(slip if wrong.slip_number else {}))
        line = getattr(wrong, "drawer_line", None)
        since = wrong.drawer.counts.filter(status__in=["agreed", "booked"], made_at__gt=line.made_at) if line else None
        came = (amount or Decimal(0)) * (1 if way == "in" else -1)
        follows = line is not None and not since.exists()
        told = {"reason": "mistyped", "key": f"x{self.count}", "by": "U-MAKER"}

        def correct(when):
            asked = settlement.ask_correction(wrong, right, **told, **when)
            settlement.confirm_correction(asked, by="U-CHECKER", **when)

        self.attempt(correct, {place: came - wrong.signed_amount} if follows else {})

    @rule(amount=amounts, way=st.sampled_from(["brought", "fetched"]))
    def bring_cash_to_the_other_bank(self, amount, way):
        told = {"key": f"d{self.count}", "by": "U-MAKER"}

        def deliver(when):
            made = settlement.prepare_delivery(self.drawers[0], way, amount, **told, **when)
            settlement.confirm_delivery(made, by="U-CHECKER", **when)

        self.attempt(deliver, {0: amount if way == "fetched" else -amount})

    @rule()
    def sleep(self):
        self.day += timedelta(days=1)

    @invariant()
    def drawers_hold_what_they_should(self):
        found = [CashDrawer.objects.get(pk=drawer.pk) for drawer in self.drawers]
        assert [each.held_amount for each in found] == self.expected
        assert [each.lines.aggregate(sum=Sum("amount", default=0))["sum"] for each in found] == self.expected

    @invariant()
    def drawers_hold_no_more_than_the_books(self):
        assert queries.balance(LedgerAccount.objects.named("cash")) - sum(self.expected) == 700


def test_the_drawers_agree_with_their_model(bank):
    DrawerMachine.branch = bank.branch
    run_state_machine_as_test(DrawerMachine, settings=settings(max_examples=8, stateful_step_count=25, **QUIET))
