"""Pages of the counter: cash in and out, the second person's check, receipts, the day."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import MembershipRole, Role
from accounts.identity.queries import ever_acted_for, members_of
from accounts.settlement import operations, papers, queries
from accounts.settlement.doors import actor, visible_account, visible_cash
from accounts.settlement.forms.cash import CashForm
from accounts.settlement.forms.reasons import ReasonForm
from accounts.settlement.models import CashCorrection, CashMovement, SettlementAccount
from accounts.settlement.operations import PaymentReview, fetching
from accounts.settlement.queries import drawers as drawer_queries
from accounts.settlement.states import CashStatus, CorrectionStatus
from accounts.settlement.states import Way as Direction
from accounts.settlement.views.acting import verb
from accounts.settlement.views.checking import Way, go_on
from accounts.settlement.views.correcting import may_ask
from portal.core.files import private_file
from portal.core.formats import NOTHING, money
from portal.core.refusals import shown_on

LINES_ON_A_PAGE = 25


@require_safe
@requires(Role.OPERATIONS, Role.AUDITOR)
def day(request: HttpRequest) -> HttpResponse:
    """Show what waits for a second person, and the counter's day."""
    seen = CashMovement.objects.visible_to(request.user)
    today = timezone.localdate()
    page = Paginator(seen.told().order_by("-pk"), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "waiting": seen.told().filter(status=CashStatus.WAITING).order_by("pk"),
        "corrections": CashCorrection.objects.visible_to(request.user).waiting().told().order_by("pk"),
        "page": page,
        "today": today,
        "sums": queries.cash_day(seen, today),
    }
    return render(request, "settlement/cash/day.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.OPERATIONS)
def take(request: HttpRequest, reference: str) -> HttpResponse:
    """Book cash that an enterprise brings or fetches."""
    account = visible_account(request, reference)
    owners = [each.user for each in members_of(account.enterprise).filter(role=MembershipRole.OWNER)]
    form = CashForm(request.POST or None, owners=owners, currency=account.currency)
    if answer := _taken(request, account, form) or go_on(request, form, lambda: _paid_out(request, account, form)):
        return answer
    drawer = drawer_queries.own_drawer(actor(request), account.currency)
    context = {"account": account, "form": form, "limit": settings.CASH_LIMIT_AMOUNT, "drawer": drawer}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "settlement/cash/take.html", context, status=status)


def _asked(request: HttpRequest, form: CashForm) -> dict[str, Any]:
    asked = form.cleaned_data
    told = {"text": asked["text"], "key": asked["idempotency_key"]}
    return told | {"on": timezone.localdate(), "at": timezone.now(), "by": actor(request)}


def _taken(request: HttpRequest, account: SettlementAccount, form: CashForm) -> HttpResponse | None:
    """Book cash that was brought."""
    if request.method == "POST" and form.is_valid() and form.cleaned_data["way"] == Direction.IN:
        with shown_on(form, CashForm.FIELDS):
            made = operations.pay_in(account, form.cleaned_data["amount"], **_asked(request, form))
            return redirect("settlement:cash_movement", reference=made.reference)
    return None


def _paid_out(request: HttpRequest, account: SettlementAccount, form: CashForm) -> Way:
    """Let the teller look at cash before it is handed out, and the owner confirm it."""
    asked, fetcher, amount = _asked(request, form), form.fetcher, form.cleaned_data["amount"]
    leaving = fetching.LeavingCash(account, amount, asked["text"], asked["key"])

    def make(code: str) -> HttpResponse:
        made = operations.pay_out(account, amount, fetcher=fetcher, code=code, **asked)
        return redirect("settlement:cash_movement", reference=made.reference)

    return Way(
        title=_("Check the cash to be paid out"),
        button=_("Book it and pay out"),
        review=lambda: fetching.review_cash(leaving, fetcher, at=asked["at"], by=asked["by"]),
        look=lambda review: {"rows": _looked_at(review, fetcher)},
        make=make,
        fields=CashForm.FIELDS,
        first=lambda made: (reverse("settlement:cash_movement", args=[made]), _("See what was booked")),
        signer=fetcher.person,
        template="settlement/cash/check.html",
    )


def _looked_at(review: PaymentReview[Any], fetcher: fetching.Fetcher) -> list[dict[str, Any]]:
    leaving = review.leaving
    known = fetcher.known_by.label
    return [
        {"label": _("Account holder"), "value": leaving.account.enterprise.legal_name},
        {"label": _("From account"), "value": leaving.account.grouped_number},
        {"label": _("Fetched by"), "value": str(fetcher.person)},
        {"label": _("Known by"), "value": f"{known} · {fetcher.ending}" if fetcher.ending else known},
        {"label": _("What for"), "value": leaving.text or NOTHING},
        {"label": _("Available afterwards"), "value": money(review.available_after, leaving.account.currency)},
    ]


@require_safe
def movement(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one cash movement, its receipt, and to a second person what waits for the word."""
    found = visible_cash(request, reference)
    user = user_of(request)
    names = queries.names_of([found.made_by, found.checked_by])
    amount = money(found.amount, found.settlement_account.currency)
    rows = [
        {"label": _("Account holder"), "value": found.settlement_account.enterprise.legal_name},
        {"label": _("Account number"), "value": found.settlement_account.grouped_number},
        {"label": _("What"), "value": found.get_way_display()},
        {"label": _("Amount"), "value": amount},
        {"label": _("What for"), "value": found.text or None},
        {"label": _("Entered by"), "value": names[found.made_by]},
    ]
    if found.fetched_by:
        rows.append({"label": _("Fetched by"), "value": str(found.fetched_by)})
        rows.append({"label": _("Known by"), "value": found.known_as})
    waits = found.status == CashStatus.WAITING and user.has_role(Role.OPERATIONS)
    is_own = found.made_by == user.reference or bool(found.drawer and found.drawer.is_held_by(user.reference))
    may_check = waits and not is_own and not ever_acted_for(found.settlement_account.enterprise, person=user.reference)
    if found.document_ending and may_check:
        rows.append({"label": _("Last four characters of the document's number"), "value": found.document_ending})
    if found.slip_number:
        rows.append({"label": _("Number of the slip"), "value": found.slip_number})
    if found.drawer:
        rows.append({"label": _("Drawer"), "value": found.drawer.title})
    if found.checked_by:
        rows.append({"label": _("Checked by"), "value": names[found.checked_by]})
    if found.reason:
        rows.append({"label": _("Reason"), "value": found.reason})
    corrections = list(CashCorrection.objects.visible_to(user).filter(movement=found).order_by("-pk"))
    undone = found.corrections.filter(status=CorrectionStatus.BOOKED).select_related("replacement").first()
    context = {
        "movement": found,
        "rows": rows,
        "corrections": corrections,
        "undone": undone,
        "may_correct": found.status == CashStatus.BOOKED
        and may_ask(request, found)
        and not any(each.status == CorrectionStatus.WAITING for each in corrections),
        "may_check": may_check,
        "is_own": waits and is_own,
        "reason_form": ReasonForm(),
    }
    return render(request, "settlement/cash/movement.html", context)


confirm = verb(
    operations.confirm_cash,
    find=visible_cash,
    said=gettext_lazy("The cash is booked."),
    back="settlement:cash_movement",
    roles=(Role.OPERATIONS,),
    dated=True,
)
decline = verb(
    operations.decline_cash,
    find=visible_cash,
    said=gettext_lazy("Nothing was booked."),
    back="settlement:cash_movement",
    roles=(Role.OPERATIONS,),
    reasoned=True,
)


@require_safe
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the receipt of booked cash."""
    found = visible_cash(request, reference)
    language = request.GET.get("language") or get_language() or settings.LANGUAGE_CODE
    if found.status != CashStatus.BOOKED or language not in dict(settings.LANGUAGES):
        raise Http404
    content = papers.cash_receipt(found, language=language)
    return private_file(content, name=f"receipt-{found.reference}.pdf", media_type="application/pdf")
