"""The pages of training: who may open them, what they show, what they cost."""

import gzip

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from training import operations, queries
from training.models import Attempt, Enrollment, LessonCompletion
from training.tests.builders import (
    BORROW_WELL,
    GET_PAID,
    NOW,
    answers_to,
    make_attempt,
    make_certificate,
    make_course,
    make_reader,
    write_course,
)

LARGEST_PAGE = 15 * 1024  # compressed


@pytest.fixture
def course(bank):
    return make_course()


def page(name: str, *args: object) -> str:
    return reverse(f"training:{name}", args=args)


def lesson_page(course, slug: str) -> str:
    return page("lesson", course.slug, slug)


class TestAll:
    def test_are_light_in_both_languages(self, course, manager, learner):
        attempt = make_attempt(course, manager)
        operations.submit_attempt(attempt, answers=answers_to(attempt, wrong=9), by=manager, at=NOW)
        open_attempt = make_attempt(course, manager)
        addresses = [page("catalogue"), page("course", course.slug), page("certificates"), page("verify")]
        addresses += [page("attempt", open_attempt.reference), page("result", attempt.reference)]
        addresses += [lesson_page(course, lesson.slug) for lesson in queries.taught_in(course)]
        for language in ("en", "zh-hans"):
            learner.cookies["language"] = language
            for address in addresses:
                response = learner.get(address)
                assert response.status_code == 200, address
                assert len(gzip.compress(response.content)) < LARGEST_PAGE, address
                assert b" style=" not in response.content, address
                assert response.content.count(b"<h1>") == 1, address

    @pytest.mark.parametrize("name", ["catalogue", "certificates"])
    def test_ask_to_sign_in(self, bank, name):
        response = Client().get(page(name))
        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))

    @pytest.mark.parametrize("name", ["enroll", "begin", "publish", "withdraw"])
    def test_take_verbs_by_post_only(self, course, course_editor, client_of, name):
        assert client_of(course_editor).get(page(name, course.slug)).status_code == 405

    @pytest.mark.parametrize("name", ["catalogue", "certificates"])
    def test_take_lists_by_get_only(self, learner, name):
        assert learner.post(page(name)).status_code == 405


class TestCatalogue:
    def test_lists_published_courses_with_progress(self, course, manager, learner):
        operations.complete_lesson(course.lessons.get(slug="separate-the-money"), by=manager, at=NOW)
        response = learner.get(page("catalogue"))
        assert "Know your cash" in response.text
        assert "1 of 6 read" in response.text

    def test_hides_drafts_from_learners_and_shows_them_to_editors(self, learner, course_editor, client_of, tmp_path):
        operations.load_course_from(write_course(tmp_path / "short"), at=NOW, by=None)
        assert "Short course" not in learner.get(page("catalogue")).text
        shown = client_of(course_editor).get(page("catalogue")).text
        assert "Short course" in shown
        assert "Draft" in shown

    def test_keeps_what_teaches_the_topic_and_leads_to_the_lesson(self, course, learner):
        make_course(BORROW_WELL)
        shown = learner.get(page("catalogue"), {"topic": "cash_buffer"}).text
        assert lesson_page(course, "a-buffer-that-carries-you") in shown
        assert "Know your cash" in shown
        assert "Borrow well" not in shown

    def test_shows_everything_for_an_unknown_topic(self, course, learner):
        assert "Know your cash" in learner.get(page("catalogue"), {"topic": "astrology"}).text

    def test_says_so_when_there_is_nothing(self, learner):
        assert "There is no course here yet." in learner.get(page("catalogue")).text

    def test_speaks_chinese(self, course, learner):
        learner.cookies["language"] = "zh-hans"
        assert course.title_zh_hans in learner.get(page("catalogue")).text

    def test_asks_no_more_for_more_courses(self, course, manager, learner, django_assert_max_num_queries, tmp_path):
        learner.get(page("catalogue"))
        make_course(BORROW_WELL)
        make_certificate(make_course(write_course(tmp_path / "short")), manager)
        with django_assert_max_num_queries(9):
            learner.get(page("catalogue"))

    def test_leads_to_the_next_lesson_of_a_course_that_was_begun(self, course, manager, learner):
        assert "Go on:" not in learner.get(page("catalogue")).text
        operations.complete_lesson(course.lessons.get(slug="separate-the-money"), by=manager, at=NOW)
        shown = learner.get(page("catalogue")).text
        assert lesson_page(course, "write-down-every-day") in shown
        make_certificate(course, manager, at=timezone.now())
        assert "Go on:" not in learner.get(page("catalogue")).text


class TestCourse:
    def test_lists_lessons_and_quiz_as_tasks(self, course, learner):
        shown = learner.get(page("course", course.slug)).text
        assert "Give the business its own money" in shown
        assert "0 of 6 lessons read" in shown
        assert "Opens after the lessons" in shown

    def test_asks_few_questions(self, course, manager, learner, django_assert_max_num_queries):
        make_certificate(course, manager)
        learner.get(page("course", course.slug))
        with django_assert_max_num_queries(9):
            learner.get(page("course", course.slug))

    def test_does_not_exist_for_learners_when_withdrawn(self, course, course_editor, learner, client_of):
        operations.withdraw(course, at=NOW, by=course_editor)
        assert learner.get(page("course", course.slug)).status_code == 404
        shown = client_of(course_editor).get(page("course", course.slug)).text
        assert "Learners cannot see this course now." in shown
        assert "Withdrawn" in shown

    def test_offers_publishing_to_editors_only(self, course, learner, course_editor, client_of):
        address = page("withdraw", course.slug)
        assert address not in learner.get(page("course", course.slug)).text
        assert address in client_of(course_editor).get(page("course", course.slug)).text

    def test_shows_editors_what_is_missed(self, short, manager, owner, course_editor, client_of):
        attempt = make_attempt(short, manager)
        operations.submit_attempt(attempt, answers=answers_to(attempt, wrong=2), by=manager, at=NOW)
        make_certificate(short, owner)
        figures = queries.figures_of(short)
        assert (figures.enrolled, figures.certified, figures.attempts, figures.passed) == (2, 1, 2, 1)
        assert figures.finished == 2
        assert [(row.lesson.slug, row.readers) for row in figures.lessons] == [("first", 2), ("second", 2)]
        assert [(row.asked, row.right) for row in figures.hardest] == [(2, 1), (2, 1)]
        shown = client_of(course_editor).get(page("course", short.slug)).text
        assert '<td class="num">50%</td>' in shown

    def test_costs_editors_no_more_for_more_learners(
        self, course, manager, owner, course_editor, client_of, django_assert_max_num_queries
    ):
        client = client_of(course_editor)
        for user in (manager, owner):
            make_certificate(course, user)
        client.get(page("course", course.slug))
        with django_assert_max_num_queries(14):
            client.get(page("course", course.slug))


class TestEnroll:
    def test_enrolls_once_and_opens_the_first_unread_lesson(self, course, manager, learner):
        operations.complete_lesson(course.lessons.get(slug="separate-the-money"), by=manager, at=NOW)
        for _ in range(2):
            response = learner.post(page("enroll", course.slug))
            assert response.url == lesson_page(course, "write-down-every-day")
        assert Enrollment.objects.count() == 1

    def test_is_open_to_staff_as_well(self, course, officer, client_of):
        assert client_of(officer).post(page("enroll", course.slug)).status_code == 302
        assert Enrollment.objects.get().user == officer

    def test_does_not_exist_for_a_draft(self, learner, tmp_path):
        operations.load_course_from(write_course(tmp_path / "short"), at=NOW, by=None)
        assert learner.post(page("enroll", "short")).status_code == 404


class TestPublish:
    @pytest.mark.parametrize("name", ["publish", "withdraw"])
    def test_is_for_course_editors(self, course, learner, officer, administrator, client_of, name):
        for client in (learner, client_of(officer), client_of(administrator)):
            assert client.post(page(name, course.slug)).status_code == 403

    def test_withdraws_and_publishes_again(self, course, course_editor, client_of):
        client = client_of(course_editor)
        client.post(page("withdraw", course.slug))
        course.refresh_from_db()
        assert course.status == "withdrawn"
        client.post(page("publish", course.slug))
        course.refresh_from_db()
        assert course.status == "published"

    def test_says_so_when_sent_twice(self, course, course_editor, client_of):
        response = client_of(course_editor).post(page("publish", course.slug), follow=True)
        assert "no longer possible" in response.text


class TestLesson:
    def test_shows_the_rule_the_example_and_the_way_on(self, course, learner):
        shown = learner.get(lesson_page(course, "write-down-every-day")).text
        assert "Write down every amount on the day it moves." in shown
        assert '<th scope="row">Diesel</th>' in shown
        assert lesson_page(course, "separate-the-money") in shown
        assert lesson_page(course, "thirteen-weeks-ahead") in shown

    def test_shows_the_chinese_text_to_chinese_readers(self, course, learner):
        learner.cookies["language"] = "zh-hans"
        shown = learner.get(lesson_page(course, "write-down-every-day")).text
        assert "加柴油" in shown
        assert "Diesel" not in shown

    @pytest.mark.parametrize("slug", ["a-buffer-that-carries-you", "nothing"])
    def test_does_not_exist_when_withdrawn_or_unknown(self, course, course_editor, learner, slug):
        if slug != "nothing":
            operations.withdraw(course, at=NOW, by=course_editor)
        assert learner.get(lesson_page(course, slug)).status_code == 404

    def test_does_not_exist_once_retired(self, course, learner):
        course.lessons.filter(slug="write-down-every-day").update(retired_at=NOW)
        assert learner.get(lesson_page(course, "write-down-every-day")).status_code == 404


class TestComplete:
    def test_marks_as_read_once_and_goes_on(self, course, learner):
        for _ in range(2):
            response = learner.post(page("complete", course.slug, "separate-the-money"))
            assert response.url == lesson_page(course, "write-down-every-day")
        assert LessonCompletion.objects.count() == 1
        assert "You have read this lesson." in learner.get(lesson_page(course, "separate-the-money")).text

    def test_leads_back_to_the_course_after_the_last(self, course, learner):
        response = learner.post(page("complete", course.slug, "what-a-loan-really-costs"))
        assert response.url == page("course", course.slug)

    def test_takes_post_only(self, course, learner):
        assert learner.get(page("complete", course.slug, "separate-the-money")).status_code == 405


class TestBegin:
    def test_begins_once(self, course, manager, learner):
        make_reader(course, manager)
        first = learner.post(page("begin", course.slug)).url
        assert learner.post(page("begin", course.slug)).url == first == page("attempt", Attempt.objects.get().reference)

    def test_asks_to_read_the_lessons_first(self, course, learner):
        response = learner.post(page("begin", course.slug), follow=True)
        assert "Read every lesson first; 6 of them are still unread." in response.text


class TestAttempt:
    def test_asks_each_question_as_a_group(self, course, manager, learner):
        attempt = make_attempt(course, manager)
        shown = learner.get(page("attempt", attempt.reference)).text
        assert shown.count("<legend") == shown.count("</fieldset>") == 10
        assert shown.count('type="radio"') == 30
        assert "correct" not in shown.replace("autocorrect", "")

    def test_loses_nothing_when_an_answer_is_missing(self, course, manager, learner):
        attempt = make_attempt(course, manager)
        answers = answers_to(attempt)
        missing = answers.pop(3)
        response = learner.post(page("attempt", attempt.reference), posted(answers))
        assert response.status_code == 422
        assert response.text.count(" checked") == 9
        assert 'href="#id_question_3_0"' in response.text
        assert f'value="{missing}"' in response.text
        assert not Attempt.objects.get().is_submitted

    def test_takes_the_answers_once(self, short, manager, learner):
        attempt = make_attempt(short, manager)
        address = page("attempt", attempt.reference)
        for wrong in (2, 0):
            response = learner.post(address, posted(answers_to(attempt, wrong=wrong)))
            assert response.url == page("result", attempt.reference)
        assert Attempt.objects.get().correct_count == 0

    def test_refuses_a_choice_of_another_question(self, short, manager, learner):
        attempt = make_attempt(short, manager)
        answers = answers_to(attempt)
        response = learner.post(page("attempt", attempt.reference), posted({1: answers[2], 2: answers[2]}))
        assert response.status_code == 422

    def test_does_not_exist_for_a_stranger(self, short, manager, stranger, course_editor, client_of):
        attempt = make_attempt(short, manager)
        for user in (stranger, course_editor):
            assert client_of(user).get(page("attempt", attempt.reference)).status_code == 404
            assert client_of(user).get(page("result", attempt.reference)).status_code == 404

    def test_asks_no_more_for_more_questions(self, course, manager, learner, django_assert_max_num_queries):
        attempt = make_attempt(course, manager)
        learner.get(page("catalogue"))
        with django_assert_max_num_queries(7):
            learner.get(page("attempt", attempt.reference))

    def test_takes_no_other_method(self, short, manager, learner):
        assert learner.delete(page("attempt", make_attempt(short, manager).reference)).status_code == 405


class TestResult:
    def test_explains_every_answer_and_names_what_to_read_again(self, short, manager, learner):
        attempt = make_attempt(short, manager)
        operations.submit_attempt(attempt, answers=answers_to(attempt, wrong=2), by=manager, at=NOW)
        shown = learner.get(page("result", attempt.reference)).text
        assert "Right answers: 0 of 2. Needed to pass: 1." in shown
        assert shown.count("Because.") == 2
        assert shown.count("You answered: No") == shown.count("Right is: Yes") == 2
        assert lesson_page(short, "first") in shown
        assert "Try again with new questions" in shown

    def test_says_why_what_was_chosen_is_wrong(self, bank, manager, learner):
        attempt = make_attempt(make_course(GET_PAID), manager)
        operations.submit_attempt(attempt, answers=answers_to(attempt, wrong=1), by=manager, at=NOW)
        wrong = attempt.answers.get(position=1).chosen
        assert escape(wrong.why_en) in learner.get(page("result", attempt.reference)).text

    def test_leads_to_the_certificate(self, short, manager, learner):
        certificate = make_certificate(short, manager)
        shown = learner.get(page("result", certificate.attempt.reference)).text
        assert "You have passed" in shown
        assert page("certificates") in shown

    def test_asks_for_the_answers_first(self, short, manager, learner):
        attempt = make_attempt(short, manager)
        assert learner.get(page("result", attempt.reference)).url == page("attempt", attempt.reference)

    def test_explains_the_questions_that_were_asked_then(self, short, manager, learner, tmp_path):
        attempt = make_attempt(short, manager)
        make_course(write_course(tmp_path / "short", question="Is it really so?"))
        operations.submit_attempt(attempt, answers=answers_to(attempt), by=manager, at=NOW)
        assert "Is it so?" in learner.get(page("result", attempt.reference)).text

    def test_asks_no_more_for_more_questions(self, course, manager, learner, django_assert_max_num_queries):
        certificate = make_certificate(course, manager)
        learner.get(page("catalogue"))
        with django_assert_max_num_queries(8):
            learner.get(page("result", certificate.attempt.reference))


class TestCertificates:
    def test_lists_ones_own(self, short, manager, stranger, client_of):
        certificate = make_certificate(short, manager, at=timezone.now())
        shown = client_of(manager).get(page("certificates")).text
        assert certificate.code in shown
        assert "Valid" in shown
        assert certificate.code not in client_of(stranger).get(page("certificates")).text

    def test_keeps_the_certificates_of_a_withdrawn_course(self, short, manager, course_editor, learner):
        certificate = make_certificate(short, manager)
        operations.withdraw(short, at=NOW, by=course_editor)
        assert certificate.code in learner.get(page("certificates")).text


def posted(answers: dict[int, int]) -> dict[str, int]:
    return {f"question_{position}": choice for position, choice in answers.items()}
