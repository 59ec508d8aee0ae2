"""What course editors do: bring a course's files in, publish it, withdraw it."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.identity.models import User
from portal.core import audit
from portal.core.transitions import target_of
from training import content
from training.content import CourseContent, LessonContent, QuestionContent
from training.models import Choice, Course, Lesson, Question
from training.states import TRANSITIONS, CourseStatus, Event


@transaction.atomic(durable=True)
def load_course_from(folder: Path, *, at: datetime, by: User | None) -> Course:
    """Bring a course's files in, as a draft when it is new; the same content again changes nothing.

    A course that is already published shows its new version at once.

    :raises ContentRefused: when the files are incomplete or contradict each other.
    """
    return _brought_in(content.read(folder), at=at, by=by)[0]


@transaction.atomic(durable=True)
def publish_course_from(folder: Path, *, at: datetime, by: User | None) -> Course:
    """Bring a course's files in and publish them; the same content again changes nothing.

    So seeding again never brings back what an editor has withdrawn since.

    :raises ContentRefused: when the files are incomplete or contradict each other.
    """
    course, is_new = _brought_in(content.read(folder), at=at, by=by)
    if is_new and course.status != CourseStatus.PUBLISHED:
        _apply(Event.PUBLISH, course, at=at, by=by)
    return course


@transaction.atomic(durable=True)
def publish(course: Course, *, at: datetime, by: User) -> Course:
    """Open a course to learners.

    :raises TransitionRefused: when it is published already.
    """
    return _apply(Event.PUBLISH, course, at=at, by=by)


@transaction.atomic(durable=True)
def withdraw(course: Course, *, at: datetime, by: User) -> Course:
    """Close a course to learners; certificates stay valid.

    :raises TransitionRefused: when it is not published.
    """
    return _apply(Event.WITHDRAW, course, at=at, by=by)


def _apply(event: Event, course: Course, *, at: datetime, by: User | None) -> Course:
    course.refresh_from_db(from_queryset=Course.objects.locked())
    target = target_of(TRANSITIONS, event, course.status)
    course.status = target
    if event == Event.PUBLISH:
        course.published_at = at
    course.save(update_fields=["status", "published_at"])
    _record(f"training.{event}", course, at=at, by=by)
    return course


def _brought_in(written: CourseContent, *, at: datetime, by: User | None) -> tuple[Course, bool]:
    """Write the content down as the course's next version, unless it is the present one."""
    fields = _course_fields(written)
    Course.objects.bulk_create([Course(slug=written.slug, **fields)], ignore_conflicts=True)
    course = Course.objects.locked().get(slug=written.slug)
    fingerprint = written.fingerprint()
    if course.fingerprint == fingerprint:
        return course, False
    for name, value in fields.items():
        setattr(course, name, value)
    course.fingerprint = fingerprint
    course.version += 1
    course.save()
    lessons = _write_lessons(course, written.lessons, at=at)
    _write_questions(course, written.questions, lessons, at=at)
    _record("training.new_version", course, at=at, by=by)
    return course, True


def _course_fields(written: CourseContent) -> dict[str, Any]:
    names = (
        "title_en", "title_zh_hans", "summary_en", "summary_zh_hans", "position", "minutes", "questions_per_attempt",
        "valid_months", "worksheet_en", "worksheet_zh_hans",
    )  # fmt: skip
    fields = {name: getattr(written, name) for name in names}
    return fields | {"pass_mark": Decimal(written.pass_mark), "clearance_code": written.clearance}


def _write_lessons(course: Course, written: tuple[LessonContent, ...], *, at: datetime) -> dict[str, Lesson]:
    kept = {lesson.slug: lesson for lesson in course.lessons.all()}
    current = {}
    for position, content_ in enumerate(written, start=1):
        lesson = kept.get(content_.slug) or Lesson(course=course, slug=content_.slug, version=0)
        current[lesson.slug] = _reworded(lesson, content_, position)
    course.lessons.filter(retired_at=None).exclude(slug__in=current).update(retired_at=at)
    return current


def _reworded(lesson: Lesson, written: LessonContent, position: int) -> Lesson:
    names = ("topic", "minutes", "title_en", "title_zh_hans", "rule_en", "rule_zh_hans", "text_en", "text_zh_hans")
    if any(getattr(lesson, name) != getattr(written, name) for name in names):
        lesson.version += 1
    for name in names:
        setattr(lesson, name, getattr(written, name))
    lesson.position, lesson.retired_at, lesson.reason_codes = position, None, list(written.reason_codes)
    lesson.save()
    return lesson


def _write_questions(
    course: Course, written: tuple[QuestionContent, ...], lessons: dict[str, Lesson], *, at: datetime
) -> None:
    wanted = {question.fingerprint(): question for question in written}
    current = course.questions.current()
    current.exclude(fingerprint__in=wanted).update(retired_at=at)
    present = set(current.values_list("fingerprint", flat=True))
    for fingerprint, content_ in wanted.items():
        if fingerprint not in present:
            _write_question(course, content_, lessons[content_.lesson], fingerprint)


def _write_question(course: Course, written: QuestionContent, lesson: Lesson, fingerprint: str) -> None:
    question = Question.objects.create(
        course=course,
        lesson=lesson,
        code=written.code,
        text_en=written.text_en,
        text_zh_hans=written.text_zh_hans,
        explanation_en=written.explanation_en,
        explanation_zh_hans=written.explanation_zh_hans,
        fingerprint=fingerprint,
    )
    Choice.objects.bulk_create(
        Choice(
            question=question,
            position=position,
            text_en=choice.text_en,
            text_zh_hans=choice.text_zh_hans,
            why_en=choice.why_en,
            why_zh_hans=choice.why_zh_hans,
            is_correct=choice.is_correct,
        )
        for position, choice in enumerate(written.choices, start=1)
    )


def _record(verb: str, course: Course, *, at: datetime, by: User | None) -> None:
    details = {"version": course.version, "fingerprint": course.fingerprint, "status": course.status}
    audit.record(verb, subject=course.slug, by=by.reference if by else None, at=at, details=details)
