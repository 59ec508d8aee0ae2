"""Pages of standing orders: set up after a look at the dates, seen, agreed to, changed, paused, ended."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.settlement import operations, queries
from accounts.settlement.doors import actor, only_members, role_in, visible_account, visible_order
from accounts.settlement.forms.reasons import ReasonForm
from accounts.settlement.forms.standing import StandingOrderForm, as_filled
from accounts.settlement.models import Payee, SettlementAccount, StandingOrder, StandingOrderTerms
from accounts.settlement.standing import RUNNING, DayRule, Frequency, OrderStatus
from accounts.settlement.views.acting import verb
from accounts.settlement.views.checking import Way, go_on, go_on_alone
from portal.core.formats import day
from portal.core.refusals import sentence, shown_above
from portal.core.transitions import TransitionRefused

LINES_ON_A_PAGE = 25
FIELDS = {
    "standing_order_date_wrong": "first_date",
    "standing_order_ends_early": "last_date",
    "amount_refused": "amount",
}


@require_safe
def order_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an account's standing orders, those that run first."""
    account = visible_account(request, reference)
    orders = StandingOrder.objects.told().filter(settlement_account=account)
    page = Paginator(orders.order_by("ended_at", "next_pay_date", "-pk"), LINES_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "account": account,
        "page": page,
        "rows": [{"order": each, "terms": each.terms, "amount": each.terms.told_amount} for each in page],
        "may_act": bool(role_in(request, account.enterprise)) and account.status == "open",
    }
    return render(request, "settlement/standing/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, reference: str) -> HttpResponse:
    """Set up a standing order or a single payment on a day to come."""
    account = visible_account(request, reference)
    only_members(request, account.enterprise)
    deeds = (
        partial(operations.review_standing_order, account),
        partial(operations.set_up_standing_order, account),
    )
    return _filled_in(request, account, deeds, initial={"first_date": timezone.localdate()})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, reference: str) -> HttpResponse:
    """Change what a standing order pays."""
    order = visible_order(request, reference)
    account = order.settlement_account
    only_members(request, account.enterprise)
    deeds = partial(operations.review_order_change, order), partial(operations.change_standing_order, order)
    initial = as_filled(order.terms, first_date=order.next_due_date or timezone.localdate())
    return _filled_in(request, account, deeds, initial=initial, order=order)


Deeds = tuple[Callable[..., operations.PaymentReview[Any]], Callable[..., StandingOrder]]


def _filled_in(
    request: HttpRequest,
    account: SettlementAccount,
    deeds: Deeds,
    *,
    initial: dict[str, Any],
    order: StandingOrder | None = None,
) -> HttpResponse:
    """Go from the form to the dates it means, and from there to the order or back to the form."""
    usable = Payee.objects.usable(timezone.now()).filter(enterprise=account.enterprise).order_by("name", "pk")
    form = StandingOrderForm(request.POST or None, payees=usable, initial=initial, currency=account.currency)
    if answer := go_on(request, form, lambda: _setting(request, form, deeds)):
        return answer
    context = {"account": account, "order": order, "form": form, "has_payees": usable.exists()}
    refused = form.is_bound and not form.is_valid()
    return render(request, "settlement/standing/form.html", context, status=422 if refused else 200)


def _setting(request: HttpRequest, form: StandingOrderForm, deeds: Deeds) -> Way:
    review, make = deeds
    told = {"on": timezone.localdate(), "at": timezone.now(), "by": actor(request)}
    told["key"] = form.cleaned_data["idempotency_key"]

    def made(code: str) -> HttpResponse:
        order = make(form.terms, code=code, **told)
        waits = order.status == OrderStatus.WAITING or order.proposal
        messages.success(request, _("It waits for a second person.") if waits else _("The standing order is set."))
        return redirect("settlement:standing_order", order.reference)

    return Way(
        title=_("Check the standing order"),
        button=_("Set the standing order"),
        review=lambda: review(form.terms, **told),
        look=_look,
        make=made,
        fields=FIELDS,
        first=lambda made: (reverse("settlement:standing_order", args=[made]), _("See the standing order")),
        template="settlement/standing/check.html",
    )


def _look(review: operations.PaymentReview[Any]) -> dict[str, Any]:
    terms, first = review.leaving.terms, review.leaving.first
    dates = _dates(terms, after=first.due_date - timedelta(days=1), on=date.min)
    hindrance = _hindrance(terms, first.pay_date)
    return {"rows": _rows(terms, review.leaving.account), "dates": dates, "hindrance": hindrance}


def _dates(terms: StandingOrderTerms, *, after: date | None, on: date) -> list[dict[str, Any]]:
    upcoming = terms.rhythm.upcoming(after=after, on=on)
    return [{"due": each.due_date, "paid": each.pay_date, "moved": each.due_date != each.pay_date} for each in upcoming]


def _rows(terms: StandingOrderTerms, account: SettlementAccount) -> list[dict[str, str | None]]:
    on_last_day = _("on the last day of the month")
    last_day = f" · {on_last_day}" if terms.on_last_day else ""
    return [
        {"label": _("Payee"), "value": terms.payee.name},
        {"label": _("Account number of the payee"), "value": terms.payee.grouped_number},
        {"label": _("Bank"), "value": terms.payee.bank},
        {"label": _("Amount"), "value": terms.told_amount},
        {"label": _("What for"), "value": terms.text or None},
        {"label": _("From account"), "value": account.grouped_number},
        {"label": _("How often"), "value": f"{Frequency(terms.frequency).label}{last_day}"},
        {"label": _("First date"), "value": day(terms.first_date)},
        {"label": _("Last date"), "value": day(terms.last_date) if terms.last_date else None},
        {"label": _("When the bank is closed"), "value": str(DayRule(terms.day_rule).label)},
    ]


@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a standing order: what it pays, its next dates, and what became of those that were due."""
    order = visible_order(request, reference)
    account, terms, proposal = order.settlement_account, order.terms, order.proposal
    member = bool(role_in(request, account.enterprise))
    runs = order.runs.select_related("terms", "instruction").order_by("-due_date")
    page = Paginator(runs, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "order": order,
        "account": account,
        "rows": [*_rows(terms, account), *_people(terms)],
        "proposal_rows": _rows(proposal, account) if proposal and proposal.number > 1 else None,
        "dates": _upcoming(order),
        "hindrance": _hindrance(terms, order.next_pay_date),
        "page": page,
        "retry_days": settings.STANDING_ORDER_RETRY_DAYS,
        "may_act": member,
        "may_check": member and proposal is not None and proposal.made_by != actor(request),
        "may_change": member and order.status in RUNNING,
        "reason_form": ReasonForm(),
    }
    return render(request, "settlement/standing/detail.html", context)


def _hindrance(terms: StandingOrderTerms, on: date | None) -> str:
    """Say why the next date would not be paid; nothing where it would, or where there is none."""
    found = on and operations.hindrance(terms, on=on, at=timezone.now())
    return sentence(found) if found else ""


def _upcoming(order: StandingOrder) -> list[dict[str, Any]]:
    if order.next_due_date is None:
        return []
    return _dates(order.terms, after=order.next_due_date - timedelta(days=1), on=date.min)


def _people(terms: StandingOrderTerms) -> list[dict[str, str | None]]:
    names = queries.names_of([terms.made_by, terms.agreed_by])
    rows: list[dict[str, str | None]] = [{"label": _("Made by"), "value": names[terms.made_by]}]
    if terms.agreed_by:
        rows.append({"label": _("Checked by"), "value": names[terms.agreed_by]})
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, reference: str) -> HttpResponse:
    """Pay again: what will leave and when, then the deed."""
    order = visible_order(request, reference)
    only_members(request, order.settlement_account.enterprise)
    return go_on_alone(
        request, lambda: _resuming(request, order), back="settlement:standing_order", reference=reference
    )


def _resuming(request: HttpRequest, order: StandingOrder) -> Way:
    told: dict[str, Any] = {"on": timezone.localdate(), "at": timezone.now()}

    def make(code: str) -> HttpResponse:
        with suppress(TransitionRefused):  # resumed before, by a double click perhaps: its page says how it stands
            operations.resume_standing_order(order, code=code, by=actor(request), **told)
            said = _("The standing order pays again from %(day)s on.") % {"day": day(order.next_pay_date)}
            messages.success(request, said)
        return redirect("settlement:standing_order", order.reference)

    return Way(
        title=_("Check the standing order"),
        button=_("Pay again"),
        review=lambda: operations.review_resuming(order, **told),
        look=_look,
        make=make,
        template="settlement/standing/check.html",
    )


@require_POST
def confirm(request: HttpRequest, reference: str) -> HttpResponse:
    """Agree, as the second person, to what was shown."""
    order = visible_order(request, reference)
    only_members(request, order.settlement_account.enterprise)
    seen = request.POST.get("version", "")
    with shown_above(request):
        operations.confirm_standing_order(
            order,
            version=int(seen) if seen.isdecimal() else 0,
            on=timezone.localdate(),
            at=timezone.now(),
            by=actor(request),
        )
        messages.success(request, _("You agreed. The dates will be paid without asking again."))
    return redirect("settlement:standing_order", reference)


decline = verb(
    operations.decline_standing_order,
    find=visible_order,
    said=gettext_lazy("You did not agree."),
    back="settlement:standing_order",
    reasoned=True,
)
pause = verb(
    operations.pause_standing_order,
    find=visible_order,
    said=gettext_lazy("The standing order is paused. Dates that go by are not made up."),
    back="settlement:standing_order",
)
end = verb(
    operations.end_standing_order,
    find=visible_order,
    said=gettext_lazy("The standing order is ended."),
    back="settlement:standing_order",
)
