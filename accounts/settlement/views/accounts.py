"""Pages of settlement accounts: list, history, statement, freezing and closing."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.access import shows_books, user_of
from accounts.identity.models import Enterprise, MembershipRole, Role
from accounts.identity.queries import enterprises_matching
from accounts.settlement import numbers, operations, queries, writing
from accounts.settlement.doors import actor, only_owners, role_in, visible_account, visible_enterprise
from accounts.settlement.forms.history import MovementsForm, PeriodForm
from accounts.settlement.forms.reasons import ReasonForm
from accounts.settlement.forms.transfers import TransferForm
from accounts.settlement.models import SettlementAccount
from accounts.settlement.queries.agreeing import to_agree_to
from accounts.settlement.views.acting import verb
from portal.core.files import private_file
from portal.core.refusals import Refusal, sentence

LINES_ON_A_PAGE = 25


@require_safe
@shows_books
def account_list(request: HttpRequest) -> HttpResponse:
    """Show an owner's accounts, or to staff those of their branches."""
    accounts = SettlementAccount.objects.visible_to(request.user).with_balances()
    user = user_of(request)
    if user.is_staff_member:
        return _staff_list(request, accounts)
    enterprises = Enterprise.objects.filter(
        memberships__user=user.pk, memberships__role=MembershipRole.OWNER, memberships__ended_at=None
    ).order_by("pk")
    form = TransferForm()  # only its fresh key is used: opening twice by a double click is opening once
    context = {"accounts": accounts.order_by("pk"), "enterprises": enterprises, "key": form["idempotency_key"].value()}
    return render(request, "settlement/list.html", context)


def _staff_list(request: HttpRequest, accounts: QuerySet[SettlementAccount]) -> HttpResponse:
    asked = request.GET.get("q", "").strip()
    if asked:
        user = user_of(request)
        found = enterprises_matching(asked, user=user).order_by()
        accounts = accounts.filter(Q(enterprise__in=found) | Q(number__startswith=numbers.bare(asked)))
    page = Paginator(accounts.order_by("-pk"), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "settlement/staff_list.html", {"page": page, "asked": asked})


@require_POST
def open_account(request: HttpRequest) -> HttpResponse:
    """Open an account for an enterprise that the person owns."""
    enterprise = visible_enterprise(request, request.POST.get("enterprise", ""))
    only_owners(request, enterprise)
    key = request.POST.get("idempotency_key", "")
    try:
        account = operations.open_account(enterprise, by=actor(request), at=timezone.now(), key=key)
    except Refusal as refusal:
        messages.error(request, sentence(refusal))
        return redirect("settlement:list")
    messages.success(request, _("Your account is open."))
    return redirect("settlement:account", reference=account.reference)


@require_safe
@shows_books
def account(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an account: what it holds, and what moved in a period."""
    return _account_page(request, visible_account(request, reference))


def _account_page(request: HttpRequest, account: SettlementAccount, *, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    form = MovementsForm(request.GET, today=today, currency=account.currency)
    user = user_of(request)
    role = role_in(request, account.enterprise)
    context: dict[str, Any] = {
        "account": account,
        "form": form,
        "reason_form": ReasonForm(),
        "may_pay": account.status == "open" and role == MembershipRole.OWNER,
        "is_member": bool(role),
        "to_agree_to": to_agree_to(user, account=account) if role else [],
        "may_certify": role == MembershipRole.OWNER or user.has_role(Role.OPERATIONS),
        "may_freeze": user.has_role(Role.OPERATIONS),
        "may_take_cash": user.has_role(Role.OPERATIONS) and account.status != "closed",
    }
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        asked = form.asked()
        rows = queries.found(account, first, last, **asked) if asked else queries.history(account, first, last)
        page = Paginator(rows, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
        context |= {
            "first": first,
            "last": last,
            "page": page,
            "lines": queries.lines(account, page.object_list),
            "asked": asked,
        }
    return render(request, "settlement/account.html", context, status=status)


@require_safe
@shows_books
def statement(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out a statement of a period as PDF, CSV or camt.053."""
    account = visible_account(request, reference)
    form = PeriodForm(request.GET, today=timezone.localdate())
    kind = request.GET.get("format", "pdf")
    language = request.GET.get("language") or get_language()
    if kind not in writing.MEDIA_TYPES or language not in dict(settings.LANGUAGES):
        raise Http404
    if not form.is_valid():
        return _account_page(request, account, status=422)
    told = queries.statement(account, form.cleaned_data["first"], form.cleaned_data["last"])
    content = writing.as_file(told, kind, language=language, at=timezone.now())
    return private_file(content, name=writing.file_name(told, kind), media_type=writing.MEDIA_TYPES[kind])


freeze = verb(
    operations.freeze,
    find=visible_account,
    said=gettext_lazy("The account is frozen."),
    back="settlement:account",
    roles=(Role.OPERATIONS,),
    reasoned=True,
)
unfreeze = verb(
    operations.unfreeze,
    find=visible_account,
    said=gettext_lazy("The account may pay again."),
    back="settlement:account",
    roles=(Role.OPERATIONS,),
    reasoned=True,
)


@require_POST
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Close an empty account."""
    account = visible_account(request, reference)
    only_owners(request, account.enterprise)
    try:
        operations.close(account, at=timezone.now(), by=actor(request))
    except Refusal as refusal:
        messages.error(request, sentence(refusal))
        return redirect("settlement:account", reference=account.reference)
    messages.success(request, _("The account is closed."))
    return redirect("settlement:list")
