"""Taking an invoice ledger in, be it a list or invoices themselves: read at once, or asked about."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from time import monotonic
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import CharField, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.cashflow.categories import counterparty_key
from accounts.cashflow.models import Invoice, InvoiceLedger
from accounts.cashflow.operations.invoices_alike import InvoiceKey, completed, key_of, matched
from accounts.cashflow.operations.naming import names_of, names_of_each, stand_for
from accounts.cashflow.questions import kept
from accounts.cashflow.states import LEDGER_TRANSITIONS, Event, Status
from accounts.identity.models import Enterprise, IdentifierKind
from accounts.identity.operations import lock_to_change
from accounts.statements.confined import invoices_of_file
from accounts.statements.parsing import Answers, ParsedInvoice, Question, StatementRefused
from portal.core import audit, files
from portal.core.copying import copy_in
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

Reader = Callable[..., list[ParsedInvoice]]
Told = list[ParsedInvoice] | Question
Heard = Told | Refusal

PATIENCE_SECONDS: Final = 60  # for the files of one choice
register(
    {
        "invoice_direction_missing": _("Say whether the file lists your sales or your purchases."),
        "invoice_not_yours": _(
            "Invoice %(number)s is between %(seller)s and %(buyer)s; neither is yours. Nothing of the file was taken."
        ),
        "invoices_contradict": _(
            "%(first)s and %(second)s tell invoice %(number)s otherwise. Neither was taken. Bring the right one."
        ),
        "invoices_later": _("There was no time left to read this file. Bring it once more, with fewer others."),
    }
)


@dataclass(frozen=True, slots=True)
class _Own:
    """What an invoice may call an enterprise: its Unified Social Credit Code, and its names by their keys."""

    number: str
    names: frozenset[str]


def read_invoices(upload: UploadedFile, *, reader: Reader = invoices_of_file) -> Told:
    """Read an invoice ledger, or find what it asks; nothing is kept.

    :raises FileRefused: when it is empty or too large.
    :raises StatementRefused: when it cannot be read for certain and no answer would settle it.
    """
    files.check_size(upload)
    content = upload.read()
    upload.seek(0)
    return _parsed(content, name=upload.name or "", answers=Answers(), reader=reader)


def read_together(
    enterprise: Enterprise, uploads: Sequence[UploadedFile], *, direction: str, patience: float = PATIENCE_SECONDS
) -> dict[UploadedFile, Heard]:
    """Read the invoice files of one choice, each on its own: what each tells, or why it is refused; nothing is kept.

    Two that tell one invoice otherwise are both refused: which is right nobody knows, and the one that comes later
    would count.

    :param patience: seconds after which no further file is begun.
    """
    until = monotonic() + patience
    heard: dict[UploadedFile, Heard] = {}
    for upload in uploads:
        try:
            if heard and monotonic() > until:
                raise StatementRefused("invoices_later")
            heard[upload] = read_invoices(upload)
        except Refusal as refusal:
            heard[upload] = refusal
    invoices = {upload: told for upload, told in heard.items() if isinstance(told, list)}
    if len(invoices) < 2:
        return heard
    return heard | _contradicting(invoices, direction, own=_Own(_credit_code(enterprise), names_of(enterprise)))


def _contradicting(
    heard: Mapping[UploadedFile, Sequence[ParsedInvoice]], direction: str, *, own: _Own
) -> dict[UploadedFile, StatementRefused]:
    wrong: dict[UploadedFile, StatementRefused] = {}
    found: defaultdict[InvoiceKey | str, list[tuple[UploadedFile, ParsedInvoice]]] = defaultdict(list)
    for upload, told in heard.items():
        invoices: Invoices = {}
        with suppress(StatementRefused):  # a file that is refused by itself says so when it is received
            invoices = _told(told, direction, own=own)
        for key, invoice in invoices.items():
            keys = {key, key_of(replace(invoice, code=""))}  # the other one may not tell the code
            for other, before in [each for one in keys for each in found[one]]:
                if other is not upload and _contradict(before, invoice):
                    names = {"first": other.name, "second": upload.name}
                    refusal = StatementRefused("invoices_contradict", question=None, number=invoice.number, **names)
                    wrong |= {other: refusal, upload: refusal}
            for one in keys:
                found[one].append((upload, invoice))
    return wrong


def _contradict(one: ParsedInvoice, two: ParsedInvoice) -> bool:
    """Tell whether one invoice is told otherwise: its amounts; if it is void, lists alone know that."""
    if one.code and two.code and one.code != two.code:
        return False  # they are two
    if not (one.is_valid and two.is_valid):
        return one.is_valid != two.is_valid and not (one.is_document or two.is_document)
    if one.is_tax_assumed or two.is_tax_assumed:
        return (one.gross_amount, one.currency) != (two.gross_amount, two.currency)
    return _amounts(one) != _amounts(two)


def _amounts(told: ParsedInvoice) -> tuple[Any, ...]:
    return told.net_amount, told.tax_amount, told.currency


@transaction.atomic(durable=True)
def receive_invoices(
    enterprise: Enterprise,
    upload: UploadedFile,
    *,
    by: str,
    at: datetime,
    direction: str = "",
    told: Heard | None = None,
) -> InvoiceLedger:
    """Keep an invoice ledger and what it tells; an invoice that changed supersedes what was known of it.

    What it leaves open is asked, and nothing of it counts until then; the same file sent again asks the same.

    :param direction: ``sale`` or ``purchase``, for invoices of which the file does not say it.
    :param told: what ``read_invoices`` or ``read_together`` found. Reading takes seconds, so whoever has a clock reads
        before looking at it: a decision taken meanwhile did not know what the file tells.
    :raises FileRefused: when the file is empty or too large.
    :raises StatementRefused: when it cannot be read for certain and no answer would settle it; nothing is kept then.
    """
    told = read_invoices(upload) if told is None else told
    if isinstance(told, Refusal):
        raise told
    return _received([(enterprise, upload)], [told], by=by, at=at, direction=direction)[0]


@transaction.atomic(durable=True)
def receive_invoices_of_each(
    brought: Sequence[tuple[Enterprise, UploadedFile]], *, by: str, at: datetime, reader: Reader = invoices_of_file
) -> list[InvoiceLedger]:
    """Keep an invoice ledger of each of many enterprises, as ``receive_invoices`` does.

    :raises FileRefused: when one of them is refused; none is kept then.
    :raises StatementRefused: likewise.
    """
    parsed = [read_invoices(upload, reader=reader) for _enterprise, upload in brought]
    return _received(brought, parsed, by=by, at=at, direction="")


def _received(
    brought: Sequence[tuple[Enterprise, UploadedFile]], parsed: Sequence[Told], *, by: str, at: datetime, direction: str
) -> list[InvoiceLedger]:
    digests = {enterprise.pk: files.digest_of(upload) for enterprise, upload in brought}
    at = lock_to_change(*digests, at=at)
    asking = InvoiceLedger.objects.filter(enterprise__in=digests, status=Status.ASKS).select_related("file")
    same = {each.enterprise_id: each for each in asking if each.file.sha256 == digests[each.enterprise_id]}
    for ledger in same.values():
        ledger.direction = direction
        ledger.save(update_fields=["direction"])
    new = [each for each in zip(brought, parsed, strict=True) if each[0][0].pk not in same]
    stored = files.keep_each([upload for (_enterprise, upload), _told in new], kind="evidence", by=by, at=at)
    fresh = {
        enterprise.pk: InvoiceLedger(
            enterprise=enterprise, file=file, direction=direction, uploaded_at=at, uploaded_by=by
        )
        for ((enterprise, _upload), _told), file in zip(new, stored, strict=True)
    }
    _take([(fresh[enterprise.pk], told) for (enterprise, _upload), told in new], by=by, at=at)
    return [same.get(pk) or fresh[pk] for pk in digests]


@transaction.atomic(durable=True)
def answer_ledger(ledger: InvoiceLedger, told: Mapping[str, Any], *, by: str, at: datetime) -> None:
    """Answer what an invoice ledger asks and read it; the answer is kept beside it. The same answer twice is one.

    :param told: as for ``answer``; columns have the roles of an invoice ledger.
    :raises AnswerRefused: when it is no answer to the question.
    :raises StatementRefused: when the file cannot be read that way; it goes on asking.
    :raises TransitionRefused: when nothing is asked any more.
    """
    at = lock_to_change(ledger.enterprise_id, at=at)
    ledger.refresh_from_db(from_queryset=InvoiceLedger.objects.locked())
    if ledger.status == Status.READ and told and told.items() <= ledger.answers.items():
        return
    status = target_of(LEDGER_TRANSITIONS, Event.ANSWER, ledger.status)
    kind, answered = kept(ledger.question, told, columns=ledger.columns)
    answers = {**ledger.answers, kind: answered}
    with ledger.file.open() as content:
        parsed = _parsed(content.read(), name=ledger.file.original_name, answers=Answers.of_data(answers))
    ledger.status, ledger.answers = status, answers
    details = {"kind": kind, "answer": answered}
    audit.record("cashflow.ledger_answered", subject=ledger.reference, by=by, at=at, details=details)
    _take([(ledger, parsed)], by=by, at=at)


@transaction.atomic(durable=True)
def withdraw_ledger(ledger: InvoiceLedger, *, by: str, at: datetime) -> None:
    """Take back an invoice ledger that asks, instead of answering it.

    :raises TransitionRefused: when nothing is asked any more.
    """
    Enterprise.objects.locked().get(pk=ledger.enterprise_id)
    ledger.refresh_from_db(from_queryset=InvoiceLedger.objects.locked())
    ledger.status = target_of(LEDGER_TRANSITIONS, Event.WITHDRAW, ledger.status)
    ledger.save(update_fields=["status"])
    audit.record("cashflow.ledger_withdrawn", subject=ledger.reference, by=by, at=at, details={})


def _parsed(content: bytes, *, name: str, answers: Answers, reader: Reader = invoices_of_file) -> Told:
    try:
        return reader(content, name=name, currency=settings.BANK_CURRENCY, answers=answers)
    except StatementRefused as refusal:
        if refusal.question is None:
            raise
        return refusal.question


def _take(ledgers: Sequence[tuple[InvoiceLedger, Told]], *, by: str, at: datetime) -> None:
    """Record what ledgers tell, each of an enterprise of its own, or what they ask."""
    names = names_of_each([ledger.enterprise for ledger, _parsed in ledgers])
    told: list[tuple[InvoiceLedger, Invoices]] = []
    for ledger, parsed in ledgers:
        if isinstance(parsed, Question):
            ledger.status = target_of(LEDGER_TRANSITIONS, Event.ASK, ledger.status)
            ledger.question = parsed.as_data()
            ledger.save()
            details: dict[str, Any] = {"kind": parsed.kind}
            audit.record("cashflow.ledger_asks", subject=ledger.reference, by=None, at=at, details=details)
        else:
            own = _Own(_credit_code(ledger.enterprise), names[ledger.enterprise_id])
            told.append((ledger, _told(parsed, ledger.direction, own=own)))
            ledger.status, ledger.question = target_of(LEDGER_TRANSITIONS, Event.READ, ledger.status), {}
    _record_invoices(told, by=by, at=at)
    for ledger, _invoices in told:
        ledger.save()
    noted = [(ledger.enterprise.reference, _counts(ledger)) for ledger, _invoices in told]
    audit.record_many("cashflow.invoices_received", noted, by=by, at=at)


def _counts(ledger: InvoiceLedger) -> dict[str, Any]:
    counts = {"new": ledger.new_count, "changed": ledger.changed_count, "known": ledger.known_count}
    return {"ledger": ledger.reference, "sha256": ledger.file.sha256, **counts}


Invoices = dict[InvoiceKey | str, ParsedInvoice]


def _told(parsed: Sequence[ParsedInvoice], direction: str, *, own: _Own) -> Invoices:
    """Join the rows of one invoice: its items are added up, but a row or an invoice itself that comes again."""
    joined: Invoices = {}
    for each in dict.fromkeys(parsed):
        invoice = _seen_by(each, direction, own)
        if not invoice.direction:
            raise StatementRefused("invoice_direction_missing")
        key = invoice.full_number if invoice.is_known_by_number else key_of(invoice)
        before = joined.get(key)
        if before and invoice.is_document:
            if _contradict(before, invoice):
                names = {"first": before.file, "second": invoice.file}
                raise StatementRefused("zip_files_contradict", question=None, number=invoice.number, **names)
        else:
            joined[key] = _added(before, invoice) if before else invoice
    return joined


def _seen_by(told: ParsedInvoice, direction: str, own: _Own) -> ParsedInvoice:
    """Tell which side of an invoice is the enterprise's, and name the other one as the counterparty."""
    side = _side(told, own)
    if told.is_document and not side:
        seller = f"{told.seller_name} {told.seller_number}".rstrip()  # of two enterprises of one name
        sides = {"seller": seller, "buyer": f"{told.buyer_name} {told.buyer_number}".rstrip()}
        raise StatementRefused("invoice_not_yours", question=None, number=told.number, **sides)
    side = side or told.direction
    is_assumed, side = not side, side or direction
    other = told.buyer_name if side == "sale" else told.seller_name
    name = told.counterparty_name or other
    return replace(told, direction=side, counterparty_name=name, is_direction_assumed=is_assumed)


def _side(told: ParsedInvoice, own: _Own) -> str:
    """Know the enterprise by its code; by its name on a side of which the invoice tells no code, or if it has none."""
    sides = (("sale", told.seller_number, told.seller_name), ("purchase", told.buyer_number, told.buyer_name))
    found = [side for side, number, _name in sides if number and number == own.number]
    unnumbered = [(side, name) for side, number, name in sides if name and not (number and own.number)]
    found += [side for side, name in unnumbered if stand_for(name, own.names)]
    return found[0] if found else ""


def _credit_code(enterprise: Enterprise) -> str:
    return enterprise.identifier if enterprise.identifier_kind == IdentifierKind.USCC else ""


def _added(one: ParsedInvoice, two: ParsedInvoice) -> ParsedInvoice:
    gross = one.gross_amount + two.gross_amount
    return replace(
        one,
        counterparty_name=one.counterparty_name or two.counterparty_name,
        net_amount=one.net_amount + two.net_amount,
        tax_amount=one.tax_amount + two.tax_amount,
        gross_amount=gross,
        is_valid=one.is_valid and two.is_valid,
        is_credit_note=gross < 0,
    )


def _record_invoices(told: Sequence[tuple[InvoiceLedger, Invoices]], *, by: str, at: datetime) -> None:
    known = _known(told)
    superseded: list[int] = []
    recorded: list[Invoice] = []
    for ledger, invoices in told:
        counts: Counter[str] = Counter()
        for each, same in matched(invoices.values(), known.get(ledger.enterprise_id, ())):
            row = _invoice(ledger, reduce(completed, same, each), by=by, at=at)
            is_known = [_content(one) for one in same] == [_content(row)]
            counts["known" if is_known else "changed" if same else "new"] += 1
            if not is_known:
                superseded += [one.pk for one in same]
                recorded.append(row)
        ledger.new_count, ledger.changed_count, ledger.known_count = counts["new"], counts["changed"], counts["known"]
    Invoice.objects.filter(pk__in=superseded).update(superseded_at=at)
    copy_in(recorded)


def _known(told: Sequence[tuple[InvoiceLedger, Invoices]]) -> dict[int, list[Invoice]]:
    """Fetch what is known of the days of ledgers, and whatever its day of numbers given once, by enterprise."""
    asked = Q(pk__in=())
    numbers: set[str] = set()
    for ledger, invoices in told:
        days = [invoice.issued_on for invoice in invoices.values()]
        numbers |= {invoice.number for invoice in invoices.values()}
        given_once = [invoice.full_number for invoice in invoices.values() if invoice.is_known_by_number]
        of_file = Q(issued_on__range=(min(days), max(days))) | Q(number__in=given_once)
        asked |= Q(enterprise=ledger.enterprise_id) & of_file
    known: dict[int, list[Invoice]] = {}
    behind_code = Func("number", Value("-"), Value(2), function="split_part", output_field=CharField())
    current = Invoice.objects.current().filter(asked).alias(behind_code=behind_code)
    for each in current.filter(Q(number__in=numbers) | Q(behind_code__in=numbers)).order_by("pk"):
        known.setdefault(each.enterprise_id, []).append(each)
    return known


def _invoice(ledger: InvoiceLedger, told: ParsedInvoice, *, by: str, at: datetime) -> Invoice:
    return Invoice(
        enterprise=ledger.enterprise,
        file=ledger.file,
        direction=told.direction,
        number=told.full_number,
        issued_on=told.issued_on,
        counterparty_name=told.counterparty_name,
        counterparty_key=counterparty_key(told.counterparty_name),
        net_amount=told.net_amount,
        tax_amount=told.tax_amount,
        gross_amount=told.gross_amount,
        currency=told.currency,
        is_valid=told.is_valid,
        is_credit_note=told.is_credit_note,
        recorded_at=at,
        recorded_by=by,
    )


def _content(invoice: Invoice) -> tuple[Any, ...]:
    amounts = (invoice.net_amount, invoice.tax_amount, invoice.currency)
    parties = (invoice.direction, invoice.issued_on, invoice.counterparty_key)
    return (*amounts, *parties, invoice.is_valid, invoice.is_credit_note)
