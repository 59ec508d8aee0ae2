"""Proofs of watchlists that come by page: brought, read, approved by a second person, loaded."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts.identity import operations, watchlist_files
from accounts.identity.models import Watchlist, WatchlistHit, WatchlistUpload
from accounts.identity.operations import WatchlistRefused
from accounts.identity.tasks import load_watchlist, read_watchlist, screen_book
from accounts.identity.tests.builders import NOW, make_user, make_watchlist
from accounts.identity.watchlist_states import UploadStatus
from portal.core import refusals
from portal.core.models import AuditEvent, Job
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

pytestmark = pytest.mark.django_db
HEADING = "name,aliases,birth_year,country,list_kind,reference\n"
WANG = "WANG Fang,,,CN,sanctions,S-9\n"
LI = "Li Si,,,CN,pep,P-1\n"


def make_file(*lines, content=None):
    text = HEADING + "".join(lines)
    return SimpleUploadedFile("list.csv", text.encode() if content is None else content)


def bring(by, *lines, key="k", as_of=date(2026, 3, 2), content=None, name="un"):
    upload = make_file(*(lines or (WANG,)), content=content)
    return operations.bring_watchlist(name, upload, as_of=as_of, key=key, by=by, at=NOW)


def make_read(by, *lines, **changed):
    brought = bring(by, *lines, **changed)
    operations.read_brought(brought.reference, at=NOW)
    brought.refresh_from_db()
    return brought


class TestBring:
    def test_keeps_the_file_and_promises_to_read_it(self, analyst):
        brought = bring(analyst)
        assert (brought.status, brought.uploaded_by, brought.uploaded_at) == ("reading", analyst, NOW)
        assert Job.objects.get(name="identity.read_watchlist").reference == brought.reference
        assert AuditEvent.objects.get(verb="identity.watchlist_brought").by == analyst.reference

    def test_twice_with_one_key_is_one(self, analyst):
        assert bring(analyst) == bring(analyst)

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"as_of": NOW.date() + timedelta(days=1)}, "watchlist_of_tomorrow"),
            ({"key": "other"}, "watchlist_on_its_way"),
        ],
    )
    def test_refuses(self, analyst, changed, code):
        bring(analyst)
        with pytest.raises(WatchlistRefused) as refused:
            bring(analyst, **changed)
        assert refused.value.code == code


class TestRead:
    def test_counts_what_is_new_changed_and_gone(self, analyst):
        make_watchlist(WANG.strip(), LI.strip(), name="un", as_of=date(2026, 2, 1))
        brought = make_read(analyst, WANG, "Li Si,Lee Si,,CN,pep,P-1\n", "Zhang San,,,CN,pep,P-2\n")
        assert (brought.status, brought.entry_count, brought.new_count, brought.gone_count) == ("waiting", 3, 2, 1)

    def test_twice_is_once(self, analyst):
        brought = make_read(analyst)
        read_watchlist(brought.reference)
        brought.refresh_from_db()
        assert brought.status == "waiting"

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "The file names nobody."),
            (HEADING.encode(), "The file names nobody."),
            (HEADING.encode() + b"A\nB\xff,,,,pep,P", "Line 3 holds characters"),
            (HEADING.encode() + WANG.encode() + b"A\0B,,,,pep,P", "Line 3 is not CSV"),
            (b"a,b\n1,2\n", "Line 1 does not fit. Give the file a heading with the columns name, aliases"),
            ((HEADING + WANG + ",,,,pep,P-1").encode(), "Line 3 lacks its name, list_kind or reference."),
            ((HEADING + "A,,,,friends,P-1").encode(), "Line 2: list_kind is “friends”"),
            ((HEADING + "A,,66,,pep,P-1").encode(), "Line 2: birth_year is “66”"),
            ((HEADING + LI + "\n" + LI).encode(), "Line 4 repeats the reference P-1."),
        ],
    )
    def test_names_the_line_that_cannot_be_used(self, client_of, analyst, content, said):
        if content:
            brought = make_read(analyst, content=content)
            assert brought.status == "refused"
            assert said in client_of(analyst).get(reverse("identity:watchlists")).text
        with pytest.raises(watchlist_files.FileUnreadable) as refused:
            watchlist_files.read(content)
        assert refused.value.why in watchlist_files.WHY

    def test_refuses_one_that_is_too_long(self, monkeypatch):
        monkeypatch.setattr(watchlist_files, "MOST_LINES", 2)
        with pytest.raises(watchlist_files.FileUnreadable) as refused:
            watchlist_files.read((HEADING + WANG + LI).encode())
        assert (refused.value.line, refused.value.why) == (3, "too_long")

    def test_refuses_what_is_loaded_already_or_older(self, analyst):
        upload = make_file(WANG).read()
        operations.load_watchlist("un", upload, as_of=NOW.date(), by="system", at=NOW)
        assert make_read(analyst, WANG).problem == "watchlist_known"
        assert make_read(analyst, LI, key="old", as_of=date(2026, 1, 1)).problem == "watchlist_older"

    @pytest.mark.parametrize("why", sorted(watchlist_files.WHY))
    def test_has_a_sentence_for_whatever_is_wrong(self, why):
        said = set()
        for language in ("en", "zh-hans"):
            with translation.override(language):
                said.add(refusals.sentence_of(f"watchlist_{why}", {"line": 3, "value": "x"}))
        assert len(said) == 2
        assert not {each for each in said if each.startswith("This could not")}


class TestLoad:
    def test_needs_a_second_person_and_screens_the_book(self, analyst, approver, enterprise):
        brought = make_read(analyst)
        with pytest.raises(WatchlistRefused) as refused:
            operations.approve_brought(brought, by=analyst, at=NOW)
        assert refused.value.code == "watchlist_same_person"
        operations.approve_brought(brought, by=approver, at=NOW)
        for _time in range(2):
            load_watchlist(brought.reference)
        loaded = Watchlist.objects.get()
        brought.refresh_from_db()
        assert (brought.status, brought.watchlist, loaded.loaded_by) == ("loaded", loaded, analyst.reference)
        screen_book(loaded.reference)
        assert WatchlistHit.objects.get().enterprise == enterprise
        assert AuditEvent.objects.get(verb="identity.watchlist_approved").by == approver.reference

    def test_is_refused_when_a_newer_one_came_meanwhile(self, analyst, approver):
        brought = make_read(analyst)
        operations.approve_brought(brought, by=approver, at=NOW)
        make_watchlist(name="un", as_of=NOW.date() + timedelta(days=3))
        operations.load_brought(brought.reference, at=NOW)
        brought.refresh_from_db()
        assert (brought.status, brought.problem) == ("refused", "watchlist_older")

    def test_is_not_done_after_it_was_discarded(self, analyst, approver):
        brought = make_read(analyst)
        operations.discard_brought(brought, by=analyst, at=NOW)
        with pytest.raises(TransitionRefused):
            operations.approve_brought(brought, by=approver, at=NOW)
        assert bring(analyst, key="again").status == "reading"

    def test_of_one_s_own_file_is_refused_by_the_database_too(self, analyst):
        brought = make_read(analyst)
        with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
            WatchlistUpload.objects.filter(pk=brought.pk).update(status="loaded", decided_by=analyst)

    @pytest.mark.django_db(transaction=True)
    def test_by_two_at_once_is_approved_once(self, analyst, approver, bank):
        brought = make_read(analyst)
        other = make_user(role="approver", branch=bank.branch)

        def approve(by):
            try:
                operations.approve_brought(WatchlistUpload.objects.get(pk=brought.pk), by=by, at=NOW)
            except TransitionRefused:
                return "late"
            return "done"

        assert sorted(together(lambda: approve(approver), lambda: approve(other))) == ["done", "late"]


def sent(**changed):
    told = {"name": "un", "as_of": timezone.localdate().isoformat(), "file": make_file(WANG), "idempotency_key": "k"}
    return told | changed


class TestPage:
    PLACE = "/watchlists/"

    @pytest.mark.parametrize("who", ["officer", "underwriter", "approver", "operations", "analyst", "auditor"])
    def test_is_shown_to_staff_who_serve_customers(self, request, client_of, who):
        make_watchlist()
        page = client_of(request.getfixturevalue(who)).get(self.PLACE).text
        assert "test-list" in page
        assert ("Bring a list" in page) is (who in {"approver", "analyst"})

    @pytest.mark.parametrize("who", ["owner", "stranger", "course_editor"])
    def test_is_closed_to_others(self, request, client_of, who):
        assert client_of(request.getfixturevalue(who)).get(self.PLACE).status_code == 403
        assert client_of(request.getfixturevalue(who)).post(self.PLACE, sent()).status_code == 403

    def test_takes_files_of_those_who_rule_alone_and_once(self, client_of, analyst, officer):
        assert client_of(officer).post(self.PLACE, sent()).status_code == 403
        for _time in range(2):
            assert client_of(analyst).post(self.PLACE, sent()).status_code == 302
        assert WatchlistUpload.objects.get().status == UploadStatus.READING
        assert 'hx-trigger="every 2s"' in client_of(analyst).get(self.PLACE).text

    def test_says_what_is_missing(self, client_of, analyst):
        page = client_of(analyst).post(self.PLACE, {"name": "联合国", "as_of": "x", "idempotency_key": "k"})
        assert page.status_code == 422
        assert all(each in page.text for each in ("Latin letters, digits", "Choose a day.", "Choose a file first."))
        late = sent(as_of=(timezone.localdate() + timedelta(days=1)).isoformat())
        assert "This day has not come yet." in client_of(analyst).post(self.PLACE, late).text

    def test_shows_whom_a_file_leaves_out_changes_and_adds(self, client_of, analyst, approver, owner):
        make_watchlist("GONE Ann,,1960,XA,sanctions,S-1", "Stays Bo,,,XA,pep,S-2", "WAS Cy,,1970,XA,pep,S-3", name="un")
        brought = make_read(analyst, "Stays Bo,,,XB,pep,S-2\n", "NOW Cy,,1970,XA,pep,S-3\n", WANG)
        place = reverse("identity:watchlist_changes", args=[brought.reference])
        assert place in client_of(approver).get(self.PLACE).text
        seen = client_of(approver)
        shown = {what: seen.get(place, {"what": what}).text for what in ("removed", "changed", "added")}
        assert "GONE Ann" in seen.get(place).text
        for what, name in (("removed", "GONE Ann"), ("changed", "NOW Cy"), ("added", "WANG Fang")):
            assert [name in text for text in shown.values()] == [each == what for each in shown]
        assert "WAS Cy · 1970" in shown["changed"]
        assert "Stays Bo" not in "".join(shown.values())
        assert ["Have it loaded" in client_of(each).get(place).text for each in (approver, analyst)] == [True, False]
        assert client_of(owner).get(place).status_code == 403
        operations.discard_brought(brought, by=analyst, at=NOW)
        assert seen.get(place).status_code == 404

    def test_pages_through_a_long_list_of_names(self, client_of, analyst):
        brought = make_read(analyst, *(f"Name {n:03},,,XA,pep,P-{n}\n" for n in range(60)))
        page = client_of(analyst).get(reverse("identity:watchlist_changes", args=[brought.reference]), {"page": 3}).text
        assert ("Name 050" in page, "Name 049" in page, "Page 3 of 3" in page) == (True, False, True)

    def test_lets_a_second_person_load_it(self, client_of, analyst, approver, auditor):
        brought = make_read(analyst)
        approve = reverse("identity:approve_watchlist", args=[brought.reference])
        assert "Have it loaded" not in client_of(analyst).get(self.PLACE).text
        assert "Have it loaded" in client_of(approver).get(self.PLACE).text
        assert client_of(approver).get(approve).status_code == 405
        assert client_of(auditor).post(approve).status_code == 403
        client_of(analyst).post(approve)
        brought.refresh_from_db()
        assert brought.status == "waiting"
        for _time in range(2):
            assert client_of(approver).post(approve).status_code == 302
        load_watchlist(brought.reference)
        assert f"{analyst}, {approver}" in client_of(auditor).get(self.PLACE).text

    def test_lets_a_file_be_discarded(self, client_of, analyst, officer):
        brought = make_read(analyst)
        discard = reverse("identity:discard_watchlist", args=[brought.reference])
        assert client_of(officer).post(discard).status_code == 403
        assert client_of(analyst).get(discard).status_code == 405
        client_of(analyst).post(discard)
        brought.refresh_from_db()
        assert (brought.status, brought.decided_by) == ("discarded", analyst)
        assert client_of(analyst).post(reverse("identity:discard_watchlist", args=["WF-NONE"])).status_code == 404

    def test_hands_the_file_out_to_staff(self, client_of, analyst, auditor, owner):
        place = reverse("identity:watchlist_file", args=[bring(analyst).reference])
        assert client_of(auditor).get(place).getvalue() == (HEADING + WANG).encode()
        assert client_of(owner).get(place).status_code == 403

    def test_names_a_list_by_what_it_means_to_be_on_it(self, client_of, auditor, bank):
        make_watchlist(name="un-2026")
        assert "Sanctions<br><small>un-2026</small>" in client_of(auditor).get(self.PLACE).text

    def test_costs_the_same_however_many(self, client_of, auditor, django_assert_max_num_queries):
        for number in range(12):
            make_watchlist(name=f"list-{number}")
        client = client_of(auditor)
        with django_assert_max_num_queries(10):
            client.get(self.PLACE)
