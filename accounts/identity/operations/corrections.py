"""Correcting what an enterprise or a person was registered with: asked for, proposed, agreed to by a second person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identity import identifiers, queries
from accounts.identity.correction_states import (
    AT_ONCE,
    ON_PAPERS,
    TRANSITIONS,
    CorrectionEvent,
    CorrectionStatus,
    Detail,
)
from accounts.identity.models import (
    CUSTOMER_HELPERS,
    Branch,
    CorrectedDetail,
    DetailsCorrection,
    Enterprise,
    FormerName,
    Industry,
    Paper,
    PaperKind,
    StaffPost,
    User,
)
from accounts.identity.operations import papers, screening
from accounts.identity.operations.moments import lock_to_change
from accounts.identity.operations.register import (
    CLASS_DIGITS,
    IdentifierInvalid,
    IdentifierTaken,
    IndustryTooBroad,
    check_founded,
)
from accounts.identity.operations.telling import tell_person, tell_staff
from accounts.identity.queries.diligence import PAPER_OF
from portal.core import audit, files, jobs
from portal.core.fields import lookup_hash
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

RENAMED: Final = ("settlement.rename_holder", "cashflow.know_by_new_name")  # what stands above keeps names, too

register(
    {
        "correction_nothing_new": _("Nothing differs from what is on file. Change what is wrong."),
        "correction_waits": _("A correction waits already: %(reference)s. It is decided or withdrawn first."),
        "correction_elsewhere": _("An owner asks for this, or somebody of your branch."),
        "correction_same_person": _("You asked for this or proposed it. A second person has to agree."),
        "correction_overtaken": _("What is on file has changed since this was asked for. Refuse it; it is asked anew."),
        "correction_note_missing": _("Say why it is not corrected."),
    }
)


class CorrectionRefused(Refusal):
    """It changes nothing, waits already, was overtaken, or is not this person's to do."""

    code = "correction_nothing_new"


@dataclass(frozen=True)
class AskedCorrection:
    """New values by detail, written as ``queries.details_of`` writes them; why; and a paper that shows it."""

    values: Mapping[str, str]
    reason: str
    upload: UploadedFile | None = None


@transaction.atomic(durable=True)
def ask_correction(
    enterprise: Enterprise, asked: AskedCorrection, *, person: User | None = None, key: str, by: User, at: datetime
) -> list[DetailsCorrection]:
    """Ask that details be corrected, as an owner, or of the bank on an owner's behalf; the same key asks once.

    What nobody checks is corrected at once, the rest waits: an owner's for one of the bank and then a second, one of
    the bank's for a second.

    :param person: whose name is wrong, where it is a person's; that person may ask, too, a bookkeeper as well.
    :raises CorrectionRefused: when nothing differs, another one waits, or it is not this person's to ask.
    :raises IdentifierInvalid, IdentifierTaken, FoundedInFuture, FoundedTooEarly: see ``register_enterprise``.
    :raises FileRefused: when the upload is no picture or PDF document, or is on file already.
    :raises KeyReused: when the key asked for something else.
    """

    def make() -> str:
        made = _asked(enterprise, asked, person=person, by=by, at=at)
        return " ".join(each.reference for each in made)

    upload = [asked.upload.name, asked.upload.size] if asked.upload else []
    told = [enterprise.pk, person.pk if person else None, asked.reason, upload, lookup_hash(str(asked.values))]
    kept = answer_once(f"identity.correction:{by.reference}", key, fingerprint=fingerprint_of(told), make=make)
    return list(DetailsCorrection.objects.filter(reference__in=kept.split()).order_by("pk"))


def _asked(
    enterprise: Enterprise, asked: AskedCorrection, *, person: User | None, by: User, at: datetime
) -> list[DetailsCorrection]:
    _lock(enterprise, person)
    by_bank = queries.may_correct(by, enterprise)
    if person and not queries.people_of(enterprise).filter(user=person).exists():
        raise CorrectionRefused("correction_elsewhere")
    if not (by_bank or _is_theirs(enterprise, person, by=by)):
        raise CorrectionRefused("correction_elsewhere")
    before = queries.details_of(enterprise, person)
    fresh = {name: text for name, text in asked.values.items() if text != before[name]}
    if not fresh:
        raise CorrectionRefused
    _check(enterprise, fresh, on=timezone.localtime(at).date())
    later = {name: text for name, text in fresh.items() if name not in AT_ONCE}
    if later:
        _check_none_waits(enterprise, person)
    paper = _filed(enterprise, asked, person=person, by_bank=by_bank, by=by, at=at)
    told: dict[str, Any] = {"enterprise": enterprise, "person": person, "reason": asked.reason.strip(), "paper": paper}
    told |= {"asked_by": by, "asked_at": at}
    made = []
    if len(fresh) > len(later):
        now = {name: text for name, text in fresh.items() if name in AT_ONCE}
        done = _written(told | {"decided_by": by, "decided_at": at}, CorrectionStatus.DONE, before, now)
        _put(enterprise, person, now)
        _trace(done, by=by, at=at)
        if by_bank:
            _tell(done, at=at)
        made.append(done)
    if later:
        made.append(_waiting(told, before, later, by_bank=by_bank, by=by, at=at))
    return made


def _waiting(
    told: dict[str, Any], before: Mapping[str, str], later: Mapping[str, str], *, by_bank: bool, by: User, at: datetime
) -> DetailsCorrection:
    if by_bank:
        kept = _written(told | {"proposed_by": by, "proposed_at": at}, CorrectionStatus.PROPOSED, before, later)
        _tell(kept, at=at)
    else:
        kept = _written(told, CorrectionStatus.ASKED, before, later)
        officers = StaffPost.objects.filter(branch=kept.enterprise.branch_id, role__in=CUSTOMER_HELPERS, ended_at=None)
        tell_staff(officers, "correction_waiting", params={"reference": kept.reference}, at=at)
    _trace(kept, by=by, at=at)
    return kept


def _written(
    told: Mapping[str, Any], status: CorrectionStatus, before: Mapping[str, str], after: Mapping[str, str]
) -> DetailsCorrection:
    kept: DetailsCorrection = DetailsCorrection.objects.create(status=status, **told)
    CorrectedDetail.objects.bulk_create(
        CorrectedDetail(correction=kept, detail=name, before=before[name], after=text) for name, text in after.items()
    )
    return kept


def _lock(enterprise: Enterprise, person: User | None) -> None:
    assert connection.in_atomic_block, "a lock belongs to the transaction that needs it"
    enterprise.refresh_from_db(from_queryset=Enterprise.objects.locked())
    if person:
        person.refresh_from_db(from_queryset=User.objects.locked())


def _is_theirs(enterprise: Enterprise, person: User | None, *, by: User) -> bool:
    """Tell whether the customer asks for the own: an owner of the enterprise, or a person of the own name."""
    if person is None:
        return queries.owns(by, enterprise)
    return person == by and queries.people_of(enterprise).filter(user=by).exists()


def _check_none_waits(enterprise: Enterprise, person: User | None) -> None:
    of_whom = person.corrections.all() if person else enterprise.corrections.filter(person=None)
    waiting = of_whom.waiting().first()
    if waiting:
        raise CorrectionRefused("correction_waits", reference=waiting.reference)


def _check(enterprise: Enterprise, fresh: Mapping[str, str], *, on: date) -> None:
    if Detail.IDENTIFIER in fresh:
        number = identifiers.normalized(enterprise.identifier_kind, fresh[Detail.IDENTIFIER])
        if number != fresh[Detail.IDENTIFIER]:
            raise IdentifierInvalid(enterprise.identifier_kind, fresh[Detail.IDENTIFIER])
        if Enterprise.objects.filter(identifier_hash=lookup_hash(number)).exists():
            raise IdentifierTaken
    if Detail.FOUNDED_ON in fresh:
        check_founded(date.fromisoformat(fresh[Detail.FOUNDED_ON]), on=on)
    if Detail.INDUSTRY in fresh and len(fresh[Detail.INDUSTRY]) != CLASS_DIGITS:
        raise IndustryTooBroad


def _filed(
    enterprise: Enterprise, asked: AskedCorrection, *, person: User | None, by_bank: bool, by: User, at: datetime
) -> Paper | None:
    """Put the paper that came with it on the enterprise's shelf; one of the bank has looked at what it brings."""
    if asked.upload is None:
        return None
    stored = files.keep(asked.upload, kind="document", by=by.reference, at=at)
    kind = PAPER_OF[enterprise.identifier_kind].value  # type: ignore[index]  # the column holds the value
    told = papers.PaperDetails(PaperKind.IDENTITY_DOCUMENT if person else kind, person)
    put = papers.file_seen_paper if by_bank else papers.file_paper
    return put(enterprise, stored, told, by=by, at=at)


@transaction.atomic(durable=True)
def propose_correction(correction: DetailsCorrection, *, by: User, at: datetime) -> None:
    """Propose what a customer asked for, as the one of the bank who looked at it; a second person agrees.

    :raises CorrectionRefused: when it is not theirs to propose.
    :raises TransitionRefused: when it does not wait for that.
    """
    correction.proposed_by, correction.proposed_at = _taken(correction, by=by), at
    _move(correction, CorrectionEvent.PROPOSE, by=by, at=at)


@transaction.atomic(durable=True)
def agree_correction(correction: DetailsCorrection, *, by: User, at: datetime) -> None:
    """Agree as the second person of the bank: it takes effect, and what rested on what was there is asked for anew.

    :raises CorrectionRefused: by whoever asked or proposed, or is not of the bank; when what is on file is other now.
    :raises IdentifierTaken: when another enterprise was registered by the number meanwhile.
    :raises TransitionRefused: when it was not proposed, or is decided.
    """
    _taken(correction, by=by)
    target_of(TRANSITIONS, CorrectionEvent.AGREE, correction.status)
    if by.pk in {correction.asked_by_id, correction.proposed_by_id}:
        raise CorrectionRefused("correction_same_person")
    enterprise, person = correction.enterprise, correction.person
    at = lock_to_change(enterprise.pk, at=at)
    details = list(correction.details.all())
    now = queries.details_of(enterprise, person)
    if any(now[each.detail] != each.before for each in details):
        raise CorrectionRefused("correction_overtaken")
    correction.decided_by, correction.decided_at = by, at
    _move(correction, CorrectionEvent.AGREE, by=by, at=at)
    _put(enterprise, person, {each.detail: each.after for each in details})
    _ask_anew(correction, details, at=at)
    _tell(correction, at=at)


def _ask_anew(correction: DetailsCorrection, details: list[CorrectedDetail], *, at: datetime) -> None:
    """Keep a former name, and let what rested on it rest on it no more: checks, screening, names kept above."""
    enterprise, person = correction.enterprise, correction.person
    changed = {Detail(each.detail): each for each in details}
    former = changed.get(Detail.FULL_NAME if person else Detail.LEGAL_NAME)
    if former:
        whose = {"person": person} if person else {"enterprise": enterprise}
        FormerName.objects.create(name=former.before, until=at, correction=correction, **whose)
    if person:
        person.name_corrected_at = at
        person.save(update_fields=["name_corrected_at"])
    elif changed.keys() & ON_PAPERS:
        enterprise.identity_corrected_at = at
        enterprise.save(update_fields=["identity_corrected_at"])
    if former:
        screening.bring_up_to_date(correction.enterprises(), at=at)
        for each in correction.enterprises().order_by("pk"):
            for task in RENAMED:
                jobs.ask(task, each.reference, at=at)


def _put(enterprise: Enterprise, person: User | None, values: Mapping[str, str]) -> None:
    """Let new values stand.

    :raises IdentifierTaken: when another enterprise has the number.
    """
    if person:
        person.full_name = values[Detail.FULL_NAME]
        person.save(update_fields=["full_name"])
        return
    columns: dict[str, Any] = dict(values)
    if Detail.IDENTIFIER in columns:
        columns["identifier_hash"] = lookup_hash(columns[Detail.IDENTIFIER])
    if Detail.INDUSTRY in columns:
        columns[Detail.INDUSTRY] = Industry.objects.get(pk=columns[Detail.INDUSTRY])
    if Detail.BRANCH in columns:
        columns[Detail.BRANCH] = Branch.objects.get(code=columns[Detail.BRANCH])
    for name, value in columns.items():
        setattr(enterprise, name, value)
    try:
        with transaction.atomic():
            enterprise.save(update_fields=list(columns))
    except IntegrityError as error:
        raise IdentifierTaken from error
    enterprise.refresh_from_db()  # numbers and days were texts


@transaction.atomic(durable=True)
def refuse_correction(correction: DetailsCorrection, *, note: str, by: User, at: datetime) -> None:
    """Leave everything as it is, and tell the customer why.

    :raises CorrectionRefused: without a reason, or when it is not theirs to refuse.
    :raises TransitionRefused: when it is decided.
    """
    correction.decided_by, correction.decided_at = _taken(correction, by=by), at
    if not note.strip():
        raise CorrectionRefused("correction_note_missing")
    correction.note = note.strip()
    _move(correction, CorrectionEvent.REFUSE, by=by, at=at)
    _tell(correction, at=at)


@transaction.atomic(durable=True)
def withdraw_correction(correction: DetailsCorrection, *, by: User, at: datetime) -> None:
    """Take back what one asked for, or an owner what was asked on the enterprise's behalf.

    :raises CorrectionRefused: when it is not theirs.
    :raises TransitionRefused: when it is decided.
    """
    _lock_all(correction)
    if by.pk != correction.asked_by_id and not _is_theirs(correction.enterprise, correction.person, by=by):
        raise CorrectionRefused("correction_elsewhere")
    correction.decided_by, correction.decided_at = by, at
    _move(correction, CorrectionEvent.WITHDRAW, by=by, at=at)


def _lock_all(correction: DetailsCorrection) -> None:
    _lock(correction.enterprise, correction.person)
    enterprise, person = correction.enterprise, correction.person
    correction.refresh_from_db(from_queryset=DetailsCorrection.objects.locked())
    correction.enterprise, correction.person = enterprise, person


def _taken(correction: DetailsCorrection, *, by: User) -> User:
    """Lock a correction for somebody of the bank who may act on it, and name that person."""
    _lock_all(correction)
    if not queries.may_correct(by, correction.enterprise):
        raise CorrectionRefused("correction_elsewhere")
    return by


def _move(correction: DetailsCorrection, event: CorrectionEvent, *, by: User, at: datetime) -> None:
    correction.status = target_of(TRANSITIONS, event, correction.status)
    correction.save(update_fields=["status", "proposed_by", "proposed_at", "decided_by", "decided_at", "note"])
    _trace(correction, by=by, at=at)


def _trace(correction: DetailsCorrection, *, by: User, at: datetime) -> None:
    changed = sorted(correction.details.values_list("detail", flat=True))
    details = {"of": correction.reference, "changed": changed, "reason": correction.note or correction.reason}
    verb = f"identity.correction_{correction.status}"
    audit.record(verb, subject=correction.subject, by=by.reference, at=at, details=details)


def _tell(correction: DetailsCorrection, *, at: datetime) -> None:
    """Tell whose details they are what somebody of the bank did with them."""
    told = {"reference": correction.reference, "status": correction.status}
    owners = correction.enterprise.memberships.owning()
    people = [correction.person] if correction.person else [each.user for each in owners.select_related("user")]
    for person in people:
        params = told | {"telephone": queries.telephone_for(person)}
        tell_person(person, "details_correction", params=params, at=at)
