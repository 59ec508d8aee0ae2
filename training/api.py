"""Training for machines: the same operations as the pages."""

from typing import cast

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import staff_with, user_of
from accounts.identity.models import Role
from portal.core.api import asked_for, listed, told
from portal.core.references import as_written
from training import operations, queries
from training.models import Attempt, Certificate, Course, Lesson
from training.serializers import (
    AnswersSerializer,
    AskedTopicSerializer,
    AttemptSerializer,
    CertificateSerializer,
    CourseRowSerializer,
    CourseSerializer,
    FiguresSerializer,
    ProgressSerializer,
    WholeAttemptSerializer,
    WholeLessonSerializer,
)

EDITORS = (IsAuthenticated, staff_with(Role.COURSE_EDITOR))


def _course(request: Request, slug: str) -> Course:
    return get_object_or_404(Course.objects.visible_to(request.user), slug=slug)


def _progress(course: Course, request: Request) -> queries.Progress:
    return queries.progress(course, user_of(request), on=timezone.localdate())


class Courses(APIView):
    """The catalogue."""

    @extend_schema(parameters=[AskedTopicSerializer], responses=CourseRowSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the courses with one's progress, in the order of the catalogue; never paged, they are few."""
        asked = asked_for(request, AskedTopicSerializer)
        rows = queries.catalogue(user_of(request), on=timezone.localdate(), **asked)
        return Response(CourseRowSerializer(rows, many=True).data)


class OneCourse(APIView):
    """One course."""

    @extend_schema(responses=ProgressSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """Tell its lessons and how far one is."""
        course = _course(request, slug)
        progress = _progress(course, request)
        shown = {"course": course, "lessons": progress.lessons, "certificate": progress.certificate}
        shown |= {"open_attempt": progress.open_attempt}
        return Response(ProgressSerializer(shown, context={"progress": progress}).data)


class OneLesson(APIView):
    """One lesson."""

    @extend_schema(responses=WholeLessonSerializer)
    def get(self, request: Request, slug: str, lesson: str) -> Response:
        """Tell its text in both languages."""
        return self._shown(request, self._lesson(request, slug, lesson))

    @staticmethod
    def _lesson(request: Request, slug: str, lesson: str) -> Lesson:
        lessons = Lesson.objects.current().filter(course=_course(request, slug)).select_related("course")
        return cast("Lesson", get_object_or_404(lessons, slug=lesson))

    @staticmethod
    def _shown(request: Request, lesson: Lesson) -> Response:
        context = {"progress": _progress(lesson.course, request)}
        return Response(WholeLessonSerializer(lesson, context=context).data)


class Completion(OneLesson):
    """Having read a lesson."""

    http_method_names = ["post"]

    @extend_schema(request=None, responses=WholeLessonSerializer)
    def post(self, request: Request, slug: str, lesson: str) -> Response:
        """Write down that one has read it, enrolling oneself; sent again, it changes nothing."""
        read = self._lesson(request, slug, lesson)
        operations.complete_lesson(read, by=user_of(request), at=timezone.now())
        return self._shown(request, read)


class Attempts(APIView):
    """The goes at a course's quiz."""

    @extend_schema(operation_id="course_attempts_list", responses=AttemptSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List one's own, newest first."""
        mine = Attempt.objects.visible_to(request.user).select_related("enrollment__course")
        return listed(self, request, mine.filter(enrollment__course=_course(request, slug)), AttemptSerializer)

    @extend_schema(operation_id="course_attempt_begin", request=None, responses=WholeAttemptSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Begin the quiz; while an attempt is open, sent again, it gives that one."""
        attempt = operations.begin_attempt(_course(request, slug), by=user_of(request), at=timezone.now())
        return _whole(attempt)


class OneAttempt(APIView):
    """One go at a quiz."""

    @extend_schema(responses=WholeAttemptSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell its questions; once submitted, with what is right and why."""
        return _whole(_attempt(request, reference))


class Submission(APIView):
    """The answers to a quiz."""

    @extend_schema(request=AnswersSerializer, responses=WholeAttemptSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Send all answers together, once: what came first stays, and sent again it gives that outcome."""
        attempt = _attempt(request, reference)
        chosen = {each["position"]: each["choice"] for each in told(request, AnswersSerializer)["answers"]}
        orders = dict(attempt.answers.values_list("position", "choice_order"))
        answers = {
            position: order[chosen[position] - 1]
            for position, order in orders.items()
            if 1 <= chosen.get(position, 0) <= len(order)
        }
        operations.submit_attempt(attempt, answers=answers, by=user_of(request), at=timezone.now())
        return _whole(attempt)


def _attempt(request: Request, reference: str) -> Attempt:
    mine = Attempt.objects.visible_to(request.user).select_related("enrollment__course")
    return get_object_or_404(mine, reference=reference)


def _whole(attempt: Attempt) -> Response:
    return Response(WholeAttemptSerializer(attempt).data)


class Certificates(APIView):
    """One's certificates."""

    @extend_schema(operation_id="certificates_list", responses=CertificateSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List them, newest first."""
        mine = queries.certificates_of(request.user)
        return listed(self, request, mine, CertificateSerializer, on=timezone.localdate())


class OneCertificate(APIView):
    """A certificate, for whoever knows its code."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="certificate_verify", responses=CertificateSerializer, auth=[])
    def get(self, request: Request, code: str) -> Response:  # noqa: ARG002 - anyone may ask
        """Tell whose it is and whether it is valid."""
        certificate = get_object_or_404(Certificate.objects.select_related("course"), code=as_written(code))
        return Response(CertificateSerializer(certificate, context={"on": timezone.localdate()}).data)


class Figures(APIView):
    """What editors watch."""

    permission_classes = EDITORS

    @extend_schema(responses=FiguresSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """Count how many begin, how far they come, how many pass, and which questions are missed most."""
        return Response(FiguresSerializer(queries.figures_of(_course(request, slug))).data)


class Publication(APIView):
    """Opening a course to learners."""

    permission_classes = EDITORS

    @extend_schema(request=None, responses=CourseSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Publish it; 409 where it is published already."""
        course = operations.publish(_course(request, slug), at=timezone.now(), by=user_of(request))
        return Response(CourseSerializer(course).data)


class Withdrawal(APIView):
    """Closing a course to learners."""

    permission_classes = EDITORS

    @extend_schema(operation_id="course_withdraw", request=None, responses=CourseSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Withdraw it; certificates stay valid. 409 where it is not published."""
        course = operations.withdraw(_course(request, slug), at=timezone.now(), by=user_of(request))
        return Response(CourseSerializer(course).data)
