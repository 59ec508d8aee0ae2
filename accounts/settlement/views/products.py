"""Pages where staff prepare account products and bring them out, each step by another person."""

from typing import Any, Final

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import READERS, Role
from accounts.settlement import operations, queries
from accounts.settlement.doors import actor
from accounts.settlement.forms.products import AccountProductForm, as_filled
from accounts.settlement.forms.reasons import ReasonForm
from accounts.settlement.models import AccountProduct, AccountProductProposal
from accounts.settlement.views.acting import verb
from portal.core.formats import moment, money, percent
from portal.core.refusals import shown_on

PREPARERS: Final = (Role.RISK_ANALYST, Role.ADMINISTRATOR)
APPROVERS: Final = (Role.RISK_ANALYST, Role.APPROVER, Role.ADMINISTRATOR)


def _has(request: HttpRequest, *roles: Role) -> bool:
    user = user_of(request)
    return bool(user.has_role(*roles))


@require_safe
@requires(*READERS)
def product_list(request: HttpRequest) -> HttpResponse:
    """List what waits for a second person, and every version that was brought out."""
    context = {
        "proposals": AccountProductProposal.objects.order_by(F("decided_at").desc(nulls_first=True), "-pk")[:50],
        "products": AccountProduct.objects.order_by("-is_offered", "code", "-version"),
        "may_prepare": _has(request, *PREPARERS),
    }
    return render(request, "settlement/products/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*PREPARERS)
def new(request: HttpRequest) -> HttpResponse:
    """Prepare terms: of a new product, or the next version of one that is offered."""
    earlier = AccountProduct.objects.filter(reference=request.GET.get("after", "")).first()
    form = AccountProductForm(request.POST or None, initial=as_filled(earlier) if earlier else None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form, AccountProductForm.FIELDS):
            made = operations.propose_account_product(
                form.cleaned_data["code"],
                key=form.cleaned_data["idempotency_key"],
                at=timezone.now(),
                by=actor(request),
                **form.terms,
            )
            messages.success(request, _("The terms wait for a second person."))
            return redirect("settlement:account_product", made.reference)
    return render(request, "settlement/products/new.html", {"form": form}, status=422 if form.is_bound else 200)


def _proposal(_request: HttpRequest, reference: str) -> AccountProductProposal:
    return get_object_or_404(AccountProductProposal, reference=reference)


@require_safe
@requires(*READERS)
def proposal(request: HttpRequest, reference: str) -> HttpResponse:
    """Show prepared terms beside those offered now, and to a second person the buttons."""
    found = _proposal(request, reference)
    offered = AccountProduct.objects.filter(code=found.code, is_offered=True).first()
    waits = found.status == "waiting" and found.proposed_by != actor(request)
    context = {
        "proposal": found,
        "rows": _rows(found, offered),
        "offered": offered,
        "may_decide": waits and _has(request, *APPROVERS),
        "reason_form": ReasonForm(),
        "told": _told(found),
    }
    return render(request, "settlement/products/proposal.html", context)


def _told(found: AccountProductProposal) -> list[dict[str, str | None]]:
    names = queries.names_of([found.proposed_by, found.decided_by])
    rows: list[dict[str, str | None]] = [
        {"label": _("Prepared by"), "value": f"{names[found.proposed_by]}, {moment(found.proposed_at)}"}
    ]
    if found.decided_at:
        rows.append({"label": _("Decided by"), "value": f"{names[found.decided_by]}, {moment(found.decided_at)}"})
    if found.reason:
        rows.append({"label": _("Reason"), "value": found.reason})
    return rows


def _rows(found: AccountProductProposal, offered: AccountProduct | None) -> list[dict[str, Any]]:
    return [
        {"label": label, "new": new, "now": now, "differs": offered is not None and new != now}
        for (label, new), (_label, now) in zip(_written(found), _written(offered), strict=True)
    ]


def _written(terms: AccountProductProposal | AccountProduct | None) -> list[tuple[str, str]]:
    """Write terms as people compare them; of none, the same lines empty."""
    if terms is None:
        return [(label, "") for label, _value in _written(AccountProduct(currency="CNY"))]
    free = terms.fee_free_from_amount
    tiers = " · ".join(
        _("from %(amount)s: %(rate)s") % {"amount": money(begins, terms.currency), "rate": percent(rate)}
        for begins, rate in terms.tiers
    )
    return [
        (_("Name in English"), terms.name_en),
        (_("Name in Chinese"), terms.name_zh_hans),
        (_("Interest"), tiers or _("None")),
        (_("Tax kept from interest"), percent(terms.withholding_rate)),
        (_("How days are counted"), terms.get_day_count_display()),
        (_("Monthly fee"), money(terms.monthly_fee_amount, terms.currency)),
        (_("No fee from this balance on"), _("Always charged") if free is None else money(free, terms.currency)),
        (_("Highest overdraft"), money(terms.overdraft_limit_amount, terms.currency)),
        (_("Overdraft interest a year"), percent(terms.overdraft_annual_rate)),
    ]


approve = verb(
    operations.approve_account_product,
    find=_proposal,
    said=gettext_lazy("These terms are offered from now on."),
    back="settlement:account_product",
    roles=APPROVERS,
)
decline = verb(
    operations.decline_account_product,
    find=_proposal,
    said=gettext_lazy("The terms are not brought out."),
    back="settlement:account_product",
    roles=APPROVERS,
    reasoned=True,
)
