"""The shell: settings, URLs, the Celery app, and the pages that belong to no department."""

from portal.celery import app as celery_app  # here, so that every process that sends a task knows the broker

__all__ = ["celery_app"]
