"""Pages of evidence, with the cash-flow picture above it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.cashflow import asked, forecast_picture, operations, outlook, picture, queries
from accounts.cashflow.forms import InvoicesForm, StatementForm
from accounts.cashflow.models import StatementImport
from accounts.cashflow.states import WITHDRAWABLE, Status
from accounts.cashflow.telling import tell_received
from accounts.cashflow.views import doors, ledgers
from accounts.harvest import presentation as harvest
from accounts.harvest import queries as harvests
from accounts.identity.access import shows_books
from accounts.identity.models import Enterprise
from accounts.statements.parsing.questions import PASSWORD
from portal.core.refusals import shown_above, shown_on
from portal.core.uploads import each_of

STATEMENTS_ON_A_PAGE: Final = 20
LINES_ON_A_PAGE: Final = 50


def _statement(enterprise: Enterprise, reference: str) -> StatementImport:
    seen = StatementImport.objects.select_related("file", "locked_file", "enterprise", "answered_as__file")
    return get_object_or_404(seen, enterprise=enterprise, reference=reference)


@require_safe
@shows_books
def enterprises(request: HttpRequest) -> HttpResponse:
    """Lead an owner to the cash flow of the enterprise, or let choose; staff search theirs elsewhere."""
    user = doors.me(request)
    if user.is_staff_member:
        return redirect("identity:enterprises")
    own = list(Enterprise.objects.visible_to(user).order_by("legal_name"))
    if len(own) == 1:
        return redirect("cashflow:enterprise", own[0].reference)
    return render(request, "cashflow/list.html", {"enterprises": own})


@require_safe
@shows_books
def enterprise(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what the evidence of an enterprise tells, and take more of it."""
    return _page(request, doors.visible(request, reference))


def _page(request: HttpRequest, shown: Enterprise, *, status: int = 200, **forms: Any) -> HttpResponse:
    is_of_bank = doors.is_of_bank(request, shown)
    listed = queries.all_statements_of(shown) if is_of_bank else queries.statements_of(shown)
    upload, invoices = (reverse(f"cashflow:{name}", args=[shown.reference]) for name in ("upload", "invoices"))
    months, may_bring = doors.period(request), doors.may_bring(request, shown)
    seen = outlook.outlook_of(shown, on=timezone.localdate())
    last_day = queries.last_day_of(shown)
    context = {
        "enterprise": shown,
        "months": months,
        "periods": doors.PERIODS,
        "outlook": seen,
        "forecast": forecast_picture.drawn(seen) if seen else None,
        "page": Paginator(listed, STATEMENTS_ON_A_PAGE).get_page(request.GET.get("page")),
        "is_reading": queries.is_reading(shown),
        "contradicting": queries.contradicting(shown),
        "picture": picture.drawn(queries.monthly(shown, on=last_day, months=months)),
        "last_day": last_day,
        "invoices": queries.invoices_of(shown),
        "asking_ledgers": queries.asking_ledgers(shown),
        "grows": harvests.grows(shown),
        "harvest": harvest.drawn(harvests.expected_of(shown, on=timezone.localdate())),
        "may_bring": may_bring,
        "acts": may_bring or is_of_bank,
        "form": None,
        "statement_form": StatementForm(action=upload),
        "invoices_form": InvoicesForm(action=invoices),
    }
    return render(request, "cashflow/enterprise.html", context | forms, status=status)


@require_POST
def upload(request: HttpRequest, reference: str) -> HttpResponse:
    """Receive statement files."""
    served = doors.served(request, reference)
    form = StatementForm(request.POST, request.FILES, action=request.path)
    if form.is_valid():
        by, now = doors.me(request).reference, timezone.now()
        received = each_of(
            form,
            lambda file, key: (file.name, operations.receive(served, file, by=by, at=now, key=key)),
            unfold=operations.unfolded,
        )
        tell_received(request, received, at=now)
        if not form.errors and len(received) == 1:
            return redirect("cashflow:statement", reference, received[0][1].reference)
        if not form.errors:
            return redirect("cashflow:enterprise", reference)
    return _page(request, served, status=422, statement_form=form, form=form)


@require_POST
def invoices(request: HttpRequest, reference: str) -> HttpResponse:
    """Receive invoice ledgers and read them."""
    served = doors.served(request, reference)
    form = InvoicesForm(request.POST, request.FILES, action=request.path)
    if form.is_valid():
        by, direction = doors.me(request).reference, form.cleaned_data["direction"]
        told = operations.read_together(served, form.cleaned_data["file"], direction=direction)
        now = timezone.now()
        taken = each_of(
            form,
            lambda file, _key: operations.receive_invoices(
                served, file, by=by, at=now, direction=direction, told=told[file]
            ),
        )
        ledgers.tell_taken(request, taken)
        if not form.errors:
            return ledgers.next_page(served, taken)
    return _page(request, served, status=422, invoices_form=form, form=form)


@require_safe
@shows_books
def statement(request: HttpRequest, reference: str, statement: str) -> HttpResponse:
    """Show what was read from a statement, or why it was not accepted."""
    return _statement_page(request, _statement(doors.visible(request, reference), statement))


def _statement_page(
    request: HttpRequest, shown: StatementImport, *, form: Any = None, status: int = 200
) -> HttpResponse:
    asks, may_bring = shown.status == Status.ASKS, doors.may_bring(request, shown.enterprise)
    context = {
        "enterprise": shown.enterprise,
        "statement": shown,
        "is_reading": shown.status == Status.READING,
        "may_bring": may_bring,
        "may_ask_anew": may_bring and shown.status in (Status.READ, Status.ASKS),
        "may_withdraw": may_bring and shown.status in WITHDRAWABLE,
        "page": Paginator(queries.lines_of(shown), LINES_ON_A_PAGE).get_page(request.GET.get("page")),
        "form": form or (asked.form_of(shown) if asks else None),
        "asked": asked.table_of(shown) if asks else None,
    }
    return render(request, "cashflow/statement.html", context, status=status)


@sensitive_post_parameters(PASSWORD)
@require_POST
def answer(request: HttpRequest, reference: str, statement: str) -> HttpResponse:
    """Take the answer to what a statement asks, and let it be read."""
    shown = _statement(doors.served(request, reference), statement)
    address = redirect("cashflow:statement", reference, statement)
    if shown.status != Status.ASKS:
        messages.error(request, _("This question was answered before."))
        return address
    form = asked.form_of(shown, request.POST)
    if form.is_valid():
        with shown_on(form):
            others = _answered(shown, form.told(), by=doors.me(request).reference, at=timezone.now())
            messages.success(request, _("Thank you. The statement is being read."))
            return redirect("cashflow:enterprise", reference) if others else address
    return _statement_page(request, _statement(shown.enterprise, statement), form=form, status=422)


def _answered(shown: StatementImport, told: Mapping[str, Any], *, by: str, at: datetime) -> list[StatementImport]:
    """Take an answer; give the other statements that were in a file which it unlocked."""
    if PASSWORD in told:
        return operations.unlock(shown, told[PASSWORD], by=by, at=at)
    operations.answer(shown, told, by=by, at=at)
    return []


@require_POST
def ask_anew(request: HttpRequest, reference: str, statement: str) -> HttpResponse:
    """Let a statement ask that was read by an earlier file's answer."""
    shown = _statement(doors.served(request, reference), statement)
    with shown_above(request):
        operations.ask_anew(shown, by=doors.me(request).reference, at=timezone.now())
    return redirect("cashflow:statement", reference, statement)


@require_safe
@shows_books
def file(request: HttpRequest, reference: str, statement: str) -> Any:
    """Hand out the file as it came, or as it was unlocked."""
    shown = _statement(doors.visible(request, reference), statement)
    return doors.handed_out(request, shown.file, shown.enterprise, statement=shown.reference)


@require_safe
@shows_books
def locked_file(request: HttpRequest, reference: str, statement: str) -> Any:
    """Hand out the file as it came, behind its password."""
    shown = _statement(doors.visible(request, reference), statement)
    if shown.locked_file is None:
        raise Http404
    return doors.handed_out(request, shown.locked_file, shown.enterprise, statement=shown.reference)


@require_POST
def choose(request: HttpRequest, reference: str, statement: str) -> HttpResponse:
    """Let one of several files count that tell otherwise."""
    shown = _statement(doors.served(request, reference), statement)
    with shown_above(request):
        operations.choose(shown, by=doors.me(request).reference, at=timezone.now())
        messages.success(request, _("The other file was withdrawn."))
    return redirect("cashflow:enterprise", reference)


@require_POST
def withdraw(request: HttpRequest, reference: str, statement: str) -> HttpResponse:
    """Take a statement out of the evidence."""
    shown = _statement(doors.served(request, reference), statement)
    with shown_above(request):
        operations.withdraw(shown, by=doors.me(request).reference, at=timezone.now())
        messages.success(request, _("The statement was withdrawn."))
    return redirect(doors.back(request) or reverse("cashflow:enterprise", args=[reference]))
