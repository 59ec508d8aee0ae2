"""Pages of drawers: a branch's, one's own, what moved through one, who holds it and how much may lie in it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import Role
from accounts.settlement import operations
from accounts.settlement.doors import actor, visible_drawer
from accounts.settlement.drawer_states import OPEN_DELIVERIES, CountStatus, DrawerKind, HandoverStatus
from accounts.settlement.forms.drawers import DrawerForm, LimitForm
from accounts.settlement.models import CashCount, CashDelivery, CashDrawer, CashHandover, CashMovement, DrawerLine
from accounts.settlement.queries import drawers as queries
from accounts.settlement.states import CashStatus
from accounts.settlement.views.acting import verb
from portal.core.refusals import shown_on

LINES_ON_A_PAGE = 25
NEWEST = 10
FIELDS = {"drawer_holder": "holder", "drawer_own": "holder", "drawer_exists": "holder", "drawer_begins": "begin"}


@require_safe
@requires(Role.OPERATIONS, Role.AUDITOR)
def drawer_list(request: HttpRequest) -> HttpResponse:
    """Show a branch's drawers, what waits for another person, and what was not counted."""
    user = user_of(request)
    seen = CashDrawer.objects.visible_to(user)
    in_use = seen.in_use().told().order_by("branch__code", "-kind", "pk")
    uncounted = set(queries.uncounted(in_use, today=timezone.localdate()).values_list("pk", flat=True))
    currencies = sorted(set(in_use.values_list("currency", flat=True))) if user.sees_all_branches else []
    counts = CashCount.objects.visible_to(user).told()
    context = {
        "rows": [{"drawer": each, "uncounted": each.pk in uncounted} for each in in_use],
        "differences": counts.filter(status=CountStatus.WAITING).order_by("pk"),
        "handovers": CashHandover.objects.visible_to(user).told().filter(status=HandoverStatus.WAITING).order_by("pk"),
        "deliveries": CashDelivery.objects.visible_to(user).told().filter(status__in=OPEN_DELIVERIES).order_by("pk"),
        "counts": counts.exclude(status=CountStatus.WAITING).order_by("-pk")[:NEWEST],
        "in_no_drawer": [(queries.in_no_drawer(currency), currency) for currency in currencies],
        "operates": user.has_role(Role.OPERATIONS),
    }
    return render(request, "settlement/drawers/list.html", context)


@require_safe
@requires(Role.OPERATIONS, Role.OFFICER)
def own(request: HttpRequest) -> HttpResponse:
    """Lead to the drawer that the person holds, if there is one."""
    found = queries.own_drawer(actor(request))
    if found:
        return redirect("settlement:drawer", found.reference)
    return render(request, "settlement/drawers/none.html")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.OPERATIONS)
def new(request: HttpRequest) -> HttpResponse:
    """Open a drawer for a colleague, or the branch's vault."""
    user = user_of(request)
    branches = queries.branches_of(user)
    holders = queries.possible_holders(branches, besides=actor(request))
    form = DrawerForm(request.POST or None, branches=branches, holders=holders)
    if request.method == "POST" and form.is_valid():
        is_vault = form.cleaned_data["kind"] == DrawerKind.VAULT
        with shown_on(form, FIELDS | ({"drawer_exists": "branch"} if is_vault else {})):
            told, now = form.cleaned_data, timezone.now()
            opened = operations.open_drawer(
                **form.drawer,
                key=told["idempotency_key"],
                on=timezone.localdate(now),
                at=now,
                by=actor(request),
            )
            messages.success(request, _("It is open."))
            return redirect("settlement:drawer", opened.reference)
    return render(request, "settlement/drawers/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@requires(Role.OPERATIONS, Role.OFFICER, Role.AUDITOR)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what lies in a drawer, what moved through it, and what waits."""
    found = visible_drawer(request, reference)
    user = user_of(request)
    page = Paginator(queries.lines_of(found), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    paid_in, paid_out = queries.day_of(found, timezone.localdate())
    holds, operates = found.is_held_by(actor(request)), user.has_role(Role.OPERATIONS)
    waiting = CashHandover.objects.told().of(found).filter(status=HandoverStatus.WAITING)
    context = {
        "drawer": found,
        "paid_in": paid_in,
        "paid_out": paid_out,
        "page": page,
        "rows": [_row(line, found) for line in page],
        "handovers": waiting.order_by("pk"),
        "counts": found.counts.order_by("-pk")[:NEWEST],
        "deliveries": found.deliveries.order_by("-pk")[:NEWEST],
        "movements": CashMovement.objects.told().filter(drawer=found, status=CashStatus.WAITING).order_by("pk"),
        "may_deliver": operates and found.kind == DrawerKind.VAULT,
        "uncounted": queries.uncounted(CashDrawer.objects.filter(pk=found.pk), today=timezone.localdate()).exists(),
        "is_open": found.status == "open",
        "may_count": holds or operates,
        "may_hand_over": holds or (operates and (found.holder is None or found.held_amount > 0)),
        "may_enter_slips": found.kind == DrawerKind.CARRIED and (holds or operates),
        "may_change": operates and not holds,
    }
    return render(request, "settlement/drawers/detail.html", context)


def _row(line: DrawerLine, drawer: CashDrawer) -> dict[str, Any]:
    """Tell a line's cause in words, and where it is told in full."""
    words, url, note = _("What it began with"), "", ""
    if line.movement:
        words, url = (
            line.movement.get_way_display(),
            reverse("settlement:cash_movement", args=[line.movement.reference]),
        )
        note = line.movement.settlement_account.enterprise.legal_name
    if line.handover:
        gave = line.handover.giver_id == drawer.pk
        words = _("Handed over") if gave else _("Taken over")
        note = (line.handover.taker if gave else line.handover.giver).title
        url = reverse("settlement:handover", args=[line.handover.reference])
    if line.count:
        words, url = _("Difference at counting"), reverse("settlement:cash_count", args=[line.count.reference])
    if line.correction:
        words, url = _("Reversed"), reverse("settlement:cash_correction", args=[line.correction.reference])
        note = line.correction.movement.settlement_account.enterprise.legal_name
    if line.delivery:
        words = line.delivery.get_way_display()
        url = reverse("settlement:cash_delivery", args=[line.delivery.reference])
    return {"line": line, "words": words, "url": url, "note": note}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.OPERATIONS)
def limit(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a drawer hold more or less."""
    found = visible_drawer(request, reference)
    form = LimitForm(request.POST or None, initial={"limit": found.limit_amount}, currency=found.currency)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            operations.change_limit(found, form.cleaned_data["limit"], at=timezone.now(), by=actor(request))
            messages.success(request, _("The limit is saved."))
            return redirect("settlement:drawer", reference)
    context = {"form": form, "drawer": found}
    return render(request, "settlement/drawers/limit.html", context, status=422 if form.is_bound else 200)


close = verb(
    operations.close_drawer,
    find=visible_drawer,
    said=gettext_lazy("The drawer is given up."),
    back="settlement:drawer",
    roles=(Role.OPERATIONS,),
)
