"""Prints how judging does."""

from datetime import date

from lending.credit import readable
from lending.management.scoped import ScopedCommand
from lending.portfolio import presentation, queries
from lending.portfolio.queries import Scope
from lending.portfolio.sections import Section


class Command(ScopedCommand):
    """Prints what moved, how well the score separates, expected and observed bad rates, overrides, and segments."""

    help = __doc__

    def sections(self, scope: Scope, *, on: date) -> list[Section]:
        """Watch how judging does."""
        found = queries.monitoring(scope, on=on)
        return presentation.of_monitoring(found, sections=readable.section_names(), cards=queries.card_names())
