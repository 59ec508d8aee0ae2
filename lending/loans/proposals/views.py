"""What the pages of every kind of proposal share."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.identity.access import View, requires, user_of
from accounts.identity.models import Role
from lending.loans.models import Loan
from lending.loans.proposals import operations, queries
from lending.loans.proposals.forms import DecideForm
from lending.loans.proposals.lapsing import standing_of
from lending.loans.proposals.models import Proposal
from portal.core.refusals import sentence, shown_above, shown_on

Find = Callable[[HttpRequest, str], Any]  # a proposal that the person may see, or 404
Page = Callable[[HttpRequest, Any, DecideForm], HttpResponse]  # of a proposal, with what was wrong


def waiting(request: HttpRequest, listed: Any, route: str, *, title: str, what: str, amount: str) -> HttpResponse:
    """List the proposals of a kind that wait for an approver, each leading to its page."""
    context = {"waiting": listed, "route": route, "title": title, "what": what, "amount": amount}
    return render(request, "loans/proposals.html", context)


def already_open(loan: Loan, kind: type[Proposal], route: str) -> dict[str, Any] | None:
    """Give the page on which something would be proposed what is open already, with the words of the refusal."""
    other = standing_of(loan, kind, on=timezone.localdate())
    return {"other": other, "route": route, "words": sentence(operations.already_open(other))} if other else None


def choices(request: HttpRequest, found: Proposal, decide_form: DecideForm | None = None) -> dict[str, Any]:
    """Give the page of a proposal what the reader may do about it."""
    user = user_of(request)
    if decide_form is None and queries.may_decide(user, found):
        decide_form = DecideForm()
    return {"decide_form": decide_form, "may_withdraw": queries.may_withdraw(user, found)}


def concluding(find: Find, page: Page, approve: Callable[..., None], route: str, *, is_read: bool = True) -> View:
    """Make the page on which a second person approves or declines.

    :param is_read: whoever approves names what they read of it: its ``seen``.
    """

    @require_POST
    @requires(Role.APPROVER)
    def conclude(request: HttpRequest, reference: str) -> HttpResponse:
        found, form = find(request, reference), DecideForm(request.POST)
        if form.is_valid():
            now = timezone.now()
            told: dict[str, Any] = {"note": form.cleaned_data["note"], "by": user_of(request), "at": now}
            with shown_on(form, DecideForm.FIELDS):
                if form.cleaned_data["outcome"] == "approve":
                    seen = {"seen": request.POST.get("seen", "")} if is_read else {}
                    approve(found, on=timezone.localdate(now), **told, **seen)
                else:
                    operations.decline(found, **told)
                messages.success(request, _("The decision was recorded."))
                return redirect(route, reference)
        return page(request, find(request, reference), form)

    return conclude


def withdrawing(find: Find, route: str) -> View:
    """Make the page on which a proposal is taken back."""

    @require_POST
    @requires(*queries.PROPOSERS)
    def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
        with shown_above(request):
            operations.withdraw(find(request, reference), by=user_of(request), at=timezone.now())
            messages.success(request, _("The proposal was withdrawn."))
        return redirect(route, reference)

    return withdraw
