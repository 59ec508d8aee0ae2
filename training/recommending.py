"""Which lessons suit a person now: what a decision on their enterprise advises, told by who knows of decisions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from training.models import Lesson
from training.states import CourseStatus


class Advice(NamedTuple):
    """Something that a decision says an enterprise could learn: a reason's code and topic, in a sentence, and where."""

    code: str
    topic: str
    sentence: str
    url: str


@dataclass(frozen=True)
class Recommended:
    """A lesson for a person, and the advice that it answers."""

    lesson: Lesson
    advice: Advice


_SOURCES: Final[list[Callable[[Any], Sequence[Advice]]]] = []


def register(source: Callable[[Any], Sequence[Advice]]) -> None:
    """Ask this source, too, what it advises a person, the most important first."""
    _SOURCES.append(source)


def recommended(user: Any, *, limit: int = 3) -> list[Recommended]:
    """Find for each advice the first unread lesson that answers it, one that names its reason before others."""
    advised = [advice for source in _SOURCES for advice in source(user)]
    if not advised:
        return []
    unread = _taught().exclude(completions__enrollment__user=user)
    return _answering(advised, list(unread))[:limit]


def answering(code: str, topic: str) -> list[Lesson]:
    """List the lessons on a topic, and those that name the reason before them."""
    lessons = list(_taught())
    naming = [lesson for lesson in lessons if code and code in lesson.reason_codes]
    return naming + [lesson for lesson in lessons if lesson.topic == topic and lesson not in naming]


def _taught() -> Any:
    lessons = Lesson.objects.current().filter(course__status=CourseStatus.PUBLISHED).select_related("course")
    return lessons.defer("text_en", "text_zh_hans").order_by("course__position", "course", "position")


def _answering(advised: Sequence[Advice], lessons: Sequence[Lesson]) -> list[Recommended]:
    found: dict[int, Recommended] = {}
    for advice in advised:
        fitting = sorted(
            (lesson for lesson in lessons if advice.code in lesson.reason_codes or lesson.topic == advice.topic),
            key=lambda lesson: advice.code not in lesson.reason_codes,
        )
        lesson = next((lesson for lesson in fitting if lesson.pk not in found), None)
        if lesson:
            found[lesson.pk] = Recommended(lesson, advice)
    return list(found.values())
