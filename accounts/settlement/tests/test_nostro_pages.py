"""Pages of our account at the other bank and of suspense; receipts for machines."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.urls import reverse

from accounts.identity.models import Role
from accounts.identity.tests.builders import machine, make_user
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.models import NostroStatement, SuspenseItem
from accounts.settlement.queries import foreseen
from accounts.settlement.tests.builders import (
    held,
    make_delivery,
    make_drawer,
    make_payee,
    make_payment,
)
from accounts.settlement.tests.nostro import apply, bring, line, read, report, statement, upload
from accounts.settlement.tests.pages import url
from accounts.statements import writing
from portal.core.files.operations import MAX_BYTES, FileRefused


@pytest.fixture
def colleague(bank):
    return make_user("He Ping", role=Role.OPERATIONS, branch=bank.head_office)


@pytest.fixture
def item(account):
    bring(line("5.00", "who?", counterparty_name="Zhang San"))
    return SuspenseItem.objects.get()


def shown(item):
    item.refresh_from_db()
    return {"seen": item.shown}


DECISION = {"way": "account", "note": "called"}


class TestNostro:
    def send(self, client, **changed):
        content = writing.as_camt053(statement(line("5.00")))
        told = {"file": SimpleUploadedFile("s.xml", content), "idempotency_key": "k"} | changed
        return client.post(url("nostro"), told)

    def test_takes_a_file_once(self, client_of, operations):
        client = client_of(operations)
        for _ in range(2):
            assert self.send(client).status_code == 302
        assert NostroStatement.objects.get().uploaded_by == operations.reference

    def test_says_what_is_wrong(self, client_of, operations):
        assert self.send(client_of(operations), file=SimpleUploadedFile("s.xml", b"")).status_code == 422

    def test_says_what_is_too_large(self, client_of, operations):
        refused = self.send(client_of(operations), file=SimpleUploadedFile("year.sta", b"x" * (MAX_BYTES + 1)))
        assert (refused.status_code, "year.sta is too large" in refused.text) == (422, True)

    def test_does_not_read_what_is_too_large(self, operations, tmp_path):
        with (tmp_path / "closed").open("wb") as unreadable:
            upload = UploadedFile(unreadable, name="year.sta", size=MAX_BYTES + 1)
            with pytest.raises(FileRefused):
                settlement.receive_nostro(upload, key="k", at=NOW, by=operations.reference)

    def test_compares_books_and_statement(self, client_of, operations, account):
        bring(line("5.00", account.number), opening="100.00")
        page = client_of(operations).get(url("nostro")).content.decode()
        assert "Difference from before the first statement" in page

    def test_names_what_stands_behind_the_difference(self, client_of, operations, owner, account):
        made = make_payment(account, make_payee(account.enterprise), by=owner.reference)
        settlement.send_payments(currency="CNY", on=TODAY, at=NOW, by="U-OPS")
        bring(line("5.00", account.number))
        page = client_of(operations).get(url("nostro")).content.decode()
        assert "In our books, and on no statement" not in page
        assert "Sent, and not confirmed yet" in page
        assert url("payment", made) in page

    def test_shows_each_line(self, client_of, operations, item):
        page = client_of(operations).get(url("nostro_statement", item.line.statement)).content.decode()
        assert item.reference in page
        assert "Zhang San" in page

    def test_hands_out_the_file(self, client_of, auditor, item):
        response = client_of(auditor).get(url("nostro_file", item.line.statement))
        assert b"camt.053" in b"".join(response.streaming_content)

    @pytest.mark.parametrize("name", ["nostro", "suspense"])
    def test_is_for_operations_and_auditors(self, client_of, owner, officer, auditor, name):
        assert client_of(auditor).get(url(name)).status_code == 200
        assert {client_of(who).get(url(name)).status_code for who in (owner, officer)} <= {403, 404}

    def test_lets_an_auditor_change_nothing(self, client_of, auditor, item):
        client = client_of(auditor)
        assert self.send(client).status_code == 403
        assert client.post(url("suspense_item", item), DECISION).status_code == 403
        assert client.post(url("suspense_confirm", item)).status_code == 403

    def test_is_missing_where_there_is_none(self, client_of, operations):
        assert client_of(operations).get(reverse("settlement:nostro_statement", args=["NS-0"])).status_code == 404

    def test_takes_few_queries(self, client_of, operations, account, django_assert_max_num_queries):
        bring(*(line("5.00", f"x{number}") for number in range(30)))
        client = client_of(operations)
        for name in ("nostro", "suspense"):
            with django_assert_max_num_queries(25):
                client.get(url(name))


class TestAgreeing:
    @pytest.fixture
    def waiting(self, operations, account):
        told = statement(line("5.00", account.number, counterparty_name="Zhang San"), line("7.00", "who?"))
        return read(upload(writing.as_camt053(told), by=operations.reference))

    def agree(self, client, waiting, **changed):
        return client.post(url("nostro_agree", waiting), {"seen": foreseen.shown(waiting)} | changed)

    def test_shows_what_it_would_do(self, client_of, colleague, account, waiting):
        page = client_of(colleague).get(url("nostro_statement", waiting)).content.decode()
        for words in ("Credits an account", account.grouped_number, "Goes to suspense", "Agree and book"):
            assert words in page
        listed = client_of(colleague).get(url("nostro")).content.decode()
        assert "Waits for a second person" in listed

    def test_asks_a_colleague(self, client_of, operations, colleague, account, waiting):
        own = client_of(operations)
        page = own.get(url("nostro_statement", waiting)).content.decode()
        assert ("Agree and book" in page, "A colleague must agree" in page) == (False, True)
        self.agree(own, waiting)
        assert NostroStatement.objects.get().status == "waiting"
        for _twice in range(2):
            assert self.agree(client_of(colleague), waiting).status_code == 302
        assert NostroStatement.objects.get().decided_by == colleague.reference
        apply(waiting)
        assert held(account) == 1005
        page = own.get(url("nostro_statement", waiting)).content.decode()
        assert "Agreed to by He Ping" in page

    def test_asks_to_look_again_where_it_would_do_something_else(self, client_of, colleague, waiting):
        response = client_of(colleague).post(url("nostro_agree", waiting), {"seen": "before"}, follow=True)
        assert "Look again" in response.content.decode()
        assert NostroStatement.objects.get().status == "waiting"

    def test_is_shown_as_it_stands_when_somebody_looks(self, client_of, colleague, operations, account):
        found = read(upload(writing.as_camt053(statement(line("5.00", "loan l-7k3qx9tm"))), by=operations.reference))
        client = client_of(colleague)
        assert "Goes to suspense" in client.get(url("nostro_statement", found)).text
        before = foreseen.shown(found)
        with transaction.atomic():
            settlement.register_mandate(account, purpose="loan", subject="L-7K3QX9TM", by="U-1", at=NOW)
        refused = client.post(url("nostro_agree", found), {"seen": before}, follow=True).text
        assert ("has changed since you looked" in refused, "Credits an account" in refused) == (True, True)
        self.agree(client, found)
        assert NostroStatement.objects.get().status == "agreed"

    def test_names_the_statement_that_comes_first(self, client_of, colleague, operations, waiting):
        earlier = statement(line("1.00", on=TODAY - timedelta(days=1)))
        first = read(upload(writing.as_camt053(earlier), by=operations.reference))
        page = client_of(colleague).get(url("nostro_statement", waiting)).content.decode()
        assert ("Agree and book" in page, f'<span class="whole">{first.reference}</span> tells of earlier' in page) == (
            False,
            True,
        )

    def test_says_where_balances_do_not_join(self, client_of, colleague, operations, account):
        bring(line("5.00", account.number, on=TODAY - timedelta(days=1)))
        for opening, words in (("5.00", "opens with the same"), ("6.00", "a statement is missing")):
            told = statement(line("1.00"), opening=opening)
            found = read(upload(writing.as_camt053(told), by=operations.reference))
            assert words in client_of(colleague).get(url("nostro_statement", found)).content.decode()

    def test_is_set_aside_with_a_reason(self, client_of, colleague, account, waiting):
        client = client_of(colleague)
        client.post(url("nostro_set_aside", waiting), {"reason": " "})
        assert NostroStatement.objects.get().status == "waiting"
        client.post(url("nostro_set_aside", waiting), {"reason": "forged"})
        apply(waiting)
        assert held(account) == 1000
        assert "forged" in client.get(url("nostro_statement", waiting)).content.decode()

    def test_shows_what_a_report_would_take_back(self, client_of, colleague, operations, owner, account):
        made = make_payment(account, make_payee(account.enterprise), by=owner.reference)
        sent = settlement.send_payments(currency="CNY", on=TODAY, at=NOW, by="U-OPS")
        found = read(upload(report(sent.reference, payment=made.reference), by=operations.reference))
        client = client_of(colleague)
        assert made.reference in client.get(url("nostro_statement", found)).content.decode()
        self.agree(client, found)
        apply(found)
        assert held(account) == 1000
        assert "It reports on 1 payment" in client.get(url("nostro_statement", found)).content.decode()

    def test_is_for_operations_alone(self, client_of, auditor, officer, owner, waiting):
        client = client_of(auditor)
        page = client.get(url("nostro_statement", waiting)).content.decode()
        assert ("Credits an account" in page, "Set it aside" in page) == (True, False)
        for name in ("nostro_agree", "nostro_set_aside"):
            assert {client_of(who).post(url(name, waiting)).status_code for who in (auditor, officer, owner)} <= {
                403,
                404,
            }
            assert client.get(url(name, waiting)).status_code == 405
        assert NostroStatement.objects.get().status == "waiting"

    def test_takes_few_queries(self, client_of, colleague, operations, account, django_assert_max_num_queries):
        told = statement(*(line("5.00", f"x{number} {account.number}") for number in range(60)))
        found = read(upload(writing.as_camt053(told), by=operations.reference))
        client = client_of(colleague)
        with django_assert_max_num_queries(26):
            client.get(url("nostro_statement", found))


class TestSuspense:
    def test_lists_what_waits(self, client_of, operations, item):
        assert item.reference in client_of(operations).get(url("suspense")).content.decode()

    def test_is_cleared_once(self, client_of, operations, account, item):
        client = client_of(operations)
        told = DECISION | {"number": account.grouped_number}
        assert [client.post(url("suspense_item", item), told).status_code for _ in range(2)] == [302, 422]
        assert held(account) == 1005
        pages = [client.get(url("suspense") + which).content.decode() for which in ("", "?cleared=1")]
        assert [item.reference in page for page in pages] == [False, True]

    @pytest.mark.parametrize(
        ("told", "words"),
        [
            ({"number": "1"}, "No account of this bank"),
            ({"way": "instruction", "payment": "PI-1"}, "no payment with this reference"),
            ({"way": "sender", "sender_name": "", "number": ""}, "Say to which account"),
            ({"way": "sender", "sender_name": "Zhang", "sender_number": "12345678"}, "We do not know this bank."),
            ({"way": ""}, "required"),
        ],
    )
    def test_says_what_is_wrong(self, client_of, operations, account, item, told, words):
        response = client_of(operations).post(url("suspense_item", item), DECISION | told)
        assert (response.status_code, words in response.content.decode()) == (422, True)

    def test_lists_cash_that_may_fit_and_says_what_is_short(self, client_of, operations, colleague, bank, account):
        delivery = make_delivery(make_drawer(bank.branch, begin="500.00"), "200.00")
        bring(line("190.00", f"cash {delivery.reference}"))
        found, client = SuspenseItem.objects.get(), client_of(operations)
        assert delivery.reference in client.get(url("suspense_item", found)).content.decode()
        client.post(url("suspense_item", found), {"way": "cash", "cash": delivery.reference, "note": "a note torn"})
        assert "A colleague must agree before it is booked." in client.get(url("suspense_item", found)).text
        page = client_of(colleague).get(url("suspense_item", found)).content.decode()
        assert ("Over or short" in page, "Agree and book" in page) == (True, True)
        client_of(colleague).post(url("suspense_confirm", found), shown(found))
        assert "Over or short" in client.get(url("cash_delivery", delivery)).content.decode()

    def test_clears_several_lines_for_one_deposit(self, client_of, operations, colleague, bank, account):
        delivery = make_delivery(make_drawer(bank.branch, begin="500.00"), "200.00")
        bring(line("120.00", "deposit", reference="B1"), line("80.00", "deposit", reference="B2"))
        one, two = SuspenseItem.objects.order_by("pk")
        client, other = client_of(operations), client_of(colleague)
        told = {"way": "cash", "cash": delivery.reference, "beside": "SI-NOBODY", "note": "one slip, two credits"}
        form = client.post(url("suspense_item", one), told).context["form"]
        assert "There is no money in suspense" in str(form.errors["beside"])
        client.post(url("suspense_item", one), told | {"beside": f" {two.reference.lower()}, "})
        page = other.get(url("suspense_item", one)).text
        assert ("¥120.00 + ¥80.00" in page, two.reference in page, "Agree and book" in page) == (True, True, True)
        page = other.get(url("suspense_item", two)).text
        assert (f'It is cleared with <span class="whole">{one.reference}</span>' in page, "Agree and book" in page) == (
            True,
            False,
        )
        assert ("¥120.00 + ¥80.00" in page, "Over or short" in page) == (True, False)
        other.post(url("suspense_confirm", one), shown(one))
        page = client.get(url("cash_delivery", delivery)).text
        assert ("¥120.00" in page, "¥80.00" in page, "Over or short" in page) == (True, True, False)

    def test_says_at_the_cash_what_several_deposits_come_to(self, client_of, operations, bank, item):
        vault = make_drawer(bank.branch, begin="500.00")
        cash = " ".join(make_delivery(vault, amount).reference for amount in ("3.00", "1.00"))
        told = {"way": "cash", "cash": cash, "note": "the slips"}
        form = client_of(operations).post(url("suspense_item", item), told).context["form"]
        assert "The lines come to ¥5.00 and the cash to ¥4.00." in str(form.errors["cash"])

    def test_says_at_the_cash_that_it_is_not_on_its_way_or_goes_the_other_way(self, client_of, operations, bank, item):
        vault = make_drawer(bank.branch, begin="500.00")
        settled, fetched = make_delivery(vault, "190.00"), make_delivery(vault, "7.00", way="fetched")
        bring(line("190.00", f"cash {settled.reference}"))
        for delivery, words in ((settled, "There is no cash on its way"), (fetched, "goes the other way")):
            told = {"way": "cash", "cash": delivery.reference, "note": "the slip"}
            form = client_of(operations).post(url("suspense_item", item), told).context["form"]
            assert words in str(form.errors["cash"])

    def test_says_at_the_payment_that_no_money_is_expected_for_it(self, client_of, operations, account, item):
        made = make_payment(account, make_payee(account.enterprise), "5.00")
        told = {"way": "instruction", "payment": made.reference, "note": "the slip"}
        form = client_of(operations).post(url("suspense_item", item), told).context["form"]
        assert "“Will be sent”. No money is expected" in str(form.errors["payment"])

    def test_above_the_limit_asks_a_colleague(self, client_of, operations, colleague, account, item, settings):
        settings.SUSPENSE_LIMIT_AMOUNT = Decimal(1)
        client = client_of(operations)
        client.post(url("suspense_item", item), DECISION | {"number": account.number})
        assert "Agree and book" not in client.get(url("suspense_item", item)).content.decode()
        other = client_of(colleague)
        assert "Agree and book" in other.get(url("suspense_item", item)).content.decode()
        other.post(url("suspense_confirm", item), {"seen": "something else"})
        assert held(account) == 1000
        for _ in range(2):
            other.post(url("suspense_confirm", item), shown(item))
        assert held(account) == 1005

    def test_is_declined_with_a_reason(self, client_of, operations, colleague, account, item, settings):
        settings.SUSPENSE_LIMIT_AMOUNT = Decimal(1)
        client_of(operations).post(url("suspense_item", item), DECISION | {"number": account.number})
        client_of(colleague).post(url("suspense_decline", item), {"reason": "wrong payer"})
        item.refresh_from_db()
        assert (item.status, item.note) == ("waiting", "wrong payer")

    def test_is_taken_back_before_it_is_sent(self, client_of, operations, auditor, item):
        client = client_of(operations)
        settlement.propose_clearing(
            item, way="sender", note="?", sender=("Zhang San", "12345678", "ICBKCNBJ"), on=TODAY, at=NOW, by="U-1"
        )
        assert "Do not send it" not in client.get(url("suspense_item", item)).text
        settlement.confirm_clearing(item, seen=item.shown, on=TODAY, at=NOW, by="U-2")
        assert "Do not send it" in client.get(url("suspense_item", item)).text
        assert "Do not send it" not in client_of(auditor).get(url("suspense_item", item)).text
        assert client_of(auditor).post(url("suspense_take_back", item), {"reason": "x"}).status_code == 403
        for reason in ("", "another bank"):
            client.post(url("suspense_take_back", item), {"reason": reason})
        item.refresh_from_db()
        assert (item.status, item.note) == ("waiting", "another bank")

    def test_refuses_other_methods(self, client_of, operations, item):
        client = client_of(operations)
        assert client.get(url("suspense_confirm", item)).status_code == 405
        assert client.put(url("suspense_item", item)).status_code == 405


class TestPaymentThatCameBack:
    def test_tells_its_owner_why_in_both_languages(self, client_of, owner, account):
        made = make_payment(account, make_payee(account.enterprise), by=owner.reference)
        settlement.send_payments(currency="CNY", on=TODAY, at=NOW, by="U-OPS")
        bring(line("-30.00", end_to_end=made.reference), line("30.00", end_to_end=made.reference, return_reason="AC04"))
        client = client_of(owner)
        assert "account is closed. (AC04)" in client.get(url("payment", made)).content.decode()
        client.cookies["language"] = "zh-hans"
        assert "AC04" in client.get(url("payment", made)).content.decode()


class TestApi:
    def test_lists_receipts(self, owner, stranger, account):
        bring(line("5.00", f"{account.number} thanks", counterparty_name="Zhang"))
        address = reverse("api:settlement_account_receipts", args=[account.reference])
        (told,) = machine(owner).get(address).json()["results"]
        assert (told["amount"], told["payer_name"], told["claimed_at"]) == ("5.00", "Zhang", None)
        assert machine(stranger).get(address).status_code == 404

    def test_lists_payments_of_one_state(self, owner, account):
        make_payment(account, make_payee(account.enterprise))
        address = reverse("api:settlement_account_payments", args=[account.reference])
        counts = {
            state: len(machine(owner).get(address, {"status": state}).json()["results"])
            for state in ("pending", "sent")
        }
        assert counts == {"pending": 1, "sent": 0}
