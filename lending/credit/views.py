"""Pages on which staff read, approve and put in force what decides."""

import json
from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.identity.access import requires, user_of
from accounts.identity.models import Industry, Role, User
from lending.credit import documents, operations, queries, readable, refusals
from lending.credit.forms import DocumentForm
from lending.credit.models import Challenger, Policy, RuleSet, RuleStatus, Scorecard, StandardEdition
from portal.core.files import private_file
from portal.core.refusals import shown_above, shown_on

form_page = require_http_methods(["GET", "HEAD", "POST"])
TRIERS: Final = (Role.RISK_ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)
DECIDERS: Final = (Role.RISK_ANALYST, Role.APPROVER)
MOST_CHANGES: Final = 200
KINDS: Final[dict[str, tuple[type[RuleSet], str]]] = {
    "scorecards": (Scorecard, "credit:scorecard"),
    "policies": (Policy, "credit:policy"),
    "standards": (StandardEdition, "credit:standards"),
    "challengers": (Challenger, "credit:challenger"),
}


@require_GET
@requires(*queries.RULE_READERS)
def scorecards(request: HttpRequest) -> HttpResponse:
    """List all that decides, ever decided, or waits for a second pair of eyes."""
    today = timezone.localdate()
    cards = Scorecard.objects.defer("table").newest_first()
    sections = [
        (_("Scorecards"), "credit:scorecard", [(each, readable.review_of(each, on=today)) for each in cards]),
        (_("Policies"), "credit:policy", [(each, None) for each in Policy.objects.defer("table").newest_first()]),
        (
            _("Industry standards"),
            "credit:standards",
            [(each, None) for each in StandardEdition.objects.newest_first()],
        ),
        (
            _("Challengers"),
            "credit:challenger",
            [(each, None) for each in Challenger.objects.defer("table").newest_first()],
        ),
    ]
    shown = {"sections": sections, "may_propose": user_of(request).has_role(*DECIDERS)}
    return render(request, "credit/scorecards.html", shown)


@form_page
@requires(*DECIDERS)
def propose(request: HttpRequest) -> HttpResponse:
    """Take a document as a draft, which somebody else approves."""
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form, dict.fromkeys(refusals.CODES, "file")):
            draft = operations.propose(form.cleaned_data["file"], by=user_of(request).reference, at=timezone.now())
            messages.success(request, _("Proposed. A colleague approves it."))
            page = next(page for model, page in KINDS.values() if isinstance(draft, model))
            return redirect(page, code=draft.code, version=draft.version)
    return render(request, "credit/propose.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
@requires(*queries.RULE_READERS)
def download(_request: HttpRequest, kind: str, code: str, version: int) -> HttpResponse:
    """Hand a version out as the document that would propose it again."""
    found = _found(kind, code, version)
    document = json.dumps(documents.document_of(found), ensure_ascii=False, indent=1)
    name = f"{found.code}-{found.version}.json"
    return private_file(document.encode(), name=name, media_type="application/json")


@require_GET
@requires(*queries.RULE_READERS)
def scorecard(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Show a scorecard as a table that anyone can read."""
    card = get_object_or_404(Scorecard, code=code, version=version)
    shown = {
        "characteristics": readable.characteristics(card.table),
        "probabilities": readable.probabilities(card.table),
        "base_points": card.table["base_points"],
    }
    return render(request, "credit/scorecard.html", _frame(request, card, "scorecards") | shown)


@require_GET
@requires(*queries.RULE_READERS)
def model_card(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Show what readers should know of a scorecard before they trust it."""
    card = get_object_or_404(Scorecard, code=code, version=version)
    shown = readable.model_card(card.card, in_force_from=card.activated_on, on=timezone.localdate())
    return render(request, "credit/model_card.html", {"rules": card, "shown": shown, "approvals": _approvals(card)})


@require_GET
@requires(*queries.RULE_READERS)
def policy(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Show a policy's rules and grades."""
    found = get_object_or_404(Policy, code=code, version=version)
    late_months = found.table.get("late_months")
    shown = {
        "knock_outs": readable.rules(found.table["knock_outs"], late_months=late_months),
        "referrals": readable.rules(found.table["referrals"], late_months=late_months),
        "grades": readable.grades(found.table),
        "most_missing": found.table["most_missing"],
        "largest_exposure_amount": found.table["largest_exposure_amount"],
        "late_months": late_months,
        "harvest_rule": found.table.get("harvest"),
    }
    return render(request, "credit/policy.html", _frame(request, found, "policies") | shown)


@require_GET
@requires(*queries.RULE_READERS)
def standards(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Show how figures are spread over each trade."""
    edition = get_object_or_404(StandardEdition, code=code, version=version)
    rows = list(edition.standards.order_by("industry", "pk"))
    trades = Industry.objects.filter(pk__in={row.industry for row in rows})
    shown = {"spreads": readable.spreads(rows, names={trade.code: str(trade) for trade in trades})}
    return render(request, "credit/standards.html", _frame(request, edition, "standards") | shown)


@require_GET
@requires(*queries.RULE_READERS)
def challenger(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Show what a challenger reads."""
    found = get_object_or_404(Challenger, code=code, version=version)
    shown = {"features": readable.names(found.table["features"]), "trees": len(found.table["trees"])}
    return render(request, "credit/challenger.html", _frame(request, found, "challengers") | shown)


@require_POST
@requires(*DECIDERS)
def approve(request: HttpRequest, kind: str, code: str, version: int) -> HttpResponse:
    """Approve a draft."""
    return _act(
        request,
        (kind, code, version),
        lambda found: operations.approve(found, by=user_of(request).reference, at=timezone.now()),
        done=_("Approved. It decides once it is put in force."),
    )


@require_POST
@requires(*DECIDERS)
def activate(request: HttpRequest, kind: str, code: str, version: int) -> HttpResponse:
    """Put approved rules in force from today."""
    now, today = timezone.now(), timezone.localdate()
    return _act(
        request,
        (kind, code, version),
        lambda found: operations.activate(found, on=today, by=user_of(request).reference, at=now),
        done=_("In force from today."),
    )


@require_POST
@requires(*DECIDERS)
def discard(request: HttpRequest, kind: str, code: str, version: int) -> HttpResponse:
    """Drop a draft."""
    return _act(
        request,
        (kind, code, version),
        lambda found: operations.discard(found, by=user_of(request).reference, at=timezone.now()),
        done=_("Discarded."),
    )


def _found(kind: str, code: str, version: int) -> RuleSet:
    if kind not in KINDS:
        raise Http404
    found: RuleSet = get_object_or_404(KINDS[kind][0], code=code, version=version)
    return found


def _act(
    request: HttpRequest, place: tuple[str, str, int], act: Callable[[RuleSet], None], *, done: str
) -> HttpResponse:
    kind, code, version = place
    found = _found(*place)
    with shown_above(request):
        act(found)
        messages.success(request, done)
    return redirect(KINDS[kind][1], code=code, version=version)


def _approvals(rules: RuleSet) -> list[tuple[str, str, str]]:
    people = User.objects.filter(reference__in=[rules.proposed_by, rules.approved_by])
    names = {each.reference: str(each) for each in people} | {operations.SHIPPED_BY: _("who made the portal")}
    return readable.approvals(rules, names=names)


def _frame(request: HttpRequest, rules: RuleSet, kind: str) -> dict[str, Any]:
    """What every page of one set of rules shows: its history, and what this person may do with it."""
    user = user_of(request)
    may = user.has_role(*DECIDERS)
    is_draft = rules.status == RuleStatus.DRAFT
    is_alone = operations.is_alone_with_portal(rules, by=user.reference)
    before = queries.in_force_instead(rules, on=timezone.localdate()) if is_draft else None
    changes = documents.changes(before, rules) if before else []
    return {
        "before": before,
        "changes": changes[:MOST_CHANGES],
        "more_changes": len(changes[MOST_CHANGES:]),
        "may_discard": may and is_draft,
        "may_try": kind in {"scorecards", "policies"} and user.has_role(*TRIERS),
        "rules": rules,
        "approvals": _approvals(rules),
        "kind": kind,
        "may_approve": may and is_draft and rules.proposed_by != user.reference,
        "may_activate": may and rules.status == RuleStatus.APPROVED and not is_alone,
        "is_alone": may and is_alone,
    }
