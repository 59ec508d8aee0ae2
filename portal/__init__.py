"""The shell: settings, URLs, the Celery app, and the pages that belong to no department."""
