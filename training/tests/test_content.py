"""Courses as files."""

import re
from pathlib import Path

import pytest

from portal.core import refusals
from training import content, prose
from training.content import ContentRefused
from training.own_figures import FIGURES
from training.tests.builders import BORROW_WELL, COURSES, KNOW_YOUR_CASH, write_course
from training.topics import Topic

FOLDERS = sorted(path for path in COURSES.iterdir() if path.is_dir())
FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
LARGE_FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class TestTheBanksCourses:
    def test_teach_every_topic(self):
        taught = {lesson.topic for folder in FOLDERS for lesson in content.read(folder).lessons}
        assert taught == set(Topic.values)

    def test_have_the_lessons_and_questions_that_were_asked_for(self):
        first, second = content.read(KNOW_YOUR_CASH), content.read(BORROW_WELL)
        assert len(first.lessons) >= 5
        assert len(second.lessons) >= 4
        assert min(len(first.questions), len(second.questions)) >= 8

    @pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
    def test_ask_about_every_lesson(self, folder):
        course = content.read(folder)
        assert {question.lesson for question in course.questions} == {lesson.slug for lesson in course.lessons}

    @pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
    def test_show_the_same_tables_in_both_languages(self, folder):
        for lesson in content.read(folder).lessons:
            english, chinese = _table_figures(lesson.text_en), _table_figures(lesson.text_zh_hans)
            assert english == chinese, lesson.slug

    @pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
    def test_are_written_in_chinese_where_they_say_so(self, folder):
        course = content.read(folder)
        for lesson in course.lessons:
            assert not CHINESE.search(lesson.text_en + lesson.rule_en + lesson.title_en)
            assert len(CHINESE.findall(lesson.text_zh_hans)) > 200
        for question in course.questions:
            assert CHINESE.search(question.text_zh_hans)
            assert not CHINESE.search(question.text_en + question.explanation_en)

    @pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
    def test_count_with_the_same_amounts_in_both_languages(self, folder):
        for lesson in content.read(folder).lessons:
            english, chinese = (set(LARGE_FIGURE.findall(text)) for text in (lesson.text_en, lesson.text_zh_hans))
            assert english == chinese, lesson.slug

    @pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
    def test_are_short_and_end_with_something_to_do(self, folder):
        for lesson in content.read(folder).lessons:
            assert 1000 < len(lesson.text_en) < 3000, lesson.slug
            assert 270 < len(CHINESE.findall(lesson.text_zh_hans)) < 1100, lesson.slug
            assert "to do" in lesson.text_en.rsplit("## ", 1)[1].splitlines()[0], lesson.slug
            headings = [line for line in lesson.text_zh_hans.splitlines() if line.startswith("## ")]
            assert len(headings) == lesson.text_en.count("## ") == 3, lesson.slug

    @pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
    def test_take_as_long_as_their_lessons(self, folder):
        course = content.read(folder)
        assert course.minutes >= sum(lesson.minutes for lesson in course.lessons)
        assert len(course.questions) > course.questions_per_attempt

    @pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
    def test_say_of_each_wrong_choice_why_it_is_wrong(self, folder):
        for question in content.read(folder).questions:
            for choice in question.choices:
                assert bool(choice.why_en) is bool(choice.why_zh_hans) is not choice.is_correct, question.code
                assert not CHINESE.search(choice.text_en + choice.why_en)
                assert choice.is_correct or CHINESE.search(choice.why_zh_hans)

    @pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
    def test_have_a_worksheet_of_the_same_lines_in_both_languages(self, folder):
        course = content.read(folder)
        english, chinese = (
            [line.count("|") for line in text.splitlines() if line.startswith("|")]
            for text in (course.worksheet_en, course.worksheet_zh_hans)
        )
        assert english == chinese
        assert english

    @pytest.mark.parametrize("path", sorted(COURSES.glob("*/*.md")), ids=lambda path: f"{path.parent.name}/{path.name}")
    def test_leave_no_marks_of_their_markdown(self, path):
        assert "**" not in prose.as_html(path.read_text())

    def test_show_every_figure_of_ones_own_somewhere(self):
        lessons = [lesson for folder in FOLDERS for lesson in content.read(folder).lessons]
        assert {name for lesson in lessons for name in prose.figures_in(lesson.text_en)} == set(FIGURES)


def _table_figures(text: str) -> list[str]:
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [figure for row in rows for cell in row.split("|")[2:] for figure in FIGURE.findall(cell)]


class TestRead:
    def test_reads_a_course(self, tmp_path):
        course = content.read(write_course(tmp_path / "short"))
        assert course.slug == "short"
        assert [lesson.text_en for lesson in course.lessons] == ["Text of first in en.", "Text of second in en."]
        assert [choice.is_correct for choice in course.questions[0].choices] == [True, False]

    def test_refuses_a_lesson_without_its_chinese_text(self, tmp_path):
        folder = write_course(tmp_path / "short")
        folder.joinpath("02-second.zh_hans.md").unlink()
        assert _refused(folder) == ("course_file_missing", {"file": "02-second.zh_hans.md"})

    @pytest.mark.parametrize(
        ("file", "before", "after", "code"),
        [
            ("course.toml", 'title_zh_hans = "短课"', "", "course_field_missing"),
            ("course.toml", "minutes = 5", 'minutes = "five"', "course_field_missing"),
            ("course.toml", 'pass_mark = "0.50"', 'pass_mark = "80"', "course_field_missing"),
            ("course.toml", 'pass_mark = "0.50"', 'pass_mark = "many"', "course_field_missing"),
            ("course.toml", 'topic = "plan_ahead"', 'topic = "astrology"', "course_topic_unknown"),
            ("course.toml", 'slug = "second"', 'slug = "first"', "course_file_missing"),
            ("course.toml", "questions_per_attempt = 2", "questions_per_attempt = 3", "course_questions_too_few"),
            ("course.toml", "[[lessons]]", "[[others]]", "course_field_missing"),
            ("course.toml", "minutes = 5", "minutes = ", "course_file_unreadable"),
            ("quiz.toml", 'lesson = "second"', 'lesson = "third"', "course_lesson_unknown"),
            ("quiz.toml", 'code = "two"', 'code = "one"', "course_codes_repeated"),
            ("quiz.toml", ", correct = true", "", "course_choices_wrong"),
            ("quiz.toml", '"不对"', '"不对", correct = true', "course_choices_wrong"),
        ],
    )
    def test_refuses_what_is_incomplete_or_contradicts_itself(self, tmp_path, file, before, after, code):
        path = write_course(tmp_path / "short") / file
        path.write_text(path.read_text().replace(before, after))
        assert _refused(path.parent)[0] == code

    def test_refuses_a_worksheet_in_one_language(self, tmp_path):
        folder = write_course(tmp_path / "short")
        folder.joinpath("worksheet.en.md").write_text("Fill it in.")
        assert _refused(folder) == ("course_file_missing", {"file": "worksheet.zh_hans.md"})

    def test_refuses_a_reason_why_in_one_language(self, tmp_path):
        path = write_course(tmp_path / "short") / "quiz.toml"
        path.write_text(path.read_text().replace('text_zh_hans = "不对"', 'text_zh_hans = "不对", why_en = "No."'))
        assert _refused(path.parent) == ("course_field_missing", {"file": "quiz.toml", "field": "why_zh_hans"})

    @pytest.mark.parametrize(
        ("languages", "code"), [(("en",), "course_markers_differ"), (("en", "zh_hans"), "course_marker_unknown")]
    )
    def test_refuses_a_figure_that_is_not_known_or_shown_in_one_language(self, tmp_path, languages, code):
        folder = write_course(tmp_path / "short")
        for language in languages:
            folder.joinpath(f"01-first.{language}.md").write_text("A.\n\n{own:luck}\n\nB.")
        assert _refused(folder)[0] == code

    def test_refuses_text_that_is_not_utf_8(self, tmp_path):
        folder = write_course(tmp_path / "short")
        folder.joinpath("01-first.zh_hans.md").write_bytes("现金".encode("gb18030"))
        assert _refused(folder)[0] == "course_file_unreadable"


def _refused(folder: Path) -> tuple[str, dict]:
    with pytest.raises(ContentRefused) as refusal:
        content.read(folder)
    assert refusals.sentence(refusal.value)
    return refusal.value.code, refusal.value.params
