"""What happens to an application: the only writers of the case."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cashflow import queries as cashflow
from accounts.identity.models import Enterprise, Role, User
from lending.applications import judgment
from lending.applications.models import (
    Application,
    ApplicationDocument,
    ApplicationEvent,
    CreditDecision,
    Offer,
    Review,
    ReviewKind,
    ReviewOutcome,
)
from lending.applications.states import OPEN, TRANSITIONS, Event, Status
from lending.credit.verdicts import Verdict
from lending.products.models import LoanProduct
from portal.core import audit, files, idempotency, jobs
from portal.core.models import Channel
from portal.core.money import is_exact
from portal.core.notices import operations as notices
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

OFFER_LASTS: Final = timedelta(days=14)
SYSTEM: Final = "system"

register(
    {
        "amount_outside_product": _("This product lends between %(least)s and %(most)s."),
        "amount_not_exact": _("Write the amount in yuan and cents, for example 50000 or 50000.50."),
        "term_outside_product": _("This product runs between %(least)s and %(most)s months."),
        "another_application_open": _(
            "There is already an open application of this enterprise. Finish or withdraw it first."
        ),
        "evidence_missing": _("Add at least one bank statement before you send the application."),
        "same_person_twice": _("A second person has to check this: you have already decided on it."),
        "above_approval_limit": _("This amount is above your approval limit of %(limit)s."),
        "clearance_missing": _("This product asks for the certificate of a course first."),
        "review_note_missing": _("Say why, in a sentence."),
    }
)


class ApplicationRefused(Refusal):
    """What was asked for does not fit the product or the enterprise's other applications."""


class FourEyesRefused(Refusal):
    """The reviewer may not decide this."""

    code = "same_person_twice"


@transaction.atomic(durable=True)
def begin(
    enterprise: Enterprise, *, product: LoanProduct, amount: Decimal, term_months: int, purpose: str, note: str,
    key: str, by: User, at: datetime,
) -> Application:  # fmt: skip
    """Begin a draft; the same key begins it once.

    :raises ApplicationRefused: when amount or term lie outside the product, or another application is open.
    """
    fingerprint = idempotency.fingerprint_of([enterprise.pk, product.pk, amount, term_months, purpose, note])

    def make() -> str:
        _check_request(product, amount, term_months)
        Enterprise.objects.locked().get(pk=enterprise.pk)
        if enterprise.applications.filter(status__in=OPEN).exists():
            raise ApplicationRefused("another_application_open")
        application = Application.objects.create(
            enterprise=enterprise,
            branch_id=enterprise.branch_id,
            product=product,
            applicant=by,
            requested_amount=amount,
            term_months=term_months,
            purpose=purpose,
            purpose_note=note,
            begun_at=at,
        )
        _trace(application, "begin", by=by, at=at)
        return application.reference

    reference = idempotency.answer_once(f"applications.begin:{by.reference}", key, fingerprint=fingerprint, make=make)
    return Application.objects.get(reference=reference)


@transaction.atomic(durable=True)
def change(
    application: Application, *, product: LoanProduct, amount: Decimal, term_months: int, purpose: str, note: str,
    by: User, at: datetime,
) -> None:  # fmt: skip
    """Change what a draft asks for.

    :raises ApplicationRefused: when amount or term lie outside the product.
    :raises TransitionRefused: when it has been sent.
    """
    _lock(application)
    target_of(TRANSITIONS, Event.SUBMIT, application.status)
    _check_request(product, amount, term_months)
    application.product, application.requested_amount = product, amount
    application.term_months, application.purpose, application.purpose_note = term_months, purpose, note
    application.save(update_fields=["product", "requested_amount", "term_months", "purpose", "purpose_note"])
    _trace(application, "change", by=by, at=at)


def _check_request(product: LoanProduct, amount: Decimal, term_months: int) -> None:
    if not is_exact(amount, product.currency):
        raise ApplicationRefused("amount_not_exact")
    if not product.min_amount <= amount <= product.max_amount:
        raise ApplicationRefused("amount_outside_product", least=product.min_amount, most=product.max_amount)
    if not product.min_term_months <= term_months <= product.max_term_months:
        raise ApplicationRefused("term_outside_product", least=product.min_term_months, most=product.max_term_months)


@transaction.atomic(durable=True)
def add_document(
    application: Application, upload: UploadedFile, *, kind: str, by: User, at: datetime
) -> ApplicationDocument:
    """Keep a document with a case that is still open.

    :raises FileRefused: when the upload is no picture or PDF document.
    :raises TransitionRefused: when the case is closed.
    """
    _lock(application)
    target_of(TRANSITIONS, Event.WITHDRAW, application.status)
    stored = files.keep(upload, kind="document", by=by.reference, at=at)
    document = ApplicationDocument.objects.create(application=application, kind=kind, file=stored, added_at=at)
    _trace(application, "add_document", by=by, at=at, details={"kind": kind, "sha256": stored.sha256})
    return document


@transaction.atomic(durable=True)
def remove_document(document: ApplicationDocument, *, by: User, at: datetime) -> None:
    """Take a document out of a draft; it is kept, marked as removed."""
    application = document.application
    _lock(application)
    target_of(TRANSITIONS, Event.SUBMIT, application.status)
    ApplicationDocument.objects.filter(pk=document.pk, removed_at=None).update(removed_at=at)
    _trace(application, "remove_document", by=by, at=at, details={"document": document.pk})


@transaction.atomic(durable=True)
def submit(application: Application, *, by: User, at: datetime) -> None:
    """Send a draft to be decided; sent twice, it is decided once.

    :raises ApplicationRefused: when there is no evidence, or a clearance is missing.
    :raises TransitionRefused: when it is past being sent.
    """
    _lock(application)
    if application.status == Status.SUBMITTED:
        return
    target = target_of(TRANSITIONS, Event.SUBMIT, application.status)
    if not cashflow.has_evidence(application.enterprise):
        raise ApplicationRefused("evidence_missing")
    needed = application.product.requires_clearance
    if needed and not by.clearance_set.filter(code=needed).exists():
        raise ApplicationRefused("clearance_missing")
    application.submitted_at = at
    _move(application, Event.SUBMIT, target, by=by, at=at)
    jobs.ask("lending.decide", application.reference, at=at)


@transaction.atomic(durable=True)
def withdraw(application: Application, *, by: User, at: datetime) -> None:
    """Take an application back.

    :raises TransitionRefused: when it is already closed.
    """
    _lock(application)
    target = target_of(TRANSITIONS, Event.WITHDRAW, application.status)
    _move(application, Event.WITHDRAW, target, by=by, at=at)
    judgment.release(application, at=at)


@transaction.atomic(durable=True)
def decide(reference: str, *, at: datetime, on: date) -> None:
    """Judge a submitted application by policy and scorecard; judged twice, it has one decision.

    :raises NotYet: while a statement is still being read.
    """
    application = Application.objects.locked().get(reference=reference)
    if application.status != Status.SUBMITTED:
        return
    if cashflow.is_reading(application.enterprise):
        raise jobs.NotYet(seconds=1)
    judged = judgment.judge(application, on=on, at=at)
    verdict = judged.verdict
    CreditDecision.objects.create(
        application=application,
        outcome=verdict.outcome.value,
        grade=verdict.grade,
        points=verdict.points,
        probability_of_default=verdict.probability_of_default,
        limit_amount=verdict.limit_amount,
        annual_rate=verdict.annual_rate,
        as_of=on,
        decided_at=at,
        **judged.record(),
    )
    event = {"approved": Event.APPROVE, "referred": Event.REFER, "declined": Event.DECLINE}[verdict.outcome.value]
    if event == Event.APPROVE:
        _offer(application, amount=_approved_amount(application, verdict), annual_rate=_rate(verdict), at=at, on=on)
    _move(application, event, target_of(TRANSITIONS, event, application.status), by=None, at=at)
    _tell(application, at=at)


def _approved_amount(application: Application, verdict: Verdict) -> Decimal:
    assert verdict.limit_amount is not None
    return min(application.requested_amount, verdict.limit_amount)


def _rate(verdict: Verdict) -> Decimal:
    assert verdict.annual_rate is not None
    return verdict.annual_rate


@transaction.atomic(durable=True)
def recommend(
    application: Application, *, outcome: str, amount: Decimal | None, annual_rate: Decimal | None, note: str, by: User,
    at: datetime,
) -> None:  # fmt: skip
    """Say what should become of a referred application; a second person then decides.

    :raises ApplicationRefused: without a note, or with an amount outside the product.
    :raises TransitionRefused: when it is not waiting for a recommendation.
    """
    _lock(application)
    target = target_of(TRANSITIONS, Event.RECOMMEND, application.status)
    if not note.strip():
        raise ApplicationRefused("review_note_missing")
    if outcome == ReviewOutcome.APPROVE:
        assert amount is not None
        _check_request(application.product, amount, application.term_months)
    _review(application, ReviewKind.RECOMMENDATION, outcome, amount, annual_rate, note, by, at)
    _move(application, Event.RECOMMEND, target, by=by, at=at)


@transaction.atomic(durable=True)
def conclude(application: Application, *, outcome: str, note: str, by: User, at: datetime, on: date) -> None:
    """Confirm, refuse or return a recommendation, as a second person within one's limit.

    Confirming carries out what was recommended, be it approval or decline.

    :raises FourEyesRefused: by the person who recommended or applied, or above the approver's limit.
    :raises ApplicationRefused: without a note.
    :raises TransitionRefused: when there is no recommendation to conclude.
    """
    _lock(application)
    target_of(TRANSITIONS, Event.RETURN, application.status)
    if not note.strip():
        raise ApplicationRefused("review_note_missing")
    recommendation = application.reviews.filter(kind=ReviewKind.RECOMMENDATION).latest("pk")
    _check_second_person(application, recommendation, by)
    event = _concluding_event(outcome, recommendation)
    if event == Event.CONFIRM:
        _check_limit(by, recommendation)
        assert recommendation.amount is not None
        assert recommendation.annual_rate is not None
        _offer(application, amount=recommendation.amount, annual_rate=recommendation.annual_rate, at=at, on=on)
    _review(application, ReviewKind.APPROVAL, outcome, recommendation.amount, recommendation.annual_rate, note, by, at)
    _move(application, event, target_of(TRANSITIONS, event, application.status), by=by, at=at)
    if event != Event.RETURN:
        _tell(application, at=at)


def _concluding_event(outcome: str, recommendation: Review) -> Event:
    if outcome == ReviewOutcome.RETURN:
        return Event.RETURN
    if ReviewOutcome.DECLINE in {outcome, recommendation.outcome}:
        return Event.REFUSE
    return Event.CONFIRM


def _check_second_person(application: Application, recommendation: Review, by: User) -> None:
    if by.pk in {recommendation.by_id, application.applicant_id}:
        raise FourEyesRefused("same_person_twice")


def _check_limit(by: User, recommendation: Review) -> None:
    limits = [post.approval_limit_amount for post in by.posts if post.role == Role.APPROVER]
    limit = max((amount for amount in limits if amount is not None), default=Decimal(0))
    if recommendation.amount is None or recommendation.amount > limit:
        raise FourEyesRefused("above_approval_limit", limit=limit)


@transaction.atomic(durable=True)
def expire(reference: str, *, at: datetime, on: date) -> None:
    """End an offer whose days are over; one that was signed or is still good stays."""
    application = Application.objects.locked().get(reference=reference)
    if application.status != Status.APPROVED or application.offer.expires_on >= on:
        return
    _move(application, Event.EXPIRE, target_of(TRANSITIONS, Event.EXPIRE, application.status), by=None, at=at)
    judgment.release(application, at=at)


def accept(application: Application, *, by: User, at: datetime) -> None:
    """Mark the offer as signed: an inner step of signing the loan.

    :raises TransitionRefused: when there is no offer to sign.
    """
    _lock(application)
    target = target_of(TRANSITIONS, Event.ACCEPT, application.status)
    _move(application, Event.ACCEPT, target, by=by, at=at)
    judgment.release(application, at=at)


def _offer(application: Application, *, amount: Decimal, annual_rate: Decimal, at: datetime, on: date) -> None:
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


def _review(
    application: Application, kind: ReviewKind, outcome: str, amount: Decimal | None, rate: Decimal | None, note: str,
    by: User, at: datetime,
) -> None:  # fmt: skip
    Review.objects.create(
        application=application, kind=kind, outcome=outcome, amount=amount, annual_rate=rate, note=note, by=by, at=at
    )


def _lock(application: Application) -> None:
    application.refresh_from_db(from_queryset=Application.objects.locked())


def _move(application: Application, event: Event, target: str, *, by: User | None, at: datetime) -> None:
    application.status = target
    application.save(update_fields=["status", "submitted_at"])
    _trace(application, event, by=by, at=at)


def _trace(
    application: Application, event: str, *, by: User | None, at: datetime, details: dict[str, Any] | None = None
) -> None:
    actor = by.reference if by else SYSTEM
    ApplicationEvent.objects.create(
        application=application, event=event, status=application.status, at=at, by=actor, by_name=str(by) if by else ""
    )
    audit.record(f"applications.{event}", subject=application.reference, by=actor, at=at, details=details)


def _tell(application: Application, *, at: datetime) -> None:
    applicant = application.applicant
    if applicant.phone:
        address = notices.Address(Channel.SMS, applicant.phone)
        params = {"reference": application.reference}
        notices.send("application_decided", address=address, language=applicant.language, params=params, at=at)
