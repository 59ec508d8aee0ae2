"""Pages where an enterprise keeps its payees and its limits."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity.queries import owns
from accounts.settlement import banks, operations, queries
from accounts.settlement.doors import actor, only_members, only_owners, visible_enterprise
from accounts.settlement.forms.payments import PayeeForm, RulesForm
from accounts.settlement.models import Payee
from portal.core.formats import moment
from portal.core.refusals import shown_above, shown_on


@require_http_methods(["GET", "HEAD", "POST"])
def payees(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an enterprise's payees, and save new ones."""
    enterprise = visible_enterprise(request, reference)
    only_members(request, enterprise)
    form = PayeeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        with shown_on(form, PayeeForm.FIELDS):
            payee = operations.add_payee(
                enterprise,
                name=asked["name"],
                number=asked["number"],
                bank_code=asked["bank"],
                key=asked["idempotency_key"],
                at=timezone.now(),
                by=actor(request),
            )
            words = {"name": payee.name, "moment": moment(payee.usable_at)}
            messages.success(request, _("%(name)s is saved. You can pay from %(moment)s on.") % words)
            return redirect("settlement:payees", reference=reference)
    now = timezone.now()
    saved = Payee.objects.standing().filter(enterprise=enterprise).order_by("name", "pk")
    context = {
        "enterprise": enterprise,
        "form": form,
        "banks": banks.offered(),
        "rows": [{"payee": payee, "is_usable": payee.usable_at <= now} for payee in saved],
        "hours": settings.COOLING_OFF_HOURS,
        "owns": owns(request.user, enterprise),
    }
    return render(request, "settlement/payees.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove(request: HttpRequest, reference: str) -> HttpResponse:
    """Remove a payee."""
    payee = get_object_or_404(Payee.objects.visible_to(request.user), reference=reference)
    assert payee.enterprise, "whoever sees a payee sees whose it is"
    only_members(request, payee.enterprise)
    with shown_above(request):
        operations.remove_payee(payee, at=timezone.now(), by=actor(request))
        messages.success(request, _("The payee is removed."))
    return redirect("settlement:payees", reference=payee.enterprise.reference)


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest, reference: str) -> HttpResponse:
    """Show and set an enterprise's limits; only owners set them."""
    enterprise = visible_enterprise(request, reference)
    only_owners(request, enterprise)
    now = timezone.now()
    current = queries.rules_of(enterprise, at=now)
    shown = {"daily_limit": current.daily_limit_amount, "second_person_from": current.second_person_amount}
    form = RulesForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            made = operations.set_rules(enterprise, **form.cleaned_data, at=now, by=actor(request))
            if made.effective_at > now:
                words = {"moment": moment(made.effective_at)}
                messages.success(request, _("The new limits count from %(moment)s on.") % words)
            else:
                messages.success(request, _("The new limits count from now on."))
            return redirect("settlement:rules", reference=reference)
    context = {
        "enterprise": enterprise,
        "form": form,
        "current": current,
        "to_come": queries.rules_to_come(enterprise, at=now),
        "hours": settings.COOLING_OFF_HOURS,
    }
    return render(request, "settlement/rules.html", context, status=422 if form.is_bound else 200)
