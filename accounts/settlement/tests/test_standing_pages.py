"""Pages and API of standing orders."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.identity.tests.builders import machine
from accounts.settlement import operations as settlement
from accounts.settlement.models import StandingOrder
from accounts.settlement.tests.ordering import make_terms
from accounts.settlement.tests.pages import url
from accounts.settlement.tests.paying import let_go, newest_code
from portal.core.models import Notice
from portal.core.notices.operations import text_of

VERBS = ("confirm", "decline", "pause", "end")


def told(payee, **changed):
    first = timezone.localdate() + timedelta(days=3)
    return {
        "payee": payee.reference, "kind": "amount", "amount": "100.00", "text": "Rent", "frequency": "monthly",
        "first_date": first.isoformat(), "last_date": "", "day_rule": "none", "idempotency_key": "k",
    } | changed  # fmt: skip


def order_by(person, account, payee, key="k", **changed):
    today = timezone.localdate()
    terms = make_terms(payee, first_date=today + timedelta(days=3), **changed)
    return settlement.set_up_standing_order(account, terms, key=key, on=today, at=timezone.now(), by=person.reference)


class TestNew:
    def test_shows_the_next_five_dates_before_anything_is_set(self, client_of, owner, account, mill):
        page = client_of(owner).post(url("standing_order_new", account), told(mill, preview="1"))
        assert (page.status_code, len(page.context["dates"]), StandingOrder.objects.count()) == (200, 5, 0)

    def test_sets_one_order_however_often_it_is_confirmed(self, client_of, owner, account, mill):
        client = client_of(owner)
        client.post(url("standing_order_new", account), told(mill, send_code="1"))
        for _ in range(2):
            answer = let_go(client, url("standing_order_new", account), told(mill), code=newest_code())
        order = StandingOrder.objects.get()
        assert answer["Location"] == url("standing_order", order)
        assert "Mill Ltd" in client.get(url("standing_orders", account)).content.decode()
        assert "The next dates" in client.get(url("standing_order", order)).content.decode()

    def test_goes_back_to_the_form_with_what_was_entered(self, client_of, owner, account, mill):
        page = client_of(owner).post(url("standing_order_new", account), told(mill, again="1", text="Stall"))
        assert (page.status_code, 'value="Stall"' in page.content.decode()) == (200, True)

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"amount": "0"}, "Enter an amount above zero."),
            ({"first_date": "2020-01-01"}, "The first date must be today or later"),
            ({"amount": "900000"}, "This is more than your daily limit of ¥200,000.00"),
        ],
    )
    def test_says_what_is_wrong(self, client_of, owner, account, mill, changed, said):
        page = client_of(owner).post(url("standing_order_new", account), told(mill, confirm="1", **changed))
        assert (page.status_code, said in page.content.decode()) == (422, True)

    def test_leads_who_has_no_payee_to_saving_one(self, client_of, owner, account):
        assert (
            url("payees", account.enterprise)
            in client_of(owner).get(url("standing_order_new", account)).content.decode()
        )


class TestDetail:
    def test_lets_a_second_person_agree_and_an_owner_pause_change_and_end(
        self, client_of, owner, manager, account, mill
    ):
        order = order_by(manager, account, mill)
        client = client_of(owner)
        assert url("standing_order_confirm", order) in client.get(url("standing_order", order)).content.decode()
        for verb, status in (("confirm", "active"), ("pause", "paused"), ("resume", "active"), ("end", "ended")):
            press = let_go if verb == "resume" else type(client).post
            press(client, url(f"standing_order_{verb}", order), {"version": "1"})
            order.refresh_from_db()
            assert order.status == status

    def test_says_that_it_ends_for_good_before_it_does(self, client_of, owner, account, mill):
        page = client_of(owner).get(url("standing_order", order_by(owner, account, mill))).text
        fold = page.rpartition("<details")[2].partition("</details>")[0]
        assert ("cannot pay again" in fold, "/end/" in fold) == (True, True)

    def test_shows_a_change_that_waits(self, client_of, owner, manager, account, mill):
        order = order_by(owner, account, mill)
        let_go(client_of(manager), url("standing_order_change", order), told(mill, amount="70"))
        page = client_of(owner).get(url("standing_order", order)).content.decode()
        assert "Change that waits for a second person" in page
        client_of(owner).post(url("standing_order_decline", order), {"reason": "too little"})
        assert StandingOrder.objects.told().get().proposal is None

    def test_fills_the_form_with_what_it_pays(self, client_of, owner, account, mill):
        page = client_of(owner).get(url("standing_order_change", order_by(owner, account, mill)))
        assert 'value="100.00"' in page.content.decode()

    def test_says_why_a_date_was_not_paid(self, client_of, owner, account, mill):
        order = order_by(owner, account, mill)
        settlement.freeze(account, reason="court", by="U-1", at=timezone.now())
        settlement.carry_out(order, on=timezone.localdate() + timedelta(days=3), at=timezone.now())
        assert (
            "This account is frozen or closed." in client_of(owner).get(url("standing_order", order)).content.decode()
        )


class TestCodeOfAnOrder:
    def test_names_amount_payee_and_rhythm_in_the_message(self, client_of, owner, account, mill):
        client_of(owner).post(url("standing_order_new", account), told(mill, send_code="1"))
        said = text_of(Notice.objects.latest("pk"))
        assert "¥100.00 to Mill Ltd (account ending 3210). Every month, first on" in said

    @pytest.mark.parametrize("code", ["000000x", " "])
    def test_is_needed_and_the_check_page_shown_again_without(self, client_of, owner, account, mill, code):
        page = let_go(client_of(owner), url("standing_order_new", account), told(mill), code=code)
        assert (page.status_code, "Check the standing order" in page.text) == (422, True)
        assert not StandingOrder.objects.exists()

    @pytest.mark.parametrize("changed", [{"amount": "101.00"}, {"frequency": "weekly"}, {"idempotency_key": "k2"}])
    def test_serves_only_what_was_looked_at(self, client_of, owner, account, mill, changed):
        client, address = client_of(owner), url("standing_order_new", account)
        client.post(address, told(mill, send_code="1"))
        assert let_go(client, address, told(mill, **changed), code=newest_code()).status_code == 422

    def test_is_needed_to_pay_to_another_payee_or_more(self, client_of, owner, account, mill):
        order = order_by(owner, account, mill)
        address, more = url("standing_order_change", order), told(mill, amount="900.00")
        assert let_go(client_of(owner), address, more, code=" ").status_code == 422
        let_go(client_of(owner), address, more)
        assert StandingOrder.objects.told().get().terms.amount == 900

    def test_is_needed_to_pay_again(self, client_of, owner, account, mill):
        order, client = order_by(owner, account, mill), client_of(owner)
        settlement.pause_standing_order(order, at=timezone.now(), by=owner.reference)
        address = url("standing_order_resume", order)
        assert "The next dates" in client.post(address).text
        assert let_go(client, address, code=" ").status_code == 422
        client.post(address, {"send_code": "1"})
        for _ in range(2):
            assert let_go(client, address, code=newest_code())["Location"] == url("standing_order", order)
        order.refresh_from_db()
        assert (order.status, "This is no longer possible" in client.get(url("standing_order", order)).text) == (
            "active",
            False,
        )

    def test_to_pay_again_says_before_and_after_what_keeps_the_next_date(self, client_of, owner, account, mill):
        order, client = order_by(owner, account, mill), client_of(owner)
        settlement.pause_standing_order(order, at=timezone.now(), by=owner.reference)
        settlement.remove_payee(mill, at=timezone.now(), by=owner.reference)
        address, words = url("standing_order_resume", order), "the next date will not be paid"
        assert words not in client.get(url("standing_order", order)).text
        assert words in client.post(address).text
        client.post(address, {"send_code": "1"})
        let_go(client, address, code=newest_code())
        assert words in client.get(url("standing_order", order)).text

    def test_to_pay_again_serves_no_other_terms(self, client_of, owner, account, mill):
        order, client = order_by(owner, account, mill), client_of(owner)
        settlement.pause_standing_order(order, at=timezone.now(), by=owner.reference)
        client.post(url("standing_order_resume", order), {"send_code": "1"})
        today = timezone.localdate()
        more = make_terms(mill, "900.00", first_date=today + timedelta(days=3))
        settlement.change_standing_order(order, more, key="c", on=today, at=timezone.now(), by=owner.reference)
        page = let_go(client, url("standing_order_resume", order), code=newest_code())
        assert (page.status_code, "¥900.00" in page.text) == (422, True)

    def test_is_not_asked_of_the_second_person(self, client_of, owner, manager, account, mill):
        let_go(client_of(manager), url("standing_order_new", account), told(mill))
        order = StandingOrder.objects.get()
        assert order.status == "waiting"
        client_of(owner).post(url("standing_order_confirm", order), {"version": "1"})
        order.refresh_from_db()
        assert order.status == "active"


class TestDoors:
    @pytest.fixture
    def order(self, owner, account, mill):
        return order_by(owner, account, mill)

    @pytest.mark.parametrize("name", ["standing_orders", "standing_order_new"])
    def test_of_an_account_do_not_exist_for_a_stranger(self, client_of, stranger, account, name):
        assert client_of(stranger).get(url(name, account)).status_code == 404

    @pytest.mark.parametrize("name", ["standing_order", "standing_order_change"])
    def test_of_an_order_do_not_exist_for_a_stranger(self, client_of, stranger, order, name):
        assert client_of(stranger).get(url(name, order)).status_code == 404

    @pytest.mark.parametrize("verb", VERBS)
    def test_are_not_opened_by_strangers_staff_or_links(self, client_of, stranger, officer, owner, order, verb):
        address = url(f"standing_order_{verb}", order)
        assert client_of(stranger).post(address).status_code == 404
        assert client_of(officer).post(address).status_code == 403
        assert client_of(owner).get(address).status_code == 405

    def test_to_paying_again_are_opened_by_members_and_no_link(self, client_of, stranger, officer, owner, order):
        address = url("standing_order_resume", order)
        assert client_of(stranger).post(address).status_code == 404
        assert client_of(officer).post(address).status_code == 403
        assert client_of(owner).get(address)["Location"] == url("standing_order", order)

    def test_are_seen_but_not_used_by_staff(self, client_of, officer, account, order):
        client = client_of(officer)
        assert client.get(url("standing_orders", account)).status_code == 200
        assert client.get(url("standing_order", order)).status_code == 200
        assert client.get(url("standing_order_new", account)).status_code == 403
        assert client.get(url("standing_order_change", order)).status_code == 403

    def test_list_costs_the_same_however_long(self, client_of, owner, account, mill, django_assert_max_num_queries):
        for number in range(10):
            order_by(owner, account, mill, key=str(number))
        client = client_of(owner)
        with django_assert_max_num_queries(10):
            client.get(url("standing_orders", account))


class TestApi:
    def post(self, client, account, payee, **changed):
        first = (timezone.localdate() + timedelta(days=3)).isoformat()
        asked = {"payee": payee.reference, "amount": "100.00", "frequency": "weekly", "first_date": first} | changed
        return client.post(
            f"/api/v1/settlement-accounts/{account.reference}/standing-orders",
            asked,
            HTTP_IDEMPOTENCY_KEY="k",
            format="json",
        )

    def test_sets_up_once_for_one_key_and_lists(self, owner, account, mill):
        first, second = (self.post(machine(owner), account, mill) for _ in range(2))
        assert (first.status_code, first.json()) == (201, second.json())
        listed = (
            machine(owner).get(f"/api/v1/settlement-accounts/{account.reference}/standing-orders").json()["results"]
        )
        assert [each["terms"]["amount"] for each in listed] == ["100.00"]

    def test_changes_agrees_pauses_and_ends(self, owner, manager, account, mill):
        made = self.post(machine(manager), account, mill).json()
        assert made["status"] == "waiting"
        root = f"/api/v1/standing-orders/{made['reference']}"
        assert machine(owner).post(f"{root}/confirm", {"version": 1}).json()["status"] == "active"
        terms = {
            "payee": mill.reference,
            "kept_amount": "5",
            "frequency": "monthly",
            "first_date": made["terms"]["first_date"],
        }
        changed = machine(owner).post(f"{root}/change", terms, HTTP_IDEMPOTENCY_KEY="c", format="json").json()
        assert (changed["terms"]["number"], changed["terms"]["kept_amount"]) == (2, "5.00")
        assert [machine(owner).post(f"{root}/{verb}").json()["status"] for verb in ("pause", "resume", "end")] == [
            "paused",
            "active",
            "ended",
        ]
        assert machine(owner).post(f"{root}/end").status_code == 409
        assert (machine(owner).get(root).json()["status"], machine(owner).get(f"{root}/runs").json()["results"]) == (
            "ended",
            [],
        )

    def test_refuses_both_figures_or_none(self, owner, account, mill):
        assert self.post(machine(owner), account, mill, kept_amount="1").status_code == 400
        assert self.post(machine(owner), account, mill, amount=None).status_code == 400

    def test_knows_nothing_of_anothers(self, stranger, owner, account, mill):
        order = order_by(owner, account, mill)
        assert self.post(machine(stranger), account, mill).status_code == 404
        assert machine(stranger).post(f"/api/v1/standing-orders/{order.reference}/end").status_code == 404
