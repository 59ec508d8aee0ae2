"""What the database itself refuses."""

import pytest
from django.db import IntegrityError, transaction

from training.models import Certificate, Choice, LessonCompletion
from training.tests.builders import make_attempt, make_certificate, make_course, write_course


@pytest.fixture
def course(bank, tmp_path):
    return make_course(write_course(tmp_path / "short"))


class TestTheDatabase:
    @pytest.mark.parametrize(
        ("model", "change"),
        [
            (Certificate, {"holder_name": "Someone"}),
            (Choice, {"text_en": "Maybe"}),
            (LessonCompletion, {"lesson_version": 9}),
        ],
    )
    def test_keeps_what_was_certified_and_asked(self, course, owner, model, change):
        make_certificate(course, owner)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            model.objects.update(**change)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            model.objects.all()._raw_delete(using="default")

    def test_keeps_one_correct_choice_for_a_question(self, course):
        right = Choice.objects.filter(is_correct=True)[0]
        with pytest.raises(IntegrityError, match="question_has_one_correct_choice"):
            Choice.objects.create(question=right.question, position=9, text_en="x", text_zh_hans="x", is_correct=True)

    def test_keeps_one_open_attempt(self, course, owner):
        attempt = make_attempt(course, owner)
        with pytest.raises(IntegrityError, match="attempt_is_open_once_at_a_time"):
            attempt.enrollment.attempts.create(course_version=1, pass_mark=1, begun_at=attempt.begun_at)

    def test_keeps_an_outcome_with_every_submission(self, course, owner):
        attempt = make_attempt(course, owner)
        attempt.submitted_at = attempt.begun_at
        with pytest.raises(IntegrityError, match="submitted_attempt_has_its_outcome"):
            attempt.save()
