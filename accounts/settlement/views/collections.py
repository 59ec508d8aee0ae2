"""Pages where an enterprise asks for payments: requests and bill plans, their state, reminders, slips."""

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity import phones
from accounts.settlement import operations, writing
from accounts.settlement.doors import actor, only_members, role_in, visible_account
from accounts.settlement.forms.collections import BillPlanForm, RequestForm
from accounts.settlement.models import BillPlan, PaymentRequest
from accounts.settlement.queries import collections as queries
from accounts.settlement.requesting import PAYABLE, PlanStatus, RequestStatus
from accounts.settlement.standing import Frequency
from accounts.settlement.views.acting import verb
from portal.core.files import private_file
from portal.core.formats import day, money
from portal.core.refusals import shown_on

LINES_ON_A_PAGE: Final = 25
USUAL_DAYS: Final = timedelta(days=14)
FIELDS: Final = {"request_date_wrong": "due_date", "amount_refused": "amount"}
PLAN_FIELDS: Final = {
    "request_date_wrong": "first_date",
    "bill_plan_ends_early": "last_date",
    "amount_refused": "amount",
    "customer_unreachable": "customer_phone",
}


@require_safe
def request_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what an account asks for: what is open first, with its sums."""
    account = visible_account(request, reference)
    today = timezone.localdate()
    asked = PaymentRequest.objects.filter(settlement_account=account).select_related("settlement_account", "plan")
    show = request.GET.get("show", "open")
    if show == "open":
        asked = asked.payable().order_by("due_date", "pk")
    elif show == "paid":
        asked = asked.filter(status=RequestStatus.PAID).order_by("-ended_at", "-pk")
    else:
        show, asked = "all", asked.order_by("-pk")
    page = Paginator(asked, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "account": account,
        "page": page,
        "rows": [{"request": each, "badge": _badge(each), "amount": _amount(each)} for each in page],
        "totals": queries.totals(account, on=today),
        "show": show,
        "views": [("open", RequestStatus.OPEN.label), ("paid", RequestStatus.PAID.label), ("all", _("All"))],
        "may_act": bool(role_in(request, account.enterprise)) and account.status == "open",
    }
    return render(request, "settlement/requests/list.html", context)


def _badge(asked: PaymentRequest) -> Any:
    return queries.badge_of(asked, on=timezone.localdate(), overdue=_("Overdue"))


def _amount(asked: PaymentRequest) -> str:
    return money(asked.amount, asked.settlement_account.currency) if asked.amount else _("the payer says how much")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for a payment."""
    account = visible_account(request, reference)
    only_members(request, account.enterprise)
    first = {"due_date": timezone.localdate() + USUAL_DAYS, "customer_language": get_language()}
    form = RequestForm(request.POST or None, initial=first, currency=account.currency)
    if request.method == "POST" and form.is_valid():
        with shown_on(form, FIELDS):
            made = operations.request_payment(
                account,
                form.asked,
                key=form.cleaned_data["idempotency_key"],
                on=timezone.localdate(),
                at=timezone.now(),
                by=actor(request),
            )
            messages.success(request, _("The request is made. Show the code, or send the link."))
            return redirect("settlement:payment_request", reference=made.reference)
    status = 422 if form.is_bound else 200
    return render(request, "settlement/requests/new.html", {"account": account, "form": form}, status=status)


def _visible(request: HttpRequest, reference: str) -> PaymentRequest:
    asked = PaymentRequest.objects.visible_to(request.user).select_related("settlement_account__enterprise", "plan")
    return get_object_or_404(asked, reference=reference)


@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a request: its code and link, what came, and to whom the bank wrote."""
    asked = _visible(request, reference)
    member = bool(role_in(request, asked.settlement_account.enterprise))
    payable = asked.status in PAYABLE
    context = {
        "asked": asked,
        "account": asked.settlement_account,
        "badge": _badge(asked),
        "rows": _rows(asked),
        "code": mark_safe(queries.code_of(asked)) if asked.is_payable else "",  # noqa: S308 - drawn by segno
        "receipts": asked.receipts.filter(withdrawn_at=None).order_by("-pk"),
        "sent": asked.messages.order_by("-pk"),
        "may_act": member and payable,
        "may_remind": member and payable and asked.is_reachable,
    }
    return render(request, "settlement/requests/detail.html", context)


def _rows(asked: PaymentRequest) -> list[dict[str, str | None]]:
    currency = asked.settlement_account.currency
    rows: list[dict[str, str | None]] = [{"label": _("Amount"), "value": _amount(asked)}]
    if asked.received_amount:
        rows.append({"label": _("Received"), "value": money(asked.received_amount, currency)})
    if asked.allows_parts and asked.status in PAYABLE:
        rows.append({"label": _("Still to be paid"), "value": money(asked.open_amount, currency)})
    return [
        *rows,
        {"label": _("What for"), "value": asked.text or None},
        {"label": _("To be paid by"), "value": day(asked.due_date)},
        {"label": _("Reference for the transfer"), "value": asked.grouped_reference},
        {"label": _("Into account"), "value": asked.settlement_account.grouped_number},
        *_customer(asked),
    ]


def _customer(asked: PaymentRequest | BillPlan) -> list[dict[str, str | None]]:
    told = [asked.customer_name, phones.readable(asked.customer_phone), asked.customer_email]
    return [{"label": _("Customer"), "value": " · ".join(part for part in told if part) or None}]


@require_safe
def slip(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out a request on paper."""
    asked = _visible(request, reference)
    language = request.GET.get("language") or get_language() or settings.LANGUAGE_CODE
    if language not in dict(settings.LANGUAGES) or not asked.is_payable:
        raise Http404
    content = writing.payment_slip(asked, code=queries.code_of(asked), language=language)
    return private_file(content, name=f"request-{asked.reference}.pdf", media_type="application/pdf")


cancel = verb(
    operations.cancel_request,
    find=_visible,
    said=gettext_lazy("The request is canceled. Its link no longer takes a payment."),
    back="settlement:payment_request",
)
remind = verb(
    operations.remind,
    find=_visible,
    said=gettext_lazy("The reminder is on its way."),
    back="settlement:payment_request",
    dated=True,
)


@require_safe
def plan_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an account's bill plans, those that run first."""
    account = visible_account(request, reference)
    plans = BillPlan.objects.filter(settlement_account=account).order_by("ended_at", "next_due_date", "-pk")
    page = Paginator(plans, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    may_act = bool(role_in(request, account.enterprise)) and account.status == "open"
    return render(request, "settlement/bills/list.html", {"account": account, "page": page, "may_act": may_act})


@require_http_methods(["GET", "HEAD", "POST"])
def plan_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Plan bills to a customer."""
    account = visible_account(request, reference)
    only_members(request, account.enterprise)
    first = {"first_date": timezone.localdate() + USUAL_DAYS, "customer_language": get_language()}
    form = BillPlanForm(request.POST or None, initial=first, currency=account.currency)
    if request.method == "POST" and form.is_valid():
        with shown_on(form, PLAN_FIELDS):
            made = operations.plan_bills(
                account,
                form.terms,
                key=form.cleaned_data["idempotency_key"],
                on=timezone.localdate(),
                at=timezone.now(),
                by=actor(request),
            )
            messages.success(request, _("The bills are planned. The first one is sent in time by itself."))
            return redirect("settlement:bill_plan", reference=made.reference)
    context = {"account": account, "form": form, "ahead": settings.BILL_AHEAD_DAYS}
    return render(request, "settlement/bills/new.html", context, status=422 if form.is_bound else 200)


def _visible_plan(request: HttpRequest, reference: str) -> BillPlan:
    plans = BillPlan.objects.visible_to(request.user).select_related("settlement_account__enterprise")
    return get_object_or_404(plans, reference=reference)


@require_safe
def plan(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a bill plan and its bills."""
    found = _visible_plan(request, reference)
    account = found.settlement_account
    bills = found.payment_requests.select_related("settlement_account").order_by("-due_date")
    page = Paginator(bills, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    rows: list[dict[str, str | None]] = [
        *_customer(found),
        {"label": _("Amount of each bill"), "value": money(found.amount, account.currency)},
        {"label": _("What for"), "value": found.text or None},
        {"label": _("How often"), "value": str(Frequency(found.frequency).label)},
        {"label": _("Next bill to be paid by"), "value": day(found.next_due_date) if found.next_due_date else None},
        {"label": _("Last date"), "value": day(found.last_date) if found.last_date else None},
    ]
    context = {
        "plan": found,
        "account": account,
        "rows": rows,
        "page": page,
        "bills": [{"request": each, "badge": _badge(each)} for each in page],
        "ahead": settings.BILL_AHEAD_DAYS,
        "may_stop": bool(role_in(request, account.enterprise)) and found.status == PlanStatus.ACTIVE,
    }
    return render(request, "settlement/bills/detail.html", context)


plan_stop = verb(
    operations.stop_plan,
    find=_visible_plan,
    said=gettext_lazy("No more bills are made. Those that were sent can still be paid."),
    back="settlement:bill_plan",
)
