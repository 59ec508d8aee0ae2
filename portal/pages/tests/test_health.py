"""What whoever watches the portal is told."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from portal import celery
from portal.core import jobs


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


class TestMetrics:
    def test_do_not_exist_without_the_token(self, db, client):
        assert client.get("/metrics").status_code == 404

    def test_tell_what_waits_and_how_long(self, db, client, monkeypatch):
        monkeypatch.setattr(settings, "METRICS_TOKEN", "watcher")
        with transaction.atomic():
            jobs.ask("cashflow.read", "ST-1", at=timezone.now() - timedelta(seconds=90))
        told = client.get("/metrics", headers={"Authorization": "Bearer watcher"}).content.decode()
        assert 'portal_promises_waiting{task="cashflow.read"} 1.0' in told
        assert 'portal_promises_oldest_seconds{task="cashflow.read"} 9' in told
