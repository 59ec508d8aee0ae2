"""The home page of staff: what waits, how much of it, and where."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.identity.tests.builders import make_enterprise, make_user
from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.tests.builders import count_pieces, make_drawer, make_payee, make_payment, shown
from accounts.settlement.tests.builders import make_settlement_account as make_account
from accounts.settlement.tests.nostro import bring, line, read, statement, upload
from accounts.statements import writing
from lending.applications.models import Application
from lending.applications.tests.builders import make_approver, make_declined, make_referred
from lending.funding.tests.builders import propose as propose_program
from lending.loans.losses import operations as losses
from lending.loans.tests.test_loss_rules import STRICT
from lending.products.tests.builders import prepare_product
from portal.pages.queries import staff_home


@pytest.fixture
def waiting(bank, enterprise, operations):
    """One of each that waits for operations."""
    account = make_account(enterprise, holding="900.00")
    today, me = timezone.localdate(), operations.reference
    when = {"on": today, "at": NOW}
    vault = make_drawer(bank.branch, begin="500.00")
    drawer = make_drawer(bank.branch, operations, limit="90000")
    yesterday = when | {"on": today - timedelta(days=1)}
    wrong = settlement.pay_in(account, Decimal(100), text="", key="1", by=me, **yesterday)
    settlement.ask_correction(wrong, None, reason="twice", key="2", by=me, **when)
    settlement.count_drawer(drawer, count_pieces("99"), reason="lost", closes_date=None, key="3", by=me, **when)
    settlement.pay_in(account, Decimal(60000), text="", key="4", by=me, **when)
    settlement.hand_over(vault, drawer, Decimal(5), key="5", by="U-1", **when)
    settlement.prepare_delivery(vault, "brought", Decimal(5), key="6", by="U-1", **when)
    make_payment(account, make_payee(enterprise))
    court = settlement.Elsewhere("Court", "DE21500500009876543210", "SPUEDE2U")
    until = today + timedelta(days=9)
    hold = settlement.keep_back(
        account, Decimal(9), to=court, reason="order", until=until, key="6", at=timezone.now(), by="U-1"
    )
    seen = shown(hold)
    paid = settlement.pay_kept(account, hold, seen=seen, on=today, at=timezone.now(), by="U-2")
    settlement.ask_to_void(paid, reason="wrong", at=NOW, by="U-1")
    bring(line("7.00", "nobody knows"))
    read(upload(writing.as_camt053(statement(line("8.00")))))
    ledger.ask_to_close_month(TODAY.replace(month=1), on=today, at=NOW, by="U-1")


class TestOperationsHome:
    def test_tells_what_waits_and_leads_there(self, client_of, operations, waiting, django_assert_max_num_queries):
        client = client_of(operations)
        with django_assert_max_num_queries(32):
            response = client.get("/")
        told = {each.label: (each.number, each.url) for each in response.context["home"].waiting}
        assert told == {
            "Differences at counting": (1, reverse("settlement:drawers")),
            "Cash handed out and not taken over": (1, reverse("settlement:drawers")),
            "Cash to or from the other bank to confirm": (1, reverse("settlement:drawers")),
            "Drawers with a day not counted": (1, reverse("settlement:drawers")),
            "Cash at the counter to confirm": (1, reverse("settlement:cash_day")),
            "Corrections of cash to confirm": (1, reverse("settlement:cash_day")),
            "Files of the other bank to agree to": (1, reverse("settlement:nostro")),
            "Money in suspense": (1, reverse("settlement:suspense")),
            "Payments to send": (1, reverse("settlement:payment_desk")),
            "Payments to cancel": (1, reverse("settlement:payment_desk")),
            "Month to close": (1, reverse("ledger:months")),
        }
        text = response.content.decode()
        assert "Money in suspense: 1</a>" in text
        assert all(client.get(url).status_code == 200 for _number, url in told.values())

    def test_tells_nothing_of_another_branch(self, client_of, bank, waiting):
        elsewhere = make_user("Lin Bo", role="operations", branch=bank.other_branch)
        labels = {each.label for each in client_of(elsewhere).get("/").context["home"].waiting}
        assert labels == {
            "Files of the other bank to agree to",
            "Money in suspense",
            "Payments to send",
            "Month to close",
        }

    def test_tells_others_nothing(self, client_of, officer, auditor, waiting):
        for user in (officer, auditor):
            assert client_of(user).get("/").context["home"].waiting == []

    def test_says_nothing_where_nothing_waits(self, client_of, operations):
        assert "Waits for you" not in client_of(operations).get("/").content.decode()


class TestEditions:
    """What one person made and another approves."""

    def test_wait_for_whoever_may_approve_them_but_not_for_who_made_them(
        self, client_of, bank, analyst, administrator, officer, operations
    ):
        prepare_product()
        propose_program()
        losses.propose_rules(by=administrator.reference, at=NOW, **STRICT)
        told = {
            person: {each.label: each.url for each in client_of(person).get("/").context["home"].waiting}
            for person in (analyst, administrator, make_approver(bank.branch), officer, operations)
        }
        product = {"Products to approve": reverse("products:desk")}
        program = {"Programs of others to approve": reverse("funding:desk")}
        rules = {"Rules for losses to approve": reverse("loans:loss_rules")}
        assert list(told.values()) == [product | program | rules, product | program, product | program, {}, {}]
        assert client_of(analyst).get(rules["Rules for losses to approve"]).status_code == 200


class TestCases:
    """What officers find first."""

    def test_lists_what_waits_longest_first_and_the_newest_where_nothing_waits(
        self, client_of, officer, enterprise, owner, bank
    ):
        declined = make_declined(enterprise, by=owner)
        home = client_of(officer).get("/").context["home"]
        assert (home.cases, home.cases_wait) == ([declined], False)
        other = make_enterprise(owner, branch=bank.branch, identifier="91330106673959654P")
        referred = make_referred(other, by=owner, key="2")
        response = client_of(officer).get("/")
        assert response.context["home"].cases == [referred]
        assert "Cases that wait, the longest first" in response.content.decode()
        assert f'href="{reverse("applications:queue")}?status=referred"' in response.content.decode()

    def test_asks_once_which_offers_the_bank_ended(self, officer, enterprise, owner, django_assert_num_queries):
        for key in ("1", "2"):
            make_declined(enterprise, by=owner, key=key)
            Application.objects.filter(enterprise=enterprise).update(status="withdrawn")
        home = staff_home(officer, on=timezone.localdate())
        with django_assert_num_queries(0):
            assert [str(case.badge.label) for case in home.cases] == ["Withdrawn", "Withdrawn"]


class TestClosing:
    def test_tells_what_is_unfinished_up_to_the_last_day(self, waiting):
        today = timezone.localdate()
        assert queries.closing_preview(today).loose_ends == [
            ("Differences at counting that wait", 1),
            ("Drawers not counted", 1),
            ("Handovers of cash that wait", 1),
            ("Cash to or from the other bank that waits", 1),
            ("Cash at the counter that waits", 1),
            ("Corrections of cash that wait", 1),
            ("Files of the other bank that wait", 1),
            ("Money in suspense", 1),
        ]

    def test_tells_nothing_of_later_days(self, client_of, operations, waiting, django_assert_max_num_queries):
        client = client_of(operations)
        with django_assert_max_num_queries(30):
            text = client.get(reverse("ledger:months")).content.decode()
        assert "Nothing is left unfinished." in text  # what waits is of today, and the month is January
