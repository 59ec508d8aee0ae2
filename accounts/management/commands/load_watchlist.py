"""Loads a version of a watchlist from a file and has the whole book held against it.

CSV with a heading and the columns name, aliases (separated by semicolons), birth_year, country, list_kind (sanctions or
pep) and reference; or the sdn.csv of OFAC as it is published.
"""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.identity import operations
from portal.core.refusals import Refusal, sentence


class Command(BaseCommand):
    """``manage.py load_watchlist un-sanctions consolidated.csv --as-of 2026-11-01``."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the list's name, its file, and the day on which it was so."""
        parser.add_argument("name")
        parser.add_argument("file", type=Path)
        parser.add_argument("--as-of", type=date.fromisoformat, required=True)
        parser.add_argument("--by", default="system", help="reference of the person who loads it")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load it, and say what was loaded."""
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(str(error)) from error
        try:
            loaded = operations.load_watchlist(
                options["name"], content, as_of=options["as_of"], by=options["by"], at=timezone.now()
            )
        except Refusal as refusal:
            raise CommandError(sentence(refusal)) from refusal
        self.stdout.write(f"{loaded}: {loaded.entry_count} entries as of {loaded.as_of}. The book is screened next.")
