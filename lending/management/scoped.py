"""What commands about the book have in common: they take the part of the book to look at and print sections."""

from abc import ABC, abstractmethod
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.identity.models import Branch
from lending.portfolio.printing import as_text
from lending.portfolio.queries import Scope
from lending.portfolio.sections import Section
from portal.core.dates import add_months


class ScopedCommand(ABC, BaseCommand):
    """Prints the figures of a part of the book."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take days, branch and product."""
        parser.add_argument("--first", type=date.fromisoformat, help="a day; a year ago unless told")
        parser.add_argument("--last", type=date.fromisoformat, help="a day; today unless told")
        parser.add_argument("--branch", default="", help="a branch's code; all unless told")
        parser.add_argument("--product", default="", help="a product's code; all unless told")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the figures."""
        today = timezone.localdate()
        last = options["last"] or today
        first = options["first"] or add_months(last, -12) + timedelta(days=1)
        if first > last:
            raise CommandError("The first day is after the last.")
        scope = Scope(first, last, self._branches(options["branch"]), options["product"])
        self.stdout.write(f"{first} to {last}")
        for line in as_text(self.sections(scope, on=today)):
            self.stdout.write(line)

    @abstractmethod
    def sections(self, scope: Scope, *, on: date) -> list[Section]:
        """Give what is printed."""

    def _branches(self, code: str) -> tuple[int, ...] | None:
        if not code:
            return None
        found = Branch.objects.filter(code=code).first()
        if found is None:
            raise CommandError(f"There is no branch {code}.")
        return (found.pk,)
