"""Pages of products: for everyone what the bank offers, for staff how a version is prepared, approved and withdrawn."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import READERS, Role
from lending.products import operations, presentation, queries
from lending.products.forms import ApproveForm, ExampleForm, ProductForm, initial_of
from lending.products.models import LoanProduct
from portal.core import interest
from portal.core.editions import EditionRefused, Status
from portal.core.refusals import shown_above, shown_on

PREPARERS: Final = (Role.RISK_ANALYST, Role.ADMINISTRATOR)
form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@require_safe
def public(request: HttpRequest, code: str) -> HttpResponse:
    """Show anyone what a product costs by example, who can have it and what it asks for."""
    today = timezone.localdate()
    product = get_object_or_404(queries.offered(today), code=code)
    context = {
        "product": product,
        "examples": presentation.public_examples(product, on=today),
        "who": presentation.who_can(product),
        "documents": presentation.documents_of(product),
        "rhythm": presentation.rhythm_of(product),
        "late_rule": presentation.late_rule(product),
        "principal_months": presentation.months_in_words(product.principal_months),
    }
    return render(request, "products/public.html", context)


@require_safe
@requires(*READERS)
def desk(request: HttpRequest) -> HttpResponse:
    """List every version of every product."""
    today = timezone.localdate()
    rows = [{"product": each, "state": each.state_on(today)} for each in queries.versions()]
    context = {
        "rows": rows,
        "may_prepare": user_of(request).has_role(*PREPARERS),
        "in_another_currency": queries.in_another_currency(today),
    }
    return render(request, "products/desk.html", context)


@require_safe
@requires(*READERS)
def version(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Show a version whole, with an example of what it costs, to whoever prepares, approves or reads."""
    return _version(request, _found(code, version))


def _version(request: HttpRequest, product: LoanProduct, form: ApproveForm | None = None) -> HttpResponse:
    today = timezone.localdate()
    is_draft = product.status == Status.DRAFT
    is_own = product.prepared_by == user_of(request).reference
    may_approve = is_draft and not is_own and user_of(request).has_role(*queries.APPROVERS)
    if may_approve and form is None:
        form = ApproveForm(today=today, initial={"offered_from": today, "seen": product.fingerprint})
    may_prepare = user_of(request).has_role(*PREPARERS)
    example_form = ExampleForm(request.GET, product=product)
    context = {
        "product": product,
        "state": product.state_on(today),
        "facts": presentation.facts_of(product),
        "history": presentation.history_of(product, made=_("Prepared")),
        "example_form": example_form,
        "example": _example(example_form, product),
        "approve_form": form if may_approve else None,
        "waits_for_another": is_draft and is_own,
        "may_change": may_prepare and is_draft,
        "may_prepare": may_prepare and not is_draft and not queries.draft_of(product.code),
        "may_withdraw": may_prepare and product.may_end(today),
    }
    return render(request, "products/version.html", context, status=422 if form and form.is_bound else 200)


def _example(form: ExampleForm, product: LoanProduct) -> queries.Example | None:
    if not form.is_valid():
        return None
    try:
        return queries.example_of(product, on=timezone.localdate(), **form.cleaned_data)
    except interest.InterestRefused:
        form.add_error(None, _("No schedule can be worked out of this: due dates collide."))
        return None


@form_page
@requires(*PREPARERS)
def new(request: HttpRequest) -> HttpResponse:
    """Prepare a product that the bank does not have yet."""
    form = ProductForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            named, content = form.cleaned_data["code"], form.content()
            made = operations.prepare(named, by=user_of(request).reference, at=timezone.now(), is_new=True, **content)
            return _prepared(request, made)
    context = {"form": form, "title": _("A new product")}
    return render(request, "products/form.html", context, status=422 if form.is_bound else 200)


@form_page
@requires(*PREPARERS)
def next_version(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Prepare the next version of a product, beginning with what one version says."""
    before = _found(code, version)
    form = ProductForm(request.POST or None, initial=initial_of(before), today=timezone.localdate(), code=code)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            made = operations.prepare(code, by=user_of(request).reference, at=timezone.now(), **form.content())
            return _prepared(request, made)
    context = {"form": form, "product": before, "title": _("A new version of %(name)s") % {"name": before}}
    return render(request, "products/form.html", context, status=422 if form.is_bound else 200)


@form_page
@requires(*PREPARERS)
def change(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Change a version that waits for approval."""
    product = _found(code, version)
    if product.status != Status.DRAFT:
        raise Http404
    form = ProductForm(request.POST or None, initial=initial_of(product), today=timezone.localdate(), code=code)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            operations.change(product, by=user_of(request).reference, at=timezone.now(), **form.content())
            return _prepared(request, product)
    context = {"form": form, "product": product, "title": _("Change %(name)s") % {"name": product}}
    return render(request, "products/form.html", context, status=422 if form.is_bound else 200)


def _prepared(request: HttpRequest, product: LoanProduct) -> HttpResponse:
    messages.success(request, _("Prepared. A second person approves it before owners see it."))
    return _to(product)


@require_POST
@requires(*queries.APPROVERS)
def approve(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Approve a version, as a second person, from a day on."""
    product = _found(code, version)
    form = ApproveForm(request.POST, today=timezone.localdate())
    if form.is_valid():
        with shown_above(request), shown_on(form, only=EditionRefused):
            operations.approve(product, by=user_of(request).reference, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Approved."))
    return _version(request, _found(code, version), form) if form.errors else _to(product)


@require_POST
@requires(*PREPARERS)
def discard(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Drop a version that waits for approval."""
    product = _found(code, version)
    with shown_above(request):
        operations.discard(product, by=user_of(request).reference, at=timezone.now())
        messages.success(request, _("Discarded."))
    return redirect("products:desk")


@require_POST
@requires(*PREPARERS)
def withdraw(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Offer a product no longer, from today."""
    product = _found(code, version)
    with shown_above(request):
        operations.withdraw(product, on=timezone.localdate(), by=user_of(request).reference, at=timezone.now())
        messages.success(request, _("It is no longer offered. Applications and loans that have it go on."))
    return _to(product)


def _found(code: str, version: int) -> LoanProduct:
    return get_object_or_404(LoanProduct, code=code, version=version)


def _to(product: LoanProduct) -> HttpResponse:
    return redirect("products:version", code=product.code, version=product.version)
