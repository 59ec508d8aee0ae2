"""Verifies that the books say what they said when they were sealed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum

from accounts.ledger import queries
from accounts.ledger.models import SealedBlock


class Command(BaseCommand):
    """Recomputes the chain of the sealed entries and names the first that was altered or removed."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say that the chain holds, or fail naming where it breaks."""
        broken = queries.first_broken()
        if broken:
            name = broken.reference or "an entry that is gone"
            raise CommandError(f"The chain breaks at block {broken.block}, place {broken.place}: {name}.")
        last = SealedBlock.objects.order_by("-number").first()
        if last is None:
            self.stdout.write("Nothing is sealed yet.")
            return
        entries = SealedBlock.objects.aggregate(entries=Sum("entry_count"))["entries"]
        self.stdout.write(f"{entries} entries in {last.number} blocks, unaltered. Newest digest: {last.digest}")
