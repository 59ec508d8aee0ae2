"""What fails alone is seen where the bank is watched: in the figures, in the trail, and by a notice each night."""

import re
import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.identity.models import User
from accounts.identity.tests.builders import confirm_mail
from portal.core import failures as core
from portal.core import jobs
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.core.tests.together import together
from portal.pages import failures
from portal.pages.tasks import tell_of_failures

MONTH, BILL = "settlement.month_not_booked", "settlement.bill_not_made"


def walk(things, failure=MONTH):
    """Fail with all of them, as a task does."""

    def act(thing):
        raise ValueError(thing)

    jobs.each_alone(things, act, failed=failure)


def told():
    return [text_of(each) for each in Notice.objects.filter(code="failed_alone").order_by("pk")]


@pytest.fixture
def watcher(administrator):
    """The administrator, who is told by mail."""
    confirm_mail(administrator, "min@bank.example")
    return administrator


class TestNote:
    def test_names_in_the_trail_what_failed_and_which(self, db, client_of, auditor):
        walk(["SA-1", "SA-2"])
        event = AuditEvent.objects.get(verb="jobs.failed_alone")
        assert (event.by, event.details) == ("system", {"failure": MONTH, "references": ["SA-1", "SA-2"]})
        shown = strip_tags(client_of(auditor).get("/audit/", {"verb": "jobs."}).text)
        assert "what failed: Month of an account not booked" in shown
        assert "which: SA-1, SA-2" in shown

    def test_names_each_once_a_day_however_often_it_is_tried(self, db):
        now = timezone.now()
        for moment, references in ((now, "ab"), (now, "bc"), (now + timedelta(days=1), "c")):
            core.note(MONTH, references, at=moment)
        named = AuditEvent.objects.order_by("pk").values_list("details__references", flat=True)
        assert list(named) == [["a", "b"], ["c"], ["c"]]
        core.note(BILL, "a", at=now)
        assert core.counted() == [(BILL, 1), (MONTH, 4)]

    def test_names_all_of_very_many(self, db):
        core.note(MONTH, [str(number) for number in range(250)], at=timezone.now())
        assert [len(each.details["references"]) for each in AuditEvent.objects.order_by("pk")] == [100, 100, 50]
        assert core.counted() == [(MONTH, 250)]

    def test_stands_in_a_transaction_as_well(self, db):
        with transaction.atomic():
            walk(["SA-1"])
        assert core.counted() == [(MONTH, 1)]


class TestTell:
    def test_tells_each_kind_once_with_how_many_and_which(self, watcher):
        walk(["SA-1", "SA-2"])
        walk(["SA-2", "SA-3"])
        walk(["BP-1"], BILL)
        tell_of_failures()
        months, bills = told()
        assert "Month of an account not booked: 3 (SA-1, SA-2, SA-3)" in months
        assert "Bill not made: 1 (BP-1)" in bills
        assert "/audit/?verb=jobs.failed_alone." in bills

    def test_tells_nothing_twice_and_what_comes_later_the_next_night(self, watcher):
        walk(["SA-1"])
        tell_of_failures()
        tell_of_failures()
        assert len(told()) == 1
        walk(["SA-1", "SA-9"])
        tell_of_failures()
        assert "1 (SA-9)" in told()[-1]

    @pytest.mark.django_db(transaction=True)
    def test_misses_nothing_that_was_noted_while_it_told(self, watcher):
        begun = threading.Event()

        def note_slowly():
            with transaction.atomic():
                walk(["SA-1"])
                begun.set()
                time.sleep(0.5)

        def tell_meanwhile():
            begun.wait()
            walk(["SA-1", "BP-1"], BILL)
            walk(["SA-1"])
            tell_of_failures()

        assert together(note_slowly, tell_meanwhile) == [None, None]
        tell_of_failures()
        assert core.counted() == [(BILL, 2), (MONTH, 1)]
        assert sum("Month of an account not booked: 1 (SA-1)" in each for each in told()) == 1

    def test_is_silent_where_nothing_failed(self, watcher):
        tell_of_failures()
        assert told() == []
        assert not AuditEvent.objects.filter(verb="jobs.failures_told").exists()

    def test_speaks_the_language_of_whoever_is_told(self, administrator, auditor):
        confirm_mail(administrator, "min@bank.example")
        User.objects.filter(pk=administrator.pk).update(language="zh-hans")
        User.objects.filter(pk=auditor.pk).update(phone="+8613800138009", phone_verified=True, language="en")
        walk(["SA-1"])
        tell_of_failures()
        by_language = {each.language: text_of(each) for each in Notice.objects.all()}
        assert "账户月度结息" in by_language["zh-hans"]
        assert by_language["en"].startswith("Month of an account not booked: 1, the first is SA-1.")

    def test_is_told_to_whoever_watches_the_figures(self, db, client, monkeypatch):
        monkeypatch.setattr(settings, "METRICS_TOKEN", "watcher")
        walk(["SA-1", "SA-2"])
        figures = client.get("/metrics", headers={"Authorization": "Bearer watcher"}).text
        assert f'portal_failed_alone_total{{failure="{MONTH}"}} 2.0' in figures


class TestWords:
    def test_are_there_for_all_that_may_fail_alone(self):
        found = set()
        for department in ("accounts", "lending", "training", "portal"):
            for path in (settings.BASE_DIR / department).rglob("*.py"):
                if "tests" not in path.parts:
                    code = path.read_text(encoding="utf-8")
                    found |= set(re.findall(r'\b(?:failed=|failures\.note\()"(\w+\.\w+)"', code))
        assert set(failures.WORDS) == found
