"""Prints how judging does."""

from datetime import date

from lending.management.scoped import ScopedCommand
from lending.portfolio import presentation, queries
from lending.portfolio.presentation import Section
from lending.portfolio.queries import Scope


class Command(ScopedCommand):
    """Prints what moved, how well the score separates, expected and observed bad rates, overrides, and segments."""

    help = __doc__

    def sections(self, scope: Scope, *, on: date) -> list[Section]:
        """Watch how judging does."""
        return presentation.of_monitoring(queries.monitoring(scope, on=on), sections=queries.section_names())
