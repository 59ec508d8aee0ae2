"""Lost phones and authenticators: asked for by one member of staff, confirmed by another."""

from collections.abc import Callable, Iterable
from typing import Final

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import operations, phones
from accounts.identity.access import requires, user_of
from accounts.identity.forms.lost_phones import LostPhoneForm
from accounts.identity.models import CUSTOMER_HELPERS, LostPhone, LostPhoneStatus, Membership, MembershipRole, Role
from portal.core import refusals

HELPERS: Final = (*CUSTOMER_HELPERS, Role.ADMINISTRATOR)
DECIDED_SHOWN: Final = 10


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*HELPERS)
def lost_phones(request: HttpRequest) -> HttpResponse:
    """List who waits to be let in again, and ask for another person."""
    user = user_of(request)
    form = LostPhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals.shown_on(form, LostPhoneForm.FIELDS):
            told = {name: form.cleaned_data[name] for name in ("number", "paper", "reason")}
            key = form.cleaned_data["idempotency_key"]
            asked = operations.report_lost_phone(
                form.cleaned_data["contact"], key=key, by=user, at=timezone.now(), **told
            )
            messages.success(request, _("A second person has to confirm it."))
            return redirect("identity:lost_phone", asked.reference)
    seen = LostPhone.objects.visible_to(user).select_related("person", "proposed_by")
    context = {
        "waiting": seen.waiting().order_by("pk"),
        "decided": seen.exclude(status=LostPhoneStatus.WAITING).order_by("-pk")[:DECIDED_SHOWN],
        "form": form,
    }
    return render(request, "lost_phones/list.html", context, status=422 if form.errors else 200)


def _visible(request: HttpRequest, reference: str) -> LostPhone:
    seen = LostPhone.objects.visible_to(request.user).select_related("person", "proposed_by", "decided_by")
    return get_object_or_404(seen, reference=reference)


@require_safe
@requires(*HELPERS)
def lost_phone(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who it is and what would change; to a second person the word is given."""
    found, user = _visible(request, reference), request.user
    held = found.person.memberships.filter(ended_at=None).select_related("enterprise").order_by("pk")
    kept = _named(held.filter(role=MembershipRole.BOOKKEEPER))
    rows = [
        {"label": pgettext("person", "Name"), "value": found.person},
        {"label": _("Acts for"), "value": _named(held.acting())},
        *([{"label": _("Keeps the books of"), "value": kept}] if kept else []),
        {"label": _("Mobile number until now"), "value": phones.readable(found.number_before) or None},
        {"label": _("New mobile number"), "value": phones.readable(found.number) or _("The number stays")},
        {"label": _("E-mail"), "value": EmailAddress.objects.get_primary_email(found.person) or None},
        {"label": _("Identity paper"), "value": found.get_paper_display()},
        {"label": _("What was lost, and how"), "value": found.reason},
        {"label": _("First to look at the paper"), "value": found.proposed_by},
    ]
    if found.decided_by:
        rows.append({"label": _("Decided by"), "value": found.decided_by})
    waits, is_own = found.status == LostPhoneStatus.WAITING, found.proposed_by_id == user.pk
    context = {"lost": found, "rows": rows, "waits": waits, "is_own": is_own, "is_theirs": found.person_id == user.pk}
    return render(request, "lost_phones/lost_phone.html", context)


def _named(held: Iterable[Membership]) -> str | None:
    return _(", ").join(each.enterprise.legal_name for each in held) or None


def _deciding(act: Callable[..., None], said: refusals.Sentence) -> Callable[..., HttpResponseBase]:
    @require_POST
    @requires(*HELPERS)
    def decide(request: HttpRequest, reference: str) -> HttpResponse:
        found = _visible(request, reference)
        with refusals.shown_above(request):
            act(found, by=request.user, at=timezone.now())
            messages.success(request, str(said))
        return redirect("identity:lost_phone", reference)

    return decide


confirm = _deciding(
    operations.confirm_lost_phone,
    gettext_lazy("Done. The person now chooses a new password, with a code that we send."),
)
decline = _deciding(operations.decline_lost_phone, gettext_lazy("Nothing was changed."))
