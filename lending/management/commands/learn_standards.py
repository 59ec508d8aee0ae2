"""Counts industry standards from the evidence of the bank's own customers, and proposes them as a draft edition."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.cashflow.models import BankTransaction, Invoice
from accounts.identity.models import Enterprise
from lending.credit import operations as credit
from lending.credit import queries
from lending.credit.learning.standards import counted
from lending.credit.standards import FEWEST
from lending.management.proposers import proposer

BATCH: Final = 50
_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Command(BaseCommand):
    """Measures everyone with evidence on a day, trade by trade; a trade with too few takes its parent's standard."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the day and the smallest number."""
        parser.add_argument("--as-of", type=date.fromisoformat, help="today, if not given")
        parser.add_argument("--fewest", type=int, default=FEWEST, help="enterprises that a standard needs")
        parser.add_argument("--by", default=credit.SHIPPED_BY, help="number, e-mail or reference of who proposes")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Count and propose."""
        by, now = proposer(options["by"]), timezone.now()
        as_of = options["as_of"] or timezone.localdate(now)
        document = counted(_measured(as_of), as_of=as_of, fewest=options["fewest"])
        if not document["standards"]:
            raise CommandError(_("No feature is shown by enough enterprises of any trade."))
        edition = credit.propose_standards(document, by=by, at=now)
        self.stdout.write(f"{edition.reference}: {edition.source}; {edition.standards.count()} standards.")


def _measured(as_of: date) -> Iterator[tuple[str, str, dict[str, Any]]]:
    own = {"enterprise": OuterRef("pk"), "superseded_at": None}
    shown = Q(Exists(BankTransaction.objects.filter(**own))) | Q(Exists(Invoice.objects.filter(**own)))
    held = list(Enterprise.objects.filter(shown).select_related("industry").order_by("pk"))
    for start in range(0, len(held), BATCH):
        some = held[start : start + BATCH]
        found = queries.features_of_cases([queries.Case(each.pk, each.pk, as_of, _EVER) for each in some])
        for each in some:
            yield each.industry.code, each.industry.section, found[each.pk]
