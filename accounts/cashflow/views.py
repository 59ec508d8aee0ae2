"""Pages of evidence and the cash-flow picture."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.cashflow import operations, picture, queries
from accounts.cashflow.forms import (
    CategoryForm,
    ColumnsForm,
    InvoicesForm,
    PaymentsFilter,
    ReadingForm,
    StatementForm,
    column_name,
)
from accounts.cashflow.models import READERS, BankTransaction, StatementImport
from accounts.cashflow.questions import compared, readings
from accounts.cashflow.states import WITHDRAWABLE, Status
from accounts.harvest import presentation as harvest
from accounts.harvest import queries as harvests
from accounts.identity.models import Enterprise, Role
from accounts.statements.parsing.questions import COLUMNS
from portal.core import files
from portal.core.refusals import Refusal, sentence, shown_on

STATEMENTS_ON_A_PAGE: Final = 20
LINES_ON_A_PAGE: Final = 50


def _me(request: HttpRequest) -> Any:
    user: Any = request.user
    if user.is_staff_member and not user.has_role(*READERS):
        raise PermissionDenied
    return user


def _visible(request: HttpRequest, reference: str) -> Enterprise:
    return get_object_or_404(Enterprise.objects.visible_to(_me(request)), reference=reference)


def _served(request: HttpRequest, reference: str) -> Enterprise:
    """Find the enterprise for which one may bring or withdraw evidence: one's own, or as an officer."""
    enterprise = _visible(request, reference)
    if not _may_bring(request):
        raise PermissionDenied
    return enterprise


def _may_bring(request: HttpRequest) -> bool:
    user = _me(request)
    return not user.is_staff_member or bool(user.has_role(Role.OFFICER))


def _statement(enterprise: Enterprise, reference: str) -> StatementImport:
    seen = StatementImport.objects.select_related("file", "enterprise")
    return get_object_or_404(seen, enterprise=enterprise, reference=reference)


@require_safe
def enterprises(request: HttpRequest) -> HttpResponse:
    """Lead an owner to the cash flow of the enterprise, or let choose; staff search theirs elsewhere."""
    user = _me(request)
    if user.is_staff_member:
        return redirect("identity:enterprises")
    own = list(Enterprise.objects.visible_to(user).order_by("legal_name"))
    if len(own) == 1:
        return redirect("cashflow:enterprise", own[0].reference)
    return render(request, "cashflow/list.html", {"enterprises": own})


@require_safe
def enterprise(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what the evidence of an enterprise tells, and take more of it."""
    return _page(request, _visible(request, reference))


def _page(request: HttpRequest, shown: Enterprise, *, status: int = 200, **forms: Any) -> HttpResponse:
    listed = queries.all_statements_of(shown) if _me(request).is_staff_member else queries.statements_of(shown)
    upload, invoices = (reverse(f"cashflow:{name}", args=[shown.reference]) for name in ("upload", "invoices"))
    context = {
        "enterprise": shown,
        "page": Paginator(listed, STATEMENTS_ON_A_PAGE).get_page(request.GET.get("page")),
        "is_reading": queries.is_reading(shown),
        "picture": picture.drawn(queries.monthly(shown), queries.top_customers(shown)),
        "invoices": queries.invoices_of(shown),
        "grows": harvests.grows(shown),
        "harvest": harvest.drawn(harvests.expected_of(shown, on=timezone.localdate())),
        "may_bring": _may_bring(request),
        "form": None,
        "statement_form": StatementForm(action=upload),
        "invoices_form": InvoicesForm(action=invoices),
    }
    return render(request, "cashflow/enterprise.html", context | forms, status=status)


@require_POST
def upload(request: HttpRequest, reference: str) -> HttpResponse:
    """Receive a statement file."""
    served = _served(request, reference)
    form = StatementForm(request.POST, request.FILES, action=request.path)
    if form.is_valid():
        try:
            operations.receive(
                served,
                form.cleaned_data["file"],
                by=_me(request).reference,
                at=timezone.now(),
                key=form.cleaned_data["idempotency_key"],
            )
        except Refusal as refusal:
            form.add_error("file", sentence(refusal))
        else:
            messages.success(request, _("The statement has arrived and is being read."))
            return redirect("cashflow:enterprise", reference)
    return _page(request, served, status=422, statement_form=form, form=form)


@require_POST
def invoices(request: HttpRequest, reference: str) -> HttpResponse:
    """Receive an invoice ledger and read it."""
    served = _served(request, reference)
    form = InvoicesForm(request.POST, request.FILES, action=request.path)
    if form.is_valid():
        try:
            outcome = operations.receive_invoices(
                served,
                form.cleaned_data["file"],
                by=_me(request).reference,
                at=timezone.now(),
                direction=form.cleaned_data["direction"],
            )
        except Refusal as refusal:
            form.add_error("file", sentence(refusal))
        else:
            counts = {"new": outcome.new, "changed": outcome.changed, "known": outcome.known}
            told = _("Invoices read: %(new)d new, %(changed)d changed, %(known)d known before.")
            messages.success(request, told % counts)
            return redirect("cashflow:enterprise", reference)
    return _page(request, served, status=422, invoices_form=form, form=form)


@require_safe
def statement(request: HttpRequest, reference: str, statement: str) -> HttpResponse:
    """Show what was read from a statement, or why it was not accepted."""
    return _statement_page(request, _statement(_visible(request, reference), statement))


def _statement_page(
    request: HttpRequest, shown: StatementImport, *, form: Any = None, status: int = 200
) -> HttpResponse:
    asks = shown.status == Status.ASKS
    context = {
        "enterprise": shown.enterprise,
        "statement": shown,
        "is_reading": shown.status == Status.READING,
        "may_bring": _may_bring(request),
        "may_withdraw": _may_bring(request) and shown.status in WITHDRAWABLE,
        "page": Paginator(queries.lines_of(shown), LINES_ON_A_PAGE).get_page(request.GET.get("page")),
        "form": form or (_question_form(shown) if asks else None),
        "asked": _asked(shown) if asks else None,
    }
    return render(request, "cashflow/statement.html", context, status=status)


def _question_form(shown: StatementImport, *data: Any) -> Any:
    kind = ColumnsForm if shown.question["kind"] == COLUMNS else ReadingForm
    action = reverse("cashflow:answer", args=[shown.enterprise.reference, shown.reference])
    return kind(shown.question, *data, action=action)


def _asked(shown: StatementImport) -> dict[str, Any]:
    """Give a question's table: the first rows under the names of their columns, or the lines under each reading."""
    question = shown.question
    if question["kind"] == COLUMNS:
        width = max(len(row["cells"]) for row in question["rows"])
        rows = [(row["line"], [*row["cells"], *[""] * (width - len(row["cells"]))]) for row in question["rows"]]
        return {"kind": COLUMNS, "heads": [column_name(index) for index in range(width)], "rows": rows}
    return {"kind": question["kind"], "heads": readings(question), "rows": compared(question)}


@require_POST
def answer(request: HttpRequest, reference: str, statement: str) -> HttpResponse:
    """Take the answer to what a statement asks, and let it be read."""
    shown = _statement(_served(request, reference), statement)
    address = redirect("cashflow:statement", reference, statement)
    if shown.status != Status.ASKS:
        messages.error(request, _("This question was answered before."))
        return address
    form = _question_form(shown, request.POST)
    if form.is_valid():
        with shown_on(form):
            operations.answer(shown, form.told(), by=_me(request).reference, at=timezone.now())
            messages.success(request, _("Thank you. The statement is being read."))
            return address
    return _statement_page(request, shown, form=form, status=422)


@require_safe
def payments(request: HttpRequest, reference: str) -> HttpResponse:
    """List an enterprise's payments with what each was for."""
    shown = _visible(request, reference)
    asked = PaymentsFilter(request.GET)
    wanted = asked.cleaned_data if asked.is_valid() else {"category": "", "way": "", "q": ""}
    found = queries.lines(shown, category=wanted["category"], way=wanted["way"], words=wanted["q"])
    context = {
        "enterprise": shown,
        "asked": asked,
        "page": Paginator(found, LINES_ON_A_PAGE).get_page(request.GET.get("page")),
        "may_correct": _may_bring(request),
    }
    return render(request, "cashflow/payments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: HttpRequest, reference: str, line: int) -> HttpResponse:
    """Show a payment and what it was for, and let that be corrected."""
    shown = _visible(request, reference)
    found = get_object_or_404(BankTransaction, enterprise=shown, pk=line)
    now = queries.current_of(found)
    if now is None or (now.pk != found.pk and request.method != "POST"):
        return redirect("cashflow:payment", reference, now.pk) if now else redirect("cashflow:payments", reference)
    may_correct = _may_bring(request) and not operations.is_told_by_our_books(now)
    form = CategoryForm(now, request.POST or None) if may_correct else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            with shown_on(form):
                return _corrected(request, now, form.cleaned_data)
    context = {"enterprise": shown, "line": now, "form": form, "like_it": queries.payments_like(now)}
    return render(request, "cashflow/payment.html", context, status=422 if form and form.errors else 200)


def _corrected(request: HttpRequest, line: BankTransaction, told: dict[str, str]) -> HttpResponse:
    me = _me(request)
    operations.correct(line, **told, by=me.reference, is_by_staff=me.is_staff_member, at=timezone.now())
    messages.success(request, _("Saved. What you said is remembered for the payments it holds for."))
    return redirect("cashflow:payments", line.enterprise.reference)


@require_safe
def file(request: HttpRequest, reference: str, statement: str) -> HttpResponse:
    """Hand out the file as it came."""
    shown = _statement(_visible(request, reference), statement)
    return files.as_attachment(shown.file)  # type: ignore[return-value]  # a streaming response is one too


@require_POST
def withdraw(request: HttpRequest, reference: str, statement: str) -> HttpResponse:
    """Take a statement out of the evidence."""
    shown = _statement(_served(request, reference), statement)
    try:
        operations.withdraw(shown, by=_me(request).reference, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, _("The statement was withdrawn."))
    return redirect("cashflow:enterprise", reference)
