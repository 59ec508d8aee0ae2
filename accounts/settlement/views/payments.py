"""Pages of payments that were made: seen, confirmed by a second person, canceled."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.settlement import operations, queries, return_reasons
from accounts.settlement.forms import ReasonForm
from accounts.settlement.models import PaymentInstruction
from accounts.settlement.states import InstructionStatus
from accounts.settlement.views.doors import actor, only_members, role_in, visible_account
from portal.core.formats import day, money
from portal.core.refusals import Refusal, sentence

LINES_ON_A_PAGE = 25


def said(instruction: PaymentInstruction) -> str:
    if instruction.status == InstructionStatus.WAITING:
        return _("The payment waits for a second person.")
    if instruction.status == InstructionStatus.SETTLED:
        return _("Paid.")
    return _("The payment leaves when the bank next sends payments. This page shows it.")


@require_safe
def payment_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an account's payments."""
    account = visible_account(request, reference)
    made = PaymentInstruction.objects.told().filter(settlement_account=account).order_by("-pk")
    page = Paginator(made, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "settlement/payments.html", {"account": account, "page": page})


def _visible(request: HttpRequest, reference: str) -> PaymentInstruction:
    return get_object_or_404(PaymentInstruction.objects.visible_to(request.user).told(), reference=reference)


@require_safe
def payment(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one payment, and to who may the buttons to confirm or cancel it."""
    found = _visible(request, reference)
    member = bool(role_in(request, found.settlement_account.enterprise))
    waits = found.status == InstructionStatus.WAITING
    context = {
        "payment": found,
        "rows": _rows(found),
        "may_check": member and waits and found.made_by != actor(request),
        "is_back": found.status == InstructionStatus.RETURNED,
        "may_void": member and found.status in {InstructionStatus.WAITING, InstructionStatus.PENDING},
        "reason_form": ReasonForm(),
    }
    return render(request, "settlement/payment.html", context)


def _rows(found: PaymentInstruction) -> list[dict[str, str | None]]:
    names = queries.names_of([found.made_by, found.checked_by])
    rows: list[dict[str, str | None]] = [
        {"label": _("Payee"), "value": found.payee.name},
        {"label": _("Account number of the payee"), "value": found.payee.grouped_number},
        {"label": _("Bank"), "value": found.payee.bank},
        {"label": _("Amount"), "value": money(found.amount, found.settlement_account.currency)},
        {"label": _("What for"), "value": found.text or None},
        {"label": _("From account"), "value": found.settlement_account.grouped_number},
        {"label": _("Made by"), "value": names[found.made_by]},
    ]
    if found.checked_by:
        rows.append({"label": _("Checked by"), "value": names[found.checked_by]})
    if found.settled_on:
        rows.append({"label": _("Paid on"), "value": day(found.settled_on)})
    if found.sent_at:
        rows.append({"label": _("Sent on"), "value": day(found.sent_at)})
    if found.reason:
        rows.append({"label": _("Reason"), "value": return_reasons.words(found.reason)})
    return rows


@require_POST
def confirm(request: HttpRequest, reference: str) -> HttpResponse:
    """Agree to a payment as the second person."""

    def agree(found: PaymentInstruction) -> str:
        operations.confirm_payment(found, on=timezone.localdate(), at=timezone.now(), by=actor(request))
        return said(found)

    return _act(request, reference, agree)


@require_POST
def decline(request: HttpRequest, reference: str) -> HttpResponse:
    """Refuse to agree to a payment."""

    def refuse(found: PaymentInstruction) -> str:
        reason = request.POST.get("reason", "")[:200]
        operations.decline_payment(found, reason=reason, at=timezone.now(), by=actor(request))
        return _("The payment is not made.")

    return _act(request, reference, refuse)


@require_POST
def void(request: HttpRequest, reference: str) -> HttpResponse:
    """Cancel a payment that was not sent yet."""

    def cancel(found: PaymentInstruction) -> str:
        operations.void_payment(found, on=timezone.localdate(), at=timezone.now(), by=actor(request))
        return _("The payment is canceled.")

    return _act(request, reference, cancel)


def _act(request: HttpRequest, reference: str, act: Callable[[PaymentInstruction], str]) -> HttpResponse:
    found = _visible(request, reference)
    only_members(request, found.settlement_account.enterprise)
    try:
        messages.success(request, act(found))
    except Refusal as refusal:
        messages.error(request, sentence(refusal))
    return redirect("settlement:payment", reference=reference)
