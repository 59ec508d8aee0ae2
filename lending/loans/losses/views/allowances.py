"""Pages of the allowance, month by month."""

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.identity.access import requires, user_of
from lending.loans.losses import queries
from lending.loans.losses.models import Allowance

ON_A_PAGE: Final = 50


@require_safe
@requires(*queries.READERS)
def allowances(request: HttpRequest) -> HttpResponse:
    """List the allowance month by month, with the rules in force."""
    listed = Allowance.objects.select_related("entry").order_by("-last_date", "currency")
    context = {
        "page": Paginator(listed, ON_A_PAGE).get_page(request.GET.get("page")),
        "rules": queries.rules_on(timezone.localdate()),
    }
    return render(request, "loans/allowances.html", context)


@require_safe
@requires(*queries.READERS)
def allowance(request: HttpRequest, number: int) -> HttpResponse:
    """Show what each loan asked of a month's allowance, and why."""
    found = get_object_or_404(Allowance.objects.select_related("entry"), pk=number)
    asked = request.GET.get("q", "").strip()
    lines = queries.lines_of(found, user=user_of(request), asked=asked)
    page = Paginator(lines, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "loans/allowance.html", {"allowance": found, "page": page, "asked": asked})
