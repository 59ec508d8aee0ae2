"""Prepares the products of a file for approval: ``manage.py load_products FILE --by NUMBER_OR_MAIL``."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.identity import queries as people
from lending.products import files, operations
from portal.core.refusals import Refusal, sentence


class Command(BaseCommand):
    """Prepares every product of the file, or none; a second person approves each on the pages."""

    help = f"Prepare the products of a JSON file for approval. {files.__doc__}"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and who prepares."""
        parser.add_argument("file", type=Path, nargs="?", default=files.STARTING, help="by default the shipped example")
        parser.add_argument("--by", required=True, help="number or e-mail of the person who answers for the file")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read the whole file first, then prepare."""
        person = people.person_by_contact(options["by"])
        if person is None or not person.is_staff_member:
            raise CommandError("Nobody on the staff has this number or e-mail.")
        try:
            made = operations.prepare_all(files.read(options["file"]), by=person.reference, at=timezone.now())
        except Refusal as refusal:
            raise CommandError(sentence(refusal)) from refusal
        except ValidationError as error:
            raise CommandError(
                "; ".join(f"{name}: {' '.join(said)}" for name, said in error.message_dict.items())
            ) from error
        for product in made:
            self.stdout.write(f"{product.reference}: waits for approval")
