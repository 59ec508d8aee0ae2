"""Brings labeled evidence into a database of its own, through the portal's own import."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.identity import operations as identity
from accounts.identity.models import Industry
from accounts.statements.parsing.headers import squeezed
from lending.credit.learning import columns, importing, sources
from lending.management import refusing
from lending.management.progress import Progress


class Command(BaseCommand):
    """Registers the enterprises of a source, imports their invoices and bank transactions, keeps their outcomes.

    Columns are known by their usual names; others are named with --column role=name. Roles of outcomes: case, bad,
    date, requested and term (the amount and the months of the loan), setting, industry (four digits of ISIC); of
    invoices: case, date, direction, number, counterparty, net, tax, gross, valid; of transactions: case, date, amount
    or inflow and outflow, direction, balance, counterparty, counterparty_number, counterparty_bank, description,
    reference.
    Words that are not the usual ones are told by --bad and --outward, each as often as there are such words; every
    other is then the opposite, unless --good names what is good and leaves others open. A second loan of an enterprise
    is a case of its own. Amounts are taken as the bank's own currency. Run again, it goes on where it ended, however
    it ended.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what is read."""
        parser.add_argument("dataset", help="a name for what is brought in")
        parser.add_argument("--outcomes", type=Path, required=True, help="who there is and how it ended")
        parser.add_argument("--invoices", type=Path, help="their invoices: Parquet, or a delimited text")
        parser.add_argument("--transactions", type=Path, help="the lines of their bank statements, likewise")
        parser.add_argument("--as-of", type=date.fromisoformat, help="the day of judging, where outcomes name none")
        parser.add_argument("--column", action="append", default=[], metavar="ROLE=NAME", help="a column's role")
        parser.add_argument("--dates", choices=columns.ORDERS, default="", help="the order of dates that tell none")
        parser.add_argument("--decimal", choices=("point", "comma"), default="", help="what stands before decimals")
        parser.add_argument("--good", action="append", default=[], metavar="WORD", help="a good one; others are open")
        parser.add_argument("--bad", action="append", default=[], metavar="WORD", help="an outcome that is bad")
        parser.add_argument(
            "--outward", action="append", default=[], metavar="WORD", help="a direction that is outward"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import everything and count it."""
        if not Industry.objects.exists():
            identity.load_industries()
        with refusing.told():
            outcomes, evidence = _read(options)
            say = Progress("lines", self.stderr).say
            brought = list(importing.bring_in(options["dataset"], outcomes, evidence, at=timezone.now(), say=say))
        for each in brought:
            if each.refused:
                self.stderr.write(f"{each.case}: {each.refused}")
        self.stdout.write(f"{len(brought)} enterprises, {sum(each.lines for each in brought)} lines.")
        for count, told in _told(outcomes, evidence, brought):
            if count:
                self.stdout.write(f"{count} {told}")


def _read(options: Mapping[str, Any]) -> tuple[list[sources.Outcome], importing.Evidence]:
    given = _given(options["column"])
    words = sources.Words(*(frozenset(map(squeezed, options[name])) for name in ("bad", "good", "outward")))
    writing = columns.Writing(options["dates"], options["decimal"])
    kinds = {kind: options[kind] for kind in ("invoices", "transactions")}
    sources.check_given(given, filter(None, (options["outcomes"], *kinds.values())))
    outcomes = sources.outcomes(options["outcomes"], given=given, words=words, writing=writing)
    dated = [replace(each, as_of=each.as_of or options["as_of"]) for each in outcomes]
    return dated, importing.read_evidence(kinds, given=given, words=words, writing=writing)


def _told(
    outcomes: Sequence[sources.Outcome], evidence: importing.Evidence, brought: Sequence[importing.Brought]
) -> Iterator[tuple[int, str]]:
    """Count what a person would want to know before learning from it."""
    ends = Counter(each.is_bad for each in outcomes)
    owners = {each.evidence for each in outcomes}
    yield ends[True], "outcomes are bad."
    yield ends[False], "outcomes are good."
    yield ends[None], "outcomes are open and nothing is learned from them."
    if ends[None] == len(outcomes):
        yield ends[None], "do not tell how it ended: name the column that does with --column bad=NAME."
    yield sum(not each.lines for each in brought), "enterprises have no line before their day."
    yield sum(each.later for each in brought), "lines are later than their enterprise's day and were left out."
    yield (
        sum(count for held in evidence.values() for name, count in held.counts.items() if name not in owners),
        "lines are of enterprises without an outcome and were left out.",
    )


def _given(told: Sequence[str]) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for each in told:
        role, is_named, name = each.partition("=")
        if not is_named:
            raise CommandError(f"--column {each}: write ROLE=NAME.")
        given.setdefault(role, []).append(name)
    return given
