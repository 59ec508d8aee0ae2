"""The public page of a request for payment: whoever has the link sees how to pay; customers of the bank pay there."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.access import user_of
from accounts.settlement import operations, writing
from accounts.settlement.doors import actor
from accounts.settlement.forms.collections import PayRequestForm
from accounts.settlement.models import PaymentRequest
from accounts.settlement.queries import collections as queries
from accounts.settlement.views.checking import Way, go_on, look_at_payment
from accounts.settlement.views.paying import say_sent
from portal.core.formats import day, money
from portal.core.language import bank_name


def _asked(token: str) -> PaymentRequest:
    return get_object_or_404(PaymentRequest.objects.select_related("settlement_account__enterprise"), token=token)


@login_not_required
@require_safe
@never_cache
def request_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show who asks for how much, and how to pay."""
    asked = _asked(token)
    return _page(request, asked, _form(request, asked))


def _form(request: HttpRequest, asked: PaymentRequest) -> PayRequestForm | None:
    """Give the form to whoever owns an account that can pay; to everyone else none."""
    user = user_of(request)
    if not user.is_authenticated or not asked.is_payable:
        return None
    sources = queries.accounts_to_pay_from(user, asked)
    if not sources.exists():
        return None
    fixed = asked.amount is not None and not asked.allows_parts
    currency = asked.settlement_account.currency
    return PayRequestForm(request.POST or None, sources=sources, left=asked.open_amount, fixed=fixed, currency=currency)


def _page(request: HttpRequest, asked: PaymentRequest, form: PayRequestForm | None) -> HttpResponse:
    account = asked.settlement_account
    context = {
        "asked": asked,
        "account": account,
        "badge": queries.badge_of(asked, on=timezone.localdate(), overdue=_("Overdue")),
        "rows": _rows(asked),
        "outside": _outside(asked),
        "form": form,
        "sign_in": f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path.removesuffix('send/')})}",
    }
    is_refused = form is not None and form.is_bound and bool(form.errors)
    response = render(request, "settlement/requests/public.html", context, status=422 if is_refused else 200)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _rows(asked: PaymentRequest) -> list[dict[str, str | None]]:
    currency = asked.settlement_account.currency
    rows: list[dict[str, str | None]] = [{"label": _("What for"), "value": asked.text}] if asked.text else []
    rows.append({"label": _("To be paid by"), "value": day(asked.due_date)})
    if asked.received_amount and asked.amount:
        rows.append({"label": _("Already received"), "value": money(asked.received_amount, currency)})
    return rows


def _outside(asked: PaymentRequest) -> list[dict[str, str | None]]:
    account = asked.settlement_account
    amount = money(asked.open_amount, account.currency) if asked.amount else _("as you like")
    codes: list[dict[str, str | None]] = [{"label": label, "value": code} for label, code in writing.own_codes()]
    return [
        {"label": _("Account holder"), "value": account.enterprise.legal_name},
        {"label": _("Account number"), "value": account.grouped_number},
        {"label": _("Bank"), "value": bank_name()},
        *codes,
        {"label": _("Amount"), "value": amount},
        {"label": _("Reference for the transfer"), "value": asked.grouped_reference},
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Pay a request from an account of the person's own enterprise."""
    asked = _asked(token)
    form = _form(request, asked)
    if form is None and asked.is_payable and request.method == "POST":
        raise PermissionDenied
    if form is None or request.method != "POST":  # as after signing in, or with another language
        return redirect("collecting:request", token=token)
    return go_on(request, form, lambda: _way(request, asked, form)) or _page(request, asked, form)


def _way(request: HttpRequest, asked: PaymentRequest, form: PayRequestForm) -> Way:
    source, amount, key = (form.cleaned_data[name] for name in ("source", "amount", "idempotency_key"))
    told = {"key": key, "on": timezone.localdate(), "at": timezone.now(), "by": actor(request)}
    home = reverse("collecting:request", args=[asked.token])

    def make(code: str) -> HttpResponse:
        say_sent(request, operations.pay_request(asked, source, amount, code=code, **told))
        return redirect(home)

    return Way(
        title=_("Check the payment"),
        button=_("Pay now"),
        review=lambda: operations.review_request(asked, source, amount, **told),
        look=look_at_payment,
        make=make,
        fields=PayRequestForm.FIELDS,
        first=lambda _made: (home, _("See the request")),
    )
