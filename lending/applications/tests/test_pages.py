"""Pages of the case until it is sent, by the litany."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.cashflow.models import StatementImport
from accounts.cashflow.tests.builders import make_read, make_received
from accounts.identity.models import Clearance
from accounts.identity.tests.builders import make_paper
from accounts.statements.parsing.tests import samples
from lending.applications import operations as applications
from lending.applications.models import Application, ApplicationDocument
from lending.applications.states import Status
from lending.applications.tests.builders import (
    NOW,
    make_draft,
    make_evidence,
    make_picture,
    make_submitted,
)
from lending.applications.tests.pages import shown, url
from lending.products.tests.builders import make_product

pytestmark = pytest.mark.usefixtures("product")

ASKED = {"amount": "20,000", "term_months": "12", "purpose": "stock", "note": "A freezer.", "idempotency_key": "k"}
OWN_PAGES = ("detail", "change", "documents", "evidence", "check")
ACTS = ("withdraw", "recommend", "conclude")


@pytest.fixture
def draft(enterprise, owner):
    make_evidence(enterprise)
    return make_draft(enterprise, by=owner)


def begin_url(enterprise, product="quick"):
    return reverse("applications:begin", args=[enterprise.reference, product])


class TestEveryPage:
    @pytest.mark.parametrize("name", OWN_PAGES)
    def test_works_for_owner_and_manager(self, client_of, owner, manager, draft, name):
        assert [client_of(each).get(url(name, draft)).status_code for each in (owner, manager)] == [200, 200]

    @pytest.mark.parametrize("name", OWN_PAGES)
    def test_works_in_chinese(self, client_of, owner, draft, name):
        response = client_of(owner).get(url(name, draft), headers={"accept-language": "zh-hans"})
        assert response.status_code == 200

    @pytest.mark.parametrize("name", OWN_PAGES)
    def test_does_not_exist_for_a_stranger(self, client_of, stranger, draft, name):
        assert client_of(stranger).get(url(name, draft)).status_code == 404

    @pytest.mark.parametrize("name", ["change", "documents", "evidence", "check", "withdraw"])
    def test_takes_nothing_from_a_stranger(self, client_of, stranger, draft, name):
        assert client_of(stranger).post(url(name, draft), ASKED).status_code == 404

    @pytest.mark.parametrize("name", OWN_PAGES)
    def test_of_a_draft_does_not_exist_for_staff(self, client_of, officer, auditor, draft, name):
        assert [client_of(each).get(url(name, draft)).status_code for each in (officer, auditor)] == [404, 404]

    @pytest.mark.parametrize("name", OWN_PAGES)
    def test_sends_a_passer_by_to_sign_in(self, client, draft, name):
        assert client.get(url(name, draft)).status_code == 302

    @pytest.mark.parametrize("name", ACTS)
    def test_that_acts_takes_only_posts(self, client_of, owner, draft, name):
        assert client_of(owner).get(url(name, draft)).status_code == 405

    def test_that_shows_takes_only_gets(self, client_of, owner, draft):
        assert client_of(owner).post(url("detail", draft)).status_code == 405
        assert client_of(owner).post(reverse("applications:list")).status_code == 405


class TestList:
    def test_shows_ones_own_and_nobody_elses(self, client_of, owner, stranger, draft):
        assert draft.reference in shown(client_of(owner).get(reverse("applications:list")))
        assert draft.reference not in shown(client_of(stranger).get(reverse("applications:list")))

    def test_costs_the_same_however_many(self, client_of, owner, enterprise, django_assert_max_num_queries):
        for number in range(25):
            applications.withdraw(make_draft(enterprise, by=owner, key=str(number)), by=owner, at=NOW)
        client = client_of(owner)
        with django_assert_max_num_queries(9):
            assert "Page 1 of 2" in shown(client.get(reverse("applications:list")))


class TestChooseProduct:
    def test_offers_what_the_bank_offers(self, client_of, owner, enterprise):
        page = shown(client_of(owner).get(reverse("applications:choose_product", args=[enterprise.reference])))
        assert "¥3,000 to ¥200,000" in page
        assert begin_url(enterprise) in page

    def test_leads_to_the_open_application_instead(self, client_of, owner, enterprise, draft):
        page = shown(client_of(owner).get(reverse("applications:choose_product", args=[enterprise.reference])))
        assert url("detail", draft) in page
        assert begin_url(enterprise) not in page

    def test_does_not_exist_for_a_stranger(self, client_of, stranger, enterprise):
        address = reverse("applications:choose_product", args=[enterprise.reference])
        assert client_of(stranger).get(address).status_code == 404


class TestBegin:
    def test_begins_a_draft_from_what_people_write(self, client_of, owner, enterprise):
        response = client_of(owner).post(begin_url(enterprise), ASKED | {"amount": "２０,０００"})
        application = Application.objects.get()
        assert (response.status_code, response["Location"]) == (302, url("detail", application))
        assert application.requested_amount == 20000

    def test_leads_to_the_check_where_nothing_is_lacking(self, client_of, owner, enterprise):
        make_evidence(enterprise)
        response = client_of(owner).post(begin_url(enterprise), ASKED)
        assert response["Location"] == url("check", Application.objects.get())

    def test_sent_twice_begins_once(self, client_of, owner, enterprise):
        client = client_of(owner)
        places = {client.post(begin_url(enterprise), ASKED)["Location"] for _ in range(2)}
        assert len(places) == Application.objects.count() == 1

    def test_says_what_is_wrong_and_keeps_what_was_written(self, client_of, owner, enterprise):
        response = client_of(owner).post(begin_url(enterprise), ASKED | {"amount": "2,000", "note": "My words"})
        assert response.status_code == 422
        assert "Enter an amount between ¥3,000 and ¥200,000." in shown(response)
        assert 'value="2,000"' in shown(response)
        assert "My words" in shown(response)

    def test_says_that_another_is_open(self, client_of, owner, enterprise, draft):
        response = client_of(owner).post(begin_url(enterprise), ASKED | {"idempotency_key": "other"})
        assert response.status_code == 422
        assert "There is already an open application of this enterprise." in shown(response)
        assert url("detail", draft) in shown(response)

    def test_leads_to_the_open_application_before_anything_is_filled_in(self, client_of, owner, enterprise, draft):
        places = reverse("applications:choose_product", args=[enterprise.reference])
        assert client_of(owner).get(begin_url(enterprise))["Location"] == places

    @pytest.mark.parametrize("changed", [{"amount": "abc"}, {"amount": "0"}, {"term_months": "7.5"}, {"purpose": "x"}])
    def test_refuses_nonsense(self, client_of, owner, enterprise, changed):
        assert client_of(owner).post(begin_url(enterprise), ASKED | changed).status_code == 422
        assert not Application.objects.exists()

    def test_does_not_exist_for_a_stranger_or_an_unknown_product(self, client_of, owner, stranger, enterprise):
        assert client_of(stranger).post(begin_url(enterprise), ASKED).status_code == 404
        assert client_of(owner).get(begin_url(enterprise, "gold")).status_code == 404


class TestChange:
    def test_changes_a_draft(self, client_of, manager, draft):
        response = client_of(manager).post(url("change", draft), ASKED | {"amount": "30000"})
        draft.refresh_from_db()
        assert (response.status_code, draft.requested_amount) == (302, 30000)

    def test_shows_what_was_asked_for(self, client_of, owner, draft):
        assert 'value="20000.00"' in shown(client_of(owner).get(url("change", draft)))

    def test_of_what_was_sent_leads_back(self, client_of, owner, enterprise):
        application = make_submitted(enterprise, by=owner)
        assert client_of(owner).get(url("change", application))["Location"] == url("detail", application)


class TestDocuments:
    def add(self, client, draft, *, follow=False, **changed):
        told = {"kind": "license", "file": make_picture(), "idempotency_key": "k"} | changed
        return client.post(url("documents", draft), told, follow=follow)

    def test_are_added_handed_out_and_removed(self, client_of, owner, draft):
        client = client_of(owner)
        assert self.add(client, draft).status_code == 302
        document = ApplicationDocument.objects.get()
        response = client.get(url("document", draft, document.pk))
        assert response["Content-Disposition"] == 'attachment; filename="license.jpg"'
        assert b"".join(response.streaming_content)
        client.post(url("remove_document", draft, document.pk))
        assert client.get(url("document", draft, document.pk)).status_code == 404

    def test_sent_twice_are_kept_once(self, client_of, owner, draft):
        client = client_of(owner)
        for _ in range(2):
            self.add(client, draft)
        assert ApplicationDocument.objects.count() == 1

    def test_brought_again_are_kept_once_and_that_is_said(self, client_of, owner, draft):
        client = client_of(owner)
        self.add(client, draft)
        response = self.add(client, draft, idempotency_key="other")
        assert (response.status_code, ApplicationDocument.objects.count()) == (422, 1)
        assert "license.jpg is here already; nothing was added." in shown(response)
        assert self.add(client, draft, idempotency_key="third", kind="premises").status_code == 302

    def test_are_added_several_at_once(self, client_of, owner, draft):
        client, pages = client_of(owner), [make_picture("1.png"), make_picture("2.png", color="red")]
        for _ in range(2):
            assert "2 documents were added." in shown(self.add(client, draft, file=pages, follow=True))
            for page in pages:
                page.seek(0)
        assert ApplicationDocument.objects.count() == 2

    def test_say_what_is_wrong_with_a_file(self, client_of, owner, draft):
        upload = make_picture("program.png")
        upload.file.write(b"MZ")
        response = self.add(client_of(owner), draft, file=upload.__class__("program.png", b"MZ, a program"))
        assert response.status_code == 422
        assert "program.png is not a picture" in shown(response)

    def test_of_a_case_go_to_those_who_may_see_it(self, client_of, owner, officer, stranger, draft):
        self.add(client_of(owner), draft)
        applications.submit(draft, by=owner, at=NOW)
        document = ApplicationDocument.objects.get()
        response = client_of(officer).get(url("document", draft, document.pk))
        assert response.status_code == 200
        assert b"".join(response.streaming_content)
        assert client_of(stranger).get(url("document", draft, document.pk)).status_code == 404
        assert client_of(officer).post(url("remove_document", draft, document.pk)).status_code == 404

    def test_are_refused_once_together_when_the_case_was_closed(self, client_of, owner, draft):
        applications.withdraw(draft, by=owner, at=NOW)
        response = self.add(client_of(owner), draft, file=[make_picture("1.png"), make_picture("2.png", color="red")])
        assert response.status_code == 422
        assert shown(response).count("it has already moved on") == 1
        assert "1.png" not in shown(response)

    def test_taken_out_and_sent_once_more_say_that_they_are_not_there(self, client_of, owner, draft):
        client = client_of(owner)
        for _twice in range(2):
            response = self.add(client, draft)
            ApplicationDocument.objects.update(removed_at=NOW)
        assert response.status_code == 422
        assert "was taken back since" in shown(response)

    def test_of_a_closed_case_are_only_shown(self, client_of, owner, draft):
        applications.withdraw(draft, by=owner, at=NOW)
        assert "<form" not in shown(client_of(owner).get(url("documents", draft))).split("<main")[1]


class TestRequest:
    def test_says_in_words_how_much_is_asked_for(self, client_of, owner, draft):
        page = shown(client_of(owner).get(url("change", draft)))
        assert 'hx-get="/amount-in-words/"' in page
        assert '<output id="id_amount_words">20 thousand yuan</output>' in page


STATEMENT = b"Date,Description,Amount,Balance\n2026-01-13,Sale,10.00,110.00\n2026-01-14,Sale,20.00,130.00\n"


class TestEvidence:
    def test_is_received(self, client_of, owner, enterprise):
        draft = make_draft(enterprise, by=owner)
        told = {"file": make_picture("statement.csv"), "idempotency_key": "k"}
        client = client_of(owner)
        assert client.post(url("evidence", draft), told).status_code == 302
        assert StatementImport.objects.get().enterprise == enterprise

    def test_sent_twice_is_received_once(self, client_of, owner, enterprise):
        draft = make_draft(enterprise, by=owner)
        client = client_of(owner)
        for _ in range(2):
            client.post(url("evidence", draft), {"file": make_picture("s.csv"), "idempotency_key": "k"})
        assert StatementImport.objects.count() == 1

    def test_is_received_though_another_file_is_refused(self, client_of, owner, enterprise):
        draft, client = make_draft(enterprise, by=owner), client_of(owner)
        files = [make_picture("empty.csv").__class__("empty.csv", b""), make_picture("s.csv")]
        page = shown(client.post(url("evidence", draft), {"file": files, "idempotency_key": "k"}))
        assert "empty.csv is empty. Choose the file again." in page
        assert StatementImport.objects.get().file.original_name == "s.csv"

    def test_in_a_zip_is_each_file_in_it_and_a_locked_one_asks_for_its_password(self, client_of, owner, enterprise):
        draft, client = make_draft(enterprise, by=owner), client_of(owner)
        held = {"a.csv": b"Date,Amount\n2026-01-05,1.00\n", "b.zip": samples.zipped({"c.csv": b"x"}, password="1")}
        upload = SimpleUploadedFile("bills.zip", samples.zipped(held))
        client.post(url("evidence", draft), {"file": upload, "idempotency_key": "k"})
        read, asking = (make_read(each) for each in StatementImport.objects.order_by("pk"))
        assert (read.status, asking.status) == ("read", "asks")
        page = shown(client.get(url("evidence", draft)))
        assert "Waits for its password" in page
        assert "Give the password" in page

    def test_that_is_being_read_asks_again_by_itself(self, client_of, owner, enterprise):
        draft = make_draft(enterprise, by=owner)
        make_received(enterprise, b"being read")
        assert "hx-trigger" in shown(client_of(owner).get(url("evidence", draft)))

    def test_that_asks_leads_to_its_question(self, client_of, owner, enterprise):
        draft = make_draft(enterprise, by=owner)
        asking = make_read(make_received(enterprise, b"Date,Amount\n02/01/2026,10.00\n03/01/2026,20.00\n"))
        page = shown(client_of(owner).get(url("evidence", draft)))
        leads = reverse("cashflow:statement", args=[enterprise.reference, asking.reference])
        assert f'<a href="{leads}">Answer it' in page

    def test_that_was_read_leads_on(self, client_of, owner, enterprise):
        draft = make_draft(enterprise, by=owner)
        pages = [shown(client_of(owner).get(url("evidence", draft)))]
        make_evidence(enterprise)
        pages.append(shown(client_of(owner).get(url("evidence", draft))))
        assert [f'href="{url("check", draft)}">Check and send' in page for page in pages] == [False, True]

    def test_that_was_read_tells_what_it_covers(self, client_of, owner, enterprise):
        draft, read = make_draft(enterprise, by=owner), make_received(enterprise, STATEMENT)
        make_read(read)
        page = shown(client_of(owner).get(url("evidence", draft)))
        assert 'to <span class="whole">Jan 14, 2026</span>, payments: 2' in page

    def test_of_a_closed_case_leads_back(self, client_of, owner, draft):
        applications.withdraw(draft, by=owner, at=NOW)
        assert client_of(owner).get(url("evidence", draft)).status_code == 302

    def test_sent_to_a_closed_case_is_not_added_and_says_so(self, client_of, owner, draft):
        applications.withdraw(draft, by=owner, at=NOW)
        told = {"file": make_picture("s.csv"), "idempotency_key": "k"}
        answer = client_of(owner).post(url("evidence", draft), told, follow=True)
        assert "This application is closed, so nothing was added." in shown(answer)
        assert not StatementImport.objects.filter(file__original_name="s.csv").exists()


class TestCheck:
    def test_lists_what_was_given(self, client_of, owner, draft):
        page = shown(client_of(owner).get(url("check", draft)))
        assert "¥20,000.00" in page
        assert "Stock for the Spring Festival." in page

    def test_tells_of_papers_that_were_brought(self, client_of, owner, draft):
        assert "With photos of them" in shown(client_of(owner).get(url("check", draft)))
        make_paper(draft.enterprise, by=owner)
        page = shown(client_of(owner).get(url("check", draft)))
        assert "You brought 1 paper that nobody has looked at yet." in page
        assert "With photos of them" not in page

    def test_sends(self, client_of, owner, draft):
        response = client_of(owner).post(url("check", draft))
        draft.refresh_from_db()
        assert (response["Location"], draft.status) == (url("detail", draft), Status.SUBMITTED)

    def test_sent_twice_sends_once(self, client_of, owner, draft):
        client = client_of(owner)
        assert [client.post(url("check", draft)).status_code for _ in range(2)] == [302, 302]
        assert draft.events.filter(event="submit").count() == 1

    def test_is_prepared_by_managers_and_sent_by_owners(self, client_of, manager, draft):
        client = client_of(manager)
        assert "An owner of the enterprise sends the application." in shown(client.get(url("check", draft)))
        assert client.post(url("check", draft)).status_code == 403
        draft.refresh_from_db()
        assert draft.status == Status.DRAFT

    def test_says_that_evidence_is_missing(self, client_of, owner, enterprise):
        draft = make_draft(enterprise, by=owner)
        page = shown(client_of(owner).post(url("check", draft), follow=True))
        assert "Add at least one bank statement before you send the application." in page

    def test_of_a_product_with_a_clearance_asks_for_the_course(self, client_of, owner, enterprise):
        make_evidence(enterprise)
        taught = make_product("taught", requires_clearance="cash-flow-basics")
        draft = make_draft(enterprise, by=owner, product=taught)
        client = client_of(owner)
        assert "Certificate of a course" in shown(client.get(url("detail", draft)))
        assert "Send application" not in shown(client.get(url("check", draft)))
        Clearance.objects.create(user=owner, code="cash-flow-basics", source="T-1", granted_at=NOW)
        assert "Send application" in shown(client.get(url("check", draft)))
