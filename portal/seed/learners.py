"""Owners who learn: under way, passed, or trying again, so that course editors see how far learners come."""

from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from accounts.identity.models import Membership, MembershipRole, User
from portal.seed.story import Story
from training import operations as training
from training.models import Attempt, Course


class LearnerRow(NamedTuple):
    """Whose owner learns what, how many days ago, how many lessons, and how many answers were wrong at each attempt."""

    enterprise: str
    course: str
    days_ago: int
    lessons: int
    wrong: tuple[int, ...] = ()


LEARNERS: Final = (
    LearnerRow("青山茶业家庭农场", "farm-year", 30, 5, (1,)),
    LearnerRow("果岭红苹果种植户", "farm-year", 26, 5, (3, 0)),
    LearnerRow("绿源大棚蔬菜合作社", "farm-year", 9, 3),
    LearnerRow("老桥牛肉面馆", "get-paid", 24, 5, (2, 1)),
    LearnerRow("宏发五金建材店", "get-paid", 15, 4),
    LearnerRow("好邻居便民超市", "safe-money", 12, 5, (0,)),
    LearnerRow("麦香烘焙坊", "safe-money", 6, 2),
    LearnerRow("巧手裁缝铺", "books-in-order", 18, 5, (4,)),
    LearnerRow("顺达汽车修理部", "grow-with-a-plan", 20, 4, (1,)),
    LearnerRow("惠农农机修配店", "borrow-well", 2, 2),
    LearnerRow("甜心蛋糕店", "know-your-cash", 2, 1),
)


def tell_of_learners(story: Story) -> None:
    """Let owners read lessons of an evening and try the quiz, each attempt a day after the one before."""
    story.say("owners who learn")
    for row in LEARNERS:
        owning = Membership.objects.filter(enterprise__legal_name=row.enterprise, role=MembershipRole.OWNER).first()
        if owning is None:
            continue
        course = Course.objects.get(slug=row.course)
        at = story.noon(story.days_ago(row.days_ago)) + timedelta(hours=8)
        read(course, by=owning.user, at=at, lessons=row.lessons)
        for days, wrong in enumerate(row.wrong):
            take_quiz(course, by=owning.user, at=at + timedelta(days=days), wrong=wrong)


def read(course: Course, *, by: User, at: datetime, lessons: int | None = None) -> None:
    """Let a person begin a course and read its first lessons, or all."""
    training.enroll(course, by=by, at=at)
    for lesson in course.lessons.filter(retired_at=None).order_by("position")[:lessons]:
        training.complete_lesson(lesson, by=by, at=at)


def take_quiz(course: Course, *, by: User, at: datetime, wrong: int = 0) -> Attempt:
    """Let a person take the quiz in a quarter of an hour, with so many wrong answers."""
    attempt = training.begin_attempt(course, by=by, at=at, chance=Random(7))  # noqa: S311 - believable, not secret
    answers = {}
    for each in attempt.answers.order_by("position"):
        choices = each.question.choices.filter(is_correct=each.position > wrong)
        answers[each.position] = choices.order_by("position")[0].pk
    return training.submit_attempt(attempt, answers=answers, by=by, at=at + timedelta(minutes=14))
