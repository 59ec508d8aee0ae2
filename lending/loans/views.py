"""Pages of the loan."""

from typing import Any, Final

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import operations as identity
from accounts.identity.access import only_owners, shows_books, user_of
from accounts.identity.models import Enterprise, Role
from accounts.identity.queries import awaits_signing_code, keeps_books, owns, signs_with_authenticator
from accounts.settlement import operations as settlement
from accounts.settlement import queries as settlement_queries
from lending.applications.models import Offer
from lending.applications.queries import is_on_hold, is_overtaken, is_suspended, share_of_income
from lending.applications.states import Status
from lending.loans import documents, queries
from lending.loans import operations as loans
from lending.loans.forms import RepayForm, SignForm
from lending.loans.lines.documents import contract_of_line
from lending.loans.lines.models import CreditLine
from lending.loans.lines.operations import open_line
from lending.loans.losses.queries import class_of, readable
from lending.loans.models import Loan
from lending.loans.proposals.lapsing import standing_of as proposed_of
from lending.loans.proposals.queries import PROPOSERS
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.rescheduling.queries import earlier_schedules
from lending.loans.rescheduling.states import RESCHEDULED
from lending.loans.states import LATE, LoanStatus
from lending.loans.waivers.models import Waiver
from lending.products.presentation import late_rule
from lending.products.queries import cost_of
from portal.core import formats, idempotency
from portal.core.dates import add_months
from portal.core.files import private_file
from portal.core.refusals import sentence, shown_above, shown_on

ON_A_PAGE: Final = 25
REPAYMENTS_ON_A_PAGE: Final = 50

form_page = require_http_methods(["GET", "HEAD", "POST"])


def _own_offer(request: HttpRequest, reference: str) -> Offer:
    """Find an offer to an enterprise that the person owns; who may only see it gets 403."""
    offers = Offer.objects.visible_to(user_of(request))
    related = ("application__enterprise", "application__product", "application__branch", "application__decision")
    offer = get_object_or_404(offers.select_related(*related), reference=reference)
    only_owners(user_of(request), offer.application.enterprise)
    return offer


@require_safe
@shows_books
def list_loans(request: HttpRequest) -> HttpResponse:
    """List the loans one may see."""
    user, asked = user_of(request), request.GET.get("q", "").strip()
    page = Paginator(queries.listed(user, asked=asked), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "asked": asked, "is_staff_list": user.is_staff_member}
    context["own"] = Enterprise.objects.of_member(user)
    context |= {"today": timezone.localdate(), "late": LATE, "rescheduled": RESCHEDULED}
    context["decides"] = user.has_role(Role.APPROVER)
    return render(request, "loans/list.html", context)


@require_safe
@shows_books
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a loan with its schedule."""
    loan = _loan(request, reference)
    today = timezone.localdate()
    seen = Rescheduling.objects.visible_to(user_of(request)).filter(loan=loan)
    reschedulings = list(seen.with_standing(on=today).order_by("-pk"))
    may_propose = user_of(request).has_role(*PROPOSERS)
    context = {
        "loan": loan,
        "reschedulings": reschedulings,
        "rescheduled": RESCHEDULED if any(each.version for each in reschedulings) else None,
        "earlier": earlier_schedules(loan) if any(each.version for each in reschedulings) else [],
        "waivers": Waiver.objects.visible_to(user_of(request)).filter(loan=loan).order_by("pk"),
        "may_reschedule": may_propose
        and loan.status == LoanStatus.ACTIVE
        and proposed_of(loan, Rescheduling, on=today) is None,
        "may_waive": may_propose and loan.is_owed and proposed_of(loan, Waiver, on=today) is None,
        "standing": queries.standing_of(loan, on=today),
        "page": Paginator(loan.repayments.select_related("undone").order_by("-pk"), REPAYMENTS_ON_A_PAGE).get_page(
            request.GET.get("page")
        ),
        "is_owner": owns(user_of(request), loan.enterprise),
        "reads": keeps_books(user_of(request), loan.enterprise),
        "late": LATE,
        "risk": class_of(loan, on=today) if readable(user_of(request)).filter(pk=loan.pk).exists() else None,
    }
    return render(request, "loans/detail.html", context)


def _loan(request: HttpRequest, reference: str) -> Loan:
    seen = Loan.objects.visible_to(user_of(request))
    related = ("enterprise__branch", "settlement_account", "offer__application__product", "signed_by", "line")
    return get_object_or_404(seen.select_related(*related), reference=reference)


@form_page
@reauthentication_required(allow_get=False)
def sign(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the contract's key facts, and sign it."""
    offer = _own_offer(request, reference)
    is_line = offer.application.product.is_line
    kind: Any = CreditLine if is_line else Loan
    if signed := kind.objects.filter(offer=offer).first():
        return redirect("loans:line" if is_line else "loans:detail", signed.reference)
    accounts = queries.accounts_for(offer)
    form = SignForm(request.POST or None, accounts=accounts, is_line=is_line)
    form.helper.form_action = reverse("loans:sign", args=[reference])  # it may be shown where the password was asked
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        with shown_on(form, SignForm.FIELDS):
            account, code = form.cleaned_data["account"], form.cleaned_data["code"]
            told: dict[str, Any] = {"account": account, "code": code, "by": user_of(request), "at": now}
            told["on"] = timezone.localdate(now)
            if is_line:
                line = open_line(offer, **told)
                messages.success(request, _("Signed. You can draw money now, whenever you need it."))
                return redirect("loans:line", line.reference)
            loan = loans.sign(offer, **told)
            paid = formats.money(loan.principal_amount - loan.upfront_fee_amount, loan.currency)
            messages.success(request, _("Signed. %(amount)s is in your account.") % {"amount": paid})
            return redirect("loans:detail", loan.reference)
    return _sign_page(request, offer, form, has_account=accounts.exists())


def _sign_page(request: HttpRequest, offer: Offer, form: SignForm, *, has_account: bool) -> HttpResponse:
    today = timezone.localdate()
    cost = cost_of(offer.approved_amount, offer.terms, start=today)
    context = {
        "offer": offer,
        "form": form,
        "cost": cost,
        "late_rule": late_rule(offer.terms),
        "share_of_income": share_of_income(offer.application.decision, cost.heaviest_month.amount),
        "has_account": has_account,
        "is_open": offer.application.status == Status.APPROVED and offer.expires_on >= today,
        "is_on_hold": is_on_hold(offer.application),
        "is_overtaken": is_overtaken(offer),
        "is_suspended": is_suspended(offer.application),
        "by_authenticator": signs_with_authenticator(user_of(request)),
        "is_code_sent": awaits_signing_code(user_of(request), subject=offer.reference, at=timezone.now()),
    }
    if (months := offer.application.product.line_months) is not None:
        context["ends_on"] = add_months(today, months)
    return render(request, "loans/sign.html", context, status=422 if form.errors else 200)


@require_POST
def send_code(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the code that confirms the signing."""
    offer = _own_offer(request, reference)
    page = reverse("loans:sign", args=[reference])
    with shown_above(request):
        identity.send_signing_code(user_of(request), subject=offer.reference, at=timezone.now())
        page += "#sign"  # where it says that the code was sent
    return redirect(page)


@require_POST
def open_account(request: HttpRequest, reference: str) -> HttpResponse:
    """Open the settlement account that the loan is paid out to; asked twice for one offer, it is one account."""
    offer = _own_offer(request, reference)
    page = reverse("loans:sign", args=[reference])
    with shown_above(request):
        settlement.open_account(
            offer.application.enterprise, by=user_of(request).reference, at=timezone.now(), key=offer.reference
        )
        page += "#sign"
    return redirect(page)


@require_safe
def contract(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the contract of an offer as PDF, in the reader's language."""
    related = ("application__enterprise", "application__product", "application__branch", "line__signed_by")
    offer = get_object_or_404(Offer.objects.visible_to(user_of(request)).select_related(*related), reference=reference)
    write = contract_of_line if offer.application.product.is_line else documents.contract
    content = write(offer, on=timezone.localdate(), language=get_language() or "en")
    return private_file(content, name=f"{offer.reference}.pdf", media_type="application/pdf")


@form_page
def repay(request: HttpRequest, reference: str) -> HttpResponse:
    """Repay from the settlement account; what comes back early is shown first, with what it saves."""
    loan = _loan(request, reference)
    only_owners(user_of(request), loan.enterprise)
    if not loan.is_owed and request.method != "POST":
        return redirect("loans:detail", reference)
    now = timezone.now()
    today = timezone.localdate(now)
    standing, owing = queries.standing_of(loan, on=today), queries.owing_of(loan, on=today)
    amount = owing.payoff_amount if "all" in request.GET else owing.suggested_amount or None  # nothing is owed yet
    form = RepayForm(request.POST or None, initial={"amount": amount})
    balance = settlement_queries.available_balance(loan.settlement_account)
    early = None
    if request.method == "POST" and form.is_valid():
        amount, key = form.cleaned_data["amount"], form.cleaned_data["idempotency_key"]
        is_answered = idempotency.is_answered(queries.repaying_scope(loan), key)
        early = None if is_answered or amount > owing.payoff_amount else owing.early(amount)
        shown = queries.shown_of(early)
        if early and amount > balance:
            early = None
            refusal = settlement.InsufficientFunds(available=balance, currency=loan.currency)
            form.add_error("amount", sentence(refusal))
        elif early is None or form.cleaned_data["seen"] == shown:
            early = None
            with shown_on(form, RepayForm.FIELDS):
                loans.repay(loan, amount, key=key, by=user_of(request), at=now, on=today, seen=shown)
                messages.success(request, _("Thank you. The repayment is booked."))
                return redirect("loans:detail", reference)
        else:
            form.mark_seen(shown)
    context = {"loan": loan, "form": form, "standing": standing, "owing": owing, "balance": balance, "early": early}
    context["by_day"] = owing.made.terms.early_by_day
    return render(request, "loans/repay.html", context, status=422 if form.errors else 200)
