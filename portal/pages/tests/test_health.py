"""What whoever watches the portal is told."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from accounts.ledger import operations as ledger
from accounts.ledger.models import Chain
from portal import celery, queues
from portal.core import jobs

FOUR_TIMES_AN_HOUR = 4


@pytest.fixture
def unseen():
    """No worker was seen yet."""
    keys = ["worker-heartbeat", "worker-of-celery", "worker-of-heavy"]
    cache.delete_many(keys)
    yield
    cache.delete_many(keys)


class TestReady:
    def test_names_the_queue_that_nobody_takes(self, db, client, unseen):
        cache.set("worker-heartbeat", timezone.now())
        answer = client.get("/health/ready")
        told = {"database": True, "broker": True, "worker": True, "heavy_worker": False}
        assert (answer.status_code, answer.json()) == (503, told)

    def test_sees_a_worker_of_both_queues(self, db, client, unseen):
        cache.set("worker-heartbeat", timezone.now())
        celery.show_queues()
        assert client.get("/health/ready").status_code == 200


class TestQueues:
    def test_take_only_tasks_that_are_there(self):
        celery.app.loader.import_default_modules()
        assert set(settings.CELERY_TASK_ROUTES) <= set(celery.app.tasks)

    @pytest.mark.parametrize(("task", "queue"), [("cashflow.read", "heavy"), ("lending.decide", "celery")])
    def test_keep_files_apart_from_what_somebody_waits_for(self, task, queue):
        assert celery.app.amqp.router.route({}, task)["queue"].name == queue


class TestTimetable:
    def test_tells_hours_of_the_bank_s_own_clock(self, monkeypatch):
        interest = settings.CELERY_BEAT_SCHEDULE["interest and fees"]["schedule"]
        midnight = datetime(2026, 3, 3, tzinfo=ZoneInfo(settings.TIME_ZONE))
        monkeypatch.setattr(interest, "nowfun", lambda: midnight)
        assert interest.remaining_estimate(midnight - timedelta(hours=1)) == timedelta(minutes=40)


class TestTimeLimits:
    def limit(self, task):
        return celery.app.tasks[task].time_limit or settings.CELERY_TASK_TIME_LIMIT

    def test_end_no_task_of_the_books_before_its_night_is_over(self):
        """What comes once an hour or less often does not catch up in a moment with what a limit cut off."""
        celery.app.loader.import_default_modules()
        for each in settings.CELERY_BEAT_SCHEDULE.values():
            often = isinstance(each["schedule"], float) or len(each["schedule"].minute) >= FOUR_TIMES_AN_HOUR
            queue = celery.app.amqp.router.route({}, each["task"])["queue"].name
            limit = queues.SHORT if often else queues.A_NIGHT
            assert (each["task"], queue, self.limit(each["task"])) == (
                each["task"],
                settings.PROMPT_QUEUE if often else settings.HEAVY_QUEUE,
                limit,
            )

    def test_are_shorter_than_the_broker_waits_before_it_hands_a_task_out_again(self):
        celery.app.loader.import_default_modules()
        with celery.app.connection_for_write() as broker:
            waits = broker.default_channel.visibility_timeout
        assert max(map(self.limit, celery.app.tasks)) < waits


class TestMetrics:
    def test_do_not_exist_without_the_token(self, db, client):
        assert client.get("/metrics").status_code == 404

    def test_tell_whether_the_chains_are_whole(self, bank, client, monkeypatch):
        monkeypatch.setattr(settings, "METRICS_TOKEN", "watcher")
        ledger.check_chain(Chain.BOOKS, on=timezone.localdate(), at=timezone.now())
        told = client.get("/metrics", headers={"Authorization": "Bearer watcher"}).content.decode()
        assert 'portal_chain_broken{chain="books"} 0.0' in told
        assert 'portal_chain_checked_timestamp_seconds{chain="books"}' in told

    def test_tell_what_waits_and_how_long(self, db, client, monkeypatch):
        monkeypatch.setattr(settings, "METRICS_TOKEN", "watcher")
        with transaction.atomic():
            jobs.ask("cashflow.read", "ST-1", at=timezone.now() - timedelta(seconds=90))
        told = client.get("/metrics", headers={"Authorization": "Bearer watcher"}).content.decode()
        assert 'portal_promises_waiting{task="cashflow.read"} 1.0' in told
        assert 'portal_promises_oldest_seconds{task="cashflow.read"} 9' in told
