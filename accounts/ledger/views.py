"""The books, for those who keep and audit them."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import Role, User
from accounts.ledger import events, operations, queries
from accounts.ledger.forms import DayForm, ReasonForm
from accounts.ledger.models import Direction, JournalEntry, LedgerAccount, MonthClosing
from portal.core.language import localized
from portal.core.refusals import shown_above

LINES_ON_A_PAGE: Final = 50


@require_safe
@requires(*queries.READERS)
def trial_balance(request: HttpRequest) -> HttpResponse:
    """Show every account's balance at the end of a day."""
    form = DayForm(request.GET, today=timezone.localdate(), currencies=queries.currencies())
    context: dict[str, Any] = {"form": form, "check": queries.last_check(), "chains": queries.chain_checks()}
    if form.is_valid():
        context["trial"] = queries.trial_balance(form.cleaned_data["on"], currency=form.cleaned_data["currency"])
    return render(request, "ledger/trial_balance.html", context, status=200 if form.is_valid() else 422)


@require_safe
@requires(*queries.READERS)
def balance_sheet(request: HttpRequest) -> HttpResponse:
    """Show what the bank owns, owes and earned at the end of a day."""
    form = DayForm(request.GET, today=timezone.localdate(), currencies=queries.currencies())
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        sheet = queries.balance_sheet(form.cleaned_data["on"], currency=form.cleaned_data["currency"])
        context |= {"sheet": sheet, "parts": _parts(sheet)}
    return render(request, "ledger/balance_sheet.html", context, status=200 if form.is_valid() else 422)


def _parts(sheet: queries.BalanceSheet) -> list[dict[str, Any]]:
    """Lay a balance sheet out: contra accounts are taken off, what holds nothing is left out."""
    equity = [(_("Earnings not yet carried over"), "", sheet.earnings)] if sheet.earnings else []
    return [
        {"title": _("Assets"), "rows": _rows(sheet.assets, Direction.DEBIT), "total": sheet.assets_total},
        {
            "title": _("Liabilities"),
            "rows": _rows(sheet.liabilities, Direction.CREDIT),
            "total": sheet.liabilities_total,
        },
        {"title": _("Equity"), "rows": _rows(sheet.equity, Direction.CREDIT) + equity, "total": sheet.equity_total},
    ]


def _rows(rows: tuple[queries.TrialBalanceRow, ...], side: Direction) -> list[tuple[str, str, Decimal]]:
    told = []
    for row in rows:
        amount = row.amount if row.ledger_account.normal_side == side else -row.amount
        if amount:
            told.append((localized(row.ledger_account, "name"), row.ledger_account.code, amount))
    return told


@require_safe
@requires(*queries.READERS)
def months(request: HttpRequest) -> HttpResponse:
    """List the closed months, and what closing the next would close; one of operations asks, another closes."""
    user = user_of(request)
    closed = list(queries.closed_months().select_related("closing"))
    waiting, following = queries.closing_that_waits(), queries.month_to_close(timezone.localdate())
    people = {each.closed_by for each in closed} | {
        each.closing.asked_by for each in closed if hasattr(each, "closing")
    }
    names = User.objects.in_bulk(people | ({waiting.asked_by} if waiting else set()), field_name="reference")
    last_date = waiting.last_date if waiting else following
    operates = user.has_role(Role.OPERATIONS)
    is_own = waiting is not None and waiting.asked_by == user.reference
    context = {
        "rows": [
            {
                "period": each,
                "by": names.get(each.closed_by, each.closed_by),
                "asked_by": names.get(each.closing.asked_by, each.closing.asked_by) if hasattr(each, "closing") else "",
            }
            for each in closed
        ],
        "preview": queries.closing_preview(last_date) if last_date else None,
        "waiting": waiting,
        "asked_by": names.get(waiting.asked_by, waiting.asked_by) if waiting else "",
        "may_ask": operates and not waiting,
        "may_close": operates and waiting and not is_own,
        "may_decline": operates and waiting,
        "is_own": is_own,
        "reason_form": ReasonForm(),
    }
    return render(request, "ledger/months.html", context)


@require_POST
@requires(Role.OPERATIONS)
def ask_to_close_month(request: HttpRequest) -> HttpResponse:
    """Ask a colleague to close a month."""
    month = _month(request)
    with shown_above(request):
        operations.ask_to_close_month(month, on=timezone.localdate(), at=timezone.now(), by=_actor(request))
        messages.success(request, _("A colleague closes the month now."))
    return redirect("ledger:months")


def _month(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.POST.get("month", ""))
    except ValueError as error:
        raise Http404 from error


def _actor(request: HttpRequest) -> str:
    user = user_of(request)
    return str(user.reference)


def _waiting(request: HttpRequest) -> MonthClosing:
    """Find the closing that the page showed, so that nobody decides on another."""
    found = MonthClosing.objects.filter(last_date=_month(request)).order_by("-pk").first()
    if found is None:
        raise Http404
    return found


@require_POST
@requires(Role.OPERATIONS)
def close_month(request: HttpRequest) -> HttpResponse:
    """Close the month that a colleague asked to close, for good."""
    found = _waiting(request)
    with shown_above(request):
        operations.close_month(found, at=timezone.now(), by=_actor(request))
        messages.success(request, _("The month is closed."))
    return redirect("ledger:months")


@require_POST
@requires(Role.OPERATIONS)
def decline_closing(request: HttpRequest) -> HttpResponse:
    """Leave a month open that somebody asked to close."""
    found = _waiting(request)
    with shown_above(request):
        reason = request.POST.get("reason", "")
        operations.decline_closing(found, reason=reason, at=timezone.now(), by=_actor(request))
        messages.success(request, _("The month stays open."))
    return redirect("ledger:months")


@require_safe
@requires(*queries.READERS)
def ledger_account(request: HttpRequest, code: str) -> HttpResponse:
    """Show an account of the books with its postings, or a summary with those of the accounts below it."""
    account = get_object_or_404(LedgerAccount, code=code)
    page = Paginator(queries.postings(account), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [{"posting": posting, "event": events.name_of(posting.entry.event)} for posting in page]
    context = {"account": account, "balance": queries.balance(account), "page": page, "rows": rows}
    return render(request, "ledger/account.html", context)


@require_safe
@requires(*queries.READERS)
def entry(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an entry with its postings, and what it reverses or is reversed by."""
    entries = JournalEntry.objects.select_related("reverses", "reversed_by")
    found = get_object_or_404(entries, reference=reference)
    context = {
        "entry": found,
        "event": events.name_of(found.event),
        "by": User.objects.filter(reference=found.by).first()
        or (_("The system") if found.by == "system" else found.by),
        "reversed_by": getattr(found, "reversed_by", None),
        "postings": found.postings.select_related("ledger_account").order_by("line_number"),
    }
    return render(request, "ledger/entry.html", context)
