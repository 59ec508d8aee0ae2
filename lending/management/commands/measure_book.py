"""Measures everyone who shows evidence, at once, on DuckDB or on Spark, and leaves the figures as Parquet."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from lending.credit.book import exporting, measuring


class Command(BaseCommand):
    """Writes the evidence of the book as Parquet, and every feature of every enterprise as `features.parquet`."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the folder, the day and the engine."""
        parser.add_argument("folder", type=Path, help="where evidence and figures are written")
        parser.add_argument("--as-of", type=date.fromisoformat, help="today, if not given")
        parser.add_argument("--engine", choices=measuring.ENGINES, default="duckdb")
        parser.add_argument("--master", default="local[*]", help="where Spark runs")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Export and measure."""
        folder = options["folder"]
        try:
            exporting.export(folder, as_of=options["as_of"] or timezone.localdate())
            figures = self._measured(folder, options)
        except ImportError as error:
            sentence = _("Measuring the book needs more libraries (missing: %(library)s): see %(file)s.")
            spark = options["engine"] == "spark"
            told = {
                "library": error.name or str(error),
                "file": "requirements-spark.txt" if spark else "requirements-learn.txt",
            }
            raise CommandError(sentence % told) from error
        self.stdout.write(f"{len(figures)}: {folder / 'features.parquet'}")

    def _measured(self, folder: Path, options: dict[str, Any]) -> measuring.Figures:
        to = folder / "features.parquet"
        if options["engine"] == "duckdb":
            return measuring.by_duckdb(folder, to=to)
        spark = measuring.session(options["master"])
        try:
            return measuring.by_spark(folder, spark=spark, to=to)
        finally:
            spark.stop()
