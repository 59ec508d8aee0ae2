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
from accounts.ledger.models import Hold
from accounts.ledger.states import HoldStatus
from accounts.settlement import operations, queries
from accounts.settlement.forms.keeping import KeepForm, PayKeptForm
from accounts.settlement.forms.reasons import ReasonForm
from accounts.settlement.models import SettlementAccount
from accounts.settlement.queries import names_of
from accounts.settlement.queries.holding import KEPT_BACK
from accounts.settlement.views.doors import actor, visible_account
from portal.core.formats import money
from portal.core.money import rounded
from portal.core.refusals import shown_above, shown_on

NEWEST: Final = 10
PAID: Final = "captured_entry__transfer__destination__enterprise"


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
    ended = ledger.ended_holds(account.ledger_account).filter(event=KEPT_BACK).select_related(PAID)[:NEWEST]
    names = names_of(person for each in [*holds, *ended] for person in (each.placed_by, each.ended_by))
    goals = queries.goals_of(account, holds)
    operates = request.user.has_role(Role.OPERATIONS)  # type: ignore[union-attr]  # signed in
    context = {
        "account": account,
        "rows": [
            {
                "hold": each,
                "last": each.expires_at - timedelta(microseconds=1),
                "by": names[each.placed_by] if operates else "",
                "goal": goals.get(each.subject),
                "may_let_go": operates and each.event == KEPT_BACK and each.placed_by != actor(request),
                "is_own": operates and each.placed_by == actor(request),
                "reason_form": ReasonForm(auto_id=f"id_{each.reference}_%s"),
                "pay_form": PayKeptForm(
                    auto_id=f"id_{each.reference}_%s", initial={"amount": rounded(each.amount, account.currency)}
                ),
            }
            for each in holds
        ],
        "ended": [
            {
                "hold": each,
                "how": _how_ended(each, account, by=names[each.ended_by] if operates else ""),
                "placed_by": names[each.placed_by] if operates else "",
            }
            for each in ended
        ],
        "form": form if operates and account.status != "closed" else None,
    }
    return render(request, "settlement/kept.html", context, status=status)


def _how_ended(hold: Hold, account: SettlementAccount, *, by: str) -> str:
    """Say how a hold ended; by whom only where the reader is told names."""
    if hold.status == HoldStatus.VOIDED:
        return _("let go by %(name)s") % {"name": by} if by else _("let go")
    if hold.captured_entry is None:
        return _("its last day is over")
    paid = hold.captured_entry.transfer
    told = {"amount": money(paid.amount, account.currency), "name": paid.destination.enterprise.legal_name}
    words = _("%(amount)s paid to %(name)s") % told
    return f"{words} · {by}" if by else words


@require_POST
@requires(Role.OPERATIONS)
def let_go(request: HttpRequest, reference: str, hold: str) -> HttpResponse:
    """Let go of what a colleague kept back."""
    account, found = _kept(request, reference, hold)
    with shown_above(request):
        reason = request.POST.get("reason", "")
        operations.let_go(account, found, reason=reason, at=timezone.now(), by=actor(request))
        messages.success(request, _("The amount is no longer kept back."))
    return redirect("settlement:kept", reference=account.reference)


def _kept(request: HttpRequest, reference: str, hold: str) -> tuple[SettlementAccount, Hold]:
    account = visible_account(request, reference)
    pending = ledger.pending_holds(account.ledger_account)
    return account, get_object_or_404(pending, reference=hold, event=KEPT_BACK)


@require_POST
@requires(Role.OPERATIONS)
def pay(request: HttpRequest, reference: str, hold: str) -> HttpResponse:
    """Pay what a colleague kept back, or a part of it, to the account that the colleague named."""
    account, found = _kept(request, reference, hold)
    form = PayKeptForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(each) for each in form.errors["amount"]))
    else:
        with shown_above(request):
            amount, now = form.cleaned_data["amount"], timezone.now()
            operations.pay_kept(account, found, amount, on=timezone.localdate(now), at=now, by=actor(request))
            messages.success(request, _("It is paid. The owners are told."))
    return redirect("settlement:kept", reference=account.reference)
