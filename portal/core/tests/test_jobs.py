"""Proofs of promises of background work."""

import contextlib
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from kombu.exceptions import OperationalError
from structlog.testing import capture_logs

from portal.core import jobs
from portal.core.models import Job

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAME = "core.tests.work"
done: list[str] = []


@jobs.task(name=NAME)
def work(reference: str) -> None:
    """Do what the reference says: fail, ask again, or note that it was done."""
    if reference == "fails":
        raise ValueError("secret")
    if reference == "not yet":
        raise jobs.NotYet(seconds=2)
    if reference == "asked again":
        with transaction.atomic():
            jobs.ask(NAME, reference, at=NOW + timedelta(seconds=1))
    done.append(reference)


@pytest.fixture(autouse=True)
def nothing_done():
    """Forget what was done before."""
    done.clear()


@pytest.fixture
def queue(db):
    """The broker's queue, empty."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.delete("celery")
    yield broker
    broker.delete("celery")
    broker.close()


def asked(reference="R-1", *, at=NOW, lane=""):
    jobs.ask(NAME, reference, at=at, lane=lane)
    return Job.objects.get(name=NAME, reference=reference, done_at=None)


class TestAsk:
    def test_sends_the_task_at_commit(self, queue, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            asked()
            assert queue.llen("celery") == 0
        assert queue.llen("celery") == 1

    def test_keeps_the_promise_where_the_broker_is_away(self, db, monkeypatch, django_capture_on_commit_callbacks):
        def away(*_args, **_kwargs):
            raise OperationalError

        monkeypatch.setattr(current_app, "send_task", away)
        with django_capture_on_commit_callbacks(execute=True):
            asked()
        assert Job.objects.filter(done_at=None).count() == 1

    def test_again_while_it_waits_is_one_promise(self, db):
        asked()
        assert asked(at=NOW + timedelta(seconds=5)).asked_at == NOW + timedelta(seconds=5)
        assert Job.objects.count() == 1

    def test_again_after_it_was_kept_is_another(self, db):
        asked()
        work("R-1")
        asked()
        assert Job.objects.count() == 2

    def test_falls_with_the_transaction_that_asked(self, transactional_db):
        def act():
            with transaction.atomic():
                asked()
                raise RuntimeError

        with pytest.raises(RuntimeError):
            act()
        assert not Job.objects.exists()

    def test_needs_a_transaction(self, transactional_db):
        with pytest.raises(AssertionError):
            jobs.ask(NAME, "R-1", at=NOW)

    def test_sends_one_of_a_lane_and_lets_the_others_wait(self, queue, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            for reference in ("R-1", "R-2", "R-3"):
                asked(reference, lane="EN-1")
            asked("R-4", lane="EN-2")
        assert queue.llen("celery") == 2
        assert list(Job.objects.filter(due_at=None).values_list("reference", flat=True)) == ["R-2", "R-3"]

    def test_waits_for_none_that_failed_and_rests(self, queue):
        asked("fails", lane="EN-1")
        with contextlib.suppress(ValueError):
            work("fails")
        assert [asked(reference, lane="EN-1").due_at is None for reference in ("R-1", "R-2")] == [False, True]

    def test_only_waits_for_a_turn_in_a_lane(self, db):
        with pytest.raises(IntegrityError, match="job_waits_its_turn_in_a_lane"):
            Job.objects.create(name=NAME, reference="R-1", asked_at=NOW, due_at=None)


class TestTask:
    def test_keeps_the_promise_when_it_returns(self, db):
        asked()
        work("R-1")
        job = Job.objects.get()
        assert (done, job.attempts, job.done_at is not None) == (["R-1"], 1, True)

    def test_leaves_the_promise_when_it_fails_and_notes_no_secrets(self, db):
        asked("fails")
        with pytest.raises(ValueError, match="secret"):
            work("fails")
        job = Job.objects.get()
        assert (job.done_at, job.attempts, job.last_error) == (None, 1, "ValueError")

    def test_leaves_a_promise_that_was_renewed_while_it_ran(self, db):
        asked("asked again")
        work("asked again")
        assert Job.objects.get().done_at is None

    def test_comes_back_soon_to_what_is_not_there_yet(self, queue):
        asked("not yet")
        work("not yet")
        assert (Job.objects.get().done_at, queue.llen("celery")) == (None, 1)

    def test_comes_back_at_once_to_what_was_renewed_while_it_ran(self, queue):
        asked("asked again")
        work("asked again")
        assert queue.llen("celery") == 1

    @pytest.mark.parametrize("first", ["R-1", "fails"])
    def test_hands_the_turn_on_when_it_ends_well_or_badly(self, queue, first):
        for reference in (first, "R-2", "R-3"):
            asked(reference, lane="EN-1")
        with contextlib.suppress(ValueError):
            work(first)
        assert (queue.llen("celery"), Job.objects.filter(due_at=None).get().reference) == (1, "R-3")

    def test_asks_the_server_to_notice_a_machine_that_vanished_with_its_locks(self, db):
        connection.ensure_connection()
        assert "-c tcp_keepalives_idle=60" in connection.connection.info.options

    def test_leaves_to_another_worker_what_it_is_at(self, transactional_db):
        with transaction.atomic():
            asked()
        lock = [jobs.RUNNING_LOCKS, f"{NAME} R-1"]
        with closing(connection.copy()) as other:
            other.cursor().execute("SELECT pg_advisory_lock(%s, hashtext(%s))", lock)
            work("R-1")
            assert (done, Job.objects.get().attempts) == ([], 0)
            other.cursor().execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", lock)
        work("R-1")
        assert (done, Job.objects.get().attempts) == (["R-1"], 1)

    def test_runs_without_a_promise_too(self, db):
        work("R-9")
        assert done == ["R-9"]

    def test_is_known_to_workers_by_name(self):
        assert NAME in current_app.tasks


class TestSweep:
    def test_sends_again_what_is_overdue(self, queue):
        asked()
        assert jobs.sweep(at=NOW + jobs.PATIENCE) == 1
        assert queue.llen("celery") == 1

    def test_leaves_what_is_not_due(self, queue):
        asked()
        assert jobs.sweep(at=NOW + jobs.PATIENCE - timedelta(seconds=1)) == 0

    def test_leaves_what_was_kept(self, queue):
        asked()
        work("R-1")
        assert jobs.sweep(at=NOW + timedelta(days=1)) == 0

    def test_lets_a_lane_wait_as_long_as_one_of_it_is_out(self, queue):
        for reference in ("R-1", "R-2"):
            asked(reference, lane="EN-1")
        assert jobs.sweep(at=NOW + timedelta(days=1)) == 1

    def test_goes_on_with_a_lane_whose_turn_was_lost(self, queue):
        for reference in ("R-1", "R-2", "R-3"):
            asked(reference, lane="EN-1")
        Job.objects.filter(reference="R-1").update(done_at=NOW)
        assert jobs.sweep(at=NOW) == 1
        assert list(Job.objects.filter(due_at=None).values_list("reference", flat=True)) == ["R-3"]

    def test_comes_less_often_the_more_it_failed(self, queue):
        job = asked()
        waits = []
        for attempts in (0, 1, 2, 50):
            Job.objects.update(attempts=attempts, due_at=NOW)
            jobs.sweep(at=NOW)
            job.refresh_from_db()
            waits.append(job.due_at - NOW)
        assert waits == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120), timedelta(hours=1)]


class TestWaiting:
    def test_tells_how_many_of_a_task_wait_and_since_when(self, db):
        asked("R-1", at=NOW + timedelta(seconds=5))
        asked("R-2")
        asked("R-3")
        work("R-3")
        assert jobs.waiting() == [(NAME, 2, NOW)]


def act_on(done, *bad):
    def act(thing):
        if thing in bad:
            raise ValueError(thing)
        done.append(thing)

    return act


class TestEachAlone:
    def test_does_the_others_where_one_fails_and_logs_which(self, db):
        done = []
        with capture_logs() as logs:
            failure = jobs.each_alone("abc", act_on(done, "b"), failed="letters.not_done")
        assert (done, str(failure)) == (["a", "c"], "b")
        assert logs == [{"event": "letters.not_done", "reference": "b", "exc_info": True, "log_level": "error"}]

    def test_tells_of_no_failure_where_there_was_none(self):
        assert jobs.each_alone("abc", act_on([]), failed="letters.not_done") is None


class TestSomeAtOnce:
    def some(self, done, *bad):
        one = act_on([], *bad)

        def act(things):
            for thing in things:
                one(thing)
            done.append("".join(things))

        return act

    def test_goes_by_groups(self):
        done = []
        assert jobs.some_at_once("abcde", self.some(done), size=2, failed="x") is None
        assert done == ["ab", "cd", "e"]

    def test_does_each_of_a_group_that_failed_alone(self, db):
        done = []
        with capture_logs() as logs:
            assert str(jobs.some_at_once("abcde", self.some(done, "c"), size=2, failed="x")) == "c"
        assert (done, [each["reference"] for each in logs]) == (["ab", "d", "e"], ["c"])
