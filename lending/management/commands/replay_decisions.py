"""Repeats decisions."""

import secrets
import time
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lending.portfolio import queries


class Command(BaseCommand):
    """Judges past decisions again by the figures and the rules stored with each, and compares to the last digit.

    The points of each explanation must add up to its score. All are repeated, or as many as asked for, drawn by chance.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to begin from the evidence, and how many to draw."""
        parser.add_argument("--evidence", action="store_true", help="measure again the evidence as recorded then")
        parser.add_argument("--sample", type=int, metavar="N", help="repeat only so many, drawn by chance")
        parser.add_argument("--seed", type=int, help="draw the same ones again")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say that all are the same, or fail naming the first that differs."""
        began = time.perf_counter()
        seed = options["seed"] if options["seed"] is not None else secrets.randbelow(10**6)
        chosen = None
        if options["sample"] is not None:
            chosen = queries.sample(options["sample"], chance=Random(seed))  # noqa: S311 - drawn, not secret
            self.stdout.write(f"Drawn with --seed {seed}.")
        done = queries.replay(chosen, evidence=options["evidence"])
        if done.not_comparable:
            self.stdout.write(f"{done.not_comparable} were measured by an earlier version of the features.")
        if done.first:
            self.stderr.write(f"{done.first.application}: {done.first.part}")
            self.stderr.write(f"  kept      {done.first.kept}")
            self.stderr.write(f"  repeated  {done.first.repeated}")
            raise CommandError(f"{done.differing} of {done.decisions} decisions differ.")
        self.stdout.write(f"{done.decisions} decisions, all the same ({time.perf_counter() - began:.1f} s).")
