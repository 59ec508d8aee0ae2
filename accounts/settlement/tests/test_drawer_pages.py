"""The pages of drawers, handovers, counts and slips."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.identity.models import StaffPost
from accounts.identity.tests.builders import make_user
from accounts.ledger.tests.builders import NOW
from accounts.settlement import operations as settlement
from accounts.settlement.models import CashCount, CashDrawer, CashHandover, CashMovement
from accounts.settlement.tests.builders import count_pieces, make_drawer, make_settlement_account
from accounts.settlement.tests.pages import url


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="900.00")


@pytest.fixture
def drawer(bank, operations, account):
    """Hua Qian's drawer, which holds 123.45 since today."""
    drawer = make_drawer(bank.branch, operations)
    settlement.pay_in(
        account, Decimal("123.45"), text="eggs", key="d", on=timezone.localdate(), at=NOW, by=operations.reference
    )
    return drawer


def filled(amount, **changed):
    pieces = {f"piece_{face}": number for face, number in count_pieces(amount).items() if number}
    return {"idempotency_key": "c", "closes": "today", "reason": ""} | pieces | changed


class TestDrawers:
    def test_shows_what_each_holds_and_what_waits(
        self, client_of, operations, drawer, vault, bag, django_assert_max_num_queries
    ):
        settlement.hand_over(vault, drawer, Decimal(7), key="h", on=timezone.localdate(), at=NOW, by="U-1")
        client = client_of(operations)
        with django_assert_max_num_queries(14):
            shown = client.get(url("drawers")).content.decode()
        for words in ("¥123.45", "¥500.00", "¥7.00", "Olga Sun", "Handed out and not taken over yet"):
            assert words in shown

    def test_tells_of_what_was_not_counted(self, client_of, operations, account, drawer):
        client = client_of(operations)
        assert "an earlier day is not counted" not in client.get(url("drawers")).content.decode()
        yesterday = timezone.localdate() - timedelta(days=1)
        told = {"text": "", "key": "y", "at": NOW, "by": operations.reference}
        settlement.pay_in(account, Decimal(5), on=yesterday, **told)
        assert "an earlier day is not counted" in client.get(url("drawers")).content.decode()
        assert "no count has closed that day" in client.get(url("drawer", drawer)).content.decode()

    def test_tells_head_office_what_lies_in_no_drawer(self, client_of, auditor, operations, vault):
        assert "by the books of the whole bank: ¥400.00" in client_of(auditor).get(url("drawers")).content.decode()
        assert "by the books of the whole bank" not in client_of(operations).get(url("drawers")).content.decode()

    def test_forbids_others_the_branchs_page(self, client_of, officer, owner, course_editor):
        for user in (officer, owner, course_editor):
            assert client_of(user).get(url("drawers")).status_code == 403

    def test_hides_a_drawer_from_whoever_may_not_see_it(self, client_of, bank, operations, officer, drawer):
        other = make_drawer(bank.other_branch)
        for user, hidden in ((operations, other), (officer, drawer)):
            for name in ("drawer", "count_drawer", "hand_over", "slips"):
                assert client_of(user).get(url(name, hidden)).status_code == 404

    def test_leads_to_ones_own(self, client_of, operations, officer, colleague, owner, drawer, bag):
        for user, held in ((operations, drawer), (officer, bag)):
            assert client_of(user).get(url("own_drawer"))["Location"] == url("drawer", held)
        assert "You hold no drawer." in client_of(colleague).get(url("own_drawer")).content.decode()
        assert client_of(owner).get(url("own_drawer")).status_code == 403

    def test_lets_an_auditor_read_only(self, client_of, auditor, drawer):
        client = client_of(auditor)
        assert client.get(url("drawer", drawer)).status_code == 200
        for name in ("count_drawer", "hand_over", "slips", "drawer_limit"):
            assert client.get(url(name, drawer)).status_code == 403
        assert client.post(url("drawer_close", drawer)).status_code == 403

    @pytest.mark.parametrize("what", ["count_drawer", "slips"])
    def test_lets_an_officer_who_audits_work_in_no_colleagues(self, client_of, bank, colleague, bag, what):
        both = make_user("Mei Fang", role="officer", branch=bank.branch)
        StaffPost.objects.create(user=both, branch=bank.branch, role="auditor")
        client = client_of(both)
        assert client.get(url("drawer", bag)).status_code == 200
        assert client.get(url(what, bag)).status_code == 403
        assert client.post(url(what, bag), filled("0.00")).status_code == 403
        assert client_of(colleague).get(url(what, bag)).status_code == 200

    def test_acts_only_on_posts(self, client_of, operations, drawer):
        assert client_of(operations).get(url("drawer_close", drawer)).status_code == 405
        assert client_of(operations).post(url("drawer", drawer)).status_code == 405


class TestNew:
    def post(self, client, branch, person, **changed):
        told = {"idempotency_key": "n", "kind": "counter", "branch": branch.code, "limit": "5,000", "begin": ""}
        return client.post(url("drawer_new"), told | {"holder": person.reference if person else ""} | changed)

    def test_opens_one_for_a_colleague_once(self, client_of, bank, operations, colleague):
        client = client_of(operations)
        first = self.post(client, bank.branch, colleague)
        assert self.post(client, bank.branch, colleague)["Location"] == first["Location"]
        opened = CashDrawer.objects.get()
        assert (opened.holder, opened.limit_amount, opened.opened_by) == (colleague, 5000, operations.reference)

    def test_opens_a_vault(self, client_of, bank, operations, account):
        self.post(client_of(operations), bank.branch, None, kind="vault", limit="", begin="300")
        assert (CashDrawer.objects.get().kind, CashDrawer.objects.get().held_amount) == ("vault", 300)

    def test_says_what_is_missing_or_refused(self, client_of, bank, operations, officer, colleague, drawer):
        client = client_of(colleague)
        for told, words in (
            ({"holder": ""}, "Say who holds it."),
            ({"limit": ""}, "Say how much may lie in it."),
            ({"holder": officer.reference}, "has no post there that handles cash"),
            ({"holder": operations.reference}, "There is one in use already."),
            ({"kind": "vault", "begin": "5000"}, "Only ¥900.00 of the cash in the books"),
        ):
            response = self.post(client, bank.branch, None, **{"holder": operations.reference, **told})
            assert response.status_code == 422
            assert words in response.content.decode()

    def test_says_at_the_branch_that_it_has_its_vault(self, client_of, bank, colleague, vault):
        response = self.post(client_of(colleague), bank.branch, None, kind="vault", limit="", begin="")
        assert response.context["form"].errors.keys() == {"branch"}

    def test_is_for_operations_and_their_branches(self, client_of, bank, officer, operations, colleague):
        assert client_of(officer).get(url("drawer_new")).status_code == 403
        assert self.post(client_of(operations), bank.other_branch, colleague).status_code == 422


class TestLimitAndClose:
    def test_changes_the_limit_by_a_colleague(self, client_of, operations, colleague, drawer):
        client = client_of(colleague)
        assert 'value="10000.00"' in client.get(url("drawer_limit", drawer)).content.decode()
        client.post(url("drawer_limit", drawer), {"limit": "50"})
        assert client_of(operations).post(url("drawer_limit", drawer), {"limit": "90000"}).status_code == 422
        drawer.refresh_from_db()
        assert drawer.limit_amount == 50

    def test_gives_up_what_is_empty(self, client_of, colleague, drawer, bag):
        client = client_of(colleague)
        shown = client.post(url("drawer_close", drawer), follow=True).content.decode()
        assert "The drawer still holds ¥123.45." in shown
        client.post(url("drawer_close", bag))
        assert list(CashDrawer.objects.in_use()) == [drawer]


class TestHandOver:
    def test_goes_from_hand_to_hand_once(self, client_of, operations, colleague, drawer, vault):
        told = {"idempotency_key": "h", "taker": vault.reference, "amount": "23.45"}
        giver = client_of(operations)
        for _ in range(2):
            address = giver.post(url("hand_over", drawer), told)["Location"]
        handover = CashHandover.objects.get()
        assert address == url("handover", handover)
        assert url("take_over", handover) not in giver.get(address).content.decode()
        taker = client_of(colleague)
        assert url("take_over", handover) in taker.get(address).content.decode()
        for _ in range(2):
            taker.post(url("take_over", handover))
        assert [each.held_amount for each in CashDrawer.objects.order_by("kind")] == [100, Decimal("523.45")]

    def test_says_what_is_wrong(self, client_of, operations, drawer, vault):
        told = {"idempotency_key": "h", "taker": vault.reference, "amount": "123.46"}
        response = client_of(operations).post(url("hand_over", drawer), told)
        assert (response.status_code, "The drawer holds ¥123.45 only." in response.content.decode()) == (422, True)

    def test_takes_a_colleagues_who_is_not_there_once_it_was_counted(self, client_of, bank, colleague, drawer, vault):
        client, page = client_of(colleague), url("hand_over", drawer)
        assert page in client.get(url("drawer", drawer)).content.decode()
        assert "has counted it since" in client.get(page).content.decode()
        told = {"idempotency_key": "h", "taker": vault.reference, "amount": "123.45", "reason": "ill"}
        response = client.post(page, told)
        assert (response.status_code, "Count it first." in response.content.decode()) == (422, True)
        client.post(url("count_drawer", drawer), filled("123.45", closes=""))
        shown = client.get(page).content.decode()
        assert ("has counted it since" in shown, 'value="123.45"' in shown) == (False, True)
        assert client.post(page, told | {"reason": ""}).context["form"].errors.keys() == {"reason"}
        client.post(page, told)
        assert CashHandover.objects.get().reason == "ill"

    def test_is_closed_to_an_officer_who_audits(self, client_of, bank, vault):
        both = make_user("Mei Fang", role="officer", branch=bank.branch)
        StaffPost.objects.create(user=both, branch=bank.branch, role="auditor")
        assert client_of(both).get(url("hand_over", vault)).status_code == 403

    def test_reaches_the_agent_who_may_decline(self, client_of, officer, vault, bag):
        handover = settlement.hand_over(vault, bag, Decimal(100), key="h", on=timezone.localdate(), at=NOW, by="U-1")
        client = client_of(officer)
        assert url("handover_decline", handover) in client.get(url("handover", handover)).content.decode()
        client.post(url("handover_decline", handover), {"reason": "a note is torn"})
        handover.refresh_from_db()
        assert (handover.status, handover.reason) == ("declined", "a note is torn")

    def test_is_hidden_from_strangers_and_closed_to_owners(self, client_of, bank, owner, vault, bag):
        handover = settlement.hand_over(vault, bag, Decimal(1), key="h", on=timezone.localdate(), at=NOW, by="U-1")
        elsewhere = make_user("Lin Bo", role="operations", branch=bank.other_branch)
        for user, status in ((elsewhere, 404), (owner, 403)):
            assert client_of(user).get(url("handover", handover)).status_code == status
            assert client_of(user).post(url("take_over", handover)).status_code == status
        assert client_of(elsewhere).get(url("handover_decline", handover)).status_code == 405


class TestCount:
    def test_agrees_once(self, client_of, operations, drawer):
        client = client_of(operations)
        for _ in range(2):
            address = client.post(url("count_drawer", drawer), filled("123.45"))["Location"]
        assert address == url("cash_count", CashCount.objects.get())
        shown = client.get(address).content.decode()
        assert "Agrees" in shown
        assert "¥0.05" in shown

    def test_asks_why_without_saying_how_much(self, client_of, operations, drawer):
        response = client_of(operations).post(url("count_drawer", drawer), filled("120"))
        shown = response.content.decode()
        assert (response.status_code, "Count again; if it stays so, say why." in shown) == (422, True)
        assert "3.45" not in shown

    def test_books_a_difference_by_a_colleague(self, client_of, operations, colleague, drawer):
        holder, checker = client_of(operations), client_of(colleague)
        holder.post(url("count_drawer", drawer), filled("120", reason="lost"))
        count = CashCount.objects.get()
        assert "A colleague must stand by" in holder.get(url("cash_count", count)).content.decode()
        assert url("cash_count_confirm", count) in checker.get(url("cash_count", count)).content.decode()
        holder.post(url("cash_count_confirm", count))
        assert CashCount.objects.get().status == "waiting"
        for _ in range(2):
            checker.post(url("cash_count_confirm", count))
        assert (CashCount.objects.get().status, CashDrawer.objects.get().held_amount) == ("booked", 120)

    def test_is_counted_again_on_a_colleagues_word(self, client_of, operations, colleague, drawer):
        client_of(operations).post(url("count_drawer", drawer), filled("120", reason="lost"))
        count = CashCount.objects.get()
        client_of(colleague).post(url("cash_count_decline", count), {"reason": "look under the tray"})
        assert "look under the tray" in client_of(operations).get(url("cash_count", count)).content.decode()
        assert client_of(operations).get(url("cash_count_decline", count)).status_code == 405

    @pytest.mark.parametrize(("closes", "days"), [("today", 0), ("earlier", 1), ("", None)])
    def test_ends_the_days_that_it_is_told_to(self, client_of, operations, drawer, closes, days):
        client_of(operations).post(url("count_drawer", drawer), filled("123.45", closes=closes))
        ended = None if days is None else timezone.localdate() - timedelta(days=days)
        assert CashCount.objects.get().closes_date == ended

    @pytest.mark.parametrize("number", ["-1", "1.5", "many", "1000001"])
    def test_says_what_is_no_number_of_pieces(self, client_of, operations, drawer, number):
        response = client_of(operations).post(url("count_drawer", drawer), filled("123.45") | {"piece_100": number})
        assert (response.status_code, "Give a whole number of pieces" in response.content.decode()) == (422, True)

    def test_says_before_anything_is_typed_that_something_waits(self, client_of, operations, drawer, vault):
        client = client_of(operations)
        assert "still waits for another person" not in client.get(url("count_drawer", drawer)).content.decode()
        told = {"key": "h", "on": timezone.localdate(), "at": NOW, "by": operations.reference}
        settlement.hand_over(drawer, vault, Decimal(1), **told)
        assert "still waits for another person" in client.get(url("count_drawer", drawer)).content.decode()
        refused = client.post(url("count_drawer", drawer), filled("122.45")).content.decode()
        assert (refused.count("still waits for another person"), "See what waits" in refused) == (1, True)

    def test_hides_counts_of_others(self, client_of, bank, operations, officer, owner, drawer):
        client_of(operations).post(url("count_drawer", drawer), filled("120", reason="lost"))
        count = CashCount.objects.get()
        for user, status in ((officer, 404), (owner, 403)):
            assert client_of(user).get(url("cash_count", count)).status_code == status
        assert client_of(officer).post(url("cash_count_confirm", count)).status_code == 403


class TestSlips:
    def slip(self, account, **changed):
        told = {"slip_number": "0017", "slip_date": timezone.localdate().isoformat(), "number": account.number}
        return told | {"way": "in", "amount": "60", "text": "pig"} | changed

    def test_enters_one_once(self, client_of, officer, account, bag):
        client = client_of(officer)
        for words in ("Slip 0017 is entered.", "Slip 0017 was entered before."):
            assert words in client.post(url("slips", bag), self.slip(account), follow=True).content.decode()
        entered = CashMovement.objects.get()
        assert (entered.slip_number, entered.drawer, entered.amount) == ("0017", bag, 60)
        shown = client.get(url("cash_movement", entered)).content.decode()
        assert "Number of the slip" in shown
        assert "0017" in client.get(url("slips", bag)).content.decode()

    def test_shows_on_the_bag_what_waits_for_a_second_person(self, client_of, officer, account, bag):
        client = client_of(officer)
        client.post(url("slips", bag), self.slip(account))
        client.post(url("slips", bag), self.slip(account, slip_number="0018", way="out", amount="20"))
        waiting = CashMovement.objects.get(slip_number="0018")
        assert f'href="{url("cash_movement", waiting)}">Paid out: ¥20.00</a>' in client.get(url("drawer", bag)).text

    def test_says_what_is_wrong(self, client_of, officer, account, bag):
        client = client_of(officer)
        client.post(url("slips", bag), self.slip(account))
        tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
        for told, words in (
            ({"amount": "61"}, "Slip 0017 was entered already with other content."),
            ({"slip_number": "0018", "slip_date": tomorrow}, "The date on the slip is still to come."),
            ({"number": "1234567890123456"}, "There is no account with this number."),
        ):
            response = client.post(url("slips", bag), self.slip(account, **told))
            assert (response.status_code, words in response.content.decode()) == (422, True)

    def test_is_for_bags_only(self, client_of, operations, account, drawer):
        response = client_of(operations).post(url("slips", drawer), self.slip(account))
        assert "Slips are written by field agents" in response.content.decode()

    def test_refuses_owners(self, client_of, owner, bag):
        assert client_of(owner).get(url("slips", bag)).status_code == 403


class TestCashAtTheCounter:
    def test_tells_what_the_drawer_holds_and_what_is_booked_at_once(self, client_of, operations, account, drawer):
        shown = client_of(operations).get(url("cash", account)).content.decode()
        assert "paid in is booked at once" in shown
        assert "Your drawer holds ¥123.45" in shown

    def test_sends_people_without_a_drawer_for_one(self, client_of, colleague, account, vault):
        told = {"way": "in", "amount": "20.00", "text": "eggs", "idempotency_key": "k"}
        response = client_of(colleague).post(url("cash", account), told)
        assert (response.status_code, "You have no drawer in use." in response.content.decode()) == (422, True)

    def test_keeps_the_holder_from_confirming(self, client_of, bank, operations, colleague, account):
        make_drawer(bank.branch, operations, limit="90000")
        told = {"way": "in", "amount": "50000.01", "text": "", "idempotency_key": "k"}
        client_of(operations).post(url("cash", account), told)
        moved = CashMovement.objects.get()
        assert url("cash_confirm", moved) not in client_of(operations).get(url("cash_movement", moved)).content.decode()
        client_of(colleague).post(url("cash_confirm", moved))
        assert CashDrawer.objects.get().held_amount == Decimal("50000.01")
