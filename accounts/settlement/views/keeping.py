"""Pages of money that is kept back on an account."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity.access import requires
from accounts.identity.models import Role
from accounts.ledger import queries as ledger
from accounts.ledger.states import HoldStatus
from accounts.settlement import operations
from accounts.settlement.forms import KeepForm, ReasonForm
from accounts.settlement.models import SettlementAccount
from accounts.settlement.operations.keeping import EVENT
from accounts.settlement.queries import names_of
from accounts.settlement.views.doors import actor, visible_account
from portal.core.refusals import shown_above, shown_on

NEWEST: Final = 10


@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Show what is kept back, why and until when; operations keep more back."""
    account = visible_account(request, reference)
    if request.method == "POST":
        return _keep(request, account)
    return _page(request, account, KeepForm())


@requires(Role.OPERATIONS)
def _keep(request: HttpRequest, account: SettlementAccount) -> HttpResponse:
    form = KeepForm(request.POST)
    if form.is_valid():
        asked = dict(form.cleaned_data)
        key, amount = asked.pop("idempotency_key"), asked.pop("amount")
        with shown_on(form, KeepForm.FIELDS):
            operations.keep_back(account, amount, **asked, key=key, at=timezone.now(), by=actor(request))
            messages.success(request, _("The amount is kept back. The owners are told."))
            return redirect("settlement:kept", reference=account.reference)
    return _page(request, account, form, status=422)


def _page(request: HttpRequest, account: SettlementAccount, form: KeepForm, *, status: int = 200) -> HttpResponse:
    holds = list(ledger.pending_holds(account.ledger_account))
    ended = list(ledger.ended_holds(account.ledger_account).filter(event=EVENT)[:NEWEST])
    names = names_of(person for each in [*holds, *ended] for person in (each.placed_by, each.ended_by))
    operates = request.user.has_role(Role.OPERATIONS)  # type: ignore[union-attr]  # signed in
    context = {
        "account": account,
        "rows": [
            {
                "hold": each,
                "last": each.expires_at - timedelta(microseconds=1),
                "by": names[each.placed_by] if operates else "",
                "may_let_go": operates and each.event == EVENT and each.placed_by != actor(request),
                "is_own": operates and each.placed_by == actor(request),
                "reason_form": ReasonForm(auto_id=f"id_{each.reference}_%s"),
            }
            for each in holds
        ],
        "ended": [
            {
                "hold": each,
                "how": _("let go") if each.status == HoldStatus.VOIDED else _("its last day is over"),
                "placed_by": names[each.placed_by] if operates else "",
                "ended_by": names[each.ended_by] if operates and each.status == HoldStatus.VOIDED else "",
            }
            for each in ended
        ],
        "form": form if operates and account.status != "closed" else None,
    }
    return render(request, "settlement/kept.html", context, status=status)


@require_POST
@requires(Role.OPERATIONS)
def let_go(request: HttpRequest, reference: str, hold: str) -> HttpResponse:
    """Let go of what a colleague kept back."""
    account = visible_account(request, reference)
    found = get_object_or_404(ledger.pending_holds(account.ledger_account), reference=hold, event=EVENT)
    with shown_above(request):
        reason = request.POST.get("reason", "")
        operations.let_go(account, found, reason=reason, at=timezone.now(), by=actor(request))
        messages.success(request, _("The amount is no longer kept back."))
    return redirect("settlement:kept", reference=account.reference)
