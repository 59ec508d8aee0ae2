"""A bank and some firms that do well, founded once for every benchmark that needs them."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

from django.utils import timezone

from portal.seed import story
from portal.seed.cast import ENTERPRISES

FIRMS = 5
Firm = tuple[Any, Any, Any]


@cache
def founded() -> tuple[story.Story, list[Firm]]:
    """Found a bank and bring in its firms: each as its row of the cast, its owner and its enterprise."""
    today = timezone.localdate()
    told = story.Story(today=today, rng=Random(1), say=lambda _text: None)
    story.found_the_bank(told)
    rows = [row for row in ENTERPRISES if row.health == "strong"][:FIRMS]
    return told, [(row, *story.bring_in(told, number, row, on=today)) for number, row in enumerate(rows)]
