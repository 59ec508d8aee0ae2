"""The pages of evidence: who may open them, what they show, what they cost."""

import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.cashflow import operations
from accounts.cashflow.models import Invoice, StatementImport
from accounts.cashflow.tests.builders import NOW, make_parsed, make_read, make_received, make_statement
from accounts.cashflow.tests.pages import YEAR, page, upload
from accounts.identity.tests.builders import make_enterprise
from accounts.statements.writing import as_csv

LARGEST_PAGE = 15 * 1024  # compressed


@pytest.fixture
def statement(enterprise) -> StatementImport:
    """One statement that was read."""
    return make_statement(enterprise)


class TestAll:
    """What holds for every page."""

    @pytest.mark.parametrize("who", ["stranger"])
    def test_do_not_exist_for_a_stranger(self, enterprise, statement, client_of, request, who):
        client = client_of(request.getfixturevalue(who))
        line = statement.lines.get().pk
        for name in ("enterprise", "statement", "file", "payments", "payment"):
            references = [enterprise.reference, {"payment": line}.get(name, statement.reference)]
            references = references[: 1 if name in {"enterprise", "payments"} else 2]
            assert client.get(page(name, *references)).status_code == 404, name
        for name in ("upload", "invoices", "withdraw", "statement_answer", "payment"):
            references = [enterprise.reference, {"payment": line}.get(name, statement.reference)]
            references = references[: 1 if name in {"upload", "invoices"} else 2]
            assert client.post(page(name, *references)).status_code == 404, name

    def test_ask_to_sign_in(self, enterprise):
        assert Client().get(page("enterprise", enterprise.reference)).status_code == 302

    def test_are_closed_to_course_editors(self, enterprise, course_editor, client_of):
        assert client_of(course_editor).get(page("enterprise", enterprise.reference)).status_code == 403

    @pytest.mark.parametrize("role", ["underwriter", "auditor", "analyst"])
    def test_let_other_staff_look_and_change_nothing(self, enterprise, statement, client_of, request, role):
        client = client_of(request.getfixturevalue(role))
        shown = client.get(page("enterprise", enterprise.reference))
        assert shown.status_code == 200
        assert "Bring a bank statement" not in shown.text
        assert client.post(page("upload", enterprise.reference), upload()).status_code == 403
        assert client.post(page("withdraw", enterprise.reference, statement.reference)).status_code == 403
        assert client.post(page("statement_answer", enterprise.reference, statement.reference)).status_code == 403
        line = page("payment", enterprise.reference, statement.lines.get().pk)
        assert "This cannot be changed here." in client.get(line).text
        assert client.post(line, {"category": "unknown", "scope": "line"}).status_code == 403

    def test_do_not_exist_for_staff_of_another_branch(self, bank, stranger, officer, client_of):
        other = make_enterprise(
            stranger, branch=bank.other_branch, legal_name="Hill Tea", identifier="91350211M000100Y43"
        )
        assert client_of(officer).get(page("enterprise", other.reference)).status_code == 404

    def test_take_verbs_by_post_only_and_pages_by_get_only(self, enterprise, statement, owner, client_of):
        client = client_of(owner)
        for name in ("upload", "invoices"):
            assert client.get(page(name, enterprise.reference)).status_code == 405
        assert client.get(page("statement_answer", enterprise.reference, statement.reference)).status_code == 405
        assert client.post(page("payments", enterprise.reference)).status_code == 405
        assert client.put(page("payment", enterprise.reference, statement.lines.get().pk)).status_code == 405
        assert client.get(page("withdraw", enterprise.reference, statement.reference)).status_code == 405
        assert client.post(page("enterprise", enterprise.reference)).status_code == 405

    def test_find_no_statement_of_another_enterprise(self, enterprise, stranger, owner, client_of):
        other = make_statement(stranger.memberships.get().enterprise)
        assert client_of(owner).get(page("statement", enterprise.reference, other.reference)).status_code == 404

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_are_light_and_plain(self, enterprise, owner, client_of, language):
        shown = make_statement(enterprise, YEAR)
        client = client_of(owner)
        client.cookies["language"] = language
        for address in (
            page("enterprise", enterprise.reference),
            page("statement", enterprise.reference, shown.reference),
            page("payments", enterprise.reference),
            page("payment", enterprise.reference, shown.lines.first().pk),
        ):
            response = client.get(address)
            assert response.status_code == 200, address
            assert len(gzip.compress(response.content)) < LARGEST_PAGE, address
            assert b" style=" not in response.content, address
            assert response.content.count(b"<h1>") == 1, address


class TestList:
    """The way in."""

    def test_leads_an_owner_of_one_enterprise_to_it(self, enterprise, owner, client_of):
        assert client_of(owner).get(page("list")).url == page("enterprise", enterprise.reference)

    def test_lets_an_owner_of_two_choose(self, bank, enterprise, owner, client_of):
        make_enterprise(owner, branch=bank.branch, legal_name="Second Shop", identifier="91350211M000100Y43")
        assert "Second Shop" in client_of(owner).get(page("list")).text

    def test_leads_staff_to_their_enterprises(self, officer, client_of):
        assert client_of(officer).get(page("list")).url == reverse("identity:enterprises")


class TestEnterprise:
    """The cash-flow page."""

    def test_shows_months_and_statements(self, enterprise, owner, client_of):
        make_statement(enterprise, YEAR)
        shown = client_of(owner).get(page("enterprise", enterprise.reference)).text
        for told in ("Money in and out by month", "February 2026", "statement.csv", "•••• 7890"):
            assert told in shown, told

    def test_says_so_when_there_is_nothing(self, enterprise, owner, client_of):
        shown = client_of(owner).get(page("enterprise", enterprise.reference)).text
        assert "There is no statement yet." in shown
        assert "<figure" not in shown

    def test_says_first_which_files_most_people_have(self, enterprise, owner, client_of):
        shown = client_of(owner).get(page("enterprise", enterprise.reference)).text
        assert "One or several: PDF or Excel from your bank" in shown
        assert "<br><small>CSV, camt.053, MT940 and OFX can be read, too." in shown

    def test_looks_again_while_a_statement_is_being_read_and_then_no_more(self, enterprise, owner, client_of):
        statement = make_received(enterprise, as_csv(make_parsed([("2026-01-05", "1.00", "Li", "order")])))
        client = client_of(owner)
        shown = client.get(page("enterprise", enterprise.reference)).text
        assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in shown
        assert 'hx-trigger="every 2s"' in shown
        make_read(statement)
        assert "every 2s" not in client.get(page("enterprise", enterprise.reference)).text

    def test_shows_withdrawn_statements_to_staff_only(self, enterprise, statement, owner, officer, client_of):
        operations.withdraw(statement, by="U-1", at=NOW)
        assert "Withdrawn" not in client_of(owner).get(page("enterprise", enterprise.reference)).text
        assert "Withdrawn" in client_of(officer).get(page("enterprise", enterprise.reference)).text

    def test_asks_few_questions(self, enterprise, owner, client_of, django_assert_max_num_queries):
        for account in range(5):
            make_statement(enterprise, account=f"62220212345{account}")
        client = client_of(owner)
        client.get(page("enterprise", enterprise.reference))
        with django_assert_max_num_queries(18):
            client.get(page("enterprise", enterprise.reference))


class TestUpload:
    """Bringing a statement."""

    @pytest.mark.parametrize("who", ["owner", "manager", "officer"])
    def test_receives_it_from_those_who_may(self, enterprise, client_of, request, who):
        response = client_of(request.getfixturevalue(who)).post(page("upload", enterprise.reference), upload())
        received = StatementImport.objects.get()
        assert (response.status_code, received.status) == (302, "reading")
        assert response.url == page("statement", enterprise.reference, received.reference)

    def test_receives_once_what_is_sent_twice(self, enterprise, owner, client_of):
        client = client_of(owner)
        for _attempt in range(2):
            assert client.post(page("upload", enterprise.reference), upload()).status_code == 302
        assert StatementImport.objects.count() == 1

    def test_says_when_a_file_came_in_before(self, enterprise, owner, client_of):
        known, client = make_statement(enterprise), client_of(owner)
        with known.file.open() as content:
            again = upload(content.read(), name="march.csv") | {"idempotency_key": "again"}
        shown = client.post(page("upload", enterprise.reference), again, follow=True).text
        day, named = (f'<span class="whole">{each}</span>' for each in ("Mar 2, 2026", known.reference))
        assert f"march.csv came in before, on {day}, 17:00, as {named}. It counts once." in shown
        assert StatementImport.objects.count() == 1

    def test_reads_a_refused_file_anew_in_the_place_of_the_refused_one(self, enterprise, owner, client_of):
        refused = make_read(make_received(enterprise, b"no table"))
        client_of(owner).post(page("upload", enterprise.reference), upload(b"no table"))
        refused.refresh_from_db()
        assert (refused.status, StatementImport.objects.current().get().status) == ("withdrawn", "reading")

    def test_removes_a_refused_file_from_the_list_and_goes_back(self, enterprise, owner, client_of):
        refused, client = make_read(make_received(enterprise, b"no table")), client_of(owner)
        assert 'name="next"' in client.get(page("enterprise", enterprise.reference)).text
        address = page("withdraw", enterprise.reference, refused.reference)
        assert client.post(address, {"next": "/applications/"}).url == "/applications/"
        assert client.post(address, {"next": "https://elsewhere.example/"}).url.startswith("/cashflow")
        assert "no table" not in client.get(page("enterprise", enterprise.reference)).text

    @pytest.mark.parametrize(
        ("language", "told"), [("en", "20 statements of this enterprise"), ("zh-hans", "有20份流水")]
    )
    def test_says_that_enough_wait_to_be_read(self, enterprise, owner, client_of, language, told):
        for number in range(20):
            make_received(enterprise, f"file {number}".encode())
        client = client_of(owner)
        client.cookies["language"] = language
        response = client.post(page("upload", enterprise.reference), upload())
        assert (response.status_code, told in response.text) == (422, True)

    def test_says_what_is_missing(self, enterprise, owner, client_of):
        response = client_of(owner).post(page("upload", enterprise.reference), {"idempotency_key": "once"})
        assert response.status_code == 422
        assert "Choose a file first." in response.text
        assert "#statement_file" in response.text


class TestInvoices:
    """Bringing invoices."""

    LEDGER = "Number,Date,Net,Tax\n1,2026-01-05,100.00,3.00\n"

    def send(self, client: Client, enterprise, text: str):
        """Send the form."""
        file = SimpleUploadedFile("ledger.csv", text.encode())
        return client.post(page("invoices", enterprise.reference), {"file": file, "direction": "purchase"}, follow=True)

    def test_keeps_them(self, enterprise, owner, client_of):
        shown = self.send(client_of(owner), enterprise, self.LEDGER).text
        assert "Invoices read: 1 new, 0 changed, 0 known before." in shown
        assert "1 invoice, ¥103.00" in shown
        assert Invoice.objects.get().direction == "purchase"

    def test_keeps_once_what_is_sent_twice(self, enterprise, owner, client_of):
        client = client_of(owner)
        self.send(client, enterprise, self.LEDGER)
        assert "0 new, 0 changed, 1 known before" in self.send(client, enterprise, self.LEDGER).text

    def test_says_what_is_wrong_and_where(self, enterprise, owner, client_of):
        response = self.send(client_of(owner), enterprise, "Number,Date,Net,Tax\n1,2026-02-30,100.00,3.00\n")
        assert response.status_code == 422
        assert "Line 2: “2026-02-30” is not a date in the calendar." in response.text
