"""The page on which a field agent's slips are entered."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity.access import requires
from accounts.identity.models import Role
from accounts.settlement import operations
from accounts.settlement.doors import actor, worked_drawer
from accounts.settlement.forms.drawers import SlipForm
from accounts.settlement.models import CashMovement, SettlementAccount
from accounts.settlement.views.drawers import LINES_ON_A_PAGE
from portal.core.refusals import shown_on

FIELDS = {
    "slip_number_missing": "slip_number",
    "slip_reused": "slip_number",
    "slip_date_to_come": "slip_date",
    "period_closed": "slip_date",
    "drawer_day_counted": "slip_date",
    "amount_refused": "amount",
}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.OPERATIONS, Role.OFFICER)
def slips(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the slips that were entered out of a bag; enter another."""
    drawer = worked_drawer(request, reference)
    accounts = SettlementAccount.objects.visible_to(request.user)
    first = {"slip_date": timezone.localdate().isoformat()}
    form = SlipForm(request.POST or None, accounts=accounts, initial=first, currency=drawer.currency)
    if request.method == "POST" and form.is_valid():
        told, now = form.cleaned_data, timezone.now()
        assert form.account is not None
        with shown_on(form, FIELDS):
            entered = operations.enter_slip(
                drawer,
                form.account,
                told["way"],
                told["amount"],
                slip_number=told["slip_number"],
                slip_date=told["slip_date"],
                text=told["text"],
                on=timezone.localdate(now),
                at=now,
                by=actor(request),
            )
            said = (
                _("Slip %(number)s is entered.") if entered.made_at == now else _("Slip %(number)s was entered before.")
            )
            messages.success(request, said % {"number": entered.slip_number})
            return redirect("settlement:slips", reference)
    listed = CashMovement.objects.told().filter(drawer=drawer).exclude(slip_number="").order_by("-pk")
    context = {
        "drawer": drawer,
        "form": form,
        "page": Paginator(listed, LINES_ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "settlement/drawers/slips.html", context, status=422 if form.is_bound else 200)
