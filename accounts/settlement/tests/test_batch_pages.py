"""Pages and API of batches of payments."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.identity.tests.builders import machine
from accounts.settlement import batching, tasks
from accounts.settlement import operations as settlement
from accounts.settlement.forms.batches import MAX_BYTES
from accounts.settlement.models import PaymentBatch
from accounts.settlement.tests.builders import held, make_payee, make_settlement_account
from accounts.settlement.tests.pages import url
from accounts.settlement.tests.paying import let_go, newest_code
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of

GOOD = "Name,Account number,Bank code,Amount,Text\nMill Ltd,DE21500500009876543210,SPUEDE2UXXX,40.00,Flour\n"
BAD = GOOD + "Mill Ltd,DE22500500009876543210,SPUEDE2UXXX,1.005,\n"
VERBS = ("confirm", "decline", "cancel")


@pytest.fixture
def account(enterprise):
    make_payee(enterprise)
    return make_settlement_account(enterprise, holding="1000.00")


def send(client, account, text=GOOD, **changed):
    told = {"title": "Suppliers", "idempotency_key": "k"} | changed
    return client.post(url("batch_new", account), told | {"file": SimpleUploadedFile("pay.csv", text.encode())})


def make_batch(account, person, text=GOOD, title="Suppliers"):
    return settlement.check_batch(
        account, title=title, name="pay.csv", content=text.encode(), key=title, at=timezone.now(), by=person.reference
    )


class TestNew:
    def test_checks_a_file_once_and_shows_what_would_happen(self, client_of, owner, account):
        client = client_of(owner)
        for _ in range(2):
            answer = send(client, account)
        batch = PaymentBatch.objects.get()
        assert answer["Location"] == url("batch", batch)
        page = client.get(url("batch", batch)).content.decode()
        assert "¥960.00" in page  # left in the account
        assert "¥199,960.00" in page  # left of the day's limit
        assert "Pay ¥40.00" in page
        assert "Suppliers" in client.get(url("batches", account)).content.decode()

    def test_shows_each_problem_and_offers_no_payment(self, client_of, owner, account):
        send(client_of(owner), account, BAD)
        page = client_of(owner).get(url("batch", PaymentBatch.objects.get())).content.decode()
        assert "1 line cannot be paid" in page
        assert "no more decimals than the currency has" in page
        assert "settlement:batch_submit" not in page
        assert url("batch_submit", PaymentBatch.objects.get()) not in page

    def test_tells_what_can_be_paid_from_what_cannot(self, client_of, owner, account):
        batch = make_batch(account, owner, BAD + "Mill Ltd,DE21500500009876543210,BANK,7.00,\n")
        figures = client_of(owner).get(url("batch", batch)).text.split('class="figures"')[1].split("<table")[0]
        told = ("Can be paid", "¥40.00", "Cannot be paid", "¥7.00", "and 1 line whose amount cannot be used", "¥960.00")
        assert [part for part in told if part not in figures] == []

    def test_says_what_is_wrong_with_a_file(self, client_of, owner, account):
        page = send(client_of(owner), account, "nothing,useful\n1,2\n")
        assert (page.status_code, "No row names the columns." in page.content.decode()) == (422, True)

    def test_hands_out_an_empty_file_that_reads_back(self, client_of, owner):
        for language in ("en", "zh-hans"):
            client = client_of(owner)
            client.cookies["language"] = language
            book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("settlement:batch_template")).content))
            book.active.append(["Mill", "6222020200112233445", "ICBKCNBJ", 12.5, "Flour"])
            written = io.BytesIO()
            book.save(written)
            (line,) = batching.read(written.getvalue())
            assert (line.number, line.bank_code, str(line.amount), line.text) == (
                "6222020200112233445",
                "ICBKCNBJ",
                "12.5",
                "Flour",
            )


class TestDetail:
    def test_pays_and_reports(self, client_of, owner, account):
        batch = make_batch(account, owner)
        client = client_of(owner)
        let_go(client, url("batch_submit", batch))
        assert "The batch is being paid." in client.get(url("batch", batch)).content.decode()
        tasks.pay_batch(batch.reference)
        assert held(account) == 960
        assert "Will be sent" in client.get(url("batch", batch)).content.decode()
        report = client.get(url("batch_report", batch)).content.decode("utf-8-sig").splitlines()
        assert report[1].startswith("2,Mill Ltd,DE21500500009876543210,SPUEDE2UXXX,40.000,CNY,Flour,Will be sent,PI-")

    def test_lets_a_second_person_agree_or_decline(self, client_of, owner, manager, account):
        for title, verb, status in (("A", "confirm", "approved"), ("B", "decline", "declined")):
            batch = make_batch(account, manager, title=title)
            let_go(client_of(manager), url("batch_submit", batch))
            assert url("batch_confirm", batch) in client_of(owner).get(url("batch", batch)).content.decode()
            client_of(owner).post(url(f"batch_{verb}", batch), {"reason": "no"})
            batch.refresh_from_db()
            assert batch.status == status

    def test_cancels(self, client_of, owner, account):
        batch = make_batch(account, owner)
        client_of(owner).post(url("batch_cancel", batch))
        batch.refresh_from_db()
        assert batch.status == "canceled"

    def test_tells_when_new_payees_have_cooled_off(self, client_of, owner, account):
        batch = make_batch(account, owner, GOOD + "Baker,6222020200112233445,ICBKCNBJ,5,\n")
        client = client_of(owner)
        assert "1 payee is new." in client.get(url("batch", batch)).content.decode()
        check = client.post(url("batch_submit", batch)).text
        assert "New payees are saved now" in check
        let_go(client, url("batch_submit", batch))
        assert "New payees cool off first." in client.get(url("batch", batch)).content.decode()

    def test_costs_the_same_however_long(self, client_of, owner, account, django_assert_max_num_queries):
        batch = make_batch(account, owner, GOOD + "Mill Ltd,DE21500500009876543210,SPUEDE2UXXX,1.00,\n" * 200)
        client = client_of(owner)
        with django_assert_max_num_queries(16):
            client.get(url("batch", batch))


class TestCheckPage:
    @pytest.fixture
    def batch(self, owner, account):
        return make_batch(account, owner, GOOD + GOOD.splitlines()[1].replace("40.00", "2.00") + "\n")

    @pytest.fixture
    def address(self, batch):
        return url("batch_submit", batch)

    def test_tells_what_will_leave_and_sends_nothing(self, client_of, owner, batch, address):
        page = client_of(owner).post(address).text
        told = ("Check the batch", "¥42.00", "¥958.00", "all of it or nothing", "Send me a code")
        assert [part for part in told if part not in page] == []
        batch.refresh_from_db()
        assert batch.status == "checked"

    def test_names_sum_and_number_of_payments_in_the_message(self, client_of, owner, address):
        client_of(owner).post(address, {"send_code": "1"})
        assert "to pay ¥42.00 from a file (payments: 2)" in text_of(Notice.objects.latest("pk"))

    @pytest.mark.parametrize("code", ["000000x", " "])
    def test_needs_the_code_and_is_shown_again_without(self, client_of, owner, batch, address, code):
        page = let_go(client_of(owner), address, code=code)
        batch.refresh_from_db()
        assert (page.status_code, "Check the batch" in page.text, batch.status) == (422, True, "checked")

    def test_takes_no_code_of_another_batch(self, client_of, owner, account, batch, address):
        client = client_of(owner)
        client.post(url("batch_submit", make_batch(account, owner, title="Other")), {"send_code": "1"})
        assert let_go(client, address, code=newest_code()).status_code == 422

    def test_sends_once_however_often_it_is_sent(self, client_of, owner, account, batch, address):
        client = client_of(owner)
        client.post(address, {"send_code": "1"})
        for _ in range(2):
            answer = let_go(client, address, code=newest_code())
            assert answer["Location"] == url("batch", batch)
        assert "This is no longer possible" not in client.get(answer["Location"]).text
        tasks.pay_due_batches()
        tasks.pay_due_batches()
        sent = AuditEvent.objects.filter(verb="settlement.batch_submit", subject=batch.reference).count()
        assert (held(account), sent) == (958, 1)
        assert AuditEvent.objects.filter(verb="signing.confirmed", subject=batch.reference).count() == 1

    def test_leads_back_to_the_batch_where_it_cannot_be_paid(self, client_of, owner, account, address, batch):
        settlement.freeze(account, reason="court", by="U-1", at=timezone.now())
        page = client_of(owner).post(address, follow=True)
        assert ("This account is frozen or closed." in page.text, page.redirect_chain[0][0]) == (
            True,
            url("batch", batch),
        )


class TestDoors:
    @pytest.fixture
    def batch(self, owner, account):
        return make_batch(account, owner)

    def test_do_not_exist_for_a_stranger(self, client_of, stranger, account, batch):
        client = client_of(stranger)
        for name, thing in (("batches", account), ("batch_new", account), ("batch", batch), ("batch_report", batch)):
            assert client.get(url(name, thing)).status_code == 404

    @pytest.mark.parametrize("verb", VERBS)
    def test_are_not_opened_by_strangers_staff_or_links(self, client_of, stranger, officer, owner, batch, verb):
        address = url(f"batch_{verb}", batch)
        assert client_of(stranger).post(address).status_code == 404
        assert client_of(officer).post(address).status_code == 403
        assert client_of(owner).get(address).status_code == 405

    def test_to_the_check_page_are_opened_by_members_and_no_link(self, client_of, stranger, officer, owner, batch):
        address = url("batch_submit", batch)
        assert client_of(stranger).post(address).status_code == 404
        assert client_of(officer).post(address).status_code == 403
        assert client_of(owner).get(address)["Location"] == url("batch", batch)

    def test_are_seen_but_not_used_by_staff(self, client_of, officer, account, batch):
        client = client_of(officer)
        assert client.get(url("batches", account)).status_code == 200
        assert client.get(url("batch", batch)).status_code == 200
        assert client.get(url("batch_new", account)).status_code == 403


class TestApi:
    def post(self, client, account, text=GOOD):
        told = {"title": "Suppliers", "file": SimpleUploadedFile("pay.csv", text.encode())}
        root = f"/api/v1/settlement-accounts/{account.reference}/payment-batches"
        return client.post(root, told, HTTP_IDEMPOTENCY_KEY="k", format="multipart")

    def test_refuses_what_is_too_large_as_the_page_does(self, client_of, owner, account):
        answer = self.post(machine(owner), account, text=GOOD + " " * MAX_BYTES)
        assert (answer.status_code, "up to 2 MB" in answer.json()["errors"]["file"][0]) == (400, True)
        told = {"title": "x", "file": SimpleUploadedFile("pay.csv", b" " * (MAX_BYTES + 1)), "idempotency_key": "k"}
        page = client_of(owner).post(url("batch_new", account), told)
        assert (page.status_code, "up to 2 MB" in page.text, PaymentBatch.objects.exists()) == (422, True, False)

    def test_checks_once_for_one_key_then_pays(self, owner, account):
        first, second = (self.post(machine(owner), account) for _ in range(2))
        assert (first.status_code, first.json()) == (201, second.json())
        root = f"/api/v1/payment-batches/{first.json()['reference']}"
        assert machine(owner).post(f"{root}/submit").json()["status"] == "approved"
        tasks.pay_due_batches()
        assert machine(owner).get(root).json()["status"] == "paid"
        (line,) = machine(owner).get(f"{root}/lines").json()["results"]
        assert line["payment"].startswith("PI-")
        assert (
            len(
                machine(owner).get(f"/api/v1/settlement-accounts/{account.reference}/payment-batches").json()["results"]
            )
            == 1
        )

    def test_tells_what_is_wrong(self, owner, account):
        made = self.post(machine(owner), account, BAD + "Mill Ltd,DE21500500009876543210,BANK,7.00,\n").json()
        assert (made["total_amount"], made["payable_amount"]) == ("47.00", "40.00")
        root = f"/api/v1/payment-batches/{made['reference']}"
        problems = [line["problem_code"] for line in machine(owner).get(f"{root}/lines").json()["results"]]
        assert problems == ["bank_code_wrong", "amount_refused", ""]
        answer = machine(owner).post(f"{root}/submit")
        assert (answer.status_code, answer.json()["code"]) == (422, "batch_has_problems")
        assert machine(owner).post(f"{root}/cancel").json()["status"] == "canceled"

    def test_lets_the_second_person_agree(self, owner, manager, account):
        root = f"/api/v1/payment-batches/{self.post(machine(manager), account).json()['reference']}"
        assert machine(manager).post(f"{root}/submit").json()["status"] == "waiting"
        assert machine(owner).post(f"{root}/confirm").json()["status"] == "approved"

    def test_knows_nothing_of_anothers(self, stranger, officer, account, owner):
        batch = make_batch(account, owner)
        assert self.post(machine(stranger), account).status_code == 404
        assert machine(stranger).get(f"/api/v1/payment-batches/{batch.reference}/lines").status_code == 404
        assert machine(officer).post(f"/api/v1/payment-batches/{batch.reference}/submit").status_code == 403
