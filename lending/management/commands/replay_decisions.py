"""Repeats every decision."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lending.portfolio import queries


class Command(BaseCommand):
    """Judges every past decision again by the figures and the rules stored with it, and compares to the last digit."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to begin from the evidence."""
        parser.add_argument("--evidence", action="store_true", help="measure again the evidence as recorded then")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say that all are the same, or fail naming the first that differs."""
        began = time.perf_counter()
        done = queries.replay(evidence=options["evidence"])
        if done.not_comparable:
            self.stdout.write(f"{done.not_comparable} were measured by an earlier version of the features.")
        if done.first:
            self.stderr.write(f"{done.first.application}: {done.first.part}")
            self.stderr.write(f"  kept      {done.first.kept}")
            self.stderr.write(f"  repeated  {done.first.repeated}")
            raise CommandError(f"{done.differing} of {done.decisions} decisions differ.")
        self.stdout.write(f"{done.decisions} decisions, all the same ({time.perf_counter() - began:.1f} s).")
