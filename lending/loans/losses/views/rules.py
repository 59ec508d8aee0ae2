"""Pages of the bank's own rules for losses."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity.access import requires, user_of
from lending.loans.losses import operations, queries
from lending.loans.losses.forms import ApproveRulesForm, RulesForm, initial_of
from lending.loans.losses.models import LossRules
from lending.products.presentation import history_of
from portal.core.editions import EditionRefused, Status
from portal.core.refusals import shown_above, shown_on


@require_safe
@requires(*queries.READERS)
def editions(request: HttpRequest) -> HttpResponse:
    """Show the rules in force, and list every edition."""
    today = timezone.localdate()
    listed = list(LossRules.objects.listed())
    is_waiting = any(each.status == Status.DRAFT for each in listed)
    context = {
        "rules": queries.rules_on(today),
        "editions": [{"edition": each, "state": each.state_on(today)} for each in listed],
        "may_propose": not is_waiting and user_of(request).has_role(*queries.DECIDERS),
    }
    return render(request, "loans/loss_rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*queries.DECIDERS)
def propose(request: HttpRequest) -> HttpResponse:
    """Propose other rules, beginning with those in force."""
    form = RulesForm(request.POST or None, initial=initial_of(queries.rules_on(timezone.localdate())))
    if request.method == "POST" and form.is_valid():
        by, at = user_of(request).reference, timezone.now()
        with shown_on(form):
            made = operations.propose_rules(by=by, at=at, **form.cleaned_data)
            messages.success(request, _("The proposal was recorded. A second person decides."))
            return redirect("loans:loss_rules_edition", made.version)
    return render(request, "loans/loss_rules_form.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@requires(*queries.READERS)
def edition(request: HttpRequest, version: int) -> HttpResponse:
    """Show an edition, beside the rules in force and what each asks of the allowance today."""
    return _edition(request, get_object_or_404(LossRules, version=version))


def _edition(request: HttpRequest, found: LossRules, form: ApproveRulesForm | None = None) -> HttpResponse:
    today, user = timezone.localdate(), user_of(request)
    is_draft, is_own = found.status == Status.DRAFT, found.proposed_by == user.reference
    decides = is_draft and user.has_role(*queries.DECIDERS)
    context: dict[str, Any] = {
        "edition": found,
        "rules": found.rules(),
        "state": found.state_on(today),
        "history": history_of(found, made=_("Proposed")),
        "waits_for_another": is_draft and is_own,
        "may_discard": decides,
        "may_withdraw": user.has_role(*queries.DECIDERS) and found.may_end(today),
        "approve_form": (form or ApproveRulesForm(today=today)) if decides and not is_own else None,
    }
    if is_draft:
        context["compared"] = queries.compared(found.rules(), on=today)
    return render(request, "loans/loss_rules_edition.html", context, status=422 if form else 200)


@require_POST
@requires(*queries.DECIDERS)
def approve(request: HttpRequest, version: int) -> HttpResponse:
    """Let an edition count from a day on, as a second person."""
    found = get_object_or_404(LossRules, version=version)
    form = ApproveRulesForm(request.POST, today=timezone.localdate())
    if form.is_valid():
        with shown_above(request), shown_on(form, only=EditionRefused):
            operations.approve_rules(found, by=user_of(request).reference, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Approved."))
    if form.errors:
        return _edition(request, get_object_or_404(LossRules, version=version), form)
    return redirect("loans:loss_rules_edition", version)


@require_POST
@requires(*queries.DECIDERS)
def discard(request: HttpRequest, version: int) -> HttpResponse:
    """Drop an edition that waits for approval."""
    with shown_above(request):
        found = get_object_or_404(LossRules, version=version)
        operations.discard_rules(found, by=user_of(request).reference, at=timezone.now())
        messages.success(request, _("Discarded."))
    return redirect("loans:loss_rules")


@require_POST
@requires(*queries.DECIDERS)
def withdraw(request: HttpRequest, version: int) -> HttpResponse:
    """Let an edition whose day has not come never count."""
    found, now = get_object_or_404(LossRules, version=version), timezone.now()
    with shown_above(request):
        operations.withdraw_rules(found, on=timezone.localdate(now), by=user_of(request).reference, at=now)
        messages.success(request, _("Withdrawn. The rules in force go on."))
    return redirect("loans:loss_rules_edition", version)
