"""Pages of cash between a vault and the other bank."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import Role
from accounts.settlement import operations, queries
from accounts.settlement.doors import actor, visible_delivery, visible_drawer
from accounts.settlement.drawer_states import DeliveryStatus
from accounts.settlement.forms.drawers import DeliveryForm
from accounts.settlement.forms.reasons import ReasonForm
from accounts.settlement.queries import nostro as nostro_queries
from accounts.settlement.views.acting import verb
from portal.core.formats import day, money
from portal.core.refusals import shown_on


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.OPERATIONS)
def new(request: HttpRequest, reference: str) -> HttpResponse:
    """Prepare cash for the other bank, or take in what was fetched there."""
    vault = visible_drawer(request, reference)
    form = DeliveryForm(request.POST or None, currency=vault.currency)
    if request.method == "POST" and form.is_valid():
        told, now = form.cleaned_data, timezone.now()
        with shown_on(form, {"drawer_short": "amount", "amount_refused": "amount"}):
            made = operations.prepare_delivery(
                vault,
                told["way"],
                told["amount"],
                key=told["idempotency_key"],
                on=timezone.localdate(now),
                at=now,
                by=actor(request),
            )
            messages.success(request, _("A colleague must count it and agree before anything is booked."))
            return redirect("settlement:cash_delivery", made.reference)
    context = {"form": form, "drawer": vault}
    return render(request, "settlement/drawers/deliver.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(Role.OPERATIONS, Role.AUDITOR)
def delivery(request: HttpRequest, reference: str) -> HttpResponse:
    """Show cash between a vault and the other bank; stand by it as the second person."""
    found = visible_delivery(request, reference)
    user = user_of(request)
    waits = found.status == DeliveryStatus.WAITING and user.has_role(Role.OPERATIONS)
    is_own = found.made_by == actor(request)
    people = queries.names_of([found.made_by, found.checked_by])
    lines, others = nostro_queries.confirmation_of(found)
    short = sum((each.amount for each in lines), sum((each.signed_amount for each in others), found.signed_amount))
    rows = [
        {"label": _("What"), "value": found.get_way_display()},
        {"label": _("Amount"), "value": money(found.amount, found.vault.currency)},
        {"label": _("Vault"), "value": found.vault.title},
        {"label": _("Entered by"), "value": people[found.made_by]},
    ]
    for label, value in (
        (_("Checked by"), found.checked_by and people[found.checked_by]),
        (_("Reason"), found.reason),
        (_("Date"), found.effective_date and day(found.effective_date)),
        *(
            (_("On the other bank's statement"), f"{day(each.booked_on)} · {money(each.amount, each.currency)}")
            for each in lines
        ),
        (_("Together with"), _(", ").join(each.reference for each in others)),
        (_("Over or short"), lines and short and money(short, found.vault.currency)),
    ):
        rows += [{"label": label, "value": value}] if value else []
    context = {
        "delivery": found,
        "line": lines[0] if lines else None,
        "rows": rows,
        "may_check": waits and not is_own,
        "may_decline": waits,
        "is_own": waits and is_own,
        "reason_form": ReasonForm(),
    }
    return render(request, "settlement/drawers/delivery.html", context)


confirm = verb(
    operations.confirm_delivery,
    find=visible_delivery,
    said=gettext_lazy("The cash is booked. A statement of the other bank confirms it."),
    back="settlement:cash_delivery",
    roles=(Role.OPERATIONS,),
    dated=True,
)
decline = verb(
    operations.decline_delivery,
    find=visible_delivery,
    said=gettext_lazy("Nothing was booked."),
    back="settlement:cash_delivery",
    roles=(Role.OPERATIONS,),
    reasoned=True,
)
