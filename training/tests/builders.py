"""Courses and learners with believable defaults."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

from accounts.identity.models import User
from training import operations, queries
from training.models import Attempt, Certificate, Choice, Course

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
COURSES = Path(__file__).resolve().parents[1] / "courses"
KNOW_YOUR_CASH = COURSES / "know-your-cash"
BORROW_WELL = COURSES / "borrow-well"
GET_PAID = COURSES / "get-paid"

COURSE = """
title_en = "{title}"
title_zh_hans = "短课"
summary_en = "A course of two lessons."
summary_zh_hans = "两节课。"
position = 3
minutes = 5
pass_mark = "0.50"
questions_per_attempt = 2
valid_months = 12
clearance = "training.short"
[[lessons]]
slug = "first"
topic = "cash_buffer"
minutes = 2
title_en = "First"
title_zh_hans = "第一课"
rule_en = "Keep some."
rule_zh_hans = "留一点。"
[[lessons]]
slug = "second"
topic = "plan_ahead"
minutes = 3
title_en = "Second"
title_zh_hans = "第二课"
rule_en = "Look ahead."
rule_zh_hans = "往前看。"
"""
QUESTION = """
[[questions]]
code = "{code}"
lesson = "{lesson}"
text_en = "{text}"
text_zh_hans = "对吗？"
explanation_en = "Because."
explanation_zh_hans = "因为。"
choices = [
  {{ text_en = "Yes", text_zh_hans = "对", correct = true }},
  {{ text_en = "No", text_zh_hans = "不对" }},
]
"""


def write_course(folder: Path, *, title: str = "Short course", question: str = "Is it so?") -> Path:
    """Write the files of a small course: two lessons, a question about each."""
    folder.mkdir(exist_ok=True)
    folder.joinpath("course.toml").write_text(COURSE.format(title=title))
    for number, slug in ((1, "first"), (2, "second")):
        for language in ("en", "zh_hans"):
            folder.joinpath(f"{number:02}-{slug}.{language}.md").write_text(f"Text of {slug} in {language}.")
    questions = [QUESTION.format(code="one", lesson="first", text=question)]
    questions.append(QUESTION.format(code="two", lesson="second", text="And this?"))
    folder.joinpath("quiz.toml").write_text("".join(questions))
    return folder


def make_course(folder: Path = KNOW_YOUR_CASH) -> Course:
    """Publish a course, the bank's first unless another folder is named."""
    operations.publish_course_from(folder, at=NOW, by=None)
    return Course.objects.get(slug=folder.name)


def make_reader(course: Course, user: User) -> User:
    """Let a person read all lessons of a course."""
    for lesson in queries.taught_in(course):
        operations.complete_lesson(lesson, by=user, at=NOW)
    return user


def make_attempt(course: Course, user: User, *, seed: int = 7) -> Attempt:
    """Let a person read everything and begin the quiz."""
    make_reader(course, user)
    return operations.begin_attempt(course, by=user, at=NOW, chance=Random(seed))


def answers_to(attempt: Attempt, *, wrong: int = 0) -> dict[int, int]:
    """Answer an attempt, the first ``wrong`` questions wrongly."""
    answers = {}
    for answer in attempt.answers.order_by("position"):
        right = answer.position > wrong
        choices = Choice.objects.filter(question=answer.question_id, is_correct=right).order_by("position")
        answers[answer.position] = choices.values_list("pk", flat=True)[0]
    return answers


def make_certificate(course: Course, user: User, *, at: datetime = NOW) -> Certificate:
    """Let a person pass a course."""
    attempt = make_attempt(course, user)
    operations.submit_attempt(attempt, answers=answers_to(attempt), by=user, at=at)
    return Certificate.objects.get(attempt=attempt)
