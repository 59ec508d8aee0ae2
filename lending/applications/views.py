"""Pages of the case."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.cashflow import operations as evidence
from accounts.cashflow import queries as cashflow
from accounts.identity.access import requires
from accounts.identity.models import Enterprise, Role, User
from lending.applications import operations as applications
from lending.applications import presentation, queries
from lending.applications.forms import ConcludeForm, DocumentForm, EvidenceForm, RecommendForm, RequestForm
from lending.applications.models import Application, ApplicationDocument
from lending.applications.states import BADGES, Status
from lending.products import queries as products
from lending.products.models import LoanProduct
from portal.core import files, refusals

STAFF = (
    Role.OFFICER,
    Role.UNDERWRITER,
    Role.APPROVER,
    Role.OPERATIONS,
    Role.RISK_ANALYST,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
form_page = require_http_methods(["GET", "HEAD", "POST"])


def _application(request: HttpRequest, reference: str) -> Application:
    seen = Application.objects.visible_to(request.user).select_related("enterprise", "product", "branch")
    return get_object_or_404(seen, reference=reference)


def _own(request: HttpRequest, reference: str) -> Application:
    mine = Application.objects.filter(enterprise__in=Enterprise.objects.of_member(_user(request)))
    return get_object_or_404(mine.select_related("enterprise", "product"), reference=reference)


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _refusing(request: HttpRequest, act: Callable[[], Any], form: forms.Form | None = None) -> Any:
    """Do it and return what came of it (True for nothing); a refusal lands on the form, or above the page."""
    try:
        done = act()
    except refusals.Refusal as refusal:
        text = refusals.sentence(refusal)
        if form is not None:
            form.add_error(None, text)
        else:
            messages.error(request, text)
        return None
    return True if done is None else done


@require_safe
def list_own(request: HttpRequest) -> HttpResponse:
    """List one's applications."""
    rows = queries.of_owner(_user(request))[:50]
    context = {"rows": rows, "enterprises": Enterprise.objects.of_member(_user(request)).order_by("legal_name")}
    return render(request, "applications/list.html", context)


@require_safe
def choose_product(request: HttpRequest, enterprise: str) -> HttpResponse:
    """Offer the products."""
    mine = get_object_or_404(Enterprise.objects.of_member(_user(request)), reference=enterprise)
    return render(request, "applications/choose_product.html", {"enterprise": mine, "products": products.offered()})


@form_page
def begin(request: HttpRequest, enterprise: str, product: str) -> HttpResponse:
    """Ask how much, how long and what for, and begin a draft."""
    mine = get_object_or_404(Enterprise.objects.of_member(_user(request)), reference=enterprise)
    chosen = get_object_or_404(products.offered(), code=product)
    form = RequestForm(request.POST or None, product=chosen)
    if request.method == "POST" and form.is_valid():
        wanted = _wanted(form, chosen) | {"key": form.cleaned_data["idempotency_key"]}
        begun = _refusing(
            request, partial(applications.begin, mine, by=_user(request), at=timezone.now(), **wanted), form
        )
        if begun:
            return redirect("applications:detail", begun.reference)
    context = {"form": form, "enterprise": mine, "product": chosen}
    return render(request, "applications/request.html", context, status=422 if form.errors else 200)


@form_page
def change(request: HttpRequest, reference: str) -> HttpResponse:
    """Change what a draft asks for."""
    application = _own(request, reference)
    now = {
        "amount": application.requested_amount,
        "term_months": application.term_months,
        "purpose": application.purpose,
        "note": application.purpose_note,
    }
    form = RequestForm(request.POST or None, initial=now, product=application.product)
    if request.method == "POST" and form.is_valid():
        wanted = _wanted(form, application.product)
        act = partial(applications.change, application, by=_user(request), at=timezone.now(), **wanted)
        if _refusing(request, act, form):
            return redirect("applications:detail", reference)
    context = {"form": form, "application": application, "product": application.product}
    return render(request, "applications/request.html", context, status=422 if form.errors else 200)


def _wanted(form: RequestForm, product: LoanProduct) -> dict[str, Any]:
    asked = form.cleaned_data
    names = ("amount", "term_months", "purpose", "note")
    return {"product": product} | {name: asked[name] for name in names}


@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show where a case stands: to its enterprise a task list or the answer, to staff everything on one page."""
    application = _application(request, reference)
    if _user(request).is_staff_member:
        return _case(request, application)
    context: dict[str, Any] = {"application": application}
    if application.status == Status.DRAFT:
        return render(request, "applications/draft.html", context | {"progress": queries.progress_of(application)})
    context |= presentation.answer(application)
    fragment = request.headers.get("HX-Request") == "true"
    template = "applications/_answer.html" if fragment else "applications/detail.html"
    return render(request, template, context)


@form_page
def documents(request: HttpRequest, reference: str) -> HttpResponse:
    """Add documents."""
    application = _own(request, reference)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload, kind = form.cleaned_data["file"], form.cleaned_data["kind"]
        add = partial(applications.add_document, application, upload, kind=kind, by=_user(request), at=timezone.now())
        if _refusing(request, add, form):
            messages.success(request, _("The document was added."))
            return redirect("applications:documents", reference)
    kept = application.documents.filter(removed_at=None).select_related("file").order_by("pk")
    context = {
        "application": application,
        "form": form,
        "documents": kept,
        "is_draft": application.status == Status.DRAFT,
    }
    return render(request, "applications/documents.html", context, status=422 if form.errors else 200)


@require_POST
def remove_document(request: HttpRequest, reference: str, document: int) -> HttpResponse:
    """Take a document out of a draft."""
    application = _own(request, reference)
    kept = get_object_or_404(application.documents, pk=document)
    _refusing(request, partial(applications.remove_document, kept, by=_user(request), at=timezone.now()))
    return redirect("applications:documents", reference)


@require_safe
def download(request: HttpRequest, reference: str, document: int) -> FileResponse:
    """Hand a document out to whoever may see its case."""
    application = _application(request, reference)
    kept = get_object_or_404(
        ApplicationDocument.objects.filter(application=application, removed_at=None).select_related("file"), pk=document
    )
    return files.as_attachment(kept.file)


@form_page
def upload_evidence(request: HttpRequest, reference: str) -> HttpResponse:
    """Add bank statements."""
    application = _own(request, reference)
    form = EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        reference_of = _user(request).reference
        receive = partial(evidence.receive, application.enterprise, upload, by=reference_of, at=timezone.now())
        if _refusing(request, receive, form):
            messages.success(request, _("The statement was received and is being read."))
            return redirect("applications:evidence", reference)
    statements = cashflow.statements_of(application.enterprise)
    context = {"application": application, "form": form, "statements": statements}
    context["is_reading"] = any(statement.status == "reading" for statement in statements)
    return render(request, "applications/evidence.html", context, status=422 if form.errors else 200)


@form_page
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """Let the applicant check everything, and send."""
    application = _own(request, reference)
    if application.status != Status.DRAFT:
        return redirect("applications:detail", reference)
    if request.method == "POST":
        if _refusing(request, partial(applications.submit, application, by=_user(request), at=timezone.now())):
            return redirect("applications:detail", reference)
        return redirect("applications:check", reference)
    return render(request, "applications/check.html", {"application": application} | presentation.answers(application))


@require_POST
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take an application back."""
    application = _own(request, reference)
    if _refusing(request, partial(applications.withdraw, application, by=_user(request), at=timezone.now())):
        messages.success(request, _("The application was withdrawn."))
    return redirect("applications:detail", reference)


@require_safe
@requires(*STAFF)
def queue(request: HttpRequest) -> HttpResponse:
    """List the cases of one's branch."""
    status = request.GET.get("status", "")
    page = Paginator(queries.queue(_user(request), status=status), 25).get_page(request.GET.get("page"))
    choices = [(each.value, BADGES[each].label) for each in Status if each != Status.DRAFT]
    return render(request, "applications/queue.html", {"page": page, "status": status, "choices": choices})


def _case(request: HttpRequest, application: Application, **forms: Any) -> HttpResponse:
    user = _user(request)
    context = {"application": application} | presentation.case(application) | forms
    if application.status == Status.REFERRED and user.has_role(Role.OFFICER, Role.UNDERWRITER):
        context.setdefault("recommend_form", _recommend_form(application))
    if application.status == Status.RECOMMENDED and user.has_role(Role.APPROVER):
        context.setdefault("conclude_form", ConcludeForm())
    return render(request, "applications/case.html", context, status=422 if forms else 200)


def _recommend_form(application: Application, data: Any = None) -> RecommendForm:
    decision = application.decision
    rate = decision.annual_rate if decision.annual_rate is not None else application.product.max_annual_rate
    initial = {"amount": application.requested_amount, "annual_rate": (rate * 100).normalize()}
    return RecommendForm(data, initial=initial, product=application.product)


@require_POST
@requires(Role.OFFICER, Role.UNDERWRITER)
def recommend(request: HttpRequest, reference: str) -> HttpResponse:
    """Record a recommendation."""
    application = _application(request, reference)
    form = _recommend_form(application, request.POST)
    if form.is_valid():
        act = partial(applications.recommend, application, by=_user(request), at=timezone.now(), **form.cleaned_data)
        if _refusing(request, act, form):
            messages.success(request, _("The recommendation was recorded. A second person decides."))
            return redirect("applications:queue")
    return _case(request, application, recommend_form=form)


@require_POST
@requires(Role.APPROVER)
def conclude(request: HttpRequest, reference: str) -> HttpResponse:
    """Confirm, refuse or return a recommendation."""
    application = _application(request, reference)
    form = ConcludeForm(request.POST)
    if form.is_valid():
        now = timezone.now()
        on = timezone.localdate(now)
        act = partial(applications.conclude, application, by=_user(request), at=now, on=on, **form.cleaned_data)
        if _refusing(request, act, form):
            messages.success(request, _("The decision was recorded."))
            return redirect("applications:queue")
    return _case(request, application, conclude_form=form)
