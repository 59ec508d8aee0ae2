"""Pages that pay: a saved payee, or an account of this bank by its number."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity.queries import owns
from accounts.settlement import operations
from accounts.settlement.doors import actor, only_members, only_owners, visible_account
from accounts.settlement.forms.payments import PaymentForm
from accounts.settlement.forms.transfers import TransferForm
from accounts.settlement.models import Payee, SettlementAccount, Transfer
from accounts.settlement.views.checking import Way, go_on, look_at_payment
from accounts.settlement.views.payments import said
from portal.core.formats import money


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """Pay a saved payee: the form, then what will leave, then the payment."""
    account = visible_account(request, reference)
    only_members(request, account.enterprise)
    usable = Payee.objects.usable(timezone.now()).filter(enterprise=account.enterprise).order_by("name", "pk")
    form = PaymentForm(request.POST or None, payees=usable, currency=account.currency)
    if answer := go_on(request, form, lambda: _payment(request, account, form)):
        return answer
    context = {"account": account, "form": form, "has_payees": usable.exists()}
    context["may_transfer"] = owns(request.user, account.enterprise)
    return render(request, "settlement/pay.html", context, status=422 if form.is_bound and form.errors else 200)


def _payment(request: HttpRequest, account: SettlementAccount, form: PaymentForm) -> Way:
    asked, today, now, by = form.cleaned_data, timezone.localdate(), timezone.now(), actor(request)
    payee, amount = asked["payee"], asked["amount"]
    told = {"text": asked["text"], "key": asked["idempotency_key"], "on": today, "at": now, "by": by}

    def make(code: str) -> HttpResponse:
        made = operations.pay(account, payee, amount, code=code, **told)
        messages.success(request, said(made))
        return redirect("settlement:payment", reference=made.reference)

    return Way(
        title=_("Check the payment"),
        button=_("Pay now"),
        review=lambda: operations.review_payment(account, payee, amount, **told),
        look=look_at_payment,
        make=make,
        fields=PaymentForm.FIELDS,
        first=lambda made: (reverse("settlement:payment", args=[made]), _("See the first payment")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest, reference: str) -> HttpResponse:
    """Pay another account of the bank by its number: the form, then what will leave, then the transfer."""
    account = visible_account(request, reference)
    only_owners(request, account.enterprise)
    form = TransferForm(request.POST or None, currency=account.currency)
    if answer := go_on(request, form, lambda: _transfer(request, account, form)):
        return answer
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "settlement/transfer.html", {"account": account, "form": form}, status=status)


def _transfer(request: HttpRequest, account: SettlementAccount, form: TransferForm) -> Way:
    asked = dict(form.cleaned_data)
    told = {"key": asked.pop("idempotency_key"), "on": timezone.localdate(), "at": timezone.now(), "by": actor(request)}
    home = reverse("settlement:account", args=[account.reference])

    def make(code: str) -> HttpResponse:
        say_sent(request, operations.transfer(account, code=code, **asked, **told))
        return redirect(home)

    return Way(
        title=_("Check the transfer"),
        button=_("Transfer now"),
        review=lambda: operations.review_transfer(account, **asked, **told),
        look=partial(look_at_payment, entered=asked["to_name"]),
        make=make,
        fields=TransferForm.FIELDS,
        first=lambda _made: (home, _("See the account")),
    )


def say_sent(request: HttpRequest, made: Transfer) -> None:
    """Say above the next page what was transferred to whom."""
    words = {"amount": money(made.amount, made.source.currency), "name": made.destination.enterprise.legal_name}
    messages.success(request, _("%(amount)s sent to %(name)s.") % words)
