"""What others offer an enterprise: which programs suit it and why, and asking for an introduction."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.identity import consents
from accounts.identity.access import only_owners, user_of
from accounts.identity.models import Enterprise
from accounts.identity.queries import acts_for, owns
from lending.applications.views.finding import form_page
from lending.funding import operations, presentation, queries, sharing
from lending.funding.eligibility import judge
from lending.funding.forms import AskForm, WantedForm
from lending.funding.models import FundingProgram
from lending.funding.sharing import Item
from portal.core.refusals import sentence, shown_on


def _visible(request: HttpRequest, reference: str) -> Enterprise:
    seen = Enterprise.objects.visible_to(request.user).select_related("industry", "branch")
    return get_object_or_404(seen, reference=reference)


def _wanted(request: HttpRequest, enterprise: Enterprise) -> tuple[WantedForm, queries.Wanted]:
    """Read what is asked for, or else what the last application asked for."""
    given = request.POST if request.method == "POST" else request.GET
    if "amount" in given or "purpose" in given:
        form = WantedForm(given)
        return form, form.wanted()
    wanted = queries.last_wanted(enterprise)
    return WantedForm(initial=_filled(wanted)), wanted


def _filled(wanted: queries.Wanted) -> dict[str, Any]:
    """Fill a form with what is wanted."""
    amount = None if wanted.amount is None else f"{wanted.amount.normalize():f}"
    return {"amount": amount, "purpose": wanted.purpose}


@require_safe
def programs(request: HttpRequest, reference: str) -> HttpResponse:
    """List the programs that suit an enterprise, or nearly do, with why and at what cost."""
    enterprise = _visible(request, reference)
    form, wanted = _wanted(request, enterprise)
    found = queries.suited(enterprise, wanted, on=timezone.localdate())
    groups = [
        {
            "fit": fit.value,
            "rows": [presentation.row_of(each, enterprise, wanted) for each in found if each.judgment.fit == fit],
        }
        for fit in queries.ORDER
    ]
    context = {
        "enterprise": enterprise,
        "form": form,
        "query": request.GET.urlencode(),
        "groups": [group for group in groups if group["rows"]],
        "introductions": queries.introductions_of(enterprise).defer("kept_content"),
    }
    return render(request, "funding/programs.html", context)


@form_page
def program(request: HttpRequest, reference: str, code: str) -> HttpResponse:
    """Show a program whole, and let an owner ask for an introduction to it."""
    enterprise = _visible(request, reference)
    if request.method == "POST":
        only_owners(request.user, enterprise)
    today = timezone.localdate()
    found = get_object_or_404(queries.published(today), code=code)
    __, wanted = _wanted(request, enterprise)
    suited = queries.Suited(found, judge(found.rules(), queries.facts_of(enterprise, wanted), on=today))
    row = presentation.row_of(suited, enterprise, wanted)
    context: dict[str, Any] = {
        "enterprise": enterprise,
        "program": found,
        "row": row,
        "facts": presentation.facts_of(found),
        "who": presentation.who_can(found),
        "query": request.GET.urlencode(),
        "open": queries.open_to(enterprise, code),
        "form": None,
        "acts": acts_for(request.user, enterprise),
    }
    if owns(request.user, enterprise) and (request.method == "POST" or (row.may_be_asked and not context["open"])):
        answer = _asking(request, enterprise, found, wanted, context)
        if answer is not None:
            return answer
    form = context["form"]
    return render(request, "funding/program.html", context, status=422 if form and form.errors else 200)


def _asking(
    request: HttpRequest, enterprise: Enterprise, found: FundingProgram, wanted: queries.Wanted, context: dict[str, Any]
) -> HttpResponse | None:
    """Show what would be passed on with the form; answer where an introduction was asked for."""
    plain = sharing.content_of(enterprise, user_of(request), items=frozenset())
    whole = sharing.content_of(enterprise, user_of(request), items=frozenset({Item.CASH_FLOW}))
    seen = " ".join(sharing.fingerprint_of(found.reference, content) for content in (plain, whole))
    initial = _filled(wanted) | {"seen": seen}
    form = AskForm(request.POST or None, initial=initial, has_cash_flow=Item.CASH_FLOW in whole)
    context |= {"form": form, "shared": presentation.shared(plain)}
    context["optional"] = presentation.shared({name: rows for name, rows in whole.items() if name not in plain})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with shown_on(form, AskForm.FIELDS):
            introduction = operations.ask(
                enterprise,
                found,
                amount=given["amount"],
                purpose=given["purpose"],
                items=frozenset({Item.CASH_FLOW} if given.get("cash_flow") else ()),
                wording_version=consents.CURRENT_VERSION,
                seen=form.was_seen(),
                key=given["idempotency_key"],
                by=user_of(request),
                at=timezone.now(),
            )
            messages.success(request, _("Your branch has it now, and sends you a message as soon as it is passed on."))
            return redirect("funding:introduction", introduction.reference)
    if form.is_bound and form["seen"].value() != seen:  # what changed meanwhile is shown, and agreed to anew
        if not form.non_field_errors():
            form.add_error(None, sentence(operations.IntroductionRefused("shared_changed")))
        ticked = {"consent", "cash_flow"}
        form.data = {name: value for name, value in request.POST.items() if name not in ticked} | {"seen": seen}
    return None
