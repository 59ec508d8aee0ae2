"""What the enterprise does: choose, ask, add, check, send, withdraw."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.cashflow import operations as evidence
from accounts.cashflow import queries as cashflow
from accounts.cashflow.forms import StatementForm
from accounts.cashflow.telling import tell_received
from accounts.identity import consents
from accounts.identity import queries as identity
from accounts.identity.access import only_owners, user_of
from accounts.identity.models import Enterprise
from accounts.identity.operations import PaperRefused
from accounts.identity.queries import owns
from lending.applications import operations as applications
from lending.applications import presentation, queries
from lending.applications.forms import DocumentForm, RequestForm, SendForm
from lending.applications.models import ApplicationDocument
from lending.applications.states import OPEN, Status
from lending.applications.views.finding import form_page, own, own_enterprise, suitable_for, visible
from lending.credit import register
from portal.core import files
from portal.core.refusals import shown_above, shown_on
from portal.core.uploads import each_of

ON_A_PAGE = 20


@require_safe
def list_own(request: HttpRequest) -> HttpResponse:
    """List one's applications."""
    own = list(Enterprise.objects.of_member(user_of(request)).order_by("legal_name"))
    if not own and Enterprise.objects.of_bookkeeper(user_of(request)).exists():
        return redirect("loans:list")
    page = Paginator(queries.of_owner(user_of(request)), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "enterprises": own}
    return render(request, "applications/list.html", context)


@require_safe
def choose_product(request: HttpRequest, enterprise: str) -> HttpResponse:
    """Offer the products; while an application is open, lead to it."""
    mine = own_enterprise(request, enterprise)
    context = {"enterprise": mine, "products": suitable_for(mine), "open_application": queries.open_of(mine)}
    return render(request, "applications/choose_product.html", context)


@form_page
def begin(request: HttpRequest, enterprise: str, product: str) -> HttpResponse:
    """Ask how much, how long and what for, and begin a draft; while an application is open, lead to it."""
    mine = own_enterprise(request, enterprise)
    chosen = get_object_or_404(suitable_for(mine), code=product)
    if request.method != "POST" and queries.open_of(mine):
        return redirect("applications:choose_product", mine.reference)
    form = RequestForm(request.POST or None, initial=_like(request, mine), product=chosen)
    if request.method == "POST" and form.is_valid():
        with shown_on(form, RequestForm.FIELDS):
            key = form.cleaned_data["idempotency_key"]
            begun = applications.begin(mine, key=key, by=user_of(request), at=timezone.now(), **form.wanted())
            is_ready = presentation.progress_of(begun, on=timezone.localdate()).is_ready
            return redirect("applications:check" if is_ready else "applications:detail", begun.reference)
    context = {"form": form, "enterprise": mine, "product": chosen, "open_application": queries.open_of(mine)}
    return render(request, "applications/request.html", context, status=422 if form.errors else 200)


@form_page
def change(request: HttpRequest, reference: str) -> HttpResponse:
    """Change what a draft asks for."""
    application = own(request, reference)
    if application.status != Status.DRAFT:
        return redirect("applications:detail", reference)
    form = RequestForm(request.POST or None, initial=_asked(application), product=application.product)
    if request.method == "POST" and form.is_valid():
        with shown_on(form, RequestForm.FIELDS):
            applications.change(application, by=user_of(request), at=timezone.now(), **form.wanted())
            return redirect("applications:detail", reference)
    context = {"form": form, "application": application, "product": application.product}
    return render(request, "applications/request.html", context, status=422 if form.errors else 200)


def _like(request: HttpRequest, enterprise: Enterprise) -> dict[str, Any]:
    """Ask as an earlier application did, with the amount or term that the address names."""
    earlier = enterprise.applications.filter(reference=request.GET.get("like", "")).first()
    named = {name: request.GET[name] for name in ("amount", "term_months") if name in request.GET}
    return (_asked(earlier) if earlier else {}) | named


def _asked(application: Any) -> dict[str, Any]:
    return {
        "amount": application.requested_amount,
        "term_months": application.term_months,
        "purpose": application.purpose,
        "note": application.purpose_note,
    }


@form_page
def documents(request: HttpRequest, reference: str) -> HttpResponse:
    """Add documents, while the case is open."""
    application = own(request, reference)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        kind, by, now = form.cleaned_data["kind"], user_of(request), timezone.now()
        added = each_of(
            form, lambda file, key: applications.add_document(application, file, kind=kind, key=key, by=by, at=now)
        )
        if len(added) > 1:
            messages.success(request, _("%(count)s documents were added.") % {"count": len(added)})
        elif added:
            messages.success(request, _("The document was added."))
        if not form.errors:
            return redirect("applications:documents", reference)
    context = {"application": application, "documents": queries.documents_of(application), "form": form}
    context |= {"removable": queries.removable(application, user_of(request)), "is_open": application.status in OPEN}
    context["is_draft"] = application.status == Status.DRAFT
    return render(request, "applications/documents.html", context, status=422 if form.errors else 200)


@require_POST
def remove_document(request: HttpRequest, reference: str, document: int) -> HttpResponse:
    """Take a document out of a draft, or back from a case that was sent."""
    kept = get_object_or_404(own(request, reference).documents, pk=document)
    with shown_above(request):
        applications.remove_document(kept, by=user_of(request), at=timezone.now())
        messages.success(request, _("The document was taken out."))
    return redirect("applications:documents", reference)


@require_safe
def download(request: HttpRequest, reference: str, document: int) -> FileResponse:
    """Hand a document out to whoever may see its case; one of the bank's people has looked at it then."""
    kept = ApplicationDocument.objects.filter(application=visible(request, reference), removed_at=None)
    found = get_object_or_404(kept.select_related("file"), pk=document)
    try:
        return files.as_attachment(applications.hand_out(found, to=user_of(request), at=timezone.now()))
    except PaperRefused as taken_back:
        raise Http404 from taken_back


@form_page
def upload_evidence(request: HttpRequest, reference: str) -> HttpResponse:
    """Add bank statements, while the case is open."""
    application = own(request, reference)
    if application.status not in OPEN:
        if request.method == "POST":
            told = _("This application is closed, so nothing was added. For the next one, add them under Cash flow.")
            messages.error(request, told)
        return redirect("applications:detail", reference)
    form = StatementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        whose, by, now = application.enterprise, user_of(request).reference, timezone.now()
        received = each_of(
            form,
            lambda file, key: (file.name, evidence.receive(whose, file, by=by, at=now, key=key)),
            unfold=evidence.unfolded,
        )
        tell_received(request, received, at=now)
        if not form.errors:
            return redirect("applications:evidence", reference)
    context = {
        "application": application,
        "form": form,
        "statements": cashflow.statements_of(application.enterprise),
        "is_reading": cashflow.is_reading(application.enterprise),
        "is_ready": application.status == Status.DRAFT
        and presentation.progress_of(application, on=timezone.localdate()).is_ready,
    }
    return render(request, "applications/evidence.html", context, status=422 if form.errors else 200)


@form_page
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """Let everything be checked, and an owner send it."""
    application = own(request, reference)
    if application.status != Status.DRAFT:
        return redirect("applications:detail", reference)
    if request.method == "POST":
        only_owners(user_of(request), application.enterprise)
        agreed = consents.CURRENT_VERSION if request.POST.get("register_consent") and register.is_there() else ""
        with shown_above(request):
            applications.submit(application, by=user_of(request), at=timezone.now(), register_consent=agreed)
        return redirect("applications:detail", reference)
    context = {"application": application, "rows": presentation.answers(application)}
    today = timezone.localdate()
    context |= {
        "is_owner": owns(user_of(request), application.enterprise),
        "progress": presentation.progress_of(application, on=today),
        "lacking": identity.lacking_of(application.enterprise, on=today),
        "papers_waiting": application.enterprise.papers.waiting().count(),
        "send_form": SendForm() if register.is_there() else None,
    }
    return render(request, "applications/check.html", context)


@require_POST
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take an application back; once it was sent, only an owner can."""
    application = own(request, reference)
    if application.status != Status.DRAFT:
        only_owners(user_of(request), application.enterprise)
    with shown_above(request):
        applications.withdraw(application, by=user_of(request), at=timezone.now())
        messages.success(request, _("The application was withdrawn."))
    return redirect("applications:detail", reference)
