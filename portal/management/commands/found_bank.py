"""Sets up a bank in an empty database: trades, books, head office, the first administrator, the shipped rules."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.harvest import operations as harvest
from accounts.identity import operations as identity
from accounts.identity import queries as people
from accounts.identity.models import Branch, Role
from accounts.ledger import operations as ledger
from lending.credit import operations as credit


class Command(BaseCommand):
    """What a production installation runs once, after the first administrator has signed up in the browser."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the administrator and the name of head office."""
        parser.add_argument("administrator", help="number or e-mail of the person who has signed up")
        parser.add_argument("--head-office-en", default="Head office")
        parser.add_argument("--head-office-zh", default="总行")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Set up what is missing; whatever stands already stays."""
        person = people.person_by_contact(options["administrator"])
        if person is None:
            raise CommandError("Nobody has signed up with this number or e-mail.")
        now = timezone.now()
        identity.load_industries()
        ledger.open_books(settings.BANK_CURRENCY, at=now)
        names = {"name_en": options["head_office_en"], "name_zh_hans": options["head_office_zh"]}
        head_office, _is_new = Branch.objects.get_or_create(is_head_office=True, defaults={"code": "HO", **names})
        if Role.ADMINISTRATOR not in person.roles:
            identity.give_post(person, role=Role.ADMINISTRATOR, branch=head_office, by=None, at=now)
        credit.install_shipped(approved_by=person.reference, on=timezone.localdate(now), at=now)
        harvest.install_shipped(approved_by=person.reference, on=timezone.localdate(now), at=now)
        self.stdout.write(f"The bank stands; {person} administers it.")
