"""Where an introduction stands: for its enterprise, and for the branch that passes it on."""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.access import only_owners, requires, user_of
from accounts.identity.models import READERS, Role
from accounts.identity.queries import acts_for, owns
from lending.funding import letters, operations, presentation, queries
from lending.funding.forms import AnswerForm
from lending.funding.models import Introduction
from lending.funding.states import BADGES, OPEN, Status
from portal.core.files import private_file
from portal.core.refusals import sentence, shown_above, shown_on

ON_A_PAGE: Final = 25
UNUSED: Final = frozenset({Status.DECLINED, Status.WITHDRAWN, Status.LAPSED})  # nobody reads on what was kept
TYPES: Final = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


def _visible(request: HttpRequest, reference: str) -> Introduction:
    related = ("enterprise__branch", "program", "asked_by", "passed_on_by", "consent")
    seen = Introduction.objects.visible_to(request.user).select_related(*related)
    return get_object_or_404(seen, reference=reference)


@require_safe
@requires(*READERS)
def queue(request: HttpRequest) -> HttpResponse:
    """List the introductions of one's branches, and how the programs answer."""
    user, status = user_of(request), request.GET.get("status", "")
    found = queries.queue(user, status=status)
    context = {
        "page": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")),
        "status": status,
        "choices": [(each.value, BADGES[each].label) for each in Status],
        "figures": queries.figures(user),
    }
    return render(request, "funding/introductions.html", context)


@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what was agreed to and where it stands."""
    return _detail(request, _visible(request, reference))


def _detail(request: HttpRequest, introduction: Introduction, form: AnswerForm | None = None) -> HttpResponse:
    acts = acts_for(user_of(request), introduction.enterprise)
    sees_to_it = not acts and user_of(request).has_role(Role.OFFICER) and introduction.status in OPEN
    is_passed_on = introduction.status == Status.PASSED_ON
    context: dict[str, Any] = {
        "introduction": introduction,
        "program": introduction.program,
        "request_rows": [{"label": label, "value": text} for label, text in presentation.request_of(introduction)],
        "shared": presentation.shared(introduction.shared) if acts or introduction.status not in UNUSED else [],
        "commission": presentation.commission_of(introduction.program),
        "timeline": presentation.history_of(introduction, for_staff=not acts),
        "acts": acts,
        "may_withdraw": introduction.status in OPEN and owns(request.user, introduction.enterprise),
        "may_pass_on": sees_to_it and introduction.status == Status.ASKED,
        "may_take_letter": sees_to_it and is_passed_on,
        "form": form or (AnswerForm(is_passed_on=is_passed_on) if sees_to_it else None),
    }
    return render(request, "funding/introduction.html", context, status=422 if form else 200)


@require_POST
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the consent back, as an owner."""
    mine = Introduction.objects.of_member(request.user).select_related("enterprise")
    introduction = get_object_or_404(mine, reference=reference)
    only_owners(request.user, introduction.enterprise)
    with shown_above(request):
        operations.withdraw(introduction, by=user_of(request), at=timezone.now())
        messages.success(request, _("You took it back. The bank passes nothing more on."))
    return redirect("funding:introduction", reference)


@require_POST
@requires(Role.OFFICER)
def pass_on(request: HttpRequest, reference: str) -> HttpResponse:
    """Take it upon oneself to pass an introduction on."""
    introduction = _visible(request, reference)
    with shown_above(request):
        operations.pass_on(introduction, by=user_of(request), at=timezone.now())
        messages.success(request, _("Take the letter now and send it to the program. The owner is told."))
    return redirect("funding:introduction", reference)


@require_POST
@requires(Role.OFFICER)
def conclude(request: HttpRequest, reference: str) -> HttpResponse:
    """Record what the program answered."""
    introduction = _visible(request, reference)
    form = AnswerForm(request.POST, is_passed_on=introduction.status == Status.PASSED_ON)
    if form.is_valid():
        with shown_on(form, AnswerForm.FIELDS):
            operations.conclude(introduction, **form.answer(), by=user_of(request), at=timezone.now())
            messages.success(request, _("The answer was recorded. The owner is told."))
            return redirect("funding:introduction", reference)
    return _detail(request, _visible(request, reference), form)


@require_safe
@requires(Role.OFFICER)
def letter(request: HttpRequest, reference: str, form: str) -> HttpResponse:
    """Hand out the letter of an introduction that is passed on; the audit trail records it."""
    introduction = _visible(request, reference)
    try:
        operations.hand_out(introduction, form=form, by=user_of(request), at=timezone.now())
    except operations.IntroductionRefused as refusal:
        if refusal.code != "asker_left":
            raise Http404 from refusal
        messages.error(request, sentence(refusal))
        return redirect("funding:introduction", reference)
    language = get_language() or "en"
    content = letters.as_pdf(introduction, language=language) if form == "pdf" else letters.as_csv(introduction)
    return private_file(content, name=f"{introduction.reference}.{form}", media_type=TYPES[form])
