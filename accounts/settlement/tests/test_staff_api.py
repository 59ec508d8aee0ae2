"""API of the counter and of operations: cash, counts, handovers, money in suspense, money kept back."""

import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pypdf import PdfReader

from accounts.identity.models import StaffPost
from accounts.identity.tests.builders import machine
from accounts.ledger.models import Hold
from accounts.settlement import operations as settlement
from accounts.settlement.models import CashCount, CashDrawer, CashHandover, CashMovement, SuspenseItem
from accounts.settlement.tests.builders import balance, count_pieces, held, make_delivery
from accounts.settlement.tests.nostro import bring, line
from portal.core.models import Notice

ROOT = "/api/v1"


def post(user, path, told=None, key="k"):
    headers = {"Idempotency-Key": key} if key else {}
    return machine(user).post(f"{ROOT}/{path}", told or {}, format="json", headers=headers)


def read(user, path):
    return machine(user).get(f"{ROOT}/{path}")


class TestCash:
    def cash(self, user, account, way="in", amount="20.00", key="k", **told):
        path = f"settlement-accounts/{account.reference}/cash"
        return post(user, path, {"way": way, "amount": amount, "text": "eggs"} | told, key)

    def test_is_paid_in_once_for_one_key(self, operations, account, drawer):
        first, second = (self.cash(operations, account) for _ in range(2))
        told = first.json()
        assert (first.status_code, second.json(), held(account)) == (201, told, 1020)
        assert [told[name] for name in ("amount", "currency", "status", "drawer", "made_by")] == [
            "20.00", "CNY", "booked", drawer.reference, operations.reference,
        ]  # fmt: skip
        assert self.cash(operations, account, amount="21.00").status_code == 409

    def test_wants_a_key_and_an_amount_of_money(self, operations, account, drawer):
        assert self.cash(operations, account, key="").json()["code"] == "key_missing"
        assert self.cash(operations, account, amount="0.001").json()["code"] == "amount_refused"
        assert self.cash(operations, account, amount="-1").status_code == 400
        assert held(account) == 1000

    def test_above_the_limit_waits_for_another(self, operations, colleague, account):
        reference = self.cash(operations, account, amount="60000.00").json()["reference"]
        waiting = read(colleague, "cash-movements?status=waiting").json()["results"]
        assert [each["reference"] for each in waiting] == [reference]
        assert post(operations, f"cash-movements/{reference}/confirm").json()["code"] == "same_person"
        assert post(colleague, f"cash-movements/{reference}/decline").status_code == 400
        assert held(account) == 1000
        assert post(colleague, f"cash-movements/{reference}/confirm").json()["status"] == "booked"
        assert post(colleague, f"cash-movements/{reference}/confirm").status_code == 409
        assert held(account) == 61000

    def fetch(self, user, account, owner, code, **changed):
        told = {"way": "out", "amount": "30.00", "person": owner.reference, "known_by": "code", "code": code}
        return self.cash(user, account, **told | changed)

    def send_code(self, user, account, owner):
        path = f"settlement-accounts/{account.reference}/cash/code"
        return post(user, path, {"person": owner.reference, "amount": "30.00", "text": "eggs"})

    def test_is_fetched_with_the_code_for_exactly_this(self, operations, owner, account, drawer):
        self.cash(operations, account, amount="100.00", key="in")
        sent = self.send_code(operations, account, owner).json()
        assert (sent["needs_second"], sent["available_after"], sent["currency"]) == (False, "1070.00", "CNY")
        assert owner.phone not in str(sent)
        code = json.loads(Notice.objects.get(code="cash_code").params)["code"]
        assert self.fetch(operations, account, owner, code, amount="31.00").json()["code"] == "signing_code_missing"
        first, second = (self.fetch(operations, account, owner, code) for _ in range(2))
        assert (first.json()["fetched_by"], second.json(), held(account)) == (owner.reference, first.json(), 1070)

    def test_is_fetched_by_nobody_but_an_owner_who_is_known(self, operations, owner, manager, account, drawer):
        assert self.cash(operations, account, "out").status_code == 400
        assert self.fetch(operations, account, owner, "").status_code == 400
        assert self.fetch(operations, account, manager, "123456").status_code == 404
        assert held(account) == 1000

    def test_is_handled_by_operations_alone(self, operations, officer, owner, stranger, account, drawer):
        assert self.cash(stranger, account).status_code == 404
        for user in (officer, owner):
            assert self.cash(user, account).status_code == 403
            assert self.send_code(user, account, owner).status_code == 403
        reference = self.cash(operations, account).json()["reference"]
        assert read(owner, f"cash-movements/{reference}").json()["reference"] == reference
        assert read(stranger, f"cash-movements/{reference}").status_code == 404
        assert post(owner, f"cash-movements/{reference}/confirm").status_code == 403

    def test_has_a_receipt_once_it_is_booked(self, operations, account):
        booked, waiting = (self.cash(operations, account, amount=each, key=each).json() for each in ("1.00", "60000"))
        paper = read(operations, f"cash-movements/{booked['reference']}/receipt?language=zh-hans")
        text = PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
        assert (paper.headers["Content-Type"], "1.00" in text) == ("application/pdf", True)
        assert read(operations, f"cash-movements/{waiting['reference']}/receipt").status_code == 404

    def test_is_listed_with_as_many_queries_however_much(
        self, operations, account, drawer, django_assert_max_num_queries
    ):
        for number in range(6):
            self.cash(operations, account, key=f"k{number}")
        client = machine(operations)
        with django_assert_max_num_queries(12):
            assert len(client.get(f"{ROOT}/cash-movements").json()["results"]) == 6


class TestDrawers:
    @pytest.fixture
    def asked(self, bank, colleague):
        branch = bank.branch.code
        return {"kind": "counter", "branch": branch, "holder": colleague.reference, "limit": "900.00"}

    def open(self, user, asked, key="k"):
        return post(user, "cash-drawers", asked, key)

    def test_is_opened_once_for_a_colleague_and_given_up_by_another(self, operations, colleague, asked):
        first, second = (self.open(operations, asked) for _ in range(2))
        told = first.json()
        assert (first.status_code, second.json(), CashDrawer.objects.count()) == (201, told, 1)
        assert [told[name] for name in ("kind", "status", "holder", "limit_amount")] == [
            "counter", "open", colleague.reference, "900.00",
        ]  # fmt: skip
        path = f"cash-drawers/{told['reference']}"
        assert post(colleague, f"{path}/limit", {"limit": "5.00"}).json()["code"] == "drawer_own"
        assert post(operations, f"{path}/limit", {"limit": "5.00"}).json()["limit_amount"] == "5.00"
        assert post(operations, f"{path}/limit", {"limit": "-5"}).status_code == 400
        assert post(colleague, f"{path}/close").json()["code"] == "drawer_own"
        assert post(operations, f"{path}/close").json()["status"] == "closed"

    def test_is_opened_once_for_a_long_key_and_after_its_holder_left(self, operations, colleague, asked):
        keys = ["k" * 120, "k" * 119 + "l"]
        first = self.open(operations, asked, keys[0])
        StaffPost.objects.filter(user=colleague).update(ended_at=timezone.now())
        assert (first.status_code, self.open(operations, asked, keys[0]).json()) == (201, first.json())
        assert self.open(operations, asked | {"limit": "1.00"}, keys[0]).json()["code"] == "key_reused"
        assert self.open(operations, asked, keys[1]).json()["code"] == "drawer_holder"

    def test_is_none_of_ones_own_and_has_a_holder_who_may(self, operations, owner, asked):
        for told, where in (
            ({"holder": operations.reference}, "holder"),
            ({"holder": owner.reference}, "holder"),
            ({"holder": ""}, "holder"),
            ({"limit": None}, "limit"),
            ({"branch": "nowhere"}, "branch"),
        ):
            answer = self.open(operations, asked | told)
            assert (answer.status_code, list(answer.json()["errors"])) == (400, [where])
        assert not CashDrawer.objects.exists()

    def test_is_opened_by_operations_alone(self, operations, officer, owner, asked):
        for user in (officer, owner):
            assert self.open(user, asked).status_code == 403
        assert self.open(operations, asked, key="").json()["code"] == "key_missing"


class TestCounts:
    def count(self, user, drawer, amount, key="k", **told):
        path = f"cash-drawers/{drawer.reference}/counts"
        return post(user, path, {"pieces": count_pieces(amount)} | told, key)

    def test_agrees_once_for_one_key_and_ends_the_day(self, operations, vault):
        first, second = (self.count(operations, vault, "500.00", closes="today") for _ in range(2))
        told = first.json()
        assert (first.status_code, second.json(), CashCount.objects.count()) == (201, told, 1)
        assert (told["status"], told["closes_date"]) == ("agreed", timezone.localdate().isoformat())

    def test_that_differs_needs_a_reason_and_another_person(self, operations, colleague, vault):
        assert self.count(operations, vault, "499.50").json()["code"] == "count_differs"
        told = self.count(operations, vault, "499.50", reason="a coin is gone").json()
        path = f"cash-counts/{told['reference']}"
        assert (told["status"], told["difference_amount"]) == ("waiting", "-0.50")
        assert post(operations, f"{path}/confirm").json()["code"] == "same_person"
        assert post(colleague, f"{path}/confirm").json()["status"] == "booked"
        assert balance("cash_difference") == Decimal("0.50")
        assert read(operations, f"cash-drawers/{vault.reference}").json()["held_amount"] == "499.50"
        lines = read(operations, f"cash-drawers/{vault.reference}/lines").json()["results"]
        assert [(each["amount"], each["count"]) for each in lines] == [("-0.50", told["reference"]), ("500.00", None)]

    def test_counts_pieces_as_a_form_sends_them(self, operations, vault):
        path = f"{ROOT}/cash-drawers/{vault.reference}/counts"
        told = {"pieces.100": 5}
        answer = machine(operations).post(path, told, format="multipart", headers={"Idempotency-Key": "k"})
        assert (answer.status_code, answer.json()["status"]) == (201, "agreed")

    def test_refuses_pieces_that_are_none(self, operations, vault):
        path = f"cash-drawers/{vault.reference}/counts"
        assert post(operations, path, {"pieces": {"3": 1}}).json()["code"] == "count_pieces"
        assert post(operations, path, {"pieces": {"100": -1}}).status_code == 400
        assert post(operations, path, {"pieces": {"100": 5}, "closes": "tomorrow"}).status_code == 400

    def test_is_done_by_whoever_holds_the_drawer_or_serves_it(self, officer, auditor, owner, bag, vault):
        assert self.count(officer, bag, "0").json()["status"] == "agreed"
        assert self.count(officer, vault, "500.00").status_code == 404
        assert self.count(auditor, vault, "500.00").status_code == 403
        assert self.count(owner, vault, "500.00").status_code == 404
        assert not CashCount.objects.filter(drawer=vault).exists()

    def test_declined_must_be_done_again(self, operations, colleague, vault):
        reference = self.count(operations, vault, "499.50", reason="gone").json()["reference"]
        told = post(colleague, f"cash-counts/{reference}/decline", {"reason": "count again"}).json()
        assert (told["status"], told["check_reason"], balance("cash_difference")) == ("declined", "count again", 0)


class TestHandovers:
    def hand_over(self, user, giver, taker, amount="200.00", key="k"):
        path = f"cash-drawers/{giver.reference}/handovers"
        return post(user, path, {"taker": taker.reference, "amount": amount}, key)

    def test_counts_when_the_other_side_took_it_over(self, operations, colleague, vault, drawer):
        first, second = (self.hand_over(colleague, vault, drawer) for _ in range(2))
        told = first.json()
        assert (first.status_code, second.json(), CashHandover.objects.count()) == (201, told, 1)
        assert post(colleague, f"cash-handovers/{told['reference']}/confirm").json()["code"] == "same_person"
        assert post(operations, f"cash-handovers/{told['reference']}/confirm").json()["status"] == "taken"
        assert post(operations, f"cash-handovers/{told['reference']}/confirm").status_code == 409
        drawer.refresh_from_db()
        assert drawer.held_amount == 200
        listed = read(operations, f"cash-drawers/{drawer.reference}/handovers").json()["results"]
        assert [(each["reference"], each["amount"]) for each in listed] == [(told["reference"], "200.00")]

    def test_answers_the_same_key_alike_when_the_other_drawer_was_given_up(self, colleague, vault, drawer):
        first = self.hand_over(colleague, vault, drawer)
        CashDrawer.objects.filter(pk=drawer.pk).update(status="closed", closed_at=timezone.now())
        assert self.hand_over(colleague, vault, drawer).json() == first.json()
        assert self.hand_over(colleague, vault, drawer, key="another").json()["code"] == "drawer_closed"

    def test_refuses_more_than_there_is_and_drawers_of_others(self, colleague, officer, owner, vault, drawer, bag):
        assert self.hand_over(colleague, vault, drawer, "500.01").json()["code"] == "drawer_short"
        assert self.hand_over(officer, vault, bag).status_code == 404
        assert self.hand_over(owner, vault, drawer).status_code == 404
        assert self.hand_over(officer, bag, bag, "1.00").status_code == 404

    def test_takes_a_colleagues_drawer_with_a_reason(self, operations, colleague, account, vault, drawer):
        told = {"text": "", "key": "p", "on": timezone.localdate(), "at": timezone.now(), "by": operations.reference}
        settlement.pay_in(account, Decimal(50), **told)
        path = f"cash-drawers/{drawer.reference}/handovers"
        asked = {"taker": vault.reference, "amount": "50.00", "reason": "ill"}
        assert post(colleague, path, asked, "a").json()["code"] == "handover_uncounted"
        post(colleague, f"cash-drawers/{drawer.reference}/counts", {"pieces": {"50": 1}, "closes": ""}, "c")
        assert post(colleague, path, asked | {"reason": ""}, "b").json()["code"] == "reason_missing"
        assert post(colleague, path, asked, "d").json()["reason"] == "ill"

    def test_is_taken_back_with_a_reason(self, colleague, vault, drawer):
        reference = self.hand_over(colleague, vault, drawer).json()["reference"]
        assert post(colleague, f"cash-handovers/{reference}/decline").status_code == 400
        told = post(colleague, f"cash-handovers/{reference}/decline", {"reason": "too much"}).json()
        assert (told["status"], told["reason"]) == ("declined", "too much")


class TestSuspense:
    @pytest.fixture
    def item(self, bank):
        bring(line("12.00", "who knows", reference="r1", counterparty_name="Zhang San"))
        return SuspenseItem.objects.get()

    def clear(self, user, item, way="account", **told):
        return post(user, f"suspense-items/{item.reference}/clear", {"way": way, "note": "payer called"} | told, "")

    def test_waits_with_what_it_is_known_by(self, operations, auditor, item):
        for user in (operations, auditor):
            (told,) = read(user, "suspense-items?status=waiting").json()["results"]
            assert [told[name] for name in ("reference", "amount", "text", "counterparty_name", "doubt")] == [
                item.reference, "12.00", "who knows", "Zhang San", "no_match",
            ]  # fmt: skip

    def test_is_seen_and_cleared_by_operations_alone(self, owner, officer, auditor, item, account):
        unknown = SuspenseItem(reference="SI-NONE")
        for user in (owner, officer):
            assert self.clear(user, unknown, account=account.number).status_code == 403
            assert read(user, "suspense-items").status_code == 403
            assert read(user, f"suspense-items/{item.reference}").status_code == 403
        for user in (owner, officer, auditor):
            assert self.clear(user, item, account=account.number).status_code == 403
        assert balance("suspense") == 12

    def test_goes_to_the_account_named_once(self, operations, item, account):
        assert self.clear(operations, item, account=account.number).json()["status"] == "cleared"
        assert self.clear(operations, item, account=account.number).status_code == 409
        assert (held(account), balance("suspense")) == (1012, 0)

    def test_tells_what_is_missing_or_unknown(self, operations, item, account):
        for told, where in (
            ({"account": "123"}, "account"),
            ({"way": "instruction", "payment": "PI-NONE"}, "payment"),
            ({"way": "cash", "cash": ["CT-NONE"]}, "cash"),
            ({"account": account.number, "note": ""}, "note"),
            ({"way": "charge"}, "way"),
        ):
            answer = self.clear(operations, item, **told)
            assert (answer.status_code, list(answer.json()["errors"])) == (400, [where])
        assert balance("suspense") == 12

    def test_above_the_limit_is_agreed_to_by_another_who_saw_it(self, operations, colleague, account, settings):
        settings.SUSPENSE_LIMIT_AMOUNT = Decimal(10)
        bring(line("12.00", "who knows", reference="r1"))
        item = SuspenseItem.objects.get()
        path, told = f"suspense-items/{item.reference}", self.clear(operations, item, account=account.number).json()
        assert (told["status"], told["account"], held(account)) == ("proposed", account.number, 1000)
        seen = {"seen": told["shown"]}
        assert post(operations, f"{path}/confirm", seen).json()["code"] == "same_person"
        assert post(colleague, f"{path}/confirm", {"seen": "something else"}).json()["code"] == "changed_since"
        assert post(colleague, f"{path}/confirm").status_code == 400
        assert post(colleague, f"{path}/confirm", seen).json()["status"] == "cleared"
        assert held(account) == 1012

    def test_declined_waits_again(self, operations, colleague, item, account, settings):
        settings.SUSPENSE_LIMIT_AMOUNT = Decimal(10)
        self.clear(operations, item, account=account.number)
        told = post(colleague, f"suspense-items/{item.reference}/decline", {"reason": "ask again"}).json()
        assert (told["status"], told["note"], told["account"]) == ("waiting", "ask again", None)

    def test_that_is_cash_names_it(self, operations, colleague, vault):
        delivery = make_delivery(vault, "100.00")
        bring(line("90.00", "cash", reference="r9"))
        item = SuspenseItem.objects.get()
        told = self.clear(operations, item, "cash", cash=[delivery.reference]).json()
        assert (told["status"], told["cash"], told["difference_amount"]) == (
            "proposed", [delivery.reference], "-10.00",
        )  # fmt: skip

    def test_is_listed_with_as_many_queries_however_much(self, operations, bank, django_assert_max_num_queries):
        bring(*[line(f"{number}.00", f"x{number}", reference=f"r{number}") for number in range(1, 9)])
        client = machine(operations)
        with django_assert_max_num_queries(10):
            assert len(client.get(f"{ROOT}/suspense-items").json()["results"]) == 8


class TestKept:
    def keep(self, user, account, key="k", **changed):
        until = (timezone.localdate() + timedelta(days=9)).isoformat()
        told = {"amount": "40.00", "until": until, "reason": "order 7"} | changed
        return post(user, f"settlement-accounts/{account.reference}/holds", told, key)

    def test_is_kept_once_and_paid_in_part_by_another(self, operations, colleague, account, noodles):
        first, second = (self.keep(operations, account, to=noodles.reference) for _ in range(2))
        told = first.json()
        assert (first.status_code, second.json()["reference"]) == (201, told["reference"])
        assert (told["amount"], told["to"], told["status"]) == ("40.00", noodles.reference, "pending")
        path, seen = f"holds/{told['reference']}", {"seen": told["shown"]}
        assert post(operations, f"{path}/pay", seen).json()["code"] == "same_person"
        assert post(colleague, f"{path}/pay", seen | {"amount": "41.00"}).json()["code"] == "capture_exceeds_hold"
        paid = post(colleague, f"{path}/pay", seen | {"amount": "15.00"}).json()
        assert (paid["status"], bool(paid["entry"]), held(account), held(noodles)) == ("captured", True, 985, 15)
        assert post(colleague, f"{path}/pay", seen | {"amount": "15.00"}).status_code == 409
        assert read(colleague, f"settlement-accounts/{account.reference}").json()["held"] == "0.00"

    def test_is_paid_whole_unless_told(self, operations, colleague, account, noodles):
        told = self.keep(operations, account, to=noodles.reference).json()
        post(colleague, f"holds/{told['reference']}/pay", {"seen": told["shown"]})
        assert held(noodles) == 40

    def test_is_let_go_by_another_with_a_reason(self, operations, colleague, account):
        reference = self.keep(operations, account).json()["reference"]
        assert post(colleague, f"holds/{reference}/pay", {"seen": "PY-1"}).json()["code"] == "kept_for_nobody"
        assert post(colleague, f"holds/{reference}/release").status_code == 400
        told = post(colleague, f"holds/{reference}/release", {"reason": "lifted"}).json()
        assert (told["status"], held(account)) == ("voided", 1000)

    def test_is_for_operations_and_read_by_who_sees_the_account(self, operations, owner, officer, stranger, account):
        assert self.keep(stranger, account).status_code == 404
        for user in (owner, officer):
            assert self.keep(user, account).status_code == 403
        reference = self.keep(operations, account).json()["reference"]
        assert read(owner, f"holds/{reference}").json()["text"] == "order 7"
        assert read(stranger, f"holds/{reference}").status_code == 404
        assert post(owner, f"holds/{reference}/release", {"reason": "mine"}).status_code == 403
        assert Hold.objects.get().status == "pending"

    def test_refuses_what_makes_no_sense(self, operations, account):
        assert self.keep(operations, account, key="").json()["code"] == "key_missing"
        assert self.keep(operations, account, amount="1000.01").json()["code"] == "insufficient_funds"
        assert self.keep(operations, account, until="2020-01-01").json()["code"] == "keep_until_wrong"
        assert self.keep(operations, account, to="SA-NONE").status_code == 400
        assert not Hold.objects.exists()


def test_asks_for_a_state_that_there_is(operations, owner, account):
    paths = {"cash-movements": operations, "suspense-items": operations}
    for path, user in (paths | {f"settlement-accounts/{account.reference}/payments": owner}).items():
        assert read(user, f"{path}?status=").status_code == 200
        answer = read(user, f"{path}?status=nowhere")
        assert answer.status_code == 400
        assert answer.json()["errors"]["status"][0].startswith("Choose one of: ")


def test_answers_nobody_who_is_not_known(client, account):
    for path in ("cash-movements", "suspense-items", f"settlement-accounts/{account.reference}/holds"):
        assert client.get(f"{ROOT}/{path}").status_code == 401
    assert not CashMovement.objects.exists()
