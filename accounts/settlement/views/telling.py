"""What members of an enterprise are told, and the addresses of its programs."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity.models import Enterprise, Membership, MembershipRole
from accounts.settlement import operations
from accounts.settlement.doors import actor, only_members, only_owners, visible_enterprise
from accounts.settlement.forms.telling import NoticesForm, WebhookForm
from accounts.settlement.happenings import WEBHOOK_EVENTS
from portal.core.models import WebhookDelivery, WebhookEndpoint
from portal.core.refusals import shown_above, shown_on

LINES_ON_A_PAGE = 25
SHOWN_ONCE = "webhook_secret"


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a member choose what to be told of the enterprise's accounts, and how."""
    enterprise = visible_enterprise(request, reference)
    only_members(request, enterprise)
    membership = Membership.objects.get(enterprise=enterprise, user=request.user.pk, ended_at=None)
    if request.method != "POST":
        chosen = list(membership.notice_preferences.all())
        usual = operations.usual_channel(membership.user) if membership.role == MembershipRole.OWNER else None
        form = NoticesForm(chosen=chosen, usual=usual)
    else:
        form = NoticesForm(request.POST)
        if form.is_valid():
            operations.choose_notices(membership, form.choices(), at=timezone.now(), by=actor(request))
            messages.success(request, _("Your choice is kept."))
            return redirect("settlement:notices", enterprise.reference)
    context = {"enterprise": enterprise, "form": form}
    return render(request, "settlement/notices.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest, reference: str) -> HttpResponse:
    """List the addresses of an enterprise's programs, and add one."""
    enterprise = visible_enterprise(request, reference)
    only_owners(request, enterprise)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form, {"webhook_address_refused": "url"}):
            made = operations.add_webhook(
                enterprise,
                url=form.cleaned_data["url"].strip(),
                events=form.cleaned_data["events"],
                key=form.cleaned_data["idempotency_key"],
                at=timezone.now(),
                by=actor(request),
            )
            request.session[SHOWN_ONCE] = made.secret
            return redirect("settlement:webhook", made.reference)
    rows = [
        {"endpoint": each, "events": [str(WEBHOOK_EVENTS.get(event, event)) for event in each.events]}
        for each in WebhookEndpoint.objects.standing(enterprise.reference).order_by("pk")
    ]
    context = {"enterprise": enterprise, "form": form, "rows": rows}
    return render(request, "settlement/webhooks.html", context, status=422 if form.is_bound else 200)


def _endpoint(request: HttpRequest, reference: str) -> tuple[WebhookEndpoint, Enterprise]:
    """Fetch an address of an enterprise that the person sees, and let only its owners on."""
    found = get_object_or_404(WebhookEndpoint, reference=reference)
    enterprise = visible_enterprise(request, found.scope)
    only_owners(request, enterprise)
    return found, enterprise


@require_safe
def webhook(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an address, its newest messages and how each try went; a new secret is shown once."""
    endpoint, enterprise = _endpoint(request, reference)
    deliveries = endpoint.deliveries.prefetch_related("attempts").order_by("-pk")
    page = Paginator(deliveries, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "delivery": each,
            "event": WEBHOOK_EVENTS.get(each.event, each.event),
            "attempts": sorted(each.attempts.all(), key=lambda attempt: attempt.pk),
        }
        for each in page
    ]
    context = {
        "endpoint": endpoint,
        "enterprise": enterprise,
        "page": page,
        "rows": rows,
        "secret": request.session.pop(SHOWN_ONCE, ""),
        "key": WebhookForm()["idempotency_key"].value(),
    }
    return render(request, "settlement/webhook.html", context)


@require_POST
def change_webhook(request: HttpRequest, reference: str, verb: str) -> HttpResponse:
    """Remove an address, switch it on again, or give it a new secret."""
    endpoint, enterprise = _endpoint(request, reference)
    at, by = timezone.now(), actor(request)
    if verb == "remove":
        operations.remove_webhook(endpoint, at=at, by=by)
        messages.success(request, _("Nothing is sent there any more."))
        return redirect("settlement:webhooks", enterprise.reference)
    if verb == "enable":
        operations.enable_webhook(endpoint, at=at, by=by)
    elif verb == "rotate":
        with shown_above(request):
            key = request.POST.get("idempotency_key", "")
            request.session[SHOWN_ONCE] = operations.rotate_webhook_secret(endpoint, key=key, at=at, by=by).secret
    else:
        raise Http404
    return redirect("settlement:webhook", endpoint.reference)


@require_POST
def replay(request: HttpRequest, reference: str) -> HttpResponse:
    """Send a message again."""
    found: Any = get_object_or_404(WebhookDelivery.objects.select_related("endpoint"), reference=reference)
    endpoint, _enterprise_of = _endpoint(request, found.endpoint.reference)
    with shown_above(request):
        key = request.POST.get("idempotency_key", "")
        operations.replay_webhook(found, key=key, at=timezone.now(), by=actor(request))
        messages.success(request, _("It is sent again."))
    return redirect("settlement:webhook", endpoint.reference)
