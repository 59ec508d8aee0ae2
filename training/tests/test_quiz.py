"""The arithmetic of a quiz."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import quiz
from training.quiz import Drawable

MARK = Decimal("0.80")


@st.composite
def pools(draw):
    """A pool of questions about a few lessons, and how many to draw."""
    lessons = draw(st.lists(st.integers(1, 6), min_size=1, max_size=20))
    pool = [Drawable(question, lesson) for question, lesson in enumerate(lessons, start=1)]
    return pool, draw(st.integers(1, len(pool)))


class TestDrawn:
    @given(pools(), st.integers())
    def test_draws_so_many_different_questions_of_the_pool(self, drawing, seed):
        pool, count = drawing
        chosen = quiz.drawn(pool, count, Random(seed))
        assert len(chosen) == len(set(chosen)) == count
        assert set(chosen) <= {question for question, _lesson in pool}

    @given(pools(), st.integers())
    def test_leaves_no_lesson_out_while_there_is_room(self, drawing, seed):
        pool, count = drawing
        lesson_of = dict(pool)
        asked = {lesson_of[question] for question in quiz.drawn(pool, count, Random(seed))}
        assert len(asked) == min(count, len(set(lesson_of.values())))

    def test_draws_anew_for_another_attempt(self):
        pool = [Drawable(question, question % 6) for question in range(12)]
        assert quiz.drawn(pool, 10, Random(1)) != quiz.drawn(pool, 10, Random(2))


class TestIsPassed:
    @pytest.mark.parametrize(
        ("correct", "count", "passed"), [(8, 10, True), (7, 10, False), (7, 8, True), (6, 8, False)]
    )
    def test_compares_the_share_with_the_mark(self, correct, count, passed):
        assert quiz.is_passed(correct, count, MARK) is passed

    def test_needs_the_least_number_that_passes(self):
        assert [quiz.needed(count, MARK) for count in (1, 8, 10)] == [1, 7, 8]
