"""Learns a scorecard and its challenger from labeled cases, validates them, and proposes both as drafts."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from lending.credit import operations as credit
from lending.credit.learning import doing
from lending.management import labeled, refusing
from lending.management.progress import Progress
from lending.management.proposers import proposer


class Command(BaseCommand):
    """Writes `scorecard.json`, `challenger.json` and the validation report, and proposes the two tables as drafts.

    A person of the bank approves them, another than who proposed them; `propose_scorecard` brings the tables of a study
    into the bank's own database.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the rows, what may enter, and who proposes."""
        doing.add_arguments(parser)
        parser.add_argument("--by", default=credit.SHIPPED_BY, help="number, e-mail or reference of who proposes")

    @refusing.told()
    def handle(self, *_args: Any, **options: Any) -> None:
        """Train, validate, propose."""
        from lending.credit.learning import boosting, describing, report, tables, validation

        by, now = proposer(options["by"]), timezone.now()
        today = timezone.localdate(now)
        rows, chosen = labeled.rows_of(options, on=today), doing.options_of(options)
        labeled.warn(rows, self.stderr)
        found = validation.validate(
            rows, chosen, grades=doing.grades(), repeats=options["repeats"], say=Progress("folds", self.stderr).say
        )
        table, trees = tables.learn(rows, chosen), boosting.learn(rows, chosen)
        table["learned"] |= {"dataset": options["dataset"], "auc": str(found.card.auc), "brier": str(found.card.brier)}
        trees["learned"] |= {"dataset": options["dataset"], "auc": str(found.challenger.auc)}
        source = f"{options['dataset']}: {found.rows} enterprises, {found.bad} bad; AUC {found.card.auc}"
        table["source"] = trees["source"] = source
        table["card"] = describing.model_card(found, rows, table, dataset=options["dataset"], on=today)
        folder = options["output"]
        report.write(folder, found, table, rows)
        for name, each in (("scorecard", table), ("challenger", trees)):
            (folder / f"{name}.json").write_text(json.dumps(each, indent=1, ensure_ascii=False), encoding="utf-8")
        card = credit.propose_scorecard(table, by=by, at=now, source=source)
        other = credit.propose_challenger(trees, by=by, at=now, source=source)
        self.stdout.write(f"{card.reference}, {other.reference}: {source}")
        self.stdout.write(f"{folder / 'report.html'}")
