"""Proofs of papers on file: brought, seen by few, cited by checks."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.identity import operations, queries
from accounts.identity.models import IdentityCheck, Paper
from accounts.identity.operations import CheckRefused, PaperRefused
from accounts.identity.tests.builders import (
    GOOD_UNTIL,
    NOW,
    confirm_mail,
    make_check,
    make_checked,
    make_enterprise,
    make_paper,
    make_picture,
    make_user,
)
from portal.core.files import FileRefused
from portal.core.models import AuditEvent, Notice

pytestmark = pytest.mark.django_db


class TestAddPaper:
    def test_keeps_a_clean_copy_and_records_who_and_when(self, enterprise, owner):
        paper = make_paper(enterprise, by=owner)
        assert (paper.added_by, paper.added_at, paper.seen_at) == (owner, NOW, None)
        assert paper.file.media_type == "image/jpeg"
        assert AuditEvent.objects.get(verb="identity.paper_added").by == owner.reference

    def test_twice_with_one_key_is_one(self, enterprise, owner):
        assert make_paper(enterprise, by=owner) == make_paper(enterprise, by=owner)
        assert Paper.objects.count() == 1

    def test_refuses_what_is_no_picture_and_whom_it_does_not_know(self, enterprise, owner, stranger):
        details = operations.PaperDetails("other")
        upload = SimpleUploadedFile("x.exe", b"MZ")
        with pytest.raises(FileRefused):
            operations.add_paper(enterprise, upload, details, key="k", by=owner, at=NOW)
        with pytest.raises(PaperRefused):
            make_paper(enterprise, by=owner, person=stranger)

    def test_tells_the_branch_s_officers_once_while_papers_wait(self, enterprise, owner, officer, bank):
        confirm_mail(officer, "olga@bank.example")
        make_user(phone="+8613700000001", role="officer", branch=bank.other_branch)
        for key in ("a", "b"):
            make_paper(enterprise, by=owner, key=key)
        [notice] = Notice.objects.filter(code="papers_waiting")
        assert notice.address == "olga@bank.example"

    def test_is_never_rewritten(self, enterprise, owner):
        make_paper(enterprise, by=owner)
        with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
            Paper.objects.update(kind="other")
        with pytest.raises(DatabaseError), transaction.atomic():
            Paper.objects.all()._raw_delete("default")


class TestLookAt:
    def test_takes_it_from_those_that_wait_and_keeps_the_first(self, enterprise, owner, officer):
        paper = make_paper(enterprise, by=owner)
        assert list(queries.papers_waiting(officer)) == [paper]
        operations.look_at(paper, by=officer, at=NOW)
        operations.look_at(paper, by=make_user("Other"), at=NOW + timedelta(days=1))
        paper.refresh_from_db()
        assert (paper.seen_by, paper.seen_at) == (officer, NOW)
        assert not queries.papers_waiting(officer).exists()

    def test_is_not_for_the_enterprise_s_own(self, enterprise, owner):
        with pytest.raises(PaperRefused) as refused:
            operations.look_at(make_paper(enterprise, by=owner), by=owner, at=NOW)
        assert refused.value.code == "paper_of_own"


class TestCheckWithAPaper:
    def test_cites_it_and_has_seen_it(self, enterprise, owner, officer):
        paper = make_paper(enterprise, by=owner)
        check = make_check(enterprise, by=officer, evidence="", paper=paper)
        paper.refresh_from_db()
        assert (check.file, paper.seen_by) == (paper.file, officer)

    def test_puts_an_upload_on_file(self, enterprise, owner, officer):
        check = make_check(enterprise, person=owner, by=officer, evidence="", upload=make_picture())
        paper = Paper.objects.get()
        assert (paper.file, paper.person, paper.seen_by) == (check.file, owner, officer)
        assert not Notice.objects.filter(code="papers_waiting").exists()

    def test_refuses_two_papers_and_those_of_others(self, enterprise, owner, manager, stranger):
        paper = make_paper(enterprise, by=owner, person=owner)
        [elsewhere] = [make_paper(each.enterprise, by=stranger) for each in stranger.memberships.all()]
        for changed, code in (
            ({"paper": paper, "upload": make_picture(), "person": owner}, "check_with_two_papers"),
            ({"paper": elsewhere}, "check_paper_elsewhere"),
            ({"paper": paper, "person": manager}, "check_paper_of_another"),
            ({"paper": paper}, "check_paper_of_another"),
        ):
            with pytest.raises(CheckRefused) as refused:
                make_check(enterprise, **changed)
            assert refused.value.code == code


class TestVisibleTo:
    def test_hides_another_person_s_document_from_members(self, enterprise, owner, manager, stranger, officer):
        card = make_paper(enterprise, by=owner, person=owner, key="card")
        license_ = make_paper(enterprise, by=owner, key="license")
        photo = make_paper(enterprise, by=manager, kind="premises", key="photo")
        seen = {each: set(Paper.objects.visible_to(each)) for each in (owner, manager, stranger, officer)}
        assert seen == {
            owner: {card, license_, photo},
            manager: {photo},
            stranger: set(),
            officer: {card, license_, photo},
        }

    def test_follows_a_person_to_another_branch_and_hides_the_rest(self, enterprise, owner, bank):
        card = make_paper(enterprise, by=owner, person=owner, key="card")
        make_paper(enterprise, by=owner, key="license")
        make_enterprise(owner, branch=bank.other_branch, legal_name="Second", identifier="91330106673959654P")
        elsewhere = make_user(role="officer", branch=bank.other_branch)
        assert list(Paper.objects.visible_to(elsewhere)) == [card]


def url(enterprise):
    return reverse("identity:papers", args=[enterprise.reference])


def brought(**changed):
    return {"what": "business_license", "file": make_picture(), "idempotency_key": "k"} | changed


class TestPage:
    def test_takes_a_paper_of_an_owner_and_a_manager(self, client_of, enterprise, owner, manager):
        for person, what in ((owner, owner.reference), (manager, "premises")):
            assert client_of(person).post(url(enterprise), brought(what=what)).status_code == 302
        card, photo = Paper.objects.order_by("pk")
        assert (card.person, card.kind, photo.added_by) == (owner, "identity_document", manager)
        page = client_of(manager).get(url(enterprise)).text
        assert "Nobody has looked yet" in page
        assert reverse("identity:paper", args=[card.reference]) not in page
        assert reverse("identity:paper", args=[photo.reference]) in page

    def test_begins_with_what_nobody_brought_yet(self, client_of, enterprise, owner):
        client = client_of(owner)
        assert 'value="business_license" selected' in client.get(url(enterprise)).text
        client.post(url(enterprise), brought(what="business_license"))
        assert f'value="{owner.reference}" selected' in client.get(url(enterprise)).text

    def test_sent_twice_takes_it_once(self, client_of, enterprise, owner):
        for _time in range(2):
            client_of(owner).post(url(enterprise), brought())
        assert Paper.objects.count() == 1

    def test_takes_the_same_paper_once_and_says_so(self, client_of, enterprise, owner):
        for key, status in (("one", 302), ("two", 422)):
            answer = client_of(owner).post(url(enterprise), brought() | {"idempotency_key": key})
            assert answer.status_code == status
        assert 'href="#id_file">Photos or PDF: card.jpg is here already; nothing was added.' in answer.text
        assert Paper.objects.count() == 1

    def test_takes_both_sides_of_a_card_at_once(self, client_of, enterprise, owner):
        sides = [make_picture("front.png"), make_picture("back.png", color="red"), make_picture("copy.png")]
        answer = client_of(owner).post(url(enterprise), brought(what=owner.reference, file=sides))
        assert "The bank has 2 papers now." in answer.text
        assert "copy.jpg is here already; nothing was added." in answer.text
        assert [paper.person for paper in Paper.objects.all()] == [owner, owner]

    def test_asks_for_nothing_when_the_bank_has_seen_all(self, client_of, enterprise, owner):
        assert "must see these once" in client_of(owner).get(url(enterprise)).text
        make_checked(enterprise)
        page = client_of(owner).get(url(enterprise)).text
        assert ("must see these once" in page, "has seen all that it needs" in page) == (False, True)

    def test_says_where_the_branch_is(self, client_of, enterprise, owner):
        branch = enterprise.branch
        details = operations.BranchDetails("River", "河镇", "1 Quay", "码头路1号", "0572 555 0101", "", "周一至周五")
        operations.describe_branch(branch, details, by=owner, at=NOW)
        page = client_of(owner).get(url(enterprise)).text
        assert all(each in page for each in ("1 Quay", "0572 555 0101", "周一至周五"))

    def test_says_what_is_missing(self, client_of, enterprise, owner):
        page = client_of(owner).post(url(enterprise), {"idempotency_key": "k"})
        assert page.status_code == 422
        assert "Choose a photo or a PDF file." in page.text

    def test_is_for_members(self, client_of, enterprise, stranger, officer, course_editor):
        assert client_of(stranger).get(url(enterprise)).status_code == 404
        assert client_of(stranger).post(url(enterprise), brought()).status_code == 404
        assert client_of(officer).get(url(enterprise))["Location"].endswith("/checks/")
        assert client_of(officer).post(url(enterprise), brought()).status_code == 403
        assert client_of(course_editor).get(url(enterprise)).status_code == 403
        assert client_of(officer).put(url(enterprise)).status_code == 405

    def test_hands_papers_out_to_those_who_may_see_them(self, client_of, enterprise, owner, manager, officer, stranger):
        place = reverse("identity:paper", args=[make_paper(enterprise, by=owner, person=owner).reference])
        for person in (officer, owner):
            answer = client_of(person).get(place)
            assert answer["Content-Disposition"].startswith("attachment")
            assert answer.getvalue().startswith(b"\xff\xd8\xff")
        assert [client_of(each).get(place).status_code for each in (manager, stranger)] == [404, 404]
        assert client_of(officer).post(place).status_code == 405

    def test_lets_checkers_say_that_they_looked(self, client_of, enterprise, owner, officer, auditor, stranger):
        paper = make_paper(enterprise, by=owner)
        place = reverse("identity:look_at_paper", args=[paper.reference])
        assert [client_of(each).post(place).status_code for each in (auditor, owner, stranger)] == [403, 403, 403]
        assert client_of(officer).get(place).status_code == 405
        for _time in range(2):
            assert client_of(officer).post(place).status_code == 302
        paper.refresh_from_db()
        assert paper.seen_by == officer


class TestCheckPage:
    def test_offers_the_papers_and_cites_the_one_picked(self, client_of, enterprise, owner, officer):
        paper = make_paper(enterprise, by=owner, person=owner)
        place = reverse("identity:checks", args=[enterprise.reference])
        browser = client_of(officer)
        form = browser.get(place, {"paper": paper.reference}).context["form"]
        assert (form["paper"].value(), form["what"].value()) == (paper.reference, owner.reference)
        told = {"what": owner.reference, "paper": paper.reference, "result": "passed", "expires_on": GOOD_UNTIL}
        assert browser.post(place, told | {"idempotency_key": "k"}).status_code == 302
        check = IdentityCheck.objects.get()
        assert check.file == paper.file
        assert (
            reverse("identity:check_evidence", args=[enterprise.reference, check.reference]) in browser.get(place).text
        )

    def test_does_not_know_another_enterprise_s_paper(self, client_of, enterprise, stranger, officer):
        paper = make_paper(stranger.memberships.get().enterprise, by=stranger)
        place = reverse("identity:checks", args=[enterprise.reference])
        told = {"what": "business_license", "paper": paper.reference, "result": "passed", "expires_on": GOOD_UNTIL}
        page = client_of(officer).post(place, told | {"idempotency_key": "k"})
        assert page.status_code == 422
        assert not IdentityCheck.objects.exists()

    def test_lists_what_waits_for_the_bank(self, client_of, enterprise, owner, officer):
        make_paper(enterprise, by=owner)
        assert "1 paper, longest waiting first" in client_of(officer).get(reverse("identity:checks_due")).text
