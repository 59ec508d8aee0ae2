"""Checks the books."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.ledger import queries
from accounts.ledger.models import JournalEntry


class Command(BaseCommand):
    """Recomputes balances, totals, entries and snapshots from the postings and names every difference."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say that the books agree, or fail naming where they do not."""
        found = queries.discrepancies()
        for each in found:
            self.stderr.write(f"{each.kind} {each.subject}: kept {each.kept}, recomputed {each.recomputed}")
        if found:
            raise CommandError(f"The books are wrong in {len(found)} places.")
        self.stdout.write(f"{JournalEntry.objects.count()} entries; the books agree.")
