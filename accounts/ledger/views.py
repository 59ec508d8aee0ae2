"""The books, for those who keep and audit them."""

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.identity.access import requires
from accounts.identity.models import Role, User
from accounts.ledger import events, queries
from accounts.ledger.forms import DayForm
from accounts.ledger.models import JournalEntry, LedgerAccount

READERS: Final = (Role.AUDITOR, Role.OPERATIONS, Role.ADMINISTRATOR, Role.RISK_ANALYST)
LINES_ON_A_PAGE: Final = 50


@require_safe
@requires(*READERS)
def trial_balance(request: HttpRequest) -> HttpResponse:
    """Show every account's balance at the end of a day."""
    form = DayForm(request.GET, today=timezone.localdate(), currencies=queries.currencies())
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context["trial"] = queries.trial_balance(form.cleaned_data["on"], currency=form.cleaned_data["currency"])
    return render(request, "ledger/trial_balance.html", context, status=200 if form.is_valid() else 422)


@require_safe
@requires(*READERS)
def ledger_account(request: HttpRequest, code: str) -> HttpResponse:
    """Show an account of the books with its postings, or a summary with those of the accounts below it."""
    account = get_object_or_404(LedgerAccount, code=code)
    page = Paginator(queries.postings(account), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [{"posting": posting, "event": events.name_of(posting.entry.event)} for posting in page]
    context = {"account": account, "balance": queries.balance(account), "page": page, "rows": rows}
    return render(request, "ledger/account.html", context)


@require_safe
@requires(*READERS)
def entry(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an entry with its postings, and what it reverses or is reversed by."""
    entries = JournalEntry.objects.select_related("reverses", "reversed_by")
    found = get_object_or_404(entries, reference=reference)
    context = {
        "entry": found,
        "event": events.name_of(found.event),
        "by": User.objects.filter(reference=found.by).first() or found.by,
        "reversed_by": getattr(found, "reversed_by", None),
        "postings": found.postings.select_related("ledger_account").order_by("pk"),
    }
    return render(request, "ledger/entry.html", context)
