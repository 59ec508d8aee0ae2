"""An invoice ledger that leaves something open waits for an answer, and is read by it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.cashflow import operations, queries
from accounts.cashflow.models import Invoice, InvoiceLedger
from accounts.cashflow.operations import AnswerRefused
from accounts.cashflow.tests.builders import NOW, make_upload
from accounts.statements.parsing import StatementRefused
from portal.core.models import AuditEvent
from portal.core.transitions import TransitionRefused

UNCLEAR = b"Number,Date,Gross\n1,02/01/2026,10.00\n2,03/01/2026,20.00\n"
STRANGE = "票;哪天;共计;谁\n7;2026-01-05;113.00;河镇饭店\n8;2026-01-06;56.50;甲\n".encode()
LATER = NOW + timedelta(hours=1)


def send(enterprise, content: bytes = UNCLEAR, direction: str = "sale") -> InvoiceLedger:
    """Bring a ledger."""
    return operations.receive_invoices(enterprise, make_upload(content), by="U-1", at=NOW, direction=direction)


def answer(ledger: InvoiceLedger, **told) -> None:
    """Answer what it asks."""
    operations.answer_ledger(ledger, told, by="U-1", at=LATER)


class TestAsk:
    """What a ledger leaves open is asked, and nothing of it counts."""

    def test_waits_with_the_readings_side_by_side(self, enterprise):
        ledger = send(enterprise)
        assert (ledger.status, [each["answer"] for each in ledger.question["options"]]) == ("asks", ["dmy", "mdy"])
        assert not Invoice.objects.exists()

    @pytest.mark.parametrize(
        ("content", "kind"), [(b'Number;Date;Gross\n1;2026-01-05;"1,234"\n', "amounts"), (STRANGE, "columns")]
    )
    def test_is_about_amounts_and_columns_as_well(self, enterprise, content, kind):
        assert send(enterprise, content).question["kind"] == kind

    def test_is_a_doubt_and_holds_up_an_application_until_it_is_answered(self, enterprise):
        ledger = send(enterprise)
        assert (queries.asking(enterprise), queries.doubts_about(enterprise).suspicions) == ([ledger], 1)
        answer(ledger, dates="dmy")
        assert (queries.asking(enterprise), queries.doubts_about(enterprise).suspicions) == ([], 0)

    def test_happens_once_for_a_file_that_is_sent_twice(self, enterprise):
        assert send(enterprise) == send(enterprise, direction="purchase")
        assert InvoiceLedger.objects.get().direction == "purchase"

    def test_is_recorded(self, enterprise):
        event = AuditEvent.objects.get(subject=send(enterprise).reference, verb="cashflow.ledger_asks")
        assert event.details == {"kind": "dates"}


class TestAnswer:
    """Answering reads the ledger."""

    @pytest.mark.parametrize(("told", "first"), [("dmy", date(2026, 1, 2)), ("mdy", date(2026, 2, 1))])
    def test_reads_the_file_as_answered(self, enterprise, told, first):
        ledger = send(enterprise)
        answer(ledger, dates=told)
        assert (ledger.status, ledger.new_count, ledger.question, ledger.answers) == ("read", 2, {}, {"dates": told})
        assert Invoice.objects.earliest("issued_on").issued_on == first

    def test_reads_columns_as_they_were_named(self, enterprise):
        ledger = send(enterprise, STRANGE)
        answer(ledger, columns={"first_row": 2, "number": 0, "date": 1, "gross": 2, "counterparty": 3})
        told = Invoice.objects.order_by("number").values_list("number", "counterparty_name", "gross_amount")
        assert list(told) == [("7", "河镇饭店", 113), ("8", "甲", Decimal("56.5"))]

    def test_asks_one_thing_after_the_other(self, enterprise):
        ledger = send(enterprise, b'Number;Date;Gross\n1;02/01/2026;"1,234"\n')
        answer(ledger, dates="dmy")
        assert (ledger.status, ledger.question["kind"]) == ("asks", "amounts")
        answer(ledger, amounts="point")
        assert Invoice.objects.get().gross_amount == 1234

    def test_happens_once_when_it_is_sent_twice(self, enterprise):
        ledger = send(enterprise)
        for _attempt in range(2):
            answer(ledger, dates="dmy")
        assert AuditEvent.objects.filter(verb="cashflow.ledger_answered").count() == 1

    @pytest.mark.parametrize(
        ("content", "told", "code"),
        [
            (UNCLEAR, {"dates": "ydm"}, "answer_unknown"),
            (STRANGE, {"columns": {"date": 1, "gross": 2}}, "answer_ledger_columns"),
            (STRANGE, {"columns": {"number": 0, "date": 1, "net": 2}}, "answer_ledger_columns"),
            (STRANGE, {"columns": {"number": 0, "date": 0, "gross": 2}}, "answer_columns_twice"),
            (STRANGE, {"columns": {"number": 0, "date": 1, "inflow": 2, "outflow": 2}}, "answer_unknown"),
        ],
    )
    def test_refuses_what_is_no_answer(self, enterprise, content, told, code):
        ledger = send(enterprise, content)
        with pytest.raises(AnswerRefused) as caught:
            answer(ledger, **told)
        ledger.refresh_from_db()
        assert (caught.value.code, ledger.status) == (code, "asks")

    def test_goes_on_asking_where_the_file_cannot_be_read_that_way(self, enterprise):
        ledger = send(enterprise, STRANGE)
        with pytest.raises(StatementRefused):
            answer(ledger, columns={"first_row": 2, "number": 1, "date": 0, "gross": 2})
        ledger.refresh_from_db()
        assert (ledger.status, ledger.answers, Invoice.objects.count()) == ("asks", {}, 0)

    def test_refuses_where_nothing_is_asked(self, enterprise):
        ledger = send(enterprise, b"Number,Date,Gross\n1,2026-01-05,10.00\n")
        with pytest.raises(TransitionRefused):
            answer(ledger, dates="dmy")


class TestPages:
    """The question on a page."""

    def page(self, name: str, ledger: InvoiceLedger) -> str:
        """Give an address."""
        return reverse(f"cashflow:{name}", args=[ledger.enterprise.reference, ledger.reference])

    def test_lead_from_the_form_to_the_question_and_to_what_was_read(self, enterprise, owner, client_of):
        client = client_of(owner)
        address = reverse("cashflow:invoices", args=[enterprise.reference])
        form = {"file": SimpleUploadedFile("ledger.csv", UNCLEAR), "direction": "sale"}
        shown = client.post(address, form, follow=True).text
        assert "The dates of this file can be read in more than one way" in shown
        ledger = InvoiceLedger.objects.get()
        listed = client.get(reverse("cashflow:enterprise", args=[enterprise.reference])).text
        assert self.page("ledger", ledger) in listed
        read = client.post(self.page("ledger_answer", ledger), {"answer": "dmy"}, follow=True).text
        assert "Invoices read: 2 new, 0 changed, 0 known before." in read
        assert client.post(self.page("ledger_answer", ledger), {"answer": "dmy"}).status_code == 302
        assert "New invoices" in client.get(self.page("ledger", ledger)).text

    def test_ask_for_the_columns_of_an_invoice_ledger(self, enterprise, owner, client_of):
        ledger, client = send(enterprise, STRANGE), client_of(owner)
        assert "In which line does the first invoice stand?" in client.get(self.page("ledger", ledger)).text
        answers = {"first_row": "2", "number": "0", "date": "1", "gross": "9"}
        assert client.post(self.page("ledger_answer", ledger), answers).status_code == 422
        client.post(self.page("ledger_answer", ledger), answers | {"gross": "2"})
        assert Invoice.objects.count() == 2

    def test_take_a_file_back_and_hand_it_out(self, enterprise, owner, client_of):
        ledger, client = send(enterprise), client_of(owner)
        assert client.get(self.page("ledger_file", ledger)).getvalue() == UNCLEAR
        for _attempt in range(2):
            assert client.post(self.page("ledger_withdraw", ledger)).status_code == 302
        assert queries.asking(enterprise) == []

    def test_do_not_exist_for_a_stranger_and_are_read_only_for_other_staff(
        self, enterprise, stranger, underwriter, client_of
    ):
        ledger = send(enterprise)
        assert client_of(stranger).get(self.page("ledger", ledger)).status_code == 404
        staff = client_of(underwriter)
        assert "The enterprise has not answered yet." in staff.get(self.page("ledger", ledger)).text
        assert staff.get(self.page("ledger_file", ledger)).getvalue() == UNCLEAR
        read = AuditEvent.objects.get(verb="identity.paper_read")
        assert (read.subject, read.details) == (enterprise.reference, {"ledger": ledger.reference})
        for name in ("ledger_answer", "ledger_withdraw"):
            assert client_of(stranger).post(self.page(name, ledger)).status_code == 404
            assert staff.post(self.page(name, ledger)).status_code == 403
            assert staff.get(self.page(name, ledger)).status_code == 405
