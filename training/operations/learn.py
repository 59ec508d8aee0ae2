"""What a learner does with lessons."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from portal.core import audit
from portal.core.refusals import Refusal, register
from training.models import Course, Enrollment, Lesson, LessonCompletion
from training.states import CourseStatus

register({"lesson_not_taught": _("This course is not open at the moment.")})


class LessonNotTaught(Refusal):
    """The course is not published, or the lesson is no longer part of it."""

    code = "lesson_not_taught"


@transaction.atomic(durable=True)
def enroll(course: Course, *, by: User, at: datetime) -> Enrollment:
    """Let a person take a course; a second time changes nothing.

    :raises LessonNotTaught: when the course is not published.
    """
    return _enrolled(course, by=by, at=at)


@transaction.atomic(durable=True)
def complete_lesson(lesson: Lesson, *, by: User, at: datetime) -> LessonCompletion:
    """Write down that a person has read a lesson, enrolling them if they are not; the first time counts.

    :raises LessonNotTaught: when the course is not published or no longer holds the lesson.
    """
    if lesson.retired_at is not None:
        raise LessonNotTaught
    enrollment = _enrolled(lesson.course, by=by, at=at)
    completion, _is_new = LessonCompletion.objects.get_or_create(
        enrollment=enrollment, lesson=lesson, defaults={"lesson_version": lesson.version, "completed_at": at}
    )
    return completion


def _enrolled(course: Course, *, by: User, at: datetime) -> Enrollment:
    if course.status != CourseStatus.PUBLISHED:
        raise LessonNotTaught
    enrollment, is_new = Enrollment.objects.get_or_create(user=by, course=course, defaults={"enrolled_at": at})
    if is_new:
        audit.record("training.enroll", subject=course.slug, by=by.reference, at=at)
    return enrollment
