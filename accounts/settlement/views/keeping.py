"""Pages of money that is kept back on an account."""

from collections.abc import Callable, Mapping
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
from accounts.settlement.doors import actor, visible_account
from accounts.settlement.forms.keeping import KeepForm, KeptPayeeForm, PayKeptForm
from accounts.settlement.forms.reasons import ReasonForm
from accounts.settlement.models import PaymentInstruction, SettlementAccount, Transfer
from accounts.settlement.queries import names_of
from accounts.settlement.queries.holding import KEPT_BACK
from portal.core.formats import money
from portal.core.refusals import shown_above, shown_on

NEWEST: Final = 10
SENT: Final = gettext_lazy("It leaves within 15 minutes. The owners are told.")
PAID: Final = ("captured_entry__transfer__destination__enterprise", "captured_entry__payment_instruction__payee")


@require_http_methods(["GET", "HEAD", "POST"])
@shows_books
def kept(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Show what is kept back, why and until when; operations keep more back."""
    account = visible_account(request, reference)
    if request.method == "POST":
        return _keep(request, account)
    return _page(request, account, KeepForm(currency=account.currency))


@requires(Role.OPERATIONS)
def _keep(request: HttpRequest, account: SettlementAccount) -> HttpResponse:
    form = KeepForm(request.POST, currency=account.currency)
    if form.is_valid():
        asked = dict(form.cleaned_data)
        key, amount = asked.pop("idempotency_key"), asked.pop("amount")
        with shown_on(form, KeepForm.FIELDS):
            operations.keep_back(account, amount, **asked, key=key, at=timezone.now(), by=actor(request))
            messages.success(request, _("The amount is kept back. The owners are told."))
            return redirect("settlement:kept", reference=account.reference)
    return _page(request, account, form, status=422)


def _page(request: HttpRequest, account: SettlementAccount, form: KeepForm, *, status: int = 200) -> HttpResponse:
    holds = list(queries.with_payees(ledger.pending_holds(account.ledger_account)))
    ended = ledger.ended_holds(account.ledger_account).filter(event=KEPT_BACK).select_related(*PAID)[:NEWEST]
    operates = request.user.has_role(Role.OPERATIONS)  # type: ignore[union-attr]  # signed in
    people = [person for each in [*holds, *ended] for person in (each.placed_by, each.ended_by)]
    people += [payee.added_by for each in holds for payee in each.named]  # type: ignore[attr-defined]  # prefetched
    names, by = (names_of(people), actor(request)) if operates else ({}, "")
    context = {
        "account": account,
        "rows": [_row(each, account, names=names, by=by) for each in holds],
        "ended": [_ended_row(each, account, names=names) for each in ended],
        "form": form if operates and account.status != "closed" else None,
        "banks": banks.offered(),
    }
    return render(request, "settlement/kept.html", context, status=status)


def _row(hold: Hold, account: SettlementAccount, *, names: Mapping[str, str], by: str) -> dict[str, Any]:
    """Tell of a hold, and what a person of operations may do with it; nobody else is named anybody."""
    payee = next(iter(hold.named), None)  # type: ignore[attr-defined]  # prefetched
    operates = bool(by) and hold.event == KEPT_BACK
    return {
        "hold": hold,
        "last": hold.expires_at - timedelta(microseconds=1),
        "by": names.get(hold.placed_by, ""),
        "payee": payee,
        "named_by": names.get(payee.added_by, "") if payee and payee.added_by != hold.placed_by else "",
        "may_name": operates,
        "may_pay": operates and payee and payee.added_by != by,
        "is_namer": operates and payee and payee.added_by == by,
        "may_let_go": operates and hold.placed_by != by,
        "is_own": operates and hold.placed_by == by,
        "reason_form": ReasonForm(auto_id=f"id_{hold.reference}_%s"),
        "pay_form": PayKeptForm(
            auto_id=f"id_{hold.reference}_%s", initial={"amount": hold.amount}, currency=account.currency
        ),
    }


def _ended_row(hold: Hold, account: SettlementAccount, *, names: Mapping[str, str]) -> dict[str, Any]:
    payment = _payment_of(hold)
    return {
        "hold": hold,
        "how": _how_ended(hold, account, by=names.get(hold.ended_by, "")),
        "payment": payment,
        "why": payment and _why(payment),
        "placed_by": names.get(hold.placed_by, ""),
    }


def _why(payment: PaymentInstruction) -> str:
    if payment.is_to_void:
        return _("The bank may cancel this payment. It is not sent until that is decided.")
    return return_reasons.words(payment.reason)


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

    def act(account: SettlementAccount, found: Hold) -> None:
        reason = request.POST.get("reason", "")
        operations.let_go(account, found, reason=reason, at=timezone.now(), by=actor(request))
        messages.success(request, _("The amount is no longer kept back."))

    return _ended(request, reference, hold, act)


def _ended(
    request: HttpRequest, reference: str, hold: str, end: Callable[[SettlementAccount, Hold], None]
) -> HttpResponse:
    """End what is kept back, or say why not; whoever ended it before clicked twice."""
    account, found = _kept(request, reference, hold)
    if found.ended_by != actor(request):
        with shown_above(request):
            end(account, found)
    return redirect("settlement:kept", reference=account.reference)


def _kept(request: HttpRequest, reference: str, hold: str) -> tuple[SettlementAccount, Hold]:
    account = visible_account(request, reference)
    holds = queries.with_payees(Hold.objects.filter(ledger_account=account.ledger_account, event=KEPT_BACK))
    return account, get_object_or_404(holds, reference=hold)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.OPERATIONS)
def payee(request: HttpRequest, reference: str, hold: str) -> HttpResponse:
    """Name the account to which what is kept back may be paid, in place of the one that was."""
    account, found = _kept(request, reference, hold)
    form = KeptPayeeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with shown_on(form, form.FIELDS):
            operations.name_payee(account, found, **form.cleaned_data, at=timezone.now(), by=actor(request))
            messages.success(request, _("The account is named. A colleague can pay it there."))
            return redirect("settlement:kept", reference=account.reference)
    context = {"account": account, "hold": found, "named": found.named, "form": form, "banks": banks.offered()}  # type: ignore[attr-defined]  # prefetched
    return render(request, "settlement/kept_payee.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Role.OPERATIONS)
def pay(request: HttpRequest, reference: str, hold: str) -> HttpResponse:
    """Pay what is kept back, or a part of it, to the account that a colleague named."""

    def act(account: SettlementAccount, found: Hold) -> None:
        form, now = PayKeptForm(request.POST, currency=account.currency), timezone.now()
        if not form.is_valid():
            messages.error(request, " ".join(str(each) for each in form.errors["amount"]))
            return
        amount, seen, on = form.cleaned_data["amount"], request.POST.get("seen", ""), timezone.localdate(now)
        made = operations.pay_kept(account, found, amount, seen=seen, on=on, at=now, by=actor(request))
        messages.success(request, _("It is paid. The owners are told.") if isinstance(made, Transfer) else SENT)

    return _ended(request, reference, hold, act)
