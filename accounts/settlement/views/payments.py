"""Pages of payments that were made: seen, confirmed by a second person, canceled."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.identity.access import shows_books, user_of
from accounts.identity.models import Role
from accounts.settlement import operations, queries, return_reasons
from accounts.settlement.doors import actor, payment_of_bank, role_in, visible_account, visible_payment
from accounts.settlement.forms.reasons import ReasonForm
from accounts.settlement.models import PaymentInstruction
from accounts.settlement.states import InstructionStatus
from accounts.settlement.views.acting import verb
from portal.core.formats import day, money

LINES_ON_A_PAGE = 25
CANCELABLE = frozenset({InstructionStatus.WAITING, InstructionStatus.PENDING})


def said(instruction: PaymentInstruction) -> str:
    if instruction.status == InstructionStatus.WAITING:
        return _("The payment waits for a second person.")
    if instruction.status == InstructionStatus.SETTLED:
        return _("Paid.")
    return _("The payment leaves within 15 minutes. This page shows it.")


@require_safe
@shows_books
def payment_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an account's payments."""
    account = visible_account(request, reference)
    made = PaymentInstruction.objects.told().filter(settlement_account=account).order_by("-pk")
    page = Paginator(made, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "settlement/payments.html", {"account": account, "page": page})


@require_safe
@shows_books
def payment(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one payment, and to who may the buttons to confirm or cancel it."""
    found = visible_payment(request, reference)
    user = user_of(request)
    member = bool(role_in(request, found.settlement_account.enterprise))
    waits = found.status == InstructionStatus.WAITING
    operates, waits_to_leave = user.has_role(Role.OPERATIONS), found.status == InstructionStatus.PENDING
    context = {
        "payment": found,
        "rows": _rows(found, names_staff=operates),
        "may_check": member and waits and found.made_by != actor(request),
        "is_back": found.status == InstructionStatus.RETURNED,
        "is_voided": found.status == InstructionStatus.VOIDED,
        "may_void": member and found.status in CANCELABLE and not found.is_of_bank,
        "may_ask_to_void": operates and found.is_of_bank and waits_to_leave and not found.is_to_void,
        "may_decide_on_void": operates and found.is_to_void,
        "is_asker": found.void_asked_by == actor(request),
        "reason_form": ReasonForm(),
    }
    return render(request, "settlement/payment.html", context)


def _rows(found: PaymentInstruction, *, names_staff: bool) -> list[dict[str, str | None]]:
    names = queries.names_of([found.made_by, found.checked_by, found.void_asked_by])
    rows: list[dict[str, str | None]] = [
        {"label": _("Payee"), "value": found.payee.name},
        {"label": _("Account number of the payee"), "value": found.payee.grouped_number},
        {"label": _("Bank"), "value": found.payee.bank},
        {"label": _("Amount"), "value": money(found.amount, found.settlement_account.currency)},
        {"label": _("What for"), "value": found.text or None},
        {"label": _("From account"), "value": found.settlement_account.grouped_number},
    ]
    if found.is_of_bank:
        rows.append({"label": _("Paid by"), "value": _("The bank, out of money that it kept back")})
    if names_staff or not found.is_of_bank:
        rows.append({"label": _("Made by"), "value": names[found.made_by]})
        if found.checked_by:
            rows.append({"label": _("Checked by"), "value": names[found.checked_by]})
        if found.void_asked_by:
            rows.append({"label": _("Canceling asked for by"), "value": names[found.void_asked_by]})
    if found.settled_on:
        rows.append({"label": _("Paid on"), "value": day(found.settled_on)})
    if found.sent_at:
        rows.append({"label": _("Sent on"), "value": day(found.sent_at)})
    if found.reason:
        rows.append({"label": _("Reason"), "value": return_reasons.words(found.reason)})
    return rows


confirm = verb(operations.confirm_payment, find=visible_payment, said=said, back="settlement:payment", dated=True)
decline = verb(
    operations.decline_payment,
    find=visible_payment,
    said=gettext_lazy("The payment is not made."),
    back="settlement:payment",
    reasoned=True,
)
void = verb(
    operations.void_payment,
    find=visible_payment,
    said=gettext_lazy("The payment is canceled."),
    back="settlement:payment",
    dated=True,
)


ask_to_void = verb(
    operations.ask_to_void,
    find=payment_of_bank,
    said=gettext_lazy("It is not sent until a colleague decides."),
    back="settlement:payment",
    roles=(Role.OPERATIONS,),
    reasoned=True,
)
confirm_void = verb(
    operations.confirm_void,
    find=payment_of_bank,
    said=gettext_lazy("The payment is canceled."),
    back="settlement:payment",
    roles=(Role.OPERATIONS,),
    dated=True,
)
decline_void = verb(
    operations.decline_void,
    find=payment_of_bank,
    said=gettext_lazy("The payment leaves within 15 minutes."),
    back="settlement:payment",
    roles=(Role.OPERATIONS,),
)
