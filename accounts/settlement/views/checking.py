"""How money leaves by hand: filled in, looked at, let go with a code where one is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.contrib import messages
from django.forms import BaseForm, Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.identity.models import User
from accounts.identity.queries import signs_with_authenticator
from accounts.settlement import banks, numbers, operations
from accounts.settlement.forms.payments import CodeForm
from portal.core.formats import day, in_words, money
from portal.core.idempotency import KeyReused
from portal.core.refusals import Refusal, sentence, shown_above


@dataclass(frozen=True)
class Way:
    """One way out of an account: what it is called, how it is looked at and done, and where its refusals stand.

    :param look: what its check page shows of a review.
    :param make: does it, with the code that was typed, and answers where to go then.
    :param signer: whose code lets it go, where it is not the reader's.
    :param first: the address of what a key made before, by its reference, and what a link there says, if it has keys.
    """

    title: str
    button: str
    review: Callable[[], operations.PaymentReview[Any]]
    look: Callable[[operations.PaymentReview[Any]], Mapping[str, Any]]
    make: Callable[[str], HttpResponse]
    fields: Mapping[str, str] = field(default_factory=dict)
    first: Callable[[str], tuple[str, str]] | None = None
    signer: User | None = None
    template: str = "settlement/pay_check.html"


def go_on(request: HttpRequest, form: BaseForm, way: Callable[[], Way]) -> HttpResponse | None:
    """Take a filled-in form further, to its check page or through it; none leads back to the form, which says why.

    :param way: the way of a form that is filled in well.
    """
    if request.method != "POST" or "again" in request.POST or not form.is_valid():
        return None
    chosen = way()
    try:
        return _made(request, form, chosen) if "confirm" in request.POST else _looked_at(request, form, chosen)
    except Refusal as refusal:
        _refuse(form, chosen, refusal)
        return None


def go_on_alone(request: HttpRequest, way: Callable[[], Way], *, back: str, reference: str) -> HttpResponse:
    """Take what has no form to its check page or through it; refused, or reached by a link, it leads back."""
    form = Form(request.POST)
    if answer := go_on(request, form, way):
        return answer
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return redirect(back, reference)


def _made(request: HttpRequest, form: BaseForm, way: Way) -> HttpResponse:
    """Let the money go, or show again what its code lacks."""
    code_form = CodeForm(request.POST)
    try:
        return way.make(code_form.cleaned_data["code"] if code_form.is_valid() else "")
    except Refusal as refusal:
        if refusal.code not in CodeForm.REFUSALS:
            raise
        if not code_form.errors:
            code_form.add_error("code", sentence(refusal))
        return _looked_at(request, form, way, code_form=code_form)


def _looked_at(request: HttpRequest, form: BaseForm, way: Way, *, code_form: CodeForm | None = None) -> HttpResponse:
    """Show what will leave, to whom, and what is left; send the code that lets it go, if that was asked for."""
    review, by = way.review(), cast("User", request.user)
    is_code_sent = "code_sent" in request.POST
    if "send_code" in request.POST:
        with shown_above(request):
            operations.send_payment_code(review.leaving, to=way.signer, at=timezone.now(), by=by)
            messages.success(
                request,
                _("We sent a code to the customer's phone. It is good for ten minutes.")
                if way.signer
                else _("We sent a code to your phone. It is good for ten minutes."),
            )
            is_code_sent = True
    asking = code_form or CodeForm()
    asking.fields["code"].widget.attrs["autofocus"] = is_code_sent  # below what will leave, on a phone out of sight
    context = {
        "way": way,
        "review": review,
        "leaving": review.leaving,
        **way.look(review),
        "kept": [(field.html_name, field.value() or "") for field in form],
        "code_form": asking,
        "is_code_sent": is_code_sent,
        "by_authenticator": not way.signer and signs_with_authenticator(by),
    }
    return render(request, way.template, context, status=422 if code_form else 200)


def look_at_payment(review: operations.PaymentReview[Any], *, entered: str = "") -> dict[str, Any]:
    """Show a payment that leaves at once.

    :param entered: the payee's name as it was typed; empty where it was chosen.
    """
    leaving = review.leaving
    account = leaving.account
    words = in_words(leaving.amount, account.currency)
    rows = [
        *([{"label": _("Amount in words"), "value": words}] if words else []),
        {"label": _("Payee"), "value": leaving.name},
        *([{"label": _("Name as you entered it"), "value": entered}] if entered not in {"", leaving.name} else []),
        {"label": _("Bank"), "value": banks.told(leaving.bank_code) if leaving.bank_code else _("This bank")},
        {"label": _("Account number of the payee"), "value": numbers.grouped(leaving.number)},
        {"label": _("What for"), "value": leaving.text or "–"},
        {"label": _("Date"), "value": day(timezone.localdate())},
        {"label": _("Fee"), "value": _("None")},
        {"label": _("From account"), "value": account.grouped_number},
        {"label": _("Available afterwards"), "value": money(review.available_after, account.currency)},
    ]
    return {"rows": rows}


def _refuse(form: BaseForm, way: Way, refusal: Refusal) -> None:
    """Say on the form why not; what was sent before is one step away."""
    if way.first and isinstance(refusal, KeyReused) and (answer := refusal.params.get("answer")):
        url, words = way.first(answer)
        form.add_error(None, format_html('{} <a href="{}">{}</a>', sentence(refusal), url, words))
    else:
        form.add_error(way.fields.get(refusal.code), sentence(refusal))
