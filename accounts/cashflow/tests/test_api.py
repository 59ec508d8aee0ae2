"""Evidence for machines."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.cashflow.models import BankTransaction, StatementImport
from accounts.cashflow.tests.builders import make_broken, make_read, make_received, make_statement, make_year
from accounts.identity.tests.builders import machine
from accounts.statements.writing import as_csv

pytestmark = pytest.mark.urls("accounts.cashflow.tests.api_urls")


def send(user, enterprise, content: bytes = b"Date,Amount\n2026-01-05,1.00\n", **headers):
    """Send a statement."""
    file = SimpleUploadedFile("statement.csv", content)
    address = f"/api/enterprises/{enterprise.reference}/statements"
    return machine(user).post(address, {"file": file}, format="multipart", headers=headers)


class TestSend:
    """Sending a statement."""

    def test_answers_that_it_is_being_read(self, enterprise, owner):
        response = send(owner, enterprise, **{"Idempotency-Key": "k"})
        assert (response.status_code, response.data["status"]) == (202, "reading")

    def test_receives_once_what_is_sent_twice(self, enterprise, owner):
        first, second = (send(owner, enterprise, **{"Idempotency-Key": "k"}).data for _ in range(2))
        assert first["reference"] == second["reference"]

    def test_refuses_a_key_used_for_another_file(self, enterprise, owner):
        send(owner, enterprise, **{"Idempotency-Key": "k"})
        response = send(owner, enterprise, b"other", **{"Idempotency-Key": "k"})
        assert (response.status_code, response.data["code"]) == (409, "key_reused")

    def test_asks_for_a_key(self, enterprise, owner):
        response = send(owner, enterprise)
        assert (response.status_code, response.data["code"]) == (400, "key_missing")

    def test_asks_for_a_file(self, enterprise, owner):
        response = machine(owner).post(f"/api/enterprises/{enterprise.reference}/statements", {}, format="multipart")
        assert (response.status_code, StatementImport.objects.count()) == (400, 0)

    def test_takes_none_of_two_in_one_request(self, enterprise, owner):
        sent = {"file": [SimpleUploadedFile(f"{each}.csv", each.encode()) for each in "ab"]}
        address = f"/api/enterprises/{enterprise.reference}/statements"
        response = machine(owner).post(address, sent, format="multipart", headers={"Idempotency-Key": "k"})
        assert (response.status_code, StatementImport.objects.count()) == (400, 0)
        assert "Send each file in a request of its own." in response.content.decode()

    def test_refuses_too_much(self, enterprise, owner):
        response = send(owner, enterprise, b"x" * (10 * 1024 * 1024 + 1), **{"Idempotency-Key": "k"})
        assert (response.status_code, response.data["code"]) == (422, "file_too_large")

    def test_refuses_one_more_than_may_wait(self, enterprise, owner):
        for number in range(20):
            make_received(enterprise, f"file {number}".encode())
        response = send(owner, enterprise, **{"Idempotency-Key": "k"})
        assert (response.status_code, response.data["code"]) == (422, "statements_wait")

    def test_does_not_exist_for_a_stranger(self, enterprise, stranger):
        assert send(stranger, enterprise, **{"Idempotency-Key": "k"}).status_code == 404

    @pytest.mark.parametrize(("role", "status"), [("officer", 202), ("auditor", 403), ("course_editor", 403)])
    def test_takes_it_from_officers_alone_among_staff(self, enterprise, request, role, status):
        assert send(request.getfixturevalue(role), enterprise, **{"Idempotency-Key": "k"}).status_code == status

    def test_asks_who_calls(self, enterprise):
        response = APIClient().post(f"/api/enterprises/{enterprise.reference}/statements")
        assert response.status_code == 401


class TestFollow:
    """Following a statement."""

    def test_tells_what_it_covers(self, enterprise, owner):
        statement = make_statement(enterprise)
        told = machine(owner).get(f"/api/statements/{statement.reference}").data
        assert (told["status"], told["closing_balance"], told["line_count"]) == ("read", "1100.000", 1)

    def test_tells_why_it_was_refused(self, enterprise, owner):
        reference = send(owner, enterprise, b"nonsense", **{"Idempotency-Key": "k"}).data["reference"]
        make_read(StatementImport.objects.get(reference=reference))
        told = machine(owner).get(f"/api/statements/{reference}").data
        assert (told["status"], told["refusal_code"]) == ("refused", "table_no_header")
        assert told["refusal"].startswith("No row names the columns.")

    def test_tells_where_balances_do_not_follow(self, enterprise, owner):
        reference = send(owner, enterprise, as_csv(make_broken()), **{"Idempotency-Key": "k"}).data["reference"]
        make_read(StatementImport.objects.get(reference=reference))
        told = machine(owner).get(f"/api/statements/{reference}").json()
        assert (told["status"], told["break_count"]) == ("read", 1)
        assert told["balance_breaks"] == [
            {"code": "after_line", "line": 6, "expected": "1007.000", "stated": "2007.000"}
        ]
        assert told["breaks"][0].startswith("Line 6: after this payment the balance should be")

    def test_lists_statements_and_lines(self, enterprise, owner):
        statement = make_statement(enterprise)
        listed = machine(owner).get(f"/api/enterprises/{enterprise.reference}/statements").data["results"]
        lines = machine(owner).get(f"/api/statements/{statement.reference}/transactions").data["results"]
        assert [each["reference"] for each in listed] == [statement.reference]
        assert [(each["amount"], each["category"]) for each in lines] == [("100.000", "customer_receipt")]

    def test_does_not_exist_for_a_stranger(self, enterprise, stranger):
        statement = make_statement(enterprise)
        for address in (
            f"/api/statements/{statement.reference}",
            f"/api/statements/{statement.reference}/transactions",
        ):
            assert machine(stranger).get(address).status_code == 404


class TestAnswer:
    """A question and its answer."""

    UNCLEAR = b"Date,Amount\n02/01/2026,10.00\n"

    def ask(self, owner, enterprise) -> str:
        """Send a file that leaves something open, and let it be read."""
        reference = send(owner, enterprise, self.UNCLEAR, **{"Idempotency-Key": "k"}).data["reference"]
        make_read(StatementImport.objects.get(reference=reference))
        return str(reference)

    def test_tells_the_question_and_takes_the_answer(self, enterprise, owner):
        reference = self.ask(owner, enterprise)
        told = machine(owner).get(f"/api/statements/{reference}").json()
        assert (told["status"], told["question"]["kind"]) == ("asks", "dates")
        assert told["question"]["options"][0]["examples"] == [
            {"line": 2, "written": "02/01/2026", "read": "2026-01-02"}
        ]
        answered = machine(owner).post(f"/api/statements/{reference}/answer", {"dates": "dmy"}, format="json")
        assert (answered.status_code, answered.json()["status"]) == (202, "reading")
        assert make_read(StatementImport.objects.get(reference=reference)).status == "read"

    def test_refuses_what_is_no_answer_and_what_nobody_asked(self, enterprise, owner):
        reference = self.ask(owner, enterprise)
        wrong = machine(owner).post(f"/api/statements/{reference}/answer", {"dates": "ydm"}, format="json")
        assert (wrong.status_code, wrong.data["code"]) == (422, "answer_unknown")
        other = make_statement(enterprise)
        late = machine(owner).post(f"/api/statements/{other.reference}/answer", {"dates": "dmy"}, format="json")
        assert (late.status_code, late.data["code"]) == (409, "transition_refused")

    @pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("auditor", 403), ("officer", 202)])
    def test_is_for_those_who_may(self, enterprise, owner, request, who, status):
        reference = self.ask(owner, enterprise)
        caller = machine(request.getfixturevalue(who))
        response = caller.post(f"/api/statements/{reference}/answer", {"dates": "dmy"}, format="json")
        assert response.status_code == status


class TestCategorize:
    """What a payment was for."""

    LINES = (("2026-01-05", "-100.00", "Li Si", "transfer"), ("2026-01-06", "20.00", "Wu", "order"))

    def test_lists_payments_and_takes_corrections(self, enterprise, owner):
        make_statement(enterprise, self.LINES)
        address = f"/api/enterprises/{enterprise.reference}/transactions"
        (line,) = machine(owner).get(address, {"way": "out"}).json()["results"]
        assert (line["amount"], line["category"], line["is_corrected"]) == ("-100.000", "unknown", False)
        told = machine(owner).put(f"{address}/{line['id']}/category", {"category": "salary"}, format="json")
        assert (told.status_code, told.json()["category"], told.json()["is_corrected"]) == (200, "salary", True)
        again = machine(owner).put(f"{address}/{line['id']}/category", {"category": "salary"}, format="json")
        assert again.json()["id"] == told.json()["id"]
        assert len(machine(owner).get(address, {"category": "salary"}).json()["results"]) == 1

    @pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("auditor", 403), ("officer", 200)])
    def test_is_for_those_who_may(self, enterprise, request, who, status):
        line = make_statement(enterprise, self.LINES).lines.first()
        address = f"/api/enterprises/{enterprise.reference}/transactions/{line.pk}/category"
        caller = machine(request.getfixturevalue(who))
        assert caller.put(address, {"category": "unknown", "scope": "line"}, format="json").status_code == status

    def test_refuses_what_does_not_fit(self, enterprise, owner):
        line = make_statement(enterprise, self.LINES).lines.get(amount=20)
        address = f"/api/enterprises/{enterprise.reference}/transactions/{line.pk}/category"
        response = machine(owner).put(address, {"category": "rent"}, format="json")
        assert (response.status_code, response.data["code"]) == (422, "correction_category_wrong")


class TestOthers:
    """Invoices and withdrawals."""

    def test_takes_an_invoice_ledger(self, enterprise, owner):
        file = SimpleUploadedFile("ledger.csv", b"Number,Date,Net,Tax\n1,2026-01-05,100.00,3.00\n")
        address = f"/api/enterprises/{enterprise.reference}/invoices"
        response = machine(owner).post(address, {"file": file, "direction": "sale"}, format="multipart")
        counts = {name: response.data[name] for name in ("status", "new", "changed", "known")}
        assert (response.status_code, counts) == (200, {"status": "read", "new": 1, "changed": 0, "known": 0})

    def test_asks_about_a_ledger_and_takes_the_answer(self, enterprise, owner, stranger):
        file = SimpleUploadedFile("ledger.csv", b"Number,Date,Gross\n1,02/01/2026,10.00\n")
        address = f"/api/enterprises/{enterprise.reference}/invoices"
        asking = machine(owner).post(address, {"file": file, "direction": "sale"}, format="multipart")
        assert (asking.status_code, asking.data["status"], asking.data["question"]["kind"]) == (202, "asks", "dates")
        ledger = f"/api/invoice-ledgers/{asking.data['reference']}"
        assert machine(stranger).post(f"{ledger}/answer", {"dates": "dmy"}, format="json").status_code == 404
        answered = machine(owner).post(f"{ledger}/answer", {"dates": "dmy"}, format="json")
        assert (answered.status_code, answered.data["new"]) == (200, 1)
        assert machine(owner).get(ledger).data["status"] == "read"
        assert machine(owner).post(f"{ledger}/withdrawal").status_code == 409

    def test_takes_back_a_ledger_that_asks(self, enterprise, owner):
        file = SimpleUploadedFile("ledger.csv", b"Number,Date,Gross\n1,02/01/2026,10.00\n")
        address = f"/api/enterprises/{enterprise.reference}/invoices"
        asking = machine(owner).post(address, {"file": file, "direction": "sale"}, format="multipart").data
        withdrawn = machine(owner).post(f"/api/invoice-ledgers/{asking['reference']}/withdrawal")
        assert withdrawn.data["status"] == "withdrawn"

    def test_withdraws_a_statement(self, enterprise, owner, stranger):
        statement = make_statement(enterprise)
        address = f"/api/statements/{statement.reference}/withdrawal"
        assert machine(stranger).post(address).status_code == 404
        assert machine(owner).post(address).data["status"] == "withdrawn"
        assert machine(owner).post(address).status_code == 409
        assert not BankTransaction.objects.current().exists()


class TestCashFlow:
    """The months and the coming weeks."""

    def get(self, user, enterprise, what: str):
        """Ask for it."""
        return machine(user).get(f"/api/enterprises/{enterprise.reference}/cash-flow/{what}")

    def test_tells_the_months(self, enterprise, owner):
        make_statement(enterprise)
        told = self.get(owner, enterprise, "months?months=1").data
        assert told == [
            {
                "month": "2026-01-01",
                "inflow": "100.000",
                "borrowed": "0.000",
                "outflow": "0.000",
                "repaid": "0.000",
                "net": "100.000",
                "balance": "1100.000",
            }
        ]

    @pytest.mark.parametrize("months", ["0", "61", "many"])
    def test_refuses_a_period_that_is_none(self, enterprise, owner, months):
        assert self.get(owner, enterprise, f"months?months={months}").status_code == 400

    def test_tells_the_coming_weeks_with_their_quantiles(self, enterprise, owner):
        make_statement(enterprise, make_year())
        told = self.get(owner, enterprise, "forecast").data
        assert (told["evidence_ends_on"], len(told["weeks"])) == ("2026-03-01", 13)
        week = told["weeks"][0]
        assert (week["first_day"], week["last_day"]) == ("2026-03-02", "2026-03-08")
        assert week["inflow"]["quantiles"] == sorted(week["inflow"]["quantiles"])

    def test_tells_no_week_from_little_evidence(self, enterprise, owner):
        assert self.get(owner, enterprise, "forecast").data == {"evidence_ends_on": None, "balance": None, "weeks": []}
        make_statement(enterprise)
        assert self.get(owner, enterprise, "forecast").data["weeks"] == []

    def test_does_not_exist_for_a_stranger_and_is_closed_to_editors(self, enterprise, stranger, course_editor):
        for what in ("months", "forecast"):
            assert self.get(stranger, enterprise, what).status_code == 404
            assert self.get(course_editor, enterprise, what).status_code == 403
