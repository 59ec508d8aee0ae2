"""Proposes an edition of the crop calendar from a file: ``manage.py load_crop_calendar FILE …``."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.harvest import calendars, operations
from accounts.harvest.operations.editions import PRUDENT_SHARE
from accounts.identity import queries as people
from portal.core.refusals import Refusal, sentence


class Command(BaseCommand):
    """Reads a CSV file; a second person approves the edition on its page before it counts."""

    help = f"Propose an edition of the crop calendar from CSV. {calendars.__doc__}"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, its day and source, and who proposes."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--as-of", type=date.fromisoformat, required=True, help="the day that the figures are of")
        parser.add_argument("--source", required=True, help="who counted or asked, where, in which year")
        parser.add_argument("--by", required=True, help="number or e-mail of the person who proposes")
        parser.add_argument("--prudent-share", type=Decimal, default=PRUDENT_SHARE)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Propose it."""
        person = people.person_by_contact(options["by"])
        if person is None or not person.is_staff_member:
            raise CommandError("Nobody on the staff has this number or e-mail.")
        try:
            edition = operations.propose_edition(
                options["file"].read_text(encoding="utf-8-sig"),
                as_of=options["as_of"],
                source=options["source"],
                prudent_share=options["prudent_share"],
                by=person.reference,
                at=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        except Refusal as refusal:
            raise CommandError(sentence(refusal)) from refusal
        self.stdout.write(f"{edition.reference}: waits for approval")
