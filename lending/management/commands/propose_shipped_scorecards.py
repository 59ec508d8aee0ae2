"""Proposes the expert cards that come with this version of the portal; two people put them in force."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from lending.credit import operations as credit


class Command(BaseCommand):
    """Writes a draft of each shipped expert card that is not the bank's newest of its name."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Propose them, and name the drafts."""
        drafts = credit.propose_shipped_scorecards(at=timezone.now())
        self.stdout.write("\n".join(each.reference for each in drafts) or "Nothing is new.")
