"""Loads the industry classification, or brings it up to date."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.identity import operations


class Command(BaseCommand):
    """Loads ISIC Rev. 4 from its file."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load it and say how many nodes there are."""
        self.stdout.write(f"{operations.load_industries()} industries.")
