"""Reading lessons and taking the quiz."""

from datetime import date, timedelta
from functools import partial
from random import Random

import pytest

from accounts.identity.models import Clearance
from accounts.identity.tests.builders import make_user
from portal.core.models import AuditEvent
from portal.core.tests.together import done_together
from training import operations, queries
from training.models import Attempt, Certificate, Enrollment, LessonCompletion
from training.operations import AnswersMissing, LessonNotTaught, LessonsUnread
from training.tests.builders import (
    NOW,
    answers_to,
    make_attempt,
    make_certificate,
    make_course,
    make_reader,
    write_course,
)

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def course(bank, tmp_path):
    return make_course(write_course(tmp_path / "short"))


class TestEnroll:
    def test_enrolls_once_and_records_it(self, course, owner):
        first = operations.enroll(course, by=owner, at=NOW)
        again = operations.enroll(course, by=owner, at=LATER)
        assert (again.pk, again.enrolled_at) == (first.pk, NOW)
        assert AuditEvent.objects.get(verb="training.enroll").by == owner.reference

    def test_refuses_a_withdrawn_course(self, course, owner, course_editor):
        with pytest.raises(LessonNotTaught):
            operations.enroll(operations.withdraw(course, at=NOW, by=course_editor), by=owner, at=NOW)


class TestCompleteLesson:
    def test_enrolls_and_keeps_the_first_reading(self, course, owner):
        lesson = course.lessons.get(slug="first")
        operations.complete_lesson(lesson, by=owner, at=NOW)
        operations.complete_lesson(lesson, by=owner, at=LATER)
        completion = LessonCompletion.objects.get()
        assert (completion.lesson_version, completion.completed_at) == (1, NOW)
        assert Enrollment.objects.get().user == owner

    def test_refuses_a_lesson_that_is_no_longer_taught(self, course, owner):
        lesson = course.lessons.get(slug="first")
        lesson.retired_at = NOW
        with pytest.raises(LessonNotTaught):
            operations.complete_lesson(lesson, by=owner, at=NOW)


class TestBeginAttempt:
    def test_draws_the_questions_and_the_order_of_their_choices(self, course, owner):
        attempt = make_attempt(course, owner)
        answers = list(attempt.answers.order_by("position"))
        assert [answer.position for answer in answers] == [1, 2]
        for answer in answers:
            assert sorted(answer.choice_order) == sorted(answer.question.choices.values_list("pk", flat=True))
            assert answer.chosen is None

    def test_shuffles_differently_another_time(self, bank, owner, stranger):
        course = make_course()
        orders = [
            list(make_attempt(course, user, seed=seed).answers.order_by("position").values_list("question", flat=True))
            for user, seed in ((owner, 1), (stranger, 2))
        ]
        assert orders[0] != orders[1]
        assert len(orders[0]) == course.questions_per_attempt

    def test_gives_an_open_attempt_back(self, course, owner):
        first = make_attempt(course, owner, seed=1)
        assert operations.begin_attempt(course, by=owner, at=LATER, chance=Random(2)) == first
        assert Attempt.objects.count() == 1

    def test_gives_an_open_attempt_back_though_a_lesson_has_come_since(self, course, owner, client_of):
        first = make_attempt(course, owner)
        added = {"slug": "third", "position": 3, "topic": "plan_ahead", "minutes": 1, "title_en": "Third"}
        course.lessons.create(**added, title_zh_hans="第三课")
        assert operations.begin_attempt(course, by=owner, at=LATER) == first
        assert "Go on with the quiz" in client_of(owner).get(f"/training/courses/{course.slug}/").text

    def test_refuses_before_every_lesson_is_read(self, course, owner):
        operations.complete_lesson(course.lessons.get(slug="first"), by=owner, at=NOW)
        with pytest.raises(LessonsUnread) as refusal:
            operations.begin_attempt(course, by=owner, at=NOW)
        assert refusal.value.params == {"missing": 1}

    def test_refuses_someone_who_read_nothing(self, course, owner):
        with pytest.raises(LessonsUnread) as refusal:
            operations.begin_attempt(course, by=owner, at=NOW)
        assert refusal.value.params == {"missing": 2}

    def test_counts_only_ones_own_reading(self, course, owner, stranger):
        make_reader(course, owner)
        with pytest.raises(LessonsUnread):
            operations.begin_attempt(course, by=stranger, at=NOW)

    def test_refuses_a_withdrawn_course(self, course, owner, course_editor):
        make_reader(course, owner)
        with pytest.raises(LessonNotTaught):
            operations.begin_attempt(operations.withdraw(course, at=NOW, by=course_editor), by=owner, at=NOW)


class TestSubmitAttempt:
    @pytest.mark.parametrize(("wrong", "correct", "passed"), [(0, 2, True), (1, 1, True), (2, 0, False)])
    def test_marks_the_answers(self, course, owner, wrong, correct, passed):
        attempt = make_attempt(course, owner)
        operations.submit_attempt(attempt, answers=answers_to(attempt, wrong=wrong), by=owner, at=LATER)
        attempt.refresh_from_db()
        assert (attempt.correct_count, attempt.passed, attempt.submitted_at) == (correct, passed, LATER)
        assert Certificate.objects.exists() is passed

    def test_records_who_and_when(self, course, owner):
        attempt = make_attempt(course, owner)
        operations.submit_attempt(attempt, answers=answers_to(attempt, wrong=1), by=owner, at=LATER)
        event = AuditEvent.objects.get(verb="training.submit")
        assert (event.subject, event.by, event.at) == (attempt.reference, owner.reference, LATER)
        assert event.details == {"correct": 1, "of": 2, "passed": True, "version": 1}

    def test_keeps_the_first_answers_when_sent_twice(self, course, owner):
        attempt = make_attempt(course, owner)
        operations.submit_attempt(attempt, answers=answers_to(attempt, wrong=2), by=owner, at=NOW)
        again = operations.submit_attempt(attempt, answers=answers_to(attempt), by=owner, at=LATER)
        assert (again.correct_count, again.submitted_at) == (0, NOW)
        assert not Certificate.objects.exists()

    @pytest.mark.parametrize("broken", [{}, {2: 0}, {1: None}])
    def test_refuses_missing_and_foreign_answers_and_changes_nothing(self, course, owner, broken):
        attempt = make_attempt(course, owner)
        answers = {**answers_to(attempt), **broken} if broken else {}
        with pytest.raises(AnswersMissing) as refusal:
            operations.submit_attempt(attempt, answers=answers, by=owner, at=NOW)
        assert refusal.value.params == {"missing": len(broken) or 2}
        attempt.refresh_from_db()
        assert not attempt.is_submitted
        assert not attempt.answers.exclude(chosen=None).exists()

    def test_keeps_the_pass_mark_it_began_with(self, course, owner):
        attempt = make_attempt(course, owner)
        course.pass_mark = "1.0"
        course.save()
        operations.submit_attempt(attempt, answers=answers_to(attempt, wrong=1), by=owner, at=NOW)
        assert attempt.passed


class TestAward:
    def test_certifies_the_course_as_it_was_called_and_grants_the_clearance(self, course, owner):
        certificate = make_certificate(course, owner)
        assert (certificate.holder_name, certificate.title_en, certificate.title_zh_hans) == (
            "Wang Fang",
            "Short course",
            "短课",
        )
        assert (certificate.awarded_on, certificate.valid_until) == (date(2026, 3, 2), date(2027, 3, 2))
        clearance = Clearance.objects.get()
        assert (clearance.user, clearance.code, clearance.source) == (owner, "training.short", certificate.code)
        assert AuditEvent.objects.get(verb="training.award").subject == certificate.code
        assert AuditEvent.objects.get(verb="identity.grant_clearance").subject == owner.reference

    def test_keeps_the_certificate_while_it_is_valid(self, course, owner):
        first = make_certificate(course, owner)
        attempt = make_attempt(course, owner)
        operations.submit_attempt(attempt, answers=answers_to(attempt), by=owner, at=LATER)
        assert Certificate.objects.get() == first

    def test_renews_it_when_it_has_run_out(self, course, owner):
        make_certificate(course, owner)
        attempt = make_attempt(course, owner)
        operations.submit_attempt(attempt, answers=answers_to(attempt), by=owner, at=NOW + timedelta(days=400))
        assert Certificate.objects.count() == 2
        assert Clearance.objects.count() == 1

    def test_counts_the_day_on_the_banks_clock(self, course, owner):
        certificate = make_certificate(course, owner, at=NOW.replace(hour=17))  # past midnight in Shanghai
        assert certificate.awarded_on == date(2026, 3, 3)


class TestCertificateWith:
    @pytest.mark.parametrize(
        "spell", [str, str.lower, lambda code: code.replace("-", " "), lambda code: f" {code[:6]} {code[6:]}"]
    )
    def test_finds_it_however_it_is_typed(self, course, owner, spell):
        certificate = make_certificate(course, owner)
        assert queries.certificate_with(spell(certificate.code)) == certificate

    def test_finds_nothing_under_another_code(self, bank):
        assert queries.certificate_with("C-000000000000") is None


@pytest.mark.django_db(transaction=True)
class TestSubmitAttemptTwiceAtOnce:
    def test_awards_one_certificate(self, tmp_path):
        course = make_course(write_course(tmp_path / "short"))
        user = make_user("Wang Fang")
        attempt = make_attempt(course, user)
        answers = answers_to(attempt)
        mine = [Attempt.objects.get(pk=attempt.pk) for _each in range(2)]
        done_together(*(partial(operations.submit_attempt, each, answers=answers, by=user, at=NOW) for each in mine))
        assert Certificate.objects.count() == 1
        assert AuditEvent.objects.filter(verb="training.submit").count() == 1
