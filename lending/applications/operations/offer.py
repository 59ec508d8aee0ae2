"""The offer: made, ended, signed."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Enterprise, User
from lending.applications import judgment, queries
from lending.applications.models import Application, Offer
from lending.applications.operations import steps
from lending.applications.states import TRANSITIONS, Event, Status
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

register(
    {
        "offer_on_hold": _(
            "You cannot sign for now: the bank has to look at this offer once more. Your branch will call you."
        ),
        "offer_overtaken": _(
            "Details of the enterprise were corrected since, so this offer cannot be signed. Withdraw it and apply "
            "again."
        ),
    }
)


class OfferOnHold(Refusal):
    """A watchlist hit or a revocation that waits stands in the way; the customer is not told which, nor that it is."""

    code = "offer_on_hold"


OFFER_LASTS: Final = timedelta(days=14)


def make_offer(application: Application, *, amount: Decimal, annual_rate: Decimal, at: datetime, on: date) -> None:
    """Offer an amount at a rate until two weeks after ``on``, and count it as exposure; an inner step."""
    product = application.product
    offered = product.terms(annual_rate=annual_rate, term_months=application.term_months)
    Offer.objects.create(
        application=application,
        approved_amount=amount,
        annual_rate=annual_rate,
        term_months=application.term_months,
        kept_terms=offered.as_data(),
        made_at=at,
        expires_on=on + OFFER_LASTS,
    )
    judgment.reserve(application, amount, at=at)


@transaction.atomic(durable=True)
def expire(reference: str, *, at: datetime, on: date) -> None:
    """End an offer whose days are over; one that was signed, withdrawn or is still good stays."""
    application = Application.objects.get(reference=reference)
    steps.lock(application)
    if application.status != Status.APPROVED or application.offer.expires_on >= on:
        return
    lapse(application, at=at)


def lapse(application: Application, *, at: datetime) -> None:
    """End an unsigned offer of a locked application; an inner step."""
    steps.move(application, Event.EXPIRE, by=None, at=at)
    judgment.release(application, at=at)


def lock_offers_of_lines(enterprise: Enterprise) -> list[Application]:
    """Lock the applications of an enterprise whose offer of a credit line is unsigned; an inner step."""
    lines = Application.objects.filter(enterprise=enterprise, status=Status.APPROVED, product__line_months__gt=0)
    return list(Application.objects.locked().filter(pk__in=lines.values("pk")))


def accept(application: Application, *, by: User, at: datetime) -> None:
    """Mark the offer as signed: an inner step of signing the loan.

    :raises TransitionRefused: when there is no offer to sign.
    :raises OfferOnHold: when a watchlist hit has come to light since the offer was made, somebody of the bank asked
        for it to be revoked, or details that it rests on were corrected.
    """
    steps.lock(application)
    target_of(TRANSITIONS, Event.ACCEPT, application.status)
    if queries.is_overtaken(application.offer):
        raise OfferOnHold("offer_overtaken")
    if queries.is_on_hold(application):
        raise OfferOnHold
    steps.move(application, Event.ACCEPT, by=by, at=at)
    judgment.release(application, at=at)
