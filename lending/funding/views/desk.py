"""How the bank's people propose programs of others, and bring them out."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import READERS, Role
from lending.applications.views.finding import form_page
from lending.funding import operations, presentation, queries
from lending.funding.forms import ApproveForm, ProgramForm, initial_of
from lending.funding.models import FundingProgram
from lending.products.presentation import history_of
from portal.core.editions import EditionRefused, Status
from portal.core.refusals import shown_above, shown_on

PROPOSERS: Final = (Role.RISK_ANALYST, Role.ADMINISTRATOR)


def _found(code: str, version: int) -> FundingProgram:
    return get_object_or_404(FundingProgram, code=code, version=version)


@require_safe
@requires(*READERS)
def editions(request: HttpRequest) -> HttpResponse:
    """List every edition of every program."""
    today = timezone.localdate()
    rows = [{"program": each, "state": each.state_on(today)} for each in queries.editions()]
    may_propose = user_of(request).has_role(*PROPOSERS)
    return render(request, "funding/desk.html", {"rows": rows, "may_propose": may_propose})


@require_safe
@requires(*READERS)
def edition(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Show an edition whole, to whoever proposes, approves or reads."""
    return _edition(request, _found(code, version))


def _edition(request: HttpRequest, program: FundingProgram, form: ApproveForm | None = None) -> HttpResponse:
    today, user = timezone.localdate(), user_of(request)
    is_draft, is_own = program.status == Status.DRAFT, program.proposed_by == user.reference
    may_propose = user.has_role(*PROPOSERS)
    may_approve = is_draft and not is_own and user.has_role(*queries.APPROVERS)
    context: dict[str, Any] = {
        "program": program,
        "state": program.state_on(today),
        "facts": presentation.facts_of(program),
        "who": presentation.who_can(program),
        "other": presentation.other_language_of(program),
        "history": history_of(program, made=_("Proposed")),
        "waits_for_another": is_draft and is_own,
        "may_discard": may_propose and is_draft,
        "may_propose": may_propose and not queries.draft_of(program.code),
        "approve_form": (form or ApproveForm(today=today)) if may_approve else None,
        "may_end": may_propose and program.may_end(today),
    }
    return render(request, "funding/edition.html", context, status=422 if form else 200)


@form_page
@requires(*PROPOSERS)
def new(request: HttpRequest) -> HttpResponse:
    """Propose a program that the bank does not list yet."""
    form = ProgramForm(request.POST or None)
    context = {"form": form, "title": _("A new program")}
    return _proposing(request, form, context)


@form_page
@requires(*PROPOSERS)
def next_edition(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Propose the next edition of a program, beginning with what one edition says."""
    before = _found(code, version)
    form = ProgramForm(request.POST or None, initial=initial_of(before), code=code)
    context = {"form": form, "program": before, "title": _("A new edition of %(name)s") % {"name": before}}
    return _proposing(request, form, context, code=code)


def _proposing(request: HttpRequest, form: ProgramForm, context: dict[str, Any], code: str = "") -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        by, at = user_of(request).reference, timezone.now()
        try:
            with shown_on(form):
                named = code or form.cleaned_data["code"]
                made = operations.propose(named, by=by, at=at, is_new=not code, **form.content())
                messages.success(request, _("Proposed. A second person approves it before owners see it."))
                return redirect("funding:edition", made.code, made.version)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    return render(request, "funding/form.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(*queries.APPROVERS)
def approve(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Bring an edition out, as a second person, from a day on."""
    program = _found(code, version)
    form = ApproveForm(request.POST, today=timezone.localdate())
    if form.is_valid():
        with shown_above(request), shown_on(form, only=EditionRefused):
            operations.approve(program, by=user_of(request).reference, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Approved."))
    if form.errors:
        return _edition(request, _found(code, version), form)
    return redirect("funding:edition", code, version)


@require_POST
@requires(*PROPOSERS)
def discard(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Drop an edition that waits for approval."""
    with shown_above(request):
        operations.discard(_found(code, version), by=user_of(request).reference, at=timezone.now())
        messages.success(request, _("Discarded."))
    return redirect("funding:desk")


@require_POST
@requires(*PROPOSERS)
def end(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Publish a program no longer, from today."""
    with shown_above(request):
        by, at = user_of(request).reference, timezone.now()
        operations.end(_found(code, version), on=timezone.localdate(), by=by, at=at)
        messages.success(request, _("Owners see it no longer. Introductions to it go on."))
    return redirect("funding:edition", code, version)
