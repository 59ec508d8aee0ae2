"""Brings labeled evidence into a database of its own, through the portal's own import."""

from argparse import ArgumentParser
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.identity import operations as identity
from accounts.identity.models import Industry
from accounts.statements.parsing.headers import squeezed
from lending.credit.learning import importing, sources
from lending.credit.learning.refusals import missing_library, sentence
from lending.credit.learning.rows import LearningRefused


class Command(BaseCommand):
    """Registers the enterprises of a source, imports their invoices and bank transactions, keeps their outcomes.

    Columns are known by their usual names; others are named with --column role=name (roles: case, bad, date, requested,
    term (the amount and the months of the loan); number, net, tax, gross, direction, valid; amount, balance,
    inflow, outflow, counterparty, counterparty_number, description). Words that are not the usual ones are told by
    --bad and --outward, each as often as there are such words; every other is then the opposite. Amounts are taken as
    the bank's own currency.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what is read."""
        parser.add_argument("dataset", help="a name for what is brought in")
        parser.add_argument("--outcomes", type=Path, required=True, help="who there is and how it ended")
        parser.add_argument("--invoices", type=Path)
        parser.add_argument("--transactions", type=Path)
        parser.add_argument("--as-of", type=date.fromisoformat, help="the day of judging, where outcomes name none")
        parser.add_argument("--column", action="append", default=[], metavar="ROLE=NAME")
        parser.add_argument("--bad", action="append", default=[], metavar="WORD", help="an outcome that is bad")
        parser.add_argument(
            "--outward", action="append", default=[], metavar="WORD", help="a direction that is outward"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import everything and count it."""
        given = dict(each.split("=", 1) for each in options["column"])
        words = sources.Words(*(frozenset(map(squeezed, options[name])) for name in ("bad", "outward")))
        kinds = {kind: options[kind] for kind in ("invoices", "transactions")}
        if not Industry.objects.exists():
            identity.load_industries()
        try:
            outcomes = sources.outcomes(options["outcomes"], given=given, words=words)
            if options["as_of"]:
                outcomes = [replace(each, as_of=options["as_of"]) for each in outcomes]
            evidence = importing.read_evidence(kinds, given=given, words=words)
            brought = list(importing.bring_in(options["dataset"], outcomes, evidence, at=timezone.now()))
        except LearningRefused as refusal:
            raise CommandError(sentence(refusal)) from refusal
        except ImportError as error:
            raise CommandError(missing_library(error)) from error
        for each in brought:
            if each.refused:
                self.stderr.write(f"{each.case}: {each.refused}")
        self.stdout.write(f"{len(brought)} enterprises, {sum(each.lines for each in brought)} lines.")
