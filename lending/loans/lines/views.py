"""Pages of credit lines: the owner draws, the bank's people suspend, resume and lower."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.access import only_owners, requires, shows_books, user_of
from accounts.identity.models import Enterprise, Role
from accounts.identity.queries import acts_for, keeps_books, owns, signs_with_authenticator
from lending.loans.lines import operations, queries
from lending.loans.lines.binding import drawn_amount
from lending.loans.lines.forms import CodeForm, DrawForm, LowerForm, ReasonForm
from lending.loans.lines.models import CreditLine
from lending.loans.lines.states import LineStatus
from lending.loans.states import LATE
from lending.loans.views import ON_A_PAGE, form_page
from lending.products.presentation import early_rule, late_rule
from portal.core import idempotency
from portal.core.refusals import sentence_of, shown_above, shown_on


def _find(request: HttpRequest, reference: str) -> CreditLine:
    related = ("enterprise__branch", "offer__application__product", "settlement_account", "suspended_by")
    seen = CreditLine.objects.visible_to(user_of(request)).select_related(*related)
    return get_object_or_404(seen, reference=reference)


def _own(request: HttpRequest, reference: str) -> CreditLine:
    line = _find(request, reference)
    only_owners(user_of(request), line.enterprise)
    return line


@require_safe
@shows_books
def list_lines(request: HttpRequest) -> HttpResponse:
    """List the lines one may see."""
    user, asked = user_of(request), request.GET.get("q", "").strip()
    page = Paginator(queries.lines_of(user, asked=asked), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "asked": asked, "is_staff_list": user.is_staff_member}
    context["own"] = Enterprise.objects.of_member(user)
    return render(request, "loans/lines/list.html", context)


@require_safe
@shows_books
def line(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a line: limit, drawn, available, its draws, and what one may do about it."""
    return _page(request, _find(request, reference))


def _page(request: HttpRequest, found: CreditLine, **refused: BaseForm) -> HttpResponse:
    user, today = user_of(request), timezone.localdate()
    drawn = drawn_amount(found)
    hindrance = queries.hindrance_of(found, on=today)
    keeps = found.is_open and user.has_role(*operations.KEEPERS)
    may_resume = found.status == LineStatus.SUSPENDED and user.has_role(Role.APPROVER) and user != found.suspended_by
    forms = {
        "suspend_form": ReasonForm(auto_id="suspend_%s") if keeps and found.status == LineStatus.ACTIVE else None,
        "resume_form": ReasonForm(auto_id="resume_%s") if may_resume else None,
        "lower_form": LowerForm(auto_id="lower_%s") if keeps else None,
    }
    context = {
        "line": found,
        "drawn_amount": drawn,
        "available_amount": found.available_of(drawn),
        "hindrance": sentence_of(hindrance, {}) if hindrance else "",
        "page": Paginator(queries.draws_of(found, user), ON_A_PAGE).get_page(request.GET.get("page")),
        "is_owner": owns(user, found.enterprise),
        "reads": keeps_books(user, found.enterprise),
        "is_member": acts_for(user, found.enterprise),
        "ends_soon": found.may_be_drawn(on=today) and found.ends_soon_from <= today,
        "today": today,
        "late": LATE,
    }
    return render(request, "loans/lines/detail.html", context | forms | refused, status=422 if refused else 200)


@form_page
def draw(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose amount and term, see what it costs, confirm it with a code."""
    found, user, now = _own(request, reference), user_of(request), timezone.now()
    today = timezone.localdate(now)
    hindrance = queries.hindrance_of(found, on=today)
    available = found.available_of(drawn_amount(found))
    form = DrawForm(request.POST or None, line=found, available=available)
    if request.method == "POST" and "again" not in request.POST and form.is_valid():
        amount, term_months, key = (form.cleaned_data[each] for each in ("amount", "term_months", "idempotency_key"))
        told: dict[str, Any] = {"key": key, "by": user, "at": now, "on": today}
        with shown_on(form, DrawForm.FIELDS):
            if idempotency.is_answered(queries.drawing_scope(found), key):
                return _drawn(request, operations.draw(found, amount, term_months, seen="", code="", **told))
            chosen = operations.preview(found, amount, term_months, on=today)
            return _check_page(request, chosen, form, told)
    context = {"line": found, "form": form, "available_amount": available}
    context["hindrance"] = sentence_of(hindrance, {}) if hindrance else ""
    refused = form.errors and "again" not in request.POST
    return render(request, "loans/lines/draw.html", context, status=422 if refused else 200)


def _check_page(request: HttpRequest, chosen: queries.Draw, form: DrawForm, told: dict[str, Any]) -> HttpResponse:
    """Show a draw before it is made; send its code, or make it with the code, if that was asked for."""
    code_form, is_code_sent = CodeForm(), "code_sent" in request.POST
    if "send_code" in request.POST:
        with shown_above(request):
            operations.send_draw_code(chosen, key=told["key"], to=told["by"], at=told["at"])
            messages.success(request, _("We sent a code to your phone. It is good for ten minutes."))
            is_code_sent = True
    if "confirm" in request.POST:
        code_form = CodeForm(request.POST)
        if code_form.is_valid():
            with shown_on(code_form, CodeForm.FIELDS):
                seen, code = request.POST.get("seen", ""), code_form.cleaned_data["code"]
                made = operations.draw(chosen.line, chosen.amount, chosen.term_months, seen=seen, code=code, **told)
                return _drawn(request, made)
    code_form.fields["code"].widget.attrs["autofocus"] = is_code_sent  # below the cost, on a phone out of sight
    context = {
        "draw": chosen,
        "line": chosen.line,
        "cost": chosen.cost,
        "early_rule": early_rule(chosen.cost.schedule.terms),
        "late_rule": late_rule(chosen.cost.schedule.terms),
        "kept": [(field.html_name, field.value()) for field in form] + [("seen", chosen.shown)],
        "code_form": code_form,
        "is_code_sent": is_code_sent,
        "by_authenticator": signs_with_authenticator(told["by"]),
    }
    return render(request, "loans/lines/check.html", context, status=422 if code_form.errors else 200)


def _drawn(request: HttpRequest, made: Any) -> HttpResponse:
    messages.success(request, _("The money is in your account."))
    return redirect("loans:detail", made.reference)


@require_POST
def give_back(request: HttpRequest, reference: str) -> HttpResponse:
    """End a line, as an owner."""
    found = _own(request, reference)
    with shown_above(request):
        operations.give_back(found, by=user_of(request), at=timezone.now())
        messages.success(request, _("The line has ended. What is drawn goes on as agreed."))
    return redirect("loans:line", reference)


def _kept(request: HttpRequest, reference: str, kind: Any, act: Callable[..., None]) -> HttpResponse:
    """Do what a form says to a line, or show the form again."""
    found, form = _find(request, reference), kind(request.POST, auto_id=f"{act.__name__}_%s")
    if form.is_valid():
        with shown_on(form, form.FIELDS):
            act(found, **form.cleaned_data, by=user_of(request), at=timezone.now())
            messages.success(request, _("Recorded. The owners were told."))
            return redirect("loans:line", reference)
    return _page(request, found, **{f"{act.__name__}_form": form})


@require_POST
@requires(*operations.KEEPERS)
def suspend(request: HttpRequest, reference: str) -> HttpResponse:
    """Let nothing be drawn."""
    return _kept(request, reference, ReasonForm, operations.suspend)


@require_POST
@requires(Role.APPROVER)
def resume(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a suspended line be drawn again, as another person."""
    return _kept(request, reference, ReasonForm, operations.resume)


@require_POST
@requires(*operations.KEEPERS)
def lower(request: HttpRequest, reference: str) -> HttpResponse:
    """Lower a limit."""
    return _kept(request, reference, LowerForm, operations.lower)
