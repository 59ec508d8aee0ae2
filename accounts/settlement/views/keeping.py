"""Pages of money that is kept back on an account."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity.access import requires, shows_books
from accounts.identity.models import Role
from accounts.ledger import queries as ledger
from accounts.ledger.models import Hold
from accounts.ledger.states import HoldStatus
from accounts.settlement import banks, operations, queries, return_reasons
from accounts.settlement.forms.keeping import KeepForm, PayKeptForm
from accounts.settlement.forms.reasons import ReasonForm
from accounts.settlement.models import PaymentInstruction, SettlementAccount, Transfer
from accounts.settlement.queries import names_of
from accounts.settlement.queries.holding import KEPT_BACK
from accounts.settlement.views.doors import actor, visible_account
from portal.core.formats import money
from portal.core.money import rounded
from portal.core.refusals import shown_above, shown_on

NEWEST: Final = 10
SENT: Final = gettext_lazy("It leaves when the bank next sends payments. The owners are told.")
PAID: Final = ("captured_entry__transfer__destination__enterprise", "captured_entry__payment_instruction__payee")


@require_http_methods(["GET", "HEAD", "POST"])
@shows_books
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
    holds = list(ledger.pending_holds(account.ledger_account).select_related("payee"))
    ended = ledger.ended_holds(account.ledger_account).filter(event=KEPT_BACK).select_related(*PAID)[:NEWEST]
    goals = queries.goals_of(account, holds)
    operates = request.user.has_role(Role.OPERATIONS)  # type: ignore[union-attr]  # signed in
    people = [person for each in [*holds, *ended] for person in (each.placed_by, each.ended_by)]
    names, by = (names_of(people), actor(request)) if operates else ({}, "")
    context = {
        "account": account,
        "rows": [_row(each, account, goals.get(each.subject), names=names, by=by) for each in holds],
        "ended": [_ended_row(each, account, names=names) for each in ended],
        "form": form if operates and account.status != "closed" else None,
        "banks": banks.offered(),
    }
    return render(request, "settlement/kept.html", context, status=status)


def _row(
    hold: Hold, account: SettlementAccount, goal: SettlementAccount | None, *, names: Mapping[str, str], by: str
) -> dict[str, Any]:
    """Tell of a hold, and what a person of operations may do with it; nobody else is named anybody."""
    payee = getattr(hold, "payee", None)
    lets_go = bool(by) and hold.event == KEPT_BACK and hold.placed_by != by
    return {
        "hold": hold,
        "last": hold.expires_at - timedelta(microseconds=1),
        "by": names.get(hold.placed_by, ""),
        "goal": goal,
        "payee": payee,
        "is_named": bool(goal or payee),
        "may_let_go": lets_go,
        "may_pay": lets_go and bool(goal or payee),
        "is_own": hold.placed_by == by,
        "reason_form": ReasonForm(auto_id=f"id_{hold.reference}_%s"),
        "pay_form": PayKeptForm(
            auto_id=f"id_{hold.reference}_%s", initial={"amount": rounded(hold.amount, account.currency)}
        ),
    }


def _ended_row(hold: Hold, account: SettlementAccount, *, names: Mapping[str, str]) -> dict[str, Any]:
    payment = _payment_of(hold)
    return {
        "hold": hold,
        "how": _how_ended(hold, account, by=names.get(hold.ended_by, "")),
        "payment": payment,
        "why": payment and return_reasons.words(payment.reason),
        "placed_by": names.get(hold.placed_by, ""),
    }


def _how_ended(hold: Hold, account: SettlementAccount, *, by: str) -> str:
    """Say how a hold ended; by whom only where the reader is told names."""
    if hold.status == HoldStatus.VOIDED:
        return _("let go by %(name)s") % {"name": by} if by else _("let go")
    if hold.captured_entry is None:
        return _("its last day is over")
    if payment := _payment_of(hold):
        amount, name = payment.amount, payment.payee.name
    else:
        transfer = hold.captured_entry.transfer
        amount, name = transfer.amount, transfer.destination.enterprise.legal_name
    words = _("%(amount)s paid to %(name)s") % {"amount": money(amount, account.currency), "name": name}
    return f"{words} · {by}" if by else words


def _payment_of(hold: Hold) -> PaymentInstruction | None:
    """Find the payment by which what was kept back left the bank, if it did."""
    return getattr(hold.captured_entry, "payment_instruction", None)


@require_POST
@requires(Role.OPERATIONS)
def let_go(request: HttpRequest, reference: str, hold: str) -> HttpResponse:
    """Let go of what a colleague kept back."""
    account, found = _kept(request, reference, hold)
    if found.ended_by == actor(request):  # a second click
        return redirect("settlement:kept", reference=account.reference)
    with shown_above(request):
        reason = request.POST.get("reason", "")
        operations.let_go(account, found, reason=reason, at=timezone.now(), by=actor(request))
        messages.success(request, _("The amount is no longer kept back."))
    return redirect("settlement:kept", reference=account.reference)


def _kept(request: HttpRequest, reference: str, hold: str) -> tuple[SettlementAccount, Hold]:
    account = visible_account(request, reference)
    holds = Hold.objects.filter(ledger_account=account.ledger_account, event=KEPT_BACK)
    return account, get_object_or_404(holds, reference=hold)


@require_POST
@requires(Role.OPERATIONS)
def pay(request: HttpRequest, reference: str, hold: str) -> HttpResponse:
    """Pay what a colleague kept back, or a part of it, to the account that the colleague named."""
    account, found = _kept(request, reference, hold)
    if found.ended_by == actor(request):  # a second click
        return redirect("settlement:kept", reference=account.reference)
    form = PayKeptForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(each) for each in form.errors["amount"]))
    else:
        with shown_above(request):
            amount, now = form.cleaned_data["amount"], timezone.now()
            made = operations.pay_kept(account, found, amount, on=timezone.localdate(now), at=now, by=actor(request))
            messages.success(request, _("It is paid. The owners are told.") if isinstance(made, Transfer) else SENT)
    return redirect("settlement:kept", reference=account.reference)
