"""The arithmetic of a quiz: which questions are drawn, and when it is passed."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import NamedTuple


class Drawable(NamedTuple):
    """A question in the pool, and the lesson it asks about."""

    question: int
    lesson: int


def drawn(pool: Sequence[Drawable], count: int, chance: Random) -> list[int]:
    """Draw ``count`` questions in random order, first one from each lesson so that none is left out."""
    assert count <= len(pool), "a quiz cannot draw more questions than its pool holds"
    by_lesson: dict[int, list[int]] = defaultdict(list)
    for question, lesson in pool:
        by_lesson[lesson].append(question)
    firsts = [chance.choice(questions) for questions in by_lesson.values()]
    chosen = chance.sample(firsts, min(count, len(firsts)))
    rest = [question for question, _lesson in pool if question not in chosen]
    chosen += chance.sample(rest, count - len(chosen))
    chance.shuffle(chosen)
    return chosen


def is_passed(correct: int, count: int, pass_mark: Decimal) -> bool:
    """Tell whether the share of right answers reaches the pass mark (a fraction)."""
    return correct >= count * pass_mark


def needed(count: int, pass_mark: Decimal) -> int:
    """Tell how many right answers pass."""
    return next(correct for correct in range(count + 1) if is_passed(correct, count, pass_mark))
