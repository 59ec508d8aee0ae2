"""Paying a saved payee: filled in, looked at, let go with a code where one is asked for."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity.models import User
from accounts.identity.queries import signs_with_authenticator
from accounts.settlement import operations
from accounts.settlement.forms.payments import CodeForm, PaymentForm
from accounts.settlement.models import Payee, PaymentInstruction, SettlementAccount
from accounts.settlement.views.doors import actor, only_members, refused, visible_account
from accounts.settlement.views.payments import said
from portal.core.formats import day, money
from portal.core.idempotency import KeyReused
from portal.core.refusals import Refusal, sentence, shown_above


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """Pay a saved payee: the form, then what will leave, then the payment."""
    account = visible_account(request, reference)
    only_members(request, account.enterprise)
    usable = Payee.objects.usable(timezone.now()).filter(enterprise=account.enterprise).order_by("name", "pk")
    form = PaymentForm(request.POST or None, payees=usable)
    if request.method == "POST" and "again" not in request.POST and form.is_valid():
        answer = _made(request, account, form) if "confirm" in request.POST else _looked_at(request, account, form)
        if answer:
            return answer
    context = {"account": account, "form": form, "has_payees": usable.exists()}
    return render(request, "settlement/pay.html", context, status=422 if form.is_bound and form.errors else 200)


def _asked(form: PaymentForm) -> dict[str, Any]:
    return {"text": form.cleaned_data["text"], "key": form.cleaned_data["idempotency_key"], "at": timezone.now()}


def _made(request: HttpRequest, account: SettlementAccount, form: PaymentForm) -> HttpResponse | None:
    """Make the payment, or show again what it lacks."""
    payee, amount = form.cleaned_data["payee"], form.cleaned_data["amount"]
    code_form = CodeForm(request.POST)
    code = code_form.cleaned_data["code"] if code_form.is_valid() else ""
    try:
        made = operations.pay(
            account, payee, amount, on=timezone.localdate(), by=actor(request), code=code, **_asked(form)
        )
    except Refusal as refusal:
        if refusal.code in CodeForm.REFUSALS:
            if not code_form.errors:
                code_form.add_error("code", sentence(refusal))
            return _looked_at(request, account, form, code_form=code_form)
        _refuse(form, account, refusal)
        return None
    messages.success(request, said(made))
    return redirect("settlement:payment", reference=made.reference)


def _looked_at(
    request: HttpRequest, account: SettlementAccount, form: PaymentForm, *, code_form: CodeForm | None = None
) -> HttpResponse | None:
    """Show what will leave, to whom, and what is left; send the code that lets it go, if that was asked for."""
    payee, amount, by = form.cleaned_data["payee"], form.cleaned_data["amount"], cast("User", request.user)
    asked, today = _asked(form), timezone.localdate()
    try:
        review = operations.review_payment(
            account, payee, amount, key=asked["key"], on=today, at=asked["at"], by=by.reference
        )
    except Refusal as refusal:
        _refuse(form, account, refusal)
        return None
    is_code_sent = "code_sent" in request.POST
    if "send_code" in request.POST:
        with shown_above(request):
            operations.send_payment_code(account, payee, amount, by=by, **asked)
            messages.success(request, _("We sent a code to your phone. It is good for ten minutes."))
            is_code_sent = True
    context = {
        "account": account,
        "payee": payee,
        "amount": amount,
        "review": review,
        "rows": _rows(account, form, review),
        "kept": [(field.html_name, field.value() or "") for field in form],
        "code_form": code_form or CodeForm(),
        "is_code_sent": is_code_sent,
        "by_authenticator": signs_with_authenticator(by),
    }
    return render(request, "settlement/pay_check.html", context, status=422 if code_form else 200)


def _rows(account: SettlementAccount, form: PaymentForm, review: operations.PaymentReview) -> list[dict[str, str]]:
    payee: Payee = form.cleaned_data["payee"]
    return [
        {"label": _("Payee"), "value": payee.name},
        {"label": _("Bank"), "value": payee.bank},
        {"label": _("Account number of the payee"), "value": payee.grouped_number},
        {"label": _("What for"), "value": form.cleaned_data["text"] or "–"},
        {"label": _("Date"), "value": day(timezone.localdate())},
        {"label": _("Fee"), "value": _("None")},
        {"label": _("From account"), "value": account.grouped_number},
        {"label": _("Balance after the payment"), "value": money(review.balance_after, account.currency)},
    ]


def _refuse(form: PaymentForm, account: SettlementAccount, refusal: Refusal) -> None:
    """Say on the form why not; what was sent before is one step away."""
    first = refusal.params.get("answer") if isinstance(refusal, KeyReused) else None
    if first and PaymentInstruction.objects.filter(reference=first).exists():
        url = reverse("settlement:payment", args=[first])
        form.add_error(None, format_html('{} <a href="{}">{}</a>', sentence(refusal), url, _("See the first payment")))
    else:
        refused(form, account, refusal, PaymentForm.FIELDS)
