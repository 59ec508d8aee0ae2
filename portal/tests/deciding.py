"""Bring applicants in and let the workers decide; run by the proof of the restart as a process of its own.

python -m portal.tests.deciding COUNT
"""

import sys
import time
from random import Random

import django
from django.utils import timezone

PATIENCE_SECONDS = 300


def main() -> None:
    """Submit so many applications by the operations that the pages use, and wait until each is decided."""
    django.setup()
    from lending.applications import operations as applications
    from lending.applications.models import Application
    from lending.applications.states import Status
    from portal.seed.cast import ENTERPRISES
    from portal.seed.flows import HEALTH
    from portal.seed.story import Story, apply, bring_in, found_the_bank

    chance = Random(2026)
    story = Story(today=timezone.localdate(), rng=chance, say=print)
    found_the_bank(story)
    for number in range(int(sys.argv[1])):
        usual = ENTERPRISES[number % len(ENTERPRISES)]
        row = usual._replace(legal_name=f"{usual.legal_name}{number}", health=chance.choice([*HEALTH]))
        owner, enterprise = bring_in(story, number, row, on=story.days_ago(2))
        application = apply(story, row, enterprise, owner, story.days_ago(1))
        applications.submit(application, by=owner, at=timezone.now())
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Application.objects.filter(status=Status.SUBMITTED).exists():
        assert time.monotonic() < deadline, "the workers did not decide in time"
        time.sleep(0.5)


if __name__ == "__main__":
    main()
