"""Proofs of papers taken back, and of papers for machines."""

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.identity import operations, queries
from accounts.identity.models import Membership, Paper
from accounts.identity.operations import CheckRefused, PaperRefused
from accounts.identity.tests.builders import NOW, machine, make_check, make_paper, make_picture
from portal.core.files import FileRefused
from portal.core.models import AuditEvent
from portal.core.tests.together import together

pytestmark = pytest.mark.django_db


class TestTakeBack:
    def test_takes_it_off_the_shelf_and_records_who_and_when(self, enterprise, owner, officer):
        paper = make_paper(enterprise, by=owner)
        operations.take_back(paper, by=owner, at=NOW)
        paper.refresh_from_db()
        assert (paper.taken_back_by, paper.taken_back_at) == (owner, NOW)
        assert AuditEvent.objects.get(verb="identity.paper_taken_back").by == owner.reference
        assert not queries.papers_of(enterprise).exists()
        assert not queries.papers_waiting(officer).exists()
        assert list(queries.papers_taken_back(enterprise)) == [paper]

    def test_keeps_the_file(self, enterprise, owner):
        paper = make_paper(enterprise, by=owner)
        operations.take_back(paper, by=owner, at=NOW)
        with paper.file.open() as content:
            assert content.read()

    def test_twice_is_recorded_once(self, enterprise, owner):
        paper = make_paper(enterprise, by=owner)
        for _time in range(2):
            operations.take_back(paper, by=owner, at=NOW)
        assert AuditEvent.objects.filter(verb="identity.paper_taken_back").count() == 1

    def test_lets_the_same_sending_bring_it_back_by_no_means(self, enterprise, owner):
        operations.take_back(make_paper(enterprise, by=owner), by=owner, at=NOW)
        with pytest.raises(FileRefused) as refused:
            make_paper(enterprise, by=owner)
        assert refused.value.code == "file_taken_back"

    def test_refuses_what_somebody_looked_at_or_cited(self, enterprise, owner, officer):
        looked, cited = (make_paper(enterprise, by=owner, key=key) for key in ("looked", "cited"))
        operations.look_at(looked, by=officer, at=NOW)
        make_check(enterprise, evidence="", paper=cited, by=officer)
        for paper in (looked, cited):
            with pytest.raises(PaperRefused) as refused:
                operations.take_back(paper, by=owner, at=NOW)
            assert refused.value.code == "paper_looked_at"

    def test_refuses_what_was_handed_to_somebody_of_the_bank(self, enterprise, owner, auditor):
        paper = make_paper(enterprise, by=owner)
        operations.hand_out(paper, to=owner, at=NOW)
        assert Paper.objects.waiting().get() == paper
        operations.hand_out(paper, to=auditor, at=NOW)
        paper.refresh_from_db()
        assert (paper.seen_by, paper.seen_at) == (auditor, NOW)
        with pytest.raises(PaperRefused) as refused:
            operations.take_back(paper, by=owner, at=NOW)
        assert refused.value.code == "paper_looked_at"

    def test_stands_in_the_customers_trail_each_time_somebody_of_the_bank_reads_it(
        self, enterprise, owner, officer, auditor
    ):
        paper = make_paper(enterprise, by=owner)
        for reader in (owner, officer, officer, auditor):
            operations.hand_out(paper, to=reader, at=NOW)
        read = AuditEvent.objects.filter(verb="identity.paper_read", subject=enterprise.reference)
        assert list(read.order_by("pk").values_list("by", flat=True)) == [
            officer.reference, officer.reference, auditor.reference,
        ]  # fmt: skip
        assert read[0].details == {"paper": paper.reference, "kind": paper.kind}

    def test_is_not_kept_by_a_member_of_staff_who_reads_their_own(self, enterprise, owner, officer):
        member = Membership.objects.create(user=officer, enterprise=enterprise, role="owner", began_at=NOW)
        paper = make_paper(enterprise, by=owner)
        operations.hand_out(paper, to=officer, at=NOW)
        read = AuditEvent.objects.filter(verb="identity.paper_read")
        assert (Paper.objects.waiting().exists(), read.exists()) == (True, False)
        member.ended_at = NOW
        member.save()
        operations.hand_out(paper, to=officer, at=NOW)
        assert (Paper.objects.waiting().exists(), read.get().by) == (True, officer.reference)

    def test_then_nobody_looks_at_it_or_cites_it(self, enterprise, owner, officer):
        paper = make_paper(enterprise, by=owner)
        operations.take_back(paper, by=owner, at=NOW)
        for look in (operations.look_at, lambda paper, by, at: operations.hand_out(paper, to=by, at=at)):
            with pytest.raises(PaperRefused):
                look(paper, by=officer, at=NOW)
        with pytest.raises(CheckRefused):
            make_check(enterprise, evidence="", paper=paper, by=officer)

    def test_refuses_what_a_case_brought(self, enterprise, owner):
        paper = make_paper(enterprise, by=owner)
        paper.came_with = "A-1"
        with pytest.raises(PaperRefused):
            operations.take_back(paper, by=owner, at=NOW)

    def test_is_never_undone_and_never_of_a_seen_one(self, enterprise, owner, officer):
        seen = make_paper(enterprise, by=owner)
        operations.look_at(seen, by=officer, at=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            Paper.objects.filter(pk=seen.pk).update(taken_back_at=NOW, taken_back_by=owner)


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_looked_at_or_taken_back_never_both(self, enterprise, owner, officer):
        paper = make_paper(enterprise, by=owner)
        together(
            lambda: operations.take_back(Paper.objects.get(pk=paper.pk), by=owner, at=NOW),
            lambda: operations.look_at(Paper.objects.get(pk=paper.pk), by=officer, at=NOW),
        )
        paper.refresh_from_db()
        assert (paper.taken_back_at is None) != (paper.seen_at is None)


class TestPage:
    def test_takes_one_s_own_back(self, client_of, enterprise, owner, officer):
        paper = make_paper(enterprise, by=owner)
        browser, place = client_of(owner), reverse("identity:take_back_paper", args=[paper.reference])
        papers = reverse("identity:papers", args=[enterprise.reference])
        assert place in browser.get(papers).text
        for _time in range(2):
            assert browser.post(place)["Location"] == papers
        assert place not in browser.get(papers).text
        download = reverse("identity:paper", args=[paper.reference])
        assert [client_of(each).get(download).status_code for each in (owner, officer)] == [404, 404]
        assert "Taken back" in client_of(officer).get(reverse("identity:checks", args=[enterprise.reference])).text

    def test_no_longer_after_an_officer_s_download(self, client_of, enterprise, owner, officer):
        paper = make_paper(enterprise, by=owner)
        download = reverse("identity:paper", args=[paper.reference])
        place = reverse("identity:take_back_paper", args=[paper.reference])
        papers = reverse("identity:papers", args=[enterprise.reference])
        assert client_of(owner).get(download).getvalue()
        assert place in client_of(owner).get(papers).text
        assert client_of(officer).get(download).getvalue()
        assert place not in client_of(owner).get(papers).text
        assert "so it stays" in client_of(owner).post(place, follow=True).text

    def test_is_nobody_else_s_to_press(self, client_of, enterprise, owner, manager, officer, stranger):
        place = reverse("identity:take_back_paper", args=[make_paper(enterprise, by=owner, person=owner).reference])
        assert [client_of(each).post(place).status_code for each in (manager, officer, stranger)] == [404, 404, 404]
        assert client_of(owner).get(place).status_code == 405

    def test_says_why_not(self, client_of, enterprise, owner, officer):
        paper = make_paper(enterprise, by=owner)
        operations.look_at(paper, by=officer, at=NOW)
        place = reverse("identity:take_back_paper", args=[paper.reference])
        assert "so it stays" in client_of(owner).post(place, follow=True).text


class TestApi:
    def bring(self, client, enterprise, key="k", **told):
        sent = {"kind": "premises", "file": make_picture()} | told
        headers = {"Idempotency-Key": key} if key else {}
        return client.post(reverse("api:enterprise_papers", args=[enterprise.reference]), sent, headers=headers)

    def test_brings_lists_hands_out_and_takes_back(self, enterprise, owner):
        inside = machine(owner)
        brought = self.bring(inside, enterprise, kind="identity_document", person=owner.reference)
        assert brought.status_code == 201
        told = brought.json()
        assert (told["person"], told["seen_at"], told["media_type"]) == (owner.full_name, None, "image/jpeg")
        listed = inside.get(reverse("api:enterprise_papers", args=[enterprise.reference])).json()["results"]
        assert listed == [told] == [inside.get(reverse("api:one_paper", args=[told["reference"]])).json()]
        file = inside.get(reverse("api:paper_file", args=[told["reference"]]))
        assert file.getvalue().startswith(b"\xff\xd8\xff")
        assert file["Content-Disposition"].startswith("attachment")
        for _time in range(2):
            assert inside.post(reverse("api:paper_withdrawal", args=[told["reference"]])).status_code == 204
        assert inside.get(reverse("api:one_paper", args=[told["reference"]])).status_code == 404
        assert inside.get(reverse("api:enterprise_papers", args=[enterprise.reference])).json()["results"] == []

    def test_brings_once_by_key_and_not_without(self, enterprise, owner):
        inside = machine(owner)
        first, second = (self.bring(inside, enterprise).json() for _time in range(2))
        assert first == second
        assert self.bring(inside, enterprise, kind="other").status_code == 409
        assert self.bring(inside, enterprise, key="").status_code == 400
        assert Paper.objects.count() == 1

    def test_wants_to_know_whose_identity_document_it_is(self, enterprise, owner, stranger):
        inside = machine(owner)
        assert self.bring(inside, enterprise, kind="identity_document").status_code == 400
        assert self.bring(inside, enterprise, person=owner.reference).status_code == 400
        for whose in (stranger.reference, "nobody"):
            refused = self.bring(inside, enterprise, kind="identity_document", person=whose)
            assert (refused.status_code, refused.json()["code"]) == (422, "paper_person_unknown")

    def test_shows_nobody_what_is_not_theirs(
        self, enterprise, owner, manager, officer, stranger, auditor, course_editor
    ):
        paper = make_paper(enterprise, by=owner, person=owner)
        one, file = (reverse(f"api:{name}", args=[paper.reference]) for name in ("one_paper", "paper_file"))
        shelf = reverse("api:enterprise_papers", args=[enterprise.reference])
        outside = machine(stranger)
        assert [outside.get(each).status_code for each in (shelf, one, file)] == [404, 404, 404]
        assert self.bring(outside, enterprise).status_code == 404
        inside = machine(manager)
        assert inside.get(shelf).json()["results"] == []
        assert [inside.get(each).status_code for each in (one, file)] == [404, 404]
        for staff in (officer, auditor):
            assert machine(staff).get(file).getvalue()
        paper.refresh_from_db()
        assert paper.seen_by == officer
        assert [machine(course_editor).get(each).status_code for each in (shelf, one, file)] == [403, 403, 403]
        assert [Client().get(each).status_code for each in (shelf, one, file)] == [401, 401, 401]

    def test_lets_nobody_else_take_one_back(self, enterprise, owner, manager, officer, stranger):
        paper = make_paper(enterprise, by=owner, person=owner)
        place = reverse("api:paper_withdrawal", args=[paper.reference])
        assert [machine(each).post(place).status_code for each in (manager, officer, stranger)] == [404, 404, 404]
        operations.look_at(paper, by=officer, at=NOW)
        refused = machine(owner).post(place)
        assert (refused.status_code, refused.json()["code"]) == (422, "paper_looked_at")

    def test_leaves_bringing_to_members(self, enterprise, officer):
        assert self.bring(machine(officer), enterprise).status_code == 404
