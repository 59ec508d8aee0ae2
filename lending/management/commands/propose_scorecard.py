"""Proposes the tables in a folder, as `train_scorecard` or a person wrote them, as drafts in this database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lending.credit import operations as credit
from lending.management.proposers import proposer
from portal.core.refusals import Refusal, sentence


class Command(BaseCommand):
    """Reads `scorecard.json`, `challenger.json` and `policy.json`, those that are there, from a folder."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the folder and who proposes."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--by", required=True, help="number, e-mail or reference of who proposes")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Propose what is there."""
        by = proposer(options["by"])
        verbs = {
            "scorecard.json": credit.propose_scorecard,
            "challenger.json": credit.propose_challenger,
            "policy.json": credit.propose_policy,
        }
        found = [name for name in verbs if (options["folder"] / name).is_file()]
        for name in found:
            path = options["folder"] / name
            table = json.loads(path.read_text(encoding="utf-8"))
            try:
                draft = verbs[name](table, by=by, at=timezone.now(), source=table.get("source", ""))
            except Refusal as refusal:
                raise CommandError(sentence(refusal)) from refusal
            self.stdout.write(draft.reference)
        if not found:
            raise CommandError(f"{options['folder']}: scorecard.json, challenger.json, policy.json?")
