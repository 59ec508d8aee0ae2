"""Bringing courses in, publishing and withdrawing them."""

from functools import partial

import pytest
from django.core.management import CommandError, call_command

from portal.core.models import AuditEvent
from portal.core.tests.together import done_together
from portal.core.transitions import TransitionRefused
from training import operations
from training.models import Course, Lesson, Question
from training.states import CourseStatus
from training.tests.builders import COURSES, NOW, make_attempt, make_course, write_course


class TestPublishCourseFrom:
    def test_publishes_what_the_files_say(self, bank, course_editor, tmp_path):
        operations.publish_course_from(write_course(tmp_path / "short"), at=NOW, by=course_editor)
        course = Course.objects.get()
        assert (course.slug, course.title_zh_hans, course.status, course.version) == ("short", "短课", "published", 1)
        assert list(course.lessons.order_by("position").values_list("slug", "version")) == [("first", 1), ("second", 1)]
        assert Question.objects.count() == 2

    def test_records_who_and_when(self, bank, course_editor, tmp_path):
        operations.publish_course_from(write_course(tmp_path / "short"), at=NOW, by=course_editor)
        events = AuditEvent.objects.filter(subject="short").order_by("pk")
        assert [(event.verb, event.by, event.at) for event in events] == [
            ("training.new_version", course_editor.reference, NOW),
            ("training.publish", course_editor.reference, NOW),
        ]

    def test_changes_nothing_the_second_time(self, bank, tmp_path):
        folder = write_course(tmp_path / "short")
        first = make_course(folder)
        operations.publish_course_from(folder, at=NOW.replace(year=2027), by=None)
        again = Course.objects.get()
        assert (again.version, again.published_at) == (first.version, first.published_at)
        assert AuditEvent.objects.filter(subject="short").count() == 2

    def test_does_not_bring_back_what_was_withdrawn(self, bank, course_editor, tmp_path):
        folder = write_course(tmp_path / "short")
        operations.withdraw(make_course(folder), at=NOW, by=course_editor)
        operations.publish_course_from(folder, at=NOW, by=None)
        assert Course.objects.get().status == CourseStatus.WITHDRAWN

    def test_makes_a_new_version_of_changed_content(self, bank, owner, tmp_path):
        folder = write_course(tmp_path / "short")
        attempt = make_attempt(make_course(folder), owner)
        write_course(folder, question="Is it really so?")
        folder.joinpath("02-second.en.md").write_text("Better words.")
        course = make_course(folder)
        assert course.version == 2
        assert list(course.lessons.order_by("position").values_list("version", flat=True)) == [1, 2]
        assert sorted(question.text_en for question in Question.objects.current()) == ["And this?", "Is it really so?"]
        assert Question.objects.filter(answers__attempt=attempt, text_en="Is it so?").exists()

    def test_retires_a_lesson_that_is_gone_and_takes_it_up_again(self, bank, tmp_path):
        folder = write_course(tmp_path / "short")
        make_course(folder)
        whole = folder.joinpath("course.toml").read_text()
        quiz = folder.joinpath("quiz.toml").read_text()
        folder.joinpath("course.toml").write_text(whole[: whole.rindex("[[lessons]]")])
        folder.joinpath("quiz.toml").write_text(quiz.replace('lesson = "second"', 'lesson = "first"'))
        make_course(folder)
        assert [lesson.slug for lesson in Lesson.objects.current()] == ["first"]
        folder.joinpath("course.toml").write_text(whole)
        folder.joinpath("quiz.toml").write_text(quiz)
        make_course(folder)
        assert Lesson.objects.current().count() == 2


@pytest.mark.django_db(transaction=True)
class TestPublishCourseFromTwiceAtOnce:
    def test_makes_one_version(self, tmp_path):
        folder = write_course(tmp_path / "short")
        publish = partial(operations.publish_course_from, folder, at=NOW, by=None)
        done_together(publish, publish)
        course = Course.objects.get()
        assert (course.version, course.status) == (1, "published")
        assert Question.objects.count() == 2


class TestLoadCourseFrom:
    def test_leaves_a_new_course_a_draft(self, bank, tmp_path):
        course = operations.load_course_from(write_course(tmp_path / "short"), at=NOW, by=None)
        assert (course.status, course.published_at) == (CourseStatus.DRAFT, None)


class TestPublish:
    def test_opens_a_draft(self, bank, course_editor, tmp_path):
        course = operations.load_course_from(write_course(tmp_path / "short"), at=NOW, by=None)
        operations.publish(course, at=NOW, by=course_editor)
        course.refresh_from_db()
        assert (course.status, course.published_at) == (CourseStatus.PUBLISHED, NOW)

    def test_refuses_what_is_published(self, bank, course_editor, tmp_path):
        with pytest.raises(TransitionRefused):
            operations.publish(make_course(write_course(tmp_path / "short")), at=NOW, by=course_editor)


class TestWithdraw:
    def test_closes_a_course_and_records_who(self, bank, course_editor, tmp_path):
        course = operations.withdraw(make_course(write_course(tmp_path / "short")), at=NOW, by=course_editor)
        course.refresh_from_db()
        assert course.status == CourseStatus.WITHDRAWN
        assert AuditEvent.objects.get(verb="training.withdraw").by == course_editor.reference

    def test_refuses_a_draft(self, bank, course_editor, tmp_path):
        draft = operations.load_course_from(write_course(tmp_path / "short"), at=NOW, by=None)
        with pytest.raises(TransitionRefused):
            operations.withdraw(draft, at=NOW, by=course_editor)


class TestLoadCoursesCommand:
    @pytest.mark.parametrize(("options", "status"), [([], "draft"), (["--publish"], "published")])
    def test_brings_the_banks_courses_in(self, bank, capsys, options, status):
        call_command("load_courses", *options)
        slugs = sorted(path.name for path in COURSES.iterdir() if path.is_dir())
        assert capsys.readouterr().out == "".join(f"{slug}: version 1, {status}\n" for slug in slugs)

    def test_says_what_a_folder_lacks(self, bank, tmp_path):
        with pytest.raises(CommandError, match=r"needs the file course\.toml"):
            call_command("load_courses", str(tmp_path))
