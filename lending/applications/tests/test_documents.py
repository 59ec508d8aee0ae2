"""The documents that the enterprise adds to its application."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.identity import operations as identity
from accounts.identity.models import Paper
from accounts.identity.operations import PaperRefused
from accounts.identity.queries import papers_waiting
from accounts.identity.tests.builders import machine
from lending.applications import operations as applications
from lending.applications import queries
from lending.applications.models import ApplicationDocument
from lending.applications.operations import ApplicationRefused
from lending.applications.states import Status
from lending.applications.tests.builders import (
    NOW,
    make_draft,
    make_evidence,
    make_in,
    make_picture,
    traces_of,
)
from lending.products.tests.builders import make_product
from portal.core.files import FileRefused
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent
from portal.core.transitions import TransitionRefused

pytestmark = pytest.mark.usefixtures("product")

LATER = NOW + timedelta(hours=1)


class TestAddDocument:
    def add(self, application, by, *, key="k", upload=None):
        upload = upload or make_picture()
        return applications.add_document(application, upload, kind="license", key=key, by=by, at=LATER)

    def test_keeps_a_clean_copy(self, draft, owner):
        document = self.add(draft, owner)
        assert (document.kind, document.file.original_name, document.file.media_type) == (
            "license",
            "license.jpg",
            "image/jpeg",
        )

    def test_records_who_when_and_what(self, draft, manager):
        document = self.add(draft, manager)
        assert traces_of(draft)[-1] == ("add_document", manager.reference, "Chen Jie", LATER)
        event = AuditEvent.objects.get(verb="applications.add_document")
        assert event.details == {"kind": "license", "sha256": document.file.sha256}

    def test_sent_twice_is_kept_once(self, draft, owner):
        assert self.add(draft, owner) == self.add(draft, owner)
        assert ApplicationDocument.objects.count() == 1

    def test_refuses_a_key_that_brought_something_else(self, draft, owner):
        self.add(draft, owner)
        with pytest.raises(KeyReused):
            self.add(draft, owner, upload=make_picture("other.png"))

    def test_refuses_what_is_no_picture_and_no_document(self, draft, owner):
        upload = make_picture()
        upload.file.seek(0)
        upload.file.write(b"MZ, a program")
        upload.file.seek(0)
        with pytest.raises(FileRefused):
            self.add(draft, owner, upload=upload)
        assert not ApplicationDocument.objects.exists()

    @pytest.mark.parametrize("status", [Status.SUBMITTED, Status.REFERRED, Status.RECOMMENDED])
    def test_may_still_be_done_while_the_case_is_open(self, enterprise, owner, officer, status):
        application = make_in(status, enterprise, by=owner, recommender=officer)
        assert self.add(application, owner).application == application

    def test_of_a_draft_goes_on_file_when_it_is_sent_and_not_before(self, draft, owner, manager, officer):
        make_evidence(draft.enterprise)
        document = self.add(draft, manager)
        gone = self.add(draft, owner, key="other", upload=make_picture(color="blue"))
        applications.remove_document(gone, by=owner, at=LATER)
        assert not Paper.objects.exists()
        applications.submit(draft, by=owner, at=LATER)
        [paper] = papers_waiting(officer)
        assert (paper.file, paper.kind, paper.came_with) == (document.file, "business_license", draft.reference)
        assert paper.added_by == manager

    def test_of_a_case_that_was_sent_goes_on_file_at_once(self, enterprise, owner, officer):
        application = make_in(Status.REFERRED, enterprise, by=owner, recommender=officer)
        self.add(application, owner)
        assert papers_waiting(officer).get().enterprise == enterprise

    @pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED])
    def test_refuses_when_the_case_is_closed(self, enterprise, owner, officer, status):
        application = make_in(status, enterprise, by=owner, recommender=officer)
        with pytest.raises(TransitionRefused):
            self.add(application, owner)


class TestRemoveDocument:
    @pytest.fixture
    def document(self, draft, owner):
        return applications.add_document(draft, make_picture(), kind="license", key="k", by=owner, at=NOW)

    def test_marks_it_as_removed_and_keeps_it(self, document, owner):
        applications.remove_document(document, by=owner, at=LATER)
        document.refresh_from_db()
        assert document.removed_at == LATER
        with document.file.open() as content:
            assert content.read()

    def test_twice_is_recorded_once(self, document, draft, owner):
        for _ in range(2):
            applications.remove_document(document, by=owner, at=LATER)
        assert [event for event, *_ in traces_of(draft)] == ["begin", "add_document", "remove_document"]

    def test_again_after_the_case_was_sent_changes_nothing(self, document, draft, owner, enterprise):
        make_evidence(enterprise)
        applications.remove_document(document, by=owner, at=NOW)
        applications.submit(draft, by=owner, at=NOW)
        applications.remove_document(document, by=owner, at=LATER)
        document.refresh_from_db()
        assert document.removed_at == NOW

    def test_of_a_case_that_was_sent_takes_its_paper_back(self, document, draft, owner, enterprise, officer):
        make_evidence(enterprise)
        applications.submit(draft, by=owner, at=NOW)
        assert queries.removable(draft, owner) == {document.pk}
        applications.remove_document(document, by=owner, at=LATER)
        assert not papers_waiting(officer).exists()
        assert not queries.documents_of(draft).exists()
        assert Paper.objects.get().taken_back_by == owner

    def test_refuses_when_the_bank_has_looked(self, document, draft, owner, enterprise, officer):
        make_evidence(enterprise)
        applications.submit(draft, by=owner, at=NOW)
        identity.look_at(Paper.objects.get(), by=officer, at=NOW)
        assert queries.removable(draft, owner) == set()
        with pytest.raises(PaperRefused):
            applications.remove_document(document, by=owner, at=LATER)

    def test_refuses_when_it_was_handed_to_somebody_of_the_bank(self, document, draft, owner, enterprise, officer):
        make_evidence(enterprise)
        applications.submit(draft, by=owner, at=NOW)
        applications.hand_out(document, to=owner, at=NOW)
        assert queries.removable(draft, owner) == {document.pk}
        applications.hand_out(document, to=officer, at=NOW)
        assert Paper.objects.get().seen_by == officer
        assert queries.removable(draft, owner) == set()
        with pytest.raises(PaperRefused):
            applications.remove_document(document, by=owner, at=LATER)

    def test_refuses_when_a_person_has_judged_the_case(self, enterprise, owner, officer):
        application = make_in(Status.RECOMMENDED, enterprise, by=owner, recommender=officer)
        document = applications.add_document(application, make_picture(), kind="license", key="k", by=owner, at=NOW)
        assert queries.removable(application, owner) == set()
        with pytest.raises(ApplicationRefused) as refused:
            applications.remove_document(document, by=owner, at=LATER)
        assert refused.value.code == "document_judged"

    def test_refuses_another_s_identity_document_of_a_case_that_was_sent(self, draft, owner, manager, enterprise):
        document = applications.add_document(draft, make_picture(), kind="identity", key="i", by=owner, at=NOW)
        make_evidence(enterprise)
        applications.submit(draft, by=owner, at=NOW)
        with pytest.raises(ApplicationRefused) as refused:
            applications.remove_document(document, by=manager, at=LATER)
        assert refused.value.code == "document_of_another"

    def test_asks_for_the_right_one_first_where_the_product_needs_one(self, owner, enterprise):
        draft = make_draft(enterprise, by=owner, product=make_product("strict", documents=["license"]))
        document = applications.add_document(draft, make_picture(), kind="license", key="k", by=owner, at=NOW)
        make_evidence(enterprise)
        applications.submit(draft, by=owner, at=NOW)
        with pytest.raises(ApplicationRefused) as refused:
            applications.remove_document(document, by=owner, at=LATER)
        assert refused.value.code == "document_needed"
        applications.add_document(draft, make_picture(color="blue"), kind="license", key="right", by=owner, at=NOW)
        applications.remove_document(document, by=owner, at=LATER)
        assert queries.documents_of(draft).count() == 1


class TestApi:
    @pytest.fixture
    def sent(self, draft, owner, enterprise):
        document = applications.add_document(draft, make_picture(), kind="license", key="k", by=owner, at=NOW)
        make_evidence(enterprise)
        applications.submit(draft, by=owner, at=NOW)
        return document

    def place(self, document):
        return reverse("api:application_document_withdrawal", args=[document.application.reference, document.pk])

    def test_takes_one_out_of_a_draft_and_back_from_a_case(self, draft, owner, sent):
        for _time in range(2):
            assert machine(owner).post(self.place(sent)).status_code == 204
        assert Paper.objects.get().taken_back_by == owner
        assert not queries.documents_of(draft).exists()

    def test_says_why_not(self, draft, owner, officer, sent):
        applications.hand_out(sent, to=officer, at=NOW)
        refused = machine(owner).post(self.place(sent))
        assert (refused.status_code, refused.json()["code"]) == (422, "paper_looked_at")

    def test_is_nobody_else_s(self, owner, officer, stranger, sent):
        assert [machine(each).post(self.place(sent)).status_code for each in (officer, stranger)] == [404, 404]
        assert Client().post(self.place(sent)).status_code == 401
        assert machine(owner).get(self.place(sent)).status_code == 405
        sent.refresh_from_db()
        assert sent.removed_at is None
