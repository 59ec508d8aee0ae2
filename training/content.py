"""A course as its editors write it: a folder of plain files, read and checked before anything is changed.

``course.toml`` says what the course is and lists its lessons, ``NN-<slug>.en.md`` and ``NN-<slug>.zh_hans.md`` hold
each lesson's text in Markdown, ``quiz.toml`` the questions, ``worksheet.*.md``, where there is one, what is printed and
filled in. Everything is written in both languages.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from portal.core.refusals import Refusal, register
from training import prose
from training.own_figures import FIGURES
from training.topics import Topic

LANGUAGES: Final = ("en", "zh_hans")

register(
    {
        "course_file_missing": _("The course needs the file %(file)s."),
        "course_file_unreadable": _("The file %(file)s cannot be read: %(problem)s"),
        "course_field_missing": _("%(file)s: %(field)s is missing or empty."),
        "course_topic_unknown": _("%(file)s: the topic %(topic)s is not known."),
        "course_lesson_unknown": _("%(file)s: the question %(question)s asks about a lesson that does not exist."),
        "course_marker_unknown": _("%(file)s: the figure %(figure)s is not known."),
        "course_markers_differ": _("%(file)s: both languages must show the same figures of one's own."),
        "course_choices_wrong": _("%(file)s: the question %(question)s needs choices, exactly one of them correct."),
        "course_codes_repeated": _("%(file)s: a lesson or question is listed twice."),
        "course_questions_too_few": _("%(file)s: an attempt draws %(count)s questions, but fewer are written."),
    }
)


class ContentRefused(Refusal):
    """A course's files are incomplete or contradict each other."""

    code = "course_file_missing"


@dataclass(frozen=True)
class LessonContent:
    """One lesson: a rule, and its text in Markdown."""

    slug: str
    topic: str
    reason_codes: tuple[str, ...]
    minutes: int
    title_en: str
    title_zh_hans: str
    rule_en: str
    rule_zh_hans: str
    text_en: str
    text_zh_hans: str


@dataclass(frozen=True)
class ChoiceContent:
    """One answer to choose; a wrong one may say why it is wrong."""

    text_en: str
    text_zh_hans: str
    why_en: str
    why_zh_hans: str
    is_correct: bool


@dataclass(frozen=True)
class QuestionContent:
    """One question about one lesson, with the reason why its answer is right."""

    code: str
    lesson: str
    text_en: str
    text_zh_hans: str
    explanation_en: str
    explanation_zh_hans: str
    choices: tuple[ChoiceContent, ...]

    def fingerprint(self) -> str:
        """Digest the question, so that a changed one is noticed."""
        return _digest(asdict(self))


@dataclass(frozen=True)
class CourseContent:
    """A whole course; ``pass_mark`` is a fraction."""

    slug: str
    title_en: str
    title_zh_hans: str
    summary_en: str
    summary_zh_hans: str
    position: int
    minutes: int
    pass_mark: str
    questions_per_attempt: int
    valid_months: int
    clearance: str
    worksheet_en: str
    worksheet_zh_hans: str
    lessons: tuple[LessonContent, ...]
    questions: tuple[QuestionContent, ...]

    def fingerprint(self) -> str:
        """Digest the course, so that publishing the same content again changes nothing."""
        return _digest(asdict(self))


def read(folder: Path) -> CourseContent:
    """Read and check a course's folder; its name is the course's slug.

    :raises ContentRefused: when a file is missing or unreadable, or when the files contradict each other.
    """
    course = _toml(folder, "course.toml")
    lessons = tuple(_lesson(folder, number, row) for number, row in enumerate(course.get("lessons", []), start=1))
    questions = tuple(_question(row) for row in _toml(folder, "quiz.toml").get("questions", []))
    content = CourseContent(
        slug=folder.name,
        **_texts(course, "course.toml", "title", "summary"),
        position=_number(course, "position", "course.toml"),
        minutes=_number(course, "minutes", "course.toml"),
        pass_mark=_fraction(course, "pass_mark", "course.toml"),
        questions_per_attempt=_number(course, "questions_per_attempt", "course.toml"),
        valid_months=_number(course, "valid_months", "course.toml"),
        clearance=str(course.get("clearance", "")),
        **_worksheet(folder),
        lessons=lessons,
        questions=questions,
    )
    _check_whole(content)
    return content


def _check_whole(content: CourseContent) -> None:
    slugs = [lesson.slug for lesson in content.lessons]
    codes = [question.code for question in content.questions]
    if not slugs:
        raise ContentRefused("course_field_missing", file="course.toml", field="lessons")
    for names, file in ((slugs, "course.toml"), (codes, "quiz.toml")):
        if len(names) != len(set(names)):
            raise ContentRefused("course_codes_repeated", file=file)
    for question in content.questions:
        if question.lesson not in slugs:
            raise ContentRefused("course_lesson_unknown", file="quiz.toml", question=question.code)
    if len(codes) < content.questions_per_attempt:
        raise ContentRefused("course_questions_too_few", file="quiz.toml", count=content.questions_per_attempt)


def _lesson(folder: Path, number: int, row: Mapping[str, Any]) -> LessonContent:
    file = "course.toml"
    slug, topic = _text(row, "slug", file), _text(row, "topic", file)
    if topic not in Topic.values:
        raise ContentRefused("course_topic_unknown", file=file, topic=topic)
    texts = {f"text_{language}": _file(folder, f"{number:02}-{slug}.{language}.md").strip() for language in LANGUAGES}
    _check_markers(f"{number:02}-{slug}", *(prose.figures_in(text) for text in texts.values()))
    return LessonContent(
        slug=slug,
        topic=topic,
        reason_codes=tuple(str(code) for code in row.get("reasons", [])),
        minutes=_number(row, "minutes", file),
        **_texts(row, file, "title", "rule"),
        **texts,
    )


def _check_markers(file: str, one: list[str], other: list[str]) -> None:
    if one != other:
        raise ContentRefused("course_markers_differ", file=file)
    for name in one:
        if name not in FIGURES:
            raise ContentRefused("course_marker_unknown", file=file, figure=name)


def _worksheet(folder: Path) -> dict[str, str]:
    names = {f"worksheet_{language}": f"worksheet.{language}.md" for language in LANGUAGES}
    if not any((folder / name).exists() for name in names.values()):
        return dict.fromkeys(names, "")
    return {field: _file(folder, name).strip() for field, name in names.items()}


def _question(row: Mapping[str, Any]) -> QuestionContent:
    file = "quiz.toml"
    code = _text(row, "code", file)
    choices = tuple(
        ChoiceContent(**_texts(choice, file, "text"), **_why(choice), is_correct=choice.get("correct", False))
        for choice in row.get("choices", [])
    )
    if len(choices) < 2 or sum(choice.is_correct for choice in choices) != 1:
        raise ContentRefused("course_choices_wrong", file=file, question=code)
    return QuestionContent(
        code=code, lesson=_text(row, "lesson", file), **_texts(row, file, "text", "explanation"), choices=choices
    )


def _why(choice: Mapping[str, Any]) -> dict[str, str]:
    """Read why a choice is wrong: in both languages, or in none."""
    if not any(f"why_{language}" in choice for language in LANGUAGES):
        return {f"why_{language}": "" for language in LANGUAGES}
    return _texts(choice, "quiz.toml", "why")


def _texts(row: Mapping[str, Any], file: str, *names: str) -> dict[str, str]:
    return {f"{name}_{language}": _text(row, f"{name}_{language}", file) for name in names for language in LANGUAGES}


def _text(row: Mapping[str, Any], field: str, file: str) -> str:
    text = row.get(field)
    if not isinstance(text, str) or not text.strip():
        raise ContentRefused("course_field_missing", file=file, field=field)
    return text.strip()


def _number(row: Mapping[str, Any], field: str, file: str) -> int:
    number = row.get(field)
    if not isinstance(number, int) or number < 1:
        raise ContentRefused("course_field_missing", file=file, field=field)
    return number


def _fraction(row: Mapping[str, Any], field: str, file: str) -> str:
    try:
        fraction = Decimal(_text(row, field, file))
    except InvalidOperation:
        fraction = Decimal(0)
    if not 0 < fraction <= 1:
        raise ContentRefused("course_field_missing", file=file, field=field)
    return str(fraction)


def _toml(folder: Path, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_file(folder, name))
    except tomllib.TOMLDecodeError as error:
        raise ContentRefused("course_file_unreadable", file=name, problem=str(error)) from error


def _file(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ContentRefused("course_file_missing", file=name) from error
    except UnicodeDecodeError as error:
        raise ContentRefused("course_file_unreadable", file=name, problem=str(error)) from error


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
