"""Migrates as the database's owner, whatever role the portal runs as."""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Django's command, on the owner's connection."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Change to the owner's sign-in, migrate, and change back."""
        connection = connections[options["database"]]
        runtime = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
        connection.close()
        connection.settings_dict.update({name: settings.DATABASE_OWNER[name] for name in runtime})
        try:
            super().handle(*args, **options)
        finally:
            connection.close()
            connection.settings_dict.update(runtime)
