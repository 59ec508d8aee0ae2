"""Registering an enterprise, one group of questions per page; the answers wait in the session until the last page."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity import consents, operations, queries
from accounts.identity.access import user_of
from accounts.identity.forms.enterprises import IndustryForm, PlaceForm, RegisterForm, WhoForm
from accounts.identity.models import Branch, IdentifierKind, Industry, Setting
from portal.core import formats, refusals
from portal.core.fields import decrypt, encrypt
from portal.core.language import localized

SESSION_KEY: Final = "enterprise_draft"
STEPS: Final = ("who", "industry", "place")
PAGES: Final = len(STEPS) + 1


class Draft:
    """The answers so far, kept in the session; the identifier only encrypted."""

    def __init__(self, request: HttpRequest) -> None:
        self.session = request.session
        self.kept: dict[str, Any] = self.session.get(SESSION_KEY) or {"key": uuid.uuid4().hex}

    @property
    def key(self) -> str:
        """The idempotency key of this draft."""
        return str(self.kept["key"])

    def answers(self, step: str) -> dict[str, Any]:
        """Read the answers of a step, as a form's initial values."""
        answers = dict(self.kept.get(step, {}))
        if "identifier" in answers:
            answers["identifier"] = decrypt(answers["identifier"])
        return answers

    def keep(self, step: str, cleaned: dict[str, Any]) -> None:
        """Keep the answers of a step."""
        answers = {name: str(getattr(value, "pk", value)) for name, value in cleaned.items()}
        if "identifier" in answers:
            answers["identifier"] = encrypt(answers["identifier"])
        self.kept[step] = answers
        self.session[SESSION_KEY] = self.kept

    def next_step(self) -> str:
        """Name the first page that still waits for answers."""
        return next((step for step in STEPS if step not in self.kept), "check")

    def clear(self) -> None:
        """Forget everything."""
        self.session.pop(SESSION_KEY, None)


def _only_for_customers(request: HttpRequest) -> None:
    if user_of(request).is_staff_member:
        raise PermissionDenied


def _onwards(draft: Draft) -> HttpResponse:
    return redirect(f"identity:register_{draft.next_step()}")


@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Lead to the first page that waits for answers."""
    _only_for_customers(request)
    return _onwards(Draft(request))


@require_http_methods(["GET", "HEAD", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Ask which enterprise it is."""
    _only_for_customers(request)
    draft = Draft(request)
    form = WhoForm(request.POST or None, initial=draft.answers("who"), today=timezone.localdate())
    return _ask(request, draft, "who", form)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """Ask where it works and how large it is."""
    _only_for_customers(request)
    draft = Draft(request)
    return _ask(request, draft, "place", PlaceForm(request.POST or None, initial=draft.answers("place")))


def _ask(request: HttpRequest, draft: Draft, step: str, form: forms.Form) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        draft.keep(step, form.cleaned_data)
        return _onwards(draft)
    number = STEPS.index(step) + 1
    return render(request, f"enterprises/new/{step}.html", {"form": form, "step": number, "pages": PAGES})


@require_http_methods(["GET", "HEAD", "POST"])
def industry(request: HttpRequest) -> HttpResponse:
    """Let the owner find the trade by everyday words, and choose."""
    _only_for_customers(request)
    draft = Draft(request)
    asked = (request.POST.get("q") or request.GET.get("q", "")).strip()
    form = IndustryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        draft.keep("industry", form.cleaned_data)
        return _onwards(draft)
    chosen = Industry.objects.filter(pk=draft.answers("industry").get("industry")).first()
    is_empty = "q" in request.GET and not asked
    sought = asked if asked or is_empty else draft.answers("who").get("legal_name", "")  # many a name tells the trade
    found = [chosen] if chosen and not asked else queries.find_industries(sought)
    is_near = bool(asked) and not found
    if is_near:
        found = queries.near_industries(asked)
    context = {"form": form, "asked": asked, "chosen": chosen, "is_empty": is_empty, "step": 2, "pages": PAGES}
    context |= {"is_near": is_near, "marked": chosen or (found[0] if len(found) == 1 and not is_near else None)}
    context["found"] = [(each, each.everyday(sought)) for each in found]
    part: Any = request
    template = "enterprises/new/_found.html" if part.htmx else "enterprises/new/industry.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show every answer again, and register when the owner agrees."""
    _only_for_customers(request)
    draft = Draft(request)
    if draft.next_step() != "check":  # also after registering: what was sent twice is already there
        return redirect("identity:enterprises" if request.method == "POST" else "identity:register")
    form = RegisterForm(request.POST or None, initial={"idempotency_key": draft.key})
    details = _details(draft)
    if request.method == "POST" and form.is_valid():
        answer = _register(request, draft, details, form)
        if answer:
            return answer
    wording = consents.WORDINGS[consents.ENTERPRISE_DATA, consents.CURRENT_VERSION]
    context = {"form": form, "rows": _rows(details), "wording": wording, "step": PAGES, "pages": PAGES}
    return render(request, "enterprises/new/check.html", context)


def _register(
    request: HttpRequest, draft: Draft, details: operations.EnterpriseDetails, form: RegisterForm
) -> HttpResponse | None:
    try:
        enterprise = operations.register_enterprise(
            details,
            consented_to=consents.CURRENT_VERSION,
            key=form.cleaned_data["idempotency_key"],
            by=user_of(request),
            at=timezone.now(),
        )
    except refusals.Refusal as refusal:
        form.add_error(None, refusals.sentence(refusal))
        return None
    draft.clear()
    messages.success(request, _("%(name)s is registered.") % {"name": enterprise.legal_name})
    return redirect("identity:enterprise", enterprise.reference)


def _details(draft: Draft) -> operations.EnterpriseDetails:
    known, placed = draft.answers("who"), draft.answers("place")
    return operations.EnterpriseDetails(
        legal_name=known["legal_name"],
        identifier_kind=known["identifier_kind"],
        identifier=known["identifier"],
        founded_on=date.fromisoformat(known["founded_on"]),
        industry=Industry.objects.get(pk=draft.answers("industry")["industry"]),
        setting=placed["setting"],
        branch=Branch.objects.get(pk=placed["branch"]),
        employees=int(placed["employees"]),
        annual_revenue_amount=Decimal(placed["annual_revenue_amount"]),
    )


def _revenue(amount: Decimal) -> str:
    words = formats.spoken(amount)
    return formats.money(amount) + (formats.aside(words) if words else "")


def _rows(details: operations.EnterpriseDetails) -> list[dict[str, Any]]:
    steps = {step: reverse(f"identity:register_{step}") for step in STEPS}
    return [
        {"label": label, "value": value, "change_url": steps[step]}
        for step, label, value in (
            ("who", _("Name of the enterprise"), details.legal_name),
            ("who", IdentifierKind(details.identifier_kind).label, details.identifier),
            ("who", _("Founded on"), formats.day(details.founded_on)),
            ("industry", _("Trade"), localized(details.industry, "name")),
            ("place", _("Town or village"), Setting(details.setting).label),
            ("place", _("Branch"), localized(details.branch, "name")),
            ("place", _("People who work there"), formats.number(details.employees)),
            ("place", _("Revenue in a year"), _revenue(details.annual_revenue_amount)),
        )
    ]
