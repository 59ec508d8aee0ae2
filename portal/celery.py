"""The Celery app: workers on any machine join by the same broker."""

import faulthandler
import os
from typing import Any

from celery import Celery
from celery.signals import heartbeat_sent, worker_process_init, worker_ready, worker_shutting_down
from django.conf import settings
from django.core.cache import cache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "portal.core",
        "accounts.identity",
        "accounts.ledger",
        "accounts.settlement",
        "accounts.cashflow",
        "lending.credit",
        "lending.applications",
        "lending.funding",
        "lending.loans",
        "lending.loans.lines",
        "lending.arrears",
        "lending.portfolio",
        "training",
        "portal.pages",
    ]
)


@worker_ready.connect  # type: ignore[untyped-decorator]  # Celery carries no types
def show_at_once(**_: Any) -> None:
    """Let the health page see a new worker before beat asks it for a sign of life."""
    app.send_task("core.heartbeat")


@heartbeat_sent.connect  # type: ignore[untyped-decorator]  # Celery carries no types
def show_queues(**_: Any) -> None:
    """Let the health page see which queues are taken, even by a worker whose whole pool is busy with files."""
    for queue in app.amqp.queues.consume_from:
        cache.set(f"worker-of-{queue}", "taken", timeout=60)


@worker_process_init.connect  # type: ignore[untyped-decorator]  # Celery carries no types
def be_ready_to_judge(**_: Any) -> None:
    """Compile the features before the first case comes, not while its owner waits."""
    from lending.credit.features import compiled_sql

    compiled_sql()


@worker_shutting_down.connect  # type: ignore[untyped-decorator]  # Celery carries no types
def end_in_time(**_: Any) -> None:
    """End a worker that waits for a process of its pool for ever, and tell where it waits; the pool goes with it.

    Celery bounds no part of this wait. What is cut off is as safe as in a power cut: promises stand.
    """
    faulthandler.dump_traceback_later(settings.WORKER_ENDING_SECONDS, exit=True, file=2)  # not Celery's stderr
