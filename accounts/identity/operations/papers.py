"""Papers: brought by members or by the bank's people, looked at, cited by checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Enterprise, Membership, Paper, PaperKind, Role, StaffPost, User
from accounts.identity.operations.telling import tell_staff
from accounts.identity.queries import acts_for, ever_acted_for
from portal.core import audit, files
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.models import StoredFile
from portal.core.refusals import Refusal, register

register(
    {
        "paper_person_unknown": _("This person does not act for the enterprise."),
        "paper_of_own": _("This is your own enterprise's. A colleague has to look at it."),
        "paper_looked_at": _(
            "Somebody of the bank has looked at this paper, so it stays. Add the right one beside it."
        ),
        "paper_of_case": _("This paper came with an application. Take it back on that application's documents."),
        "paper_taken_back": _("Whoever brought this paper has taken it back."),
    }
)


class PaperRefused(Refusal):
    """The paper is of a stranger, not this person's to look at, seen already, a case's, or taken back."""

    code = "paper_person_unknown"


@dataclass(frozen=True)
class PaperDetails:
    """What a paper shows: its kind, whose identity document it is, and the case that brought it."""

    kind: str
    person: User | None = None
    came_with: str = ""


@transaction.atomic(durable=True)
def add_paper(
    enterprise: Enterprise, upload: UploadedFile, told: PaperDetails, *, key: str, by: User, at: datetime
) -> Paper:
    """Keep a paper that a member brings, outside any case; the same key, or the same paper, keeps it once.

    :raises PaperRefused: of somebody who does not act for the enterprise.
    :raises FileRefused: when the upload is no picture or PDF document, is on file already, or was taken back since.
    :raises KeyReused: when the key brought something else.
    """
    members = Membership.objects.acting().filter(enterprise=enterprise)
    if told.person and not members.filter(user=told.person).exists():
        raise PaperRefused

    def make() -> str:
        same = enterprise.papers.on_file().filter(kind=told.kind, person=told.person)
        known = set(same.values_list("file__sha256", flat=True))
        stored = files.keep(upload, kind="document", by=by.reference, at=at, known=known)
        return file_paper(enterprise, stored, told, by=by, at=at).reference

    person = told.person.pk if told.person else None
    fingerprint = fingerprint_of([enterprise.pk, told.kind, person, upload.name, upload.size])
    reference = answer_once(f"identity.paper:{by.reference}", key, fingerprint=fingerprint, make=make)
    paper = Paper.objects.get(reference=reference)
    if paper.taken_back_at:
        raise files.FileRefused("file_taken_back", name=upload.name)
    return paper


def file_paper(enterprise: Enterprise, stored: StoredFile, told: PaperDetails, *, by: User, at: datetime) -> Paper:
    """Put a kept file on the enterprise's shelf, and tell its branch's officers unless others wait; an inner step."""
    assert connection.in_atomic_block, "a paper belongs to the transaction that brought it"
    is_first = not enterprise.papers.waiting().exists()
    paper = _put(enterprise, stored, told, by=by, at=at)
    if is_first:
        _tell_officers(enterprise, at=at)
    return paper


def file_seen_paper(enterprise: Enterprise, stored: StoredFile, told: PaperDetails, *, by: User, at: datetime) -> Paper:
    """Put a kept file on the shelf that one of the bank's people holds in hand; an inner step."""
    paper = _put(enterprise, stored, told, by=by, at=at)
    note_seen(paper, by=by, at=at)
    return paper


def _put(enterprise: Enterprise, stored: StoredFile, told: PaperDetails, *, by: User, at: datetime) -> Paper:
    person = told.person if told.kind == PaperKind.IDENTITY_DOCUMENT else None
    paper: Paper = Paper.objects.create(
        enterprise=enterprise,
        person=person,
        kind=told.kind,
        file=stored,
        came_with=told.came_with,
        added_at=at,
        added_by=by,
    )
    details = {"kind": paper.kind, "sha256": stored.sha256, "enterprise": enterprise.reference}
    audit.record("identity.paper_added", subject=paper.reference, by=by.reference, at=at, details=details)
    return paper


def _tell_officers(enterprise: Enterprise, *, at: datetime) -> None:
    posts = StaffPost.objects.filter(branch=enterprise.branch_id, role=Role.OFFICER, ended_at=None)
    tell_staff(posts, "papers_waiting", params={"reference": enterprise.reference}, at=at)


@transaction.atomic(durable=True)
def look_at(paper: Paper, *, by: User, at: datetime) -> None:
    """Write down that one of the bank's people has looked at a paper; the first one stays.

    :raises PaperRefused: by somebody who acts, or acted, for its enterprise; when it was taken back.
    """
    if ever_acted_for(paper.enterprise, person=by.reference):
        raise PaperRefused("paper_of_own")
    note_seen(paper, by=by, at=at)


@transaction.atomic(durable=True)
def hand_out(paper: Paper, *, to: User, at: datetime) -> StoredFile:
    """Give the file of a paper to a person who may read it; one of the bank's people has looked at it then.

    :raises PaperRefused: when it was taken back.
    """
    note_handed_out(paper, to=to, at=at)
    return paper.file


def note_handed_out(paper: Paper, *, to: User, at: datetime) -> None:
    """Take a paper for looked at that one of the bank's people gets; whose own it is never looks; an inner step.

    :raises PaperRefused: when it was taken back.
    """
    if to.is_staff_member and not paper.enterprise.memberships.filter(user=to).exists():
        note_seen(paper, by=to, at=at)
    _note_read(paper.enterprise, {"paper": paper.reference, "kind": paper.kind}, by=to, at=at)


@transaction.atomic(durable=True)
def hand_out_file(
    stored: StoredFile, enterprise: Enterprise, *, named: Mapping[str, str], to: User, at: datetime
) -> StoredFile:
    """Give another file of an enterprise's than a paper to a person who may read it.

    :param named: what the trail calls it: a check, a statement, a ledger, by its reference.
    """
    _note_read(enterprise, named, by=to, at=at)
    return stored


def _note_read(enterprise: Enterprise, what: Mapping[str, str], *, by: User, at: datetime) -> None:
    """Keep in the trail, each time, who of the bank was handed what a customer brought, but their own."""
    if by.is_staff_member and not acts_for(by, enterprise):
        audit.record("identity.paper_read", subject=enterprise.reference, by=by.reference, at=at, details=what)


def note_seen(paper: Paper, *, by: User, at: datetime) -> None:
    """Take a paper from those that wait; an inner step.

    :raises PaperRefused: when it was taken back.
    """
    if Paper.objects.waiting().filter(pk=paper.pk).update(seen_at=at, seen_by=by):
        audit.record("identity.paper_seen", subject=paper.reference, by=by.reference, at=at)
    elif not Paper.objects.on_file().filter(pk=paper.pk).exists():
        raise PaperRefused("paper_taken_back")


@transaction.atomic(durable=True)
def take_back(paper: Paper, *, by: User, at: datetime) -> None:
    """Take a paper back that was brought outside any case; done again, nothing changes.

    :raises PaperRefused: when somebody of the bank has looked at it, or a case brought it.
    """
    if paper.came_with:
        raise PaperRefused("paper_of_case")
    note_taken_back(paper, by=by, at=at)


def note_taken_back(paper: Paper, *, by: User, at: datetime) -> None:
    """Take a paper off the shelf; an inner step of whoever brought it.

    :raises PaperRefused: when somebody of the bank has looked at it.
    """
    if Paper.objects.waiting().filter(pk=paper.pk).update(taken_back_at=at, taken_back_by=by):
        audit.record("identity.paper_taken_back", subject=paper.reference, by=by.reference, at=at)
    elif Paper.objects.on_file().filter(pk=paper.pk).exists():
        raise PaperRefused("paper_looked_at")
