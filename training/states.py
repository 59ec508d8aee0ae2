"""What may happen to a course, as a table."""

from enum import StrEnum
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.badges import Tones
from portal.core.transitions import Transition


class CourseStatus(models.TextChoices):
    """Where a course stands."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    tone = Tones(published="success", withdrawn="warning")


class Event(StrEnum):
    """What a course editor does with a course."""

    PUBLISH = "publish"
    WITHDRAW = "withdraw"


TRANSITIONS: Final = {
    Event.PUBLISH: Transition(frozenset({CourseStatus.DRAFT, CourseStatus.WITHDRAWN}), CourseStatus.PUBLISHED),
    Event.WITHDRAW: Transition(frozenset({CourseStatus.PUBLISHED}), CourseStatus.WITHDRAWN),
}
