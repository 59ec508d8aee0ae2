"""Certificates of balance: issued by owners and operations, verified by anyone."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.access import shows_books
from accounts.identity.models import Role, User
from accounts.identity.queries import owns
from accounts.ledger.models import Posting
from accounts.settlement import booking_receipts, operations, papers
from accounts.settlement.doors import actor, visible_account
from accounts.settlement.forms.history import CertificateForm, VerifyForm
from accounts.settlement.models import BalanceCertificate, SettlementAccount
from portal.core.files import private_file
from portal.core.references import as_written
from portal.core.refusals import shown_on


@require_http_methods(["GET", "HEAD", "POST"])
def certificates(request: HttpRequest, reference: str) -> HttpResponse:
    """List an account's certificates of balance, and issue one."""
    account = visible_account(request, reference)
    user = request.user
    assert isinstance(user, User)
    if not owns(user, account.enterprise) and not user.has_role(Role.OPERATIONS):
        raise PermissionDenied
    form = CertificateForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        with shown_on(form, {"day_not_over": "of", "day_before_account": "of"}):
            operations.certify_balance(
                account,
                of=form.cleaned_data["of"],
                key=form.cleaned_data["idempotency_key"],
                on=timezone.localdate(),
                at=timezone.now(),
                by=actor(request),
            )
            return redirect("settlement:certificates", account.reference)
    context = {"account": account, "form": form, "issued": account.certificates.order_by("-pk")}
    return render(request, "settlement/certificates.html", context, status=422 if form.is_bound else 200)


@require_safe
def certificate_pdf(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """Hand out a certificate of balance in one of the bank's languages."""
    found = BalanceCertificate.objects.visible_to(request.user).select_related("settlement_account")
    certificate = get_object_or_404(found, code=code)
    if language not in papers.LANGUAGES:
        raise Http404
    content = papers.as_pdf(certificate, language=language)
    return private_file(content, name=f"{certificate.code}.{language}.pdf", media_type="application/pdf")


@require_safe
@shows_books
def receipt_pdf(request: HttpRequest, reference: str, entry: str, language: str) -> HttpResponse:
    """Hand out the electronic receipt of what an entry moved on an account."""
    account = visible_account(request, reference)
    posting = booking_receipts.posting_of(account, entry)
    if posting is None or language not in papers.LANGUAGES:
        raise Http404
    content = booking_receipts.as_pdf(account, posting, language=language)
    name = f"{booking_receipts.code_of(account, posting)}.{language}.pdf"
    return private_file(content, name=name, media_type="application/pdf")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask anyone for the code of a certificate of balance."""
    form = VerifyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return redirect("settlement:verified", as_written(form.cleaned_data["code"]))
    return render(request, "settlement/verify.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
@require_safe
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """Tell anyone who holds the paper whether it is ours and what it says."""
    code = as_written(code)
    if code.startswith(booking_receipts.PREFIX) and (booked := booking_receipts.found(code)):
        return _verified_receipt(request, *booked)
    found = BalanceCertificate.objects.select_related("settlement_account")
    certificate = found.filter(code=code).first()
    if certificate is None:
        context = {"form": VerifyForm(initial={"code": code[:40]}), "is_unknown": True}
        return render(request, "settlement/verify.html", context, status=404)
    return render(request, "settlement/verified.html", {"rows": papers.verified_rows(certificate)})


def _verified_receipt(request: HttpRequest, account: SettlementAccount, posting: Posting) -> HttpResponse:
    facts = booking_receipts.rows_of(account, posting, is_public=True)
    facts = [(_("Amount"), booking_receipts.amount_of(account, posting)), *facts]
    rows = [{"label": label, "value": value} for label, value in facts]
    return render(request, "settlement/verified.html", {"rows": rows, "is_receipt": True})
