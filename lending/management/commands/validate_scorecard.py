"""Tells how well a card learned from these outcomes judges enterprises that it has not seen."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from lending.credit.learning import doing
from lending.management import labeled, refusing
from lending.management.progress import Progress


class Command(BaseCommand):
    """Learns and judges by stratified folds, again and again, and writes the report. Nothing is proposed."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the rows and what may enter."""
        doing.add_arguments(parser)

    @refusing.told()
    def handle(self, *_args: Any, **options: Any) -> None:
        """Validate and print the figures."""
        from lending.credit.learning import report, tables, validation

        rows, chosen = labeled.rows_of(options, on=timezone.localdate()), doing.options_of(options)
        labeled.warn(rows, self.stderr)
        found = validation.validate(
            rows, chosen, grades=doing.grades(), repeats=options["repeats"], say=Progress("folds", self.stderr).say
        )
        report.write(options["output"], found, tables.learn(rows, chosen), rows)
        self.stdout.write(f"{found.rows} enterprises, {found.bad} bad; {found.folds} folds, {found.repeats} times.")
        for each in (found.card, found.challenger, found.unfitted):
            self.stdout.write(
                f"{each.name:10} AUC {each.auc}, over repeats {each.auc_mean:.3f} ± {each.auc_sd:.3f}, "
                f"fold by fold {each.auc_by_fold:.3f}; "
                f"KS {each.ks}; Gini {each.gini}; Brier {each.brier}"
            )
        self.stdout.write(f"{options['output'] / 'report.html'}")
