"""Opens the bank's books."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.ledger import operations


class Command(BaseCommand):
    """Opens the chart of accounts in the bank's currency, or in the one named; run twice it changes nothing."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the currency."""
        parser.add_argument("--currency", default=settings.BANK_CURRENCY)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Open what is not open yet."""
        accounts = operations.open_books(options["currency"], at=timezone.now())
        self.stdout.write(f"{len(accounts)} accounts in {options['currency']}.")
