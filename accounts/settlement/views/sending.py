"""Pages of the payment desk: what waits to be sent, and the files that carried it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import Role
from accounts.ledger import queries as ledger
from accounts.settlement import operations, queries
from accounts.settlement.doors import actor
from accounts.settlement.models import PaymentFile, PaymentInstruction
from portal.core.files import private_file

LINES_ON_A_PAGE = 25


@require_safe
@requires(Role.OPERATIONS, Role.AUDITOR)
def desk(request: HttpRequest) -> HttpResponse:
    """Show what waits to be sent, what is underway, and the newest files."""
    user = user_of(request)
    context = {
        "sums": queries.payments_underway(),
        "page": Paginator(PaymentFile.objects.order_by("-pk"), LINES_ON_A_PAGE).get_page(request.GET.get("page")),
        "to_void": PaymentInstruction.objects.visible_to(user).to_void().told().order_by("pk"),
        "may_send": user.has_role(Role.OPERATIONS),
    }
    return render(request, "settlement/desk.html", context)


@require_POST
@requires(Role.OPERATIONS)
def send(request: HttpRequest) -> HttpResponse:
    """Write what is pending into files now instead of waiting for the next run."""
    sent = 0
    for currency in ledger.currencies():
        made = operations.send_payments(
            currency=currency, on=timezone.localdate(), at=timezone.now(), by=actor(request)
        )
        sent += made.payment_count if made else 0
    said = ngettext("%(count)s payment is written to a file.", "%(count)s payments are written to files.", sent)
    if sent:
        messages.success(request, said % {"count": sent})
    elif PaymentInstruction.objects.to_send().exists():
        messages.error(request, _("Payment not sent: its payee’s account or bank cannot be right"))
    else:
        messages.success(request, _("Nothing waits to be sent."))
    return redirect("settlement:payment_desk")


@require_safe
@requires(Role.OPERATIONS, Role.AUDITOR)
def file(request: HttpRequest, reference: str) -> HttpResponse:  # noqa: ARG001 - a view
    """Hand out a payment file."""
    stored = get_object_or_404(PaymentFile.objects.select_related("file"), reference=reference).file
    with stored.open() as kept:
        return private_file(kept.read(), name=stored.original_name, media_type=stored.media_type)
