"""Checking who somebody is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import (
    SUBJECT_OF_KIND,
    CheckKind,
    CheckResult,
    Enterprise,
    IdentityCheck,
    Paper,
    PaperKind,
    User,
)
from accounts.identity.operations import papers
from accounts.identity.queries import diligence, people
from portal.core import audit, files
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.models import StoredFile
from portal.core.refusals import Refusal, register

# What an upload shows by which a check was made; a visit is shown by a photo.
PAPER_SHOWN: Final[dict[str, str]] = {kind.value: kind.value for kind in CheckKind if kind.value in PaperKind.values}
LONGEST_YEARS: Final = 20  # of an identity card; nothing the bank looks at is good for longer

register(
    {
        "check_without_evidence": _("Say what you saw, pick a paper on file, or add a picture of it."),
        "check_with_two_papers": _("Pick a paper on file or add one, not both."),
        "check_paper_elsewhere": _("This paper is not of this enterprise or its people."),
        "check_paper_of_another": _("This is another person's document."),
        "check_expiry_missing": _("A check that passed needs the day until which it is good, within twenty years."),
        "check_expiry_past": _(
            "This was good until a day that is over. Record that it failed, or look at a newer one."
        ),
        "check_of_own": _("This is you, or your own enterprise. A colleague has to check it."),
        "check_subject_unknown": _("This person does not act for the enterprise."),
    }
)


class CheckRefused(Refusal):
    """The check says too little, or is not this person's to make."""

    code = "check_without_evidence"


@dataclass(frozen=True)
class Finding:
    """What somebody saw: the evidence in words, a paper or both, and how long it is good.

    The paper is one on file, or an upload that goes on file with the check.
    """

    kind: str
    result: str
    expires_on: date | None = None
    evidence: str = ""
    upload: UploadedFile | None = None
    paper: Paper | None = None
    number_ending: str = ""


@transaction.atomic(durable=True)
def record_check(
    enterprise: Enterprise, finding: Finding, *, person: User | None = None, key: str, by: User, at: datetime
) -> IdentityCheck:
    """Record that somebody of the bank checked an enterprise, or a person who acts for it; the same key records once.

    The check before it of the same kind stays and counts no more.

    :param person: whom an identity document was of; none where the enterprise itself was checked.
    :raises CheckRefused: without evidence or expiry, of what is over, of a stranger, or of one's own; by two papers,
        by one that is not the enterprise's, or by another person's.
    :raises PaperRefused: by a paper that was taken back meanwhile.
    :raises FileRefused: when the upload is no picture or PDF document.
    :raises KeyReused: when the key recorded something else.
    """
    _check(enterprise, finding, person=person, by=by, on=timezone.localtime(at).date())

    def make() -> str:
        return _record(enterprise, finding, person=person, by=by, at=at).reference

    upload = [finding.upload.name, finding.upload.size] if finding.upload else []
    told: list[Any] = [
        enterprise.pk,
        person.pk if person else None,
        finding.kind,
        finding.result,
        finding.evidence,
        upload,
    ]
    told += [finding.expires_on, finding.paper.pk if finding.paper else None, finding.number_ending]
    reference = answer_once(f"identity.check:{by.reference}", key, fingerprint=fingerprint_of(told), make=make)
    return IdentityCheck.objects.get(reference=reference)


def _check(enterprise: Enterprise, finding: Finding, *, person: User | None, by: User, on: date) -> None:
    assert (SUBJECT_OF_KIND[CheckKind(finding.kind)] == "person") == (person is not None)
    if by == person or people.ever_acted_for(enterprise, person=by.reference):
        raise CheckRefused("check_of_own")
    if person and not people.members_of(enterprise).filter(user=person).exists():
        raise CheckRefused("check_subject_unknown")
    _check_paper(enterprise, finding, person=person)
    if finding.result == CheckResult.PASSED:
        _check_expiry(finding.expires_on, on=on)


def _check_paper(enterprise: Enterprise, finding: Finding, *, person: User | None) -> None:
    paper = finding.paper
    if not (finding.evidence.strip() or finding.upload or paper):
        raise CheckRefused("check_without_evidence")
    if finding.upload and paper:
        raise CheckRefused("check_with_two_papers")
    if paper and not diligence.papers_of(enterprise).filter(pk=paper.pk).exists():
        raise CheckRefused("check_paper_elsewhere")
    if paper and paper.person and paper.person != person:
        raise CheckRefused("check_paper_of_another")


def _check_expiry(expires_on: date | None, *, on: date) -> None:
    if expires_on is None or expires_on.year > on.year + LONGEST_YEARS:
        raise CheckRefused("check_expiry_missing")
    if expires_on < on:
        raise CheckRefused("check_expiry_past")


def _record(enterprise: Enterprise, finding: Finding, *, person: User | None, by: User, at: datetime) -> IdentityCheck:
    check: IdentityCheck = IdentityCheck.objects.create(
        enterprise=None if person else enterprise,
        person=person,
        kind=finding.kind,
        result=finding.result,
        evidence=finding.evidence.strip(),
        file=_evidence(enterprise, finding, person=person, by=by, at=at),
        number_ending=finding.number_ending if person else "",
        expires_on=finding.expires_on,
        checked_at=at,
        by=by,
    )
    details = {"check": check.reference, "kind": check.kind, "result": check.result, "expires_on": check.expires_on}
    subject = person.reference if person else enterprise.reference
    audit.record("identity.checked", subject=subject, by=by.reference, at=at, details=details)
    return check


def _evidence(
    enterprise: Enterprise, finding: Finding, *, person: User | None, by: User, at: datetime
) -> StoredFile | None:
    """Give the file that the check cites: of a paper on file, which is seen now, or of one that goes on file."""
    if finding.upload:
        stored = files.keep(finding.upload, kind="document", by=by.reference, at=at)
        told = papers.PaperDetails(PAPER_SHOWN.get(finding.kind, PaperKind.PREMISES), person)
        return papers.file_seen_paper(enterprise, stored, told, by=by, at=at).file
    if finding.paper:
        papers.note_seen(finding.paper, by=by, at=at)
        return finding.paper.file
    return None
