"""Ties the loans to the books."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lending.loans import queries
from lending.loans.models import Loan


class Command(BaseCommand):
    """Compares each loan with its postings and its repayments, to the cent, and names every difference."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say that the loans tie, or fail naming those that do not."""
        found = queries.discrepancies()
        for each in found:
            self.stderr.write(f"{each.kind} {each.subject}: the loan says {each.kept}, its books {each.recomputed}")
        if found:
            raise CommandError(f"The loans differ from the books in {len(found)} places.")
        self.stdout.write(f"{Loan.objects.count()} loans; all tie to the books.")
