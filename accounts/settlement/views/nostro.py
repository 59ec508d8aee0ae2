"""Pages of our account at the other bank: its statements, how its lines were booked, and what waits in suspense."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import Role
from accounts.settlement import banks, operations, queries
from accounts.settlement.doors import actor
from accounts.settlement.forms.nostro import ClearingForm, NostroForm
from accounts.settlement.forms.reasons import ReasonForm
from accounts.settlement.models import NostroLine, NostroStatement, SuspenseItem
from accounts.settlement.nostro_states import Doubt, Foreseen, StatementStatus, SuspenseStatus
from accounts.settlement.queries import foreseen
from accounts.settlement.queries import nostro as nostro_queries
from accounts.settlement.views.acting import verb
from portal.core import files
from portal.core.formats import day, money
from portal.core.refusals import sentence_of, shown_on

LINES_ON_A_PAGE = 50
STATEMENTS_ON_A_PAGE = 25

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@requires(Role.OPERATIONS, Role.AUDITOR)
def statements(request: HttpRequest) -> HttpResponseBase:
    """Show whether books and statements agree, and the files that were brought; take another."""
    form = NostroForm()
    if request.method == "POST":
        return _receive(request)
    return _statements(request, form)


@requires(Role.OPERATIONS)
def _receive(request: HttpRequest) -> HttpResponse:
    form = NostroForm(request.POST, request.FILES)
    if form.is_valid():
        with shown_on(form):
            told = form.cleaned_data
            operations.receive_nostro(told["file"], key=told["idempotency_key"], by=actor(request), at=timezone.now())
            messages.success(
                request, _("The file has arrived and is being read. A colleague must agree before it is booked.")
            )
            return redirect("settlement:nostro")
    return _statements(request, form, status=422)


def _statements(request: HttpRequest, form: NostroForm, *, status: int = 200) -> HttpResponse:
    user = user_of(request)
    listed = NostroStatement.objects.select_related("file").order_by("-pk")
    context = {
        "page": Paginator(listed, STATEMENTS_ON_A_PAGE).get_page(request.GET.get("page")),
        "positions": [(each, _groups(nostro_queries.behind(each))) for each in nostro_queries.positions()],
        "files_waiting": nostro_queries.WAITING.select_related("file"),
        "waiting": nostro_queries.open_items().count(),
        "form": form if user.has_role(Role.OPERATIONS) else None,
    }
    return render(request, "settlement/nostro/list.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Item:
    """One item behind a position, and where more of it stands."""

    url: str
    reference: str
    on: date | None
    about: str
    text: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one kind; there is one at least."""

    caption: str
    name: str
    items: list[Item]


def _groups(found: nostro_queries.Behind) -> list[Group]:
    entries = [
        Item(reverse("ledger:entry", args=[it.reference]), it.reference, it.on, it.subject, it.text, it.amount)
        for it in found.entries
    ]
    lines = [
        Item(
            reverse("settlement:nostro_statement", args=[it.statement.reference]),
            it.reference, it.booked_on, it.counterparty_name, it.description, it.amount,
        )
        for it in found.lines
    ]  # fmt: skip
    payments = [
        Item(
            reverse("settlement:payment", args=[it.reference]),
            it.reference, it.effective_date, it.payee.name, it.text, it.amount,
        )
        for it in found.payments
    ]  # fmt: skip
    cash = [
        Item(
            reverse("settlement:cash_delivery", args=[it.reference]),
            it.reference, it.effective_date, it.vault.title, it.get_way_display(), -it.signed_amount,
        )
        for it in found.cash
    ]  # fmt: skip
    groups = [
        Group(_("In our books, and on no statement"), _("Entry"), entries),
        Group(_("On a statement, and not in our books by that day"), _("Line"), lines),
        Group(_("Sent, and not confirmed yet: they wait in clearing"), _("Payment"), payments),
        Group(_("Cash that is on its way: it waits in transit"), _("Cash"), cash),
    ]
    return [group for group in groups if group.items]


def _statement(_request: HttpRequest, reference: str) -> NostroStatement:
    return get_object_or_404(NostroStatement.objects.select_related("file"), reference=reference)


@require_safe
@requires(Role.OPERATIONS, Role.AUDITOR)
def statement(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a statement and what became of each line; or what each would do, to whoever is to agree."""
    found = _statement(request, reference)
    if found.status == StatementStatus.WAITING:
        operations.foresee_nostro(found.reference, at=timezone.now())
        found.refresh_from_db()
    user = user_of(request)
    related = ("instruction", "file", "receipt__settlement_account", "suspense_item")
    lines = NostroLine.objects.filter(statement=found).select_related(*related).order_by("line_number")
    names = queries.names_of([found.uploaded_by, found.decided_by])
    page = Paginator(lines, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    waits = found.status == StatementStatus.WAITING
    preview = foreseen.preview(found) if waits and not found.is_report else None
    context = {
        "statement": found,
        "brought_by": names[found.uploaded_by],
        "decided_by": names[found.decided_by],
        "page": page,
        "rows": _rows_of(list(page), with_goals=waits),
        "preview": preview,
        "largest": _rows_of(preview.largest, with_goals=True)
        if preview and preview.new_count > len(preview.largest)
        else [],
        "taken_back": foreseen.taken_back_by(found) if waits and found.is_report else [],
        "seen": foreseen.shown(found) if waits else "",
        "may_decide": waits and user.has_role(Role.OPERATIONS),
        "is_own": found.uploaded_by == actor(request),
        "reason_form": ReasonForm(),
    }
    return render(request, "settlement/nostro/statement.html", context)


@dataclass(frozen=True, slots=True)
class Goal:
    """What a line would move, and where more of it stands."""

    url: str
    name: str


GOAL_PAGES: Final = {
    Foreseen.RETURNED: "settlement:payment",
    Foreseen.PAID: "settlement:payment",
    Foreseen.FILE: "settlement:payment_file",
    Foreseen.SENT_BACK: "settlement:suspense_item",
    Foreseen.CASH: "settlement:cash_delivery",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line, and what it would move while its statement waits."""

    line: NostroLine
    goal: Goal | None


def _rows_of(lines: list[NostroLine], *, with_goals: bool) -> list[Row]:
    goals = _goals(lines) if with_goals else {}
    return [Row(line, goals.get(line.foreseen_goal)) for line in lines]


def _goals(lines: list[NostroLine]) -> dict[str, Goal]:
    """Name by reference what lines would move."""
    goals = {
        line.foreseen_goal: Goal(reverse(page, args=[line.foreseen_goal]), line.foreseen_goal)
        for line in lines
        if (page := GOAL_PAGES.get(Foreseen(line.foreseen)))
    }
    for account in foreseen.accounts_foreseen(lines):
        name = f"{account.enterprise.legal_name} · {account.grouped_number}"
        goals[account.reference] = Goal(reverse("settlement:account", args=[account.reference]), name)
    return goals


agree = verb(
    operations.agree_to_nostro,
    find=_statement,
    said=gettext_lazy("Agreed to. The lines are being booked."),
    back="settlement:nostro_statement",
    roles=(Role.OPERATIONS,),
    agreed=True,
)
set_aside = verb(
    operations.set_nostro_aside,
    find=_statement,
    said=gettext_lazy("The file is set aside; nothing of it is booked."),
    back="settlement:nostro_statement",
    roles=(Role.OPERATIONS,),
    reasoned=True,
)


@require_safe
@requires(Role.OPERATIONS, Role.AUDITOR)
def statement_file(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the file as it came."""
    return files.as_attachment(_statement(request, reference).file)  # type: ignore[return-value]  # a streaming response


@require_safe
@requires(Role.OPERATIONS, Role.AUDITOR)
def suspense(request: HttpRequest) -> HttpResponse:
    """Show what waits in suspense, oldest first, or what was cleared, newest first."""
    is_cleared = "cleared" in request.GET
    cleared = nostro_queries.told_items().filter(status=SuspenseStatus.CLEARED).order_by("-pk")
    items = cleared if is_cleared else nostro_queries.open_items()
    page = Paginator(items, STATEMENTS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "settlement/nostro/suspense.html", {"page": page, "is_cleared": is_cleared})


def _item(_request: HttpRequest, reference: str) -> SuspenseItem:
    return get_object_or_404(nostro_queries.told_items(), reference=reference)


@form_page
@requires(Role.OPERATIONS, Role.AUDITOR)
def item(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Show money in suspense; say what it is."""
    found = _item(request, reference)
    if request.method == "POST":
        return _propose(request, found)
    return _item_page(request, found, ClearingForm(item=found))


@requires(Role.OPERATIONS)
def _propose(request: HttpRequest, found: SuspenseItem) -> HttpResponse:
    form = ClearingForm(request.POST, item=found)
    if form.is_valid():
        with shown_on(form, form.places):
            now = timezone.now()
            operations.propose_clearing(found, **form.decision, on=timezone.localdate(now), at=now, by=actor(request))
            done = found.status == SuspenseStatus.CLEARED
            messages.success(request, _("Cleared.") if done else _("A colleague must agree before it is booked."))
            return redirect("settlement:suspense_item", found.reference)
    return _item_page(request, _item(request, found.reference), form, status=422)


def _item_page(request: HttpRequest, found: SuspenseItem, form: ClearingForm, *, status: int = 200) -> HttpResponse:
    user = user_of(request)
    operates = user.has_role(Role.OPERATIONS)
    proposed, waits = found.status == SuspenseStatus.PROPOSED, found.status == SuspenseStatus.WAITING
    context = {
        "item": found,
        "rows": _rows(found),
        "decision": _decision(found) if found.way else [],
        "form": form if operates and waits else None,
        "fitting": nostro_queries.payments_of_amount(found) if waits else [],
        "cash": nostro_queries.cash_that_may_fit(found) if waits else [],
        "may_check": operates and proposed and not found.is_own_of(actor(request)) and not found.cleared_with,
        "may_take_back": operates and found.is_to_send,
        "parts": found.parts.all(),
        "reason_form": ReasonForm(),
        "banks": banks.offered(),
    }
    return render(request, "settlement/nostro/item.html", context, status=status)


def _rows(found: SuspenseItem) -> list[dict[str, str | None]]:
    line = found.line
    why = str(Doubt(found.doubt).label)
    if found.refusal_code:
        why = f"{why} {sentence_of(found.refusal_code, {})}"
    return [
        {"label": _("Amount"), "value": money(line.amount, line.currency)},
        {"label": _("Date"), "value": day(line.booked_on)},
        {"label": _("With whom"), "value": line.counterparty_name or None},
        {"label": _("Account number"), "value": line.counterparty_number or None},
        {"label": _("Text"), "value": line.description or None},
        {"label": _("End-to-end reference"), "value": line.end_to_end or None},
        {"label": _("The other bank's reference"), "value": line.bank_reference or None},
        {"label": _("Why it waits"), "value": why},
        {"label": _("Note"), "value": found.note or None},
    ]


def _decision(found: SuspenseItem) -> list[dict[str, str | None]]:
    names = queries.names_of([found.proposed_by, found.checked_by])
    goal = {
        "account": found.settlement_account
        and f"{found.settlement_account.enterprise.legal_name} · {found.settlement_account.grouped_number}",
        "instruction": found.instruction and f"{found.instruction.payee.name} · {found.instruction.reference}",
        "cash": ", ".join(f"{each.vault.title} · {each.reference}" for each in found.cash),
        "sender": " · ".join(
            each for each in (found.sender_name, found.sender_number, banks.told(found.sender_bank_code)) if each
        ),
    }.get(found.way)
    rows: list[dict[str, str | None]] = [
        {"label": _("What becomes of it"), "value": found.get_way_display()},
        {"label": _("Where it goes"), "value": goal or None},
        *_joint(found),
        *_difference(found),
        {"label": _("Proposed by"), "value": names[found.proposed_by]},
    ]
    if found.checked_by:
        rows.append({"label": _("Checked by"), "value": names[found.checked_by]})
    return rows


def _joint(found: SuspenseItem) -> list[dict[str, str | None]]:
    """Set the sums of several lines or several deposits side by side."""
    lines, cash, currency = found.together, found.cash, found.line.currency
    if len(lines) + len(cash) <= 2:
        return []
    return [
        {"label": label, "value": " + ".join(money(each.amount, currency) for each in several)}
        for label, several in ((_("Lines of the other bank"), lines), (_("The cash itself"), cash))
    ]


def _difference(found: SuspenseItem) -> list[dict[str, str | None]]:
    if found.delivery is None or not found.difference_amount:
        return []
    return [
        {"label": _("The cash itself"), "value": money(found.delivery.amount, found.line.currency)},
        {"label": _("Over or short"), "value": money(found.difference_amount, found.line.currency)},
    ]


confirm = verb(
    operations.confirm_clearing,
    find=_item,
    said=gettext_lazy("Cleared."),
    back="settlement:suspense_item",
    roles=(Role.OPERATIONS,),
    dated=True,
    agreed=True,
)
decline = verb(
    operations.decline_clearing,
    find=_item,
    said=gettext_lazy("It waits for another decision."),
    back="settlement:suspense_item",
    roles=(Role.OPERATIONS,),
    reasoned=True,
)
take_back = verb(
    operations.take_back,
    find=_item,
    said=gettext_lazy("It is not sent, and waits for another decision."),
    back="settlement:suspense_item",
    roles=(Role.OPERATIONS,),
    dated=True,
    reasoned=True,
)
