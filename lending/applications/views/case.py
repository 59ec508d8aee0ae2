"""Where a case stands: the answer for its enterprise, the queue and everything on one page for staff."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import READERS, Role
from accounts.identity.queries import acts_for, ever_acted_for, owns
from lending.applications import operations as applications
from lending.applications import presentation, queries
from lending.applications.forms import ConcludeForm, RecommendForm, RevokeForm
from lending.applications.models import Application
from lending.applications.operations.revoke import REVOKERS
from lending.applications.states import BADGES, Status
from lending.applications.views.finding import visible
from lending.credit.queries import RULE_READERS
from portal.core.refusals import shown_on

ON_A_PAGE: Final = 25
NOTHING_NEW: Final = 204


@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show where a case stands: to its enterprise a task list or the answer, to staff everything on one page."""
    application = visible(request, reference)
    if not acts_for(user_of(request), application.enterprise):
        return case_page(request, application)
    context = {"application": application, "is_owner": owns(user_of(request), application.enterprise)}
    if application.status == Status.DRAFT:
        context["progress"] = presentation.progress_of(application, on=timezone.localdate())
        return render(request, "applications/draft.html", context)
    return _answer(request, application, context)


def _answer(request: HttpRequest, application: Application, context: dict[str, Any]) -> HttpResponse:
    """Answer with a page, or, to a page that asks again by itself, with what has changed on it."""
    asks_again = request.headers.get("HX-Request") == "true"
    if asks_again and application.status == Status.SUBMITTED:
        return HttpResponse(status=NOTHING_NEW)
    context |= presentation.answer(application, on=timezone.localdate())
    template = "applications/_answer.html" if asks_again else "applications/detail.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@requires(*READERS)
def queue(request: HttpRequest) -> HttpResponse:
    """List the cases of one's branch."""
    status, asked = request.GET.get("status", ""), request.GET.get("q", "").strip()
    cases = queries.queue(user_of(request), status=status, asked=asked)
    context = {
        "page": Paginator(cases, ON_A_PAGE).get_page(request.GET.get("page")),
        "status": status,
        "choices": [(each.value, BADGES[each].label) for each in Status if each != Status.DRAFT],
        "asked": asked,
    }
    return render(request, "applications/queue.html", context)


def case_page(request: HttpRequest, application: Application, **forms: Any) -> HttpResponse:
    """Show staff everything about a case on one page, with the forms that were refused; of their own, nothing."""
    user = user_of(request)
    if ever_acted_for(application.enterprise, person=user.reference):
        raise PermissionDenied
    context = presentation.case(application, on=timezone.localdate()) | forms
    context["reads_rules"] = user.has_role(*RULE_READERS)
    if application.status == Status.REFERRED and user.has_role(Role.OFFICER, Role.UNDERWRITER):
        context.setdefault("recommend_form", RecommendForm(application=application))
    if application.status == Status.RECOMMENDED and user.has_role(Role.APPROVER):
        context.setdefault("conclude_form", ConcludeForm())
    if application.status == Status.APPROVED:
        waiting = next((each for each in context["revocations"] if not each.outcome), None)
        context["revocation"] = waiting
        context["may_conclude"] = waiting and user.has_role(Role.APPROVER) and waiting.asked_by_id != user.pk
        if waiting is None and user.has_role(*REVOKERS):
            context.setdefault("revoke_form", RevokeForm())
    return render(request, "applications/case.html", context, status=422 if forms else 200)


@require_POST
@requires(Role.OFFICER, Role.UNDERWRITER)
def recommend(request: HttpRequest, reference: str) -> HttpResponse:
    """Record a recommendation."""
    application = visible(request, reference)
    form = RecommendForm(request.POST, application=application)
    if form.is_valid():
        with shown_on(form, RecommendForm.FIELDS):
            applications.recommend(application, by=user_of(request), at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The recommendation was recorded. A second person decides."))
            return redirect("applications:queue")
    return case_page(request, application, recommend_form=form)


@require_POST
@requires(Role.APPROVER)
def conclude(request: HttpRequest, reference: str) -> HttpResponse:
    """Confirm, refuse or return a recommendation."""
    application = visible(request, reference)
    form = ConcludeForm(request.POST)
    if form.is_valid():
        now = timezone.now()
        on = timezone.localdate(now)
        told = form.cleaned_data | {"seen": request.POST.get("seen", "")}
        with shown_on(form, ConcludeForm.FIELDS):
            applications.conclude(application, by=user_of(request), at=now, on=on, **told)
            messages.success(request, _("The decision was recorded."))
            return redirect("applications:queue")
    return case_page(request, application, conclude_form=form)
