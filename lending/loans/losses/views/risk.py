"""Pages of what a loan is worth: its risk class, what people found, and proposing to write it off."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import READERS, Role
from lending.loans.losses import operations, queries
from lending.loans.losses.classes import RiskClass
from lending.loans.losses.forms import JudgeForm, LiftForm, ProposeForm
from lending.loans.losses.models import WriteOff
from lending.loans.models import Loan
from lending.loans.proposals import views as proposals
from lending.loans.proposals.queries import PROPOSERS
from portal.core.refusals import shown_on

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
        if found.principal_amount and not found.may_be_lost(needed := queries.bad_from_days(today)):
            bad_days = needed
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
def propose_write_off(request: HttpRequest, reference: str) -> HttpResponse:
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
