"""Bring the demo's database and static files up to date; one process, so that Django starts once.

Run by the demo as `python -m portal.demo.preparing FOLDER [--empty]`.
"""

from __future__ import annotations

import hashlib
import io
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.demo.files import PREPARING, SEEDED, SIGN_INS
from portal.demo.terminal import say


def main() -> None:
    """Migrate, seed, collect, and leave the sign-ins to be shown."""
    folder = Path(sys.argv[1])
    django.setup()
    _migrate()
    if "--empty" not in sys.argv:
        _seed(folder)
    _collect_static()
    if "demo_sign_ins" in get_commands():
        table = io.StringIO()
        call_command("demo_sign_ins", stdout=table)
        (folder / SIGN_INS).write_text(table.getvalue())


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Laying out the database")
        call_command("migrate", interactive=False, verbosity=1)


def _seed(folder: Path) -> None:
    """Make the bank that the demo shows; the command itself sees whether it is there."""
    if "seed_demo" not in get_commands():
        return
    marker = folder / PREPARING
    done = folder / SEEDED
    if done.exists():
        return
    say("Seeding a bank")
    marker.touch()
    call_command("seed_demo")
    done.touch()
    marker.unlink()


def _collect_static() -> None:
    """Collect and compress the static files when any of them changed since the last time."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    fingerprint = Path(settings.STATIC_ROOT) / ".fingerprint"
    if fingerprint.exists() and fingerprint.read_text() == digest.hexdigest():
        return
    say("Collecting static files")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    fingerprint.write_text(digest.hexdigest())


if __name__ == "__main__":
    main()
