"""What a learner does with a quiz: begin an attempt, submit it once."""

from collections.abc import Mapping
from datetime import datetime
from random import Random, SystemRandom

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from portal.core import audit
from portal.core.refusals import Refusal, register
from training import quiz
from training.models import Answer, Attempt, Choice, Course, Enrollment, Question
from training.operations.award import award
from training.operations.learn import LessonNotTaught
from training.states import CourseStatus

register(
    {
        "lessons_unread": _("Read every lesson first; %(missing)s of them are still unread."),
        "answers_missing": _("Answer every question; %(missing)s of them are still open."),
    }
)


class LessonsUnread(Refusal):
    """The quiz asks about lessons the learner has not read."""

    code = "lessons_unread"


class AnswersMissing(Refusal):
    """Some questions have no answer, or one that was not among their choices."""

    code = "answers_missing"


@transaction.atomic(durable=True)
def begin_attempt(course: Course, *, by: User, at: datetime, chance: Random | None = None) -> Attempt:
    """Draw the questions of an attempt; one that is still open is given back as it is.

    :raises LessonNotTaught: when the course is not published.
    :raises LessonsUnread: when a lesson was not read; ``params["missing"]`` counts them.
    """
    if course.status != CourseStatus.PUBLISHED:
        raise LessonNotTaught
    enrollment = Enrollment.objects.locked().filter(user=by, course=course).first()
    present = enrollment.attempts.filter(submitted_at=None).first() if enrollment else None
    if present:
        return present  # even where the course has got a lesson since
    unread = course.lessons.filter(retired_at=None).exclude(completions__enrollment=enrollment).count()
    if enrollment is None or unread:
        raise LessonsUnread(missing=unread or course.lessons.filter(retired_at=None).count())
    return _drawn(enrollment, course, at=at, chance=chance or SystemRandom())


def _drawn(enrollment: Enrollment, course: Course, *, at: datetime, chance: Random) -> Attempt:
    questions = {
        question.pk: question
        for question in Question.objects.current().filter(course=course).prefetch_related("choices").order_by("pk")
    }
    pool = [quiz.Drawable(question.pk, question.lesson_id) for question in questions.values()]
    attempt = Attempt.objects.create(
        enrollment=enrollment, course_version=course.version, pass_mark=course.pass_mark, begun_at=at
    )
    answers = []
    for position, key in enumerate(quiz.drawn(pool, course.questions_per_attempt, chance), start=1):
        choices = [choice.pk for choice in questions[key].choices.all()]
        chance.shuffle(choices)
        answers.append(Answer(attempt=attempt, question_id=key, position=position, choice_order=choices))
    Answer.objects.bulk_create(answers)
    return attempt


@transaction.atomic(durable=True)
def submit_attempt(attempt: Attempt, *, answers: Mapping[int, int], by: User, at: datetime) -> Attempt:
    """Take the answers (position to choice) and mark them; passing awards the certificate.

    An attempt is submitted once: the answers that came first stay, and a second submission gets that outcome.

    :raises AnswersMissing: when a question has no valid answer; ``params["missing"]`` counts them. Nothing is changed.
    """
    attempt.refresh_from_db(from_queryset=Attempt.objects.locked())
    if attempt.is_submitted:
        return attempt
    rows = list(attempt.answers.order_by("position"))
    missing = [row.position for row in rows if answers.get(row.position) not in row.choice_order]
    if missing:
        raise AnswersMissing(missing=len(missing))
    for row in rows:
        row.chosen_id = answers[row.position]
    Answer.objects.bulk_update(rows, ["chosen"])
    correct = Choice.objects.filter(pk__in=[row.chosen_id for row in rows], is_correct=True).count()
    attempt.correct_count = correct
    attempt.passed = quiz.is_passed(correct, len(rows), attempt.pass_mark)
    attempt.submitted_at = at
    attempt.save(update_fields=["correct_count", "passed", "submitted_at"])
    details = {"correct": correct, "of": len(rows), "passed": attempt.passed, "version": attempt.course_version}
    audit.record("training.submit", subject=attempt.reference, by=by.reference, at=at, details=details)
    if attempt.passed:
        award(attempt, at=at)
    return attempt
