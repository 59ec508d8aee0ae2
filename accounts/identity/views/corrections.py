"""Corrections of details: asked for by customers or at the counter, settled by two of the bank."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import operations, queries
from accounts.identity.access import requires, user_of
from accounts.identity.correction_states import CorrectionStatus
from accounts.identity.forms.corrections import CorrectionForm, NameCorrectionForm, RefusalForm, WhyForm
from accounts.identity.models import CUSTOMER_HELPERS, READERS, DetailsCorrection, Enterprise, User
from accounts.identity.views.enterprises import visible_enterprise
from portal.core import formats, refusals

PER_PAGE: Final = 25


@require_safe
@requires(*READERS)
def corrections(request: HttpRequest) -> HttpResponse:
    """List the corrections that wait, those waiting longest first."""
    user = user_of(request)
    page = Paginator(queries.corrections_waiting(user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "corrections/list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def of_enterprise(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what was and is to be corrected of an enterprise; owners, and staff on their behalf, ask for more."""
    found, user = visible_enterprise(request, reference), user_of(request)
    asks = queries.owns(user, found) or queries.may_correct(user, found)
    if not asks and (request.method == "POST" or not user.is_staff_member):
        raise PermissionDenied
    form = CorrectionForm(request.POST or None, request.FILES or None, enterprise=found) if asks else None
    return _asking(request, found, form)


@require_http_methods(["GET", "HEAD", "POST"])
def of_person(request: HttpRequest, reference: str, membership: int) -> HttpResponse:
    """Ask that a person's name be corrected: the person, a bookkeeper as well, or staff on their behalf."""
    user = user_of(request)
    own = user.memberships.filter(ended_at=None, pk=membership, enterprise__reference=reference).first()
    found = own.enterprise if own else visible_enterprise(request, reference)
    person = get_object_or_404(queries.people_of(found), pk=membership).user
    if person != user and not queries.may_correct(user, found):
        raise PermissionDenied
    form = NameCorrectionForm(request.POST or None, request.FILES or None, person=person)
    return _asking(request, found, form, person=person)


def _asking(
    request: HttpRequest,
    found: Enterprise,
    form: CorrectionForm | NameCorrectionForm | None,
    *,
    person: User | None = None,
) -> HttpResponse:
    user = user_of(request)
    if form and request.method == "POST" and form.is_valid():
        with refusals.shown_on(form, WhyForm.FIELDS):
            key = form.cleaned_data["idempotency_key"]
            made = operations.ask_correction(found, form.asked(), person=person, key=key, by=user, at=timezone.now())
            messages.success(request, _said(made))
            if made[-1].waits:
                return redirect("identity:correction", made[-1].reference)
            return redirect("identity:enterprise", found.reference)
    seen = DetailsCorrection.objects.visible_to(user).filter(enterprise=found, person=person)
    context = {
        "enterprise": found,
        "person": person,
        "form": form,
        "corrections": seen.order_by("-pk"),
        "former": queries.former_names_of(found).filter(person=person),
    }
    return render(request, "corrections/ask.html", context, status=422 if form and form.errors else 200)


def _said(made: list[DetailsCorrection]) -> str:
    now = any(each.status == CorrectionStatus.DONE for each in made)
    if not made[-1].waits:
        return _("It was corrected.")
    second = _("A second person has to agree.") if made[-1].proposed_by else _("Your branch looks at it.")
    first = _("A part was corrected at once.")
    return formats.paragraph(first, second) if now else second


def _visible(request: HttpRequest, reference: str) -> DetailsCorrection:
    user = user_of(request)
    if user.works_without_customers:
        raise PermissionDenied
    related = ("enterprise__branch", "enterprise__industry", "person", "paper__file")
    seen = DetailsCorrection.objects.visible_to(user)
    people = ("asked_by", "proposed_by", "decided_by")
    return get_object_or_404(seen.select_related(*related, *people), reference=reference)


@require_safe
def correction(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what is to stand instead of what, and who did what; to whoever may, the next step."""
    return _shown(request, _visible(request, reference), RefusalForm())


def _shown(request: HttpRequest, found: DetailsCorrection, form: RefusalForm) -> HttpResponse:
    user = user_of(request)
    settles = found.waits and queries.may_correct(user, found.enterprise)
    theirs = {found.asked_by_id, found.proposed_by_id}
    owns = queries.owns(user, found.enterprise) if found.person is None else found.person == user
    context = {
        "correction": found,
        "changes": queries.changes_in(found.details.all()),
        "is_staff": user.is_staff_member,
        "may_propose": settles and found.status == CorrectionStatus.ASKED,
        "may_agree": settles and found.status == CorrectionStatus.PROPOSED and user.pk not in theirs,
        "is_own": settles and found.status == CorrectionStatus.PROPOSED and user.pk in theirs,
        "may_withdraw": found.waits and (owns or found.asked_by_id == user.pk),
        "form": form if settles else None,
    }
    return render(request, "corrections/correction.html", context, status=422 if form.errors else 200)


def _step(act: Callable[..., None], said: refusals.Sentence) -> Callable[..., HttpResponseBase]:
    def step(request: HttpRequest, reference: str) -> HttpResponse:
        found = _visible(request, reference)
        with refusals.shown_above(request):
            act(found, by=request.user, at=timezone.now())
            messages.success(request, str(said))
        seen = DetailsCorrection.objects.visible_to(request.user).filter(pk=found.pk).exists()
        return redirect("identity:correction", reference) if seen else redirect("identity:corrections")

    return step


_proposed = _step(operations.propose_correction, gettext_lazy("Proposed. A second person has to agree."))
_agreed = _step(operations.agree_correction, gettext_lazy("It was corrected."))
propose = require_POST(requires(*CUSTOMER_HELPERS)(_proposed))
agree = require_POST(requires(*CUSTOMER_HELPERS)(_agreed))
withdraw = require_POST(_step(operations.withdraw_correction, gettext_lazy("Withdrawn. Everything stays as it is.")))


@require_POST
@requires(*CUSTOMER_HELPERS)
def refuse(request: HttpRequest, reference: str) -> HttpResponse:
    """Leave everything as it is, and say why."""
    found, form = _visible(request, reference), RefusalForm(request.POST)
    user = user_of(request)
    if form.is_valid():
        with refusals.shown_above(request):
            operations.refuse_correction(found, note=form.cleaned_data["note"], by=user, at=timezone.now())
            messages.success(request, _("Nothing was changed. The customer is told why."))
        return redirect("identity:correction", reference)
    return _shown(request, found, form)
