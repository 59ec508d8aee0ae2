"""Prints the book at a glance."""

from datetime import date

from lending.management.scoped import ScopedCommand
from lending.portfolio import presentation, queries
from lending.portfolio.queries import Scope
from lending.portfolio.sections import Section


class Command(ScopedCommand):
    """Prints what is at risk, how each quarter's loans age, and how applications come through."""

    help = __doc__

    def sections(self, scope: Scope, *, on: date) -> list[Section]:
        """Look at the book."""
        return presentation.of_book(queries.glance(scope, on=on))
