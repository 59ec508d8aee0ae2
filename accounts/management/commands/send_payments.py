"""Write the payments that wait into pain.001 files now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.ledger import queries as ledger
from accounts.settlement import operations


class Command(BaseCommand):
    """``manage.py send_payments --version-of-pain 3``."""

    help = "Write the payments that wait for other banks into pain.001 files, one a currency."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the message's version."""
        parser.add_argument("--version-of-pain", type=int, choices=[3, 9], default=9)

    def handle(self, **options: Any) -> None:
        """Write the files and name them."""
        for currency in ledger.currencies():
            made = operations.send_payments(
                currency=currency,
                on=timezone.localdate(),
                at=timezone.now(),
                by="system",
                version=options["version_of_pain"],
            )
            if made:
                self.stdout.write(f"{made.reference}: {made.payment_count} payments, {made.total_amount} {currency}")
