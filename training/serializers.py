"""The shape of training in the API."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.relations import SlugRelatedField

from training import queries
from training.models import Answer, Attempt, Certificate, Choice, Course, Lesson
from training.queries import Progress
from training.topics import Topic


class CourseSerializer(serializers.ModelSerializer[Course]):
    """A course."""

    class Meta:
        model = Course
        fields = [
            "slug", "title_en", "title_zh_hans", "summary_en", "summary_zh_hans", "minutes", "pass_mark",
            "questions_per_attempt", "valid_months", "status", "version",
        ]  # fmt: skip


class AskedTopicSerializer(serializers.Serializer[Any]):
    """Which courses are asked for."""

    topic = serializers.ChoiceField(choices=Topic.choices, required=False)


class CourseRowSerializer(serializers.Serializer[Any]):
    """A course and how far one is with it."""

    course = CourseSerializer()
    lessons = serializers.IntegerField()
    read = serializers.IntegerField(help_text="how many of them one has read")
    following = serializers.SlugField(source="following.slug", default=None, help_text="the first lesson still unread")
    certificate = serializers.CharField(source="certificate.code", default=None)


class LessonSerializer(serializers.ModelSerializer[Lesson]):
    """A lesson's heading."""

    is_read = serializers.SerializerMethodField()

    class Meta:
        model = Lesson
        fields = [
            "slug", "position", "topic", "minutes", "title_en", "title_zh_hans", "rule_en", "rule_zh_hans", "version",
            "is_read",
        ]  # fmt: skip

    def get_is_read(self, lesson: Lesson) -> bool:
        """Tell whether one has read it."""
        progress: Progress = self.context["progress"]
        return lesson.pk in progress.read


class WholeLessonSerializer(LessonSerializer):
    """A lesson with its text, in Markdown; a line ``{own:…}`` marks where the page shows the reader's own figure."""

    class Meta(LessonSerializer.Meta):
        fields = [*LessonSerializer.Meta.fields, "text_en", "text_zh_hans"]


class ProgressSerializer(serializers.Serializer[Any]):
    """A course, its lessons, and what one has done with it."""

    course = CourseSerializer()
    worksheet_en = serializers.CharField(source="course.worksheet_en")
    worksheet_zh_hans = serializers.CharField(source="course.worksheet_zh_hans")
    lessons = LessonSerializer(many=True)
    open_attempt = serializers.CharField(source="open_attempt.reference", default=None)
    certificate = serializers.CharField(source="certificate.code", default=None)


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """A go at a quiz."""

    course = serializers.SlugField(source="enrollment.course.slug")

    class Meta:
        model = Attempt
        fields = ["reference", "course", "pass_mark", "begun_at", "submitted_at", "correct_count", "passed"]


class AskedChoiceSerializer(serializers.Serializer[Any]):
    """An answer to choose."""

    choice = serializers.IntegerField(help_text="its number, as sent with the answers")
    text_en = serializers.CharField()
    text_zh_hans = serializers.CharField()


class AskedSerializer(serializers.Serializer[Any]):
    """A question with its choices; once submitted, what was chosen, what is right, and why."""

    position = serializers.IntegerField()
    lesson = serializers.SlugField()
    text_en = serializers.CharField()
    text_zh_hans = serializers.CharField()
    choices = AskedChoiceSerializer(many=True)
    chosen = serializers.IntegerField(default=None, help_text="none before it is submitted, and so are those below")
    right = serializers.IntegerField(default=None)
    why_en = serializers.CharField(default="", help_text="why what was chosen is wrong")
    why_zh_hans = serializers.CharField(default="")
    explanation_en = serializers.CharField(default="")
    explanation_zh_hans = serializers.CharField(default="")


class WholeAttemptSerializer(AttemptSerializer):
    """A go at a quiz with its questions."""

    questions = serializers.SerializerMethodField()

    class Meta(AttemptSerializer.Meta):
        fields = [*AttemptSerializer.Meta.fields, "questions"]

    @extend_schema_field(AskedSerializer(many=True))
    def get_questions(self, attempt: Attempt) -> list[Any]:
        """List the questions in the order in which they are asked."""
        return [_asked(attempt, answer, choices) for answer, choices in queries.asked_in(attempt)]


def _asked(attempt: Attempt, answer: Answer, choices: Sequence[Choice]) -> Any:
    question, numbered = answer.question, list(enumerate(choices, start=1))
    shown = [{"choice": n, "text_en": each.text_en, "text_zh_hans": each.text_zh_hans} for n, each in numbered]
    asked = {"position": answer.position, "lesson": question.lesson.slug, "choices": shown}
    asked |= {"text_en": question.text_en, "text_zh_hans": question.text_zh_hans}
    if attempt.is_submitted and answer.chosen:
        asked["chosen"] = next(n for n, each in numbered if each.pk == answer.chosen_id)
        asked["right"] = next(n for n, each in numbered if each.is_correct)
        asked |= {"why_en": answer.chosen.why_en, "why_zh_hans": answer.chosen.why_zh_hans}
        asked |= {"explanation_en": question.explanation_en, "explanation_zh_hans": question.explanation_zh_hans}
    return AskedSerializer(asked).data


class ChosenAnswerSerializer(serializers.Serializer[Any]):
    """The choice made at a question."""

    position = serializers.IntegerField()
    choice = serializers.IntegerField()


class AnswersSerializer(serializers.Serializer[Any]):
    """All answers together."""

    answers = ChosenAnswerSerializer(many=True)


class CertificateSerializer(serializers.ModelSerializer[Certificate]):
    """A certificate: what anyone who knows its code may know."""

    course: SlugRelatedField[Any] = SlugRelatedField(slug_field="slug", read_only=True)
    is_valid = serializers.SerializerMethodField()  # type: ignore[assignment]  # a field, not the method

    class Meta:
        model = Certificate
        fields = [
            "code", "course", "holder_name", "title_en", "title_zh_hans", "awarded_on", "valid_until", "is_valid",
        ]  # fmt: skip

    def get_is_valid(self, certificate: Certificate) -> bool:
        """Tell whether it holds today."""
        return certificate.is_valid(self.context["on"])


class MissedSerializer(serializers.Serializer[Any]):
    """A question and how often it was answered rightly."""

    code = serializers.SlugField(source="question.code")
    asked = serializers.IntegerField()
    right = serializers.IntegerField()


class ReadersSerializer(serializers.Serializer[Any]):
    """A lesson and how many have read it."""

    lesson = serializers.SlugField(source="lesson.slug")
    readers = serializers.IntegerField()


class FiguresSerializer(serializers.Serializer[Any]):
    """What editors watch: counts, never a person."""

    enrolled = serializers.IntegerField()
    finished = serializers.IntegerField(help_text="who read every lesson")
    certified = serializers.IntegerField()
    attempts = serializers.IntegerField()
    passed = serializers.IntegerField()
    lessons = ReadersSerializer(many=True)
    hardest = MissedSerializer(many=True)
