"""The questions pages ask of training."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from accounts.identity.models import User
from portal.core.references import as_written
from training import quiz
from training.models import Answer, Attempt, Certificate, Choice, Course, Enrollment, Lesson, LessonCompletion, Question
from training.states import CourseStatus
from training.topics import Topic

NONE_READ: Final = (0, None)
HARDEST: Final = 5  # questions that an editor is shown


@dataclass(frozen=True)
class CourseRow:
    """A course and how far this person is with it; ``following`` is the first lesson still to be read."""

    course: Course
    lessons: int
    read: int
    read_at: datetime | None
    following: Lesson | None
    certificate: Certificate | None

    @property
    def is_under_way(self) -> bool:
        """Tell whether a lesson was read and the quiz is still to be passed."""
        return bool(self.read) and self.certificate is None


def catalogue(user: User, *, on: date, topic: str = "") -> list[CourseRow]:
    """List the courses a person may see, those on a topic if one is named, with their progress."""
    courses = Course.objects.visible_to(user)
    if topic:
        courses = courses.teaching(topic)
    lessons = dict(Lesson.objects.current().values_list("course").annotate(Count("pk")))
    mine = LessonCompletion.objects.filter(enrollment__user=user, lesson__retired_at=None)
    done = {
        course: (count, last)
        for course, count, last in mine.values_list("lesson__course").annotate(Count("pk"), Max("completed_at"))
    }
    unread = Lesson.objects.current().exclude(pk__in=mine.values("lesson")).defer("text_en", "text_zh_hans")
    following = {lesson.course_id: lesson for lesson in unread.order_by("course", "position").distinct("course")}
    held = {certificate.course_id: certificate for certificate in certificates_of(user).valid(on)}
    return [
        CourseRow(
            course,
            lessons=lessons.get(course.pk, 0),
            read=done.get(course.pk, NONE_READ)[0],
            read_at=done.get(course.pk, NONE_READ)[1],
            following=following.get(course.pk),
            certificate=held.get(course.pk),
        )
        for course in courses.defer("worksheet_en", "worksheet_zh_hans").order_by("position", "pk")
    ]


def under_way(user: User, *, on: date) -> CourseRow | None:
    """Find the published course in which a person read last and that is not passed yet."""
    rows = [row for row in catalogue(user, on=on) if row.is_under_way and row.course.status == CourseStatus.PUBLISHED]
    return max(rows, key=lambda row: row.read_at.timestamp() if row.read_at else 0, default=None)


def topics_taught(user: User) -> list[Topic]:
    """List the topics that the courses a person may see teach, in the order of the topics."""
    lessons = Lesson.objects.current().filter(course__in=Course.objects.visible_to(user))
    codes = set(lessons.values_list("topic", flat=True))
    return [topic for topic in Topic if topic.value in codes]


@dataclass(frozen=True)
class Progress:
    """How far a person is with a course."""

    enrollment: Enrollment | None
    lessons: tuple[Lesson, ...]
    read: frozenset[int]
    open_attempt: Attempt | None
    attempts: tuple[Attempt, ...]
    certificate: Certificate | None

    @property
    def unread(self) -> int:
        """Count the lessons still to be read."""
        return sum(lesson.pk not in self.read for lesson in self.lessons)

    @property
    def next_lesson(self) -> Lesson | None:
        """The first lesson still to be read."""
        return next((lesson for lesson in self.lessons if lesson.pk not in self.read), None)


def progress(course: Course, user: User, *, on: date) -> Progress:
    """Tell how far a person is with a course; ``attempts`` are the submitted ones, newest first."""
    enrollment = Enrollment.objects.filter(user=user, course=course).first()
    attempts = list(enrollment.attempts.order_by("-pk")) if enrollment else []
    return Progress(
        enrollment=enrollment,
        lessons=tuple(taught_in(course)),
        read=frozenset(enrollment.completions.values_list("lesson", flat=True)) if enrollment else frozenset(),
        open_attempt=next((attempt for attempt in attempts if not attempt.is_submitted), None),
        attempts=tuple(attempt for attempt in attempts if attempt.is_submitted),
        certificate=certificates_of(user).filter(course=course).valid(on).first(),
    )


def taught_in(course: Course) -> QuerySet[Lesson]:
    """List a course's lessons in order."""
    lessons: QuerySet[Lesson] = Lesson.objects.current().filter(course=course).order_by("position")
    return lessons


def neighbors(lesson: Lesson, lessons: Sequence[Lesson]) -> tuple[Lesson | None, Lesson | None]:
    """Find the lessons before and after one."""
    index = [one.pk for one in lessons].index(lesson.pk)
    before = lessons[index - 1] if index else None
    after = lessons[index + 1] if index + 1 < len(lessons) else None
    return before, after


def asked_in(attempt: Attempt) -> list[tuple[Answer, list[Choice]]]:
    """List an attempt's questions, each with its choices in the order they are shown."""
    answers = attempt.answers.select_related("question__lesson", "chosen").order_by("position")
    rows = []
    for answer in answers.prefetch_related(Prefetch("question__choices")):
        choices = {choice.pk: choice for choice in answer.question.choices.all()}
        rows.append((answer, [choices[key] for key in answer.choice_order]))
    return rows


@dataclass(frozen=True)
class Marked:
    """A question with what was answered and what is right."""

    answer: Answer
    chosen: Choice
    correct: Choice

    @property
    def is_right(self) -> bool:
        """Tell whether the right choice was made."""
        return self.chosen.pk == self.correct.pk


@dataclass(frozen=True)
class Result:
    """A submitted attempt, marked."""

    attempt: Attempt
    rows: tuple[Marked, ...]
    needed: int
    to_repeat: tuple[Lesson, ...]


def result_of(attempt: Attempt) -> Result:
    """Mark a submitted attempt question by question; ``to_repeat`` are the lessons with a wrong answer."""
    rows = []
    for answer, choices in asked_in(attempt):
        assert answer.chosen is not None, "a submitted attempt has every answer"
        rows.append(Marked(answer, answer.chosen, next(choice for choice in choices if choice.is_correct)))
    wrong = {row.answer.question.lesson.pk: row.answer.question.lesson for row in rows if not row.is_right}
    to_repeat = sorted((lesson for lesson in wrong.values() if not lesson.retired_at), key=lambda one: one.position)
    return Result(attempt, tuple(rows), quiz.needed(len(rows), attempt.pass_mark), tuple(to_repeat))


@dataclass(frozen=True)
class QuestionFigures:
    """How often a question was asked and answered rightly."""

    question: Question
    asked: int
    right: int

    @property
    def right_rate(self) -> Decimal:
        """The share of right answers, a fraction."""
        return Decimal(self.right) / self.asked


@dataclass(frozen=True)
class LessonFigures:
    """How many learners have read a lesson."""

    lesson: Lesson
    readers: int


@dataclass(frozen=True)
class CourseFigures:
    """What editors watch: how many begin, how far they come, how many pass, and which questions are missed."""

    enrolled: int
    finished: int
    certified: int
    attempts: int
    passed: int
    lessons: tuple[LessonFigures, ...]
    hardest: tuple[QuestionFigures, ...]


def figures_of(course: Course) -> CourseFigures:
    """Count a course's learners and attempts, and find the present questions that are missed most."""
    attempts = Attempt.objects.filter(enrollment__course=course, submitted_at__isnull=False)
    counted = attempts.aggregate(count=Count("pk"), passed=Count("pk", filter=Q(passed=True)))
    marked = (
        Question.objects.current()
        .filter(course=course)
        .annotate(
            asked=Count("answers", filter=Q(answers__chosen__isnull=False)),
            right=Count("answers", filter=Q(answers__chosen__is_correct=True)),
        )
    )
    rows = [QuestionFigures(question, question.asked, question.right) for question in marked if question.asked]
    missed = sorted((row for row in rows if row.right < row.asked), key=lambda row: (row.right_rate, row.question.pk))
    lessons = list(taught_in(course).annotate(readers=Count("completions")))
    read = Count("completions", filter=Q(completions__lesson__retired_at=None))
    finished = course.enrollments.annotate(read=read).filter(read__gte=len(lessons))
    return CourseFigures(
        enrolled=course.enrollments.count(),
        finished=finished.count() if lessons else 0,
        certified=course.certificates.values("attempt__enrollment").distinct().count(),
        attempts=counted["count"],
        passed=counted["passed"],
        lessons=tuple(LessonFigures(lesson, lesson.readers) for lesson in lessons),
        hardest=tuple(missed[:HARDEST]),
    )


def certificates_of(user: Any) -> Any:
    """List a person's certificates, newest first."""
    return Certificate.objects.visible_to(user).select_related("course").order_by("-awarded_at")


def certificate_with(code: str) -> Certificate | None:
    """Find a certificate by its public code, however it was typed: spaces, lower case, O for 0, I or L for 1."""
    return Certificate.objects.filter(code=as_written(code)).first()


def score_of(certificate: Certificate) -> tuple[int, int]:
    """Tell how many answers earned a certificate, of how many."""
    attempt = certificate.attempt
    return attempt.correct_count or 0, attempt.answers.count()
