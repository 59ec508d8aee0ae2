"""Seeds the believable bank of the demo."""

from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.identity.models import Branch
from portal.seed.corrections import tell_of_a_correction
from portal.seed.drawers import tell_of_drawers
from portal.seed.funding import tell_of_funding
from portal.seed.learners import tell_of_learners
from portal.seed.lines import tell_of_a_line
from portal.seed.losses import tell_of_losses
from portal.seed.lost_phones import tell_of_a_lost_phone
from portal.seed.members import tell_of_a_bookkeeper, tell_of_members
from portal.seed.payments import tell_of_payments
from portal.seed.story import Story, end_the_months, seal_and_check, tell


class Command(BaseCommand):
    """Tells a year of a small rural bank through the operations that the pages use; one seed, one year."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the seed."""
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Seed an empty database; refuse one that already has a bank."""
        if Branch.objects.exists():
            raise CommandError("There is already a bank here. `make reset` clears the demo.")
        rng = Random(options["seed"])  # noqa: S311 - believable, not secret
        story = Story(today=timezone.localdate(), rng=rng, say=self._say)
        tell(story)
        tell_of_payments(story)
        tell_of_a_line(story)
        tell_of_a_bookkeeper(story)
        tell_of_members(story)
        tell_of_learners(story)
        tell_of_drawers(story)
        tell_of_funding(story)
        tell_of_a_lost_phone(story)
        tell_of_losses(story)
        tell_of_a_correction(story)
        end_the_months(story)
        seal_and_check(story)
        self._say("done")

    def _say(self, text: str) -> None:
        self.stdout.write(f"  seeding: {text}")
        self.stdout.flush()
