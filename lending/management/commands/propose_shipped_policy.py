"""Proposes the policy that comes with this version of the portal; two people approve it and put it in force."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from lending.credit import operations as credit


class Command(BaseCommand):
    """Writes a draft where the shipped policy is not the bank's newest."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Propose it, and name the draft."""
        draft = credit.propose_shipped_policy(at=timezone.now())
        self.stdout.write(draft.reference if draft else "Nothing is new.")
