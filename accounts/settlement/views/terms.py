"""What an account earns and costs, and the overdraft agreed for it."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.access import requires, shows_books, user_of
from accounts.identity.models import Role
from accounts.settlement import interest, operations
from accounts.settlement.doors import actor, visible_account
from accounts.settlement.forms.terms import TermsForm
from accounts.settlement.models import SettlementAccount
from portal.core.refusals import shown_on

PERIODS_SHOWN = 24


@require_safe
@shows_books
def terms(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the terms an account stands on, what it earned since they were last booked, and what was booked."""
    return _page(request, visible_account(request, reference), None)


def _page(request: HttpRequest, account: SettlementAccount, form: TermsForm | None) -> HttpResponse:
    today = timezone.localdate()
    user = user_of(request)
    agreed = interest.agreement_on(account, today)
    products = interest.offered_products(account.currency)
    if form is None and user.has_role(Role.APPROVER) and account.status != "closed" and products:
        form = TermsForm(products=products, agreed=agreed)
    if form:
        form.helper.form_action = reverse("settlement:agree_on_terms", args=[account.reference])
    context = {
        "account": account,
        "agreed": agreed,
        "tiers": _tiers(agreed.product.tiers) if agreed else [],
        "earned": interest.unbooked_interest(account, today - timedelta(days=1)),
        "periods": account.terms_periods.prefetch_related("carried_charges").order_by("-last_date")[:PERIODS_SHOWN],
        "form": form,
    }
    return render(request, "settlement/terms.html", context, status=422 if form and form.is_bound else 200)


def _tiers(tiers: list[Any]) -> list[dict[str, Any]]:
    ends = [begins for begins, _rate in tiers[1:]] + [None]
    return [{"begins": begins, "ends": end, "rate": rate} for (begins, rate), end in zip(tiers, ends, strict=True)]


@require_POST
@requires(Role.APPROVER)
def agree(request: HttpRequest, reference: str) -> HttpResponse:
    """Put an account on terms that are offered, with an overdraft of its own, from today on."""
    account = visible_account(request, reference)
    form = TermsForm(request.POST, products=interest.offered_products(account.currency), agreed=None)
    if form.is_valid():
        with shown_on(form, {"overdraft_refused": "overdraft", "overdraft_in_use": "overdraft"}):
            operations.agree_on_terms(
                account,
                form.cleaned_data["product"],
                overdraft=form.cleaned_data["overdraft"],
                on=timezone.localdate(),
                at=timezone.now(),
                by=actor(request),
            )
            messages.success(request, _("The terms count from today on."))
            return redirect("settlement:terms", account.reference)
    return _page(request, account, form)
