"""Four eyes: one person recommends, another concludes, neither of them on a case of their own."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import operations as identity
from accounts.identity import queries
from accounts.identity.models import Role, User
from lending.applications.models import Application, Review, ReviewKind, ReviewOutcome
from lending.applications.operations import steps
from lending.applications.operations.offer import make_offer
from lending.applications.operations.prepare import check_request
from lending.applications.states import TRANSITIONS, Event
from portal.core import idempotency
from portal.core.refusals import Refusal, register
from portal.core.seen import check_seen
from portal.core.transitions import target_of

register(
    {
        "same_person_twice": _("A second person has to check this: you have already decided on it."),
        "own_enterprise": _("This is a case of your own enterprise. A colleague has to decide it."),
        "above_approval_limit": _("%(amount)s is above your approval limit of %(limit)s. Ask a colleague."),
        "review_identity_unchecked": _(
            "The identity is not checked, or a check failed or has expired. Somebody has to check it first."
        ),
        "review_hits_open": _("There are watchlist hits that are open or confirmed. They are ruled on first."),
        "review_corrected_since": _(
            "Details of the enterprise were corrected since this was recommended. Return it to be looked at again."
        ),
        "review_note_missing": _("Say why, in a sentence."),
        "review_amount_missing": _("Say how much should be lent."),
        "amount_above_request": _("At most %(most)s was asked for."),
        "rate_outside_product": _("The rate lies outside this product."),
        "review_outcome_unknown": _("Choose one of the answers."),
    }
)


class FourEyesRefused(Refusal):
    """The reviewer may not decide this."""

    code = "same_person_twice"


class ReviewRefused(Refusal):
    """The review says too little, or something the product does not allow."""

    code = "review_note_missing"


@transaction.atomic(durable=True)
def recommend(
    application: Application, *, outcome: str, amount: Decimal | None, annual_rate: Decimal | None, note: str, by: User,
    at: datetime, key: str = "",
) -> Review:  # fmt: skip
    """Say what should become of a referred application; a second person then decides.

    :param annual_rate: a fraction, within the product's range; needed with an approval, as is the amount.
    :param key: a program's; the same one recommends once.
    :raises ReviewRefused: without a note, or with an amount or a rate that cannot be offered.
    :raises ApplicationRefused: when the amount lies outside the product.
    :raises FourEyesRefused: by a member of the enterprise.
    :raises TransitionRefused: when it is not waiting for a recommendation.
    """
    steps.lock(application)

    def make() -> str:
        return str(_recommend(application, outcome, amount, annual_rate, note, by, at).pk)

    fingerprint = idempotency.fingerprint_of([outcome, amount, annual_rate, note, by.reference])
    scope = f"applications.recommend:{application.reference}"
    made = idempotency.answer_once(scope, key, fingerprint=fingerprint, make=make) if key else make()
    return application.reviews.get(pk=made)


def _recommend(
    application: Application, outcome: str, amount: Decimal | None, annual_rate: Decimal | None, note: str, by: User,
    at: datetime,
) -> Review:  # fmt: skip
    target_of(TRANSITIONS, Event.RECOMMEND, application.status)
    check_not_own(application, by)
    check_note(note)
    if outcome == ReviewOutcome.APPROVE:
        _check_offer(application, amount, annual_rate)
    elif outcome == ReviewOutcome.DECLINE:
        amount = annual_rate = None
    else:
        raise ReviewRefused("review_outcome_unknown")
    review = _review(application, ReviewKind.RECOMMENDATION, outcome, amount, annual_rate, note, by, at)
    steps.move(application, Event.RECOMMEND, by=by, at=at)
    return review


def check_note(note: str) -> None:
    if not note.strip():
        raise ReviewRefused("review_note_missing")


def _check_offer(application: Application, amount: Decimal | None, annual_rate: Decimal | None) -> None:
    product = application.product
    if amount is None:
        raise ReviewRefused("review_amount_missing")
    check_request(product, amount, application.term_months)
    if amount > application.requested_amount:
        raise ReviewRefused("amount_above_request", most=application.requested_amount)
    if annual_rate is None or not product.min_annual_rate <= annual_rate <= product.max_annual_rate:
        raise ReviewRefused("rate_outside_product")


@transaction.atomic(durable=True)
def conclude(application: Application, *, outcome: str, note: str, by: User, at: datetime, on: date, seen: str) -> None:
    """Confirm, refuse or return a recommendation, as a second person within one's limit.

    Confirming carries out what was recommended, be it approval or decline.

    :param seen: the ``shown`` of the recommendation that was read, so that none that came later is confirmed unread.
    :raises FourEyesRefused: by who ever recommended or applied, by a member of the enterprise, or above the limit.
    :raises ReviewRefused: without a note, or with no known outcome; to approve, while the identity is not checked, a
        watchlist hit stands in the way, or details were corrected since the recommendation.
    :raises TransitionRefused: when there is no recommendation to conclude.
    :raises ChangedSince: when another one was read.
    """
    steps.lock(application)
    target_of(TRANSITIONS, Event.RETURN, application.status)
    recommendations = list(application.reviews.filter(kind=ReviewKind.RECOMMENDATION).order_by("pk"))
    recommendation = recommendations[-1]
    check_seen(seen, shown=recommendation.shown)
    _check_second_person(application, recommendations, by)
    check_note(note)
    event = _concluding_event(outcome, recommendation)
    if event == Event.CONFIRM:
        _confirm(application, recommendation, by=by, at=at, on=on)
    _review(application, ReviewKind.APPROVAL, outcome, recommendation.amount, recommendation.annual_rate, note, by, at)
    steps.move(application, event, by=by, at=at)
    if event != Event.RETURN:
        steps.tell(application, at=at)


def _confirm(application: Application, recommendation: Review, *, by: User, at: datetime, on: date) -> None:
    assert recommendation.amount is not None
    assert recommendation.annual_rate is not None
    limit = approval_limit(by, application)
    if recommendation.amount > limit:
        raise FourEyesRefused("above_approval_limit", amount=recommendation.amount, limit=limit)
    if queries.corrected_since(application.enterprise, recommendation.at).exists():
        raise ReviewRefused("review_corrected_since")
    _check_identity(application, at=at, on=on)
    make_offer(application, amount=recommendation.amount, annual_rate=recommendation.annual_rate, at=at, on=on)


def _check_identity(application: Application, *, at: datetime, on: date) -> None:
    """Refuse what no person may overrule: an identity that nobody checked, and a hit that nobody cleared."""
    enterprise = application.enterprise
    if not queries.identity_verified(enterprise, on=on):
        raise ReviewRefused("review_identity_unchecked")
    identity.bring_up_to_date([enterprise], at=at)
    if queries.stands_in_the_way(enterprise):
        raise ReviewRefused("review_hits_open")


def _concluding_event(outcome: str, recommendation: Review) -> Event:
    if outcome not in ReviewOutcome.values:
        raise ReviewRefused("review_outcome_unknown")
    if outcome == ReviewOutcome.RETURN:
        return Event.RETURN
    if ReviewOutcome.DECLINE in {outcome, recommendation.outcome}:
        return Event.REFUSE
    return Event.CONFIRM


def _check_second_person(application: Application, recommendations: list[Review], by: User) -> None:
    if by.pk in {application.applicant_id, *(each.by_id for each in recommendations)}:
        raise FourEyesRefused("same_person_twice")
    check_not_own(application, by)


def check_not_own(application: Application, by: User) -> None:
    """Refuse whoever is, or ever was, a member of the enterprise."""
    if queries.ever_acted_for(application.enterprise, person=by.reference):
        raise FourEyesRefused("own_enterprise")


def approval_limit(by: User, application: Application) -> Decimal:
    """Find up to which amount a person may approve what the enterprise's branch has; zero without such a post."""
    posts = [post for post in by.posts if post.role == Role.APPROVER]
    branch = application.enterprise.branch_id
    here = [post for post in posts if post.branch.is_head_office or post.branch_id == branch]
    return max((post.approval_limit_amount or Decimal(0) for post in here), default=Decimal(0))


def _review(
    application: Application, kind: ReviewKind, outcome: str, amount: Decimal | None, rate: Decimal | None, note: str,
    by: User, at: datetime,
) -> Review:  # fmt: skip
    identity.note_judged(application.enterprise, at=at)
    review: Review = Review.objects.create(
        application=application, kind=kind, outcome=outcome, amount=amount, annual_rate=rate, note=note, by=by, at=at
    )
    return review
