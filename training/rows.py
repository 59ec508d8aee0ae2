"""Finished rows for templates, which neither query nor calculate."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _

from portal.core import formats
from portal.core.language import localized
from training.certificates import LANGUAGES
from training.models import Certificate, Course
from training.queries import CourseRow, Progress, Result
from training.states import CourseStatus


def catalogue_rows(rows: Iterable[CourseRow]) -> list[dict[str, Any]]:
    """Say of each course how far this person is."""
    return [
        {"course": row.course, "lessons": row.lessons, "status": _standing(row), "go_on": going_on(row)} for row in rows
    ]


def going_on(row: CourseRow) -> dict[str, str]:
    """Say where a person goes on with a course that they are in the middle of: its next lesson, or its quiz."""
    if not row.is_under_way or row.course.status != CourseStatus.PUBLISHED:
        return {}
    if row.following is None:
        return {"title": _("Quiz"), "url": reverse("training:course", args=[row.course.slug])}
    address = reverse("training:lesson", args=[row.course.slug, row.following.slug])
    return {"title": localized(row.following, "title"), "url": address}


def _standing(row: CourseRow) -> dict[str, str]:
    if row.certificate:
        return {"label": _("Passed"), "tone": "success"}
    if row.read:
        return {"label": _("%(read)s of %(lessons)s read") % {"read": row.read, "lessons": row.lessons}, "tone": "info"}
    return {"label": _("Not begun"), "tone": "neutral"}


def course_tasks(course: Course, progress: Progress) -> list[dict[str, Any]]:
    """List a course's lessons and its quiz as tasks."""
    tasks = [
        {
            "title": localized(lesson, "title"),
            "url": reverse("training:lesson", args=[course.slug, lesson.slug]),
            "hint": _("%(minutes)s minutes") % {"minutes": lesson.minutes},
            "status": _("Read") if lesson.pk in progress.read else _("Not read"),
            "tone": "success" if lesson.pk in progress.read else "neutral",
        }
        for lesson in progress.lessons
    ]
    quiz = {"title": _("Quiz"), "url": "", "hint": _quiz_hint(course), **_quiz_standing(progress)}
    return [{**task, "status": {"label": task["status"], "tone": task["tone"]}} for task in [*tasks, quiz]]


def _quiz_hint(course: Course) -> str:
    return _("%(count)s questions, drawn anew each time") % {"count": course.questions_per_attempt}


def _quiz_standing(progress: Progress) -> dict[str, str]:
    if progress.certificate:
        return {"status": _("Passed"), "tone": "success"}
    if progress.open_attempt:
        return {"status": _("Begun"), "tone": "info"}
    if progress.attempts:
        return {"status": _("Not passed yet"), "tone": "warning"}
    if progress.unread:
        return {"status": _("Opens after the lessons"), "tone": "neutral"}
    return {"status": _("Ready"), "tone": "info"}


def result_rows(result: Result) -> Sequence[dict[str, Any]]:
    """Say of each question what was answered, what is right, and why."""
    return [
        {
            "position": row.answer.position,
            "question": row.answer.question,
            "chosen": row.chosen,
            "why": localized(row.chosen, "why"),
            "correct": None if row.is_right else row.correct,
            "status": {"label": _("Right"), "tone": "success"}
            if row.is_right
            else {"label": _("Not right"), "tone": "danger"},
        }
        for row in result.rows
    ]


def certificate_rows(certificates: Iterable[Certificate], *, on: date) -> list[dict[str, Any]]:
    """Say of each certificate whether it is valid, and in which languages it can be had."""
    return [
        {"certificate": certificate, "status": validity(certificate, on=on), "papers": _papers(certificate)}
        for certificate in certificates
    ]


def _papers(certificate: Certificate) -> list[dict[str, str]]:
    return [
        {
            "language": get_language_info(language)["name_local"],
            "url": reverse("training:certificate_pdf", args=[certificate.code, language]),
        }
        for language in LANGUAGES
    ]


def validity(certificate: Certificate, *, on: date) -> dict[str, str]:
    """Say whether a certificate holds on a day."""
    if certificate.is_valid(on):
        return {"label": _("Valid"), "tone": "success"}
    return {"label": _("No longer valid"), "tone": "warning"}


def verified_rows(certificate: Certificate) -> list[dict[str, Any]]:
    """Say what anyone who knows the code may know."""
    return [
        {"label": pgettext("person", "Name"), "value": certificate.holder_name},
        {"label": _("Course"), "value": localized(certificate, "title")},
        {"label": _("Awarded"), "value": formats.day(certificate.awarded_on)},
        {"label": _("Valid until"), "value": formats.day(certificate.valid_until)},
        {"label": _("Certificate number"), "value": certificate.code},
    ]
