"""Pages of batches: a file sent, what it would do, confirmed, paid, reported."""

from contextlib import suppress
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.settlement import operations, writing
from accounts.settlement.batching import BatchStatus
from accounts.settlement.doors import actor, only_members, role_in, visible_account
from accounts.settlement.forms.batches import BatchForm
from accounts.settlement.forms.reasons import ReasonForm
from accounts.settlement.models import PaymentBatch, PaymentBatchLine
from accounts.settlement.queries import batches as queries
from accounts.settlement.queries import names_of
from accounts.settlement.views.acting import verb
from accounts.settlement.views.checking import Way, go_on_alone
from portal.core.files import private_file
from portal.core.formats import day, moment, money, number
from portal.core.refusals import shown_on
from portal.core.transitions import TransitionRefused

LINES_ON_A_PAGE: Final = 50
BATCHES_ON_A_PAGE: Final = 25
READY: Final = (BatchStatus.CHECKED, BatchStatus.FAILED)
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def batch_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an account's batches, newest first."""
    account = visible_account(request, reference)
    batches = PaymentBatch.objects.filter(settlement_account=account).order_by("-pk")
    page = Paginator(batches, BATCHES_ON_A_PAGE).get_page(request.GET.get("page"))
    may_act = bool(role_in(request, account.enterprise)) and account.status == "open"
    return render(request, "settlement/batches/list.html", {"account": account, "page": page, "may_act": may_act})


@require_safe
def template(_request: HttpRequest) -> HttpResponse:
    """Hand out an empty file with the right columns."""
    content = writing.batch_template(language=get_language() or "en")
    return private_file(content, name="payments.xlsx", media_type=XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a file of payments and check it; nothing is paid yet."""
    account = visible_account(request, reference)
    only_members(request, account.enterprise)
    form = BatchForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        with shown_on(form, {"key_reused": ""}):
            batch = operations.check_batch(
                account,
                title=asked["title"],
                name=asked["file"].name[:150],
                content=asked["file"].read(),
                key=asked["idempotency_key"],
                at=timezone.now(),
                by=actor(request),
            )
            return redirect("settlement:batch", reference=batch.reference)
    status = 422 if form.is_bound else 200
    return render(request, "settlement/batches/new.html", {"account": account, "form": form}, status=status)


def _visible(request: HttpRequest, reference: str) -> PaymentBatch:
    batches = PaymentBatch.objects.visible_to(request.user).select_related("settlement_account__enterprise")
    return get_object_or_404(batches, reference=reference)


@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a batch: before it is sent what it would do, afterwards what became of each line."""
    batch = _visible(request, reference)
    account, now = batch.settlement_account, timezone.now()
    lines = list(batch.lines.select_related("payee", "instruction").order_by("line"))
    ready = batch.status in READY
    wrong = operations.judge(batch, lines, at=now) if ready else 0
    page = Paginator(_worst_first(lines), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    member = bool(role_in(request, account.enterprise))
    waits = batch.status == BatchStatus.WAITING
    context = {
        "batch": batch,
        "account": account,
        "page": page,
        "rows": _rows(batch),
        "wrong": wrong,
        "unreadable": sum(1 for line in lines if line.is_unreadable),
        "new_count": len({(line.number, line.bank_code) for line in lines if line.is_new}) if ready else 0,
        "effect": queries.effect_of(batch, lines, on=timezone.localdate(), at=now) if ready else None,
        "ready": ready,
        "underway": batch.status == BatchStatus.APPROVED and batch.pay_at is not None and batch.pay_at <= now,
        "may_submit": member and ready and not wrong,
        "may_check": member and waits and batch.submitted_by != actor(request),
        "may_cancel": member and (ready or waits or batch.status == BatchStatus.APPROVED),
        "reason_form": ReasonForm(),
    }
    return render(request, "settlement/batches/detail.html", context)


def _worst_first(lines: list[PaymentBatchLine]) -> list[PaymentBatchLine]:
    return sorted(lines, key=lambda line: (not line.problem_code, line.line))


def _rows(batch: PaymentBatch) -> list[dict[str, str | None]]:
    currency = batch.settlement_account.currency
    names = names_of([batch.made_by, batch.submitted_by, batch.checked_by])
    rows: list[dict[str, str | None]] = [
        {"label": _("Lines"), "value": str(batch.line_count)},
        {"label": _("Total"), "value": money(batch.total_amount, currency)},
        {"label": _("From account"), "value": batch.settlement_account.grouped_number},
        {"label": _("File"), "value": batch.file.original_name},
        {"label": _("Made by"), "value": names[batch.submitted_by or batch.made_by]},
    ]
    if batch.checked_by:
        rows.append({"label": _("Checked by"), "value": names[batch.checked_by]})
    if batch.paid_at:
        rows.append({"label": _("Paid on"), "value": moment(batch.paid_at)})
    if batch.reason:
        rows.append({"label": _("Reason"), "value": batch.reason})
    return rows


@require_safe
def report(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out what became of each line, for a spreadsheet."""
    batch = _visible(request, reference)
    lines = list(batch.lines.select_related("instruction").order_by("line"))
    if batch.status in READY:
        operations.judge(batch, lines, at=timezone.now())
    content = writing.batch_report(lines, currency=batch.settlement_account.currency)
    return private_file(content, name=f"{batch.reference}.csv", media_type="text/csv; charset=utf-8")


def _said(batch: PaymentBatch) -> str:
    if batch.pay_at and batch.pay_at > timezone.now():
        return _("New payees are saved. The batch is paid on %(moment)s.") % {"moment": moment(batch.pay_at)}
    return _("The batch is being paid.")


def _sent(batch: PaymentBatch) -> str:
    return _("It waits for a second person.") if batch.status == BatchStatus.WAITING else _said(batch)


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, reference: str) -> HttpResponse:
    """Send a checked batch: what will leave, then the deed."""
    batch = _visible(request, reference)
    only_members(request, batch.settlement_account.enterprise)
    return go_on_alone(request, lambda: _sending(request, batch), back="settlement:batch", reference=reference)


def _sending(request: HttpRequest, batch: PaymentBatch) -> Way:
    told: dict[str, Any] = {"on": timezone.localdate(), "at": timezone.now(), "by": actor(request)}

    def make(code: str) -> HttpResponse:
        with suppress(TransitionRefused):  # sent before, by a double click perhaps: its page says how it stands
            operations.submit_batch(batch, code=code, **told)
            messages.success(request, _sent(batch))
        return redirect("settlement:batch", batch.reference)

    return Way(
        title=_("Check the batch"),
        button=_("Confirm the batch"),
        review=lambda: operations.review_batch(batch, **told),
        look=_look,
        make=make,
        template="settlement/batches/check.html",
    )


def _look(review: operations.PaymentReview[Any]) -> dict[str, Any]:
    batch, pay_at = review.leaving.batch, review.leaving.pay_at
    account = batch.settlement_account
    is_new = pay_at > timezone.now()
    rows = [
        {"label": _("What for"), "value": batch.title},
        {"label": _("Number of payments"), "value": number(batch.line_count)},
        {"label": _("Date"), "value": moment(pay_at) if is_new else day(timezone.localdate())},
        {"label": _("Fee"), "value": _("None")},
        {"label": _("From account"), "value": account.grouped_number},
        {"label": _("Available afterwards"), "value": money(review.available_after, account.currency)},
    ]
    return {"rows": rows, "is_new": is_new}


confirm = verb(operations.confirm_batch, find=_visible, said=_said, back="settlement:batch")
decline = verb(
    operations.decline_batch,
    find=_visible,
    said=gettext_lazy("The batch is not paid."),
    back="settlement:batch",
    reasoned=True,
)
cancel = verb(
    operations.cancel_batch, find=_visible, said=gettext_lazy("The batch is canceled."), back="settlement:batch"
)
