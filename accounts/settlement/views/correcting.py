"""Pages on which booked cash is corrected: one asks and says why, another has it done."""

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import Role
from accounts.ledger import queries as ledger
from accounts.settlement import operations, queries
from accounts.settlement.doors import actor, visible_cash, visible_correction
from accounts.settlement.forms.drawers import CorrectionForm
from accounts.settlement.forms.reasons import ReasonForm
from accounts.settlement.models import CashCorrection, CashMovement, Receipt, RequestReceipt, SettlementAccount
from accounts.settlement.queries import drawers as drawer_queries
from accounts.settlement.states import CorrectionStatus
from accounts.settlement.views.acting import verb
from portal.core.formats import day, money
from portal.core.refusals import shown_on

FIELDS = {
    "reason_missing": "reason",
    "amount_refused": "amount",
    "currency_differs": "number",
    "slip_number_missing": "slip_number",
    "slip_reused": "slip_number",
    "slip_date_to_come": "slip_date",
}


def may_ask(request: HttpRequest, movement: CashMovement) -> bool:
    """Tell whether the person may ask to correct cash: operations, and an agent what went through the own bag."""
    user = user_of(request)
    return user.has_role(Role.OPERATIONS) or bool(movement.drawer and movement.drawer.is_held_by(user.reference))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.OPERATIONS, Role.OFFICER)
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask to correct booked cash."""
    movement = visible_cash(request, reference)
    if not may_ask(request, movement):
        raise PermissionDenied
    accounts = SettlementAccount.objects.visible_to(request.user)
    form = CorrectionForm(request.POST or None, movement=movement, accounts=accounts)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        with shown_on(form, FIELDS):
            asked = operations.ask_correction(
                movement,
                form.right,
                reason=form.cleaned_data["reason"],
                key=form.cleaned_data["idempotency_key"],
                on=timezone.localdate(now),
                at=now,
                by=actor(request),
            )
            messages.success(request, _("A colleague must agree before anything changes."))
            return redirect("settlement:cash_correction", asked.reference)
    context = {"form": form, "movement": movement, "rows": told(movement), "used_for": used_for(movement)}
    return render(request, "settlement/cash/correct.html", context, status=422 if form.is_bound else 200)


def told(cash: CashMovement | CashCorrection) -> list[dict[str, str | None]]:
    """Tell what is booked, or what a correction books instead, row by row; nothing where it only reverses."""
    account = cash.settlement_account
    if account is None:
        return []
    rows: list[dict[str, str | None]] = [
        {"label": _("Account"), "value": f"{account.enterprise.legal_name} · {account.grouped_number}"},
        {"label": _("What"), "value": cash.get_way_display()},
        {"label": _("Amount"), "value": money(cash.amount, account.currency)},
        {"label": _("What for"), "value": cash.text or None},
    ]
    if cash.slip_number:
        written = cash.effective_date if isinstance(cash, CashMovement) else cash.slip_date
        rows.append({"label": _("Slip"), "value": f"{cash.slip_number} · {day(written)}"})
    if isinstance(cash, CashMovement) and cash.drawer:
        rows.append({"label": _("Drawer"), "value": cash.drawer.title})
    return rows


def used_for(movement: CashMovement) -> list[str]:
    """Name what the cash paid, which is undone with it: the claim of a department, a request for payment."""
    claimed = (
        Receipt.objects.filter(entry=movement.entry_id).exclude(claimed_for="").values_list("claimed_for", flat=True)
    )
    received = RequestReceipt.objects.filter(entry=movement.entry_id, withdrawn_at=None)
    return [*claimed, *received.values_list("payment_request__reference", flat=True)]


@require_safe
@requires(Role.OPERATIONS, Role.OFFICER, Role.AUDITOR)
def correction(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a correction: what is booked, what should be; agree to it as the second person."""
    found = visible_correction(request, reference)
    user = user_of(request)
    me, drawer = actor(request), found.movement.drawer
    waits = found.status == CorrectionStatus.WAITING
    is_own = me == found.made_by or bool(drawer and drawer.is_held_by(me))
    closed_up_to, dates = ledger.closed_up_to(), (found.movement.effective_date, found.slip_date)
    context = {
        "correction": found,
        "booked": told(found.movement),
        "right": told(found),
        "rows": _rows(found),
        "is_late": waits and any(each and closed_up_to and each <= closed_up_to for each in dates),
        "used_for": used_for(found.movement) if waits else [],
        "stays": waits and drawer and drawer_queries.is_settled(found),
        "may_check": waits and user.has_role(Role.OPERATIONS) and not is_own,
        "may_decline": waits and (user.has_role(Role.OPERATIONS) or me == found.made_by),
        "is_own": waits and is_own,
        "reason_form": ReasonForm(),
    }
    return render(request, "settlement/cash/correction.html", context)


def _rows(found: CashCorrection) -> list[dict[str, str | None]]:
    people = queries.names_of([found.made_by, found.checked_by])
    rows: list[dict[str, str | None]] = [
        {"label": _("Why it is wrong"), "value": found.reason},
        {"label": _("Asked for by"), "value": people[found.made_by]},
    ]
    difference = found.difference and found.difference.postings.values_list("amount", flat=True).first()
    for label, value in (
        (_("Checked by"), found.checked_by and people[found.checked_by]),
        (_("Why it was not confirmed"), found.check_reason),
        (_("Reversal in the books"), found.reversal and found.reversal.reference),
        (_("What the cash had paid, undone in the books"), found.given_up and found.given_up.reference),
        (
            _("Booked as cash over and short"),
            difference and money(Decimal(difference), found.movement.settlement_account.currency),
        ),
    ):
        rows += [{"label": label, "value": value}] if value else []
    return rows


confirm = verb(
    operations.confirm_correction,
    find=visible_correction,
    said=gettext_lazy("The cash is corrected, and the owner is told."),
    back="settlement:cash_correction",
    roles=(Role.OPERATIONS,),
    dated=True,
)


def _declinable(request: HttpRequest, reference: str) -> CashCorrection:
    """Fetch a correction; officers only what they asked for themselves."""
    user = user_of(request)
    found = visible_correction(request, reference)
    if not user.has_role(Role.OPERATIONS) and found.made_by != actor(request):
        raise PermissionDenied
    return found


decline = verb(
    operations.decline_correction,
    find=_declinable,
    said=gettext_lazy("What is booked stays."),
    back="settlement:cash_correction",
    roles=(Role.OPERATIONS, Role.OFFICER),
    reasoned=True,
)
