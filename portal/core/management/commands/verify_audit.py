"""Verifies the audit trail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core import audit
from portal.core.models import AuditSeal


class Command(BaseCommand):
    """Recomputes the hash chain and names the first altered event."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say that the chain holds, or fail naming where it breaks."""
        altered = audit.first_altered()
        if altered:
            raise CommandError(f"The chain breaks at link {altered.sequence} (event {altered.event_id or 'missing'}).")
        self.stdout.write(f"{AuditSeal.objects.count()} sealed events, unaltered.")
