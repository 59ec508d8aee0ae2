"""Pages of what two people do with a drawer's cash: handing it over, and counting it."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import Role
from accounts.settlement import operations
from accounts.settlement import queries as names
from accounts.settlement.doors import actor, visible_count, visible_handover, worked_drawer
from accounts.settlement.drawer_states import CountStatus, HandoverStatus
from accounts.settlement.forms.drawers import CountForm, HandoverForm, closed_through
from accounts.settlement.forms.reasons import ReasonForm
from accounts.settlement.models import CashCount
from accounts.settlement.queries import drawers as queries
from accounts.settlement.views.acting import verb
from portal.core.formats import day, money
from portal.core.refusals import shown_on

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@requires(Role.OPERATIONS, Role.OFFICER)
def hand_over(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand cash out of a drawer to another."""
    giver = worked_drawer(request, reference)
    form = HandoverForm(request.POST or None, giver=giver, takers=queries.takers_of(giver), by=actor(request))
    if request.method == "POST" and form.is_valid():
        told, now = form.cleaned_data, timezone.now()
        with shown_on(form, {"drawer_short": "amount", "drawer_full": "amount", "amount_refused": "amount"}):
            made = operations.hand_over(
                giver,
                told["taker"],
                told["amount"],
                reason=told.get("reason", ""),
                key=told["idempotency_key"],
                on=timezone.localdate(now),
                at=now,
                by=actor(request),
            )
            messages.success(request, _("It counts when the other side has taken it over."))
            return redirect("settlement:handover", made.reference)
    is_counted = not form.is_colleagues or queries.is_counted_by_another(giver)
    context = {"form": form, "drawer": giver, "is_counted": is_counted}
    return render(request, "settlement/drawers/hand_over.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(Role.OPERATIONS, Role.OFFICER, Role.AUDITOR)
def handover(request: HttpRequest, reference: str) -> HttpResponse:
    """Show cash that goes from one drawer to another; take it over."""
    found = visible_handover(request, reference)
    user = user_of(request)
    me, waits = actor(request), found.status == HandoverStatus.WAITING
    takes = found.taker.is_held_by(me) if found.taker.holder else user.has_role(Role.OPERATIONS)
    people = names.names_of([found.made_by, found.checked_by])
    rows = [
        {"label": _("Amount"), "value": money(found.amount, found.giver.currency)},
        {"label": _("Giver"), "value": found.giver.title},
        {"label": _("Taker"), "value": found.taker.title},
        {"label": _("Handed out by"), "value": people[found.made_by]},
    ]
    if found.checked_by:
        rows.append({"label": _("Checked by"), "value": people[found.checked_by]})
    if found.reason:
        rows.append({"label": _("Reason"), "value": found.reason})
    context = {
        "handover": found,
        "rows": rows,
        "keeps_cash": user.has_role(Role.OPERATIONS, Role.OFFICER),
        "may_take": waits and takes and found.made_by != me,
        "may_take_back": waits and found.made_by == me,
        "reason_form": ReasonForm(),
    }
    return render(request, "settlement/drawers/handover.html", context)


take_over = verb(
    operations.take_over,
    find=visible_handover,
    said=gettext_lazy("The cash lies in the other drawer now."),
    back="settlement:handover",
    roles=(Role.OPERATIONS, Role.OFFICER),
    dated=True,
)
decline_handover = verb(
    operations.decline_handover,
    find=visible_handover,
    said=gettext_lazy("The cash stays where it was."),
    back="settlement:handover",
    roles=(Role.OPERATIONS, Role.OFFICER),
    reasoned=True,
)


@form_page
@requires(Role.OPERATIONS, Role.OFFICER)
def count(request: HttpRequest, reference: str) -> HttpResponse:
    """Count what lies in a drawer."""
    found = worked_drawer(request, reference)
    form = CountForm(request.POST or None, currency=found.currency)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        with shown_on(form, {"count_differs": "reason"}):
            made = operations.count_drawer(
                found,
                form.pieces,
                reason=form.cleaned_data["reason"],
                closes_date=closed_through(form.cleaned_data["closes"], timezone.localdate(now)),
                key=form.cleaned_data["idempotency_key"],
                on=timezone.localdate(now),
                at=now,
                by=actor(request),
            )
            return redirect("settlement:cash_count", made.reference)
    context = {"form": form, "drawer": found, "waits": queries.waits(found)}
    return render(request, "settlement/drawers/count.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(Role.OPERATIONS, Role.OFFICER, Role.AUDITOR)
def counted(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a count piece by piece; stand by its difference as the second person."""
    found = visible_count(request, reference)
    user = user_of(request)
    waits = found.status == CountStatus.WAITING and user.has_role(Role.OPERATIONS)
    is_own = actor(request) == found.made_by or found.drawer.is_held_by(actor(request))
    currency = found.drawer.currency
    pieces = [
        (money(Decimal(face), currency), number, money(Decimal(face) * number, currency))
        for face, number in sorted(found.pieces.items(), key=lambda each: -Decimal(each[0]))
    ]
    context = {
        "count": found,
        "rows": _rows(found),
        "pieces": pieces,
        "may_check": waits and not is_own,
        "is_own": waits and is_own,
        "reason_form": ReasonForm(),
    }
    return render(request, "settlement/drawers/counted.html", context)


def _rows(found: CashCount) -> list[dict[str, str | None]]:
    currency, people = found.drawer.currency, names.names_of([found.made_by, found.checked_by])
    rows: list[dict[str, str | None]] = [
        {"label": _("Drawer"), "value": found.drawer.title},
        {"label": _("Date"), "value": day(found.on)},
        {"label": _("Ends the days up to"), "value": day(found.closes_date) if found.closes_date else None},
        {"label": _("Counted"), "value": money(found.counted_amount, currency)},
        {"label": _("What should be there"), "value": money(found.expected_amount, currency)},
        {"label": _("Over or short"), "value": money(found.difference_amount, currency)},
        {"label": _("Counted by"), "value": people[found.made_by]},
    ]
    for label, value in (
        (_("Why it differs"), found.reason),
        (_("Checked by"), people[found.checked_by] if found.checked_by else ""),
        (_("Why it must be counted again"), found.check_reason),
        (_("Entry in the books"), found.entry.reference if found.entry else ""),
    ):
        rows += [{"label": label, "value": value}] if value else []
    return rows


confirm_count = verb(
    operations.confirm_count,
    find=visible_count,
    said=gettext_lazy("The difference is booked."),
    back="settlement:cash_count",
    roles=(Role.OPERATIONS,),
    dated=True,
)
decline_count = verb(
    operations.decline_count,
    find=visible_count,
    said=gettext_lazy("The drawer must be counted again."),
    back="settlement:cash_count",
    roles=(Role.OPERATIONS,),
    reasoned=True,
)
