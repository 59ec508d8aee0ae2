"""Training for machines."""

from django.urls import reverse
from rest_framework.test import APIClient

from accounts.identity.tests.builders import machine
from training import operations
from training.models import Attempt, Certificate, LessonCompletion
from training.tests.builders import (
    GET_PAID,
    NOW,
    make_attempt,
    make_certificate,
    make_course,
    make_reader,
    write_course,
)


def at(name, *args):
    return reverse(f"api:{name}", args=args)


def right_answers(told, attempt):
    """Choose by number what the database knows to be right."""
    right = {answer.position: answer for answer in attempt.answers.all()}
    chosen = []
    for asked in told["questions"]:
        answer = right[asked["position"]]
        correct = answer.question.choices.get(is_correct=True).pk
        chosen.append({"position": asked["position"], "choice": answer.choice_order.index(correct) + 1})
    return chosen


class TestCourses:
    def test_tell_ones_progress(self, short, manager):
        operations.complete_lesson(short.lessons.get(slug="first"), by=manager, at=NOW)
        (told,) = machine(manager).get(at("courses")).json()
        assert (told["course"]["slug"], told["read"], told["following"]) == ("short", 1, "second")
        assert told["certificate"] is None

    def test_are_asked_by_topic(self, short, manager):
        client = machine(manager)
        assert len(client.get(at("courses"), {"topic": "cash_buffer"}).json()) == 1
        assert client.get(at("courses"), {"topic": "get_paid"}).json() == []
        assert client.get(at("courses"), {"topic": "astrology"}).status_code == 400

    def test_ask_to_sign_in(self, bank):
        assert APIClient().get(at("courses")).status_code == 401

    def test_hide_drafts_from_learners(self, bank, manager, course_editor, tmp_path):
        operations.load_course_from(write_course(tmp_path / "short"), at=NOW, by=None)
        assert machine(manager).get(at("course", "short")).status_code == 404
        assert machine(course_editor).get(at("course", "short")).json()["course"]["status"] == "draft"


class TestLessons:
    def test_are_told_in_both_languages(self, short, manager):
        told = machine(manager).get(at("lesson", "short", "first")).json()
        assert (told["text_en"], told["text_zh_hans"]) == ("Text of first in en.", "Text of first in zh_hans.")
        assert told["is_read"] is False

    def test_are_read_once(self, short, manager):
        for _time in range(2):
            told = machine(manager).post(at("completion", "short", "first"))
            assert (told.status_code, told.json()["is_read"]) == (200, True)
        assert LessonCompletion.objects.count() == 1

    def test_are_not_taught_where_the_course_is_withdrawn(self, short, course_editor):
        operations.withdraw(short, at=NOW, by=course_editor)
        answer = machine(course_editor).post(at("completion", "short", "first"))
        assert (answer.status_code, answer.json()["code"]) == (422, "lesson_not_taught")


class TestAttempts:
    def test_ask_for_the_lessons_first(self, short, manager):
        answer = machine(manager).post(at("course_attempts", "short"))
        assert (answer.status_code, answer.json()["code"]) == (422, "lessons_unread")

    def test_begin_once_and_tell_nothing_of_what_is_right(self, short, manager):
        make_reader(short, manager)
        client = machine(manager)
        first, again = (client.post(at("course_attempts", "short")).json() for _time in range(2))
        assert first == again
        assert {(asked["right"], asked["explanation_en"]) for asked in first["questions"]} == {(None, "")}

    def test_are_passed_once(self, short, manager):
        client, attempt = machine(manager), make_attempt(short, manager)
        asked = client.get(at("attempt", attempt.reference)).json()
        sent = {"answers": right_answers(asked, attempt)}
        for answers in (sent, {"answers": [{**each, "choice": 3 - each["choice"]} for each in sent["answers"]]}):
            told = client.post(at("submission", attempt.reference), answers, format="json").json()
            assert (told["passed"], told["correct_count"]) == (True, 2)
        assert told["questions"][0]["explanation_en"] == "Because."
        assert Certificate.objects.count() == 1

    def test_take_answers_as_a_form_sends_them(self, short, manager):
        client, attempt = machine(manager), make_attempt(short, manager)
        answers = right_answers(client.get(at("attempt", attempt.reference)).json(), attempt)
        sent = {f"answers[{index}]{name}": each[name] for index, each in enumerate(answers) for name in each}
        told = client.post(at("submission", attempt.reference), sent, format="multipart")
        assert (told.status_code, told.json().get("passed")) == (200, True)

    def test_want_every_answer(self, short, manager):
        client, attempt = machine(manager), make_attempt(short, manager)
        sent = {"answers": [{"position": 1, "choice": 9}, {"position": 2, "choice": 1}]}
        answer = client.post(at("submission", attempt.reference), sent, format="json")
        assert (answer.status_code, answer.json()["params"]) == (422, {"missing": 1})
        assert Attempt.objects.get().submitted_at is None

    def test_say_why_what_was_chosen_is_wrong(self, bank, manager):
        attempt = make_attempt(make_course(GET_PAID), manager)
        client = machine(manager)
        asked = client.get(at("attempt", attempt.reference)).json()
        sent = [{**each, "choice": each["choice"] % 3 + 1} for each in right_answers(asked, attempt)]
        told = client.post(at("submission", attempt.reference), {"answers": sent}, format="json").json()
        assert told["correct_count"] == 0
        assert all(asked["why_en"] and asked["why_zh_hans"] for asked in told["questions"])

    def test_are_listed_and_are_ones_own(self, short, manager, stranger):
        attempt = make_attempt(short, manager)
        (told,) = machine(manager).get(at("course_attempts", "short")).json()["results"]
        assert told["reference"] == attempt.reference
        assert machine(stranger).get(at("attempt", attempt.reference)).status_code == 404
        assert machine(stranger).post(at("submission", attempt.reference)).status_code == 404
        assert machine(stranger).get(at("course_attempts", "short")).json()["results"] == []


class TestCertificates:
    def test_are_listed_and_verified_by_anyone_who_knows_the_code(self, short, manager, stranger):
        certificate = make_certificate(short, manager)
        (told,) = machine(manager).get(at("certificates")).json()["results"]
        assert told["code"] == certificate.code
        assert machine(stranger).get(at("certificates")).json()["results"] == []
        known = APIClient().get(at("certificate", certificate.code.lower()))
        assert (known.status_code, known.json()["holder_name"]) == (200, "Chen Jie")
        assert APIClient().get(at("certificate", "C-0")).status_code == 404


class TestEditing:
    def test_counts_for_editors_alone(self, short, manager, course_editor):
        make_certificate(short, manager)
        told = machine(course_editor).get(at("course_figures", "short")).json()
        assert {name: told[name] for name in ("enrolled", "finished", "certified", "attempts", "passed")} == {
            "enrolled": 1, "finished": 1, "certified": 1, "attempts": 1, "passed": 1,
        }  # fmt: skip
        assert told["lessons"] == [{"lesson": "first", "readers": 1}, {"lesson": "second", "readers": 1}]
        assert machine(manager).get(at("course_figures", "short")).status_code == 403

    def test_publishes_and_withdraws(self, short, manager, course_editor):
        client = machine(course_editor)
        assert client.post(at("course_publication", "short")).status_code == 409
        assert client.post(at("course_withdrawal", "short")).json()["status"] == "withdrawn"
        assert client.post(at("course_withdrawal", "short")).status_code == 409
        assert client.post(at("course_publication", "short")).json()["status"] == "published"
        for name in ("course_publication", "course_withdrawal"):
            assert machine(manager).post(at(name, "short")).status_code == 403
