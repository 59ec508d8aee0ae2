"""Courses, lessons, questions, and what a learner has done with them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Role
from portal.core.language import localized
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference
from training.states import CourseStatus
from training.topics import Topic


class CourseQuerySet(LockableQuerySet["Course"]):
    """Which courses one may see."""

    def visible_to(self, user: Any) -> CourseQuerySet:
        """Everyone sees what is published; course editors also drafts and what was withdrawn."""
        return self if user.has_role(Role.COURSE_EDITOR) else self.filter(status=CourseStatus.PUBLISHED)

    def teaching(self, topic: str) -> CourseQuerySet:
        """Keep the courses that have a lesson on a topic."""
        return self.filter(pk__in=Lesson.objects.current().filter(topic=topic).values("course"))


class Course(models.Model):
    """What is taught, ending in a quiz; ``pass_mark`` is a fraction, ``version`` counts the contents it has had."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title_en = models.CharField(max_length=120)
    title_zh_hans = models.CharField(max_length=120)
    summary_en = models.TextField()
    summary_zh_hans = models.TextField()
    position = models.PositiveSmallIntegerField(_("place in the catalogue"), default=1)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    pass_mark = models.DecimalField(_("pass mark"), max_digits=4, decimal_places=3)
    questions_per_attempt = models.PositiveSmallIntegerField(_("questions in an attempt"))
    valid_months = models.PositiveSmallIntegerField(_("months a certificate is valid"))
    clearance_code = models.CharField(max_length=60, blank=True)
    worksheet_en = models.TextField(blank=True)
    worksheet_zh_hans = models.TextField(blank=True)
    status = models.CharField(_("status"), max_length=10, choices=CourseStatus.choices, default=CourseStatus.DRAFT)
    version = models.PositiveIntegerField(default=0)
    fingerprint = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(CourseQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pass_mark__gt=0, pass_mark__lte=1), name="course_pass_mark_is_a_fraction"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=CourseStatus.PUBLISHED) | models.Q(published_at__isnull=False),
                name="published_course_knows_since_when",
            ),
        ]

    def __str__(self) -> str:
        return localized(self, "title")

    @property
    def state(self) -> CourseStatus:
        """The status, with its label and tone."""
        return CourseStatus(self.status)


class CurrentQuerySet(LockableQuerySet[Any]):
    """Parts of a course that are still taught."""

    def current(self) -> CurrentQuerySet:
        """Leave out what a later version of the course dropped."""
        return self.filter(retired_at=None)


class Lesson(models.Model):
    """One rule, with an example; ``version`` counts the wordings it has had."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="lessons")
    slug = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()
    topic = models.CharField(_("topic"), max_length=20, choices=Topic.choices, db_index=True)
    reason_codes = models.JSONField(default=list, help_text="the reasons of decisions that it answers in particular")
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    title_en = models.CharField(max_length=120)
    title_zh_hans = models.CharField(max_length=120)
    rule_en = models.TextField()
    rule_zh_hans = models.TextField()
    text_en = models.TextField()
    text_zh_hans = models.TextField()
    version = models.PositiveIntegerField(default=1)
    retired_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(CurrentQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "slug"], name="lesson_is_unique_in_its_course")]

    def __str__(self) -> str:
        return localized(self, "title")


class Question(models.Model):
    """A question as it was asked; a changed one is a new row, so that past attempts stay explained."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="questions")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="questions")
    code = models.SlugField(max_length=60)
    text_en = models.TextField()
    text_zh_hans = models.TextField()
    explanation_en = models.TextField()
    explanation_zh_hans = models.TextField()
    fingerprint = models.CharField(max_length=64)
    retired_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(CurrentQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "code"], condition=models.Q(retired_at=None), name="question_is_asked_in_one_wording"
            )
        ]

    def __str__(self) -> str:
        return localized(self, "text")


class Choice(models.Model):
    """An answer to choose; exactly one of a question's is correct. A wrong one may say why it is wrong."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="choices")
    position = models.PositiveSmallIntegerField()
    text_en = models.CharField(max_length=200)
    text_zh_hans = models.CharField(max_length=200)
    why_en = models.CharField(max_length=300, blank=True)
    why_zh_hans = models.CharField(max_length=300, blank=True)
    is_correct = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "position"], name="choice_has_its_own_position"),
            models.UniqueConstraint(
                fields=["question"], condition=models.Q(is_correct=True), name="question_has_one_correct_choice"
            ),
        ]

    def __str__(self) -> str:
        return localized(self, "text")


class Enrollment(models.Model):
    """A person takes a course."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrollments")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrollments")
    enrolled_at = models.DateTimeField()

    objects = models.Manager.from_queryset(LockableQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "course"], name="person_is_enrolled_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.course}"


class LessonCompletion(models.Model):
    """A learner has read a lesson, in the wording it had then."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="completions")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="completions")
    lesson_version = models.PositiveIntegerField()
    completed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "lesson"], name="lesson_is_completed_once")]

    def __str__(self) -> str:
        return f"{self.enrollment} · {self.lesson}"


class AttemptQuerySet(LockableQuerySet["Attempt"]):
    """Whose attempts one may see."""

    def visible_to(self, user: Any) -> AttemptQuerySet:
        """Each learner sees their own."""
        return self.filter(enrollment__user=user)


def _attempt_reference() -> str:
    return new_reference("Q")


class Attempt(models.Model):
    """One go at a quiz: begun with the questions drawn, later submitted once."""

    reference = models.CharField(max_length=20, unique=True, default=_attempt_reference, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="attempts")
    course_version = models.PositiveIntegerField()
    pass_mark = models.DecimalField(max_digits=4, decimal_places=3)
    begun_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    correct_count = models.PositiveSmallIntegerField(null=True)
    passed = models.BooleanField(null=True)

    objects = models.Manager.from_queryset(AttemptQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"], condition=models.Q(submitted_at=None), name="attempt_is_open_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(submitted_at=None, correct_count=None, passed=None)
                | models.Q(submitted_at__isnull=False, correct_count__isnull=False, passed__isnull=False),
                name="submitted_attempt_has_its_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_submitted(self) -> bool:
        """Tell whether the answers are in."""
        return self.submitted_at is not None


class Answer(models.Model):
    """A question drawn for an attempt, the order its choices are shown in, and the choice made."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    position = models.PositiveSmallIntegerField()
    choice_order = models.JSONField(help_text="keys of the choices, as shown")
    chosen = models.ForeignKey(Choice, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="question_is_drawn_once_in_an_attempt"),
            models.UniqueConstraint(fields=["attempt", "position"], name="answer_has_its_own_position"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt} {self.position}"


class CertificateQuerySet(LockableQuerySet["Certificate"]):
    """Whose certificates one may see."""

    def visible_to(self, user: Any) -> CertificateQuerySet:
        """Each learner sees their own."""
        return self.filter(attempt__enrollment__user=user)

    def valid(self, on: date) -> CertificateQuerySet:
        """Keep those that have not run out."""
        return self.filter(valid_until__gte=on)


def _certificate_code() -> str:
    return new_reference("C", length=12)


class Certificate(models.Model):
    """Proof that a course was passed, as it was called then, to be verified by anyone who knows its code."""

    code = models.CharField(max_length=20, unique=True, default=_certificate_code, editable=False)
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="certificate")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="certificates")
    holder_name = models.CharField(_("name"), max_length=80)
    title_en = models.CharField(max_length=120)
    title_zh_hans = models.CharField(max_length=120)
    awarded_at = models.DateTimeField()
    awarded_on = models.DateField(_("awarded"))
    valid_until = models.DateField(_("valid until"))

    objects = models.Manager.from_queryset(CertificateQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("awarded_on")), name="certificate_is_valid_when_awarded"
            )
        ]

    def __str__(self) -> str:
        return self.code

    def is_valid(self, on: date) -> bool:
        """Tell whether the certificate holds on a day."""
        return on <= self.valid_until
