"""What the enterprise does with its application: begin, change, add documents, send, withdraw."""

from datetime import datetime
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cashflow import queries as cashflow
from accounts.identity import consents
from accounts.identity import operations as identity
from accounts.identity.models import Enterprise, Paper, PaperKind, User
from accounts.identity.queries.diligence import PAPER_OF
from lending.applications import judgment, queries
from lending.applications.models import Application, ApplicationDocument
from lending.applications.operations import steps
from lending.applications.states import TRANSITIONS, Event, Status
from lending.products.contradictions import terms_to_ask
from lending.products.conventions import DocumentKind
from lending.products.models import LoanProduct
from portal.core import files, idempotency, jobs
from portal.core.models import StoredFile
from portal.core.money import is_exact
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

register(
    {
        "amount_outside_product": _("This product lends between %(least)s and %(most)s."),
        "amount_not_exact": _("This amount has more decimals than its currency."),
        "term_outside_product": _("This product runs between %(least)s and %(most)s months."),
        "term_between_installments": _("This product runs for a multiple of %(step)s months."),
        "term_of_a_line": _("A credit line is asked for with the longest term of a draw: %(months)s months."),
        "another_application_open": _(
            "There is already an open application of this enterprise. Finish or withdraw it first."
        ),
        "evidence_asks": _("One of your files has a question. Answer it, or withdraw that file."),
        "evidence_missing": _("Add at least one bank statement before you send the application."),
        "product_for_other_trades": _("This product is for other trades."),
        "documents_missing": _("Add the documents that this product asks for before you send the application."),
        "clearance_missing": _("This product asks for the certificate of a course first."),
        "document_judged": _("Somebody of the bank has judged the application by this document, so it stays."),
        "document_needed": _(
            "This product asks for such a document. Add the right one first, then take this one back."
        ),
        "document_of_another": _("Only who brought this document, or an owner, can take it back."),
    }
)


class ApplicationRefused(Refusal):
    """What was asked for does not fit the product or the enterprise's other applications."""


@transaction.atomic(durable=True)
def begin(
    enterprise: Enterprise, *, product: LoanProduct, amount: Decimal, term_months: int, purpose: str, note: str,
    key: str, by: User, at: datetime,
) -> Application:  # fmt: skip
    """Begin a draft; the same key begins it once.

    :raises ApplicationRefused: when amount or term lie outside the product, it is for other trades, or another
        application is open.
    :raises KeyMissing: when the key is empty.
    :raises KeyReused: when the key began something else.
    """
    fingerprint = idempotency.fingerprint_of([enterprise.pk, product.pk, amount, term_months, purpose, note])

    def make() -> str:
        check_request(product, amount, term_months)
        _check_trade(product, enterprise)
        Enterprise.objects.locked().get(pk=enterprise.pk)
        other = queries.open_of(enterprise)
        if other is not None:
            raise ApplicationRefused("another_application_open", application=other.reference)
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
        steps.trace(application, "begin", by=by, at=at)
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
    steps.lock(application)
    target_of(TRANSITIONS, Event.SUBMIT, application.status)
    check_request(product, amount, term_months)
    _check_trade(product, application.enterprise)
    application.product, application.requested_amount = product, amount
    application.term_months, application.purpose, application.purpose_note = term_months, purpose, note
    application.save(update_fields=["product", "requested_amount", "term_months", "purpose", "purpose_note"])
    steps.trace(application, "change", by=by, at=at)


def check_request(product: LoanProduct, amount: Decimal, term_months: int) -> None:
    """Hold an amount and a term against a product; an inner step.

    :raises ApplicationRefused: when they lie outside it.
    """
    if not is_exact(amount, product.currency):
        raise ApplicationRefused("amount_not_exact")
    if not product.min_amount <= amount <= product.max_amount:
        raise ApplicationRefused("amount_outside_product", least=product.min_amount, most=product.max_amount)
    if not product.min_term_months <= term_months <= product.max_term_months:
        raise ApplicationRefused("term_outside_product", least=product.min_term_months, most=product.max_term_months)
    if term_months % product.step_months:
        raise ApplicationRefused("term_between_installments", step=product.step_months)
    if term_months not in (fitting := terms_to_ask(product)):
        raise ApplicationRefused("term_of_a_line", months=fitting[0])


def _check_trade(product: LoanProduct, enterprise: Enterprise) -> None:
    if not product.suits(enterprise.industry.section):
        raise ApplicationRefused("product_for_other_trades")


@transaction.atomic(durable=True)
def add_document(
    application: Application, upload: UploadedFile, *, kind: str, key: str, by: User, at: datetime
) -> ApplicationDocument:
    """Keep a document with a case that is still open; the same key keeps it once.

    Of a case that was sent it goes on file with the enterprise's papers, and its branch is told.

    :raises FileRefused: when the upload is no picture or PDF document, is there already, or was taken out since.
    :raises TransitionRefused: when the case is closed.
    :raises KeyReused: when the key brought something else.
    """
    steps.lock(application)
    target_of(TRANSITIONS, Event.WITHDRAW, application.status)

    def make() -> str:
        known = set(queries.documents_of(application).filter(kind=kind).values_list("file__sha256", flat=True))
        stored = files.keep(upload, kind="document", by=by.reference, at=at, known=known)
        document = ApplicationDocument.objects.create(application=application, kind=kind, file=stored, added_at=at)
        steps.trace(application, "add_document", by=by, at=at, details={"kind": kind, "sha256": stored.sha256})
        if application.status != Status.DRAFT:
            _put_on_file(document, at=at)
        return str(document.pk)

    fingerprint = idempotency.fingerprint_of([application.reference, kind, upload.name, upload.size])
    scope = f"applications.add_document:{application.reference}"
    kept = idempotency.answer_once(scope, key, fingerprint=fingerprint, make=make)
    document = ApplicationDocument.objects.select_related("file").get(pk=int(kept))
    if document.removed_at:
        raise files.FileRefused("file_taken_back", name=upload.name)
    return document


def _put_on_file(document: ApplicationDocument, *, at: datetime) -> None:
    """Let the bank's checks cite a document, as of whoever brought it: those of a draft are nobody's to see yet."""
    by = User.objects.get(reference=document.file.stored_by)
    enterprise = document.application.enterprise
    own = PAPER_OF[enterprise.identifier_kind].value  # type: ignore[index]  # the column holds the enum's value
    shown = {DocumentKind.LICENSE.value: own, DocumentKind.IDENTITY.value: PaperKind.IDENTITY_DOCUMENT.value}
    details = identity.PaperDetails(shown.get(document.kind, document.kind), came_with=document.application.reference)
    identity.file_paper(enterprise, document.file, details, by=by, at=at)


@transaction.atomic(durable=True)
def hand_out(document: ApplicationDocument, *, to: User, at: datetime) -> StoredFile:
    """Give the file of a document to a person who may see its case; one of the bank's people has looked at it then.

    :raises PaperRefused: when it was taken back.
    """
    if paper := Paper.objects.filter(file=document.file_id).first():
        identity.note_handed_out(paper, to=to, at=at)
    return document.file


@transaction.atomic(durable=True)
def remove_document(document: ApplicationDocument, *, by: User, at: datetime) -> None:
    """Take a document out of a draft, or back from a case that was sent; it is kept, marked as removed.

    Removing it again changes nothing.

    :raises ApplicationRefused: from a case that was sent, when a person has judged it, when the product asks for a
        document of this kind and there is no other, or when it is another's.
    :raises PaperRefused: when somebody of the bank has looked at it.
    """
    application = document.application
    steps.lock(application)
    if not ApplicationDocument.objects.filter(pk=document.pk, removed_at=None).update(removed_at=at):
        return
    if application.status != Status.DRAFT:
        _take_back(document, by=by, at=at)
    steps.trace(application, "remove_document", by=by, at=at, details={"document": document.pk})


def _take_back(document: ApplicationDocument, *, by: User, at: datetime) -> None:
    application = document.application
    if application.reviews.exists():
        raise ApplicationRefused("document_judged")
    others = queries.documents_of(application).exclude(pk=document.pk).filter(kind=document.kind)
    is_asked = document.kind in application.product.documents and application.status != Status.WITHDRAWN
    if is_asked and not others.exists():
        raise ApplicationRefused("document_needed")
    paper = Paper.objects.of_member(by).filter(file=document.file_id).first()
    if paper is None:
        raise ApplicationRefused("document_of_another")
    identity.note_taken_back(paper, by=by, at=at)


@transaction.atomic(durable=True)
def submit(application: Application, *, by: User, at: datetime, register_consent: str = "") -> None:
    """Send a draft to be decided; sent twice, it is decided once. Whoever sends it is the applicant.

    :param register_consent: the version of the ``credit_register`` wording that the applicant agreed to, empty if none.
    :raises ConsentMissing: when the wording agreed to is not the current one.
    :raises ApplicationRefused: when there is no evidence, a clearance or a document is missing, or the product is for
        other trades than the enterprise's of now.
    :raises TransitionRefused: when it is past being sent.
    """
    steps.lock(application)
    if application.status == Status.SUBMITTED:
        return
    target_of(TRANSITIONS, Event.SUBMIT, application.status)
    check_request(application.product, application.requested_amount, application.term_months)
    _check_trade(application.product, application.enterprise)
    if cashflow.asking(application.enterprise):
        raise ApplicationRefused("evidence_asks")
    if not cashflow.has_evidence(application.enterprise):
        raise ApplicationRefused("evidence_missing")
    if not queries.has_clearance(application):
        raise ApplicationRefused("clearance_missing")
    if queries.missing_documents(application):
        raise ApplicationRefused("documents_missing")
    if register_consent:
        purpose = consents.CREDIT_REGISTER
        identity.agree(application.enterprise, purpose=purpose, wording_version=register_consent, by=by, at=at)
    application.submitted_at, application.applicant = at, by
    steps.move(application, Event.SUBMIT, by=by, at=at)
    for document in queries.documents_of(application):
        _put_on_file(document, at=at)
    jobs.ask("lending.decide", application.reference, at=at)


@transaction.atomic(durable=True)
def withdraw(application: Application, *, by: User, at: datetime) -> None:
    """Take an application back; an offer on it binds nothing any more.

    :raises TransitionRefused: when it is already closed.
    """
    steps.lock(application)
    was_offered = application.status == Status.APPROVED
    steps.move(application, Event.WITHDRAW, by=by, at=at)
    if was_offered:
        judgment.release(application, at=at)
