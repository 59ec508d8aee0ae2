"""Pages of risk classes, write-offs and the allowance."""

from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.access import requires
from accounts.identity.models import READERS, Role
from lending.loans.losses import operations, queries
from lending.loans.losses.classes import RiskClass
from lending.loans.losses.forms import JudgeForm, LiftForm, ProposeForm, ReverseForm
from lending.loans.losses.models import Allowance, WriteOff, WriteOffReversal
from lending.loans.models import Loan, Repayment
from lending.loans.proposals import views as proposals
from lending.loans.proposals.forms import DecideForm
from lending.loans.proposals.queries import PROPOSERS, waiting_for
from lending.loans.proposals.states import Status
from lending.loans.proposals.views import user_of
from portal.core import files
from portal.core.refusals import shown_on

ON_A_PAGE: Final = 50
MONTHS_SHOWN: Final = 12


def _loan(request: HttpRequest, reference: str) -> Loan:
    return get_object_or_404(queries.readable(user_of(request)).select_related("enterprise"), reference=reference)


@require_safe
@requires(*READERS)
def risk(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a loan's class and what it follows from, and what one may do about it."""
    return _page(request, _loan(request, reference))


def _page(request: HttpRequest, loan: Loan, **forms: Any) -> HttpResponse:
    user, today = user_of(request), timezone.localdate()
    found, standing = queries.class_of(loan, on=today), queries.judgment_standing(loan)
    write_offs = list(loan.write_offs.select_related("proposed_by").order_by("-pk"))
    bad_days, already = None, proposals.already_open(loan, WriteOff, "loans:write_off_proposal")
    if found and queries.may_judge(user, loan):
        if found.risk_class < RiskClass.LOSS:
            forms.setdefault("judge_form", JudgeForm(better_than=found.risk_class))
        is_lost = found.risk_class == RiskClass.LOSS and found.days_past_due >= queries.bad_from_days(today)
        if found.principal_amount and not is_lost:
            bad_days = queries.bad_from_days(today)
        elif found.principal_amount and already is None:
            forms.setdefault("form", ProposeForm())
    if queries.may_lift(user, loan, standing):
        forms.setdefault("lift_form", LiftForm())
    for verb, form in (("judge", "judge_form"), ("lift_judgment", "lift_form"), ("write_off", "form")):
        if form in forms:
            forms[form].helper.form_action = reverse(f"loans:{verb}", args=[loan.reference])
    context = dict.fromkeys(("judge_form", "lift_form", "form")) | {
        "loan": loan,
        "found": found,
        "standing": standing,
        "bad_days": bad_days,
        "already": already,
        "judgments": loan.judgments.select_related("by").order_by("-pk"),
        "write_offs": write_offs,
        "recovered_amount": queries.recovered_amount(loan),
        "lines": loan.allowance_lines.select_related("allowance").order_by("-allowance__last_date")[:MONTHS_SHOWN],
        **forms,
    }
    has_errors = any(form.errors for form in forms.values())
    return render(request, "loans/risk.html", context, status=422 if has_errors else 200)


@require_POST
@requires(*PROPOSERS)
def judge(request: HttpRequest, reference: str) -> HttpResponse:
    """Find a loan worse than its days tell."""
    loan, now = _loan(request, reference), timezone.now()
    form = JudgeForm(request.POST, better_than=RiskClass.PASS)
    if form.is_valid():
        told, on = form.cleaned_data, timezone.localdate(now)
        with shown_on(form, JudgeForm.FIELDS):
            found = RiskClass(told["risk_class"])
            operations.judge(loan, found, reason=told["reason"], by=user_of(request), at=now, on=on)
            messages.success(request, _("The class was recorded."))
            return redirect("loans:risk", reference)
    return _page(request, loan, judge_form=form)


@require_POST
@requires(Role.APPROVER)
def lift(request: HttpRequest, reference: str) -> HttpResponse:
    """Take back what a colleague found."""
    loan, now = _loan(request, reference), timezone.now()
    form = LiftForm(request.POST)
    if form.is_valid():
        with shown_on(form, LiftForm.FIELDS):
            reason, on = form.cleaned_data["reason"], timezone.localdate(now)
            operations.lift(loan, reason=reason, by=user_of(request), at=now, on=on)
            messages.success(request, _("The class was recorded."))
            return redirect("loans:risk", reference)
    return _page(request, loan, lift_form=form)


@require_POST
@requires(*PROPOSERS)
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose to write a loan off."""
    loan, now = _loan(request, reference), timezone.now()
    form = ProposeForm(request.POST, request.FILES)
    if form.is_valid():
        told = form.cleaned_data
        with shown_on(form, ProposeForm.FIELDS):
            made = operations.propose(
                loan,
                grounds=told["grounds"],
                upload=told["file"],
                key=told["idempotency_key"],
                by=user_of(request),
                at=now,
                on=timezone.localdate(now),
            )
            messages.success(request, _("The proposal was recorded. A second person decides."))
            return redirect("loans:write_off_proposal", made.reference)
    return _page(request, loan, form=form)


@require_safe
@requires(Role.APPROVER)
def waiting(request: HttpRequest) -> HttpResponse:
    """List the write-offs that wait for an approver."""
    listed = waiting_for(user_of(request), WriteOff, on=timezone.localdate())
    told = {"title": _("Write-offs to decide on"), "what": _("Write-off"), "amount": _("Principal")}
    return proposals.waiting(request, listed, "loans:write_off_proposal", **told)


def _find(request: HttpRequest, reference: str) -> WriteOff:
    related = ("loan__enterprise", "loan__offer__application", "proposed_by", "decided_by", "file", "entry")
    seen = WriteOff.objects.visible_to(user_of(request)).select_related(*related)
    return get_object_or_404(seen, reference=reference)


@require_safe
@requires(*READERS)
def write_off(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a write-off, and what one may do about it."""
    return _write_off_page(request, _find(request, reference))


def _write_off_page(
    request: HttpRequest, found: WriteOff, form: DecideForm | None = None, reverse_form: ReverseForm | None = None
) -> HttpResponse:
    already = None
    if found.status == Status.APPROVED:
        already = proposals.already_open(found.loan, WriteOffReversal, "loans:write_off_reversal")
        if already is None and queries.may_judge(user_of(request), found.loan):
            reverse_form = reverse_form or ReverseForm()
            reverse_form.helper.form_action = reverse("loans:reverse_write_off", args=[found.reference])
    context = proposals.choices(request, found, form) | {
        "write_off": found,
        "already": already,
        "reverse_form": reverse_form,
        "reversals": found.reversals.order_by("-pk"),
        "split": queries.split_of(found.loan, found.principal_amount) if found.is_open else None,
        "expense_amount": found.principal_amount - (found.allowance_amount or 0),
        "recovered_amount": queries.recovered_amount(found.loan) if found.status == Status.APPROVED else None,
    }
    has_errors = (form and form.errors) or (reverse_form and reverse_form.errors)
    return render(request, "loans/write_off.html", context, status=422 if has_errors else 200)


@require_POST
@requires(Role.APPROVER)
def conclude(request: HttpRequest, reference: str) -> HttpResponse:
    """Write off or decline, as the second person."""
    found, form = _find(request, reference), DecideForm(request.POST)
    approve = partial(operations.approve, seen=request.POST.get("seen", ""))
    if proposals.conclude(request, found, form, approve):
        return redirect("loans:write_off_proposal", reference)
    return _write_off_page(request, found, form)


@require_POST
@requires(*PROPOSERS)
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a proposal back."""
    proposals.withdraw(request, _find(request, reference))
    return redirect("loans:write_off_proposal", reference)


@require_POST
@requires(*PROPOSERS)
def propose_reversal(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose to reverse a write-off."""
    found, form, now = _find(request, reference), ReverseForm(request.POST), timezone.now()
    if form.is_valid():
        told = form.cleaned_data
        with shown_on(form, ReverseForm.FIELDS):
            made = operations.propose_reversal(
                found,
                reason=told["reason"],
                key=told["idempotency_key"],
                by=user_of(request),
                at=now,
                on=timezone.localdate(now),
            )
            messages.success(request, _("The proposal was recorded. A second person decides."))
            return redirect("loans:write_off_reversal", made.reference)
    return _write_off_page(request, found, reverse_form=form)


@require_safe
@requires(Role.APPROVER)
def reversals_waiting(request: HttpRequest) -> HttpResponse:
    """List the reversals of write-offs that wait for an approver."""
    waits = waiting_for(user_of(request), WriteOffReversal, on=timezone.localdate()).select_related("write_off")
    told = {"title": _("Reversals of write-offs to decide on"), "what": _("Reversal"), "amount": _("Principal")}
    return proposals.waiting(request, waits, "loans:write_off_reversal", **told)


def _find_reversal(request: HttpRequest, reference: str) -> WriteOffReversal:
    related = ("loan__enterprise", "loan__offer__application", "proposed_by", "decided_by", "write_off", "entry")
    seen = WriteOffReversal.objects.visible_to(user_of(request)).select_related(*related)
    return get_object_or_404(seen, reference=reference)


@require_safe
@requires(*READERS)
def reversal(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the reversal of a write-off: what it books, and what one may do about it."""
    return _reversal_page(request, _find_reversal(request, reference))


def _reversal_page(request: HttpRequest, found: WriteOffReversal, form: DecideForm | None = None) -> HttpResponse:
    is_open, loan = found.is_open, found.loan
    became = Repayment.objects.filter(rebooked__reversal=found).order_by("pk")
    context = proposals.choices(request, found, form) | {
        "reversal": found,
        "recoveries": queries.recoveries_of(loan) if is_open else became,
        "expense_amount": found.write_off.principal_amount - (found.write_off.allowance_amount or 0),
        "seen": queries.shown_of(found.write_off) if is_open else "",
    }
    return render(request, "loans/write_off_reversal.html", context, status=422 if form and form.errors else 200)


@require_POST
@requires(Role.APPROVER)
def conclude_reversal(request: HttpRequest, reference: str) -> HttpResponse:
    """Reverse a write-off or decline that, as the second person."""
    found, form = _find_reversal(request, reference), DecideForm(request.POST)
    approve = partial(operations.approve_reversal, seen=request.POST.get("seen", ""))
    if proposals.conclude(request, found, form, approve):
        return redirect("loans:write_off_reversal", reference)
    return _reversal_page(request, found, form)


@require_POST
@requires(*PROPOSERS)
def withdraw_reversal(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the proposal of a reversal back."""
    proposals.withdraw(request, _find_reversal(request, reference))
    return redirect("loans:write_off_reversal", reference)


@require_safe
@requires(*READERS)
def download(request: HttpRequest, reference: str) -> Any:
    """Hand out the document that a write-off rests on."""
    kept = _find(request, reference).file
    if kept is None:
        raise Http404
    return files.as_attachment(kept)


@require_safe
@requires(*queries.READERS)
def allowances(request: HttpRequest) -> HttpResponse:
    """List the allowance month by month, with the rules in force."""
    listed = Allowance.objects.select_related("entry").order_by("-last_date", "currency")
    context = {
        "page": Paginator(listed, ON_A_PAGE).get_page(request.GET.get("page")),
        "rules": queries.rules_on(timezone.localdate()),
    }
    return render(request, "loans/allowances.html", context)


@require_safe
@requires(*queries.READERS)
def allowance(request: HttpRequest, number: int) -> HttpResponse:
    """Show what each loan asked of a month's allowance, and why."""
    found = get_object_or_404(Allowance.objects.select_related("entry"), pk=number)
    asked = request.GET.get("q", "").strip()
    lines = queries.lines_of(found, user=user_of(request), asked=asked)
    page = Paginator(lines, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "loans/allowance.html", {"allowance": found, "page": page, "asked": asked})
