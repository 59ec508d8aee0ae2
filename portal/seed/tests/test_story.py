"""The stories that the browser journey starts from end alike whatever the day is."""

from datetime import date
from random import Random

import pytest

from lending.applications.models import Application
from portal.seed.cast import ENTERPRISES
from portal.seed.story import Story, found_the_bank, tell_of


@pytest.mark.django_db
@pytest.mark.parametrize("today", [date(2026, 11, 30), date(2027, 2, 28), date(2027, 6, 10)])
def test_ends_as_it_is_told(today):
    story = Story(today=today, rng=Random(7), say=lambda _text: None)
    found_the_bank(story)
    for ending in ("referred", "declined"):
        number, row = next((number, row) for number, row in enumerate(ENTERPRISES) if row.story == ending)
        tell_of(story, number, row)
        assert Application.objects.latest("pk").status == ending
