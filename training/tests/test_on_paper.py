"""A course and its worksheet, to be kept or printed."""

import gzip

import pytest
from django.urls import reverse

from training import operations
from training.tests.builders import COURSES, NOW, make_course, write_course

LARGEST_PAGE = 15 * 1024  # compressed


def page(name: str, slug: str) -> str:
    return reverse(f"training:{name}", args=[slug])


class TestWhole:
    @pytest.mark.parametrize(
        "folder", sorted(path for path in COURSES.iterdir() if path.is_dir()), ids=lambda folder: folder.name
    )
    def test_is_light_in_both_languages_and_says_nothing_of_the_reader(self, bank, learner, folder):
        course = make_course(folder)
        for language in ("en", "zh-hans"):
            learner.cookies["language"] = language
            for address in (page("whole", course.slug), page("worksheet", course.slug)):
                response = learner.get(address)
                assert response.status_code == 200, address
                assert len(gzip.compress(response.content)) < LARGEST_PAGE, address
                assert b" style=" not in response.content
                assert b"{own:" not in response.content

    def test_asks_no_more_for_more_lessons(self, bank, learner, django_assert_max_num_queries):
        course = make_course(COURSES / "know-your-cash")
        learner.get(page("whole", course.slug))
        with django_assert_max_num_queries(5):
            learner.get(page("whole", course.slug))

    def test_does_not_exist_for_a_draft(self, bank, learner, tmp_path):
        operations.load_course_from(write_course(tmp_path / "short"), at=NOW, by=None)
        assert learner.get(page("whole", "short")).status_code == 404


class TestWorksheet:
    def test_does_not_exist_where_a_course_has_none(self, bank, learner, tmp_path):
        short = make_course(write_course(tmp_path / "short"))
        assert learner.get(page("worksheet", short.slug)).status_code == 404
        assert page("worksheet", short.slug) not in learner.get(page("course", short.slug)).text
