"""The Celery app: workers on any machine join by the same broker."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "portal.core",
        "accounts.ledger",
        "accounts.cashflow",
        "lending.credit",
        "lending.applications",
        "lending.loans",
        "training",
    ]
)
