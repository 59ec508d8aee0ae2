"""Pages and API of requests for payment and bill plans, and the public page where they are paid."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.identity.models import Enterprise
from accounts.identity.tests.builders import machine
from accounts.settlement import operations as settlement
from accounts.settlement.models import BillPlan, PaymentRequest, Transfer
from accounts.settlement.tests.asking import CUSTOMER, make_plan, make_request
from accounts.settlement.tests.builders import held, make_settlement_account
from accounts.settlement.tests.pages import url
from portal.core.models import Notice


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise)


@pytest.fixture
def noodles(stranger):
    return make_settlement_account(Enterprise.objects.get(legal_name="Stranger Noodles"), holding="1000.00")


def today():
    return timezone.localdate()


def ask(account, amount="80.00", **changed):
    return make_request(account, amount, on=today(), **({"due_date": today() + timedelta(days=9)} | changed))


@pytest.fixture
def asked(account):
    return ask(account)


def public(asked, name="request"):
    return reverse(f"collecting:{name}", args=[asked.token])


def told(**changed):
    due = (today() + timedelta(days=9)).isoformat()
    return {
        "amount": "80.00",
        "text": "Lunch",
        "due_date": due,
        "customer_language": "en",
        "idempotency_key": "k",
    } | changed


def bill(**changed):
    first = (today() + timedelta(days=9)).isoformat()
    return {
        "customer_name": "School", "customer_phone": "136 1234 5678", "customer_language": "en", "amount": "80",
        "frequency": "monthly", "first_date": first, "idempotency_key": "k",
    } | changed  # fmt: skip


class TestNew:
    def test_asks_once_however_often_it_is_sent(self, client_of, owner, account):
        client = client_of(owner)
        for _ in range(2):
            answer = client.post(url("payment_request_new", account), told())
        asked = PaymentRequest.objects.get()
        assert answer["Location"] == url("payment_request", asked)
        assert asked.reference in client.get(url("payment_requests", account)).content.decode()

    def test_may_leave_the_amount_to_the_payer(self, client_of, owner, account):
        client_of(owner).post(url("payment_request_new", account), told(amount=""))
        assert PaymentRequest.objects.get().amount is None

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"due_date": "2020-01-01"}, "The due date must be today or later"),
            ({"customer_phone": "12"}, "Enter a mobile number"),
        ],
    )
    def test_says_what_is_wrong(self, client_of, owner, account, changed, said):
        page = client_of(owner).post(url("payment_request_new", account), told(**changed))
        assert (page.status_code, said in page.content.decode()) == (422, True)


class TestList:
    def test_shows_sums_and_what_is_overdue(self, client_of, owner, account):
        make_request(account, "20", on=today() - timedelta(days=9), due_date=today() - timedelta(days=1))
        page = client_of(owner).get(url("payment_requests", account)).content.decode()
        assert page.count("¥20.00") == 2  # not among what is open and not yet due
        assert "Overdue" in page

    @pytest.mark.parametrize(("show", "count"), [("open", 1), ("paid", 0), ("all", 2), ("nonsense", 2)])
    def test_shows_what_is_asked_for(self, client_of, owner, account, asked, show, count):
        settlement.cancel_request(ask(account), at=timezone.now(), by="U-1")
        page = client_of(owner).get(url("payment_requests", account), {"show": show})
        assert len(page.context["rows"]) == count

    def test_costs_the_same_however_long(self, client_of, owner, account, django_assert_max_num_queries):
        for _ in range(10):
            ask(account)
        client = client_of(owner)
        with django_assert_max_num_queries(10):
            client.get(url("payment_requests", account))


class TestDetail:
    def test_shows_the_code_the_link_and_the_reference(self, client_of, owner, asked):
        page = client_of(owner).get(url("payment_request", asked)).content.decode()
        assert "<svg" in page
        assert "style=" not in page
        assert asked.address in page
        assert asked.grouped_reference in page

    def test_reminds_and_cancels(self, client_of, owner, account):
        asked = ask(account, contact=CUSTOMER)
        client = client_of(owner)
        client.post(url("payment_request_remind", asked))
        assert "Reminder sent by you" in client.get(url("payment_request", asked)).content.decode()
        client.post(url("payment_request_cancel", asked))
        asked.refresh_from_db()
        assert asked.status == "canceled"

    @pytest.mark.parametrize(("language", "said"), [("en", "Request for payment"), ("zh-hans", "收款单")])
    def test_hands_out_a_slip(self, client_of, owner, asked, language, said):
        answer = client_of(owner).get(url("payment_request_slip", asked), {"language": language})
        text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
        assert said in text
        assert asked.grouped_reference in text

    def test_hands_out_no_slip_for_what_is_over_or_in_no_language_of_ours(self, client_of, owner, asked):
        client = client_of(owner)
        assert client.get(url("payment_request_slip", asked), {"language": "fr"}).status_code == 404
        settlement.cancel_request(asked, at=timezone.now(), by="U-1")
        assert client.get(url("payment_request_slip", asked)).status_code == 404


class TestPublicPage:
    def test_tells_whoever_has_the_link_how_to_pay_and_search_engines_nothing(self, client, account):
        asked = ask(account, contact=CUSTOMER)
        answer = client.get(public(asked))
        page = answer.content.decode()
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert '<meta name="robots" content="noindex, nofollow">' in page
        assert asked.grouped_reference in page
        assert f"/accounts/login/?next=%2Fpay%2F{asked.token}%2F" in page
        assert "Village School" not in page

    def test_does_not_exist_for_another_link(self, client, asked):
        assert client.get(reverse("collecting:request", args=[asked.reference])).status_code == 404
        assert client.get(reverse("collecting:request", args=["x" * 22])).status_code == 404

    def test_is_looked_at_then_paid_once_by_a_code(self, client_of, stranger, asked, account, noodles):
        client = client_of(stranger)
        assert noodles.grouped_number in client.get(public(asked)).content.decode()
        told = {"source": noodles.reference, "amount": "80.00", "idempotency_key": "k"}
        page = client.post(public(asked, "pay"), told).text
        assert ("Check the payment" in page, asked.grouped_reference in page, held(account)) == (True, True, 0)
        client.post(public(asked, "pay"), told | {"send_code": "1"})
        code = json.loads(Notice.objects.filter(code="payment_code").latest("pk").params)["code"]
        for _ in range(2):
            answer = client.post(public(asked, "pay"), told | {"confirm": "1", "code": code})
        assert (answer["Location"], held(account), Transfer.objects.count()) == (public(asked), 80, 1)
        page = client.get(public(asked)).content.decode()
        assert ("This is paid." in page, "received ¥80.00" in page, "asks you for" in page) == (True, True, False)

    def test_says_why_it_cannot_be_paid(self, client_of, stranger, account, noodles):
        dear = ask(account, "1000.01")
        told = {"source": noodles.reference, "amount": "1000.01", "idempotency_key": "k"}
        page = client_of(stranger).post(public(dear, "pay"), told)
        assert (page.status_code, "this account can pay ¥1,000.00 now" in page.content.decode()) == (422, True)

    def test_is_not_paid_to_somebody_new_without_a_code(self, client_of, stranger, asked, account, noodles):
        told = {"source": noodles.reference, "amount": "80.00", "idempotency_key": "k", "confirm": "1", "code": "1"}
        assert client_of(stranger).post(public(asked, "pay"), told).status_code == 422
        assert held(account) == 0

    def test_refuses_an_account_that_is_not_the_payers(self, client_of, stranger, asked, account, noodles):
        told = {"source": account.reference, "amount": "80.00", "idempotency_key": "k"}
        assert client_of(stranger).post(public(asked, "pay"), told).status_code == 422

    def test_is_paid_by_owners_only(self, client, client_of, manager, officer, asked):
        for person in (manager, officer):
            assert client_of(person).post(public(asked, "pay")).status_code == 403
            assert "Check the payment" not in client_of(person).get(public(asked)).content.decode()
        assert "/accounts/login/" in client.post(public(asked, "pay"))["Location"]

    def test_is_paid_only_by_post(self, client_of, stranger, noodles, asked, account):
        assert client_of(stranger).get(public(asked, "pay"))["Location"] == public(asked)
        assert client_of(stranger).put(public(asked, "pay")).status_code == 405
        assert held(account) == 0

    def test_takes_no_payment_when_it_is_over(self, client_of, stranger, noodles, asked):
        settlement.cancel_request(asked, at=timezone.now(), by="U-1")
        client = client_of(stranger)
        assert "can no longer be paid" in client.get(public(asked)).content.decode()
        assert client.post(public(asked, "pay")).status_code == 302
        assert held(noodles) == 1000


class TestBills:
    def test_are_planned_once_and_stopped(self, client_of, owner, account):
        client = client_of(owner)
        for _ in range(2):
            client.post(url("bill_plan_new", account), bill())
        plan = BillPlan.objects.get()
        assert plan.customer_phone == "+8613612345678"
        assert "School" in client.get(url("bill_plans", account)).content.decode()
        client.post(url("bill_plan_stop", plan))
        plan.refresh_from_db()
        assert plan.status == "stopped"

    def test_show_what_was_sent(self, client_of, owner, account):
        plan = make_plan(account, on=today(), first_date=today() + timedelta(days=2))
        made = settlement.make_next_bill(plan, on=today(), at=timezone.now())
        assert url("payment_request", made) in client_of(owner).get(url("bill_plan", plan)).content.decode()

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"customer_phone": ""}, "mobile number or e-mail address first"),
            ({"last_date": "2020-01-01"}, "before the first one"),
        ],
    )
    def test_say_what_is_wrong(self, client_of, owner, account, changed, said):
        page = client_of(owner).post(url("bill_plan_new", account), bill(**changed))
        assert (page.status_code, said in page.content.decode()) == (422, True)


class TestDoors:
    @pytest.fixture
    def plan(self, account):
        return make_plan(account, on=today(), first_date=today() + timedelta(days=9))

    def test_do_not_exist_for_a_stranger(self, client_of, stranger, account, asked, plan):
        client = client_of(stranger)
        for name in ("payment_requests", "payment_request_new", "bill_plans", "bill_plan_new"):
            assert client.get(url(name, account)).status_code == 404
        for name, thing in (("payment_request", asked), ("payment_request_slip", asked), ("bill_plan", plan)):
            assert client.get(url(name, thing)).status_code == 404
        for name, thing in (
            ("payment_request_cancel", asked),
            ("payment_request_remind", asked),
            ("bill_plan_stop", plan),
        ):
            assert client.post(url(name, thing)).status_code == 404

    def test_are_seen_but_not_used_by_staff(self, client_of, officer, account, asked, plan):
        client = client_of(officer)
        assert client.get(url("payment_request", asked)).status_code == 200
        assert client.get(url("bill_plan", plan)).status_code == 200
        for name in ("payment_request_new", "bill_plan_new"):
            assert client.get(url(name, account)).status_code == 403
        for name, thing in (
            ("payment_request_cancel", asked),
            ("payment_request_remind", asked),
            ("bill_plan_stop", plan),
        ):
            assert client.post(url(name, thing)).status_code == 403

    def test_of_verbs_open_only_to_posts(self, client_of, owner, asked, plan):
        for name, thing in (
            ("payment_request_cancel", asked),
            ("payment_request_remind", asked),
            ("bill_plan_stop", plan),
        ):
            assert client_of(owner).get(url(name, thing)).status_code == 405


class TestApi:
    def post(self, client, account, what="payment-requests", **asked):
        root = f"/api/v1/settlement-accounts/{account.reference}/{what}"
        return client.post(root, asked, HTTP_IDEMPOTENCY_KEY="k", format="json")

    def test_asks_once_for_one_key_and_reads_cancels_and_lists(self, owner, account):
        due = (today() + timedelta(days=3)).isoformat()
        first, second = (self.post(machine(owner), account, amount="80.00", due_date=due) for _ in range(2))
        assert (first.status_code, first.json()) == (201, second.json())
        root = f"/api/v1/payment-requests/{first.json()['reference']}"
        assert machine(owner).get(root).json()["structured_reference"].startswith("RF")
        assert machine(owner).post(f"{root}/remind").json()["code"] == "customer_unreachable"
        assert machine(owner).post(f"{root}/cancel").json()["status"] == "canceled"
        listed = (
            machine(owner).get(f"/api/v1/settlement-accounts/{account.reference}/payment-requests").json()["results"]
        )
        assert [each["amount"] for each in listed] == ["80.00"]

    def test_plans_bills_and_stops_them(self, owner, account):
        asked = {"amount": "80", "frequency": "monthly", "first_date": (today() + timedelta(days=9)).isoformat()}
        assert self.post(machine(owner), account, "bill-plans", **asked).json()["code"] == "customer_unreachable"
        made = self.post(machine(owner), account, "bill-plans", **asked, customer_phone="13612345678").json()
        root = f"/api/v1/bill-plans/{made['reference']}"
        assert (machine(owner).get(root).json()["status"], machine(owner).post(f"{root}/stop").json()["status"]) == (
            "active",
            "stopped",
        )
        assert (
            len(machine(owner).get(f"/api/v1/settlement-accounts/{account.reference}/bill-plans").json()["results"])
            == 1
        )

    def test_refuses_a_number_that_is_none(self, owner, account):
        due = today().isoformat()
        assert self.post(machine(owner), account, amount="1", due_date=due, customer_phone="12").status_code == 400

    def test_knows_nothing_of_anothers(self, stranger, officer, account, asked):
        assert machine(stranger).get(f"/api/v1/payment-requests/{asked.reference}").status_code == 404
        assert machine(officer).post(f"/api/v1/payment-requests/{asked.reference}/cancel").status_code == 403
