"""Pages of training."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import Role
from portal.core.files import private_file
from portal.core.language import localized
from portal.core.references import as_written
from portal.core.refusals import shown_above
from training import certificates as papers
from training import operations, own_figures, prose, queries, recommending
from training.forms import QuizForm, VerifyForm
from training.models import Attempt, Certificate, Course, Lesson
from training.rows import catalogue_rows, certificate_rows, course_tasks, result_rows, verified_rows
from training.topics import Topic


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """List the courses, those on ``?topic=`` if one is named; lessons for ``?reason=`` stand before others."""
    named = request.GET.get("topic", "")
    topic = Topic(named) if named in Topic.values else None
    rows = queries.catalogue(user_of(request), on=timezone.localdate(), topic=topic or "")
    context = {
        "rows": catalogue_rows(rows),
        "topic": topic,
        "topic_lessons": recommending.answering(request.GET.get("reason", ""), topic) if topic else [],
        "recommended": [] if topic else recommending.recommended(user_of(request)),
        "topics": queries.topics_taught(user_of(request)),
    }
    return render(request, "training/catalogue.html", context)


@require_safe
def course(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a course: its lessons as tasks, its quiz, and what was reached."""
    shown = _course(request, slug)
    progress = queries.progress(shown, user_of(request), on=timezone.localdate())
    edits = user_of(request).has_role(Role.COURSE_EDITOR)
    context = {
        "course": shown,
        "progress": progress,
        "read_count": len(progress.lessons) - progress.unread,
        "tasks": course_tasks(shown, progress),
        "figures": queries.figures_of(shown) if edits else None,
    }
    return render(request, "training/courses/course.html", context)


@require_POST
def enroll(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a course, at its first unread lesson."""
    taken = _course(request, slug)
    with shown_above(request):
        operations.enroll(taken, by=user_of(request), at=timezone.now())
        if following := queries.progress(taken, user_of(request), on=timezone.localdate()).next_lesson:
            return redirect("training:lesson", slug, following.slug)
    return redirect("training:course", slug)


@require_POST
@requires(Role.COURSE_EDITOR)
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a course to learners."""
    with shown_above(request):
        operations.publish(_course(request, slug), at=timezone.now(), by=user_of(request))
        messages.success(request, _("The course is published."))
    return redirect("training:course", slug)


@require_POST
@requires(Role.COURSE_EDITOR)
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Close a course to learners."""
    with shown_above(request):
        operations.withdraw(_course(request, slug), at=timezone.now(), by=user_of(request))
        messages.success(request, _("The course is withdrawn. Certificates stay valid."))
    return redirect("training:course", slug)


@require_safe
def lesson(request: HttpRequest, slug: str, lesson: str) -> HttpResponse:
    """Show a lesson, with the way back and on."""
    read = _lesson(request, slug, lesson)
    progress = queries.progress(read.course, user_of(request), on=timezone.localdate())
    before, after = queries.neighbors(read, progress.lessons)
    text = localized(read, "text")
    context = {
        "lesson": read,
        "course": read.course,
        "parts": prose.parts(text),
        **_own(request, prose.figures_in(text)),
        "count": len(progress.lessons),
        "is_read": read.pk in progress.read,
        "before": before,
        "after": after,
    }
    return render(request, "training/courses/lesson.html", context)


def _own(request: HttpRequest, names: list[str]) -> dict[str, Any]:
    """Tell the reader's own figures that a text marks, of the enterprise on ``?enterprise=`` or the first."""
    mine = list(own_figures.enterprises_of(user_of(request))) if names else []
    if not mine:
        return {}
    chosen = next((one for one in mine if one.reference == request.GET.get("enterprise")), mine[0])
    figures = own_figures.told(chosen, names, on=timezone.localdate())
    return {"figures": figures, "enterprise": chosen, "others": [one for one in mine if one != chosen]}


@require_safe
def whole(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a course as one light page, to be kept or printed where there is no signal."""
    shown = _course(request, slug)
    lessons = [(lesson, prose.parts(localized(lesson, "text"), deeper=1)) for lesson in queries.taught_in(shown)]
    sheet = localized(shown, "worksheet")
    context = {"course": shown, "lessons": lessons, "worksheet": prose.as_html(sheet) if sheet else ""}
    return render(request, "training/courses/whole.html", context)


@require_safe
def worksheet(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is printed and filled in."""
    shown = _course(request, slug)
    sheet = localized(shown, "worksheet")
    if not sheet:
        raise Http404
    return render(request, "training/courses/worksheet.html", {"course": shown, "worksheet": prose.as_html(sheet)})


@require_POST
def complete(request: HttpRequest, slug: str, lesson: str) -> HttpResponse:
    """Mark a lesson as read and go on: to the next unread one, or back to the course."""
    read = _lesson(request, slug, lesson)
    with shown_above(request):
        operations.complete_lesson(read, by=user_of(request), at=timezone.now())
        if after := queries.neighbors(read, list(queries.taught_in(read.course)))[1]:
            return redirect("training:lesson", slug, after.slug)
    return redirect("training:course", slug)


@require_POST
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin the quiz, or go on with the attempt that is open."""
    way = ("training:course", slug)
    with shown_above(request):
        begun = operations.begin_attempt(_course(request, slug), by=user_of(request), at=timezone.now())
        way = ("training:attempt", begun.reference)
    return redirect(*way)


@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the questions of an attempt and take its answers."""
    taken = _attempt(request, reference)
    if taken.is_submitted:
        return redirect("training:result", reference)
    form = QuizForm(queries.asked_in(taken), request.POST if request.POST or request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        operations.submit_attempt(taken, answers=form.answers(), by=user_of(request), at=timezone.now())
        return redirect("training:result", reference)
    context = {"attempt": taken, "course": taken.enrollment.course, "form": form}
    return render(request, "training/attempts/attempt.html", context, status=422 if form.is_bound else 200)


@require_safe
def result(request: HttpRequest, reference: str) -> HttpResponse:
    """Show how an attempt went, with the reason for each answer."""
    taken = _attempt(request, reference)
    if not taken.is_submitted:
        return redirect("training:attempt", reference)
    outcome = queries.result_of(taken)
    context = {
        "attempt": taken,
        "course": taken.enrollment.course,
        "outcome": outcome,
        "rows": result_rows(outcome),
        "certificate": queries.certificates_of(user_of(request)).filter(course=taken.enrollment.course).first(),
    }
    return render(request, "training/attempts/result.html", context)


@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """List one's certificates."""
    rows = certificate_rows(queries.certificates_of(user_of(request)), on=timezone.localdate())
    return render(request, "training/certificates.html", {"rows": rows})


@require_safe
def certificate_pdf(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """Give a certificate as a PDF in one of the bank's languages."""
    certificate = get_object_or_404(Certificate.objects.visible_to(user_of(request)), code=code)
    if language not in papers.LANGUAGES:
        raise Http404
    content = papers.as_pdf(certificate, language=language)
    return private_file(content, name=f"{certificate.code}.{language}.pdf", media_type="application/pdf")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask anyone for a certificate's code."""
    form = VerifyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return redirect("training:verified", as_written(form.cleaned_data["code"]))
    return render(request, "training/verify/form.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
@require_safe
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """Tell anyone who knows the code whose certificate it is and whether it is valid."""
    certificate = queries.certificate_with(code)
    if certificate is None:
        form = VerifyForm(initial={"code": code[:40]})
        return render(request, "training/verify/unknown.html", {"form": form}, status=404)
    context = {"rows": verified_rows(certificate), "is_valid": certificate.is_valid(timezone.localdate())}
    return render(request, "training/verify/certificate.html", context)


def _course(request: HttpRequest, slug: str) -> Course:
    return get_object_or_404(Course.objects.visible_to(request.user), slug=slug)


def _lesson(request: HttpRequest, slug: str, lesson: str) -> Lesson:
    found: Lesson = get_object_or_404(
        Lesson.objects.current().select_related("course").filter(course__in=Course.objects.visible_to(request.user)),
        course__slug=slug,
        slug=lesson,
    )
    return found


def _attempt(request: HttpRequest, reference: str) -> Attempt:
    attempts = Attempt.objects.visible_to(request.user).select_related("enrollment__course")
    return get_object_or_404(attempts, reference=reference)
