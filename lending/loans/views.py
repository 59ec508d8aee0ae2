"""Pages of the loan."""

from functools import partial
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import operations as identity
from accounts.identity.models import Enterprise, User
from accounts.settlement import operations as settlement
from accounts.settlement import queries as settlement_queries
from lending.applications.models import Offer
from lending.loans import documents, queries
from lending.loans import operations as loans
from lending.loans.forms import RepayForm, SignForm
from lending.loans.models import Loan
from lending.products.queries import cost_of
from portal.core.refusals import Refusal, sentence

form_page = require_http_methods(["GET", "HEAD", "POST"])


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _own_offer(request: HttpRequest, reference: str) -> Offer:
    offers = Offer.objects.filter(application__enterprise__in=Enterprise.objects.of_owner(_user(request)))
    return get_object_or_404(
        offers.select_related("application__enterprise", "application__product"), reference=reference
    )


@require_safe
def list_loans(request: HttpRequest) -> HttpResponse:
    """List the loans one may see."""
    page = Paginator(queries.listed(_user(request)), 25).get_page(request.GET.get("page"))
    return render(request, "loans/list.html", {"page": page})


@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a loan with its schedule."""
    loan = _loan(request, reference)
    today = timezone.localdate()
    context = {
        "loan": loan,
        "standing": queries.standing_of(loan, on=today),
        "repayments": loan.repayments.order_by("-pk")[:50],
        "is_own": Enterprise.objects.of_member(_user(request)).filter(pk=loan.enterprise_id).exists(),
    }
    return render(request, "loans/detail.html", context)


def _loan(request: HttpRequest, reference: str) -> Loan:
    seen = Loan.objects.visible_to(_user(request))
    related = ("enterprise", "settlement_account", "offer__application__product", "signed_by")
    return get_object_or_404(seen.select_related(*related), reference=reference)


@form_page
@reauthentication_required(allow_get=False)
def sign(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the contract's key facts, and sign it."""
    offer = _own_offer(request, reference)
    signed = Loan.objects.filter(offer=offer).first()
    if signed:
        return redirect("loans:detail", signed.reference)
    accounts = settlement_queries.open_accounts_of(offer.application.enterprise)
    form = SignForm(request.POST or None, accounts=accounts)
    if request.method == "POST" and form.is_valid():
        loan = _signed(request, offer, form)
        if loan:
            messages.success(request, _("Signed. The money is in your account."))
            return redirect("loans:detail", loan.reference)
    cost = cost_of(offer.approved_amount, offer.terms, start=timezone.localdate())
    context = {"offer": offer, "form": form, "cost": cost, "has_account": accounts.exists()}
    return render(request, "loans/sign.html", context, status=422 if form.errors else 200)


def _signed(request: HttpRequest, offer: Offer, form: SignForm) -> Loan | None:
    now = timezone.now()
    given = form.cleaned_data
    try:
        on = timezone.localdate(now)
        return loans.sign(offer, account=given["account"], code=given["code"], by=_user(request), at=now, on=on)
    except Refusal as refusal:
        form.add_error("code" if refusal.code.startswith("signing_code") else None, sentence(refusal))
        return None


@require_POST
def send_code(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the code that confirms the signing."""
    offer = _own_offer(request, reference)
    try:
        identity.send_signing_code(_user(request), subject=offer.reference, at=timezone.now())
        messages.success(request, _("We sent a code to your phone. It is good for ten minutes."))
    except Refusal as refusal:
        messages.error(request, sentence(refusal))
    return redirect("loans:sign", reference)


@require_POST
def open_account(request: HttpRequest, reference: str) -> HttpResponse:
    """Open the settlement account that the loan is paid out to."""
    offer = _own_offer(request, reference)
    try:
        settlement.open_account(offer.application.enterprise, by=_user(request).reference, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, sentence(refusal))
    return redirect("loans:sign", reference)


@require_safe
def contract(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the contract of an offer as PDF, in the reader's language."""
    offers = Offer.objects.filter(application__enterprise__in=Enterprise.objects.visible_to(_user(request)))
    offer = get_object_or_404(
        offers.select_related("application__enterprise", "application__product", "application__branch"),
        reference=reference,
    )
    content = documents.contract(offer, on=timezone.localdate(), language=get_language() or "en")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{offer.reference}.pdf"'
    return response


@form_page
def repay(request: HttpRequest, reference: str) -> HttpResponse:
    """Repay from the settlement account."""
    loan = get_object_or_404(
        Loan.objects.filter(enterprise__in=Enterprise.objects.of_member(_user(request))).select_related(
            "enterprise", "settlement_account"
        ),
        reference=reference,
    )
    now = timezone.now()
    standing = queries.standing_of(loan, on=timezone.localdate(now))
    form = RepayForm(request.POST or None, initial={"amount": standing.suggested_amount})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        act = partial(loans.repay, loan, given["amount"], key=given["idempotency_key"])
        try:
            act(by=_user(request), at=now, on=timezone.localdate(now))
            messages.success(request, _("Thank you. The repayment is booked."))
            return redirect("loans:detail", reference)
        except Refusal as refusal:
            form.add_error("amount", sentence(refusal))
    context: dict[str, Any] = {"loan": loan, "form": form, "standing": standing}
    context["balance"] = settlement_queries.available_balance(loan.settlement_account)
    return render(request, "loans/repay.html", context, status=422 if form.errors else 200)
