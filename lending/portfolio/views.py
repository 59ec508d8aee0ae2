"""Pages on which the book is seen whole."""

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.identity.access import requires, user_of
from lending.credit import readable, reasons
from lending.credit.models import Policy, Scorecard
from lending.credit.verdicts import Outcome
from lending.portfolio import presentation, queries
from lending.portfolio.forms import ScopeForm
from lending.portfolio.queries import READERS, Scope
from lending.portfolio.queries.trial import Changed
from lending.portfolio.sections import Section

TRIED: Final[dict[str, type[Scorecard | Policy]]] = {"scorecards": Scorecard, "policies": Policy}
MOST_CHANGED: Final = 50


@require_safe
@requires(*READERS)
def overview(request: HttpRequest) -> HttpResponse:
    """Show what is at risk, how loans age, and how cases come through."""
    today = timezone.localdate()
    return _page(request, "overview", lambda scope: presentation.of_book(queries.glance(scope, on=today)))


@require_safe
@requires(*READERS)
def monitoring(request: HttpRequest) -> HttpResponse:
    """Show how judging does."""
    today = timezone.localdate()

    def sections(scope: Scope) -> list[Section]:
        found = queries.monitoring(scope, on=today)
        return presentation.of_monitoring(found, sections=readable.section_names(), cards=queries.card_names())

    return _page(request, "monitoring", sections, night=queries.last_night())


@require_safe
@requires(*READERS)
def trial(request: HttpRequest, kind: str, code: str, version: int) -> HttpResponse:
    """Show what a scorecard or a policy would have said of the cases of the last year."""
    if kind not in TRIED:
        raise Http404
    rules: Any = get_object_or_404(TRIED[kind], code=code, version=version)
    found = queries.trial(rules, reader=user_of(request), on=timezone.localdate())
    context = {
        "rules": rules,
        "page": f"credit:{rules.word}",
        "trial": found,
        "outcomes": [readable.outcome(now) for now in Outcome],
        "rows": [(readable.outcome(then), [found.counts[then, now] for now in Outcome]) for then in Outcome],
        "changed": [_told(each) for each in found.changed[:MOST_CHANGED]],
    }
    return render(request, "portfolio/trial.html", context)


def _told(each: Changed) -> dict[str, Any]:
    decision, verdict = each.decision, each.verdict
    return {
        "case": decision.application,
        "then": readable.outcome(Outcome(decision.outcome)),
        "now": readable.outcome(verdict.outcome),
        "reason": next((reasons.sentence(reason) for reason in verdict.reasons), ""),
    }


def _page(request: HttpRequest, kind: str, sections: Callable[[Scope], list[Section]], **context: Any) -> HttpResponse:
    user = user_of(request)
    form = ScopeForm(
        request.GET,
        today=timezone.localdate(),
        branches=queries.branches_of(user),
        sees_all=user.sees_all_branches,
    )
    context |= {"form": form, "kind": kind}
    if form.is_valid():
        context["sections"] = sections(form.scope())
    return render(request, f"portfolio/{kind}.html", context, status=200 if form.is_valid() else 422)
